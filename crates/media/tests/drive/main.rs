//! The threads over real sockets: browsers (each a str0m agent with real keys) on this machine give
//! and get sound and pictures over UDP and TCP.

#[cfg(test)]
mod client;
#[cfg(test)]
mod flood;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod workers;
