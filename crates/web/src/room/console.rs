//! The guide's console, folded by default so that the guide can practise, too. Plain forms that
//! work without script; with script they are sent without leaving the page.

use maud::{Markup, html};
use sitwith_core::sit::plan::{Phase, Plan};
use sitwith_core::sit::run::Timeline;
use sitwith_core::sits::Sit;
use sitwith_core::time::Instant;

/// Renders the guide's buttons and the prompter.
pub(super) fn render_console(
    changes: &str,
    timeline: &Timeline,
    plan: &Plan,
    now: Instant,
) -> Markup {
    let round = changes.replace("/changes", "/round/guide");
    let people = changes.replace("/changes", "/people");
    let is_asked = timeline
        .segment_at(now)
        .and_then(|segment| plan.phases.get(usize::from(segment.phase?)))
        .is_some_and(Phase::is_written_round);
    let has_begun = timeline.has_begun(now);
    let is_held = timeline.held_at.is_some();
    html! {
        details class="console" id="console" open[!has_begun] {
            summary { "For you who guide" }
            div class="rows" {
                div class="stack" {
                    div class="stack near" {
                        p data-guide="now" {}
                        p class="soft" data-guide="next" {}
                    }
                    form method="post" action=(changes) data-guide="before" hidden[has_begun] {
                        button class="b b-1" name="what" value="begin" { "Begin now" }
                    }
                    div class="stack" data-guide="during" hidden[!has_begun] {
                        (course_buttons(changes, is_held))
                        (time_buttons(changes))
                        (bell_buttons(changes))
                    }
                    // In a new tab, so that the guide's socket in the room stays open.
                    p data-guide="round" hidden[!is_asked] {
                        a class="b b-2" href=(round) target="_blank" rel="noopener" {
                            "Guide this round, in a new tab"
                        }
                    }
                    p {
                        a class="b b-2" href=(people) target="_blank" rel="noopener" {
                            "Take somebody out, in a new tab"
                        }
                    }
                    p role="status" data-guide="answer" {}
                    p class="soft small" data-guide="bells" {}
                }
                div class="stack near prompter" {
                    p class="dim" data-guide="said-before" {}
                    p data-guide="said-now" {}
                    p class="dim" data-guide="said-next" {}
                    p class="soft small" data-guide="said-until" {}
                }
            }
        }
    }
}

/// Renders the form by which a guide of the home who is not among the sit's guides steps in.
pub(super) fn step_in_form(sit: &Sit, has_guide: bool) -> Markup {
    html! {
        details class="console" id="step-in" open[!has_guide] {
            summary { "For you who guide" }
            div class="stack near" {
                p {
                    @if has_guide { "Somebody who leads this sit is here." }
                    @else { "None of those who lead this sit is here." }
                    " Should they have to go, or not come, you can step in."
                }
                form method="post" action={ "/sits/" (sit.id) "/step-in" } {
                    button class="b b-2" { "Step in and lead it this time" }
                }
                p class="soft small" {
                    "You are shown to everybody as a guide then. " (sit.guide_name)
                    " can come back at any time; nobody has to hand over."
                }
            }
        }
    }
}

fn course_buttons(changes: &str, is_held: bool) -> Markup {
    html! {
        form method="post" action=(changes) {
            span data-guide="going" hidden[is_held] {
                button class="b b-2" name="what" value="hold" { "Hold here" }
            }
            span data-guide="held" hidden[!is_held] {
                button class="b b-1" name="what" value="go_on" { "Go on" }
            }
            button class="b b-2" name="what" value="skip" { "Next part" }
            button class="b b-2" name="what" value="back" { "Part before" }
            button class="b b-2" name="what" value="close" { "Come to the close" }
        }
    }
}

fn time_buttons(changes: &str) -> Markup {
    let lengths = [("extend", 60, "A minute more"), ("extend", 180, "Three minutes more")];
    html! {
        div class="row near" {
            @for (what, seconds, words) in lengths {
                (change_form(changes, what, ("s", &seconds.to_string()), words))
            }
            (change_form(changes, "shorten", ("s", "60"), "A minute less"))
            (change_form(changes, "silence", ("s", "180"), "Three minutes of silence after this"))
        }
    }
}

fn bell_buttons(changes: &str) -> Markup {
    let bells = [("soft", "Soft bell"), ("middle", "Bell"), ("large", "Large bell")];
    html! {
        div class="row near" role="group" aria-label="Ring now" {
            @for (bell, words) in bells { (change_form(changes, "ring", ("bell", bell), words)) }
        }
    }
}

/// Renders a form with one button for one change.
fn change_form(changes: &str, what: &str, more: (&str, &str), words: &str) -> Markup {
    html! {
        form method="post" action=(changes) {
            input type="hidden" name="what" value=(what);
            input type="hidden" name=(more.0) value=(more.1);
            button class="b b-2" { (words) }
        }
    }
}
