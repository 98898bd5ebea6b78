//! The hub's interface: its settings, the commands it takes and the outputs it produces.

use std::net::SocketAddr;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{ForwarderEvent, MediaWants, SharedMediaRules};
use str0m::net::{DatagramSend, Protocol};
use tokio::sync::oneshot;

use crate::hub::RelayMessage;
use crate::settings::RandomSource;
use crate::{DownError, NumberedSdpOffer, UpError};

/// Settings of one worker's hub.
#[derive(Clone, Debug)]
pub struct HubSettings {
    /// Index of this worker. It is part of every ICE ufrag the hub hands out, see
    /// [`crate::hub::worker_from_stun`].
    pub worker: u16,
    /// UDP host candidates, best first.
    pub udp: Vec<SocketAddr>,
    /// Passive TCP host candidates, best first.
    pub tcp: Vec<SocketAddr>,
    /// Limit of connections, ups and downs together.
    pub peers_max: usize,
    /// Source of ufrags, passwords and initial sequence numbers.
    pub random: RandomSource,
}

/// A command to one worker's hub.
///
/// Each room has one *stem* worker with its ups, slots and active speakers. Downs of a large room
/// may live on other workers: a worker that got [`HubCommand::JoinRoom`] is a *branch* and
/// receives the room's packets from the stem.
#[derive(Debug)]
pub enum HubCommand {
    /// Replaces a room's rules; the first rules create the room. For the stem.
    SetRules(RunId, SharedMediaRules),
    /// Connects a seat's up, or renegotiates it. For the stem.
    ConnectUp {
        /// Room of the seat.
        room: RunId,
        /// Seat that publishes.
        seat: u32,
        /// The browser's SDP offer.
        sdp_offer: String,
        /// Renegotiate the existing connection instead of replacing it.
        renegotiate: bool,
        /// Receives the SDP answer.
        reply: oneshot::Sender<Result<String, UpError>>,
    },
    /// Creates an SDP offer for a seat's down. For the worker that has, or gets, this down.
    CreateDownSdpOffer {
        /// Room of the seat.
        room: RunId,
        /// Seat that subscribes.
        seat: u32,
        /// The browser sends transport-wide feedback.
        paced: bool,
        /// Number of the offer in use, to add transceivers to that connection.
        current: Option<u32>,
        /// Receives the offer; none when the browser has all transceivers already.
        reply: oneshot::Sender<Result<Option<NumberedSdpOffer>, DownError>>,
    },
    /// Applies the browser's answer to an offer. For the worker that made the offer.
    ApplyDownSdpAnswer {
        /// Room of the seat.
        room: RunId,
        /// Seat that subscribes.
        seat: u32,
        /// Number of the answered offer.
        number: u32,
        /// The browser's SDP answer.
        sdp_answer: String,
        /// Receives the outcome.
        reply: oneshot::Sender<Result<(), DownError>>,
    },
    /// Replaces what a browser wants to see. For the worker that has its down.
    SetWants(RunId, u32, MediaWants),
    /// Closes both connections of a seat. For the stem and the worker that has the down.
    CloseSeat(RunId, u32),
    /// Closes a room. For the stem, which tells the branches.
    CloseRoom(RunId),
    /// Makes this worker a branch of a room.
    JoinRoom {
        /// Room to join.
        room: RunId,
        /// Stem worker of the room.
        stem: u16,
    },
    /// Delivers a message of another worker's hub.
    Relay(RelayMessage),
}

/// A datagram to send.
#[derive(Debug)]
pub struct OutboundDatagram {
    /// Over TCP each datagram is one frame; the caller prepends its RFC 4571 header.
    pub proto: Protocol,
    /// Destination.
    pub to: SocketAddr,
    /// Payload of the datagram.
    pub bytes: DatagramSend,
}

/// Outputs since the lists were last drained. Their allocations are reused.
#[derive(Debug, Default)]
pub struct HubOutputs {
    /// Datagrams in sending order.
    pub datagrams: Vec<OutboundDatagram>,
    /// Events for the rooms.
    pub events: Vec<(RunId, ForwarderEvent)>,
    /// Messages to other workers (index, message), in order.
    pub relays: Vec<(u16, RelayMessage)>,
}

/// Entries in the hub's tables. Tests hold that all return to zero when everybody has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HubSizes {
    /// Connections.
    pub peers: usize,
    /// Rooms.
    pub rooms: usize,
    /// ICE ufrags that lead to a connection.
    pub ufrags: usize,
    /// Remote addresses that lead to a connection.
    pub addrs: usize,
    /// Armed deadlines.
    pub deadlines: usize,
}
