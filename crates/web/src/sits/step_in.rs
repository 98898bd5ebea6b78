//! A guide of the home steps in to lead a live sit whose guides are absent.

use axum::extract::{Path, State as With};
use axum::http::StatusCode;
use axum::response::Redirect;
use sitwith_app::sits::leading::{self, StepInNo};

use super::parse_sit_id;
use crate::fail::PageError;
use crate::session::Visitor;
use crate::state::WebState;

/// `POST /sits/{id}/step-in`
pub(super) async fn step_in(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Redirect, PageError> {
    let guide = visitor.access(&state).guide()?;
    let id = parse_sit_id(&id)?;
    leading::step_in(&state.home, &guide, id).await?;
    Ok(Redirect::to(&format!("/sits/{id}/room")))
}

impl From<StepInNo> for PageError {
    fn from(no: StepInNo) -> Self {
        match no {
            StepInNo::Led => Self::refusal(
                StatusCode::CONFLICT,
                "Somebody who leads this sit is here.",
                "Nothing was changed. Sit with the others; should they have to go, you can step in \
                 then.",
            ),
            StepInNo::NotLiving => Self::refusal(
                StatusCode::CONFLICT,
                "Nobody is in this sit now.",
                "Its door is closed, and nothing was changed.",
            ),
        }
    }
}
