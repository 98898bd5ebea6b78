//! Finding a sit and coming to its run: who may, which run it is, and when its door opens.

use std::sync::Arc;

use sitwith_core::calendar::Repeats;
use sitwith_core::id::{RunId, SitId};
use sitwith_core::member::Person;
use sitwith_core::sit::run::{Timeline, order};
use sitwith_core::sits::{Last, Next, Run, Sit};
use sitwith_core::time::Instant;
use sitwith_store::{Broken, Tx, runs, sits};

use crate::access::{LeadsRun, SeesSit};
use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;

pub mod blocks;
pub mod leading;
pub mod make;
pub mod notes;
pub mod unsure;

/// How many sits one page shows.
const SHOWN_MAX: usize = 60;

/// Why one cannot come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorNo {
    /// Its door is closed until this instant.
    NotYet(Instant),
    /// It does not come back.
    Ended,
}

/// A sit as a person sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The sit. Its link is for guides only.
    pub sit: Sit,
    /// The run to come to, if it comes back.
    pub next: Option<Next>,
    /// Whether this person may change it and lead it.
    pub is_guide: bool,
}

/// A run whose door is open for this person.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The sit.
    pub sit: Sit,
    /// Its run, with the plan frozen.
    pub run: Run,
    /// Its running order as it stands.
    pub timeline: Arc<Timeline>,
    /// The proof that this person may lead it; none when they may not.
    leads: Option<LeadsRun>,
}

impl Opened {
    /// Whether this person may lead it.
    pub const fn is_guide(&self) -> bool {
        self.leads.is_some()
    }

    /// The proof that this person may lead it; none when they may not.
    pub const fn proof(&self) -> Option<&LeadsRun> {
        self.leads.as_ref()
    }

    /// The proof that this person may lead it.
    ///
    /// # Errors
    /// [`Refused::NotYours`].
    pub fn led(&self) -> Result<&LeadsRun, Refused> {
        self.leads.as_ref().ok_or(Refused::NotYours)
    }
}

/// The sit of this id, for somebody who may see its page.
pub async fn find_sit(home: &Home, who: &Person, id: SitId) -> Result<Seen, Denied> {
    let mut tx = home.store.read().await?;
    let sees = home.access(who).sit(&mut tx, id).await?;
    Ok(seen(&mut tx, &sees, home.clock.now()).await?)
}

async fn seen(tx: &mut Tx, sees: &SeesSit, now: Instant) -> Result<Seen, Broken> {
    let next = next(tx, sees.sit(), now).await?;
    Ok(Seen { is_guide: sees.leads(), sit: sees.sit().clone(), next })
}

/// The run one comes to now. Its row, with the plan frozen, is made by whoever comes first.
pub async fn open_run(home: &Home, who: &Person, id: SitId) -> Result<Opened, Fail<DoorNo>> {
    let (access, now) = (home.access(who), home.clock.now());
    let mut tx = home.store.read().await?;
    let sees = access.sit(&mut tx, id).await?;
    let next = next(&mut tx, sees.sit(), now).await?.ok_or(Fail::No(DoorNo::Ended))?;
    drop(tx);
    if !next.is_open(now) {
        return Err(Fail::No(DoorNo::NotYet(next.opens_at)));
    }
    let run = match next.run {
        Some(run) => run,
        None => open_next(home, id).await?.ok_or(Fail::No(DoorNo::Ended))?,
    };
    let mut tx = home.store.read().await?;
    let run = runs::find(&mut tx, run).await?.ok_or(Fail::No(DoorNo::Ended))?;
    let changes = runs::changes(&mut tx, run.id).await?;
    let leads = access.run_proof(&mut tx, &sees, run.id).await?;
    let timeline = Arc::new(order(&run.facts, &changes));
    Ok(Opened { sit: sees.sit().clone(), run, timeline, leads })
}

/// The run of this sit that a page after it is about, when it may be over already: the one that is
/// named, if it is one of this sit's, or the last.
pub async fn run_of(
    home: &Home,
    who: &Person,
    id: SitId,
    named: Option<RunId>,
) -> Result<Option<Run>, Denied> {
    let mut tx = home.store.read().await?;
    home.access(who).sit(&mut tx, id).await?;
    match named {
        Some(run) => Ok(runs::find(&mut tx, run).await?.filter(|run| run.sit == id)),
        None => Ok(runs::last(&mut tx, id).await?),
    }
}

/// Makes the row of the run whose door is open, unless somebody did so in the meantime.
async fn open_next(home: &Home, id: SitId) -> Result<Option<RunId>, Broken> {
    let run = RunId::new(home.clock.now(), home.dice.bytes());
    home.store
        .write(|mut tx| async move {
            let opened = match sits::find(&mut tx, id).await? {
                Some(sit) => freeze(&mut tx, &sit, home.clock.now(), run).await?,
                None => None,
            };
            Ok(tx.done(opened))
        })
        .await
}

/// The run of a sit whose door is open at `now`, with its row made if there was none.
pub(crate) async fn freeze(
    tx: &mut Tx,
    sit: &Sit,
    now: Instant,
    fresh: RunId,
) -> Result<Option<RunId>, Broken> {
    let Some(next) = next(tx, sit, now).await?.filter(|next| next.is_open(now)) else {
        return Ok(None);
    };
    if next.run.is_some() {
        return Ok(next.run);
    }
    let facts = sit.facts(next.planned_at);
    let run = Run { id: fresh, sit: sit.id, facts, over_at: None };
    Ok(Some(runs::open(tx, &run).await?.id))
}

/// Every sit this person may come to, the soonest first; those that do not come back are left out.
/// Strangers see those of the home that a guide wanted to be shown, and members' sits without
/// a way in other than signing in.
pub async fn upcoming(home: &Home, who: &Person) -> Result<Vec<Seen>, Broken> {
    let now = home.clock.now();
    let mut tx = home.store.read().await?;
    let mut seen = Vec::new();
    let sight = home.access(who).sight(&mut tx).await?;
    for sit in sits::not_ended(&mut tx).await? {
        if !sight.shows(&sit) {
            continue;
        }
        if let Some(next) = next(&mut tx, &sit, now).await? {
            let is_guide = who.member().is_some_and(|member| sit.is_led_by(member));
            seen.push(Seen { sit, next: Some(next), is_guide });
        }
    }
    // One that comes every few minutes steps back when another's door is open.
    seen.sort_by_key(|seen| {
        let is_open = seen.next.is_some_and(|next| next.is_open(now));
        let often = matches!(seen.sit.rule.repeats, Repeats::Often { .. });
        let planned_at = seen.next.map(|next| next.planned_at);
        (often || !is_open, planned_at, seen.sit.id)
    });
    seen.truncate(SHOWN_MAX);
    Ok(seen)
}

/// A sit of which this person knows that it exists and when, for their calendar.
pub async fn find_shown(home: &Home, who: &Person, id: SitId) -> Result<Sit, Denied> {
    let mut tx = home.store.read().await?;
    home.access(who).shown_sit(&mut tx, id).await
}

/// The run of a sit one would come to at `now`.
pub(crate) async fn next(tx: &mut Tx, sit: &Sit, now: Instant) -> Result<Option<Next>, Broken> {
    let last = match runs::last(tx, sit.id).await? {
        Some(run) => Some(Last { changes: runs::changes(tx, run.id).await?, run }),
        None => None,
    };
    Ok(sit.next(last.as_ref(), now))
}
