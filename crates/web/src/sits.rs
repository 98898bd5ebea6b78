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

use crate::fail::PageError;
use crate::route::routes;
use crate::session::Visitor;
use crate::state::WebState;

use self::calendar::show_calendar;
use self::changes::change_run;
use self::note::save_note;
use self::step_in::step_in;
pub use crate::path_ids::parse_sit_id;

routes! {
    get "/sits/{id}", Entrants: 200 => show_sit;
    get "/sits/{id}/unsure", Entrants: 200 => show_unsure;
    get "/sits/{id}/calendar.ics", Entrants: 200 => show_calendar;
    post "/sits/{id}/note", Entrants: 303 => save_note;
    post "/sits/{id}/changes", Leaders: 303 => change_run;
    // Nobody who leads the sit is in its room.
    post "/sits/{id}/step-in", Guides: 303 => step_in;
    get "/sits/{id}/people", Leaders: 200 => people::show_people;
    // Nobody sits on that seat.
    post "/sits/{id}/removals", Leaders: 409 => people::remove_person;
}

/// `GET /sits/{id}`
async fn show_sit(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, PageError> {
    let seen = sits::find_sit(&state.home, &visitor.person, parse_sit_id(&id)?).await?;
    let rounds = crate::rounds::rounds_of_sit(&state, &visitor, seen.sit.id).await?;
    Ok(pages::sit_page(&state, &visitor, &seen, &rounds))
}

/// `GET /sits/{id}/unsure`
async fn show_unsure(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, PageError> {
    let unsure = unsure::load_hesitation(&state.home, &visitor.person, parse_sit_id(&id)?).await?;
    Ok(pages::unsure_page(&state, &visitor, &unsure))
}
