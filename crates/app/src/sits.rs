//! Finding a sit and its run: who may enter, which run it is, and when its door opens.

use std::future::ready;
use std::sync::Arc;

use sitwith_core::calendar::Repeats;
use sitwith_core::id::{RunId, SitId};
use sitwith_core::member::Person;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::run::{Timeline, build_timeline};
use sitwith_core::sits::{LastRun, NextRun, Run, Sit};
use sitwith_core::time::Instant;
use sitwith_store::{Broken, Tx, runs, sits, step_ins};

use crate::access::{LeadsRun, SeesSit};
use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;
use crate::noun::{Erase, Export, Noun};

pub mod blocks;
pub mod leading;
pub mod make;
pub mod notes;
pub mod unsure;

/// Maximum number of sits on one page.
const SITS_SHOWN_MAX: usize = 60;

/// What sits and their runs hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "sits",
    tables: &[
        "sit",
        "sit_exception",
        "sit_guide",
        "run",
        "run_change",
        "sat",
        "sat_guest",
        "step_in",
    ],
    job: None,
    forget: None,
    erase: Erase::InWriteAndAfter(
        |tx, member| Box::pin(sits::hand_over_sits(tx, member)),
        |home, departure| {
            home.live.end_sitter(Sitter::Member(departure.member));
            Box::pin(ready(Ok(())))
        },
    ),
    export: Export::Rows(&[
        ("sits", sits::EXPORT),
        ("sat in", runs::EXPORT),
        ("stepped in to", step_ins::EXPORT),
    ]),
};

/// Why the door is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorNo {
    /// The door opens at this instant.
    NotYet(Instant),
    /// The sit does not repeat any more.
    Ended,
}

/// A sit as a person sees it.
#[derive(Clone, Debug)]
pub struct SitView {
    /// The sit. Its link may be shown to guides only.
    pub sit: Sit,
    /// The run to come to, if there is one.
    pub next: Option<NextRun>,
    /// True if this person may change it and lead it.
    pub is_guide: bool,
}

/// A run whose door is open for this person.
#[derive(Clone, Debug)]
pub struct OpenedRun {
    pub sit: Sit,
    /// The run, with its plan frozen.
    pub run: Run,
    /// The current running order.
    pub timeline: Arc<Timeline>,
    /// Proof that this person may lead it; `None` if they may not.
    lead_proof: Option<LeadsRun>,
}

impl OpenedRun {
    /// True if this person may lead it.
    pub const fn is_guide(&self) -> bool {
        self.lead_proof.is_some()
    }

    /// The proof that this person may lead it; `None` if they may not.
    pub const fn lead_proof(&self) -> Option<&LeadsRun> {
        self.lead_proof.as_ref()
    }

    /// Returns the proof that this person may lead it.
    ///
    /// # Errors
    /// [`Refused::NotYours`].
    pub fn require_lead(&self) -> Result<&LeadsRun, Refused> {
        self.lead_proof.as_ref().ok_or(Refused::NotYours)
    }
}

/// Returns the sit with this id, for somebody who may see its page.
pub async fn find_sit(home: &Home, who: &Person, id: SitId) -> Result<SitView, Denied> {
    let mut tx = home.store.read().await?;
    let sees = home.access(who).sit(&mut tx, id).await?;
    Ok(view_sit(&mut tx, &sees, home.clock.now()).await?)
}

async fn view_sit(tx: &mut Tx, sees: &SeesSit, now: Instant) -> Result<SitView, Broken> {
    let next = next_run(tx, sees.sit(), now).await?;
    Ok(SitView { is_guide: sees.leads(), sit: sees.sit().clone(), next })
}

/// Returns the run whose door is open now. The first to come creates its row, with the plan frozen.
pub async fn open_run(home: &Home, who: &Person, id: SitId) -> Result<OpenedRun, Fail<DoorNo>> {
    let (access, now) = (home.access(who), home.clock.now());
    let mut tx = home.store.read().await?;
    let sees = access.sit(&mut tx, id).await?;
    let next = next_run(&mut tx, sees.sit(), now).await?.ok_or(Fail::No(DoorNo::Ended))?;
    drop(tx);
    if !next.is_open(now) {
        return Err(Fail::No(DoorNo::NotYet(next.opens_at)));
    }
    let run = match next.run {
        Some(run) => run,
        None => open_next_run(home, id).await?.ok_or(Fail::No(DoorNo::Ended))?,
    };
    let mut tx = home.store.read().await?;
    let run = runs::find_run(&mut tx, run).await?.ok_or(Fail::No(DoorNo::Ended))?;
    let changes = runs::list_changes(&mut tx, run.id).await?;
    let leads = access.run_proof(&mut tx, &sees, run.id).await?;
    let timeline = Arc::new(build_timeline(&run.facts, &changes));
    Ok(OpenedRun { sit: sees.sit().clone(), run, timeline, lead_proof: leads })
}

/// Returns the run that a page after the sit is about, which may be over: the `named` one if it
/// belongs to this sit, or else the last.
pub async fn find_past_run(
    home: &Home,
    who: &Person,
    id: SitId,
    named: Option<RunId>,
) -> Result<Option<Run>, Denied> {
    let mut tx = home.store.read().await?;
    home.access(who).sit(&mut tx, id).await?;
    match named {
        Some(run) => Ok(runs::find_run(&mut tx, run).await?.filter(|run| run.sit == id)),
        None => Ok(runs::find_last_run(&mut tx, id).await?),
    }
}

/// Creates the row of the run whose door is open, unless somebody did in the meantime.
async fn open_next_run(home: &Home, id: SitId) -> Result<Option<RunId>, Broken> {
    let run = RunId::new(home.clock.now(), home.dice.bytes());
    home.store
        .write(|mut tx| async move {
            let opened = match sits::find_sit(&mut tx, id).await? {
                Some(sit) => freeze_run(&mut tx, &sit, home.clock.now(), run).await?,
                None => None,
            };
            Ok(tx.done(opened))
        })
        .await
}

/// Returns the run whose door is open at `now`, and creates its row with the plan frozen if needed.
pub(crate) async fn freeze_run(
    tx: &mut Tx,
    sit: &Sit,
    now: Instant,
    fresh: RunId,
) -> Result<Option<RunId>, Broken> {
    let Some(next) = next_run(tx, sit, now).await?.filter(|next| next.is_open(now)) else {
        return Ok(None);
    };
    if next.run.is_some() {
        return Ok(next.run);
    }
    let facts = sit.run_facts(next.planned_at);
    let run = Run { id: fresh, sit: sit.id, facts, over_at: None };
    Ok(Some(runs::open_run(tx, &run).await?.id))
}

/// Lists the sits this person may come to, the soonest first, without those that do not repeat any
/// more. Strangers see the sits that a guide chose to show, and members' sits with no way in but
/// signing in.
pub async fn list_upcoming(home: &Home, who: &Person) -> Result<Vec<SitView>, Broken> {
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let mut seen = Vec::new();
    let sight = home.access(who).visible_sits(&mut tx).await?;
    for sit in sits::list_current_sits(&mut tx).await? {
        if !sight.shows(&sit) {
            continue;
        }
        if let Some(next) = next_run(&mut tx, &sit, now).await? {
            let is_guide = who.member().is_some_and(|member| sit.is_led_by(member));
            seen.push(SitView { sit, next: Some(next), is_guide });
        }
    }
    // A sit that repeats every few minutes yields to another whose door is open.
    seen.sort_by_key(|seen| {
        let is_open = seen.next.is_some_and(|next| next.is_open(now));
        let often = matches!(seen.sit.rule.repeats, Repeats::EveryMinutes { .. });
        let planned_at = seen.next.map(|next| next.planned_at);
        (often || !is_open, planned_at, seen.sit.id)
    });
    seen.truncate(SITS_SHOWN_MAX);
    Ok(seen)
}

/// Returns a sit whose existence and times this person may know, for their calendar.
pub async fn find_shown_sit(home: &Home, who: &Person, id: SitId) -> Result<Sit, Denied> {
    let mut tx = home.store.read().await?;
    home.access(who).shown_sit(&mut tx, id).await
}

/// Returns the run of a sit to come to at `now`.
pub(crate) async fn next_run(
    tx: &mut Tx,
    sit: &Sit,
    now: Instant,
) -> Result<Option<NextRun>, Broken> {
    let last = match runs::find_last_run(tx, sit.id).await? {
        Some(run) => Some(LastRun { changes: runs::list_changes(tx, run.id).await?, run }),
        None => None,
    };
    Ok(sit.next_run(last.as_ref(), now))
}
