//! The handle to the media server: cheap to clone, never blocking.

use std::net::SocketAddr;
use std::sync::Arc;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{ForwarderEvent, MediaWants, SharedMediaRules};
use tokio::sync::{mpsc, oneshot};

use crate::hub::HubCommand;
use crate::settings::{SfuSettings, StartError};
use crate::turn::TurnCredential;
use crate::workers::{TrafficCounts, WorkerPool};

/// A handle to the media server, or to none. A room is named by its run, a person in it by their
/// seat. A seat has at most one up and one down; a new one replaces the one before.
///
/// The threads end with the last handle.
#[derive(Clone, Debug, Default)]
pub struct Sfu {
    workers: Option<Arc<WorkerPool>>,
}

/// An SDP offer for a browser, to be answered with [`Sfu::apply_down_sdp_answer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedSdpOffer {
    /// Number of the offer. It grows with each offer to this seat, by one on the same connection.
    pub number: u32,
    /// The SDP offer.
    pub sdp: String,
}

/// Error when an up is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpError {
    /// The home has no media server, or the room does not exist.
    #[error("this home forwards no sound and picture")]
    Absent,
    /// The SDP offer is malformed or not supported.
    #[error("this offer cannot be taken")]
    Malformed,
    /// A limit of connections is reached.
    #[error("as many people are heard and seen as can be")]
    Full,
    /// The seat negotiates too often; it may again in a second.
    #[error("connected very often just now")]
    RateLimited,
}

/// Error when a down is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownError {
    /// The home has no media server, or the room does not exist.
    #[error("this home forwards no sound and picture")]
    Absent,
    /// The SDP answer is malformed, or its offer is not pending.
    #[error("this answer cannot be taken")]
    Malformed,
    /// A limit of connections is reached.
    #[error("as many people listen as can be")]
    Full,
    /// The seat negotiates too often; it may again in a second.
    #[error("connected very often just now")]
    RateLimited,
}

impl Sfu {
    /// The handle of a home without a media server.
    pub fn none() -> Self {
        Self::default()
    }

    /// Starts the threads. The receiver yields the events of all rooms. Events that are not read in
    /// time are replaced by newer ones of the same kind.
    ///
    /// # Errors
    /// When an address cannot be bound, there is no address to offer, or a thread cannot be
    /// started.
    pub fn start(
        settings: SfuSettings,
    ) -> Result<(Self, mpsc::Receiver<(RunId, ForwarderEvent)>), StartError> {
        let (workers, events) = WorkerPool::start(settings)?;
        let workers = Some(Arc::new(workers));
        Ok((Self { workers }, events))
    }

    /// False for a home without a media server.
    pub fn is_there(&self) -> bool {
        self.workers.is_some()
    }

    /// The bound UDP and TCP addresses.
    pub fn listen_addrs(&self) -> Option<(SocketAddr, Option<SocketAddr>)> {
        self.workers.as_ref().map(|workers| workers.listen_addrs)
    }

    /// Traffic since the start.
    pub fn traffic_counts(&self) -> TrafficCounts {
        let counts = self.workers.as_ref().map(|workers| workers.traffic_counts());
        counts.unwrap_or_default()
    }

    /// A credential for the TURN server, if there is one, valid from `now_s` (seconds since 1970);
    /// the random nonce makes it unique.
    pub fn turn_credential(&self, now_s: u64, nonce: &str) -> Option<TurnCredential> {
        let turn = self.workers.as_ref()?.turn.as_ref()?;
        Some(turn.issue_credential(now_s, nonce))
    }

    /// Closes all connections and joins the threads, which takes milliseconds.
    pub fn stop(&self) {
        if let Some(workers) = &self.workers {
            workers.stop_workers();
        }
    }

    /// Replaces a room's rules. The first rules create the room.
    pub fn set_rules(&self, room: RunId, rules: SharedMediaRules) {
        if let Some(workers) = &self.workers {
            workers.send_to_new_stem(room, HubCommand::SetRules(room, rules));
        }
    }

    /// Connects a seat's up and returns the SDP answer to the browser's offer. With `renegotiate`
    /// the offer applies to the existing connection, otherwise it replaces that.
    ///
    /// # Errors
    /// See [`UpError`].
    pub async fn connect_up(
        &self,
        room: RunId,
        seat: u32,
        sdp_offer: String,
        renegotiate: bool,
    ) -> Result<String, UpError> {
        let workers = self.workers.as_ref().ok_or(UpError::Absent)?;
        let (reply, sdp_answer) = oneshot::channel();
        let command = HubCommand::ConnectUp { room, seat, sdp_offer, renegotiate, reply };
        if !workers.has_room(room) {
            return Err(UpError::Absent);
        }
        if !workers.send_to_stem(room, command) {
            return Err(UpError::Full);
        }
        sdp_answer.await.unwrap_or(Err(UpError::Absent))
    }

    /// Creates an SDP offer for a seat's down. `paced` tells that the browser sends transport-wide
    /// feedback, so the bitrate can follow its link. With `current`, the number of the offer in
    /// use, it offers more slots on the same connection; none when that has all.
    ///
    /// # Errors
    /// See [`DownError`].
    pub async fn create_down_sdp_offer(
        &self,
        room: RunId,
        seat: u32,
        paced: bool,
        current: Option<u32>,
    ) -> Result<Option<NumberedSdpOffer>, DownError> {
        let workers = self.workers.as_ref().ok_or(DownError::Absent)?;
        let (reply, offer) = oneshot::channel();
        let command = HubCommand::CreateDownSdpOffer { room, seat, paced, current, reply };
        if !workers.has_room(room) {
            return Err(DownError::Absent);
        }
        if !workers.send_to_new_down(room, seat, command) {
            return Err(DownError::Full);
        }
        offer.await.unwrap_or(Err(DownError::Absent))
    }

    /// Applies the browser's SDP answer to an offer.
    ///
    /// # Errors
    /// See [`DownError`].
    pub async fn apply_down_sdp_answer(
        &self,
        room: RunId,
        seat: u32,
        number: u32,
        sdp_answer: String,
    ) -> Result<(), DownError> {
        let workers = self.workers.as_ref().ok_or(DownError::Absent)?;
        let (reply, accepted) = oneshot::channel();
        let command = HubCommand::ApplyDownSdpAnswer { room, seat, number, sdp_answer, reply };
        if !workers.send_to_down(room, seat, command) {
            return Err(DownError::Malformed);
        }
        accepted.await.unwrap_or(Err(DownError::Absent))
    }

    /// Replaces what a browser wants to see.
    pub fn set_wants(&self, room: RunId, seat: u32, wants: MediaWants) {
        if let Some(workers) = &self.workers {
            workers.set_wants(room, seat, wants);
        }
    }

    /// Closes both connections of a seat.
    pub fn close_seat(&self, room: RunId, seat: u32) {
        if let Some(workers) = &self.workers {
            workers.close_seat(room, seat);
        }
    }

    /// Closes a room and all its connections.
    pub fn close_room(&self, room: RunId) {
        if let Some(workers) = &self.workers {
            workers.close_room(room);
        }
    }
}
