//! The living rounds, by id: opened from the database on first use, and released when their words
//! vanish, after a fault, or when another process requests them.
//!
//! * here: the registry; `live_rounds/round.rs`: one living round, which stores the effects of its
//!   [state machine](sitwith_core::round::Round) before anybody sees them;
//! * `live_rounds/drive.rs`: the driver task; `live_rounds/reading.rs`: embedding of shares;
//! * `live_rounds/open.rs`: from rows to a state machine; `live_rounds/event_handler.rs`: event
//!   handlers;
//! * `live_rounds/course.rs`: when a round closes and when its words vanish; `live_rounds/hand.rs`:
//!   opaque author keys.

pub(crate) mod course;
mod drive;
mod event_handler;
pub(crate) mod hand;
mod open;
mod reading;
mod round;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sitwith_core::id::{RoundId, RunId};
use sitwith_core::round::RoundStep;
use sitwith_core::sit::run::{Timeline, build_timeline};
use sitwith_core::time::{Instant, Span};
use sitwith_insight::Insight;
use sitwith_store::rounds::{self, RoundRow};
use sitwith_store::{Broken, runs};
use sitwith_wire::bus::{Claim, Requests};
use tokio::sync::OwnedMutexGuard;

use crate::base::Base;
use crate::events::Event;
use crate::requests::{RoundRequest, ask_holder, round_name, send_reply};

use self::open::read_round;
pub use self::round::LiveRound;
pub(crate) use self::round::ShownRound;

/// Minimum interval between compactions of the database files: all writers wait meanwhile.
const FOLD_EVERY: Span = Span::from_secs(5);
/// Maximum number of requests to the holder of a round before opening it fails.
const CLAIM_TRIES_MAX: u32 = 3;
/// The prompt of a phase whose plan has none.
pub const DEFAULT_PROMPT: &str = "What is here for you now?";
/// Time after the end of a run at which the words of its rounds are erased.
pub const RUN_WORDS_KEPT: Span = Span::from_mins(15);
/// Time after the opening of its quilt at which the words of a round that stands alone are erased.
pub const LONE_ROUND_WORDS_KEPT: Span = Span::from_days(1);
/// Time after closing at which a round that stands alone is erased if nobody opened it.
pub const UNOPENED_ROUND_KEPT: Span = Span::from_days(7);

/// The living rounds. Cheap to clone.
#[derive(Clone)]
pub struct LiveRounds(Arc<RoundRegistry>);

/// Shared dependencies of living rounds.
pub(crate) struct RoundTools {
    pub(crate) base: Base,
    /// Embeds shares.
    pub(crate) insight: Insight,
    fold: Mutex<FoldState>,
}

struct RoundRegistry {
    tools: Arc<RoundTools>,
    living: Mutex<BTreeMap<RoundId, Arc<LiveRound>>>,
    /// Held while a round is read from the database, so that it is opened once.
    opening: tokio::sync::Mutex<()>,
}

/// A pending compaction of the database files, and its earliest time.
#[derive(Default)]
struct FoldState {
    is_due: bool,
    next_at: Option<Instant>,
}

/// A living round, locked for one act.
pub(crate) struct HeldRound {
    pub(crate) round: Arc<LiveRound>,
    _alone: OwnedMutexGuard<()>,
}

impl LiveRounds {
    /// Creates an empty registry.
    pub(crate) fn new(base: Base, insight: Insight) -> Self {
        let tools = Arc::new(RoundTools { base, insight, fold: Mutex::default() });
        let (living, opening) = (Mutex::default(), tokio::sync::Mutex::default());
        Self(Arc::new(RoundRegistry { tools, living, opening }))
    }

    /// Returns the living round with this id, and opens it from the database if needed. `None` if
    /// there is no such round, or its words have vanished. A round that lives in another process is
    /// taken over: that process finishes the act in progress and releases it.
    pub async fn open(&self, id: RoundId) -> Result<Option<Arc<LiveRound>>, Broken> {
        if let Some(living) = self.find(id) {
            return Ok(Some(living));
        }
        let _opening = self.0.opening.lock().await;
        if let Some(living) = self.find(id) {
            return Ok(Some(living));
        }
        let (claim, requests) = self.claim(id).await?;
        let Some((row, machine)) = read_round(self.base(), id).await? else {
            return Ok(None);
        };
        let living = LiveRound::new(Arc::clone(&self.0.tools), &row, machine, claim);
        let mut rounds = self.living();
        rounds.retain(|_, living| !living.has_ended());
        rounds.insert(id, Arc::clone(&living));
        drop(rounds);
        LiveRound::drive(&living);
        drop(tokio::spawn(serve_requests(Arc::clone(&living), requests)));
        Ok(Some(living))
    }

    /// Claims the round's name on the bus, from its holder if there is one.
    async fn claim(&self, id: RoundId) -> Result<(Claim, Requests), Broken> {
        let name = round_name(id);
        for _ in 0..CLAIM_TRIES_MAX {
            if let Some(claimed) = self.base().bus.claim(&name) {
                return Ok(claimed);
            }
            // `None` if it was released in the meantime.
            let _let_go: Option<()> = ask_holder(self.base(), &name, &RoundRequest::LetGo).await?;
        }
        Err(Broken::new("opening a round", "another process keeps asking for it"))
    }

    /// Makes sure that some process drives this round.
    pub(crate) async fn ensure_driven(&self, id: RoundId) -> Result<(), Broken> {
        if self.base().bus.is_held_elsewhere(&round_name(id)) {
            return Ok(());
        }
        self.open(id).await.map(drop)
    }

    /// Returns what a round shows and when it closes by itself. A round that lives in another
    /// process stays there: its shown state is read from its rows.
    pub(crate) async fn view(
        &self,
        id: RoundId,
    ) -> Result<Option<(ShownRound, Option<Instant>)>, Broken> {
        if self.find(id).is_none() && self.base().bus.is_held_elsewhere(&round_name(id)) {
            let Some((row, machine)) = read_round(self.base(), id).await? else {
                return Ok(None);
            };
            let shown = ShownRound::of_machine(&machine, row.closes_at);
            let closes_at = match row.at {
                Some((run, phase)) => course::read_closes_at(self.base(), run, phase).await?,
                None => row.closes_at,
            };
            return Ok(Some((shown, closes_at)));
        }
        let Some(living) = self.open(id).await? else {
            return Ok(None);
        };
        let closes_at = living.closes_at().await?;
        Ok(Some((living.shown(), closes_at)))
    }

    /// Returns the living round with this id, locked for one act. If it was released while this
    /// waited, it is opened again, so that the act applies to the round that lives.
    pub(crate) async fn hold(&self, id: RoundId) -> Result<Option<HeldRound>, Broken> {
        loop {
            let Some(living) = self.open(id).await? else {
                return Ok(None);
            };
            let alone = living.lock_work().await;
            if !living.has_ended() {
                return Ok(Some(HeldRound { round: living, _alone: alone }));
            }
        }
    }

    /// Returns the living round with this id, if it lives in this process.
    pub fn find(&self, id: RoundId) -> Option<Arc<LiveRound>> {
        self.living().get(&id).filter(|living| !living.has_ended()).cloned()
    }

    /// Number of living rounds in this process.
    pub fn count(&self) -> usize {
        self.living().values().filter(|living| !living.has_ended()).count()
    }

    /// Returns the round of this phase of a run, and poses it if needed. `None` if the phase has no
    /// written round. Notifies the run's room, unless the round lives in another process, which has
    /// notified it.
    pub(crate) async fn begin_phase(
        &self,
        run: RunId,
        phase: u16,
    ) -> Result<Option<RoundId>, Broken> {
        let mut tx = self.base().store.read().await?;
        let posed = rounds::find_phase_round(&mut tx, run, phase).await?;
        let posed = match posed {
            Some(posed) => Some(posed),
            None => match runs::find_run(&mut tx, run).await? {
                Some(run) => {
                    drop(tx);
                    self.pose_phase(&run, phase).await?
                }
                None => None,
            },
        };
        let Some(row) = posed.filter(|row| row.vanished_at.is_none()) else {
            return Ok(None);
        };
        if self.base().bus.is_held_elsewhere(&round_name(row.id)) {
            return Ok(Some(row.id));
        }
        if let Some(living) = self.open(row.id).await? {
            living.tell_room();
        }
        Ok(Some(row.id))
    }

    async fn pose_phase(
        &self,
        run: &sitwith_core::sits::Run,
        phase: u16,
    ) -> Result<Option<RoundRow>, Broken> {
        let plan = &run.facts.plan.phases;
        let Some(asked) = plan.get(usize::from(phase)).and_then(|phase| phase.written_round())
        else {
            return Ok(None);
        };
        let prompt = asked.prompt.as_deref().map(str::trim).unwrap_or_default();
        let base = self.base();
        let row = &RoundRow {
            id: RoundId::new(base.clock.now(), base.dice.bytes()),
            sit: run.sit,
            at: Some((run.id, phase)),
            prompt_index: 0,
            prompt: if prompt.is_empty() { DEFAULT_PROMPT } else { prompt }.to_owned(),
            help: asked.help.clone(),
            reads_first: asked.reads_first,
            keeps: asked.keeps,
            posed_at: base.clock.now(),
            closes_at: None,
            closed_at: None,
            opened_at: None,
            read_over_at: None,
            vanished_at: None,
        };
        self.keep_posed(row).await.map(Some)
    }

    /// Stores a posed round; returns the existing one if the phase already has one at this index.
    pub(crate) async fn keep_posed(&self, row: &RoundRow) -> Result<RoundRow, Broken> {
        let posed = self.base().store.write(|mut tx| async move {
            let posed = rounds::insert_round(&mut tx, row).await?;
            Ok::<_, Broken>(tx.done(posed))
        });
        let posed = posed.await?;
        self.0.tools.wake_jobs();
        Ok(posed)
    }

    /// The current running order of a run.
    pub(crate) async fn timeline(&self, run: RunId) -> Result<Option<Timeline>, Broken> {
        read_timeline(self.base(), run).await
    }

    /// Stops all rounds after their acts in progress.
    pub async fn stop(&self) {
        let living = std::mem::take(&mut *self.living());
        for round in living.into_values() {
            round.release_when_idle().await;
        }
    }

    /// Schedules a compaction of the database files after an erasure: erased words must leave the
    /// files, too.
    pub(crate) fn fold_soon(&self) {
        self.0.tools.fold_soon();
    }

    /// Returns when a compaction is due; `None` if nothing was erased. If it is due now, it is
    /// marked as done.
    pub(crate) fn take_fold_at(&self, now: Instant) -> Option<Instant> {
        let mut fold = self.0.tools.fold();
        if !fold.is_due {
            return None;
        }
        let at = fold.next_at.map_or(now, |at| at.max(now));
        if at <= now {
            *fold = FoldState { is_due: false, next_at: Some(now + FOLD_EVERY) };
        }
        Some(at)
    }

    fn base(&self) -> &Base {
        &self.0.tools.base
    }

    fn living(&self) -> MutexGuard<'_, BTreeMap<RoundId, Arc<LiveRound>>> {
        self.0.living.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RoundTools {
    /// Wakes the home's jobs to check the rounds.
    fn wake_jobs(&self) {
        self.base.publish(Event::WorkLaidReady);
    }

    /// Schedules a compaction of the database files after an erasure: erased words must leave the
    /// files, too.
    pub(crate) fn fold_soon(&self) {
        self.fold().is_due = true;
        self.wake_jobs();
    }

    fn fold(&self) -> MutexGuard<'_, FoldState> {
        self.fold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Releases the round when another process requests it.
async fn serve_requests(round: Arc<LiveRound>, mut requests: Requests) {
    while let Some(request) = requests.next().await {
        match serde_json::from_slice(&request.payload) {
            Ok(RoundRequest::LetGo) => {
                round.release_when_idle().await;
                send_reply(request, &());
            }
            // Dropping the request tells the requester that there is no reply.
            Err(error) => tracing::warn!(%error, "a request to a living round was not understood"),
        }
    }
}

/// Reads the current running order of a run from the database.
pub(crate) async fn read_timeline(base: &Base, run: RunId) -> Result<Option<Timeline>, Broken> {
    let mut tx = base.store.read().await?;
    let Some(run) = runs::find_run(&mut tx, run).await? else {
        return Ok(None);
    };
    let changes = runs::list_changes(&mut tx, run.id).await?;
    Ok(Some(build_timeline(&run.facts, &changes)))
}

/// The step of a round, from its row.
pub(crate) const fn step_of_row(row: &RoundRow) -> RoundStep {
    match (row.closed_at, row.opened_at) {
        (_, Some(_)) => RoundStep::Opened,
        (Some(_), None) => RoundStep::Closed,
        (None, None) => RoundStep::Posed,
    }
}
