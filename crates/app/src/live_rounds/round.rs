//! One living round. An act is stored before the state machine handles it, and the machine's
//! effects are stored before anybody sees them. Acts are serialised.
//!
//! After a fault a round is released, and the next request reads it from its rows again: everybody
//! sees what is in the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sitwith_core::id::{RoundId, RunId, ShareId, SitId};
use sitwith_core::round::{self, Patch, Picture, Round, RoundInput, RoundOutput, RoundStep};
use sitwith_core::time::Instant;
use sitwith_store::rounds::{self, RoundRow, ThemeRow};
use sitwith_store::{Broken, Tx, shares};
use sitwith_wire::bus::Claim;
use tokio::sync::{Notify, OwnedMutexGuard};

use super::{RoundTools, course};
use crate::events::Event;
use crate::requests::count_people;

/// A round while it lives.
pub struct LiveRound {
    id: RoundId,
    sit: SitId,
    at: Option<(RunId, u16)>,
    pub(crate) tools: Arc<RoundTools>,
    /// Serialises acts: each is stored, handled by the machine, stored again, and then shown.
    work: Arc<tokio::sync::Mutex<()>>,
    machine: Mutex<Round>,
    shown: Mutex<ShownRound>,
    /// Wakes the driver: something may be due sooner.
    pub(super) wake: Notify,
    /// Shares that are not embedded yet.
    pub(super) unread: Mutex<BTreeSet<ShareId>>,
    /// Wakes the embedding task.
    pub(super) wake_embedder: Notify,
    ended: AtomicBool,
    /// The round's name on the bus, held until the round is released.
    claim: Mutex<Option<Claim>>,
}

/// The stored and shown state of a round; the machine may be slightly ahead.
#[derive(Clone)]
pub(crate) struct ShownRound {
    pub(crate) step: RoundStep,
    pub(crate) picture: Arc<Picture>,
    pub(crate) share_count: u32,
    pub(crate) aside: Arc<[Patch]>,
    pub(crate) version: u32,
    pub(crate) closes_at: Option<Instant>,
}

/// Effects and state after the machine handled its inputs.
struct HandledInputs {
    effects: Vec<RoundOutput>,
    shown: ShownRound,
}

impl LiveRound {
    pub(super) fn new(
        tools: Arc<RoundTools>,
        row: &RoundRow,
        machine: Round,
        claim: Claim,
    ) -> Arc<Self> {
        let unread = machine
            .shares()
            .filter(|share| share.embedding == round::ShareEmbedding::Pending)
            .map(|share| share.id)
            .collect();
        let shown = ShownRound::of_machine(&machine, row.closes_at);
        Arc::new(Self {
            id: row.id,
            sit: row.sit,
            at: row.at,
            tools,
            work: Arc::default(),
            machine: Mutex::new(machine),
            shown: Mutex::new(shown),
            wake: Notify::new(),
            unread: Mutex::new(unread),
            wake_embedder: Notify::new(),
            ended: AtomicBool::new(false),
            claim: Mutex::new(Some(claim)),
        })
    }

    /// The round's id.
    pub const fn id(&self) -> RoundId {
        self.id
    }

    /// The sit's id.
    pub const fn sit(&self) -> SitId {
        self.sit
    }

    /// The run's id; `None` for a round that stands alone.
    pub fn run(&self) -> Option<RunId> {
        self.at.map(|(run, _)| run)
    }

    /// The current step, as everybody sees it.
    pub fn step(&self) -> RoundStep {
        self.lock_shown().step
    }

    /// Returns the shown state.
    pub(crate) fn shown(&self) -> ShownRound {
        self.lock_shown().clone()
    }

    /// True once the round is released.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Releases the round once no act is in progress: nothing more is taken, stored or shown.
    pub(super) async fn release_when_idle(&self) {
        let _work = self.work.lock().await;
        self.release();
    }

    /// Releases the round at once.
    pub(crate) fn release(&self) {
        self.ended.store(true, Ordering::Release);
        drop(self.claim.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.wake.notify_one();
        self.wake_embedder.notify_one();
    }

    /// Locks the round for one act.
    pub(crate) async fn lock_work(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.work).lock_owned().await
    }

    /// Wakes the driver after a change that may move the closing time.
    pub(super) fn wake_driver(&self) {
        self.wake.notify_one();
    }

    /// Reads from the state machine.
    pub(crate) fn query<T>(&self, ask: impl FnOnce(&Round) -> T) -> T {
        ask(&self.machine())
    }

    /// Feeds inputs to the machine, stores its effects, and shows the result. If storing fails,
    /// nothing is shown and the round is released; the next request reads it from its rows again.
    /// The caller must hold [`LiveRound::lock_work`].
    pub(crate) async fn apply_inputs(
        self: &Arc<Self>,
        inputs: Vec<RoundInput>,
    ) -> Result<(), Broken> {
        let turned = self.run_machine(inputs).await;
        let kept = match turned {
            Ok(turned) => self.keep_effects(&turned.effects).await.map(|()| turned),
            Err(broken) => Err(broken),
        };
        match kept {
            Ok(turned) => {
                self.publish_shown(turned);
                Ok(())
            }
            Err(broken) => {
                self.release();
                Err(broken)
            }
        }
    }

    /// Runs the machine on a blocking thread, since grouping thousands of shares takes a while and
    /// must not delay the tasks that send frames.
    async fn run_machine(
        self: &Arc<Self>,
        inputs: Vec<RoundInput>,
    ) -> Result<HandledInputs, Broken> {
        let now = self.tools.base.clock.now();
        let closes_at = self.closes_at().await?;
        let people = self.count_sitters().await;
        let round = Arc::clone(self);
        let turned = tokio::task::spawn_blocking(move || {
            let mut machine = round.machine();
            let mut effects = Vec::new();
            for input in people.map(RoundInput::PeopleCounted).into_iter().chain(inputs) {
                effects.extend(machine.handle(input, now));
            }
            let is_due = closes_at.is_some_and(|closes_at| closes_at <= now);
            if is_due && machine.step() == RoundStep::Posed {
                effects.extend(machine.handle(RoundInput::Close, now));
            }
            let shown = ShownRound::of_machine(&machine, closes_at);
            HandledInputs { effects, shown }
        });
        turned.await.map_err(|error| Broken::new("turning a round", error.to_string()))
    }

    /// Number of people in the run; `None` if the round stands alone, or the run did not reply.
    async fn count_sitters(&self) -> Option<u32> {
        match count_people(&self.tools.base, self.run()?).await {
            Ok(people) => Some(people),
            Err(broken) => {
                self.log(&broken, "how many sit in the run was not heard");
                None
            }
        }
    }

    /// Returns when the round closes by itself; `None` while that is unknown.
    pub(crate) async fn closes_at(&self) -> Result<Option<Instant>, Broken> {
        match self.at {
            Some((run, phase)) => course::read_closes_at(&self.tools.base, run, phase).await,
            None => Ok(self.lock_shown().closes_at),
        }
    }

    /// Returns when the driver must run next.
    pub(super) async fn due_at(&self) -> Result<Option<Instant>, Broken> {
        let closes_at = self.closes_at().await?;
        let machine = self.machine();
        let closes_at = closes_at.filter(|_| machine.step() == RoundStep::Posed);
        Ok([machine.wake_at(), closes_at].into_iter().flatten().min())
    }

    async fn keep_effects(&self, effects: &[RoundOutput]) -> Result<(), Broken> {
        if effects.iter().all(|effect| *effect == RoundOutput::NewsReady) {
            return Ok(());
        }
        let (id, now) = (self.id, self.tools.base.clock.now());
        self.tools
            .base
            .store
            .write(|mut tx| async move {
                for effect in effects {
                    keep_effect(&mut tx, id, effect, now).await?;
                }
                Ok::<_, Broken>(tx.done(()))
            })
            .await
    }

    fn publish_shown(&self, turned: HandledInputs) {
        *self.lock_shown() = turned.shown;
        if turned.effects.contains(&RoundOutput::NewsReady) {
            self.tell_room();
        }
        if turned.effects.iter().any(|effect| matches!(effect, RoundOutput::StepChanged(_))) {
            // The time at which its words vanish may have changed.
            self.tools.wake_jobs();
        }
        self.wake.notify_one();
    }

    /// Publishes the round's state to everybody in the run. It contains no words.
    pub(crate) fn tell_room(&self) {
        let Some(run) = self.run() else {
            return;
        };
        let (step, v, offered) = {
            let seen = self.lock_shown();
            (seen.step, seen.version, seen.share_count)
        };
        self.tools.base.publish(Event::RoundTold { run, round: self.id, step, v, offered });
    }

    fn machine(&self) -> MutexGuard<'_, Round> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_shown(&self) -> MutexGuard<'_, ShownRound> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ShownRound {
    /// The state that a machine shows.
    pub(super) fn of_machine(machine: &Round, closes_at: Option<Instant>) -> Self {
        let aside = machine.shares_set_aside().map(|share| Patch {
            id: share.id,
            words: share.words.to_arc(),
            signed_by: share.signed_by.clone(),
            may_read_aloud: share.may_read_aloud,
            may_show_beyond: share.may_show_beyond,
            is_other_language: share.embedding == round::ShareEmbedding::OtherLanguage,
        });
        Self {
            step: machine.step(),
            picture: Arc::clone(machine.picture()),
            share_count: machine.share_count(),
            aside: aside.collect(),
            version: machine.picture().version,
            closes_at,
        }
    }
}

async fn keep_effect(
    tx: &mut Tx,
    id: RoundId,
    effect: &RoundOutput,
    now: Instant,
) -> Result<(), Broken> {
    match effect {
        RoundOutput::SharesReleased { batch, shares } => {
            shares::mark_shown(tx, id, *batch, shares).await
        }
        RoundOutput::SharesSewn(sewn) => {
            let mut by_theme: BTreeMap<Option<u32>, Vec<ShareId>> = BTreeMap::new();
            for (share, theme) in sewn {
                by_theme.entry(*theme).or_default().push(*share);
            }
            for (theme, shares) in by_theme {
                shares::set_theme(tx, id, theme, &shares).await?;
            }
            Ok(())
        }
        RoundOutput::ShareSetAside(share, aside) => {
            shares::set_aside(tx, id, *aside, &[*share]).await
        }
        RoundOutput::ThemesChanged(themes) => {
            let rows: Vec<_> = themes.iter().map(theme_row).collect();
            rounds::set_themes(tx, id, &rows).await
        }
        RoundOutput::StepChanged(RoundStep::Closed) => rounds::mark_closed(tx, id, now).await,
        RoundOutput::StepChanged(RoundStep::Opened) => {
            rounds::mark_closed(tx, id, now).await?;
            rounds::mark_opened(tx, id, now).await
        }
        RoundOutput::StepChanged(RoundStep::Posed) | RoundOutput::NewsReady => Ok(()),
    }
}

fn theme_row(theme: &round::StoredTheme) -> ThemeRow {
    ThemeRow {
        number: theme.number,
        dye: theme.dye,
        name: theme.name.as_deref().map(str::to_owned),
        quote: None,
    }
}
