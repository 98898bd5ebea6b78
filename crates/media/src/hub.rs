//! One worker's forwarding, without input and output of its own: what comes in are orders
//! ([`Act`]), datagrams and the time; what comes out ([`Outputs`]) are datagrams to send, what the
//! rooms are told, and messages to the other workers ([`Relay`]).
//!
//! Nothing is forwarded that no rule names: every packet passes the table of its room.

mod names;
mod relay;
mod talk;

pub use names::worker_of;
pub use relay::{Packet, Relay, Relayed, Sort, Table};
pub use talk::{Act, HubSettings, Outputs, Send};

use std::net::SocketAddr;
use std::time::Instant;

use str0m::net::Protocol;

/// One worker's forwarding.
#[derive(Debug)]
pub struct Hub {
    settings: HubSettings,
    outputs: Outputs,
}

impl Hub {
    /// A worker that forwards nothing yet.
    pub fn new(settings: HubSettings, now: Instant) -> Self {
        let _ = now;
        Self {
            settings,
            outputs: Outputs::default(),
        }
    }

    /// Obeys.
    pub fn act(&mut self, act: Act, now: Instant) {
        let _ = now;
        drop(act);
    }

    /// A datagram came in; from a TCP connection one frame of it, without its length. Where it
    /// came in does not matter: the hub takes the candidate that fits.
    pub fn datagram(&mut self, proto: Protocol, from: SocketAddr, bytes: &[u8], now: Instant) {
        let _ = (proto, from, bytes, now);
    }

    /// A TCP connection is gone: nothing can be sent there any more.
    pub fn tcp_gone(&mut self, from: SocketAddr, now: Instant) {
        let _ = (from, now);
    }

    /// Time has passed: to be called when [`Hub::wake_at`] has come; earlier does no harm.
    pub fn tick(&mut self, now: Instant) {
        let _ = now;
    }

    /// When [`Hub::tick`] is due next; none while there is nobody.
    pub fn wake_at(&self) -> Option<Instant> {
        None
    }

    /// What has come out since the lists were last emptied. Whoever reads them empties them, and
    /// leaves the lists themselves where they are: they are used again.
    pub fn outputs(&mut self) -> &mut Outputs {
        &mut self.outputs
    }

    /// How many connections there are, for placing rooms where there are fewest.
    pub fn peers(&self) -> usize {
        let _ = &self.settings;
        0
    }
}
