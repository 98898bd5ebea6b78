//! The worker threads over real sockets: browsers (str0m agents with real keys) on this machine
//! publish and subscribe over UDP and TCP.

mod client;
mod flood;
mod scene;
mod workers;
