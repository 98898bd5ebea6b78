//! A round as one person sees it: the same part on a page of its own and in the live room.

use axum::extract::{Path, Query, State as With};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::rounds::{Mine, Seen};
use sitwith_core::id::RoundId;
use sitwith_core::round::{Picture, Step};

use super::ask::{self, Sheet};
use super::quilt::{self, Manner};
use super::told::Said;
use super::{id_of, see, told, wait};
use crate::fail::Fail;
use crate::forms::Faults;
use crate::page::{Page, Section};
use crate::session::Visitor;
use crate::state::State;

/// Maximum length of a prompt set in large type, in characters.
const LARGE_PROMPT_MAX: usize = 70;

/// Query of a round.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
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

impl Asked {
    /// Returns true if the part alone is requested.
    pub(super) fn is_part(&self) -> bool {
        self.part.is_some()
    }
}

/// Returns the address of a round, with the message to show.
pub(super) fn address(id: RoundId, is_part: bool, said: Option<Said>) -> String {
    let part = if is_part { "/part" } else { "" };
    match said {
        Some(said) => format!("/rounds/{id}{part}?said={}", said.word()),
        None => format!("/rounds/{id}{part}"),
    }
}

/// `GET /rounds/{id}`
pub(super) async fn show(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let seen = see(&state, &visitor, id_of(&id)?).await?;
    let inner = inner(&state, &visitor, &seen, &asked);
    Ok(answer(&state, &visitor, &seen, asked.is_part(), &inner))
}

/// `GET /rounds/{id}/part`
pub(super) async fn part(
    With(state): With<State>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let seen = see(&state, &visitor, id_of(&id)?).await?;
    let inner = inner(&state, &visitor, &seen, &asked);
    Ok(answer(&state, &visitor, &seen, true, &inner))
}

/// Responds with the part, alone or in a page. It is personal and of this moment: no cache may keep
/// it.
pub(super) fn answer(
    state: &State,
    visitor: &Visitor,
    seen: &Seen,
    is_part: bool,
    inner: &Markup,
) -> Response {
    let mine = match seen.mine {
        Mine::Nothing => "nothing",
        Mine::Passed => "passed",
        Mine::Shared(_) => "shared",
    };
    let part = html! {
        section class="round" id="round" aria-labelledby="r-asked" data-round=(seen.facts.id)
            data-step=(seen.step.word()) data-mine=(mine) data-v=(seen.v) {
            (inner)
            (to_table(seen))
        }
    };
    let html = if is_part {
        part
    } else {
        Page::new(state, visitor, title(seen))
            .section(Section::Sits)
            .style("round/round.css")
            .style("round/quilt.css")
            .style("round/spans.css")
            .script("round/page.js")
            .show(&html! { div id="round-place" { (part) } })
    };
    ([(header::CACHE_CONTROL, "no-store")], html).into_response()
}

const fn title(seen: &Seen) -> &'static str {
    match seen.step {
        Step::Opened => "The round, opened",
        Step::Posed | Step::Closed => "A round",
    }
}

/// Renders the part, by the round's state and by what this person has done.
fn inner(state: &State, visitor: &Visitor, seen: &Seen, asked: &Asked) -> Markup {
    let wants_sheet = asked.change.is_some() && may_write(seen);
    let is_asked = seen.step == Step::Posed && matches!(seen.mine, Mine::Nothing);
    if is_asked || wants_sheet {
        let sheet = Sheet::of(&seen.mine, fresh_key(state));
        return ask::ask(state, visitor, seen, &sheet, &Faults::none());
    }
    let said = asked.said.as_deref().and_then(Said::of_word);
    let manner = Manner { list: asked.list.is_some(), from: asked.from.unwrap_or(0) };
    match (&seen.picture, seen.step) {
        (Some(picture), Step::Opened) => opened(state, visitor, seen, picture, (manner, said)),
        (None, Step::Opened) => wait::not_yet(seen),
        (picture, _) => html! {
            @if let Some(said) = said { div class="ask said-here" { (said.line()) } }
            (wait::wait(state, visitor, seen))
            @if let Some(picture) = picture.as_ref().filter(|one| quilt::count(one) > 0) {
                (so_far(seen, picture, manner))
            }
        },
    }
}

/// Returns true if this person can still write, or change their words.
fn may_write(seen: &Seen) -> bool {
    seen.step == Step::Posed
        && match &seen.mine {
            Mine::Nothing | Mine::Passed => true,
            Mine::Shared(share) => !share.is_shown,
        }
}

/// Returns an idempotency key: a form that is sent twice shares once.
pub(super) fn fresh_key(state: &State) -> String {
    let chance: [u8; 16] = state.home.dice.bytes();
    chance.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Renders the opened round.
fn opened(
    state: &State,
    visitor: &Visitor,
    seen: &Seen,
    picture: &Picture,
    (manner, said): (Manner, Option<Said>),
) -> Markup {
    let facts = &seen.facts;
    let is_large = facts.prompt.chars().count() <= LARGE_PROMPT_MAX;
    let has_some = quilt::count(picture) > 0;
    html! {
        div class="qhead" {
            @if let Some(said) = said { (said.line()) }
            div class="stack near" {
                p class="soft" { bdi { (facts.guide_name) } " asked" }
                h1 class=[(!is_large).then_some("long")] id="r-asked" tabindex="-1" dir="auto" {
                    (facts.prompt)
                }
            }
            p class="lead" { (quilt::lead(seen, picture)) }
            @if has_some { p class="row" { (as_list(seen, manner)) (save(seen, manner)) } }
        }
        (quilt::quilt(seen, picture, manner))
        div class="qfoot" {
            (quilt::about(seen, picture))
            @if let Some(at) = seen.vanishes_at {
                p class="measure" {
                    "These words go at " (told::moment(state, visitor, at)) "."
                    " You can keep your own."
                }
            }
            p class="row" {
                a class="b b-2" href={ "/rounds/" (facts.id) "/keepsake" } { "Keep what is yours" }
            }
            (wait::own(seen))
        }
    }
}

/// Renders the picture while people still write.
fn so_far(seen: &Seen, picture: &Picture, manner: Manner) -> Markup {
    html! {
        div class="qhead" {
            h2 class="t3" { "What has been offered so far" }
            p class="lead" { (quilt::lead(seen, picture)) }
            p class="row" { (as_list(seen, manner)) }
        }
        (quilt::quilt(seen, picture, manner))
        div class="qfoot" { (quilt::about(seen, picture)) }
    }
}

fn as_list(seen: &Seen, manner: Manner) -> Markup {
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
fn save(seen: &Seen, manner: Manner) -> Markup {
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
fn to_table(seen: &Seen) -> Markup {
    html! {
        @if seen.is_guide {
            div class=(if seen.step == Step::Opened { "qfoot" } else { "ask" }) {
                p {
                    a class="alone-link" href={ "/rounds/" (seen.facts.id) "/guide" }
                        target="_blank" rel="noopener" { "The guide’s page of this round" }
                }
            }
        }
    }
}
