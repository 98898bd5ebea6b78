//! The guide's pages of a round: posing it between two sits, reading first, sewing, opening, and
//! reading aloud.
//!
//! None of these pages reveals what a guide may not learn: who passed or wrote nothing, who wrote
//! an unsigned answer, or in which order answers came.
//!
//! * `pose.rs`: posing; `page.rs`, `posed.rs`, `sew.rs`: the round's page in each of its states;
//! * `guide_form.rs`, `change.rs`, `feedback.rs`: its form, what the buttons do, and the messages
//!   afterwards;
//! * `aloud.rs`: the view for reading aloud; `paging.rs`: pagination; `names.rs`: themes in lists.

mod aloud;
mod change;
mod feedback;
mod guide_form;
mod names;
mod page;
mod paging;
mod pose;
mod posed;
mod sew;

use std::collections::BTreeSet;

use axum::extract::{Form, Path, Query, State as With};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use serde::Deserialize;
use sitwith_app::access::{LeadsRound, LeadsSit};
use sitwith_app::rounds::{self, RoundView};
use sitwith_core::id::RoundId;

use self::feedback::CompletedCommand;
use self::page::{GuideMessage, RoundDesk, UnsavedInput};
use super::{parse_round_id, see_round};
use crate::fail::PageError;
use crate::forms::Faults;
use crate::path_ids::parse_sit_id;
use crate::route::routes;
use crate::session::Visitor;
use crate::state::WebState;

use self::change::change_round;

routes! {
    // The sit has not begun: no round goes on.
    get "/sits/{id}/round/guide", Leaders: 404 => show_current_guide_page;
    get "/sits/{id}/rounds/new", Leaders: 200 => show_pose_form;
    post "/sits/{id}/rounds", Leaders: 422 => pose_round;
    get "/rounds/{id}/guide", Leaders: 200 => show_guide_page;
    post "/rounds/{id}/guide", Leaders: 303 => change_round;
    // Back to the round's page: there is nothing to read aloud yet.
    get "/rounds/{id}/aloud", Leaders: 303 => show_aloud;
}

/// Shown to a guide whose sit is in another phase.
const NONE_NOW: PageError = PageError::refusal(
    StatusCode::NOT_FOUND,
    "There is no written round just now.",
    "This page is there while a part of the sit asks something. Go back to the room; it goes on.",
);

/// `GET /sits/{id}/rounds/new`
async fn show_pose_form(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, PageError> {
    let sit = sit_to_ask_in(&state, &visitor, &id).await?;
    let typed = pose::PoseForm::new_round(rounds::fresh_round_id(&state.home));
    Ok(pose::pose_page(&state, &visitor, sit.sit(), &typed, &Faults::none()))
}

/// `POST /sits/{id}/rounds`
async fn pose_round(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(mut typed): Form<pose::PoseForm>,
) -> Result<Response, PageError> {
    let sit = sit_to_ask_in(&state, &visitor, &id).await?;
    if typed.press_button() {
        let page = pose::pose_page(&state, &visitor, sit.sit(), &typed, &Faults::none());
        return Ok(page.into_response());
    }
    let round = typed.id(&state.home);
    let posing = typed.posing();
    match rounds::pose_round_as(&state.home, &sit, round, &posing).await {
        Ok(round) => Ok(redirect_to_guide(round, CompletedCommand::Posed, 0, None)),
        Err(fail) => {
            let faults = pose::faults_of(fail.into_own_refusal()?);
            let page = pose::pose_page(&state, &visitor, sit.sit(), &typed, &faults);
            Ok((faults.status(), page).into_response())
        }
    }
}

/// Returns a sit in which this guide may pose a round: one that has not been ended.
async fn sit_to_ask_in(
    state: &WebState,
    visitor: &Visitor,
    id: &str,
) -> Result<LeadsSit, PageError> {
    let led = visitor.access(state).led_sit(parse_sit_id(id)?).await?;
    if led.sit().ended_at.is_some() { Err(PageError::Missing) } else { Ok(led) }
}

/// Query of the guide's page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct GuidePageQuery {
    /// Index of the page's first answer.
    from: usize,
    /// Word of the command that was completed.
    did: String,
    /// Number of the theme it was about.
    at: Option<u32>,
}

/// `GET /rounds/{id}/guide`
async fn show_guide_page(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<GuidePageQuery>,
) -> Result<Response, PageError> {
    let (_, seen) = led_round(&state, &visitor, &id).await?;
    let done = CompletedCommand::of_word(&asked.did);
    let said = done.map(|done| GuideMessage { words: done.text(), is_no: false, theme: asked.at });
    let desk = RoundDesk {
        state: &state,
        visitor: &visitor,
        seen: &seen,
        from: asked.from,
        message: said,
        unsaved: UnsavedInput::default(),
        ticked: &BTreeSet::new(),
        faults: &Faults::none(),
    };
    Ok(html_no_store(StatusCode::OK, desk.render()))
}

/// `GET /sits/{id}/round/guide`: redirects to the guide's page of the present phase's round.
async fn show_current_guide_page(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let sit = parse_sit_id(&id)?;
    visitor.access(&state).check_leads_now(sit).await?;
    let current = rounds::find_current_round(&state.home, &visitor.person, sit).await?;
    let round = current.ok_or(NONE_NOW)?;
    Ok(Redirect::to(&format!("/rounds/{round}/guide")).into_response())
}

/// Query of the view for reading aloud: its first section.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AloudQuery {
    from: usize,
}

/// `GET /rounds/{id}/aloud`
async fn show_aloud(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(AloudQuery { from }): Query<AloudQuery>,
) -> Result<Response, PageError> {
    let (_, seen) = led_round(&state, &visitor, &id).await?;
    let Some(picture) = aloud::readable_picture(&seen) else {
        // The round's own page says what comes first.
        return Ok(Redirect::to(&format!("/rounds/{}/guide", seen.facts.id)).into_response());
    };
    let page = aloud::aloud_page(&state, &visitor, (&seen, picture), from);
    Ok(html_no_store(StatusCode::OK, page))
}

/// Returns the round, if the visitor leads it.
async fn led_round(
    state: &WebState,
    visitor: &Visitor,
    id: &str,
) -> Result<(LeadsRound, RoundView), PageError> {
    let led = visitor.access(state).led_round(parse_round_id(id)?).await?;
    let seen = see_round(state, visitor, led.id()).await?;
    Ok((led, seen))
}

/// Responds with people's words, so no browser may cache it.
fn html_no_store(status: StatusCode, page: Markup) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], page).into_response()
}

/// Redirects to the guide's page, to the theme that was edited, with a message about the command.
fn redirect_to_guide(
    round: RoundId,
    done: CompletedCommand,
    from: usize,
    theme: Option<u32>,
) -> Response {
    let did = done.word();
    let from = if from > 0 { format!("&from={from}") } else { String::new() };
    let at = theme.map_or_else(String::new, |theme| format!("&at={theme}#t{theme}"));
    Redirect::to(&format!("/rounds/{round}/guide?did={did}{from}{at}")).into_response()
}
