//! Rounds on the web: the prompt, the wait, the quilt, and keepsakes.
//!
//! A round is one part of a page, rendered by one function wherever it is shown: `/rounds/{id}` is
//! a page around the part, `/rounds/{id}/part` the part alone, for the live room. Everything is a
//! plain form or link; `static/round/` sends and fetches them without leaving the page.
//!
//! * `ask.rs`, `look.rs`: the sheet, and the question about names and addresses on it;
//! * `act.rs`: sharing, passing, withdrawing; `wait.rs`, `quilt.rs`: the views afterwards;
//! * `leaf.rs`, `named.rs`, `told.rs`: pagination, titles of themes, texts about a round;
//! * `listed.rs`: the rounds of a sit, for its page; `after.rs`: links from the landing page;
//! * `picture.rs`, `keepsake.rs`: what people take along; `guide.rs`: the guide's pages.

mod act;
pub mod after;
mod ask;
#[cfg(test)]
mod fixture;
pub mod guide;
mod keepsake;
mod leaf;
pub mod listed;
mod look;
mod named;
mod part;
mod picture;
mod quilt;
#[cfg(test)]
mod tests;
mod told;
mod wait;

use axum::extract::{Path, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use sitwith_app::rounds::{self, Brief, Seen};
use sitwith_core::id::{RoundId, SitId};

use crate::fail::Fail;
use crate::route::routes;
use crate::session::Visitor;
use crate::sit_found::id_of as sit_id_of;
use crate::state::State;

use self::act::{pass, share, withdraw};
use self::keepsake::{all as keepsakes, erase as erase_keepsake, keep, show as keepsake};
use self::part::{part, show};
use self::picture::show as picture;

routes! {
    get "/rounds/{id}", Entrants: 200 => show;
    get "/rounds/{id}/part", Entrants: 200 => part;
    post "/rounds/{id}/share", Entrants: 303 => share;
    post "/rounds/{id}/pass", Entrants: 303 => pass;
    post "/rounds/{id}/withdraw", Entrants: 303 => withdraw;
    // It is not opened yet.
    get "/rounds/{id}/picture.svg", Entrants: 409 => picture;
    get "/rounds/{id}/keepsake", Entrants: 409 => keepsake;
    post "/rounds/{id}/keepsake", Entrants: 409 => keep;
    get "/keepsakes", Members: 200 => keepsakes;
    // Somebody else's keepsake.
    post "/keepsakes/{id}/erase", Members: 404 => erase_keepsake;
    // The sit has not begun: no round goes on.
    get "/sits/{id}/round", Entrants: 404 => current;
}

/// Parses a round's id in a path; anything else is answered as a missing page.
fn id_of(text: &str) -> Result<RoundId, Fail> {
    text.parse().map_err(|_no| Fail::Missing)
}

/// Returns the round as this visitor may see it.
async fn see(state: &State, visitor: &Visitor, id: RoundId) -> Result<Seen, Fail> {
    Ok(rounds::see(&state.home, &visitor.person, id).await?)
}

/// Returns the rounds of a sit, for visitors who may come to it.
pub(crate) async fn of_sit(
    state: &State,
    visitor: &Visitor,
    sit: SitId,
) -> Result<Vec<Brief>, Fail> {
    Ok(rounds::of_sit(&state.home, &visitor.person, sit).await?)
}

/// `GET /sits/{id}/round`: redirects to the round of the present phase.
async fn current(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    part: axum::extract::Query<part::Asked>,
) -> Result<Response, Fail> {
    let current = rounds::current(&state.home, &visitor.person, sit_id_of(&id)?).await?;
    let round = current.ok_or(Fail::Missing)?;
    Ok(Redirect::to(&part::address(round, part.is_part(), None)).into_response())
}
