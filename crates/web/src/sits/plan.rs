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
use sitwith_app::sits::make::{self, MakeNo};
use sitwith_app::sits::{self, Seen, leading};
use sitwith_core::calendar::Rule;
use sitwith_core::id::SitId;
use sitwith_core::sit::plan::{Plan, ready_made};
use sitwith_core::sits::Leader;
use sitwith_core::time::Instant;

use self::buttons::Pressed;
use self::editor::Editor;
use self::form::{Pairs, Typed};
use crate::fail::Fail;
use crate::forms::Faults;
use crate::route::routes;
use crate::session::Visitor;
use crate::sits::id_of;
use crate::state::State;
use crate::words;

use self::days::{end, except};
use self::leaders::name as name_guides;
use self::link::renew as renew_link;

routes! {
    post "/sits/{id}/link", Leaders: 303 => renew_link;
    get "/sits/new", Guides: 200 => start;
    post "/sits", Guides: 422 => make;
    get "/sits/{id}/plan", Leaders: 200 => show;
    post "/sits/{id}/plan", Leaders: 422 => change;
    post "/sits/{id}/guides", Leaders: 303 => name_guides;
    post "/sits/{id}/exceptions", Leaders: 303 => except;
    post "/sits/{id}/end", Leaders: 303 => end;
}

/// Where a new sit starts from: a ready-made plan's name, or another sit's id.
#[derive(Debug, Deserialize)]
pub struct From {
    from: Option<String>,
}

/// `GET /sits/new`
async fn start(
    With(state): With<State>,
    visitor: Visitor,
    Query(From { from }): Query<From>,
) -> Result<Markup, Fail> {
    visitor.access(&state).guide()?;
    let Some(from) = from else {
        let upcoming = sits::upcoming(&state.home, &visitor.person).await?;
        return Ok(choices::show(&state, &visitor, &upcoming));
    };
    let (title, plan) = plan_from(&state, &visitor, &from).await?;
    let zone = &state.home.settings().zone;
    let id = make::fresh_id(&state.home);
    let typed = Typed::fresh(id, title, &plan, (zone, state.home.clock.now()));
    Ok(Editor::new(&state, &visitor, None).show(&typed, &Faults::none()))
}

async fn plan_from(state: &State, visitor: &Visitor, from: &str) -> Result<(String, Plan), Fail> {
    if let Some((_, title, plan)) = ready_made().into_iter().find(|(name, ..)| *name == from) {
        return Ok((title.to_owned(), plan));
    }
    let sit = sits::find_sit(&state.home, &visitor.person, id_of(from)?).await?.sit;
    Ok((sit.title, sit.plan))
}

/// `POST /sits`
async fn make(
    With(state): With<State>,
    visitor: Visitor,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fail> {
    let guide = visitor.access(&state).guide()?;
    let mut typed = Typed::of_pairs(&pairs);
    let editor = Editor::new(&state, &visitor, None);
    if typed.press(form::button(&pairs)) == Pressed::Again {
        return Ok(editor.show(&typed, &Faults::none()).into_response());
    }
    let draft = match typed.read(state.home.clock.now()) {
        Ok(draft) => draft,
        Err(faults) => return Ok((faults.status(), editor.show(&typed, &faults)).into_response()),
    };
    let id = typed.id.parse().unwrap_or_else(|_no| make::fresh_id(&state.home));
    match make::keep_sit(&state.home, &guide, id, draft).await {
        Ok(()) => Ok(kept(id)),
        Err(fail) => Ok(another_look(fail.own()?, &editor, &typed)),
    }
}

/// What the editor was asked to say.
#[derive(Debug, Deserialize)]
pub struct Said {
    #[serde(default)]
    kept: Option<String>,
}

/// `GET /sits/{id}/plan`
async fn show(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Markup, Fail> {
    let kept = found(&state, &visitor, &id).await?;
    let typed = Typed::of_sit(&kept.seen.sit);
    let editor = Editor::new(&state, &visitor, Some(&kept)).just_kept(said.kept.is_some());
    Ok(editor.show(&typed, &Faults::none()))
}

/// `POST /sits/{id}/plan`
async fn change(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fail> {
    let sit = found(&state, &visitor, &id).await?;
    let mut typed = Typed::of_pairs(&pairs);
    let editor = Editor::new(&state, &visitor, Some(&sit));
    if typed.press(form::button(&pairs)) == Pressed::Again {
        return Ok(editor.show(&typed, &Faults::none()).into_response());
    }
    let draft = match typed.read(state.home.clock.now()) {
        Ok(draft) => draft,
        Err(faults) => return Ok((faults.status(), editor.show(&typed, &faults)).into_response()),
    };
    match make::change_sit(&state.home, &sit.led, draft).await {
        Ok(()) => Ok(kept(sit.seen.sit.id)),
        Err(fail) => Ok(another_look(fail.own()?, &editor, &typed)),
    }
}

/// A sit that its guide may change: one that was not ended.
struct Changeable {
    led: LeadsSit,
    seen: Seen,
    /// The guides of the home who may be named on it.
    guides: Vec<Leader>,
}

async fn found(state: &State, visitor: &Visitor, id: &str) -> Result<Changeable, Fail> {
    let led = visitor.access(state).led_sit(id_of(id)?).await?;
    let seen = sits::find_sit(&state.home, &visitor.person, led.sit().id).await?;
    if seen.sit.ended_at.is_some() {
        return Err(Fail::Missing);
    }
    let guide = visitor.access(state).guide()?;
    let guides = leading::guides_of_home(&state.home, &guide).await?;
    Ok(Changeable { led, seen, guides })
}

fn kept(id: SitId) -> Response {
    Redirect::to(&format!("/sits/{id}/plan?kept=1")).into_response()
}

/// The form again with what needs another look.
fn another_look(no: MakeNo, editor: &Editor<'_>, typed: &Typed) -> Response {
    let faults = draft::faults_of(no);
    (faults.status(), editor.show(typed, &faults)).into_response()
}

/// A time of a sit at its own place, in words: "Tuesday 24 November at half past seven".
fn at_its_place(rule: &Rule, at: Instant) -> String {
    let there = words::in_zone(at, &rule.zone);
    format!("{} at {}", words::day(&there), words::clock(there.time()))
}
