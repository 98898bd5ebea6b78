//! A guide of the home steps in to lead a live sit whose guides are absent.

use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::Redirect;
use sitwith_app::sits::leading::{self, StepInNo};

use super::id_of;
use crate::fail::Fail;
use crate::session::Visitor;
use crate::state::State;

/// `POST /sits/{id}/step-in`
pub(super) async fn step_in(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Redirect, Fail> {
    let guide = visitor.access(&state).guide()?;
    let id = id_of(&id)?;
    leading::step_in(&state.home, &guide, id).await?;
    Ok(Redirect::to(&format!("/sits/{id}/room")))
}

impl From<StepInNo> for Fail {
    fn from(no: StepInNo) -> Self {
        match no {
            StepInNo::Led => Self::words(
                StatusCode::CONFLICT,
                "Somebody who leads this sit is here.",
                "Nothing was changed. Sit with the others; should they have to go, you can step in \
                 then.",
            ),
            StepInNo::NotLiving => Self::words(
                StatusCode::CONFLICT,
                "Nobody is in this sit now.",
                "Its door is closed, and nothing was changed.",
            ),
        }
    }
}
