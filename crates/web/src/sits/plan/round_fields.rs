//! The fields of a round in the editor: its format, its prompt, and what is kept of the answers.

use maud::{Markup, html};
use sitwith_core::prompts;
use sitwith_core::sit::format::Formats;
use sitwith_core::sit::plan::{Keeps, WRITTEN_FORMAT};

use super::form::{CHECKED, PhaseForm, PlanForm};
use crate::forms::{self, Choice, Faults, new_field};

const KEEPS: [Choice<'static>; 2] = [
    (Keeps::Nothing.word(), "Nothing: the words go with the sit"),
    (Keeps::Quilt.word(), "The answers whose writers say they may be shown with others"),
];

/// The fields of a round.
pub(super) fn render_round_fields(
    (typed, formats): (&PlanForm, &Formats),
    place: usize,
    part: &PhaseForm,
    faults: &Faults,
) -> Markup {
    let name = |field: &str| format!("p{place}-{field}");
    let (prompt, help) = (name("prompt"), name("help"));
    html! {
        (format_field(formats, place, part, faults))
        (prompt_library(typed, place, part, faults))
        (new_field(&prompt, "The question")
            .hint("Ask for what was learned, not for what happened.")
            .rows(2).value(&part.prompt).render(faults))
        (new_field(&help, "A line of help under it, if you like")
            .hint("It can say that little is enough, and that details may stay at home.")
            .rows(2).value(&part.help).render(faults))
        (written_round_fields(place, part, faults))
    }
}

/// Renders the choice of a format. One that this home no longer has is still listed.
fn format_field(formats: &Formats, place: usize, part: &PhaseForm, faults: &Faults) -> Markup {
    let chosen = if part.format.is_empty() { WRITTEN_FORMAT } else { &part.format };
    let mut choices: Vec<_> =
        formats.iter().map(|format| (&*format.name, &*format.title)).collect();
    let gone = format!("{chosen} (not known here any more)");
    if formats.find(chosen).is_none() {
        choices.push((chosen, &gone));
    }
    let known = formats.find(chosen);
    let hint = known.map(|format| format!("{}: {}", format.title, format.for_guide));
    forms::render_select(
        &format!("p{place}-format"),
        "How it is held",
        hint.as_deref(),
        &choices,
        chosen,
        faults,
    )
}

/// Renders the library's prompts, by group.
fn prompt_library(typed: &PlanForm, place: usize, part: &PhaseForm, faults: &Faults) -> Markup {
    let name = format!("p{place}-library");
    let press = format!("prompt-{place}");
    let library = prompts::shipped_prompts();
    let groups = library.chunk_by(|one, other| one.group == other.group);
    html! {
        div class="adding" {
            div class="field" {
                label for=(name) { "A question to start from" }
                (forms::render_fault(&name, faults))
                select id=(name) name=(name) {
                    @for group in groups {
                        optgroup label=[group.first().map(|prompt| &prompt.group)] {
                            @for prompt in group {
                                option value=(prompt.name) selected[prompt.name == part.library] {
                                    (prompt.asks)
                                }
                            }
                        }
                    }
                }
            }
            button class="b b-2" name="do" value=(press)
                autofocus[typed.focus.as_deref() == Some(press.as_str())] { "Put it in" }
        }
    }
}

/// Renders the fields that only a written round has.
fn written_round_fields(place: usize, part: &PhaseForm, faults: &Faults) -> Markup {
    let name = |field: &str| format!("p{place}-{field}");
    html! {
        fieldset class="stack near" {
            legend class="lab" { "When people write" }
            (forms::render_checkbox(&name("reads"), "I read the answers before the circle does",
                "The page says so before anybody writes.", part.reads == CHECKED))
            (forms::render_select(&name("keeps"), "What stays afterwards",
                Some("Said on the page before anybody writes. Each may keep their own words."),
                &KEEPS, &part.keeps, faults))
        }
    }
}
