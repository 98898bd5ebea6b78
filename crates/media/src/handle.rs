//! The handle to the forwarding: cheap to clone, never blocking.

use std::net::SocketAddr;
use std::sync::Arc;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{SharedRules, Told, Wants};
use tokio::sync::{mpsc, oneshot};

use crate::drive::{Counts, Drive};
use crate::hub::Act;
use crate::settings::{Settings, StartNo};
use crate::turn::TurnPass;

/// The handle to the forwarding. A room is named by its run, a person in it by their seat. What a
/// seat gives (up) and gets (down) are one connection each; a new one replaces the one before.
///
/// When the last handle is gone, the threads end.
#[derive(Clone, Debug, Default)]
pub struct Media {
    drive: Option<Arc<Drive>>,
}

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
    /// There is no forwarding in this home, or none for this room.
    #[error("this home forwards no sound and picture")]
    Absent,
    /// The offer cannot be read, or asks for what we do not do.
    #[error("this offer cannot be taken")]
    Unread,
    /// As many give as can be.
    #[error("as many people are heard and seen as can be")]
    Full,
    /// They connected very often just now; in a second they may again.
    #[error("connected very often just now")]
    Often,
}

/// Why nothing can be got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownNo {
    /// There is no forwarding in this home, or none for this room.
    #[error("this home forwards no sound and picture")]
    Absent,
    /// The answer cannot be read, or belongs to no offer that is open.
    #[error("this answer cannot be taken")]
    Unread,
    /// As many get as can be.
    #[error("as many people listen as can be")]
    Full,
    /// They connected very often just now; in a second they may again.
    #[error("connected very often just now")]
    Often,
}

impl Media {
    /// A home without sound and picture.
    pub fn none() -> Self {
        Self::default()
    }

    /// Starts the threads. What they tell of a room comes out of the receiver; whoever has it reads
    /// on, for what is not read in time is replaced by what is newer.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub fn start(settings: Settings) -> Result<(Self, mpsc::Receiver<(RunId, Told)>), StartNo> {
        let (drive, told) = Drive::start(settings)?;
        let drive = Some(Arc::new(drive));
        Ok((Self { drive }, told))
    }

    /// Whether there is any forwarding.
    pub fn is_there(&self) -> bool {
        self.drive.is_some()
    }

    /// Where UDP and TCP are listened on, as it turned out.
    pub fn listens(&self) -> Option<(SocketAddr, Option<SocketAddr>)> {
        self.drive.as_ref().map(|drive| drive.listens)
    }

    /// How much came and went.
    pub fn counts(&self) -> Counts {
        let counts = self.drive.as_ref().map(|drive| drive.counts());
        counts.unwrap_or_default()
    }

    /// A pass for the TURN server, if there is one: from `now_s` (seconds since 1970) on, told
    /// apart by a mark of chance.
    pub fn turn_pass(&self, now_s: u64, mark: &str) -> Option<TurnPass> {
        let turn = self.drive.as_ref()?.turn.as_ref()?;
        Some(turn.pass(now_s, mark))
    }

    /// Lets everybody go and waits until the threads have ended, a few milliseconds.
    pub fn stop(&self) {
        if let Some(drive) = &self.drive {
            drive.stop();
        }
    }

    /// What may be heard and seen in a room from now on. The first makes the room.
    pub fn rules(&self, room: RunId, rules: SharedRules) {
        if let Some(drive) = &self.drive {
            drive.to_new_stem(room, Act::Rules(room, rules));
        }
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
        let drive = self.drive.as_ref().ok_or(UpNo::Absent)?;
        let (reply, answer) = oneshot::channel();
        let act = Act::Up { room, seat, offer, again, reply };
        if !drive.has(room) {
            return Err(UpNo::Absent);
        }
        if !drive.to_stem(room, act) {
            return Err(UpNo::Full);
        }
        answer.await.unwrap_or(Err(UpNo::Absent))
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
        let drive = self.drive.as_ref().ok_or(DownNo::Absent)?;
        let (reply, offer) = oneshot::channel();
        let act = Act::Down { room, seat, paced, have, reply };
        if !drive.has(room) {
            return Err(DownNo::Absent);
        }
        if !drive.to_new_down(room, seat, act) {
            return Err(DownNo::Full);
        }
        offer.await.unwrap_or(Err(DownNo::Absent))
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
        let drive = self.drive.as_ref().ok_or(DownNo::Absent)?;
        let (reply, taken) = oneshot::channel();
        let act = Act::Answer { room, seat, n, answer, reply };
        if !drive.to_down(room, seat, act) {
            return Err(DownNo::Unread);
        }
        taken.await.unwrap_or(Err(DownNo::Absent))
    }

    /// What a browser wants to see.
    pub fn wants(&self, room: RunId, seat: u32, wants: Wants) {
        if let Some(drive) = &self.drive {
            drive.wants(room, seat, wants);
        }
    }

    /// Nothing more comes from or goes to this seat.
    pub fn close(&self, room: RunId, seat: u32) {
        if let Some(drive) = &self.drive {
            drive.close(room, seat);
        }
    }

    /// The room is over.
    pub fn close_room(&self, room: RunId) {
        if let Some(drive) = &self.drive {
            drive.close_room(room);
        }
    }
}
