//! The living sits. Each is one [`Room`](sitwith_core::sit::room::Room), which does no I/O, driven
//! by one task: [`LiveSit`]. [`LiveSits`] finds them by their run.
//!
//! * here: the registry, and entering with a ticket;
//! * `live/sit.rs`: one living sit;
//! * `live/handle.rs`: a living sit in any process; `live/serve.rs`: its replies over the bus;
//! * `live/event_handler.rs`: event handlers of the registry;
//! * `live/drive.rs`: the driver task, which advances time and sends frames;
//! * `live/keep.rs`: database writes of a sit;
//! * `live/socket.rs`: the socket interface; `live/sockets.rs`: all sockets of a sit;
//! * `live/media.rs`: commands to and events from the SFU;
//! * `live/removed.rs`: people who were removed from a sit.
//!
//! A guide's change is stored before it is shown and acknowledged. Everything else (who is here) is
//! lost with the process, and is rebuilt as the browsers come back.

mod drive;
mod event_handler;
mod handle;
mod keep;
mod media;
mod removed;
mod serve;
mod sit;
mod socket;
mod sockets;
pub mod ticket;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sitwith_core::id::{RunId, SitId};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::room::{ConnId, close_code};
use sitwith_core::time::Span;
use sitwith_media::Sfu;
use sitwith_store::{Broken, runs};
use sitwith_wire::bus::Claim;
use tokio::task::JoinHandle;

pub use self::handle::{RemoteRun, Roll, RunHandle};
pub(crate) use self::media::MediaSeat;
pub use self::removed::{DepartedSitter, NamedSitter};
use self::sit::SitEnterNo;
pub use self::sit::{EnterOptions, LiveSit, SitPreview};
pub use self::socket::{SitSocket, TrySendOutcome, text_frame};
use self::ticket::{Ticket, TicketNo};
use crate::base::Base;
use crate::events::Event;
use crate::fail::Fail;
use crate::requests::run_name;

/// Time that a sit which is over stays in memory, for browsers that come late.
pub const OVER_SIT_KEPT: Span = Span::from_mins(5);
/// Maximum number of sockets that one task sends a frame to.
pub const SOCKETS_PER_TASK: usize = 1_024;
/// Range of the random delay after which browsers reconnect to a restarted home.
pub const RECONNECT_WITHIN: (Span, Span) = (Span::from_ms(200), Span::from_ms(3_000));

/// The living sits. Cheap to clone.
#[derive(Clone)]
pub struct LiveSits(Arc<SitRegistry>);

struct SitRegistry {
    base: Base,
    media: Sfu,
    sits: Mutex<BTreeMap<RunId, RunningSit>>,
    /// Held while a run is read from the database, so that it is opened once.
    opening: tokio::sync::Mutex<()>,
    /// Number of open sockets in all sits.
    open_sockets: Arc<AtomicU32>,
    is_stopping: AtomicBool,
    /// Those who left the home since it started: their tickets may still be unexpired.
    ended_sitters: Mutex<BTreeSet<Sitter>>,
    /// Removed people of all sits that lived since the home started.
    removed_sitters: Mutex<BTreeSet<(SitId, Sitter)>>,
    /// Tickets given at or before this instant (ms) are refused, since an [`Event::Ended`] may have
    /// been missed. The page then makes a new ticket, after checking the database.
    tickets_after_ms: AtomicI64,
}

struct RunningSit {
    sit: Arc<LiveSit>,
    driver: JoinHandle<()>,
    /// Makes the sit findable for other processes on the bus.
    _claim: Claim,
}

/// A socket that has entered.
#[derive(Clone)]
pub struct EnteredSit {
    /// The sit it entered.
    pub sit: Arc<LiveSit>,
    /// Its id in the sit.
    pub conn: ConnId,
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
    Stopping,
    /// A fault outside our control.
    Broken(Broken),
}

impl EnterNo {
    /// The close code and reason for the socket.
    pub const fn close_reason(&self) -> (u16, &'static str) {
        match self {
            Self::Ticket => (close_code::TICKET, "the ticket is not valid"),
            Self::Over => (close_code::OVER, "this sit is over"),
            Self::Removed => (close_code::REMOVED, "not in this sit"),
            Self::Full => (close_code::FULL, "the home is full"),
            Self::SealedFull => (close_code::FULL, "this sealed sit is full"),
            Self::Stopping | Self::Elsewhere => (close_code::RESTARTING, "back in a moment"),
            Self::Broken(_) => (close_code::BROKEN, "something broke on our side"),
        }
    }
}

/// Refusals of [`LiveSits::open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenRunNo {
    Missing,
    Over,
    /// It lives in another process.
    Elsewhere,
    /// The home is about to restart.
    Stopping,
}

impl LiveSits {
    /// Creates an empty registry.
    pub(crate) fn new(base: Base, media: Sfu) -> Self {
        Self(Arc::new(SitRegistry {
            base,
            media,
            sits: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            open_sockets: Arc::default(),
            is_stopping: AtomicBool::default(),
            ended_sitters: Mutex::default(),
            removed_sitters: Mutex::default(),
            tickets_after_ms: AtomicI64::new(i64::MIN),
        }))
    }

    /// Number of open sockets in all sits.
    pub fn socket_count(&self) -> u32 {
        self.0.open_sockets.load(Ordering::Relaxed)
    }

    /// Returns the living sit of this run, if it lives in this process.
    pub fn find(&self, run: RunId) -> Option<Arc<LiveSit>> {
        self.sits().get(&run).map(|living| Arc::clone(&living.sit))
    }

    /// Returns the living sit of this run, and opens it from the database if needed.
    ///
    /// # Errors
    /// [`OpenRunNo::Elsewhere`] if it lives in another process; see [`LiveSits::open_anywhere`].
    pub async fn open(&self, run: RunId) -> Result<Arc<LiveSit>, Fail<OpenRunNo>> {
        if let Some(sit) = self.find(run) {
            return Ok(sit);
        }
        let _opening = self.0.opening.lock().await;
        if let Some(sit) = self.find(run) {
            return Ok(sit);
        }
        if self.is_stopping() {
            return Err(Fail::No(OpenRunNo::Stopping));
        }
        let base = &self.0.base;
        let claimed = base.bus.claim(&run_name(run));
        let (claim, requests) = claimed.ok_or(Fail::No(OpenRunNo::Elsewhere))?;
        let mut tx = base.store.read().await?;
        let found = runs::find_run(&mut tx, run).await?.ok_or(Fail::No(OpenRunNo::Missing))?;
        let changes = runs::list_changes(&mut tx, run).await?;
        self.load_removed(&mut tx, found.sit).await?;
        drop(tx);
        let media = self.0.media.clone();
        let sit =
            LiveSit::new(base.clone(), media, &found, changes, Arc::clone(&self.0.open_sockets));
        let ends_at = sit.timeline().ends_at();
        if let Some(over_at) = ends_at.filter(|over_at| *over_at <= base.clock.now()) {
            if found.over_at.is_none() {
                // It ended while no process held it.
                Arc::clone(&sit).keep_over(over_at).await;
            }
            return Err(Fail::No(OpenRunNo::Over));
        }
        let mut sits = self.sits();
        if self.is_stopping() {
            return Err(Fail::No(OpenRunNo::Stopping));
        }
        let driver = tokio::spawn(supervise_sit(self.clone(), Arc::clone(&sit)));
        drop(tokio::spawn(serve::serve_requests(Arc::clone(&sit), requests)));
        sits.insert(run, RunningSit { sit: Arc::clone(&sit), driver, _claim: claim });
        Ok(sit)
    }

    /// Enters a socket into the run of its ticket.
    ///
    /// # Errors
    /// [`EnterNo`]; [`EnterNo::close_reason`] gives the close code.
    pub async fn enter(
        &self,
        ticket: &str,
        line: Arc<dyn SitSocket>,
        coming: EnterOptions,
    ) -> Result<EnteredSit, EnterNo> {
        let base = &self.0.base;
        let ticket = Ticket::open(ticket, &base.settings().ticket_key, base.clock.now())?;
        let given_ms = ticket.given_at().ms();
        if given_ms <= self.0.tickets_after_ms.load(Ordering::Relaxed) {
            return Err(EnterNo::Ticket);
        }
        if self.ended_sitters().contains(&ticket.who) {
            return Err(EnterNo::Ticket);
        }
        if self.socket_count() >= base.limits.sitters_max {
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
            SitEnterNo::Over => self.refusal_after_end(),
            SitEnterNo::Full => EnterNo::SealedFull,
        })?;
        // Removed at this very moment: take the new seat away again.
        if self.is_removed(sit.sit(), ticket.who) {
            sit.remove_sitter(ticket.who);
        }
        Ok(EnteredSit { sit, conn: line })
    }

    /// Ends all sockets of somebody who left the home or was removed from it, and refuses their
    /// tickets from now on. The others see an empty seat, as after any leaving.
    pub fn end_sitter(&self, who: Sitter) {
        self.end_sitter_here(who);
        self.0.base.publish(Event::Ended { who });
    }

    fn end_sitter_here(&self, who: Sitter) {
        self.ended_sitters().insert(who);
        for sit in self.living_sits() {
            sit.end_sitter(who);
        }
    }

    fn living_sits(&self) -> Vec<Arc<LiveSit>> {
        self.sits().values().map(|living| Arc::clone(&living.sit)).collect()
    }

    fn ended_sitters(&self) -> MutexGuard<'_, BTreeSet<Sitter>> {
        self.0.ended_sitters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops all sits: tells every browser to reconnect in a moment, and finishes all writes.
    /// Nobody enters any more.
    pub async fn stop(&self) {
        let living = {
            let mut sits = self.sits();
            self.0.is_stopping.store(true, Ordering::Relaxed);
            std::mem::take(&mut *sits)
        };
        for RunningSit { sit, .. } in living.values() {
            sit.stop();
        }
        for RunningSit { driver, _claim, .. } in living.into_values() {
            if driver.await.is_err() {
                tracing::error!("a living sit did not come to its end by itself");
            }
        }
    }

    /// The refusal when a sit has just ended.
    fn refusal_after_end(&self) -> EnterNo {
        if self.is_stopping() { EnterNo::Stopping } else { EnterNo::Over }
    }

    fn is_stopping(&self) -> bool {
        self.0.is_stopping.load(Ordering::Relaxed)
    }

    fn sits(&self) -> MutexGuard<'_, BTreeMap<RunId, RunningSit>> {
        self.0.sits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drives a sit to its end and handles a panic: it ends this sit only, and its browsers come back
/// to a fresh one.
async fn supervise_sit(live: LiveSits, sit: Arc<LiveSit>) {
    let driver = tokio::spawn(drive::drive_sit(Arc::clone(&sit)));
    if let Err(error) = driver.await {
        tracing::error!(run = %sit.run(), "a living sit broke: {error}");
        sit.close_all_sockets(close_code::BROKEN, "something broke on our side");
    }
    live.sits().remove(&sit.run());
    sit.media.close_room(sit.run());
}

impl From<TicketNo> for EnterNo {
    fn from(_no: TicketNo) -> Self {
        Self::Ticket
    }
}

impl From<Fail<OpenRunNo>> for EnterNo {
    fn from(fail: Fail<OpenRunNo>) -> Self {
        match fail {
            // The run was erased with its sit: its ticket is not valid any more.
            Fail::Refused(_) | Fail::No(OpenRunNo::Missing) => Self::Ticket,
            Fail::No(OpenRunNo::Over) => Self::Over,
            Fail::No(OpenRunNo::Elsewhere) => Self::Elsewhere,
            Fail::No(OpenRunNo::Stopping) => Self::Stopping,
            Fail::Broken(broken) => Self::Broken(broken),
        }
    }
}
