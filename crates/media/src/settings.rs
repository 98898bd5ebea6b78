//! Settings of the media server.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::turn::TurnServer;

/// Limit of worker threads.
pub const WORKERS_MAX: usize = 64;
/// Downs of one room on one worker beyond which the room goes on with another worker. One core
/// sends about 100,000 packets/s: 600 people who see a few faces each.
pub const SPLIT_AT: usize = 600;
/// Limit of connections, ups and downs together.
pub const PEERS_MAX: usize = 20_000;

/// Fills a slice with random bytes.
pub type FillRandom = dyn Fn(&mut [u8]) + Send + Sync;

/// Source of randomness.
#[derive(Clone)]
pub struct RandomSource(pub Arc<FillRandom>);

impl fmt::Debug for RandomSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RandomSource")
    }
}

/// Listen addresses of the media server and its share of the machine.
#[derive(Clone, Debug)]
pub struct SfuSettings {
    /// UDP address to listen on; port 0 picks a free port.
    pub udp: SocketAddr,
    /// TCP address to listen on, for networks that block UDP. Port 0 takes the UDP port.
    pub tcp: Option<SocketAddr>,
    /// Addresses offered as ICE candidates; if empty, this machine's addresses that match `udp`.
    pub public: Vec<IpAddr>,
    /// Number of worker threads; 0 for one per core.
    pub workers: usize,
    /// Source of ufrags, passwords and initial sequence numbers.
    pub random: RandomSource,
    /// Downs of a room on one worker beyond which it is split; 0 for [`SPLIT_AT`].
    pub split_at: usize,
    /// TURN server offered to browsers.
    pub turn: Option<TurnServer>,
}

impl SfuSettings {
    /// Listens on this UDP address, with defaults for everything else.
    pub fn new(udp: SocketAddr, random: RandomSource) -> Self {
        Self { udp, tcp: None, public: vec![], workers: 0, random, split_at: 0, turn: None }
    }
}

/// Error when the media server starts.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be bound.
    #[error("{0} cannot be listened on for sound and picture: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// There is no address to offer as a candidate.
    #[error("no address of this machine could be told to browsers: name one in media.public")]
    NoAddress,
    /// A thread or its file descriptors cannot be created.
    #[error("a thread cannot be started: {0}")]
    Thread(std::io::Error),
}
