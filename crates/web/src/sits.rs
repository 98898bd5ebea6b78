//! The pages of one sit: its time and course, its calendar file, private notes, and for guides
//! changes while it is live and removing people.

mod calendar;
mod changes;
mod note;
mod pages;
pub mod people;
pub mod pieces;
pub mod plan;
mod step_in;

use axum::extract::{Path, State as With};
use maud::Markup;
use sitwith_app::sits::{self, unsure};

use crate::fail::Fail;
use crate::route::routes;
use crate::session::Visitor;
use crate::state::State;

use self::calendar::calendar;
use self::changes::change;
use self::note::note;
use self::step_in::step_in;
pub use crate::sit_found::id_of;

routes! {
    get "/sits/{id}", Entrants: 200 => show;
    get "/sits/{id}/unsure", Entrants: 200 => unsure;
    get "/sits/{id}/calendar.ics", Entrants: 200 => calendar;
    post "/sits/{id}/note", Entrants: 303 => note;
    post "/sits/{id}/changes", Leaders: 303 => change;
    // Nobody who leads the sit is in its room.
    post "/sits/{id}/step-in", Guides: 303 => step_in;
    get "/sits/{id}/people", Leaders: 200 => people::show;
    // Nobody sits on that seat.
    post "/sits/{id}/removals", Leaders: 409 => people::remove;
}

/// `GET /sits/{id}`
async fn show(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, Fail> {
    let seen = sits::find_sit(&state.home, &visitor.person, id_of(&id)?).await?;
    let rounds = crate::rounds::of_sit(&state, &visitor, seen.sit.id).await?;
    Ok(pages::sit(&state, &visitor, &seen, &rounds))
}

/// `GET /sits/{id}/unsure`
async fn unsure(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, Fail> {
    let unsure = unsure::unsure(&state.home, &visitor.person, id_of(&id)?).await?;
    Ok(pages::unsure(&state, &visitor, &unsure))
}
