//! The round: a prompt, everyone's own words or a pass, and what of them is shown.

pub mod picture;

pub use self::picture::{Label, Patch, Picture, Theme};
