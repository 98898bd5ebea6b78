//! One phase in the editor: its length, its position, its text and bells.

use maud::{Markup, html};
use sitwith_core::scripts::SHIPPED_SCRIPTS;
use sitwith_core::sit::format::Formats;
use sitwith_core::sit::kind::EditorFields;

use super::form::{BREATH_FIELDS, PhaseForm, PlanForm};
use super::round_fields;
use crate::forms::{self, Choice, Faults, new_field, render_fault};

const BELLS: [Choice<'static>; 4] = [
    ("", "No bell"),
    ("soft", "The soft bell"),
    ("middle", "The bell"),
    ("large", "The large bell"),
];
const BREATH_LABELS: [&str; 4] = ["Breathing in", "Holding", "Breathing out", "Resting"];

pub(super) fn render_phase(
    (typed, formats): (&PlanForm, &Formats),
    place: usize,
    part: &PhaseForm,
    faults: &Faults,
) -> Markup {
    let row = part.kind().row();
    html! {
        li class=(row.dye) {
            div {
                input type="hidden" name={ "p" (place) "-kind" } value=(row.word);
                h3 { (part.title) }
                p { (row.about) }
            }
            (length_field(typed, place, part, faults))
            (phase_buttons(typed, place, part))
            (phase_details((typed, formats), place, part, faults))
        }
    }
}

fn length_field(typed: &PlanForm, place: usize, part: &PhaseForm, faults: &Faults) -> Markup {
    let name = format!("p{place}-mins");
    let is = |button: &str| typed.focus.as_deref() == Some(&format!("{button}-{place}"));
    html! {
        div class="mins" role="group" aria-label={ "Minutes for " (part.title) } {
            button class="rb" name="do" value={ "less-" (place) } autofocus[is("less")]
                aria-label={ "Fewer minutes: " (part.title) } { "−" }
            input id=(name) name=(name) value=(part.mins) inputmode="decimal"
                aria-label={ "Minutes for " (part.title) } size="5"
                aria-invalid=[faults.message_for(&name).map(|_| "true")];
            span aria-hidden="true" { "min" }
            button class="rb" name="do" value={ "more-" (place) } autofocus[is("more")]
                aria-label={ "More minutes: " (part.title) } { "+" }
        }
        (render_fault(&name, faults))
    }
}

fn phase_buttons(typed: &PlanForm, place: usize, part: &PhaseForm) -> Markup {
    let acts = [("earlier", "Earlier"), ("later", "Later"), ("remove", "Take out")];
    html! {
        div class="acts" {
            @for (act, words) in acts {
                @let value = format!("{act}-{place}");
                button class="b b-3" name="do" value=(value)
                    autofocus[typed.focus.as_deref() == Some(value.as_str())]
                    aria-label={ (words) ": " (part.title) } { (words) }
            }
        }
    }
}

/// Renders the folded part: text, bells, and the fields of this kind of phase.
fn phase_details(
    (typed, formats): (&PlanForm, &Formats),
    place: usize,
    part: &PhaseForm,
    faults: &Faults,
) -> Markup {
    let name = |field: &str| format!("p{place}-{field}");
    let has_fault = ["title", "words", "every", "script", "prompt", "help", "format"]
        .iter()
        .chain(&BREATH_FIELDS)
        .any(|field| faults.message_for(&name(field)).is_some());
    let (title, words) = (name("title"), name("words"));
    html! {
        details class="more" open[part.is_unfolded || has_fault] {
            summary { "Words and bells" span class="vh" { " of " (part.title) } }
            div class="stack" {
                (new_field(&title, "What is it called?").value(&part.title).render(faults))
                (new_field(&words, "Words on the page while it lasts")
                    .rows(3).value(&part.words).render(faults))
                @match part.kind().row().fields {
                    EditorFields::Script => (script_fields(typed, place, part, faults)),
                    EditorFields::Breath => (breath_fields(place, part, faults)),
                    EditorFields::Round => {
                        (round_fields::render_round_fields((typed, formats), place, part, faults))
                    }
                    EditorFields::Plain | EditorFields::Interval => {}
                }
                (bell_fields(place, part, faults))
            }
        }
    }
}

fn bell_fields(place: usize, part: &PhaseForm, faults: &Faults) -> Markup {
    let name = |field: &str| format!("p{place}-{field}");
    let every = name("every");
    html! {
        div class="grid2" {
            (forms::render_select(
                &name("opens"), "At its beginning", None, &BELLS, &part.opens, faults,
            ))
            (forms::render_select(
                &name("closes"), "At its end", None, &BELLS, &part.closes, faults,
            ))
        }
        @if part.kind().row().fields == EditorFields::Interval {
            (new_field(&every, "A soft bell in between")
                .hint("Interval in minutes, like 5. Leave it empty for none.")
                .inputmode("decimal").value(&part.every).render(faults))
        }
    }
}

fn breath_fields(place: usize, part: &PhaseForm, faults: &Faults) -> Markup {
    let parts = BREATH_FIELDS.iter().zip(BREATH_LABELS).zip(&part.breath);
    html! {
        fieldset class="stack near" {
            legend class="lab" { "The breath, in seconds" }
            div class="grid2" {
                @for ((name, label), value) in parts {
                    (new_field(&format!("p{place}-{name}"), label)
                        .inputmode("decimal").value(value).render(faults))
                }
            }
        }
    }
}

fn script_fields(typed: &PlanForm, place: usize, part: &PhaseForm, faults: &Faults) -> Markup {
    let (name, library) = (format!("p{place}-script"), format!("p{place}-library"));
    let shipped = SHIPPED_SCRIPTS.map(|script| (script.name, script.title));
    let press = format!("script-{place}");
    html! {
        (new_field(&name, "The words of the practice")
            .hint("One line at a time. A line such as [pause 20] is a rest of twenty seconds.")
            .rows(8).value(&part.script).render(faults))
        div class="adding" {
            (forms::render_select(
                &library, "Words to start from", None, &shipped, &part.library, faults,
            ))
            button class="b b-2" name="do" value=(press)
                autofocus[typed.focus.as_deref() == Some(press.as_str())] { "Put them in" }
        }
    }
}
