//! The guide's pages: what comes next, who came, and the editor of a sit's plan.
//!
//! The editor keeps nothing on the way: every button sends the whole form, and the answer is the
//! whole form again, so that no typed word is lost. Only "Keep" writes anything.

mod aside;
mod days;
mod editor;
mod link;
mod pages;
mod phase;
mod press;
mod read;
mod round;
#[cfg(test)]
mod tests;
mod typed;

use axum::extract::{Form, Path, Query, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use serde::Deserialize;
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::sits::make::{self, MakeNo};
use sitwith_app::sits::{self, Seen};
use sitwith_app::unsure;
use sitwith_core::calendar::Rule;
use sitwith_core::id::SitId;
use sitwith_core::member::Role;
use sitwith_core::sit::plan::{Plan, ready_made};
use sitwith_core::time::Instant;

use self::editor::Editor;
use self::press::Pressed;
use self::typed::{Pairs, Typed};
use crate::fail::Fail;
use crate::forms::Faults;
use crate::session::Visitor;
use crate::sits::{id_of, refused};
use crate::state::State;
use crate::words;

pub use self::days::{end, except};
pub use self::link::renew as renew_link;

/// `GET /guide`
pub async fn show(With(state): With<State>, visitor: Visitor) -> Result<Markup, Fail> {
    let guide = visitor.has(Role::Guide)?;
    let upcoming = sits::upcoming(&state.home, &visitor.person).await?;
    let came = unsure::who_came(&state.home, &visitor.person).await;
    let came = came.map_err(|fail| refused(&visitor, fail))?;
    let mut rounds = Vec::new();
    for seen in &upcoming {
        rounds.extend(crate::rounds::of_sit(&state, &visitor, seen.sit.id).await?);
    }
    Ok(pages::dashboard(&state, &visitor, &guide.name, (&upcoming, &rounds), came.as_ref()))
}

/// Where a new sit starts from: a ready-made plan's name, or another sit's id.
#[derive(Debug, Deserialize)]
pub struct From {
    from: Option<String>,
}

/// `GET /sits/new`
pub async fn start(
    With(state): With<State>,
    visitor: Visitor,
    Query(From { from }): Query<From>,
) -> Result<Markup, Fail> {
    visitor.has(Role::Guide)?;
    let Some(from) = from else {
        let upcoming = sits::upcoming(&state.home, &visitor.person).await?;
        return Ok(pages::choices(&state, &visitor, &upcoming));
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
    let found = sits::find_sit(&state.home, &visitor.person, id_of(from)?).await;
    let sit = found.map_err(|fail| refused(visitor, fail))?.sit;
    Ok((sit.title, sit.plan))
}

/// `POST /sits`
pub async fn make(
    With(state): With<State>,
    visitor: Visitor,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fail> {
    visitor.has(Role::Guide)?;
    let mut typed = Typed::of_pairs(&pairs);
    let editor = Editor::new(&state, &visitor, None);
    if typed.press(typed::button(&pairs)) == Pressed::Again {
        return Ok(editor.show(&typed, &Faults::none()).into_response());
    }
    let draft = match typed.read(state.home.clock.now()) {
        Ok(draft) => draft,
        Err(faults) => return Ok((faults.status(), editor.show(&typed, &faults)).into_response()),
    };
    let id = typed.id.parse().unwrap_or_else(|_no| make::fresh_id(&state.home));
    match make::keep_sit(&state.home, &visitor.person, id, draft).await {
        Ok(()) => Ok(kept(id)),
        Err(AppFail::No(no)) => refuse(no, &editor, &typed),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

/// What the editor was asked to say.
#[derive(Debug, Deserialize)]
pub struct Said {
    #[serde(default)]
    kept: Option<String>,
}

/// `GET /sits/{id}/plan`
pub async fn plan(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Markup, Fail> {
    let seen = found(&state, &visitor, &id).await?;
    let typed = Typed::of_sit(&seen.sit);
    let editor = Editor::new(&state, &visitor, Some(&seen)).just_kept(said.kept.is_some());
    Ok(editor.show(&typed, &Faults::none()))
}

/// `POST /sits/{id}/plan`
pub async fn change(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fail> {
    let seen = found(&state, &visitor, &id).await?;
    let mut typed = Typed::of_pairs(&pairs);
    let editor = Editor::new(&state, &visitor, Some(&seen));
    if typed.press(typed::button(&pairs)) == Pressed::Again {
        return Ok(editor.show(&typed, &Faults::none()).into_response());
    }
    let draft = match typed.read(state.home.clock.now()) {
        Ok(draft) => draft,
        Err(faults) => return Ok((faults.status(), editor.show(&typed, &faults)).into_response()),
    };
    match make::change_sit(&state.home, &visitor.person, seen.sit.id, draft).await {
        Ok(()) => Ok(kept(seen.sit.id)),
        Err(AppFail::No(no)) => refuse(no, &editor, &typed),
        Err(AppFail::Broken(broken)) => Err(broken.into()),
    }
}

/// A sit that a guide may change: one that was not ended.
async fn found(state: &State, visitor: &Visitor, id: &str) -> Result<Seen, Fail> {
    visitor.has(Role::Guide)?;
    let found = sits::find_sit(&state.home, &visitor.person, id_of(id)?).await;
    let seen = found.map_err(|fail| refused(visitor, fail))?;
    if seen.sit.ended_at.is_some() { Err(Fail::Missing) } else { Ok(seen) }
}

fn kept(id: SitId) -> Response {
    Redirect::to(&format!("/sits/{id}/plan?kept=1")).into_response()
}

/// The form again with what needs another look.
fn refuse(no: MakeNo, editor: &Editor<'_>, typed: &Typed) -> Result<Response, Fail> {
    match no {
        MakeNo::NotYours => Err(Fail::NotYours),
        MakeNo::Missing => Err(Fail::Missing),
        no => {
            let faults = read::faults_of(no);
            Ok((faults.status(), editor.show(typed, &faults)).into_response())
        }
    }
}

/// A time of a sit at its own place, in words: "Tuesday 24 November at half past seven".
fn at_its_place(rule: &Rule, at: Instant) -> String {
    let there = words::in_zone(at, &rule.zone);
    format!("{} at {}", words::day(&there), words::clock(there.time()))
}
