//! The home's connections to the outside: bus, clock, randomness and mail. Each has a real
//! implementation and one for tests.

pub mod bus;
pub mod clock;
pub mod dice;
pub mod mail;
