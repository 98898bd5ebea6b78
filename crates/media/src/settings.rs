//! What the forwarding is told when it starts.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Fills bytes with chance.
#[derive(Clone)]
pub struct Chance(pub Arc<dyn Fn(&mut [u8]) + Send + Sync>);

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance")
    }
}

/// Where sound and picture are forwarded, and with how much of the machine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where UDP is listened on.
    pub udp: SocketAddr,
    /// Where TCP is listened on, for networks that let no UDP through.
    pub tcp: Option<SocketAddr>,
    /// The addresses browsers are told; empty for those of this machine that fit `udp`.
    pub public: Vec<IpAddr>,
    /// How many worker threads; 0 for one a core.
    pub workers: usize,
    /// Where chance comes from.
    pub chance: Chance,
}

/// Why the forwarding does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartNo {
    /// An address cannot be listened on.
    #[error("{0} cannot be listened on for sound and picture: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The machine has no address that could be told to browsers.
    #[error("no address of this machine could be told to browsers: name one in media.public")]
    NoAddress,
    /// A thread cannot be started.
    #[error("a thread cannot be started: {0}")]
    Thread(std::io::Error),
}
