//! Leaving a sit, and the landing page after it: a note to oneself, grounding, and the next time.

use axum::extract::{Path, Query, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::sits::notes;
use sitwith_app::sits::{self, SitView};
use sitwith_core::note::{AfterNote, Note};
use sitwith_core::sits::Run;

use super::panels;
use crate::fail::PageError;
use crate::page::{Page, Section};
use crate::rounds::after::{self, LandingRound as Quilt};
use crate::session::Visitor;
use crate::sits::{parse_sit_id, pieces};
use crate::state::WebState;

/// Query of the landing page.
#[derive(Debug, Default, Deserialize)]
pub struct LandingQuery {
    /// Set just after a note was saved.
    #[serde(default)]
    kept: Option<String>,
}

/// `POST /sits/{id}/leaving`: redirects and stores nothing. The seat is freed when the socket
/// closes.
pub(super) async fn leave_room(Path(id): Path<String>) -> Result<Response, PageError> {
    let id = parse_sit_id(&id)?;
    Ok(Redirect::to(&format!("/sits/{id}/landing")).into_response())
}

/// `GET /sits/{id}/landing`
pub(super) async fn show_landing(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(landed): Query<LandingQuery>,
) -> Result<Markup, PageError> {
    let id = parse_sit_id(&id)?;
    let seen = sits::find_sit(&state.home, &visitor.person, id).await?;
    let run = sits::find_past_run(&state.home, &visitor.person, id, None).await?;
    let note = match &run {
        Some(run) => notes::find_own_note(&state.home, &visitor.person, run.id).await?,
        None => None,
    };
    let quilts = match &run {
        Some(run) => after::rounds_of_run(&state, &visitor, run).await?,
        None => Vec::new(),
    };
    Ok(render_landing(
        (&state, &visitor),
        &seen,
        run.as_ref(),
        (note.as_ref(), landed.kept.is_some()),
        &quilts,
    ))
}

fn render_landing(
    (state, visitor): (&WebState, &Visitor),
    seen: &SitView,
    run: Option<&Run>,
    (note, is_kept): (Option<&Note>, bool),
    quilts: &[Quilt],
) -> Markup {
    let id = seen.sit.id;
    let now = state.home.clock.now();
    // The run that was left is still on, and they could come back to it.
    let still_on = seen.next.is_some_and(|next| {
        next.run.is_some() && next.run == run.map(|run| run.id) && next.ends_at > now
    });
    Page::new(state, visitor, "Go gently").section(Section::Sits).style("room/arrive.css").render(
        &html! {
            div class="hall" {
                div class="stack far" {
                    div class="stack" {
                        h1 { @if still_on { "You have left." } @else { "Go gently." } }
                        p class="lead" {
                            @if still_on { "Go gently. Nobody was told. " }
                            @else { "Thank you for sitting with us. " }
                            "You came."
                        }
                        @if still_on {
                            p {
                                a class="b b-2" href={ "/sits/" (id) "/room" } {
                                    "I pressed that by mistake, take me back"
                                }
                            }
                        }
                    }
                    (after::render_quilt_links(state, visitor, quilts))
                    @if visitor.person.member().is_some() { (note_form(id, run, note, is_kept)) }
                    @else { p class="soft" { "You came as a guest: nothing about you is kept." } }
                }
                div class="stack far" {
                    section class="stack near" aria-labelledby="ground" {
                        h2 class="t2" id="ground" { "Before you go on" }
                        (panels::grounding_list())
                        p class="soft" {
                            "If it was a lot today: "
                            a class="help" href="/help" { "there is help, now" }
                            "."
                        }
                    }
                    (next_time_section(state, visitor, seen, still_on))
                }
            }
        },
    )
}

/// Renders the form of a private note.
fn note_form(
    id: sitwith_core::id::SitId,
    run: Option<&Run>,
    note: Option<&Note>,
    is_kept: bool,
) -> Markup {
    let choices = [
        (AfterNote::Comfort, "It was a comfort"),
        (AfterNote::Insight, "Something became clear"),
        (AfterNote::Hard, "It was hard"),
        (AfterNote::Neither, "None of these"),
    ];
    let chosen = note.and_then(|note| note.after_note);
    let line = note.and_then(|note| note.own_words.as_deref()).unwrap_or_default();
    html! {
        form class="stack" method="post" action={ "/sits/" (id) "/note" } {
            @if is_kept {
                p class="say" role="status" { span { b { "Kept." } " Only you will see it." } }
            }
            @if let Some(run) = run { input type="hidden" name="run" value=(run.id); }
            fieldset class="stack near" {
                legend class="v t3" { "What was it, for you?" }
                p class="soft" { "One touch, or none. Only you will ever see this." }
                div class="ways two" {
                    @for (after, words) in choices {
                        label class="pick" {
                            input type="radio" name="after" value=(after.word())
                                checked[chosen == Some(after)];
                            span { (words) }
                        }
                    }
                }
            }
            div class="field" {
                label for="line" { "A line for yourself, if you like" }
                span class="hint" {
                    "It is shown to you again on a day when you are not sure whether to come."
                }
                // The HTML parser drops a newline right after the tag, so one is added.
                textarea id="line" name="line" maxlength=(sitwith_core::note::NOTE_CHARS_MAX) {
                    "\n" (line)
                }
            }
            p { button class="b b-1" { "Keep it for myself" } }
        }
    }
}

fn next_time_section(
    state: &WebState,
    visitor: &Visitor,
    seen: &SitView,
    still_on: bool,
) -> Markup {
    html! {
        @if let Some(next) = seen.next.filter(|_| !still_on) {
            section class="stack near" aria-labelledby="next" {
                h2 class="t2" id="next" { "The next time" }
                p { (pieces::start_text(state, visitor, &next)) ". "
                    (pieces::time_and_length(state, visitor, &seen.sit, &next)) }
                p class="row" {
                    a class="b b-2" href={ "/sits/" (seen.sit.id) "/calendar.ics" } {
                        svg class="ico" aria-hidden="true" { use href="#i-cal" {} }
                        " Add to my calendar"
                    }
                    a class="b b-3" href="/" { "All sits" }
                }
            }
        } @else {
            p { a class="b b-3 flush" href="/" { "All sits" } }
        }
    }
}
