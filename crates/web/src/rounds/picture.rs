//! The quilt as an SVG drawing to save. It shows the words of the person who saves it, the names of
//! the groups, and the words whose authors said that they may be shown with others. All other
//! patches are bare cloth, and nobody is named.
//!
//! The drawing is self-contained, its typeface included. A browser converts it to PNG.

mod cloth;
mod wrap;

use axum::extract::{Path, Query, State as With};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sitwith_app::rounds::OwnPart;
use sitwith_core::round::RoundStep;

use self::cloth::DrawnQuilt;
use super::paging::paginate_quilt;
use super::{parse_round_id, see_round};
use crate::fail::PageError;
use crate::session::Visitor;
use crate::state::WebState;

/// Query: index of the first answer of the quilt's page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PictureQuery {
    from: usize,
}

/// `GET /rounds/{id}/picture.svg`
pub(super) async fn show_picture(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<PictureQuery>,
) -> Result<Response, PageError> {
    let seen = see_round(&state, &visitor, parse_round_id(&id)?).await?;
    let picture = seen.picture.as_ref().filter(|_| seen.step == RoundStep::Opened);
    let picture = picture.ok_or(PageError::refusal(
        StatusCode::CONFLICT,
        "There is no picture yet.",
        "When the round is opened, you can save it.",
    ))?;
    let leaves = paginate_quilt(picture);
    let leaf = leaves.iter().rfind(|leaf| leaf.from <= asked.from);
    let leaf = leaf.or(leaves.first()).ok_or(PageError::Missing)?;
    let own = match &seen.own_part {
        OwnPart::Shared(share) => Some(share.id),
        OwnPart::Nothing | OwnPart::Passed => None,
    };
    let svg = cloth::draw_quilt(&DrawnQuilt { leaf, own }, &seen.facts.prompt).into_string();
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"round.svg\""),
    ];
    Ok((headers, svg).into_response())
}
