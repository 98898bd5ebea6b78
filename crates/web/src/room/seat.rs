//! The room: a complete page before its socket opens, and usable without script.

use axum::Json;
use axum::extract::{Path, Query, State as With};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use sitwith_app::fail::Fail as AppFail;
use sitwith_app::live::ticket::Ticket;
use sitwith_app::media;
use sitwith_app::sits::{self, DoorNo, OpenedRun};
use sitwith_core::id::SitId;
use sitwith_core::sit::format::Format;
use sitwith_core::sit::plan::Phase;
use sitwith_core::time::Instant;

use super::facts::{MediaPaths, RoomPaths, RoomViewer, room_facts_json};
use super::snapshot::{self, RoomSnapshot};
use super::{console, panels, ring};
use crate::assets;
use crate::fail::PageError;
use crate::page::Page;
use crate::phrases;
use crate::session::Visitor;
use crate::sits::parse_sit_id;
use crate::state::WebState;

/// Shown when a sealed sit is full.
const SEALED_FULL: PageError = PageError::refusal(
    StatusCode::SERVICE_UNAVAILABLE,
    "There is no place left just now.",
    "This sit is sealed, and a sealed sit has room for 25 people. Nobody was disturbed. When \
     somebody leaves there is a place again: load this page once more in a while.",
);

/// Query of the room and of its ticket.
#[derive(Debug, Default, Deserialize)]
pub struct RoomQuery {
    /// Set to be counted but not named.
    #[serde(default)]
    quiet: Option<String>,
    /// Id of the run the page was written for.
    #[serde(default)]
    run: Option<String>,
}

/// `GET /sits/{id}/room`
pub(super) async fn show_room(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(coming): Query<RoomQuery>,
) -> Result<Response, PageError> {
    let id = parse_sit_id(&id)?;
    let opened = match sits::open_run(&state.home, &visitor.person, id).await {
        Ok(opened) => opened,
        Err(AppFail::No(DoorNo::NotYet(_))) => {
            return Ok(Redirect::to(&format!("/sits/{id}/arrive")).into_response());
        }
        Err(fail) => return Err(fail.into()),
    };
    let quiet = coming.quiet.is_some();
    let ticket = ticket_for(&state, &visitor, &opened, quiet)?;
    let here = snapshot::load_room_snapshot(&state, &opened).await?;
    if !snapshot::has_seat_for(&state, &opened, &ticket).await? {
        return Err(SEALED_FULL);
    }
    let you = RoomViewer {
        name: visitor.person.name().unwrap_or_default(),
        dye: ticket.who.dye(),
        quiet,
        guide: opened.is_guide(),
    };
    let sealed = ticket.seal(&state.home.settings().ticket_key);
    let page = render_room(&state, &visitor, &opened, &here, (&you, &sealed));
    // The page contains its own ticket and the state of this very moment.
    Ok(([(header::CACHE_CONTROL, "no-store")], page).into_response())
}

/// Response to `GET /sits/{id}/ticket`.
#[derive(Debug, Serialize)]
pub struct TicketReply {
    ticket: String,
}

/// `GET /sits/{id}/ticket`: issues a new ticket for a page whose ticket has expired. 410 if the
/// page's run is over.
pub(super) async fn issue_ticket(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(coming): Query<RoomQuery>,
) -> Result<Response, PageError> {
    let opened = sits::open_run(&state.home, &visitor.person, parse_sit_id(&id)?).await?;
    if coming.run.is_some_and(|run| run != opened.run.id.to_string()) {
        // The run of the page is over.
        return Ok(StatusCode::GONE.into_response());
    }
    let ticket = ticket_for(&state, &visitor, &opened, coming.quiet.is_some())?;
    let ticket = ticket.seal(&state.home.settings().ticket_key);
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(TicketReply { ticket })).into_response())
}

fn ticket_for(
    state: &WebState,
    visitor: &Visitor,
    opened: &OpenedRun,
    quiet: bool,
) -> Result<Ticket, PageError> {
    let now = state.home.clock.now();
    let ticket =
        Ticket::new(&visitor.person, opened.run.id, quiet, now).ok_or(PageError::Missing)?;
    Ok(ticket.with_lead_proof(opened.lead_proof()))
}

fn room_paths(sit: SitId, opened: &OpenedRun, quiet: bool) -> RoomPaths {
    let quiet = if quiet { "&quiet=1" } else { "" };
    RoomPaths {
        live: format!("/sits/{sit}/live"),
        ticket_at: format!("/sits/{sit}/ticket?run={}{quiet}", opened.run.id),
        changes: format!("/sits/{sit}/changes"),
        landing: format!("/sits/{sit}/landing"),
    }
}

/// Returns the media addresses, if the home has audio and video.
fn media_paths(state: &WebState, opened: &OpenedRun) -> Option<MediaPaths> {
    let sit = opened.sit.id;
    state.home.media.is_there().then(|| MediaPaths {
        up: format!("/sits/{sit}/up"),
        down: format!("/sits/{sit}/down"),
        answer: format!("/sits/{sit}/down/answer"),
        ice: media::turn_credential(&state.home).into_iter().collect(),
        sealed: opened.run.facts.plan.sealed,
    })
}

fn render_room(
    state: &WebState,
    visitor: &Visitor,
    opened: &OpenedRun,
    here: &RoomSnapshot,
    (you, ticket): (&RoomViewer<'_>, &str),
) -> Markup {
    let now = state.home.clock.now();
    let id = opened.sit.id;
    let paths = room_paths(id, opened, you.quiet);
    let settings = state.home.settings();
    let settled = (settings.name.as_str(), &*state.home.formats);
    let leaving = format!("/sits/{id}/leaving");
    let media = media_paths(state, opened);
    Page::new(state, visitor, &opened.sit.title)
        .minimal()
        .style("room/room.css")
        .style("room/people.css")
        .script("room/room.js")
        .render(&html! {
            (ring::figure_symbol())
            (phase_heading(opened, here, now))
            (render_circle(opened, here, you, now))
            p class="count" id="count" { (count_text(here)) }
            (room_controls(&leaving, you))
            @if opened.is_guide() {
                (console::render_console(
                    &paths.changes,
                    &here.timeline,
                    &opened.run.facts.plan,
                    now,
                ))
            } @else if visitor.access(state).guide().is_ok() {
                (console::step_in_form(&opened.sit, here.has_guide))
            }
            (panels::ease_off_dialog(&leaving))
            (panels::settings_dialog())
            noscript {
                link rel="stylesheet" href=(assets::asset_url("room/plain.css"));
                (without_script(state, visitor, opened, here))
            }
            script type="application/json" id="room-facts" {
                (room_facts_json(settled, now, opened, here, (you, ticket, &paths, media.as_ref())))
            }
        })
}

/// Renders the present phase, and an empty message area for problems.
fn phase_heading(opened: &OpenedRun, here: &RoomSnapshot, now: Instant) -> Markup {
    let segment = here.timeline.segment_at(now);
    let title = segment.map_or(opened.sit.title.as_str(), |segment| &segment.title);
    let phase = segment.and_then(|segment| segment.phase).map(usize::from);
    let phase = phase.and_then(|place| opened.run.facts.plan.phases.get(place));
    html! {
        div class="said" {
            div aria-live="polite" aria-atomic="true" {
                h1 id="phase" { (title) }
                p class="soft" id="under" {
                    (phase.map_or("", Phase::shown_words))
                }
            }
            div class="say" id="notice" role="status" hidden {
                div {
                    p {}
                    button class="b b-2" type="button" id="let-me-hear" hidden {
                        "Let me hear the bell"
                    }
                }
            }
        }
    }
}

fn render_circle(
    opened: &OpenedRun,
    here: &RoomSnapshot,
    you: &RoomViewer<'_>,
    now: Instant,
) -> Markup {
    html! {
        div class="ringbox" id="ring" {
            (ring::both_threads())
            div class="middle" {
                p id="line" aria-live="polite" {}
                p id="landing" hidden {
                    a class="b b-2" href={ "/sits/" (opened.sit.id) "/landing" } {
                        "Go gently on, whenever you like"
                    }
                }
                ol class="course" id="course" hidden[here.timeline.has_begun(now)] {
                    @for phase in &opened.run.facts.plan.phases { li { (phase.title) } }
                }
            }
            p class="word" { span id="breath-word" aria-hidden="true" {} }
            ul class="here" id="here" aria-label=(count_text(here)) {
                (ring::person_item("You", you.dye, true))
                @for (_, name, dye) in &here.named { (ring::person_item(name, *dye, false)) }
            }
        }
    }
}

/// Renders the few buttons that remain during silence; guides can also speak.
fn room_controls(leaving: &str, you: &RoomViewer<'_>) -> Markup {
    html! {
        div class="quiet" {
            (panels::give_button("mic", "Mic off", panels::MIC, you.guide))
            (panels::give_button("cam", "Camera off", panels::CAMERA, you.guide))
            button class="b b-3" type="button" id="ease" { "Ease off" }
            button class="b b-3" type="button" id="more" { "Sound and more" }
            button class="b b-3" type="button" id="me-too" hidden { "Me too" }
            form id="leaving" method="post" action=(leaving) {
                button class="b b-2" {
                    svg class="ico" aria-hidden="true" { use href="#i-door" {} }
                    " Leave softly"
                }
            }
        }
    }
}

fn count_text(here: &RoomSnapshot) -> String {
    let n = usize::try_from(here.count.present).unwrap_or(usize::MAX);
    match n {
        0 => "You are the first. Others may be on their way.".to_owned(),
        1 => "One person is here.".to_owned(),
        n => {
            format!("{} people are here.", phrases::capitalize_first(&phrases::number_in_words(n)))
        }
    }
}

/// Renders the sit's course with times, and why a script is needed, for browsers without script.
fn without_script(
    state: &WebState,
    visitor: &Visitor,
    opened: &OpenedRun,
    here: &RoomSnapshot,
) -> Markup {
    let now = state.home.clock.now();
    html! {
        div class="say" {
            div class="stack near" {
                p {
                    b { "This room needs JavaScript for its bell and its circle." }
                    " Nothing is wrong with you or your device. You can sit with us all the same: \
                     here is what happens, and when."
                }
                @if here.timeline.begun_at.is_none() {
                    (planned_course(visitor, opened))
                } @else {
                    ol class="knots" {
                        @for segment in &here.timeline.segments {
                            li class=[(segment.ends_at.is_none_or(|end| end > now)
                                && segment.starts_at <= now).then_some("now")] {
                                (segment.title) ", "
                                (phrases::in_zone(segment.starts_at, &visitor.zone)
                                    .strftime("%H:%M"))
                            }
                        }
                    }
                }
                @if is_written_round(opened, here, now) {
                    p {
                        a class="b b-2" href={ "/sits/" (opened.sit.id) "/round" } {
                            "Come to the round"
                        }
                    }
                }
                @if let Some(format) = spoken_format(state, opened, here, now) {
                    p { b { (format.title) "." } " " (format.for_all) }
                    p { "Taking the feather needs JavaScript. Listening does not." }
                }
                p { "Load the page again to see where we are." }
            }
        }
        (panels::grounding_list())
    }
}

/// Returns true if everybody may write now.
fn is_written_round(opened: &OpenedRun, here: &RoomSnapshot, now: Instant) -> bool {
    let phase = here.timeline.segment_at(now).and_then(|now| now.phase);
    let phases = &opened.run.facts.plan.phases;
    let phase = phase.and_then(|place| phases.get(usize::from(place)));
    here.timeline.has_begun(now) && phase.is_some_and(|phase| phase.is_written_round())
}

/// Returns the format of the spoken round that is on now.
fn spoken_format<'a>(
    state: &'a WebState,
    opened: &OpenedRun,
    here: &RoomSnapshot,
    now: Instant,
) -> Option<&'a Format> {
    let segment = here.timeline.segment_at(now)?;
    let phase = opened.run.facts.plan.phases.get(usize::from(segment.phase?))?;
    state.home.formats.find(phase.spoken_format()?).map(AsRef::as_ref)
}

/// Renders the course of a sit that waits for its guide, with times as if it began as planned.
fn planned_course(visitor: &Visitor, opened: &OpenedRun) -> Markup {
    let facts = &opened.run.facts;
    let parts = facts.plan.phases.iter().scan(facts.planned_at, |at, phase| {
        let from = *at;
        *at += phase.length();
        Some((phase.title.as_str(), phrases::in_zone(from, &visitor.zone)))
    });
    html! {
        p { "It waits for its guide; so the times may be a little later." }
        ol class="knots" {
            @for (title, from) in parts { li { (title) ", " (from.strftime("%H:%M")) } }
        }
    }
}
