//! Exceptions of a weekly sit, which cancel or move one day of it; and ending a sit.

use axum::extract::{Form, Path, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::{Date, DateTime, Time};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::sits::Seen;
use sitwith_app::sits::make;
use sitwith_core::time::Span;

use super::editor::Editor;
use super::form::Typed;
use super::{draft, found};
use crate::fail::Fail;
use crate::forms::{Faults, field};
use crate::session::Visitor;
use crate::state::State;
use crate::words;

/// Number of coming days offered for an exception.
const DAYS_SHOWN: usize = 8;

/// The form of an exception.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Days {
    day: String,
    becomes: String,
    #[serde(rename = "to-day")]
    to_day: String,
    #[serde(rename = "to-time")]
    to_time: String,
}

impl Days {
    /// Returns the day and its exception: `None` as usual, `Some(None)` no sit, `Some(Some(_))`
    /// moved.
    fn read(&self) -> Result<(Date, Option<Option<DateTime>>), Faults> {
        let day = self.day.trim().parse();
        let day = day.map_err(|_no| Faults::one("day-off", "A day", "Which day is it?"))?;
        match self.becomes.as_str() {
            "usual" => Ok((day, None)),
            "moved" => {
                let to_day = self.to_day.trim().parse::<Date>();
                let to_day = to_day.map_err(|_no| {
                    Faults::one("to-day", "The new day", "This needs a day, like 2026-11-26.")
                })?;
                let to_time = self.to_time.trim().parse::<Time>();
                let to_time = to_time.map_err(|_no| {
                    Faults::one("to-time", "The new time", "This needs a time, like 20:00.")
                })?;
                Ok((day, Some(Some(to_day.to_datetime(to_time)))))
            }
            _ => Ok((day, Some(None))),
        }
    }
}

/// `POST /sits/{id}/exceptions`
pub(super) async fn except(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(days): Form<Days>,
) -> Result<Response, Fail> {
    let sit = found(&state, &visitor, &id).await?;
    let faults = match days.read() {
        Ok((day, becomes)) => match make::except_day(&state.home, &sit.led, day, becomes).await {
            Ok(()) => {
                let to = format!("/sits/{}/plan?kept=1#days", sit.seen.sit.id);
                return Ok(Redirect::to(&to).into_response());
            }
            Err(fail) => draft::faults_of(fail.own()?),
        },
        Err(faults) => faults,
    };
    let editor = Editor::new(&state, &visitor, Some(&sit)).with_days(&days);
    let page = editor.show(&Typed::of_sit(&sit.seen.sit), &faults);
    Ok((faults.status(), page).into_response())
}

/// `POST /sits/{id}/end`
pub(super) async fn end(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let led = found(&state, &visitor, &id).await?.led;
    match make::end_sit(&state.home, &led).await {
        Ok(()) => Ok(Redirect::to("/guide").into_response()),
        Err(fail) => {
            fail.own()?;
            Err(Fail::Missing)
        }
    }
}

/// Renders the coming days of a weekly sit, and the form to change one of them.
pub(super) fn show(state: &State, seen: &Seen, days: &Days, faults: &Faults) -> Markup {
    let coming = coming(state, seen);
    let is = |becomes: &str| days.becomes == becomes;
    html! {
        section class="stack" aria-labelledby="days" {
            h2 class="t2" id="days" { "The next days" }
            ul class="days" { @for day in &coming { li { (said(seen, *day)) } } }
            form class="stack near" method="post"
                action={ "/sits/" (seen.sit.id) "/exceptions" } {
                div class="field" {
                    label for="day-off" { "A day" }
                    (crate::forms::fault("day-off", faults))
                    select id="day-off" name="day" {
                        @for day in &coming {
                            option value=(day.to_string())
                                selected[days.day == day.to_string()] { (long(*day)) }
                        }
                    }
                }
                fieldset class="stack near" {
                    legend class="lab" { "On that day" }
                    (choice("off", "no sit", !is("moved") && !is("usual")))
                    (choice("moved", "a sit at another time", is("moved")))
                    (choice("usual", "a sit as usual", is("usual")))
                }
                div class="grid2" {
                    (field("to-day", "The new day").kind("date").value(&days.to_day).show(faults))
                    (field("to-time", "The new time").kind("time").value(&days.to_time)
                        .show(faults))
                }
                p { button class="b b-2" { "Save this day" } }
            }
        }
    }
}

fn choice(value: &str, label: &str, is_chosen: bool) -> Markup {
    html! {
        label class="pick" {
            input type="radio" name="becomes" value=(value) checked[is_chosen];
            span { b { (words::sentence(label)) } }
        }
    }
}

/// Returns the coming days by the rule alone, without its exceptions.
fn coming(state: &State, seen: &Seen) -> Vec<Date> {
    let mut rule = seen.sit.rule.clone();
    rule.exceptions.clear();
    let from = state.home.clock.now() - Span::from_days(1);
    rule.all_from(from).take(DAYS_SHOWN).map(|time| time.day).collect()
}

fn long(day: Date) -> String {
    day.strftime("%A %-d %B").to_string()
}

fn said(seen: &Seen, day: Date) -> String {
    match seen.sit.rule.exception_on(day).map(|exception| exception.to) {
        None => format!("{}: as usual", long(day)),
        Some(None) => format!("{}: no sit", long(day)),
        Some(Some(to)) => {
            format!("{}: moved to {} at {}", long(day), long(to.date()), words::clock(to.time()),)
        }
    }
}
