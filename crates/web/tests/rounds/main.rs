//! Rounds as browsers meet them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod attack;
mod guide;
mod pages;
