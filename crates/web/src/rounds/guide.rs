//! The guide's part of a round: asking between two sits, reading first, sewing, opening, and
//! reading aloud.
//!
//! What a guide may not learn is on none of these pages: not who passed or wrote nothing, not who
//! wrote what is unsigned, not in which order it came.
//!
//! * `pose.rs`: asking; `page.rs`, `posed.rs`, `sew.rs`: the round's page by how far it has come;
//! * `act.rs`, `done.rs`: what its buttons send, and what is said afterwards;
//! * `aloud.rs`: the view for reading aloud; `leaf.rs`: how much stands on a page.

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

/// What a guide is told whose sit is in another part.
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

/// A sit in which this guide may ask something: one that goes on.
async fn sit_of(state: &State, visitor: &Visitor, id: &str) -> Result<LeadsSit, Fail> {
    let led = visitor.access(state).led_sit(sit_id_of(id)?).await?;
    if led.sit().ended_at.is_some() { Err(Fail::Missing) } else { Ok(led) }
}

/// What the page was asked to show and say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// From which answer on.
    from: usize,
    /// What was just done.
    did: String,
    /// To which theme.
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

/// `GET /sits/{id}/round/guide`: to the guide's page of the round of the phase that goes on.
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

/// From which theme on the reading goes.
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
        // She reads the round's own page first: it says what comes before.
        return Ok(Redirect::to(&format!("/rounds/{}/guide", seen.facts.id)).into_response());
    };
    let page = aloud::page(&state, &visitor, (&seen, picture), from);
    Ok(unkept(StatusCode::OK, page))
}

/// The round, for whoever leads it.
async fn led(state: &State, visitor: &Visitor, id: &str) -> Result<(LeadsRound, Seen), Fail> {
    let led = visitor.access(state).led_round(id_of(id)?).await?;
    let seen = see(state, visitor, led.id()).await?;
    Ok((led, seen))
}

/// A page of this moment, with people's words on it: no browser keeps it.
fn unkept(status: StatusCode, page: Markup) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], page).into_response()
}

/// On to the round's page, which says what was done, where it was done.
fn to_page(round: RoundId, done: Done, from: usize, theme: Option<u32>) -> Response {
    let did = done.word();
    let from = if from > 0 { format!("&from={from}") } else { String::new() };
    let at = theme.map_or_else(String::new, |theme| format!("&at={theme}#t{theme}"));
    Redirect::to(&format!("/rounds/{round}/guide?did={did}{from}{at}")).into_response()
}
