//! The pages of one sit: what it is and when, whether to come, its calendar text, a note to
//! oneself, and what a guide does while it lives: changes, and taking somebody out.

mod calendar;
mod changes;
mod note;
mod pages;
pub mod people;
pub mod pieces;
pub(crate) mod removed;

use axum::extract::{Path, State as With};
use maud::Markup;
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::sits::FindNo;
use sitwith_app::{sits, unsure};
use sitwith_core::id::SitId;

use crate::fail::Fail;
use crate::session::Visitor;
use crate::state::State;

pub use self::calendar::calendar;
pub use self::changes::change;
pub use self::note::note;

/// A sit's id in a path. What is no id is simply not there.
pub fn id_of(text: &str) -> Result<SitId, Fail> {
    text.parse().map_err(|_no| Fail::Missing)
}

/// What a visitor who may not see a sit is told: sign in first, or that there is nothing.
pub fn refused(visitor: &Visitor, fail: AppFail<FindNo>) -> Fail {
    match fail {
        AppFail::No(FindNo::SignIn) => visitor.member().err().unwrap_or(Fail::Missing),
        AppFail::No(FindNo::Missing) => Fail::Missing,
        AppFail::No(FindNo::Removed) => Fail::Removed,
        AppFail::Broken(broken) => broken.into(),
    }
}

/// `GET /sits/{id}`
pub async fn show(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, Fail> {
    let found = sits::find_sit(&state.home, &visitor.person, id_of(&id)?).await;
    let seen = found.map_err(|fail| refused(&visitor, fail))?;
    let rounds = crate::rounds::of_sit(&state, &visitor, seen.sit.id).await?;
    Ok(pages::sit(&state, &visitor, &seen, &rounds))
}

/// `GET /sits/{id}/unsure`
pub async fn unsure(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, Fail> {
    let found = unsure::unsure(&state.home, &visitor.person, id_of(&id)?).await;
    let unsure = found.map_err(|fail| refused(&visitor, fail))?;
    Ok(pages::unsure(&state, &visitor, &unsure))
}
