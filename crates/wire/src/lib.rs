//! The doors to the world: bus, clock, dice and mail. Each has a real side and one for tests.

pub mod bus;
pub mod clock;
pub mod dice;
pub mod mail;
