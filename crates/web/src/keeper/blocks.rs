//! People who were removed from a sit, with the guides' notes; and readmitting them.

use axum::extract::{Path, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use sitwith_app::sits::blocks::{self, Told};
use sitwith_core::id::BlockId;

use super::links;
use crate::account::plain_page;
use crate::fail::Fail;
use crate::page::Section;
use crate::session::Visitor;
use crate::state::State;
use crate::words;

/// `GET /keeper/blocks`
pub(super) async fn show(With(state): With<State>, visitor: Visitor) -> Result<Markup, Fail> {
    let keeper = visitor.access(&state).keeper()?;
    let told = blocks::told(&state.home, &keeper).await?;
    let page = plain_page(&state, &visitor, "Taken out of a sit").section(Section::Keeper);
    Ok(page.show(&html! {
        div class="leaf" {
            div class="full stack" {
                h1 { "Taken out of a sit" }
                (links("/keeper/blocks"))
                p class="soft measure" {
                    "A guide can take somebody out of a sit who does harm in it. They stay out of \
                     that one sit until a keeper lets them in again; then the note is erased, too. \
                     Guides do not see this page."
                }
            }
            @if told.is_empty() {
                div class="full say" { p { b { "Nobody." } " Everybody may come to every sit." } }
            }
            @for one in &told { (block(one, &visitor)) }
        }
    }))
}

/// `POST /keeper/blocks/{id}/lift`
pub(super) async fn lift(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let keeper = visitor.access(&state).keeper()?;
    let id: BlockId = id.parse().map_err(|_no| Fail::Missing)?;
    blocks::lift(&state.home, &keeper, id).await?;
    Ok(Redirect::to("/keeper/blocks").into_response())
}

fn block(told: &Told, visitor: &Visitor) -> Markup {
    let at = words::in_zone(told.at, &visitor.zone);
    let by = told.guide_name.as_deref();
    html! {
        h2 class="side" id={ "b-" (told.id) } { (told.name) }
        form class="stack near" method="post" action={ "/keeper/blocks/" (told.id) "/lift" }
            aria-labelledby={ "b-" (told.id) } {
            p {
                "Out of " b { (told.sit_title) } " since " (words::day(&at)) ", "
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
