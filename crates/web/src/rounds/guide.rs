//! The guide's pages of a round: posing it between two sits, reading first, sewing, opening, and
//! reading aloud.
//!
//! None of these pages reveals what a guide may not learn: who passed or wrote nothing, who wrote
//! an unsigned answer, or in which order answers came.
//!
//! * `pose.rs`: posing; `page.rs`, `posed.rs`, `sew.rs`: the round's page in each of its states;
//! * `act.rs`, `change.rs`, `done.rs`: its form, what the buttons do, and the messages afterwards;
//! * `aloud.rs`: the view for reading aloud; `leaf.rs`: pagination; `names.rs`: themes in lists.

mod act;
mod aloud;
mod change;
mod done;
mod leaf;
mod names;
mod page;
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
use sitwith_app::rounds::{self, Seen};
use sitwith_core::id::RoundId;

use self::done::Done;
use self::page::{Desk, Said, Typed};
use super::{id_of, see};
use crate::fail::Fail;
use crate::forms::Faults;
use crate::route::routes;
use crate::session::Visitor;
use crate::sit_found::id_of as sit_id_of;
use crate::state::State;

use self::change::change;

routes! {
    // The sit has not begun: no round goes on.
    get "/sits/{id}/round/guide", Leaders: 404 => current;
    get "/sits/{id}/rounds/new", Leaders: 200 => start;
    post "/sits/{id}/rounds", Leaders: 422 => pose;
    get "/rounds/{id}/guide", Leaders: 200 => show;
    post "/rounds/{id}/guide", Leaders: 303 => change;
    // Back to the round's page: there is nothing to read aloud yet.
    get "/rounds/{id}/aloud", Leaders: 303 => aloud;
}

/// Shown to a guide whose sit is in another phase.
const NONE_NOW: Fail = Fail::words(
    StatusCode::NOT_FOUND,
    "There is no written round just now.",
    "This page is there while a part of the sit asks something. Go back to the room; it goes on.",
);

/// `GET /sits/{id}/rounds/new`
async fn start(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, Fail> {
    let sit = sit_of(&state, &visitor, &id).await?;
    let typed = pose::Typed::fresh(rounds::fresh_id(&state.home));
    Ok(pose::page(&state, &visitor, sit.sit(), &typed, &Faults::none()))
}

/// `POST /sits/{id}/rounds`
async fn pose(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(mut typed): Form<pose::Typed>,
) -> Result<Response, Fail> {
    let sit = sit_of(&state, &visitor, &id).await?;
    if typed.press() {
        let page = pose::page(&state, &visitor, sit.sit(), &typed, &Faults::none());
        return Ok(page.into_response());
    }
    let round = typed.id(&state.home);
    let posing = typed.read();
    match rounds::pose_as(&state.home, &sit, round, &posing).await {
        Ok(round) => Ok(to_page(round, Done::Posed, 0, None)),
        Err(fail) => {
            let faults = pose::faults_of(fail.own()?);
            let page = pose::page(&state, &visitor, sit.sit(), &typed, &faults);
            Ok((faults.status(), page).into_response())
        }
    }
}

/// Returns a sit in which this guide may pose a round: one that has not been ended.
async fn sit_of(state: &State, visitor: &Visitor, id: &str) -> Result<LeadsSit, Fail> {
    let led = visitor.access(state).led_sit(sit_id_of(id)?).await?;
    if led.sit().ended_at.is_some() { Err(Fail::Missing) } else { Ok(led) }
}

/// Query of the guide's page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Index of the page's first answer.
    from: usize,
    /// Word of the command that was completed.
    did: String,
    /// Number of the theme it was about.
    at: Option<u32>,
}

/// `GET /rounds/{id}/guide`
async fn show(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let (_, seen) = led(&state, &visitor, &id).await?;
    let done = Done::of_word(&asked.did);
    let said = done.map(|done| Said { words: done.words(), is_no: false, theme: asked.at });
    let desk = Desk {
        state: &state,
        visitor: &visitor,
        seen: &seen,
        from: asked.from,
        said,
        typed: Typed::default(),
        ticked: &BTreeSet::new(),
        faults: &Faults::none(),
    };
    Ok(unkept(StatusCode::OK, desk.show()))
}

/// `GET /sits/{id}/round/guide`: redirects to the guide's page of the present phase's round.
async fn current(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let sit = sit_id_of(&id)?;
    visitor.access(&state).leads_now(sit).await?;
    let current = rounds::current(&state.home, &visitor.person, sit).await?;
    let round = current.ok_or(NONE_NOW)?;
    Ok(Redirect::to(&format!("/rounds/{round}/guide")).into_response())
}

/// Query of the view for reading aloud: its first section.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    from: usize,
}

/// `GET /rounds/{id}/aloud`
async fn aloud(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(From { from }): Query<From>,
) -> Result<Response, Fail> {
    let (_, seen) = led(&state, &visitor, &id).await?;
    let Some(picture) = aloud::readable(&seen) else {
        // The round's own page says what comes first.
        return Ok(Redirect::to(&format!("/rounds/{}/guide", seen.facts.id)).into_response());
    };
    let page = aloud::page(&state, &visitor, (&seen, picture), from);
    Ok(unkept(StatusCode::OK, page))
}

/// Returns the round, if the visitor leads it.
async fn led(state: &State, visitor: &Visitor, id: &str) -> Result<(LeadsRound, Seen), Fail> {
    let led = visitor.access(state).led_round(id_of(id)?).await?;
    let seen = see(state, visitor, led.id()).await?;
    Ok((led, seen))
}

/// Responds with people's words, so no browser may cache it.
fn unkept(status: StatusCode, page: Markup) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], page).into_response()
}

/// Redirects to the guide's page, to the theme that was edited, with a message about the command.
fn to_page(round: RoundId, done: Done, from: usize, theme: Option<u32>) -> Response {
    let did = done.word();
    let from = if from > 0 { format!("&from={from}") } else { String::new() };
    let at = theme.map_or_else(String::new, |theme| format!("&at={theme}#t{theme}"));
    Redirect::to(&format!("/rounds/{round}/guide?did={did}{from}{at}")).into_response()
}
