//! Keepsakes of a round: its prompt, one's own words, the names of its themes. No people's names,
//! and nobody else's words but those whose authors said yes.

use axum::extract::{Path, Query, State as With};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::rounds::{self, KeepsakeNo, KeepsakeView};
use sitwith_core::id::{KeepsakeId, RoundId};

use super::parse_round_id;
use crate::fail::PageError;
use crate::page::{Page, Section};
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Keepsakes per page: each holds at most 1,000 characters of words, and the names of themes.
const KEEPSAKES_PER_PAGE: usize = 12;

/// Query of the keepsake pages.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct KeepsakeQuery {
    /// `text` for a plain-text file.
    #[serde(rename = "as")]
    kind: String,
    /// Set just after it was kept.
    kept: Option<String>,
    /// Index of the page's first keepsake.
    from: usize,
    /// Set just after one was erased.
    erased: Option<String>,
}

impl From<KeepsakeNo> for PageError {
    fn from(no: KeepsakeNo) -> Self {
        match no {
            KeepsakeNo::NotYet => Self::refusal(
                StatusCode::CONFLICT,
                "There is nothing to keep yet.",
                "When the round is opened, you can keep your own words and what was found in \
                 common.",
            ),
            KeepsakeNo::Full => Self::refusal(
                StatusCode::CONFLICT,
                "Your box of keepsakes is full.",
                "Erase one you no longer need, or save this one as a file.",
            ),
        }
    }
}

/// `GET /rounds/{id}/keepsake`
pub(super) async fn show_keepsake(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<KeepsakeQuery>,
) -> Result<Response, PageError> {
    let id = parse_round_id(&id)?;
    let own = rounds::preview_keepsake(&state.home, &visitor.person, id).await?;
    if asked.kind == "text" {
        return Ok(keepsake_file(&visitor, &own));
    }
    let page = keepsake_page(&state, &visitor, (id, &own), asked.kept.is_some());
    Ok(page.into_response())
}

/// `POST /rounds/{id}/keepsake`
pub(super) async fn keep_keepsake(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id = parse_round_id(&id)?;
    rounds::save_keepsake(&state.home, &visitor.person, id).await?;
    Ok(Redirect::to(&format!("/rounds/{id}/keepsake?kept=1")).into_response())
}

fn keepsake_page(
    state: &WebState,
    visitor: &Visitor,
    (id, own): (RoundId, &KeepsakeView),
    is_kept: bool,
) -> Markup {
    let is_member = visitor.person.member().is_some();
    Page::new(state, visitor, "A keepsake")
        .section(Section::Sits)
        .style("round/round.css")
        .script("round/page.js")
        .render(&html! {
            div class="ask stack wide keepsake" data-round=(id) {
                @if is_kept {
                    p class="say" role="status" {
                        span { b { "Kept." } " Only you will see it. "
                            a href="/keepsakes" { "All your keepsakes" } }
                    }
                }
                (keepsake_body(visitor, own, true))
                section class="stack near" id="r-kept" aria-labelledby="r-kept-t" hidden {
                    h2 class="t2" id="r-kept-t" { "What you wrote, in this browser only" }
                    blockquote class="patch sewn paper own d-plain" dir="auto" {}
                }
                div class="row no-print" {
                    @if is_member && !is_kept {
                        form method="post" action={ "/rounds/" (id) "/keepsake" } {
                            button class="b b-1" { "Keep it among my keepsakes" }
                        }
                    }
                    a class="b b-2" download="keepsake.txt"
                        href={ "/rounds/" (id) "/keepsake?as=text" } { "Save it as a file" }
                    button class="b b-2" type="button" data-print data-script hidden { "Print it" }
                }
                div class="row no-print" {
                    a class="b b-3 flush" data-save="round" download="round.svg"
                        href={ "/rounds/" (id) "/picture.svg" } { "Save the picture" }
                    a class="b b-3" href={ "/rounds/" (id) } { "Back to the quilt" }
                }
                p class="soft measure no-print" {
                    "It holds your own words and what the groups were called, and no names. The \
                     picture shows other people’s words only if they said yes; the rest of it is \
                     bare cloth."
                }
                @if !is_member {
                    p class="soft measure no-print" {
                        "You came as a guest: nothing about you is kept here. Save it as a file, \
                         and it is yours."
                    }
                }
            }
        })
}

fn keepsake_body(visitor: &Visitor, own: &KeepsakeView, is_page: bool) -> Markup {
    let day = phrases::format_day(&phrases::in_zone(own.kept_at, &visitor.zone));
    html! {
        div class="stack near" {
            p class="soft" { (own.sit_title) ", " (day) }
            @if is_page { h1 id="r-asked" tabindex="-1" dir="auto" { (own.prompt) } }
            @else { h2 class="t3" dir="auto" { (own.prompt) } }
        }
        @if !own.words.is_empty() {
            blockquote class="patch sewn paper own d-plain" dir="auto" { (own.words) }
        }
        @if !own.themes.is_empty() {
            div class="stack near" {
                p { "What the circle had in common:" }
                ul class="themes v" {
                    @for theme in &own.themes { li dir="auto" { (theme) } }
                }
            }
        }
    }
}

/// Responds with the keepsake as plain text.
fn keepsake_file(visitor: &Visitor, own: &KeepsakeView) -> Response {
    let day = phrases::format_day(&phrases::in_zone(own.kept_at, &visitor.zone));
    let mut text = format!("{}, {day}\n\n{}\n", own.sit_title, own.prompt);
    if !own.words.is_empty() {
        text.push_str(&format!("\n{}\n", own.words));
    }
    if !own.themes.is_empty() {
        text.push_str("\nWhat the circle had in common:\n");
        for theme in &own.themes {
            text.push_str(&format!("- {}\n", theme.replace('\n', " ")));
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"keepsake.txt\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text).into_response()
}

/// `GET /keepsakes`
pub(super) async fn show_keepsakes(
    With(state): With<WebState>,
    visitor: Visitor,
    Query(asked): Query<KeepsakeQuery>,
) -> Result<Markup, PageError> {
    visitor.member()?;
    let all = rounds::list_keepsakes(&state.home, &visitor.person).await?;
    let from = asked.from.min(all.len());
    let shown = all.iter().skip(from).take(KEEPSAKES_PER_PAGE);
    let next = Some(from + KEEPSAKES_PER_PAGE).filter(|next| *next < all.len());
    Ok(Page::new(&state, &visitor, "Your keepsakes")
        .section(Section::You)
        .style("round/round.css")
        .render(&html! {
            div class="gd" {
                div class="stack near" {
                    h1 { "Your keepsakes" }
                    p class="lead" { "What you kept from rounds. Only you see it." }
                }
                @if asked.erased.is_some() {
                    p class="say" role="status" { "Erased. It is gone from this home." }
                }
                @if all.is_empty() {
                    p { "Nothing is kept here. That is fine, too." }
                }
                ul class="kept-all" {
                    @for own in shown {
                        li class="stack keepsake" {
                            (keepsake_body(&visitor, own, false))
                            @if let Some(id) = own.id {
                                form method="post" action={ "/keepsakes/" (id) "/erase" } {
                                    button class="b b-3 flush" { "Erase it" }
                                }
                            }
                        }
                    }
                }
                p class="row" {
                    @if from > 0 {
                        @let before = from.saturating_sub(KEEPSAKES_PER_PAGE);
                        a class="b b-2" href={ "/keepsakes?from=" (before) } { "Newer ones" }
                    }
                    @if let Some(next) = next {
                        a class="b b-2" href={ "/keepsakes?from=" (next) } { "Older ones" }
                    }
                    a class="b b-3 flush" href="/you" { "Back to your page" }
                }
            }
        }))
}

/// `POST /keepsakes/{id}/erase`
pub(super) async fn erase_keepsake(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    visitor.member()?;
    let id = id.parse::<KeepsakeId>().map_err(|_no| PageError::Missing)?;
    if !rounds::erase_keepsake(&state.home, &visitor.person, id).await? {
        return Err(PageError::Missing);
    }
    Ok(Redirect::to("/keepsakes?erased=1").into_response())
}
