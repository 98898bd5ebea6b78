//! People who were removed from a sit, with the guides' notes; and readmitting them.

use axum::extract::{Path, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sitwith_app::sits::blocks::{self, ListedBlock};
use sitwith_core::id::BlockId;

use super::keeper_nav;
use crate::account::plain_page;
use crate::fail::PageError;
use crate::page::Section;
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// `GET /keeper/blocks`
pub(super) async fn show_blocks(
    With(state): With<WebState>,
    visitor: Visitor,
) -> Result<Markup, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let told = blocks::list_blocks(&state.home, &keeper).await?;
    let page = plain_page(&state, &visitor, "Taken out of a sit").section(Section::Keeper);
    Ok(page.render(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "Taken out of a sit" }
                (keeper_nav("/keeper/blocks"))
                p class="soft measure" {
                    "A guide can take somebody out of a sit who does harm in it. They stay out of \
                     that one sit until a keeper lets them in again; then the note is erased, too. \
                     Guides do not see this page."
                }
            }
            @if told.is_empty() {
                div class="full say" { p { b { "Nobody." } " Everybody may come to every sit." } }
            }
            @for one in &told { (block_form(one, &visitor)) }
        }
    }))
}

/// `POST /keeper/blocks/{id}/lift`
pub(super) async fn lift_block(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let keeper = visitor.access(&state).keeper()?;
    let id: BlockId = id.parse().map_err(|_no| PageError::Missing)?;
    blocks::lift_block(&state.home, &keeper, id).await?;
    Ok(Redirect::to("/keeper/blocks").into_response())
}

fn block_form(told: &ListedBlock, visitor: &Visitor) -> Markup {
    let at = phrases::in_zone(told.at, &visitor.zone);
    let by = told.guide_name.as_deref();
    html! {
        h2 class="side" id={ "b-" (told.id) } { (told.name) }
        form class="stack near" method="post" action={ "/keeper/blocks/" (told.id) "/lift" }
            aria-labelledby={ "b-" (told.id) } {
            p {
                "Out of " b { (told.sit_title) } " since " (phrases::format_day(&at)) ", "
                (at.strftime("%H:%M")) "; "
                (by.unwrap_or("a guide who has left")) " did it."
            }
            @if told.note.is_empty() {
                p class="soft" { "There is no note." }
            } @else {
                blockquote class="own-note" dir="auto" { (told.note) }
            }
            @if told.is_guest {
                p class="soft small" {
                    "A guest: forgotten, with this note, thirty days after coming."
                }
            }
            p {
                button class="b b-2" {
                    "Let them in again" span class="vh" { ": " (told.name) }
                }
            }
        }
    }
}
