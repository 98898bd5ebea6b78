//! The handle to the forwarding: cheap to clone, never blocking.

use std::net::SocketAddr;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{SharedRules, Told, Wants};
use tokio::sync::mpsc;

use crate::settings::{Settings, StartNo};

/// The handle to the forwarding. A room is named by its run, a person in it by their seat. What a
/// seat gives (up) and gets (down) are one connection each; a new one replaces the one before.
#[derive(Clone, Debug, Default)]
pub struct Media {}

/// What is offered to a browser: it answers with [`Media::answer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Counts the offers to this seat.
    pub n: u32,
    /// The offer (SDP).
    pub sdp: String,
}

/// Why nothing can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpNo {
    /// There is no forwarding in this home.
    #[error("this home forwards no sound and picture")]
    Absent,
    /// The offer cannot be read, or asks for what we do not do.
    #[error("this offer cannot be taken")]
    Unread,
    /// As many give as can be.
    #[error("as many people are heard and seen as can be")]
    Full,
}

/// Why nothing can be got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownNo {
    /// There is no forwarding in this home.
    #[error("this home forwards no sound and picture")]
    Absent,
    /// The answer cannot be read, or belongs to no offer that is open.
    #[error("this answer cannot be taken")]
    Unread,
    /// As many get as can be.
    #[error("as many people listen as can be")]
    Full,
}

impl Media {
    /// A home without sound and picture.
    pub fn none() -> Self {
        Self::default()
    }

    /// Starts the threads. What they tell of a room comes out of the receiver.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub fn start(settings: Settings) -> Result<(Self, mpsc::Receiver<(RunId, Told)>), StartNo> {
        let _ = settings;
        Err(StartNo::NoAddress)
    }

    /// Whether there is any forwarding.
    pub fn is_there(&self) -> bool {
        false
    }

    /// Where UDP and TCP are listened on, as it turned out.
    pub fn listens(&self) -> Option<(SocketAddr, Option<SocketAddr>)> {
        None
    }

    /// What may be heard and seen in a room from now on. The first makes the room.
    pub fn rules(&self, room: RunId, rules: SharedRules) {
        let _ = (room, rules);
    }

    /// A browser offers to give sound and picture (SDP); the answer. A second offer for the same
    /// connection (`again`) changes what it gives; otherwise it replaces what there was.
    ///
    /// # Errors
    /// See [`UpNo`].
    pub async fn up(
        &self,
        room: RunId,
        seat: u32,
        offer: String,
        again: bool,
    ) -> Result<String, UpNo> {
        let _ = (room, seat, offer, again);
        Err(UpNo::Absent)
    }

    /// An offer to a browser that wants to hear and see. `paced`: it tells how its line fares
    /// (transport-wide feedback), so that what is sent follows it. With `have`, the number of the
    /// offer it goes by, an offer for more slots on the same connection; none when it has all.
    ///
    /// # Errors
    /// See [`DownNo`].
    pub async fn down(
        &self,
        room: RunId,
        seat: u32,
        paced: bool,
        have: Option<u32>,
    ) -> Result<Option<Offer>, DownNo> {
        let _ = (room, seat, paced, have);
        Err(DownNo::Absent)
    }

    /// A browser's answer to the offer `n`.
    ///
    /// # Errors
    /// See [`DownNo`].
    pub async fn answer(
        &self,
        room: RunId,
        seat: u32,
        n: u32,
        answer: String,
    ) -> Result<(), DownNo> {
        let _ = (room, seat, n, answer);
        Err(DownNo::Absent)
    }

    /// What a browser wants to see.
    pub fn wants(&self, room: RunId, seat: u32, wants: Wants) {
        let _ = (room, seat, wants);
    }

    /// Nothing more comes from or goes to this seat.
    pub fn close(&self, room: RunId, seat: u32) {
        let _ = (room, seat);
    }

    /// The room is over.
    pub fn close_room(&self, room: RunId) {
        let _ = room;
    }
}
