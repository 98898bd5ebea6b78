//! Rounds on the web: the prompt, the wait, the quilt, and keepsakes.
//!
//! A round is one part of a page, rendered by one function wherever it is shown: `/rounds/{id}` is
//! a page around the part, `/rounds/{id}/part` the part alone, for the live room. Everything is a
//! plain form or link; `static/round/` sends and fetches them without leaving the page.
//!
//! * `ask.rs`, `mask_choice.rs`: the sheet, and the question about names and addresses on it;
//! * `act.rs`: sharing, passing, withdrawing; `wait.rs`, `quilt.rs`: the views afterwards;
//! * `paging.rs`, `theme_title.rs`, `round_text.rs`: pagination, titles of themes, texts about a
//!   round;
//! * `round_list.rs`: the rounds of a sit, for its page; `after.rs`: links from the landing page;
//! * `picture.rs`, `keepsake.rs`: what people take along; `guide.rs`: the guide's pages.

mod act;
pub mod after;
mod ask;
#[cfg(test)]
mod fixture;
pub mod guide;
mod keepsake;
mod mask_choice;
mod paging;
mod part;
mod picture;
mod quilt;
pub mod round_list;
mod round_text;
#[cfg(test)]
mod tests;
mod theme_title;
mod wait;

use axum::extract::{Path, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use sitwith_app::rounds::{self, RoundBrief, RoundView};
use sitwith_core::id::{RoundId, SitId};

use crate::fail::PageError;
use crate::path_ids::parse_sit_id;
use crate::route::routes;
use crate::session::Visitor;
use crate::state::WebState;

use self::act::{pass_round, save_share, withdraw_share};
use self::keepsake::{
    erase_keepsake, keep_keepsake, show_keepsake as keepsake, show_keepsakes as keepsakes,
};
use self::part::{show_round, show_round_part};
use self::picture::show_picture;

routes! {
    get "/rounds/{id}", Entrants: 200 => show_round;
    get "/rounds/{id}/part", Entrants: 200 => show_round_part;
    post "/rounds/{id}/share", Entrants: 303 => save_share;
    post "/rounds/{id}/pass", Entrants: 303 => pass_round;
    post "/rounds/{id}/withdraw", Entrants: 303 => withdraw_share;
    // It is not opened yet.
    get "/rounds/{id}/picture.svg", Entrants: 409 => show_picture;
    get "/rounds/{id}/keepsake", Entrants: 409 => keepsake;
    post "/rounds/{id}/keepsake", Entrants: 409 => keep_keepsake;
    get "/keepsakes", Members: 200 => keepsakes;
    // Somebody else's keepsake.
    post "/keepsakes/{id}/erase", Members: 404 => erase_keepsake;
    // The sit has not begun: no round goes on.
    get "/sits/{id}/round", Entrants: 404 => show_current_round;
}

/// Parses a round's id in a path; anything else is answered as a missing page.
fn parse_round_id(text: &str) -> Result<RoundId, PageError> {
    text.parse().map_err(|_no| PageError::Missing)
}

/// Returns the round as this visitor may see it.
async fn see_round(
    state: &WebState,
    visitor: &Visitor,
    id: RoundId,
) -> Result<RoundView, PageError> {
    Ok(rounds::view_round(&state.home, &visitor.person, id).await?)
}

/// Returns the rounds of a sit, for visitors who may come to it.
pub(crate) async fn rounds_of_sit(
    state: &WebState,
    visitor: &Visitor,
    sit: SitId,
) -> Result<Vec<RoundBrief>, PageError> {
    Ok(rounds::list_rounds(&state.home, &visitor.person, sit).await?)
}

/// `GET /sits/{id}/round`: redirects to the round of the present phase.
async fn show_current_round(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    part: axum::extract::Query<part::RoundQuery>,
) -> Result<Response, PageError> {
    let current =
        rounds::find_current_round(&state.home, &visitor.person, parse_sit_id(&id)?).await?;
    let round = current.ok_or(PageError::Missing)?;
    Ok(Redirect::to(&part::round_path(round, part.is_part(), None)).into_response())
}
