//! Making a sit, changing it, and ending it. Guides only.

use jiff::civil::{Date, DateTime};
use sitwith_core::calendar::{
    CalendarRule, CalendarRuleNo, EXCEPTIONS_MAX, Repeats, RuleException,
};
use sitwith_core::id::{RunId, SitId};
use sitwith_core::member::{Member, Person};
use sitwith_core::sit::plan::{Plan, PlanNo};
use sitwith_core::sits::{OpenTo, SIT_TITLE_CHARS_MAX, SIT_WORDS_CHARS_MAX, Sit};
use sitwith_core::time::{Instant, Span};
use sitwith_store::sits;

use crate::access::{AsGuide, LeadsSit};
use crate::fail::{Fail, Refused};
use crate::home::Home;

/// Minimum pause between two runs of a sit that repeats every few minutes.
const OFTEN_PAUSE_MIN: Span = Span::from_secs(30);

/// A sit as a guide writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct SitDraft {
    pub title: String,
    /// Its description.
    pub words: String,
    /// When it happens. Existing exceptions are kept.
    pub rule: CalendarRule,
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
pub enum SitDraftNo {
    /// The title is empty.
    Title,
    /// The title or the description is too long.
    TooLong,
    /// The rule is not valid.
    Rule(CalendarRuleNo),
    /// It would begin again before it is over.
    TooOften,
    /// All its times are in the past.
    AllPast,
    /// The plan is not valid.
    Plan(PlanNo),
    /// It does not happen on this day.
    NoSuchDay,
    /// The new time is in the past.
    MovedToPast,
}

impl SitDraft {
    /// True if it begins by itself. A sit that repeats every few minutes always does: nobody leads
    /// it, and a run that waited would block the next ones.
    const fn begins_itself(&self) -> bool {
        self.begins_itself || matches!(self.rule.repeats, Repeats::EveryMinutes { .. })
    }

    /// Checks that a sit can be made of this draft at `now`.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self, now: Instant) -> Result<(), SitDraftNo> {
        if self.title.trim().is_empty() {
            return Err(SitDraftNo::Title);
        }
        if self.title.chars().count() > SIT_TITLE_CHARS_MAX
            || self.words.chars().count() > SIT_WORDS_CHARS_MAX
        {
            return Err(SitDraftNo::TooLong);
        }
        self.rule.check().map_err(SitDraftNo::Rule)?;
        self.plan.check().map_err(SitDraftNo::Plan)?;
        let length = self.plan.length();
        if let Repeats::EveryMinutes { every_mins } = self.rule.repeats
            && length + OFTEN_PAUSE_MIN > Span::from_mins(i64::from(every_mins))
        {
            return Err(SitDraftNo::TooOften);
        }
        if self.rule.current_or_next(length, now).is_none() {
            return Err(SitDraftNo::AllPast);
        }
        Ok(())
    }
}

/// Returns an id for a sit that is about to be made.
pub fn fresh_sit_id(home: &Home) -> SitId {
    SitId::new(home.clock.now(), home.dice.bytes())
}

/// Makes a sit.
pub async fn make_sit(
    home: &Home,
    guide: &AsGuide,
    draft: SitDraft,
) -> Result<SitId, Fail<SitDraftNo>> {
    let id = fresh_sit_id(home);
    save_sit(home, guide, id, draft).await?;
    Ok(id)
}

/// Makes a sit under an id given out before, so that a form sent twice makes one sit. If it already
/// exists, it is changed instead, provided that this guide leads it.
pub async fn save_sit(
    home: &Home,
    guide: &AsGuide,
    id: SitId,
    draft: SitDraft,
) -> Result<(), Fail<SitDraftNo>> {
    let now = home.clock.now();
    draft.check(now).map_err(Fail::No)?;
    check_formats(home, &draft).map_err(Fail::No)?;
    let sit = build_sit(home, guide, id, draft.clone());
    let fresh = &sit;
    let is_new = home.store.write(|mut tx| async move {
        let is_new = sits::find_sit(&mut tx, id).await?.is_none();
        if is_new {
            sits::insert_sit(&mut tx, fresh).await?;
        }
        Ok::<_, Fail<SitDraftNo>>(tx.done(is_new))
    });
    if is_new.await? {
        return Ok(());
    }
    let who = Person::Member((**guide).clone());
    let led = home.access(&who).led_sit(id).await?;
    change_sit(home, &led, draft).await
}

/// Checks that this home has the formats of the plan's rounds.
fn check_formats(home: &Home, draft: &SitDraft) -> Result<(), SitDraftNo> {
    home.formats.check_plan(&draft.plan).map_err(SitDraftNo::Plan)
}

fn build_sit(home: &Home, guide: &Member, id: SitId, draft: SitDraft) -> Sit {
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
        link: fresh_guest_link(home),
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
pub async fn change_sit(
    home: &Home,
    led: &LeadsSit,
    draft: SitDraft,
) -> Result<(), Fail<SitDraftNo>> {
    draft.check(home.clock.now()).map_err(Fail::No)?;
    check_formats(home, &draft).map_err(Fail::No)?;
    let draft = &draft;
    rewrite_sit(home, led, move |sit| {
        let exceptions = std::mem::take(&mut sit.rule.exceptions);
        sit.title = draft.title.trim().to_owned();
        sit.words.clone_from(&draft.words);
        sit.rule = CalendarRule { exceptions, ..draft.rule.clone() };
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
pub async fn set_exception(
    home: &Home,
    led: &LeadsSit,
    day: Date,
    becomes: Option<Option<DateTime>>,
) -> Result<(), Fail<SitDraftNo>> {
    let now = home.clock.now();
    rewrite_sit(home, led, move |sit| {
        if sit.rule.repeats != Repeats::Weekly || !sit.rule.has_day(day) {
            return Err(SitDraftNo::NoSuchDay);
        }
        sit.rule.exceptions.retain(|exception| exception.day != day);
        let Some(to) = becomes else { return Ok(()) };
        if let Some(to) = to {
            let zone = sit.rule.time_zone();
            let at = sitwith_core::calendar::instant_of(&zone, to);
            if at.is_none_or(|at| at <= now) {
                return Err(SitDraftNo::MovedToPast);
            }
        }
        forget_past_exceptions(&mut sit.rule, now);
        sit.rule.exceptions.push(RuleException { day, moved_to: to });
        sit.rule.exceptions.sort_unstable_by_key(|exception| exception.day);
        sit.rule.check().map_err(SitDraftNo::Rule)
    })
    .await
}

/// Makes a new link for guests. The old one admits nobody from then on; guests who came by it keep
/// their access.
pub async fn renew_link(home: &Home, led: &LeadsSit) -> Result<(), Fail<SitDraftNo>> {
    let link = &fresh_guest_link(home);
    rewrite_sit(home, led, move |sit| {
        sit.link.clone_from(link);
        Ok(())
    })
    .await
}

/// Ends a sit: it does not repeat any more. A living run goes on to its end.
pub async fn end_sit(home: &Home, led: &LeadsSit) -> Result<(), Fail<SitDraftNo>> {
    let now = home.clock.now();
    rewrite_sit(home, led, move |sit| {
        sit.ended_at = Some(now);
        Ok(())
    })
    .await
}

/// Changes a sit's row, after freezing the plan of the run whose door is open.
async fn rewrite_sit(
    home: &Home,
    led: &LeadsSit,
    mut change: impl FnMut(&mut Sit) -> Result<(), SitDraftNo> + Clone,
) -> Result<(), Fail<SitDraftNo>> {
    let (id, now) = (led.sit().id, home.clock.now());
    let fresh = RunId::new(now, home.dice.bytes());
    let change = &mut change;
    home.store
        .write(|mut tx| {
            let mut change = change.clone();
            async move {
                let found = sits::find_sit(&mut tx, id).await?;
                let mut sit = found.filter(|sit| sit.ended_at.is_none()).ok_or(Refused::Missing)?;
                super::freeze_run(&mut tx, &sit, now, fresh).await?;
                change(&mut sit).map_err(Fail::No)?;
                sit.changed_at = now;
                sit.sequence = sit.sequence.saturating_add(1);
                sits::update_sit(&mut tx, &sit).await?;
                Ok(tx.done(()))
            }
        })
        .await
}

/// Drops exceptions of past days once there are [`EXCEPTIONS_MAX`].
fn forget_past_exceptions(rule: &mut CalendarRule, now: Instant) {
    if rule.exceptions.len() >= EXCEPTIONS_MAX {
        let today = sitwith_core::calendar::day_of(&rule.time_zone(), now);
        rule.exceptions.retain(|exception| exception.day >= today);
    }
}

/// Returns the secret part of a guest link: 26 characters, 130 bits of entropy.
fn fresh_guest_link(home: &Home) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let digit = |byte: u8| ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or(b'a');
    home.dice.bytes::<26>().map(digit).map(char::from).iter().collect()
}
