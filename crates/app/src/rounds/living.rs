//! The rounds that live now, by their ids: opened from what was kept when somebody first asks,
//! and let go when their words vanish or something broke in them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use sitwith_core::id::{RoundId, RunId};
use sitwith_core::round::{self, Round};
use sitwith_core::sit::run::{Timeline, order};
use sitwith_core::time::{Instant, Span};
use sitwith_insight::Insight;
use sitwith_store::rounds::{self, RoundRow};
use sitwith_store::shares::{self, ReadAs, ShareRow};
use sitwith_store::{Broken, Store, runs};
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;
use tokio::sync::{Notify, OwnedMutexGuard};

use super::hand::lots;
use super::live::LiveRound;
use super::see::step;
use crate::live::Live;
use crate::settings::Kept;

/// The files are folded at most once in so long: everybody who writes waits meanwhile.
const FOLD_EVERY: Span = Span::from_secs(5);
/// What is asked when the plan of a sit asks nothing.
pub const PROMPT: &str = "What is here for you now?";

/// The rounds that live now. Cheap to clone.
#[derive(Clone)]
pub struct Rounds(Arc<Registry>);

/// The same, for those whom a round itself holds.
#[derive(Clone)]
pub(crate) struct Faint(Weak<Registry>);

/// What living rounds work with.
pub(crate) struct Tools {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub dice: Dice,
    /// What reads shares.
    pub insight: Insight,
    /// The sits that live now.
    pub live: Live,
    /// What the keeper has set: the home's key is in it.
    pub kept: Kept,
}

pub(super) struct Registry {
    tools: Arc<Tools>,
    living: Mutex<BTreeMap<RoundId, Arc<LiveRound>>>,
    /// Held while a round is read from the database, so that it is opened once.
    opening: tokio::sync::Mutex<()>,
    /// Tells the home's jobs that there is something to look after.
    told: Notify,
    fold: Mutex<Fold>,
}

/// Whether something was erased that is to leave the files too, and from when on.
#[derive(Default)]
struct Fold {
    is_due: bool,
    next_at: Option<Instant>,
}

/// A living round in which nothing else is done meanwhile.
pub(super) struct Held {
    /// The round.
    pub(super) round: Arc<LiveRound>,
    _alone: OwnedMutexGuard<()>,
}

impl Rounds {
    /// No rounds yet.
    pub(crate) fn new(tools: Tools) -> Self {
        Self(Arc::new(Registry {
            tools: Arc::new(tools),
            living: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            told: Notify::new(),
            fold: Mutex::new(Fold::default()),
        }))
    }

    /// A handle that keeps nothing alive.
    pub(crate) fn faint(&self) -> Faint {
        Faint(Arc::downgrade(&self.0))
    }

    /// The living round of this id: found, or brought to life from what was kept. None when there
    /// is none, or its words have vanished.
    pub async fn open(&self, id: RoundId) -> Result<Option<Arc<LiveRound>>, Broken> {
        if let Some(living) = self.find(id) {
            return Ok(Some(living));
        }
        let _opening = self.0.opening.lock().await;
        if let Some(living) = self.find(id) {
            return Ok(Some(living));
        }
        let mut tx = self.0.tools.store.read().await?;
        let Some(row) = rounds::find(&mut tx, id).await? else {
            return Ok(None);
        };
        if row.vanished_at.is_some() {
            return Ok(None);
        }
        let kept = shares::all(&mut tx, id).await?;
        let acted = shares::count(&mut tx, id).await?;
        let themes = rounds::themes(&mut tx, id).await?;
        drop(tx);
        let passed = acted.saturating_sub(u32::try_from(kept.len()).unwrap_or(u32::MAX));
        let kept = round::Kept {
            step: step(&row),
            closed_at: row.closed_at,
            shares: kept.into_iter().filter_map(share_of).collect(),
            themes: themes.into_iter().map(theme_of).collect(),
            passed,
        };
        let facts = round::Facts {
            id,
            reads_first: row.reads_first,
            lots: lots(&self.tools().kept.now().ticket_key, id),
        };
        let now = self.tools().clock.now();
        // Laying thousands of answers side by side takes a while.
        let machine = tokio::task::spawn_blocking(move || Round::new(facts, kept, now))
            .await
            .map_err(|error| Broken::new("opening a round", error.to_string()))?;
        let living = LiveRound::new(Arc::clone(&self.0.tools), self.faint(), &row, machine);
        self.living().insert(id, Arc::clone(&living));
        LiveRound::drive(&living);
        Ok(Some(living))
    }

    /// The living round of this id, held so that nothing else is done in it meanwhile. One that
    /// was let go while this waited is opened anew: what is done is done in the one that lives.
    pub(super) async fn hold(&self, id: RoundId) -> Result<Option<Held>, Broken> {
        loop {
            let Some(living) = self.open(id).await? else {
                return Ok(None);
            };
            let alone = living.alone().await;
            if !living.has_ended() {
                return Ok(Some(Held { round: living, _alone: alone }));
            }
        }
    }

    /// The living round of this id, if somebody has opened it.
    pub fn find(&self, id: RoundId) -> Option<Arc<LiveRound>> {
        self.living().get(&id).cloned()
    }

    /// How many rounds live now.
    pub fn count(&self) -> usize {
        self.living().len()
    }

    /// The round of this phase of a run: found, or posed now. None when the phase is no written
    /// round. Whoever sits in the run is told of it.
    pub(crate) async fn begin(&self, run: RunId, phase: u16) -> Result<Option<RoundId>, Broken> {
        let mut tx = self.0.tools.store.read().await?;
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
        let tools = self.tools();
        let row = &RoundRow {
            id: RoundId::new(tools.clock.now(), tools.dice.bytes()),
            sit: run.sit,
            at: Some((run.id, phase)),
            place: 0,
            prompt: if prompt.is_empty() { PROMPT } else { prompt }.to_owned(),
            help: asked.help.clone(),
            reads_first: asked.reads_first,
            keeps: asked.keeps,
            posed_at: tools.clock.now(),
            closes_at: None,
            closed_at: None,
            opened_at: None,
            read_over_at: None,
            vanished_at: None,
        };
        self.keep_posed(row).await.map(Some)
    }

    /// Poses a round; one that the phase has at this place already is found.
    pub(super) async fn keep_posed(&self, row: &RoundRow) -> Result<RoundRow, Broken> {
        let posed = self.tools().store.write(|mut tx| async move {
            let posed = rounds::pose(&mut tx, row).await?;
            Ok::<_, Broken>(tx.done(posed))
        });
        let posed = posed.await?;
        self.look_soon();
        Ok(posed)
    }

    /// The running order of a run as it stands.
    pub(super) async fn timeline(&self, run: RunId) -> Result<Option<Timeline>, Broken> {
        self.tools().timeline(run).await
    }

    /// The running order of a run was changed: its rounds close at other instants.
    pub(crate) fn run_changed(&self, run: RunId) {
        for living in self.living().values() {
            if living.run() == Some(run) {
                living.look_again();
            }
        }
    }

    /// Takes a round out of the registry, if it is still this one.
    pub(super) fn remove(&self, living: &LiveRound) {
        let mut rounds = self.living();
        let is_this = |held: &Arc<LiveRound>| std::ptr::eq(Arc::as_ptr(held), living);
        if rounds.get(&living.id()).is_some_and(is_this) {
            rounds.remove(&living.id());
        }
    }

    /// The home stops: what rounds are doing is brought to its end.
    pub async fn rest(&self) {
        let living = std::mem::take(&mut *self.living());
        for round in living.into_values() {
            round.end().await;
        }
    }

    /// Something was erased: it is to leave the files too, not only the answers.
    pub(super) fn fold_soon(&self) {
        self.fold().is_due = true;
        self.look_soon();
    }

    /// When the files are to be folded, with what was erased until now; none when nothing was.
    /// When it is due, it is taken as done.
    pub(super) fn folds_at(&self, now: Instant) -> Option<Instant> {
        let mut fold = self.fold();
        if !fold.is_due {
            return None;
        }
        let at = fold.next_at.map_or(now, |at| at.max(now));
        if at <= now {
            *fold = Fold { is_due: false, next_at: Some(now + FOLD_EVERY) };
        }
        Some(at)
    }

    fn fold(&self) -> MutexGuard<'_, Fold> {
        self.0.fold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the home's jobs to look after rounds.
    pub(super) fn look_soon(&self) {
        self.0.told.notify_one();
    }

    /// Waits until there is something to look after.
    pub(crate) async fn told(&self) {
        self.0.told.notified().await;
    }

    pub(super) fn tools(&self) -> &Arc<Tools> {
        &self.0.tools
    }

    fn living(&self) -> MutexGuard<'_, BTreeMap<RoundId, Arc<LiveRound>>> {
        self.0.living.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tools {
    /// The running order of a run as it stands.
    pub(super) async fn timeline(&self, run: RunId) -> Result<Option<Timeline>, Broken> {
        if let Some(sit) = self.live.find(run) {
            return Ok(Some(sit.timeline()));
        }
        let mut tx = self.store.read().await?;
        let Some(run) = runs::find(&mut tx, run).await? else {
            return Ok(None);
        };
        let changes = runs::changes(&mut tx, run.id).await?;
        Ok(Some(order(&run.facts, &changes)))
    }
}

impl Faint {
    /// The rounds, while the home is there.
    pub(crate) fn rounds(&self) -> Option<Rounds> {
        self.0.upgrade().map(Rounds)
    }
}

/// A share as the machine holds it. A row that cannot be read as one is left out.
fn share_of(row: ShareRow) -> Option<round::Share> {
    let words = round::Words::new(&row.words?).ok()?;
    let vector = row.vector.as_deref();
    let read = match (row.read_as, vector) {
        (Some(ReadAs::Vector), Some(bytes)) => {
            let vector = sitwith_core::themes::Vector::from_bytes(bytes);
            vector.map_or(round::Read::NotYet, round::Read::Vector)
        }
        (Some(ReadAs::OtherTongue), _) => round::Read::OtherTongue,
        (Some(ReadAs::TooShort), _) => round::Read::TooShort,
        (Some(ReadAs::Vector) | None, _) => round::Read::NotYet,
    };
    Some(round::Share {
        signed: row.signed.map(Arc::from),
        aloud: row.aloud,
        beyond: row.beyond,
        read,
        theme: row.theme,
        aside: row.aside,
        shown_in: row.shown_in,
        ..round::Share::new(row.id, words)
    })
}

fn theme_of(row: rounds::ThemeRow) -> round::KeptTheme {
    round::KeptTheme { number: row.number, dye: row.dye, name: row.name.map(Arc::from) }
}
