//! The sits of the demonstration: a short one that begins every four minutes, and the one the
//! home is named after.

use jiff::civil::{Date, Time, Weekday, time};
use sitwith_app::fail::Fail;
use sitwith_app::home::Home;
use sitwith_app::sits::make::{SitDraft, make_sit};
use sitwith_core::calendar::{CalendarRule, Repeats, day_of, zone_of};
use sitwith_core::member::Person;
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::plan::{Phase, PhaseKind, Plan};
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::sits::{OpenTo, Sit};
use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, sits};

use super::people::{MARIT, build_member};
use super::{DEMO_NAME, DEMO_ZONE};
use crate::config::FatalError;

/// The sit guests come to.
const SHORT_TITLE: &str = "A pause in the day";
/// Interval between two of its runs, in minutes.
const SHORT_EVERY_MINS: u32 = 4;
/// The sit the home is named after.
const TUESDAY_TITLE: &str = "The Tuesday sit";
const TUESDAY_AT: Time = time(19, 30, 0, 0);
/// Number of weeks with runs before the first start of the demonstration.
pub(super) const PAST_WEEKS: i64 = 9;
/// The sit at the end of the week.
const SUNDAY_TITLE: &str = "Sunday silence";
const SUNDAY_AT: Time = time(9, 0, 0, 0);

/// Returns the secret of the link for guests, if the sits were made before.
pub(super) async fn find_guest_link(home: &Home) -> Result<Option<String>, Broken> {
    Ok(find_short_sit(home).await?.map(|sit| sit.link))
}

/// Returns the short sit.
pub(super) async fn find_short_sit(home: &Home) -> Result<Option<Sit>, Broken> {
    find_sit(home, SHORT_TITLE).await
}

/// Returns the Tuesday sit.
pub(super) async fn find_tuesday_sit(home: &Home) -> Result<Option<Sit>, Broken> {
    find_sit(home, TUESDAY_TITLE).await
}

async fn find_sit(home: &Home, title: &str) -> Result<Option<Sit>, Broken> {
    let mut tx = home.store.read().await?;
    let sits = sits::list_current_sits(&mut tx).await?;
    Ok(sits.into_iter().find(|sit| sit.title == title))
}

/// Makes the sits. Returns the secret of the link for guests.
pub(super) async fn make_sits(home: &Home) -> Result<String, FatalError> {
    let now = home.clock.now();
    let marit = Person::Member(build_member(MARIT, now));
    let guide = home.access(&marit).guide().map_err(|no| FatalError(format!("{MARIT}: {no:?}")))?;
    for draft in [draft_short_sit(now), draft_tuesday_sit(now), draft_sunday_sit(now)] {
        let title = draft.title.clone();
        make_sit(home, &guide, draft).await.map_err(|fail| match fail {
            Fail::Refused(refused) => FatalError(format!("{title} cannot be made: {refused:?}")),
            Fail::No(no) => FatalError(format!("{title} cannot be made: {no:?}")),
            Fail::Broken(broken) => FatalError(broken.chain().to_string()),
        })?;
    }
    let link = find_guest_link(home).await.map_err(crate::open::startup_error)?;
    link.ok_or_else(|| FatalError(format!("{DEMO_NAME} has no sits")))
}

fn draft_short_sit(now: Instant) -> SitDraft {
    SitDraft {
        title: SHORT_TITLE.to_owned(),
        words: "Three and a half minutes, day and night. Arrive, breathe together, sit for two \
            minutes, go on with the day. Nobody leads it; everyone who is here holds it."
            .to_owned(),
        rule: build_rule(
            date_of_yesterday(now),
            time(0, 0, 0, 0),
            Repeats::EveryMinutes { every_mins: SHORT_EVERY_MINS },
        ),
        open_to: OpenTo::Link,
        is_shown: true,
        is_led: false,
        begins_itself: true,
        plan: short_plan(),
    }
}

/// A plan of three and a half minutes.
fn short_plan() -> Plan {
    let silence = Phase::new(PhaseKind::Silence, 120)
        .with_bells(Some(Bell::Middle), Some(Bell::Large))
        .with_interval_bell(Some(40));
    Plan {
        phases: vec![
            Phase::new(PhaseKind::Arrive, 20)
                .with_text("Arrive", "Sit, stand or lie as it is good today."),
            Phase::new(PhaseKind::Breathe, 45)
                .with_text("A few breaths", "In while the light grows, out while it fades.")
                .with_bells(Some(Bell::Soft), None),
            silence,
            Phase::new(PhaseKind::Close, 25)
                .with_text("Going on", "Thank you for sitting with us. Go gently into what comes."),
        ],
        ..Plan::default()
    }
}

fn draft_tuesday_sit(now: Instant) -> SitDraft {
    SitDraft {
        title: TUESDAY_TITLE.to_owned(),
        words: "For after a day that was too much, and for all other days. Marit guides us in, \
            then we sit. Words are welcome at the end and never needed. Come late, leave early, \
            lie down: all of that is sitting."
            .to_owned(),
        rule: build_rule(first_weekday(now, Weekday::Tuesday), TUESDAY_AT, Repeats::Weekly),
        open_to: OpenTo::Home,
        is_shown: true,
        is_led: true,
        begins_itself: true,
        plan: find_ready_plan("evening"),
    }
}

fn draft_sunday_sit(now: Instant) -> SitDraft {
    SitDraft {
        title: SUNDAY_TITLE.to_owned(),
        words: "Twenty minutes of silence and nothing else. Bring your tea.".to_owned(),
        rule: build_rule(first_weekday(now, Weekday::Sunday), SUNDAY_AT, Repeats::Weekly),
        open_to: OpenTo::Link,
        is_shown: true,
        is_led: false,
        begins_itself: true,
        plan: find_ready_plan("silence"),
    }
}

fn find_ready_plan(name: &str) -> Plan {
    let plans = plan_templates();
    let found = plans.into_iter().find(|(known, ..)| *known == name);
    found.map(|(.., plan)| plan).expect("the plan is among those that are ready-made")
}

fn build_rule(day: Date, wall_time: Time, repeats: Repeats) -> CalendarRule {
    CalendarRule {
        zone: DEMO_ZONE.to_owned(),
        day,
        wall_time,
        repeats,
        ends_on: None,
        exceptions: vec![],
    }
}

/// Returns yesterday's date in the home's zone: the short sit began then, so that a run is always
/// near.
fn date_of_yesterday(now: Instant) -> Date {
    day_of(&zone_of(DEMO_ZONE), now - Span::from_days(1))
}

/// Returns the first such weekday since the home began sitting.
fn first_weekday(now: Instant, weekday: Weekday) -> Date {
    let day = day_of(&zone_of(DEMO_ZONE), now - Span::from_days(7 * PAST_WEEKS));
    day.nth_weekday(1, weekday).unwrap_or(day)
}
