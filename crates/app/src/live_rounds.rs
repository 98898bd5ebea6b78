//! The rounds that live now, by their ids: opened from what was kept when somebody first asks,
//! and let go when their words vanish, something broke in them, or another process asks for them.
//!
//! * here: the registry; `live_rounds/round.rs`: one living round, which keeps what its
//!   [machine](sitwith_core::round::Round) says before anybody sees it;
//! * `live_rounds/drive.rs`: its task; `live_rounds/reading.rs`: the model's part;
//! * `live_rounds/open.rs`: from rows to a machine; `live_rounds/hear.rs`: events it hears;
//! * `live_rounds/course.rs`: when a round closes and when its words vanish;
//!   `live_rounds/hand.rs`: whose they are, known to nobody.

pub(crate) mod course;
mod drive;
pub(crate) mod hand;
mod hear;
mod open;
mod reading;
mod round;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sitwith_core::id::{RoundId, RunId};
use sitwith_core::round::Step;
use sitwith_core::sit::run::{Timeline, order};
use sitwith_core::time::{Instant, Span};
use sitwith_insight::Insight;
use sitwith_store::rounds::{self, RoundRow};
use sitwith_store::{Broken, runs};
use sitwith_wire::bus::{Claim, Requests};
use tokio::sync::OwnedMutexGuard;

use crate::asks::{RoundAsk, ask_holder, round_name, send_reply};
use crate::base::Base;
use crate::events::Event;

use self::open::read_round;
pub use self::round::LiveRound;
pub(crate) use self::round::Shown;

/// The files are folded at most once in so long: everybody who writes waits meanwhile.
const FOLD_EVERY: Span = Span::from_secs(5);
/// How often the holder of a round is asked for it before it is left alone.
const ASKED_FOR_MAX: u32 = 3;
/// What is asked when the plan of a sit asks nothing.
pub const PROMPT: &str = "What is here for you now?";
/// The words of a run's rounds are erased so long after the run is over.
pub const VANISH_AFTER: Span = Span::from_mins(15);
/// The words of a round that stands alone are erased so long after its quilt was opened.
pub const VANISH_ALONE_AFTER: Span = Span::from_days(1);
/// A round that stands alone and that nobody opens is erased so long after it closed.
pub const UNOPENED_KEPT: Span = Span::from_days(7);

/// The rounds that live now. Cheap to clone.
#[derive(Clone)]
pub struct Rounds(Arc<RoundRegistry>);

/// What living rounds work with.
pub(crate) struct Tools {
    /// Database, time, settings and bus.
    pub(crate) base: Base,
    /// What reads shares.
    pub(crate) insight: Insight,
    fold: Mutex<Fold>,
}

struct RoundRegistry {
    tools: Arc<Tools>,
    living: Mutex<BTreeMap<RoundId, Arc<LiveRound>>>,
    /// Held while a round is read from the database, so that it is opened once.
    opening: tokio::sync::Mutex<()>,
}

/// Whether something was erased that is to leave the files too, and from when on.
#[derive(Default)]
struct Fold {
    is_due: bool,
    next_at: Option<Instant>,
}

/// A living round in which nothing else is done meanwhile.
pub(crate) struct HeldRound {
    /// The round.
    pub(crate) round: Arc<LiveRound>,
    _alone: OwnedMutexGuard<()>,
}

impl Rounds {
    /// No rounds yet.
    pub(crate) fn new(base: Base, insight: Insight) -> Self {
        let tools = Arc::new(Tools { base, insight, fold: Mutex::default() });
        let (living, opening) = (Mutex::default(), tokio::sync::Mutex::default());
        Self(Arc::new(RoundRegistry { tools, living, opening }))
    }

    /// The living round of this id: found, or brought to life from what was kept. None when there
    /// is none, or its words have vanished. A round that lives in another process is taken over:
    /// that process ends what it is doing in it and lets it go.
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

    /// Takes the round's name on the bus, from its holder if there is one.
    async fn claim(&self, id: RoundId) -> Result<(Claim, Requests), Broken> {
        let name = round_name(id);
        for _ in 0..ASKED_FOR_MAX {
            if let Some(claimed) = self.base().bus.claim(&name) {
                return Ok(claimed);
            }
            // None when it was let go of meanwhile.
            let _let_go: Option<()> = ask_holder(self.base(), &name, &RoundAsk::LetGo).await?;
        }
        Err(Broken::new("opening a round", "another process keeps asking for it"))
    }

    /// Has a round driven that nobody drives.
    pub(crate) async fn tend(&self, id: RoundId) -> Result<(), Broken> {
        if self.base().bus.is_held_elsewhere(&round_name(id)) {
            return Ok(());
        }
        self.open(id).await.map(drop)
    }

    /// What is shown of a round, and when it closes by itself. One that lives in another process
    /// stays there: what it shows is kept, and read from its rows.
    pub(crate) async fn view(
        &self,
        id: RoundId,
    ) -> Result<Option<(Shown, Option<Instant>)>, Broken> {
        if self.find(id).is_none() && self.base().bus.is_held_elsewhere(&round_name(id)) {
            let Some((row, machine)) = read_round(self.base(), id).await? else {
                return Ok(None);
            };
            let shown = Shown::of(&machine, row.closes_at);
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

    /// The living round of this id, held so that nothing else is done in it meanwhile. One that
    /// was let go while this waited is opened anew: what is done is done in the one that lives.
    pub(crate) async fn hold(&self, id: RoundId) -> Result<Option<HeldRound>, Broken> {
        loop {
            let Some(living) = self.open(id).await? else {
                return Ok(None);
            };
            let alone = living.alone().await;
            if !living.has_ended() {
                return Ok(Some(HeldRound { round: living, _alone: alone }));
            }
        }
    }

    /// The living round of this id, if it lives in this process.
    pub fn find(&self, id: RoundId) -> Option<Arc<LiveRound>> {
        self.living().get(&id).filter(|living| !living.has_ended()).cloned()
    }

    /// How many rounds live now.
    pub fn count(&self) -> usize {
        self.living().values().filter(|living| !living.has_ended()).count()
    }

    /// The round of this phase of a run: found, or posed now. None when the phase is no written
    /// round. Whoever sits in the run is told of it, unless it lives in another process, which has
    /// told them.
    pub(crate) async fn begin(&self, run: RunId, phase: u16) -> Result<Option<RoundId>, Broken> {
        let mut tx = self.base().store.read().await?;
        let posed = rounds::of_phase(&mut tx, run, phase).await?;
        let posed = match posed {
            Some(posed) => Some(posed),
            None => match runs::find(&mut tx, run).await? {
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
            place: 0,
            prompt: if prompt.is_empty() { PROMPT } else { prompt }.to_owned(),
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

    /// Poses a round; one that the phase has at this place already is found.
    pub(crate) async fn keep_posed(&self, row: &RoundRow) -> Result<RoundRow, Broken> {
        let posed = self.base().store.write(|mut tx| async move {
            let posed = rounds::pose(&mut tx, row).await?;
            Ok::<_, Broken>(tx.done(posed))
        });
        let posed = posed.await?;
        self.0.tools.look_soon();
        Ok(posed)
    }

    /// The running order of a run as it stands.
    pub(crate) async fn timeline(&self, run: RunId) -> Result<Option<Timeline>, Broken> {
        read_timeline(self.base(), run).await
    }

    /// The home stops: what rounds are doing is brought to its end.
    pub async fn rest(&self) {
        let living = std::mem::take(&mut *self.living());
        for round in living.into_values() {
            round.end().await;
        }
    }

    /// Something was erased: it is to leave the files too, not only the answers.
    pub(crate) fn fold_soon(&self) {
        self.0.tools.fold_soon();
    }

    /// When the files are to be folded, with what was erased until now; none when nothing was.
    /// When it is due, it is taken as done.
    pub(crate) fn folds_at(&self, now: Instant) -> Option<Instant> {
        let mut fold = self.0.tools.fold();
        if !fold.is_due {
            return None;
        }
        let at = fold.next_at.map_or(now, |at| at.max(now));
        if at <= now {
            *fold = Fold { is_due: false, next_at: Some(now + FOLD_EVERY) };
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

impl Tools {
    /// Asks the home's jobs to look after rounds.
    fn look_soon(&self) {
        self.base.publish(Event::WorkLaidReady);
    }

    /// Something was erased: it is to leave the files too, not only the answers.
    pub(crate) fn fold_soon(&self) {
        self.fold().is_due = true;
        self.look_soon();
    }

    fn fold(&self) -> MutexGuard<'_, Fold> {
        self.fold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets a round go when another process asks for it.
async fn serve_requests(round: Arc<LiveRound>, mut requests: Requests) {
    while let Some(request) = requests.next().await {
        match serde_json::from_slice(&request.payload) {
            Ok(RoundAsk::LetGo) => {
                round.end().await;
                send_reply(request, &());
            }
            // Whoever asked is told that there is no reply.
            Err(error) => tracing::warn!(%error, "a request to a living round was not understood"),
        }
    }
}

/// The running order of a run as it stands: what is in the database is what everybody sees.
pub(crate) async fn read_timeline(base: &Base, run: RunId) -> Result<Option<Timeline>, Broken> {
    let mut tx = base.store.read().await?;
    let Some(run) = runs::find(&mut tx, run).await? else {
        return Ok(None);
    };
    let changes = runs::changes(&mut tx, run.id).await?;
    Ok(Some(order(&run.facts, &changes)))
}

/// How far a round has come, as its row says.
pub(crate) const fn step_of(row: &RoundRow) -> Step {
    match (row.closed_at, row.opened_at) {
        (_, Some(_)) => Step::Opened,
        (Some(_), None) => Step::Closed,
        (None, None) => Step::Posed,
    }
}
