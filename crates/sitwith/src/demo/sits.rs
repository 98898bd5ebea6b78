//! The sits of the demonstration: a short one that begins every four minutes, and the one the
//! home is named after.

use jiff::civil::{Date, Time, Weekday, time};
use sitwith_app::fail::Fail;
use sitwith_app::home::Home;
use sitwith_app::sits::make::{Draft, make_sit};
use sitwith_core::calendar::{Repeats, Rule, day_of, zone_of};
use sitwith_core::member::Person;
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::plan::{Phase, PhaseKind, Plan, ready_made};
use sitwith_core::sits::{OpenTo, Sit};
use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, sits};

use super::people::{MARIT, person};
use super::{NAME, ZONE};
use crate::config::Wrong;

/// The sit guests come to.
const SHORT: &str = "A pause in the day";
/// Interval between two of its runs, in minutes.
const SHORT_EVERY_MINS: u32 = 4;
/// The sit the home is named after.
const TUESDAY: &str = "The Tuesday sit";
const TUESDAY_AT: Time = time(19, 30, 0, 0);
/// Number of weeks with runs before the first start of the demonstration.
pub(super) const WEEKS: i64 = 9;
/// The sit at the end of the week.
const SUNDAY: &str = "Sunday silence";
const SUNDAY_AT: Time = time(9, 0, 0, 0);

/// Returns the secret of the link for guests, if the sits were made before.
pub(super) async fn link(home: &Home) -> Result<Option<String>, Broken> {
    Ok(short_sit(home).await?.map(|sit| sit.link))
}

/// Returns the short sit.
pub(super) async fn short_sit(home: &Home) -> Result<Option<Sit>, Broken> {
    find(home, SHORT).await
}

/// Returns the Tuesday sit.
pub(super) async fn tuesday(home: &Home) -> Result<Option<Sit>, Broken> {
    find(home, TUESDAY).await
}

async fn find(home: &Home, title: &str) -> Result<Option<Sit>, Broken> {
    let mut tx = home.store.read().await?;
    let sits = sits::not_ended(&mut tx).await?;
    Ok(sits.into_iter().find(|sit| sit.title == title))
}

/// Makes the sits. Returns the secret of the link for guests.
pub(super) async fn make(home: &Home) -> Result<String, Wrong> {
    let now = home.clock.now();
    let marit = Person::Member(person(MARIT, now));
    let guide = home.access(&marit).guide().map_err(|no| Wrong(format!("{MARIT}: {no:?}")))?;
    for draft in [short(now), weekly(now), sunday(now)] {
        let title = draft.title.clone();
        make_sit(home, &guide, draft).await.map_err(|fail| match fail {
            Fail::Refused(refused) => Wrong(format!("{title} cannot be made: {refused:?}")),
            Fail::No(no) => Wrong(format!("{title} cannot be made: {no:?}")),
            Fail::Broken(broken) => Wrong(broken.chain().to_string()),
        })?;
    }
    let link = link(home).await.map_err(crate::open::said)?;
    link.ok_or_else(|| Wrong(format!("{NAME} has no sits")))
}

fn short(now: Instant) -> Draft {
    Draft {
        title: SHORT.to_owned(),
        words: "Three and a half minutes, day and night. Arrive, breathe together, sit for two \
            minutes, go on with the day. Nobody leads it; everyone who is here holds it."
            .to_owned(),
        rule: rule(
            yesterday(now),
            time(0, 0, 0, 0),
            Repeats::Often { every_mins: SHORT_EVERY_MINS },
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
        .rung(Some(Bell::Middle), Some(Bell::Large))
        .rung_every(Some(40));
    Plan {
        phases: vec![
            Phase::new(PhaseKind::Arrive, 20)
                .saying("Arrive", "Sit, stand or lie as it is good today."),
            Phase::new(PhaseKind::Breathe, 45)
                .saying("A few breaths", "In while the light grows, out while it fades.")
                .rung(Some(Bell::Soft), None),
            silence,
            Phase::new(PhaseKind::Close, 25)
                .saying("Going on", "Thank you for sitting with us. Go gently into what comes."),
        ],
        ..Plan::default()
    }
}

fn weekly(now: Instant) -> Draft {
    Draft {
        title: TUESDAY.to_owned(),
        words: "For after a day that was too much, and for all other days. Marit guides us in, \
            then we sit. Words are welcome at the end and never needed. Come late, leave early, \
            lie down: all of that is sitting."
            .to_owned(),
        rule: rule(first(now, Weekday::Tuesday), TUESDAY_AT, Repeats::Weekly),
        open_to: OpenTo::Home,
        is_shown: true,
        is_led: true,
        begins_itself: true,
        plan: ready("evening"),
    }
}

fn sunday(now: Instant) -> Draft {
    Draft {
        title: SUNDAY.to_owned(),
        words: "Twenty minutes of silence and nothing else. Bring your tea.".to_owned(),
        rule: rule(first(now, Weekday::Sunday), SUNDAY_AT, Repeats::Weekly),
        open_to: OpenTo::Link,
        is_shown: true,
        is_led: false,
        begins_itself: true,
        plan: ready("silence"),
    }
}

fn ready(name: &str) -> Plan {
    let plans = ready_made();
    let found = plans.into_iter().find(|(known, ..)| *known == name);
    found.map(|(.., plan)| plan).expect("the plan is among those that are ready-made")
}

fn rule(day: Date, wall_time: Time, repeats: Repeats) -> Rule {
    Rule { zone: ZONE.to_owned(), day, wall_time, repeats, ends_on: None, exceptions: vec![] }
}

/// Returns yesterday's date in the home's zone: the short sit began then, so that a run is always
/// near.
fn yesterday(now: Instant) -> Date {
    day_of(&zone_of(ZONE), now - Span::from_days(1))
}

/// Returns the first such weekday since the home began sitting.
fn first(now: Instant, weekday: Weekday) -> Date {
    let day = day_of(&zone_of(ZONE), now - Span::from_days(7 * WEEKS));
    day.nth_weekday(1, weekday).unwrap_or(day)
}
