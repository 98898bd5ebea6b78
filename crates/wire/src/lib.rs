//! The doors to the world: clock, dice and mail. Each has a real side and one for tests.

pub mod clock;
pub mod dice;
pub mod mail;
