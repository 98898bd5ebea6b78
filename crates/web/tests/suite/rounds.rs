//! Rounds as browsers meet them.

mod attack;
mod guide;
mod pages;
