//! The hallway before a sit: nobody sees or hears you here. One tap says how you are, another comes
//! in.

use axum::extract::{Form, Path, State as With};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::fail::{Denied, Fail as AppFail};
use sitwith_app::sits::notes;
use sitwith_app::sits::{self, DoorNo, OpenedRun, SitView};
use sitwith_core::note::{AfterNote, CheckIn, Note};
use sitwith_core::time::{Instant, Span};

use super::snapshot::{self, RoomSnapshot};
use crate::fail::PageError;
use crate::keeper::notice::render_notice;
use crate::page::{Page, Section};
use crate::phrases;
use crate::session::Visitor;
use crate::sits::{parse_sit_id, pieces};
use crate::state::WebState;

/// Maximum number of the member's own notes shown.
const NOTES_MAX: usize = 4;
/// Maximum number of present people named.
const NAMES_MAX: usize = 7;
/// The page reloads by itself if the door opens within this time.
const REFRESH_WITHIN: Span = Span::from_mins(60);

/// The form of the hallway. All fields may be left out.
#[derive(Debug, Default, Deserialize)]
pub struct ArrivalForm {
    /// A word of [`CheckIn`] for how they are; unknown words are ignored.
    #[serde(default)]
    how: String,
    /// `quiet`: to be counted but not named.
    #[serde(default)]
    way: String,
}

/// `GET /sits/{id}/arrive`
pub(super) async fn show_hallway(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Markup, PageError> {
    let id = parse_sit_id(&id)?;
    match sits::open_run(&state.home, &visitor.person, id).await {
        Ok(opened) => {
            let here = snapshot::load_room_snapshot(&state, &opened).await?;
            let own = notes::list_own_notes(&state.home, &visitor.person).await?;
            let notice = render_notice(&state).await?;
            Ok(render_hallway(&state, &visitor, &notice, &opened, &here, &own))
        }
        Err(AppFail::No(DoorNo::NotYet(opens_at))) => {
            let seen = sits::find_sit(&state.home, &visitor.person, id).await?;
            let notice = render_notice(&state).await?;
            Ok(render_closed(&state, &visitor, &notice, &seen, opens_at))
        }
        Err(fail) => Err(fail.into()),
    }
}

/// `POST /sits/{id}/arrive`
pub(super) async fn enter_room(
    With(state): With<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(arriving): Form<ArrivalForm>,
) -> Result<Response, PageError> {
    let id = parse_sit_id(&id)?;
    let opened = sits::open_run(&state.home, &visitor.person, id).await;
    let opened = match opened {
        Ok(opened) => opened,
        Err(AppFail::No(DoorNo::NotYet(_))) => {
            return Ok(Redirect::to(&format!("/sits/{id}/arrive")).into_response());
        }
        Err(fail) => return Err(fail.into()),
    };
    if let Some(came) = CheckIn::from_words(&arriving.how) {
        // A failed check-in must not keep anybody outside.
        let kept =
            notes::keep_check_in(&state.home, &visitor.person, opened.run.id, Some(came)).await;
        if let Err(Denied::Broken(broken)) = kept {
            drop(PageError::from(broken));
        }
    }
    let quiet = if arriving.way == "quiet" { "?quiet=1" } else { "" };
    Ok(Redirect::to(&format!("/sits/{id}/room{quiet}")).into_response())
}

fn render_hallway(
    state: &WebState,
    visitor: &Visitor,
    notice: &Markup,
    opened: &OpenedRun,
    here: &RoomSnapshot,
    own: &[Note],
) -> Markup {
    let id = opened.sit.id;
    Page::new(state, visitor, "The hallway")
        .section(Section::Sits)
        .style("room/arrive.css")
        .script("room/arrive.js")
        .script_if(opened.run.facts.plan.sealed, pieces::SEALED_KEY_SCRIPT)
        .preload("room/room.js")
        .render(&html! {
            div class="hall" {
                div class="stack far" {
                    (notice)
                    div class="stack" {
                        h1 { (greet_visitor(state, visitor)) }
                        p class="lead" {
                            "This is the hallway. Nobody can see or hear you here. "
                            (bell_time_text(state, visitor, opened))
                        }
                    }
                    form class="stack far" method="post" action={ "/sits/" (id) "/arrive" } {
                        (check_in_choice())
                        (seat_choice())
                        div class="stack" {
                            p class="row" {
                                button class="b b-1" { "Come in" }
                                a class="b b-3" href="/" { "Not tonight" }
                                a class="b b-3" href={ "/sits/" (id) "/unsure" } {
                                    "Not sure today?"
                                }
                            }
                            p class="measure" {
                                b { "You can leave any time." } " "
                                span class="soft" {
                                    "Nobody is told, nothing is marked, and you can come back in."
                                }
                            }
                            (pieces::sealed_text(id, &opened.run.facts.plan))
                            p class="measure soft" {
                                "Camera and microphone are off, and this home never turns them on."
                            }
                        }
                    }
                }
                div class="stack far" {
                    (earlier_notes(visitor, own))
                    (people_here(here))
                    section class="stack near" aria-labelledby="goes" {
                        h2 class="t2" id="goes" { "How it goes" }
                        (pieces::sit_outline(&opened.sit))
                    }
                }
            }
        })
}

fn greet_visitor(state: &WebState, visitor: &Visitor) -> String {
    let now = phrases::in_zone(state.home.clock.now(), &visitor.zone);
    match visitor.person.name() {
        Some(name) => format!("{}, {name}.", phrases::greet_by_hour(&now)),
        None => format!("{}.", phrases::greet_by_hour(&now)),
    }
}

/// Says when the bell rings; or that it has rung already, and that they are still welcome.
fn bell_time_text(state: &WebState, visitor: &Visitor, opened: &OpenedRun) -> String {
    let timeline = &opened.timeline;
    if timeline.has_begun(state.home.clock.now()) {
        return "The sit has begun. You are in time: come in quietly, and nobody will be disturbed."
            .to_owned();
    }
    let at = timeline.begun_at.unwrap_or(timeline.planned_at);
    let at = phrases::in_zone(at, &visitor.zone);
    let by_guide = timeline.begun_at.is_none();
    let about = if by_guide { "about " } else { "" };
    format!(
        "The bell is at {about}{} ({}).",
        phrases::time_in_words(at.time()),
        at.strftime("%H:%M")
    )
}

/// Choices for how somebody is: value, label, dye, and the path and dot of a drawn thread.
const THREADS: [(CheckIn, &str, &str, &str, [&str; 3]); 6] = [
    (CheckIn::Heavy, "Heavy", "d-madder", "M2 8C16 10 22 38 32 38S48 10 62 8", ["32", "38", "6.5"]),
    (
        CheckIn::StirredUp,
        "Stirred up",
        "d-rosehip",
        "M2 22C8 2 12 2 17 22S27 40 32 20 42 4 47 22 57 34 62 16",
        ["32", "20", "4.5"],
    ),
    (CheckIn::Numb, "Numb", "d-walnut", "M2 22H26M38 22H62", ["32", "22", "4.5"]),
    (
        CheckIn::Tired,
        "Tired",
        "d-indigo",
        "M2 14C18 14 30 26 40 32S56 34 62 34",
        ["44", "33", "5.5"],
    ),
    (CheckIn::AllRight, "All right", "d-woad", "M2 20C20 24 44 24 62 20", ["32", "23", "5"]),
    (CheckIn::Light, "Light", "d-weld", "M2 26C18 24 24 10 32 10S46 24 62 26", ["32", "10", "4"]),
];

/// Renders the drawing of a thread.
fn thread_drawing(came: CheckIn) -> Markup {
    let found = THREADS.iter().find(|(one, ..)| *one == came);
    html! {
        @if let Some((_, _, dye, path, [cx, cy, r])) = found {
            svg class=(dye) viewBox="0 0 64 44" aria-hidden="true" {
                path d=(path) {}
                circle cx=(cx) cy=(cy) r=(r) {}
            }
        }
    }
}

fn check_in_choice() -> Markup {
    html! {
        fieldset class="stack near" {
            legend class="v t3" { "How is it in you, just now?" }
            p class="soft" { "One touch, or none. Only you will ever see this." }
            div class="how" {
                @for (came, words, dye, ..) in THREADS {
                    label class=(dye) {
                        input type="radio" name="how" value=(came.words());
                        (thread_drawing(came))
                        (words)
                    }
                }
            }
            p class="answer" role="status" id="answer" {}
        }
    }
}

fn seat_choice() -> Markup {
    html! {
        fieldset class="stack near" {
            legend class="v t2" { "How would you like to sit?" }
            div class="ways two" {
                label class="pick" {
                    input type="radio" name="way" value="named" checked;
                    span {
                        b { "With my name" }
                        small { "The others see that you are here. Nothing else." }
                    }
                }
                label class="pick" {
                    input type="radio" name="way" value="quiet";
                    span {
                        b { "Quietly" }
                        small { "Counted, but not named to anyone." }
                    }
                }
            }
        }
    }
}

fn earlier_notes(visitor: &Visitor, own: &[Note]) -> Markup {
    html! {
        @if !own.is_empty() {
            section class="stack near" aria-labelledby="af" {
                h2 class="t2" id="af" { "After earlier sits" }
                p class="soft" { "What you told yourself. Only you see this." }
                ul class="then" {
                    @for note in own.iter().take(NOTES_MAX) { (earlier_note(visitor, note)) }
                }
            }
        }
    }
}

fn earlier_note(visitor: &Visitor, note: &Note) -> Markup {
    let day = phrases::format_day(&phrases::in_zone(note.planned_at, &visitor.zone));
    let left = note.after_note.map(|after| match after {
        AfterNote::Comfort => "You were comforted.",
        AfterNote::Insight => "Something became clear.",
        AfterNote::Hard => "It was hard.",
        AfterNote::Neither => "You came.",
    });
    html! {
        li {
            @if let Some(came) = note.check_in { (thread_drawing(came)) } @else { span {} }
            span {
                @if let Some(came) = note.check_in { "You came " (came.words()) ". " }
                @if let Some(left) = left { (left) " " }
                @if let Some(line) = &note.own_words { q class="v it" { (line) } }
                small { (day) }
            }
        }
    }
}

fn people_here(here: &RoomSnapshot) -> Markup {
    let names: Vec<String> = here.named.iter().map(|(_, name, _)| name.clone()).collect();
    html! {
        @if here.count.present > 0 {
            section class="stack near" aria-labelledby="wh" {
                h2 class="t2" id="wh" { "Already here" }
                @if !names.is_empty() {
                    p { (pieces::seat_initials(&names, NAMES_MAX)) }
                    p { (phrases::list_names(&names, NAMES_MAX)) "." }
                }
                @if here.count.quiet > 0 {
                    p class="soft" { (snapshot::quiet_text(here.count, !names.is_empty())) }
                }
            }
        }
    }
}

/// Renders the hallway while the door is still closed.
fn render_closed(
    state: &WebState,
    visitor: &Visitor,
    notice: &Markup,
    seen: &SitView,
    opens_at: Instant,
) -> Markup {
    let left = opens_at.since(state.home.clock.now());
    let opens = phrases::in_zone(opens_at, &visitor.zone);
    let opens_in_words = phrases::time_in_words(opens.time());
    Page::new(state, visitor, "The hallway")
        .section(Section::Sits)
        .style("room/arrive.css")
        .script_if(seen.sit.plan.sealed, pieces::SEALED_KEY_SCRIPT)
        .refresh_after((left < REFRESH_WITHIN).then_some(left + Span::from_secs(1)))
        .render(&html! {
            div class="hall" {
                div class="stack far" {
                    (notice)
                    div class="stack" {
                        h1 { (greet_visitor(state, visitor)) }
                        p class="lead" {
                            "The door opens at " (opens_in_words)
                            " (" (opens.strftime("%H:%M")) "). There is nothing to do until then."
                        }
                    }
                    @if let Some(next) = &seen.next {
                        p { (pieces::time_and_length(state, visitor, &seen.sit, next)) }
                    }
                    (pieces::sealed_text(seen.sit.id, &seen.sit.plan))
                    @if left < REFRESH_WITHIN {
                        p class="soft" { "You can stay here: this page opens the door by itself." }
                    }
                    p class="row" {
                        a class="b b-2" href={ "/sits/" (seen.sit.id) } { "About this sit" }
                        a class="b b-3" href="/" { "Not tonight" }
                        a class="b b-3" href={ "/sits/" (seen.sit.id) "/unsure" } {
                            "Not sure today?"
                        }
                    }
                }
                section class="stack near" aria-labelledby="goes" {
                    h2 class="t2" id="goes" { "How it goes" }
                    (pieces::sit_outline(&seen.sit))
                }
            }
        })
}
