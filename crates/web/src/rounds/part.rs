//! A round as one person sees it: the same part on a page of its own and in the live room.

use axum::extract::{Path, Query, State as With};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::rounds::{OwnPart, RoundView};
use sitwith_core::id::RoundId;
use sitwith_core::round::{Picture, RoundStep};

use super::ask::{self, Sheet};
use super::quilt::{self, QuiltView};
use super::round_text::RoundMessage;
use super::{parse_round_id, round_text, see_round, wait};
use crate::fail::PageError;
use crate::forms::Faults;
use crate::page::{Page, Section};
use crate::session::Visitor;
use crate::state::WebState;

/// Maximum length of a prompt set in large type, in characters.
const LARGE_PROMPT_CHARS_MAX: usize = 70;

/// Query of a round.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RoundQuery {
    /// Set for the part alone, without the page around it.
    part: Option<String>,
    /// Set to change one's words, or to write after having passed.
    change: Option<String>,
    /// Set to see the quilt as a list.
    list: Option<String>,
    /// Index of the first answer of the quilt's page.
    from: Option<usize>,
    /// Word of the message about the last action.
    said: Option<String>,
}

impl RoundQuery {
    /// Returns true if the part alone is requested.
    pub(super) fn is_part(&self) -> bool {
        self.part.is_some()
    }
}

/// Returns the address of a round, with the message to show.
pub(super) fn round_path(id: RoundId, is_part: bool, said: Option<RoundMessage>) -> String {
    let part = if is_part { "/part" } else { "" };
    match said {
        Some(said) => format!("/rounds/{id}{part}?said={}", said.word()),
        None => format!("/rounds/{id}{part}"),
    }
}

/// `GET /rounds/{id}`
pub(super) async fn show_round(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<RoundQuery>,
) -> Result<Response, PageError> {
    let seen = see_round(&state, &visitor, parse_round_id(&id)?).await?;
    let inner = render_inner(&state, &visitor, &seen, &asked);
    Ok(round_response(&state, &visitor, &seen, asked.is_part(), &inner))
}

/// `GET /rounds/{id}/part`
pub(super) async fn show_round_part(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<RoundQuery>,
) -> Result<Response, PageError> {
    let seen = see_round(&state, &visitor, parse_round_id(&id)?).await?;
    let inner = render_inner(&state, &visitor, &seen, &asked);
    Ok(round_response(&state, &visitor, &seen, true, &inner))
}

/// Responds with the part, alone or in a page. It is personal and of this moment: no cache may keep
/// it.
pub(super) fn round_response(
    state: &WebState,
    visitor: &Visitor,
    seen: &RoundView,
    is_part: bool,
    inner: &Markup,
) -> Response {
    let mine = match seen.own_part {
        OwnPart::Nothing => "nothing",
        OwnPart::Passed => "passed",
        OwnPart::Shared(_) => "shared",
    };
    let part = html! {
        section class="round" id="round" aria-labelledby="r-asked" data-round=(seen.facts.id)
            data-step=(seen.step.word()) data-mine=(mine) data-v=(seen.version) {
            (inner)
            (guide_link(seen))
        }
    };
    let html = if is_part {
        part
    } else {
        Page::new(state, visitor, page_title(seen))
            .section(Section::Sits)
            .style("round/round.css")
            .style("round/quilt.css")
            .style("round/spans.css")
            .script("round/page.js")
            .render(&html! { div id="round-place" { (part) } })
    };
    ([(header::CACHE_CONTROL, "no-store")], html).into_response()
}

const fn page_title(seen: &RoundView) -> &'static str {
    match seen.step {
        RoundStep::Opened => "The round, opened",
        RoundStep::Posed | RoundStep::Closed => "A round",
    }
}

/// Renders the part, by the round's state and by what this person has done.
fn render_inner(
    state: &WebState,
    visitor: &Visitor,
    seen: &RoundView,
    asked: &RoundQuery,
) -> Markup {
    let wants_sheet = asked.change.is_some() && can_write(seen);
    let is_asked = seen.step == RoundStep::Posed && matches!(seen.own_part, OwnPart::Nothing);
    if is_asked || wants_sheet {
        let sheet = Sheet::from_share(&seen.own_part, fresh_key(state));
        return ask::share_form(state, visitor, seen, &sheet, &Faults::none());
    }
    let said = asked.said.as_deref().and_then(RoundMessage::of_word);
    let manner = QuiltView { list: asked.list.is_some(), from: asked.from.unwrap_or(0) };
    match (&seen.picture, seen.step) {
        (Some(picture), RoundStep::Opened) => {
            render_opened(state, visitor, seen, picture, (manner, said))
        }
        (None, RoundStep::Opened) => wait::gate_page(seen),
        (picture, _) => html! {
            @if let Some(said) = said { div class="ask said-here" { (said.render()) } }
            (wait::waiting_page(state, visitor, seen))
            @if let Some(picture) = picture.as_ref().filter(|one| quilt::count_shares(one) > 0) {
                (quilt_so_far(seen, picture, manner))
            }
        },
    }
}

/// Returns true if this person can still write, or change their words.
fn can_write(seen: &RoundView) -> bool {
    seen.step == RoundStep::Posed
        && match &seen.own_part {
            OwnPart::Nothing | OwnPart::Passed => true,
            OwnPart::Shared(share) => !share.is_shown,
        }
}

/// Returns an idempotency key: a form that is sent twice shares once.
pub(super) fn fresh_key(state: &WebState) -> String {
    let chance: [u8; 16] = state.home.dice.bytes();
    chance.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Renders the opened round.
fn render_opened(
    state: &WebState,
    visitor: &Visitor,
    seen: &RoundView,
    picture: &Picture,
    (manner, said): (QuiltView, Option<RoundMessage>),
) -> Markup {
    let facts = &seen.facts;
    let is_large = facts.prompt.chars().count() <= LARGE_PROMPT_CHARS_MAX;
    let has_some = quilt::count_shares(picture) > 0;
    html! {
        div class="qhead" {
            @if let Some(said) = said { (said.render()) }
            div class="stack near" {
                p class="soft" { bdi { (facts.guide_name) } " asked" }
                h1 class=[(!is_large).then_some("long")] id="r-asked" tabindex="-1" dir="auto" {
                    (facts.prompt)
                }
            }
            p class="lead" { (quilt::lead_text(seen, picture)) }
            @if has_some {
                p class="row" { (list_toggle(seen, manner)) (save_picture_link(seen, manner)) }
            }
        }
        (quilt::render_quilt(seen, picture, manner))
        div class="qfoot" {
            (quilt::quilt_footnotes(seen, picture))
            @if let Some(at) = seen.vanishes_at {
                p class="measure" {
                    "These words go at " (round_text::moment_text(state, visitor, at)) "."
                    " You can keep your own."
                }
            }
            p class="row" {
                a class="b b-2" href={ "/rounds/" (facts.id) "/keepsake" } { "Keep what is yours" }
            }
            (wait::own_share_or_pass(seen))
        }
    }
}

/// Renders the picture while people still write.
fn quilt_so_far(seen: &RoundView, picture: &Picture, manner: QuiltView) -> Markup {
    html! {
        div class="qhead" {
            h2 class="t3" { "What has been offered so far" }
            p class="lead" { (quilt::lead_text(seen, picture)) }
            p class="row" { (list_toggle(seen, manner)) }
        }
        (quilt::render_quilt(seen, picture, manner))
        div class="qfoot" { (quilt::quilt_footnotes(seen, picture)) }
    }
}

fn list_toggle(seen: &RoundView, manner: QuiltView) -> Markup {
    let from = if manner.from == 0 { String::new() } else { format!("from={}", manner.from) };
    let at = format!("/rounds/{}", seen.facts.id);
    html! {
        @if manner.list {
            a class="b b-2" id="r-list" data-part href={ (at) "?" (from) } { "See it as a quilt" }
        } @else {
            a class="b b-2" id="r-list" data-part href={ (at) "?list=1&" (from) } {
                "Read as a list"
            }
        }
    }
}

/// Links to the picture of the quilt's present page.
fn save_picture_link(seen: &RoundView, manner: QuiltView) -> Markup {
    let at = format!("/rounds/{}/picture.svg", seen.facts.id);
    let at = match manner.from {
        0 => at,
        from => format!("{at}?from={from}"),
    };
    html! {
        a class="b b-3" data-save="round" download="round.svg" href=(at) { "Save the picture" }
    }
}

/// Links to the guide's page. It opens in a new tab, so that a guide need not leave the live room.
fn guide_link(seen: &RoundView) -> Markup {
    html! {
        @if seen.is_guide {
            div class=(if seen.step == RoundStep::Opened { "qfoot" } else { "ask" }) {
                p {
                    a class="alone-link" href={ "/rounds/" (seen.facts.id) "/guide" }
                        target="_blank" rel="noopener" { "The guide’s page of this round" }
                }
            }
        }
    }
}
