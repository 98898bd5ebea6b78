//! Dialogs of the room: ease off, and personal settings.

use maud::{Markup, html};

/// Icon paths of a microphone and a camera.
pub(super) const MIC: &str = "M12 3.5a2.7 2.7 0 0 0-2.7 2.7v5a2.7 2.7 0 0 0 5.4 0v-5A2.7 2.7 0 0 0 \
    12 3.5ZM6 11.5a6 6 0 0 0 12 0M12 17.5V21";
pub(super) const CAMERA: &str = "M4 7.5c2-.6 8-.6 10.5 0 .3 3 .3 6 0 9-2.5.6-8.5.6-10.5 0-.4-3-.4 \
    -6 0-9ZM14.6 10.5 20 7.8v8.4l-5.4-2.7";

/// Renders a button for microphone or camera: off on arrival, and hidden until a script can turn it
/// on. During silence it is hidden unless it is on or the person guides.
pub(super) fn give_button(id: &str, words: &str, drawn: &str, is_guide: bool) -> Markup {
    html! {
        button class={ "b give" @if is_guide { " guides" } } type="button" id=(id)
            aria-pressed="false" hidden {
            svg class="ico" viewBox="0 0 24 24" aria-hidden="true" {
                path d=(drawn) {}
                path class="slash" d="M4 3l16 18" {}
            }
            span { (words) }
        }
    }
}

/// Renders ways to make a sit easier, at any moment. Nobody is told that the dialog was opened.
pub(super) fn ease_off_dialog(leaving: &str) -> Markup {
    html! {
        dialog id="ease-off" aria-labelledby="ease-title" class="panel" {
            div class="stack" {
                h2 id="ease-title" { "Make it easier" }
                p class="soft" { "Nobody sees that you opened this." }
                (grounding_list())
                p { "You may stop at any moment. Stopping is part of practising." }
                div class="row" {
                    button class="b b-2" type="button" data-close { "Back to the room" }
                    form id="ease-leaving" method="post" action=(leaving) {
                        button class="b b-2" { "Leave softly" }
                    }
                    a class="b b-3 help" href="/help" { "Help now" }
                }
            }
        }
    }
}

/// Renders five grounding exercises.
pub(super) fn grounding_list() -> Markup {
    html! {
        ul class="grounding" {
            li { "Open your eyes, if they are closed. Let them rest on something." }
            li { "Feel your feet, and what holds them." }
            li { "Listen for three sounds, near or far." }
            li { "Look around slowly, and name where you are." }
            li { "Move, stretch, drink something. Breathe in your own time." }
        }
    }
}

/// Renders the settings for sound, breath, quiet seat and headphones, the present phase, and who is
/// here. They are needed rarely, so they are kept out of sight.
pub(super) fn settings_dialog() -> Markup {
    html! {
        dialog id="room-panel" aria-labelledby="room-title" class="panel" {
            div class="stack" {
                h2 id="room-title" { "The room, for you" }
                div class="stack near" {
                    p { button class="b b-2" type="button" id="ask-where" { "Where are we?" } }
                    p role="status" id="where" {}
                }
                p class="switch" {
                    button class="b b-2" type="button" id="turn-sound" { "Turn the bell off" }
                    button class="b b-3" type="button" id="try-bell" { "Hear it once" }
                }
                p class="switch" {
                    button class="b b-2" type="button" id="turn-breath" { "Hide the breath" }
                    button class="b b-2" type="button" id="turn-quiet" { "Sit quietly, unnamed" }
                }
                div class="field" {
                    label for="delay" { "Wireless headphones" }
                    span class="hint" {
                        "They often play late. Move this until the bell and the rings begin together."
                    }
                    input id="delay" type="range" min="0" max="500" step="10" value="0"
                        aria-describedby="delay-words";
                    p class="soft small" id="delay-words" { "No correction" }
                }
                details {
                    summary { "Who is here" }
                    ul class="names" id="names" {}
                }
                p { button class="b b-3 flush" type="button" data-close { "Back to the room" } }
            }
        }
    }
}
