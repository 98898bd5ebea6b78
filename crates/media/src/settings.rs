//! What the forwarding is told when it starts.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::turn::Turn;

/// The most worker threads.
pub const WORKERS_MAX: usize = 64;
/// A room with more downs than this on one worker goes on with the next, if there is one. A core
/// carries a hundred thousand packets a second: 600 people who see a few faces.
pub const SPLIT_AT: usize = 600;
/// The most connections at once, ups and downs.
pub const PEERS_MAX: usize = 20_000;

/// Fills bytes with chance.
pub type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// Where chance comes from.
#[derive(Clone)]
pub struct Chance(pub Arc<Fill>);

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance")
    }
}

/// Where sound and picture are forwarded, and with how much of the machine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where UDP is listened on; with port 0 a free one is taken.
    pub udp: SocketAddr,
    /// Where TCP is listened on, for networks that let no UDP through. With port 0 it is the port
    /// that UDP got.
    pub tcp: Option<SocketAddr>,
    /// The addresses browsers are told; empty for those of this machine that fit `udp`.
    pub public: Vec<IpAddr>,
    /// How many worker threads; 0 for one a core.
    pub workers: usize,
    /// Where chance comes from.
    pub chance: Chance,
    /// From how many downs on one worker on a room goes on with the next; 0 for [`SPLIT_AT`].
    pub split_at: usize,
    /// A TURN server that browsers may go over.
    pub turn: Option<Turn>,
}

impl Settings {
    /// Listens on this address with UDP alone; everything else as it is by default.
    pub fn new(udp: SocketAddr, chance: Chance) -> Self {
        Self { udp, tcp: None, public: vec![], workers: 0, chance, split_at: 0, turn: None }
    }
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
