//! The living sits. Each is one [`Room`](sitwith_core::sit::room::Room), which does no I/O, driven
//! by one task: [`LiveSit`]. [`Live`] finds them by their run.
//!
//! * here: the registry, and entering with a ticket;
//! * `live/sit.rs`: one living sit;
//! * `live/handle.rs`: a living sit in any process; `live/serve.rs`: its replies over the bus;
//! * `live/hear.rs`: event handlers of the registry;
//! * `live/drive.rs`: the driver task, which advances time and sends frames;
//! * `live/keep.rs`: database writes of a sit;
//! * `live/line.rs`: the socket interface; `live/table.rs`: all sockets of a sit;
//! * `live/media.rs`: commands to and events from the SFU;
//! * `live/removed.rs`: people who were removed from a sit.
//!
//! A guide's change is stored before it is shown and acknowledged. Everything else (who is here) is
//! lost with the process, and is rebuilt as the browsers come back.

mod drive;
mod handle;
mod hear;
mod keep;
mod line;
mod media;
mod removed;
mod serve;
mod sit;
mod table;
pub mod ticket;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sitwith_core::id::{RunId, SitId};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::room::{LineId, code};
use sitwith_core::time::Span;
use sitwith_media::Sfu;
use sitwith_store::{Broken, runs};
use sitwith_wire::bus::Claim;
use tokio::task::JoinHandle;

pub use self::handle::{RemoteRun, Roll, RunHandle};
pub use self::line::{Line, Offer, text_frame};
pub(crate) use self::media::Place;
pub use self::removed::{HasLeft, Named};
use self::sit::NoPlace;
pub use self::sit::{Coming, LiveSit, Look};
use self::ticket::{Ticket, TicketNo};
use crate::asks::run_name;
use crate::base::Base;
use crate::events::Event;
use crate::fail::Fail;

/// Time that a sit which is over stays in memory, for browsers that come late.
pub const OVER_KEPT: Span = Span::from_mins(5);
/// Maximum number of sockets that one task sends a frame to.
pub const CHUNK: usize = 1_024;
/// Range of the random delay after which browsers reconnect to a restarted home.
pub const BACK_WITHIN: (Span, Span) = (Span::from_ms(200), Span::from_ms(3_000));

/// The living sits. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<SitRegistry>);

struct SitRegistry {
    base: Base,
    media: Sfu,
    sits: Mutex<BTreeMap<RunId, Living>>,
    /// Held while a run is read from the database, so that it is opened once.
    opening: tokio::sync::Mutex<()>,
    /// Number of open sockets in all sits.
    lines: Arc<AtomicU32>,
    rests: AtomicBool,
    /// Those who left the home since it started: their tickets may still be unexpired.
    gone: Mutex<BTreeSet<Sitter>>,
    /// Removed people of all sits that lived since the home started.
    removed: Mutex<BTreeSet<(SitId, Sitter)>>,
    /// Tickets given at or before this instant (ms) are refused, since an [`Event::Ended`] may have
    /// been missed. The page then makes a new ticket, after checking the database.
    tickets_after_ms: AtomicI64,
}

struct Living {
    sit: Arc<LiveSit>,
    driver: JoinHandle<()>,
    /// Makes the sit findable for other processes on the bus.
    _claim: Claim,
}

/// A socket that has entered.
#[derive(Clone)]
pub struct Entered {
    /// The sit it entered.
    pub sit: Arc<LiveSit>,
    /// Its id in the sit.
    pub line: LineId,
}

/// Why a socket is not admitted.
#[derive(Debug)]
pub enum EnterNo {
    /// The ticket is not valid: the page makes a new one.
    Ticket,
    Over,
    /// This sit lives in another process.
    Elsewhere,
    /// A guide removed this person from this sit.
    Removed,
    /// The home has [`Limits::sitters_max`](crate::limits::Limits::sitters_max) sockets open.
    Full,
    /// The sit is sealed and full.
    SealedFull,
    /// The home is about to restart.
    Resting,
    /// A fault outside our control.
    Broken(Broken),
}

impl EnterNo {
    /// The close code and reason for the socket.
    pub const fn close(&self) -> (u16, &'static str) {
        match self {
            Self::Ticket => (code::TICKET, "the ticket is not valid"),
            Self::Over => (code::OVER, "this sit is over"),
            Self::Removed => (code::REMOVED, "not in this sit"),
            Self::Full => (code::FULL, "the home is full"),
            Self::SealedFull => (code::FULL, "this sealed sit is full"),
            Self::Resting | Self::Elsewhere => (code::RESTARTING, "back in a moment"),
            Self::Broken(_) => (code::BROKEN, "something broke on our side"),
        }
    }
}

/// Refusals of [`Live::open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenNo {
    Missing,
    Over,
    /// It lives in another process.
    Elsewhere,
    /// The home is about to restart.
    Resting,
}

impl Live {
    /// Creates an empty registry.
    pub(crate) fn new(base: Base, media: Sfu) -> Self {
        Self(Arc::new(SitRegistry {
            base,
            media,
            sits: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            lines: Arc::default(),
            rests: AtomicBool::default(),
            gone: Mutex::default(),
            removed: Mutex::default(),
            tickets_after_ms: AtomicI64::new(i64::MIN),
        }))
    }

    /// Number of open sockets in all sits.
    pub fn lines(&self) -> u32 {
        self.0.lines.load(Ordering::Relaxed)
    }

    /// Returns the living sit of this run, if it lives in this process.
    pub fn find(&self, run: RunId) -> Option<Arc<LiveSit>> {
        self.sits().get(&run).map(|living| Arc::clone(&living.sit))
    }

    /// Returns the living sit of this run, and opens it from the database if needed.
    ///
    /// # Errors
    /// [`OpenNo::Elsewhere`] if it lives in another process; see [`Live::reach`].
    pub async fn open(&self, run: RunId) -> Result<Arc<LiveSit>, Fail<OpenNo>> {
        if let Some(sit) = self.find(run) {
            return Ok(sit);
        }
        let _opening = self.0.opening.lock().await;
        if let Some(sit) = self.find(run) {
            return Ok(sit);
        }
        if self.rests() {
            return Err(Fail::No(OpenNo::Resting));
        }
        let base = &self.0.base;
        let claimed = base.bus.claim(&run_name(run));
        let (claim, requests) = claimed.ok_or(Fail::No(OpenNo::Elsewhere))?;
        let mut tx = base.store.read().await?;
        let found = runs::find(&mut tx, run).await?.ok_or(Fail::No(OpenNo::Missing))?;
        let changes = runs::changes(&mut tx, run).await?;
        self.know_removed(&mut tx, found.sit).await?;
        drop(tx);
        let media = self.0.media.clone();
        let sit = LiveSit::new(base.clone(), media, &found, changes, Arc::clone(&self.0.lines));
        let ends_at = sit.timeline().ends_at();
        if let Some(over_at) = ends_at.filter(|over_at| *over_at <= base.clock.now()) {
            if found.over_at.is_none() {
                // It ended while no process held it.
                Arc::clone(&sit).keep_over(over_at).await;
            }
            return Err(Fail::No(OpenNo::Over));
        }
        let mut sits = self.sits();
        if self.rests() {
            return Err(Fail::No(OpenNo::Resting));
        }
        let driver = tokio::spawn(mind(self.clone(), Arc::clone(&sit)));
        drop(tokio::spawn(serve::serve_requests(Arc::clone(&sit), requests)));
        sits.insert(run, Living { sit: Arc::clone(&sit), driver, _claim: claim });
        Ok(sit)
    }

    /// Enters a socket into the run of its ticket.
    ///
    /// # Errors
    /// [`EnterNo`]; [`EnterNo::close`] gives the close code.
    pub async fn enter(
        &self,
        ticket: &str,
        line: Arc<dyn Line>,
        coming: Coming,
    ) -> Result<Entered, EnterNo> {
        let base = &self.0.base;
        let ticket = Ticket::open(ticket, &base.settings().ticket_key, base.clock.now())?;
        let given_ms = ticket.given_at().ms();
        if given_ms <= self.0.tickets_after_ms.load(Ordering::Relaxed) {
            return Err(EnterNo::Ticket);
        }
        if self.gone().contains(&ticket.who) {
            return Err(EnterNo::Ticket);
        }
        if self.lines() >= base.limits.sitters_max {
            return Err(EnterNo::Full);
        }
        let sit = match self.find(ticket.run) {
            Some(sit) => sit,
            // A large future that is rarely needed: boxed, so that it does not enlarge every
            // entering socket's.
            None => Box::pin(self.open(ticket.run)).await?,
        };
        if self.is_removed(sit.sit(), ticket.who) {
            return Err(EnterNo::Removed);
        }
        let line = sit.enter(&ticket, line, coming).map_err(|no| match no {
            NoPlace::Over => self.no_longer(),
            NoPlace::Full => EnterNo::SealedFull,
        })?;
        // Removed at this very moment: take the new seat away again.
        if self.is_removed(sit.sit(), ticket.who) {
            sit.remove(ticket.who);
        }
        Ok(Entered { sit, line })
    }

    /// Ends all sockets of somebody who left the home or was removed from it, and refuses their
    /// tickets from now on. The others see an empty seat, as after any leaving.
    pub fn let_go(&self, who: Sitter) {
        self.let_go_here(who);
        self.0.base.publish(Event::Ended { who });
    }

    fn let_go_here(&self, who: Sitter) {
        self.gone().insert(who);
        for sit in self.all() {
            sit.let_go(who);
        }
    }

    fn all(&self) -> Vec<Arc<LiveSit>> {
        self.sits().values().map(|living| Arc::clone(&living.sit)).collect()
    }

    fn gone(&self) -> MutexGuard<'_, BTreeSet<Sitter>> {
        self.0.gone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops all sits: tells every browser to reconnect in a moment, and finishes all writes.
    /// Nobody enters any more.
    pub async fn rest(&self) {
        let living = {
            let mut sits = self.sits();
            self.0.rests.store(true, Ordering::Relaxed);
            std::mem::take(&mut *sits)
        };
        for Living { sit, .. } in living.values() {
            sit.rest();
        }
        for Living { driver, _claim, .. } in living.into_values() {
            if driver.await.is_err() {
                tracing::error!("a living sit did not come to its end by itself");
            }
        }
    }

    /// The refusal when a sit has just ended.
    fn no_longer(&self) -> EnterNo {
        if self.rests() { EnterNo::Resting } else { EnterNo::Over }
    }

    fn rests(&self) -> bool {
        self.0.rests.load(Ordering::Relaxed)
    }

    fn sits(&self) -> MutexGuard<'_, BTreeMap<RunId, Living>> {
        self.0.sits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drives a sit to its end and handles a panic: it ends this sit only, and its browsers come back
/// to a fresh one.
async fn mind(live: Live, sit: Arc<LiveSit>) {
    let driver = tokio::spawn(drive::drive(Arc::clone(&sit)));
    if let Err(error) = driver.await {
        tracing::error!(run = %sit.run(), "a living sit broke: {error}");
        sit.close_all(code::BROKEN, "something broke on our side");
    }
    live.sits().remove(&sit.run());
    sit.media.close_room(sit.run());
}

impl From<TicketNo> for EnterNo {
    fn from(_no: TicketNo) -> Self {
        Self::Ticket
    }
}

impl From<Fail<OpenNo>> for EnterNo {
    fn from(fail: Fail<OpenNo>) -> Self {
        match fail {
            // The run was erased with its sit: its ticket is not valid any more.
            Fail::Refused(_) | Fail::No(OpenNo::Missing) => Self::Ticket,
            Fail::No(OpenNo::Over) => Self::Over,
            Fail::No(OpenNo::Elsewhere) => Self::Elsewhere,
            Fail::No(OpenNo::Resting) => Self::Resting,
            Fail::Broken(broken) => Self::Broken(broken),
        }
    }
}
