//! The worker threads over real sockets: browsers (str0m agents with real keys) on this machine
//! publish and subscribe over UDP and TCP.

#[cfg(test)]
mod client;
#[cfg(test)]
mod flood;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod workers;
