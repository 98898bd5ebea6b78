//! What goes into the hub and comes out of it.

use std::net::SocketAddr;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{SharedRules, Told, Wants};
use str0m::net::{DatagramSend, Protocol};
use tokio::sync::oneshot;

use crate::hub::Relay;
use crate::settings::Chance;
use crate::{DownNo, Offer, UpNo};

/// What one worker's hub is told when it starts.
#[derive(Clone, Debug)]
pub struct HubSettings {
    /// Which worker this is. Stands in every name of a connection (ufrag), see
    /// [`crate::hub::worker_of`].
    pub worker: u16,
    /// The addresses browsers are told for UDP, the best first.
    pub udp: Vec<SocketAddr>,
    /// The addresses browsers are told for TCP.
    pub tcp: Vec<SocketAddr>,
    /// The most connections at once.
    pub peers_max: usize,
    /// Where chance comes from.
    pub chance: Chance,
}

/// An order to one worker.
///
/// A room is at home on one worker, its *stem*: there are its ups, its slots and its loudness.
/// Downs of a large room may be elsewhere: a worker that has been told [`Act::Branch`] for it
/// gets the room's packets from the stem.
#[derive(Debug)]
pub enum Act {
    /// What may be heard and seen from now on; the first makes the room. To the stem.
    Rules(RunId, SharedRules),
    /// A browser offers to give. To the stem.
    Up {
        /// The room.
        room: RunId,
        /// Whose it is.
        seat: u32,
        /// The offer (SDP).
        offer: String,
        /// A change of the same connection instead of a new one.
        again: bool,
        /// Where the answer (SDP) goes.
        reply: oneshot::Sender<Result<String, UpNo>>,
    },
    /// A browser wants an offer. To the worker where this seat's down is, or is to be.
    Down {
        /// The room.
        room: RunId,
        /// Whose it is.
        seat: u32,
        /// Whether it tells how its line fares.
        paced: bool,
        /// The offer it goes by, if it wants only what is new.
        have: Option<u32>,
        /// Where the offer goes.
        reply: oneshot::Sender<Result<Option<Offer>, DownNo>>,
    },
    /// A browser answers an offer. To the worker that made it.
    Answer {
        /// The room.
        room: RunId,
        /// Whose it is.
        seat: u32,
        /// Which offer.
        n: u32,
        /// The answer (SDP).
        answer: String,
        /// Whether it could be taken.
        reply: oneshot::Sender<Result<(), DownNo>>,
    },
    /// What a browser wants to see. To the worker where its down is.
    Wants(RunId, u32, Wants),
    /// Nothing more comes from or goes to this seat. To the stem and to where its down is.
    Close(RunId, u32),
    /// The room is over. To the stem; branches hear it from there.
    CloseRoom(RunId),
    /// From now on this worker has downs of the room whose stem is that worker.
    Branch {
        /// The room.
        room: RunId,
        /// The worker where it is at home.
        stem: u16,
    },
    /// What another worker's hub says.
    Relay(Relay),
}

/// A datagram to send.
#[derive(Debug)]
pub struct Send {
    /// By which protocol. Over TCP each is one frame, and its length is still to be put before it.
    pub proto: Protocol,
    /// Where to.
    pub to: SocketAddr,
    /// What.
    pub bytes: DatagramSend,
}

/// What came out. The lists are used again and again.
#[derive(Debug, Default)]
pub struct Outputs {
    /// Datagrams to send, in this order.
    pub sends: Vec<Send>,
    /// What the rooms are told.
    pub told: Vec<(RunId, Told)>,
    /// What goes to other workers, in this order: which, and what.
    pub relays: Vec<(u16, Relay)>,
}

/// How much a hub remembers: all of it goes when those it belongs to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections.
    pub peers: usize,
    /// Rooms.
    pub rooms: usize,
    /// Names of connections.
    pub names: usize,
    /// Addresses that connections were heard from.
    pub addresses: usize,
    /// Who waits for a time.
    pub timers: usize,
}
