//! One living round. An act is stored before the state machine handles it, and the machine's
//! effects are stored before anybody sees them. Acts are serialised.
//!
//! After a fault a round is released, and the next request reads it from its rows again: everybody
//! sees what is in the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sitwith_core::id::{RoundId, RunId, ShareId, SitId};
use sitwith_core::round::{self, Effect, Input, Patch, Picture, Round, Step};
use sitwith_core::time::Instant;
use sitwith_store::rounds::{self, RoundRow, ThemeRow};
use sitwith_store::{Broken, Tx, shares};
use sitwith_wire::bus::Claim;
use tokio::sync::{Notify, OwnedMutexGuard};

use super::{Tools, course};
use crate::asks::count_people;
use crate::events::Event;

/// A round while it lives.
pub struct LiveRound {
    id: RoundId,
    sit: SitId,
    at: Option<(RunId, u16)>,
    pub(crate) tools: Arc<Tools>,
    /// Serialises acts: each is stored, handled by the machine, stored again, and then shown.
    work: Arc<tokio::sync::Mutex<()>>,
    machine: Mutex<Round>,
    shown: Mutex<Shown>,
    /// Wakes the driver: something may be due sooner.
    pub(super) wake: Notify,
    /// Shares that are not embedded yet.
    pub(super) unread: Mutex<BTreeSet<ShareId>>,
    /// Wakes the embedding task.
    pub(super) to_read: Notify,
    ended: AtomicBool,
    /// The round's name on the bus, held until the round is released.
    claim: Mutex<Option<Claim>>,
}

/// The stored and shown state of a round; the machine may be slightly ahead.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) step: Step,
    pub(crate) picture: Arc<Picture>,
    pub(crate) offered: u32,
    pub(crate) aside: Arc<[Patch]>,
    pub(crate) v: u32,
    pub(crate) closes_at: Option<Instant>,
}

/// Effects and state after the machine handled its inputs.
struct Turned {
    effects: Vec<Effect>,
    shown: Shown,
}

impl LiveRound {
    pub(super) fn new(
        tools: Arc<Tools>,
        row: &RoundRow,
        machine: Round,
        claim: Claim,
    ) -> Arc<Self> {
        let unread = machine
            .shares()
            .filter(|share| share.read == round::Read::NotYet)
            .map(|share| share.id)
            .collect();
        let shown = Shown::of(&machine, row.closes_at);
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
            to_read: Notify::new(),
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
    pub fn step(&self) -> Step {
        self.seen().step
    }

    /// Returns the shown state.
    pub(crate) fn shown(&self) -> Shown {
        self.seen().clone()
    }

    /// True once the round is released.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Releases the round once no act is in progress: nothing more is taken, stored or shown.
    pub(super) async fn end(&self) {
        let _work = self.work.lock().await;
        self.let_go();
    }

    /// Releases the round at once.
    pub(crate) fn let_go(&self) {
        self.ended.store(true, Ordering::Release);
        drop(self.claim.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.wake.notify_one();
        self.to_read.notify_one();
    }

    /// Locks the round for one act.
    pub(crate) async fn alone(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.work).lock_owned().await
    }

    /// Wakes the driver after a change that may move the closing time.
    pub(super) fn look_again(&self) {
        self.wake.notify_one();
    }

    /// Reads from the state machine.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&Round) -> T) -> T {
        ask(&self.machine())
    }

    /// Feeds inputs to the machine, stores its effects, and shows the result. If storing fails,
    /// nothing is shown and the round is released; the next request reads it from its rows again.
    /// The caller must hold [`LiveRound::alone`].
    pub(crate) async fn turn(self: &Arc<Self>, inputs: Vec<Input>) -> Result<(), Broken> {
        let turned = self.handle(inputs).await;
        let kept = match turned {
            Ok(turned) => self.keep(&turned.effects).await.map(|()| turned),
            Err(broken) => Err(broken),
        };
        match kept {
            Ok(turned) => {
                self.show(turned);
                Ok(())
            }
            Err(broken) => {
                self.let_go();
                Err(broken)
            }
        }
    }

    /// Runs the machine on a blocking thread, since grouping thousands of shares takes a while and
    /// must not delay the tasks that send frames.
    async fn handle(self: &Arc<Self>, inputs: Vec<Input>) -> Result<Turned, Broken> {
        let now = self.tools.base.clock.now();
        let closes_at = self.closes_at().await?;
        let people = self.people().await;
        let round = Arc::clone(self);
        let turned = tokio::task::spawn_blocking(move || {
            let mut machine = round.machine();
            let mut effects = Vec::new();
            for input in people.map(Input::People).into_iter().chain(inputs) {
                effects.extend(machine.handle(input, now));
            }
            let is_due = closes_at.is_some_and(|closes_at| closes_at <= now);
            if is_due && machine.step() == Step::Posed {
                effects.extend(machine.handle(Input::Close, now));
            }
            let shown = Shown::of(&machine, closes_at);
            Turned { effects, shown }
        });
        turned.await.map_err(|error| Broken::new("turning a round", error.to_string()))
    }

    /// Number of people in the run; `None` if the round stands alone, or the run did not reply.
    async fn people(&self) -> Option<u32> {
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
            None => Ok(self.seen().closes_at),
        }
    }

    /// Returns when the driver must run next.
    pub(super) async fn due(&self) -> Result<Option<Instant>, Broken> {
        let closes_at = self.closes_at().await?;
        let machine = self.machine();
        let closes_at = closes_at.filter(|_| machine.step() == Step::Posed);
        Ok([machine.wake_at(), closes_at].into_iter().flatten().min())
    }

    async fn keep(&self, effects: &[Effect]) -> Result<(), Broken> {
        if effects.iter().all(|effect| *effect == Effect::Told) {
            return Ok(());
        }
        let (id, now) = (self.id, self.tools.base.clock.now());
        self.tools
            .base
            .store
            .write(|mut tx| async move {
                for effect in effects {
                    keep_one(&mut tx, id, effect, now).await?;
                }
                Ok::<_, Broken>(tx.done(()))
            })
            .await
    }

    fn show(&self, turned: Turned) {
        *self.seen() = turned.shown;
        if turned.effects.contains(&Effect::Told) {
            self.tell_room();
        }
        if turned.effects.iter().any(|effect| matches!(effect, Effect::Stepped(_))) {
            // The time at which its words vanish may have changed.
            self.tools.look_soon();
        }
        self.wake.notify_one();
    }

    /// Publishes the round's state to everybody in the run. It contains no words.
    pub(crate) fn tell_room(&self) {
        let Some(run) = self.run() else {
            return;
        };
        let (step, v, offered) = {
            let seen = self.seen();
            (seen.step, seen.v, seen.offered)
        };
        self.tools.base.publish(Event::RoundTold { run, round: self.id, step, v, offered });
    }

    fn machine(&self) -> MutexGuard<'_, Round> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    /// The state that a machine shows.
    pub(super) fn of(machine: &Round, closes_at: Option<Instant>) -> Self {
        let aside = machine.aside().map(|share| Patch {
            id: share.id,
            words: share.words.shared(),
            signed: share.signed.clone(),
            aloud: share.aloud,
            beyond: share.beyond,
            other_tongue: share.read == round::Read::OtherTongue,
        });
        Self {
            step: machine.step(),
            picture: Arc::clone(machine.picture()),
            offered: machine.offered(),
            aside: aside.collect(),
            v: machine.picture().v,
            closes_at,
        }
    }
}

async fn keep_one(tx: &mut Tx, id: RoundId, effect: &Effect, now: Instant) -> Result<(), Broken> {
    match effect {
        Effect::Released { batch, shares } => shares::shown(tx, id, *batch, shares).await,
        Effect::Sewn(sewn) => {
            let mut by_theme: BTreeMap<Option<u32>, Vec<ShareId>> = BTreeMap::new();
            for (share, theme) in sewn {
                by_theme.entry(*theme).or_default().push(*share);
            }
            for (theme, shares) in by_theme {
                shares::sew(tx, id, theme, &shares).await?;
            }
            Ok(())
        }
        Effect::Aside(share, aside) => shares::set_aside(tx, id, *aside, &[*share]).await,
        Effect::Themes(themes) => {
            let rows: Vec<_> = themes.iter().map(theme_row).collect();
            rounds::set_themes(tx, id, &rows).await
        }
        Effect::Stepped(Step::Closed) => rounds::closed(tx, id, now).await,
        Effect::Stepped(Step::Opened) => {
            rounds::closed(tx, id, now).await?;
            rounds::opened(tx, id, now).await
        }
        Effect::Stepped(Step::Posed) | Effect::Told => Ok(()),
    }
}

fn theme_row(theme: &round::KeptTheme) -> ThemeRow {
    ThemeRow {
        number: theme.number,
        dye: theme.dye,
        name: theme.name.as_deref().map(str::to_owned),
        quote: None,
    }
}
