//! Making a sit, changing it, and ending it. Guides only.

use jiff::civil::{Date, DateTime};
use sitwith_core::calendar::{EXCEPTIONS_MAX, Exception, Repeats, Rule, RuleNo};
use sitwith_core::id::{RunId, SitId};
use sitwith_core::member::{Member, Person};
use sitwith_core::sit::plan::{Plan, PlanNo};
use sitwith_core::sits::{OpenTo, Sit, TITLE_MAX, WORDS_MAX};
use sitwith_core::time::{Instant, Span};
use sitwith_store::sits;

use crate::access::{AsGuide, LeadsSit};
use crate::fail::{Fail, Refused};
use crate::home::Home;

/// Minimum pause between two runs of a sit that repeats every few minutes.
const BETWEEN_OFTEN: Span = Span::from_secs(30);

/// A sit as a guide writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub title: String,
    /// Its description.
    pub words: String,
    /// When it happens. Existing exceptions are kept.
    pub rule: Rule,
    /// Who may come.
    pub open_to: OpenTo,
    /// True if strangers see it on the first page.
    pub is_shown: bool,
    /// True if somebody leads it.
    pub is_led: bool,
    /// True if it begins by itself at its time.
    pub begins_itself: bool,
    pub plan: Plan,
}

/// Refusals of making or changing a sit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MakeNo {
    /// The title is empty.
    Title,
    /// The title or the description is too long.
    TooLong,
    /// The rule is not valid.
    Rule(RuleNo),
    /// It would begin again before it is over.
    TooOften,
    /// All its times are in the past.
    Past,
    /// The plan is not valid.
    Plan(PlanNo),
    /// It does not happen on this day.
    NoSuchDay,
    /// The new time is in the past.
    MovedToPast,
}

impl Draft {
    /// True if it begins by itself. A sit that repeats every few minutes always does: nobody leads
    /// it, and a run that waited would block the next ones.
    const fn begins_itself(&self) -> bool {
        self.begins_itself || matches!(self.rule.repeats, Repeats::Often { .. })
    }

    /// Checks that a sit can be made of this draft at `now`.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self, now: Instant) -> Result<(), MakeNo> {
        if self.title.trim().is_empty() {
            return Err(MakeNo::Title);
        }
        if self.title.chars().count() > TITLE_MAX || self.words.chars().count() > WORDS_MAX {
            return Err(MakeNo::TooLong);
        }
        self.rule.check().map_err(MakeNo::Rule)?;
        self.plan.check().map_err(MakeNo::Plan)?;
        let length = self.plan.length();
        if let Repeats::Often { every_mins } = self.rule.repeats
            && length + BETWEEN_OFTEN > Span::from_mins(i64::from(every_mins))
        {
            return Err(MakeNo::TooOften);
        }
        if self.rule.current_or_next(length, now).is_none() {
            return Err(MakeNo::Past);
        }
        Ok(())
    }
}

/// Returns an id for a sit that is about to be made.
pub fn fresh_id(home: &Home) -> SitId {
    SitId::new(home.clock.now(), home.dice.bytes())
}

/// Makes a sit.
pub async fn make_sit(home: &Home, guide: &AsGuide, draft: Draft) -> Result<SitId, Fail<MakeNo>> {
    let id = fresh_id(home);
    keep_sit(home, guide, id, draft).await?;
    Ok(id)
}

/// Makes a sit under an id given out before, so that a form sent twice makes one sit. If it already
/// exists, it is changed instead, provided that this guide leads it.
pub async fn keep_sit(
    home: &Home,
    guide: &AsGuide,
    id: SitId,
    draft: Draft,
) -> Result<(), Fail<MakeNo>> {
    let now = home.clock.now();
    draft.check(now).map_err(Fail::No)?;
    has_formats(home, &draft).map_err(Fail::No)?;
    let sit = new_sit(home, guide, id, draft.clone());
    let fresh = &sit;
    let is_new = home.store.write(|mut tx| async move {
        let is_new = sits::find(&mut tx, id).await?.is_none();
        if is_new {
            sits::insert(&mut tx, fresh).await?;
        }
        Ok::<_, Fail<MakeNo>>(tx.done(is_new))
    });
    if is_new.await? {
        return Ok(());
    }
    let who = Person::Member((**guide).clone());
    let led = home.access(&who).led_sit(id).await?;
    change_sit(home, &led, draft).await
}

/// Checks that this home has the formats of the plan's rounds.
fn has_formats(home: &Home, draft: &Draft) -> Result<(), MakeNo> {
    home.formats.check(&draft.plan).map_err(MakeNo::Plan)
}

fn new_sit(home: &Home, guide: &Member, id: SitId, draft: Draft) -> Sit {
    let now = home.clock.now();
    let begins_itself = draft.begins_itself();
    Sit {
        id,
        title: draft.title.trim().to_owned(),
        words: draft.words,
        rule: draft.rule,
        open_to: draft.open_to,
        is_shown: draft.is_shown,
        is_led: draft.is_led,
        begins_itself,
        link: fresh_link(home),
        plan: draft.plan,
        guide: guide.id,
        guide_name: guide.name.clone(),
        made_at: now,
        changed_at: now,
        sequence: 0,
        ended_at: None,
        co_guides: Vec::new(),
        stand_in: None,
        cohort: None,
    }
}

/// Changes a sit. A run whose door is open keeps its plan.
pub async fn change_sit(home: &Home, led: &LeadsSit, draft: Draft) -> Result<(), Fail<MakeNo>> {
    draft.check(home.clock.now()).map_err(Fail::No)?;
    has_formats(home, &draft).map_err(Fail::No)?;
    let draft = &draft;
    rewrite(home, led, move |sit| {
        let exceptions = std::mem::take(&mut sit.rule.exceptions);
        sit.title = draft.title.trim().to_owned();
        sit.words.clone_from(&draft.words);
        sit.rule = Rule { exceptions, ..draft.rule.clone() };
        sit.open_to = draft.open_to;
        sit.is_shown = draft.is_shown;
        sit.is_led = draft.is_led;
        sit.begins_itself = draft.begins_itself();
        sit.plan = draft.plan.clone();
        Ok(())
    })
    .await
}

/// Cancels a day of a weekly sit, moves it, or (`None`) restores it.
pub async fn except_day(
    home: &Home,
    led: &LeadsSit,
    day: Date,
    becomes: Option<Option<DateTime>>,
) -> Result<(), Fail<MakeNo>> {
    let now = home.clock.now();
    rewrite(home, led, move |sit| {
        if sit.rule.repeats != Repeats::Weekly || !sit.rule.has_day(day) {
            return Err(MakeNo::NoSuchDay);
        }
        sit.rule.exceptions.retain(|exception| exception.day != day);
        let Some(to) = becomes else { return Ok(()) };
        if let Some(to) = to {
            let zone = sit.rule.time_zone();
            let at = sitwith_core::calendar::instant_of(&zone, to);
            if at.is_none_or(|at| at <= now) {
                return Err(MakeNo::MovedToPast);
            }
        }
        forget_old(&mut sit.rule, now);
        sit.rule.exceptions.push(Exception { day, to });
        sit.rule.exceptions.sort_unstable_by_key(|exception| exception.day);
        sit.rule.check().map_err(MakeNo::Rule)
    })
    .await
}

/// Makes a new link for guests. The old one admits nobody from then on; guests who came by it keep
/// their access.
pub async fn renew_link(home: &Home, led: &LeadsSit) -> Result<(), Fail<MakeNo>> {
    let link = &fresh_link(home);
    rewrite(home, led, move |sit| {
        sit.link.clone_from(link);
        Ok(())
    })
    .await
}

/// Ends a sit: it does not repeat any more. A living run goes on to its end.
pub async fn end_sit(home: &Home, led: &LeadsSit) -> Result<(), Fail<MakeNo>> {
    let now = home.clock.now();
    rewrite(home, led, move |sit| {
        sit.ended_at = Some(now);
        Ok(())
    })
    .await
}

/// Changes a sit's row, after freezing the plan of the run whose door is open.
async fn rewrite(
    home: &Home,
    led: &LeadsSit,
    mut change: impl FnMut(&mut Sit) -> Result<(), MakeNo> + Clone,
) -> Result<(), Fail<MakeNo>> {
    let (id, now) = (led.sit().id, home.clock.now());
    let fresh = RunId::new(now, home.dice.bytes());
    let change = &mut change;
    home.store
        .write(|mut tx| {
            let mut change = change.clone();
            async move {
                let found = sits::find(&mut tx, id).await?;
                let mut sit = found.filter(|sit| sit.ended_at.is_none()).ok_or(Refused::Missing)?;
                super::freeze(&mut tx, &sit, now, fresh).await?;
                change(&mut sit).map_err(Fail::No)?;
                sit.changed_at = now;
                sit.sequence = sit.sequence.saturating_add(1);
                sits::update(&mut tx, &sit).await?;
                Ok(tx.done(()))
            }
        })
        .await
}

/// Drops exceptions of past days once there are [`EXCEPTIONS_MAX`].
fn forget_old(rule: &mut Rule, now: Instant) {
    if rule.exceptions.len() >= EXCEPTIONS_MAX {
        let today = sitwith_core::calendar::day_of(&rule.time_zone(), now);
        rule.exceptions.retain(|exception| exception.day >= today);
    }
}

/// Returns the secret part of a guest link: 26 characters, 130 bits of entropy.
fn fresh_link(home: &Home) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let letter = |byte: u8| LETTERS.get(usize::from(byte & 31)).copied().unwrap_or(b'a');
    home.dice.bytes::<26>().map(letter).map(char::from).iter().collect()
}
