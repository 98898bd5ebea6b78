//! A living run, wherever it lives: in this process, or in another one that is asked over the bus.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sitwith_core::id::RunId;
use sitwith_core::sit::presence::{Count, Sitter};
use sitwith_core::sit::run::{ChangeNo, What};
use sitwith_store::Broken;

use super::keep::led_by;
use super::{HasLeft, Live, LiveSit, Named, OpenNo};
use crate::access::LeadsRun;
use crate::asks::{RunAsk, ask_holder, run_name};
use crate::base::Base;
use crate::fail::{Fail, Refused};

/// A living run.
#[derive(Clone)]
pub enum RunHandle {
    /// It lives here.
    Local(Arc<LiveSit>),
    /// It lives in another process.
    Remote(RemoteRun),
}

/// A run that lives in another process.
#[derive(Clone)]
pub struct RemoteRun {
    base: Base,
    run: RunId,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ChangeReply {
    Made,
    Refused(Refused),
    No(ChangeNo),
    Broken(String),
}

/// Who is in a living run: how many, and the seats, names and dyes of some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    n: u32,
    quiet: u32,
    /// Whether somebody who leads the sit is here, quietly or not.
    pub has_guide: bool,
    /// Seats, names and dyes of some who are here.
    pub named: Vec<(u32, String, u8)>,
}

impl Live {
    /// The living run, wherever it lives; none when nobody has opened it.
    pub fn seek(&self, run: RunId) -> Option<RunHandle> {
        if let Some(sit) = self.find(run) {
            return Some(RunHandle::Local(sit));
        }
        let base = &self.0.base;
        let lives = base.bus.is_held_elsewhere(&run_name(run));
        lives.then(|| RunHandle::Remote(RemoteRun { base: base.clone(), run }))
    }

    /// The living run, wherever it lives; opened here when nobody has.
    ///
    /// # Errors
    /// As [`Live::open`], without [`OpenNo::Elsewhere`].
    pub async fn reach(&self, run: RunId) -> Result<RunHandle, Fail<OpenNo>> {
        match self.open(run).await {
            Ok(sit) => Ok(RunHandle::Local(sit)),
            Err(Fail::No(OpenNo::Elsewhere)) => {
                Ok(RunHandle::Remote(RemoteRun { base: self.0.base.clone(), run }))
            }
            Err(fail) => Err(fail),
        }
    }
}

impl RunHandle {
    /// The living sit, when it lives in this process.
    pub const fn local(&self) -> Option<&Arc<LiveSit>> {
        match self {
            Self::Local(sit) => Some(sit),
            Self::Remote(_) => None,
        }
    }

    /// Whoever leads this run changes the running order. When this returns, the change is kept.
    ///
    /// # Errors
    /// [`ChangeNo`]. When a run that lives elsewhere does not reply within
    /// [`REPLY_WITHIN`](crate::asks::REPLY_WITHIN), nobody can say whether it was changed.
    pub async fn change(&self, led: &LeadsRun, what: What) -> Result<(), Fail<ChangeNo>> {
        match self {
            Self::Local(sit) => sit.change(led, what).await,
            Self::Remote(run) => {
                let by = led_by(led, run.run)?;
                match run.ask(&RunAsk::Change { by, what }).await? {
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

    /// How many are here, and at most `names_max` of those who may be named.
    pub async fn roll(&self, names_max: usize) -> Result<Roll, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.roll(names_max)),
            Self::Remote(run) => run.ask(&RunAsk::Roll { names_max }).await,
        }
    }

    /// Everybody who sits here and may be named.
    pub async fn people(&self) -> Result<Vec<Named>, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.people()),
            Self::Remote(run) => run.ask(&RunAsk::People).await,
        }
    }

    /// Everybody who sat here by name, did not lead, and left not long ago.
    pub async fn left(&self) -> Result<Vec<HasLeft>, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.left()),
            Self::Remote(run) => run.ask(&RunAsk::Left).await,
        }
    }

    /// Who sits on this seat now, quietly or not.
    pub async fn seat(&self, number: u32) -> Result<Option<Named>, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.seat(number)),
            Self::Remote(run) => run.ask(&RunAsk::Seat { number }).await,
        }
    }

    /// Whether there is a place for this person: a sealed sit holds few.
    pub async fn has_place_for(&self, who: Sitter, guide: bool) -> Result<bool, Broken> {
        match self {
            Self::Local(sit) => Ok(sit.has_place_for(who, guide)),
            Self::Remote(run) => run.ask(&RunAsk::HasPlace { who, guide }).await,
        }
    }
}

impl RemoteRun {
    async fn ask<T: DeserializeOwned>(&self, ask: &RunAsk) -> Result<T, Broken> {
        let reply = ask_holder(&self.base, &run_name(self.run), ask).await?;
        reply.ok_or_else(|| Broken::new("asking a run elsewhere", "it lives there no more"))
    }
}

impl Roll {
    pub(super) const fn new(count: Count, has_guide: bool, named: Vec<(u32, String, u8)>) -> Self {
        Self { n: count.n, quiet: count.quiet, has_guide, named }
    }

    /// How many are here.
    pub const fn count(&self) -> Count {
        Count { n: self.n, quiet: self.quiet }
    }
}
