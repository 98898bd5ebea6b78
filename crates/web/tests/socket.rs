//! The live line against clients that do everything wrong, over real connections on loopback.

#[path = "socket/client.rs"]
mod client;
#[path = "socket/faults.rs"]
mod faults;
#[path = "socket/lines.rs"]
mod lines;
#[path = "socket/room.rs"]
mod room;
#[path = "socket/upgrade.rs"]
mod upgrade;
