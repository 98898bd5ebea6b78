//! Exceptions of a weekly sit, which cancel or move one day of it; and ending a sit.

use axum::extract::{Form, Path, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::{Date, DateTime, Time};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::sits::SitView;
use sitwith_app::sits::make;
use sitwith_core::time::Span;

use super::editor::Editor;
use super::form::PlanForm;
use super::{draft, find_editable_sit};
use crate::fail::PageError;
use crate::forms::{Faults, new_field};
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Number of coming days offered for an exception.
const DAYS_SHOWN: usize = 8;

/// The form of an exception.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ExceptionForm {
    day: String,
    becomes: String,
    #[serde(rename = "to-day")]
    to_day: String,
    #[serde(rename = "to-time")]
    to_time: String,
}

impl ExceptionForm {
    /// Returns the day and its exception: `None` as usual, `Some(None)` no sit, `Some(Some(_))`
    /// moved.
    fn parse(&self) -> Result<(Date, Option<Option<DateTime>>), Faults> {
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
pub(super) async fn save_exception(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(days): Form<ExceptionForm>,
) -> Result<Response, PageError> {
    let sit = find_editable_sit(&state, &visitor, &id).await?;
    let faults = match days.parse() {
        Ok((day, becomes)) => {
            match make::set_exception(&state.home, &sit.led, day, becomes).await {
                Ok(()) => {
                    let to = format!("/sits/{}/plan?kept=1#days", sit.seen.sit.id);
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(fail) => draft::faults_of(fail.into_own_refusal()?),
            }
        }
        Err(faults) => faults,
    };
    let editor = Editor::new(&state, &visitor, Some(&sit)).with_days(&days);
    let page = editor.render(&PlanForm::from_sit(&sit.seen.sit), &faults);
    Ok((faults.status(), page).into_response())
}

/// `POST /sits/{id}/end`
pub(super) async fn end_sit(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let led = find_editable_sit(&state, &visitor, &id).await?.led;
    match make::end_sit(&state.home, &led).await {
        Ok(()) => Ok(Redirect::to("/guide").into_response()),
        Err(fail) => {
            fail.into_own_refusal()?;
            Err(PageError::Missing)
        }
    }
}

/// Renders the coming days of a weekly sit, and the form to change one of them.
pub(super) fn render_days(
    state: &WebState,
    seen: &SitView,
    days: &ExceptionForm,
    faults: &Faults,
) -> Markup {
    let coming = coming_days(state, seen);
    let is = |becomes: &str| days.becomes == becomes;
    html! {
        section class="stack" aria-labelledby="days" {
            h2 class="t2" id="days" { "The next days" }
            ul class="days" { @for day in &coming { li { (describe_day(seen, *day)) } } }
            form class="stack near" method="post"
                action={ "/sits/" (seen.sit.id) "/exceptions" } {
                div class="field" {
                    label for="day-off" { "A day" }
                    (crate::forms::render_fault("day-off", faults))
                    select id="day-off" name="day" {
                        @for day in &coming {
                            option value=(day.to_string())
                                selected[days.day == day.to_string()] { (format_day(*day)) }
                        }
                    }
                }
                fieldset class="stack near" {
                    legend class="lab" { "On that day" }
                    (radio_choice("off", "no sit", !is("moved") && !is("usual")))
                    (radio_choice("moved", "a sit at another time", is("moved")))
                    (radio_choice("usual", "a sit as usual", is("usual")))
                }
                div class="grid2" {
                    (new_field("to-day", "The new day")
                        .kind("date")
                        .value(&days.to_day)
                        .render(faults))
                    (new_field("to-time", "The new time").kind("time").value(&days.to_time)
                        .render(faults))
                }
                p { button class="b b-2" { "Save this day" } }
            }
        }
    }
}

fn radio_choice(value: &str, label: &str, is_chosen: bool) -> Markup {
    html! {
        label class="pick" {
            input type="radio" name="becomes" value=(value) checked[is_chosen];
            span { b { (phrases::capitalize_first(label)) } }
        }
    }
}

/// Returns the coming days by the rule alone, without its exceptions.
fn coming_days(state: &WebState, seen: &SitView) -> Vec<Date> {
    let mut rule = seen.sit.rule.clone();
    rule.exceptions.clear();
    let from = state.home.clock.now() - Span::from_days(1);
    rule.occurrences_from(from).take(DAYS_SHOWN).map(|time| time.day).collect()
}

fn format_day(day: Date) -> String {
    day.strftime("%A %-d %B").to_string()
}

fn describe_day(seen: &SitView, day: Date) -> String {
    match seen.sit.rule.exception_on(day).map(|exception| exception.moved_to) {
        None => format!("{}: as usual", format_day(day)),
        Some(None) => format!("{}: no sit", format_day(day)),
        Some(Some(to)) => {
            format!(
                "{}: moved to {} at {}",
                format_day(day),
                format_day(to.date()),
                phrases::time_in_words(to.time()),
            )
        }
    }
}
