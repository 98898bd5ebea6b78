//! A living run in whichever process it lives: in this one, or in another that is reached over the
//! bus.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sitwith_core::id::RunId;
use sitwith_core::sit::presence::{PresenceCount, Sitter};
use sitwith_core::sit::run::{RunAction, RunChangeNo};
use sitwith_store::Broken;

use super::keep::led_by;
use super::{DepartedSitter, LiveSit, LiveSits, NamedSitter, OpenRunNo};
use crate::access::LeadsRun;
use crate::base::Base;
use crate::fail::{Fail, Refused};
use crate::requests::{RunRequest, ask_holder, run_name};

/// A handle to a living run.
#[derive(Clone)]
pub enum RunHandle {
    /// The run lives in this process.
    Local(Arc<LiveSit>),
    /// The run lives in another process.
    Remote(RemoteRun),
}

/// A run that lives in another process.
#[derive(Clone)]
pub struct RemoteRun {
    base: Base,
    run: RunId,
}

/// Result of a change made over the bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ChangeReply {
    Made,
    Refused(Refused),
    No(RunChangeNo),
    Broken(String),
}

/// The people in a living run: their number, and seat, name and dye of some of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    n: u32,
    quiet: u32,
    /// True if somebody who leads the sit is here, quietly or not.
    pub has_guide: bool,
    /// Seat, name and dye of some who are here.
    pub named: Vec<(u32, String, u8)>,
}

impl LiveSits {
    /// Returns the living run in whichever process it lives; `None` if nobody has opened it.
    pub fn find_anywhere(&self, run: RunId) -> Option<RunHandle> {
        if let Some(sit) = self.find(run) {
            return Some(RunHandle::Local(sit));
        }
        let base = &self.0.base;
        let lives = base.bus.is_held_elsewhere(&run_name(run));
        lives.then(|| RunHandle::Remote(RemoteRun { base: base.clone(), run }))
    }

    /// Returns the living run in whichever process it lives, and opens it here if nobody has.
    ///
    /// # Errors
    /// As [`LiveSits::open`], without [`OpenRunNo::Elsewhere`].
    pub async fn open_anywhere(&self, run: RunId) -> Result<RunHandle, Fail<OpenRunNo>> {
        match self.open(run).await {
            Ok(sit) => Ok(RunHandle::Local(sit)),
            Err(Fail::No(OpenRunNo::Elsewhere)) => {
                Ok(RunHandle::Remote(RemoteRun { base: self.0.base.clone(), run }))
            }
            Err(fail) => Err(fail),
        }
    }
}

impl RunHandle {
    /// Returns the living sit if it lives in this process.
    pub const fn local(&self) -> Option<&Arc<LiveSit>> {
        match self {
            Self::Local(sit) => Some(sit),
            Self::Remote(_) => None,
        }
    }

    /// Changes the running order on behalf of a leader. When this returns, the change is stored.
    ///
    /// # Errors
    /// [`RunChangeNo`]. If a run in another process does not reply within
    /// [`REPLY_TIMEOUT`](crate::requests::REPLY_TIMEOUT), the change may have been made or not.
    pub async fn change(&self, led: &LeadsRun, what: RunAction) -> Result<(), Fail<RunChangeNo>> {
        match self {
            Self::Local(sit) => sit.change(led, what).await,
            Self::Remote(run) => {
                let by = led_by(led, run.run)?;
                match run.request(&RunRequest::Change { by, what }).await? {
                    ChangeReply::Made => Ok(()),
                    ChangeReply::Refused(refused) => Err(Fail::Refused(refused)),
                    ChangeReply::No(no) => Err(Fail::No(no)),
                    ChangeReply::Broken(why) => {
                        Err(Fail::Broken(Broken::new("changing a sit elsewhere", why)))
                    }
                }
            }
        }
    }

    /// Number of people here, and the names of at most `names_max` of them.
    pub async fn roll(&self, names_max: usize) -> Result<Roll, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.roll(names_max)),
            Self::Remote(run) => run.request(&RunRequest::Roll { names_max }).await,
        }
    }

    /// Lists everybody who sits here and may be named.
    pub async fn people(&self) -> Result<Vec<NamedSitter>, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.people()),
            Self::Remote(run) => run.request(&RunRequest::People).await,
        }
    }

    /// Lists everybody who sat here by name, did not lead, and left not long ago.
    pub async fn departed(&self) -> Result<Vec<DepartedSitter>, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.departed()),
            Self::Remote(run) => run.request(&RunRequest::Left).await,
        }
    }

    /// The person on this seat, quiet or not.
    pub async fn seat(&self, number: u32) -> Result<Option<NamedSitter>, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.seat(number)),
            Self::Remote(run) => run.request(&RunRequest::Seat { number }).await,
        }
    }

    /// True if there is a seat for this person: a sealed sit has few.
    pub async fn has_seat_for(&self, who: Sitter, guide: bool) -> Result<bool, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.has_seat_for(who, guide)),
            Self::Remote(run) => run.request(&RunRequest::HasPlace { who, guide }).await,
        }
    }
}

impl RemoteRun {
    async fn request<T: DeserializeOwned>(&self, ask: &RunRequest) -> Result<T, Broken> {
        let reply = ask_holder(&self.base, &run_name(self.run), ask).await?;
        reply.ok_or_else(|| Broken::new("asking a run elsewhere", "it lives there no more"))
    }
}

impl Roll {
    pub(super) const fn new(
        count: PresenceCount,
        has_guide: bool,
        named: Vec<(u32, String, u8)>,
    ) -> Self {
        Self { n: count.present, quiet: count.quiet, has_guide, named }
    }

    /// Number of people here.
    pub const fn count(&self) -> PresenceCount {
        PresenceCount { present: self.n, quiet: self.quiet }
    }
}
