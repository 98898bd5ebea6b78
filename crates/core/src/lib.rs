//! The pure domain of Sitwith: what a sit, a bell, a breath and a member are, and the rules they
//! follow. No I/O, no async, no clock, no randomness, no logging: time and chance come in as
//! values, and what is to be done goes out as values.

pub mod calendar;
pub mod cohort;
pub mod id;
pub mod member;
pub mod name;
pub mod note;
pub mod notice;
pub mod prompts;
pub mod round;
pub mod safety;
pub mod scripts;
pub mod sit;
pub mod sits;
pub mod themes;
pub mod time;
