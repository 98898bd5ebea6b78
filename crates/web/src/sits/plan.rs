//! The editor of a sit's plan.
//!
//! The editor keeps nothing on the way: every button sends the whole form, and the answer is the
//! whole form again, so that no typed word is lost. Only "Keep" writes anything.

mod aside;
mod buttons;
mod choices;
mod days;
mod draft;
mod editor;
mod form;
pub(crate) mod leaders;
mod link;
mod phase_fields;
mod round_fields;
#[cfg(test)]
mod tests;

use axum::extract::{Form, Path, Query, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use serde::Deserialize;
use sitwith_app::access::LeadsSit;
use sitwith_app::sits::make::{self, SitDraftNo};
use sitwith_app::sits::{self, SitView, leading};
use sitwith_core::calendar::CalendarRule;
use sitwith_core::id::SitId;
use sitwith_core::sit::plan::Plan;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::sits::Leader;
use sitwith_core::time::Instant;

use self::buttons::Pressed;
use self::editor::Editor;
use self::form::{FormPairs, PlanForm};
use crate::fail::PageError;
use crate::forms::Faults;
use crate::phrases;
use crate::route::routes;
use crate::session::Visitor;
use crate::sits::parse_sit_id;
use crate::state::WebState;

use self::days::{end_sit, save_exception};
use self::leaders::name_guides;
use self::link::renew_link;

routes! {
    post "/sits/{id}/link", Leaders: 303 => renew_link;
    get "/sits/new", Guides: 200 => show_new_sit;
    post "/sits", Guides: 422 => make_sit;
    get "/sits/{id}/plan", Leaders: 200 => show_plan;
    post "/sits/{id}/plan", Leaders: 422 => save_plan;
    post "/sits/{id}/guides", Leaders: 303 => name_guides;
    post "/sits/{id}/exceptions", Leaders: 303 => save_exception;
    post "/sits/{id}/end", Leaders: 303 => end_sit;
}

/// Where a new sit starts from: a ready-made plan's name, or another sit's id.
#[derive(Debug, Deserialize)]
pub struct NewSitQuery {
    from: Option<String>,
}

/// `GET /sits/new`
async fn show_new_sit(
    With(state): With<WebState>,
    visitor: Visitor,
    Query(NewSitQuery { from }): Query<NewSitQuery>,
) -> Result<Markup, PageError> {
    visitor.access(&state).guide()?;
    let Some(from) = from else {
        let upcoming = sits::list_upcoming(&state.home, &visitor.person).await?;
        return Ok(choices::new_sit_page(&state, &visitor, &upcoming));
    };
    let (title, plan) = plan_from(&state, &visitor, &from).await?;
    let zone = &state.home.settings().zone;
    let id = make::fresh_sit_id(&state.home);
    let typed = PlanForm::new_sit(id, title, &plan, (zone, state.home.clock.now()));
    Ok(Editor::new(&state, &visitor, None).render(&typed, &Faults::none()))
}

async fn plan_from(
    state: &WebState,
    visitor: &Visitor,
    from: &str,
) -> Result<(String, Plan), PageError> {
    if let Some((_, title, plan)) = plan_templates().into_iter().find(|(name, ..)| *name == from) {
        return Ok((title.to_owned(), plan));
    }
    let sit = sits::find_sit(&state.home, &visitor.person, parse_sit_id(from)?).await?.sit;
    Ok((sit.title, sit.plan))
}

/// `POST /sits`
async fn make_sit(
    With(state): With<WebState>,
    visitor: Visitor,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, PageError> {
    let guide = visitor.access(&state).guide()?;
    let mut typed = PlanForm::from_pairs(&pairs);
    let editor = Editor::new(&state, &visitor, None);
    if typed.press_button(form::pressed_button(&pairs)) == Pressed::ShowAgain {
        return Ok(editor.render(&typed, &Faults::none()).into_response());
    }
    let draft = match typed.parse_draft(state.home.clock.now()) {
        Ok(draft) => draft,
        Err(faults) => return Ok((faults.status(), editor.render(&typed, &faults)).into_response()),
    };
    let id = typed.id.parse().unwrap_or_else(|_no| make::fresh_sit_id(&state.home));
    match make::save_sit(&state.home, &guide, id, draft).await {
        Ok(()) => Ok(redirect_to_plan(id)),
        Err(fail) => Ok(form_with_faults(fail.into_own_refusal()?, &editor, &typed)),
    }
}

/// What the editor was asked to say.
#[derive(Debug, Deserialize)]
pub struct PlanQuery {
    #[serde(default)]
    kept: Option<String>,
}

/// `GET /sits/{id}/plan`
async fn show_plan(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(said): Query<PlanQuery>,
) -> Result<Markup, PageError> {
    let kept = find_editable_sit(&state, &visitor, &id).await?;
    let typed = PlanForm::from_sit(&kept.seen.sit);
    let editor = Editor::new(&state, &visitor, Some(&kept)).with_kept_message(said.kept.is_some());
    Ok(editor.render(&typed, &Faults::none()))
}

/// `POST /sits/{id}/plan`
async fn save_plan(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, PageError> {
    let sit = find_editable_sit(&state, &visitor, &id).await?;
    let mut typed = PlanForm::from_pairs(&pairs);
    let editor = Editor::new(&state, &visitor, Some(&sit));
    if typed.press_button(form::pressed_button(&pairs)) == Pressed::ShowAgain {
        return Ok(editor.render(&typed, &Faults::none()).into_response());
    }
    let draft = match typed.parse_draft(state.home.clock.now()) {
        Ok(draft) => draft,
        Err(faults) => return Ok((faults.status(), editor.render(&typed, &faults)).into_response()),
    };
    match make::change_sit(&state.home, &sit.led, draft).await {
        Ok(()) => Ok(redirect_to_plan(sit.seen.sit.id)),
        Err(fail) => Ok(form_with_faults(fail.into_own_refusal()?, &editor, &typed)),
    }
}

/// A sit that its guide may change: one that was not ended.
struct EditableSit {
    led: LeadsSit,
    seen: SitView,
    /// The guides of the home who may be named on it.
    guides: Vec<Leader>,
}

async fn find_editable_sit(
    state: &WebState,
    visitor: &Visitor,
    id: &str,
) -> Result<EditableSit, PageError> {
    let led = visitor.access(state).led_sit(parse_sit_id(id)?).await?;
    let seen = sits::find_sit(&state.home, &visitor.person, led.sit().id).await?;
    if seen.sit.ended_at.is_some() {
        return Err(PageError::Missing);
    }
    let guide = visitor.access(state).guide()?;
    let guides = leading::list_home_guides(&state.home, &guide).await?;
    Ok(EditableSit { led, seen, guides })
}

fn redirect_to_plan(id: SitId) -> Response {
    Redirect::to(&format!("/sits/{id}/plan?kept=1")).into_response()
}

/// The form again with what needs another look.
fn form_with_faults(no: SitDraftNo, editor: &Editor<'_>, typed: &PlanForm) -> Response {
    let faults = draft::faults_of(no);
    (faults.status(), editor.render(typed, &faults)).into_response()
}

/// A time of a sit at its own place, in words: "Tuesday 24 November at half past seven".
fn local_time_text(rule: &CalendarRule, at: Instant) -> String {
    let there = phrases::in_zone(at, &rule.zone);
    format!("{} at {}", phrases::format_day(&there), phrases::time_in_words(there.time()))
}
