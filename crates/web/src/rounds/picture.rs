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
use sitwith_app::rounds::Mine;
use sitwith_core::round::Step;

use self::cloth::Shown;
use super::leaf::leaves;
use super::{id_of, see};
use crate::fail::Fail;
use crate::session::Visitor;
use crate::state::State;

/// Query: index of the first answer of the quilt's page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: usize,
}

/// `GET /rounds/{id}/picture.svg`
pub(super) async fn show(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let seen = see(&state, &visitor, id_of(&id)?).await?;
    let picture = seen.picture.as_ref().filter(|_| seen.step == Step::Opened);
    let picture = picture.ok_or(Fail::words(
        StatusCode::CONFLICT,
        "There is no picture yet.",
        "When the round is opened, you can save it.",
    ))?;
    let leaves = leaves(picture);
    let leaf = leaves.iter().rfind(|leaf| leaf.from <= asked.from);
    let leaf = leaf.or(leaves.first()).ok_or(Fail::Missing)?;
    let own = match &seen.mine {
        Mine::Shared(share) => Some(share.id),
        Mine::Nothing | Mine::Passed => None,
    };
    let svg = cloth::drawing(&Shown { leaf, own }, &seen.facts.prompt).into_string();
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"round.svg\""),
    ];
    Ok((headers, svg).into_response())
}
