//! The live line against clients that do everything wrong, over real connections on loopback.

mod client;
mod faults;
mod lines;
mod room;
mod upgrade;
