//! The page on which a guide poses a round between two sits.
//!
//! Like the editor of a plan it is stateless: every button sends the whole form and gets the whole
//! form back. Only "Ask it" stores anything.

use maud::{Markup, html};
use serde::Deserialize;
use sitwith_app::home::Home;
use sitwith_app::rounds::{self, Keeps, PoseNo, RoundDraft};
use sitwith_core::id::RoundId;
use sitwith_core::prompts::{self, Prompt};
use sitwith_core::sit::plan::{PROMPT_CHARS_MAX, PROMPT_HELP_CHARS_MAX};
use sitwith_core::sits::Sit;

use crate::forms::{self, Choice, Faults, new_field};
use crate::page::{Page, Section};
use crate::session::Visitor;
use crate::state::WebState;

/// Choices for how long a round is open, in hours.
const OPEN_FOR: [Choice<'static>; 7] = [
    ("1", "An hour"),
    ("3", "Three hours"),
    ("12", "Twelve hours"),
    ("24", "A day"),
    ("48", "Two days"),
    ("96", "Four days"),
    ("168", "A week"),
];
/// Default choice, in hours.
const OPEN_FOR_USUAL: &str = "24";

/// The form as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PoseForm {
    /// Id the new round will have, so that submitting twice poses it once.
    id: String,
    library: String,
    prompt: String,
    /// Help line under the prompt. The field is called `under`, for `help` is the footer's id.
    #[serde(rename = "under")]
    help: String,
    first: String,
    keeps: String,
    hours: String,
    /// Typed prompt that a prompt of the library has replaced.
    was_prompt: String,
    was_help: String,
    #[serde(rename = "do")]
    press: String,
}

impl PoseForm {
    /// Returns an empty form.
    pub(super) fn new_round(id: RoundId) -> Self {
        Self { id: id.to_string(), hours: OPEN_FOR_USUAL.to_owned(), ..Self::default() }
    }

    /// Returns the id of the new round.
    pub(super) fn id(&self, home: &Home) -> RoundId {
        self.id.parse().unwrap_or_else(|_no| rounds::fresh_round_id(home))
    }

    /// Performs a button that changes the form alone. Returns false if the round is to be posed.
    pub(super) fn press_button(&mut self) -> bool {
        match self.press.as_str() {
            "pose" => return false,
            "put" => self.put_prompt(),
            "back" if !self.was_prompt.is_empty() => {
                self.prompt = std::mem::take(&mut self.was_prompt);
                self.help = std::mem::take(&mut self.was_help);
            }
            _ => {}
        }
        true
    }

    /// Inserts a prompt of the library; what the guide wrote can be put back.
    fn put_prompt(&mut self) {
        let library = prompts::shipped_prompts();
        let Some(shipped) = library.iter().find(|prompt| prompt.name == self.library) else {
            return;
        };
        let is_own = !self.prompt.trim().is_empty()
            && library.iter().all(|prompt| prompt.asks != self.prompt);
        if is_own {
            self.was_prompt = std::mem::take(&mut self.prompt);
            self.was_help = std::mem::take(&mut self.help);
        }
        shipped.asks.clone_into(&mut self.prompt);
        shipped.help.clone_into(&mut self.help);
    }

    /// Returns what is to be posed.
    pub(super) fn posing(&self) -> RoundDraft {
        RoundDraft {
            prompt: self.prompt.replace("\r\n", "\n"),
            help: self.help.replace("\r\n", "\n"),
            reads_first: self.first == "yes",
            keeps: if self.keeps == "quilt" { Keeps::Quilt } else { Keeps::Nothing },
            hours: self.hours.trim().parse().unwrap_or(0),
        }
    }
}

/// Renders the page.
pub(super) fn pose_page(
    state: &WebState,
    visitor: &Visitor,
    sit: &Sit,
    typed: &PoseForm,
    faults: &Faults,
) -> Markup {
    Page::new(state, visitor, "Ask the circle")
        .section(Section::Guide)
        .style("round/guide.css")
        .render(&html! {
            div class="gd" {
                div class="stack near" {
                    h1 { "Ask the circle" }
                    p class="lead" {
                        "A question between two sits, for everybody who comes to "
                        (sit.title) ". They answer in their own words when it suits them, or \
                         pass; then all are shown together."
                    }
                }
                div class="cols" {
                    form class="stack far" method="post" action={ "/sits/" (sit.id) "/rounds" } {
                        // Enter in a field presses a form's first button: this one changes nothing.
                        button class="vh" name="do" value="look" tabindex="-1" aria-hidden="true" {
                            "Look"
                        }
                        input type="hidden" name="id" value=(typed.id);
                        (faults.summary())
                        (question_fields(typed, faults))
                        (reads_first_check(typed))
                        (keeps_choice(typed))
                        (forms::render_select("hours", "How long is it open?", None, &OPEN_FOR,
                            &typed.hours, faults))
                        p class="row" {
                            button class="b b-1" name="do" value="pose" { "Ask it" }
                            a class="b b-3" href={ "/sits/" (sit.id) } { "Leave it for now" }
                        }
                    }
                    (what_guides_see())
                }
            }
        })
}

fn question_fields(typed: &PoseForm, faults: &Faults) -> Markup {
    html! {
        section class="stack" aria-labelledby="question" {
            h2 class="t2" id="question" { "The question" }
            div class="adding" {
                (prompt_library(&typed.library))
                button class="b b-2" name="do" value="put" autofocus[typed.press == "put"] {
                    "Put it in"
                }
            }
            @if !typed.was_prompt.is_empty() {
                input type="hidden" name="was_prompt" value=(typed.was_prompt);
                input type="hidden" name="was_help" value=(typed.was_help);
                div class="say" role="status" {
                    div {
                        p { "Your own question made room: " q { (typed.was_prompt) } }
                        p {
                            button class="b b-3 flush" name="do" value="back" { "Put it back" }
                        }
                    }
                }
            }
            (new_field("prompt", "In your words")
                .hint("Ask for what was learned, not for what happened. One line is best.")
                .rows(3).value(&typed.prompt).render(faults))
            (new_field("under", "A line under it, if you like")
                .hint("What makes it easier to begin.")
                .rows(2).value(&typed.help).render(faults))
        }
    }
}

/// Renders the library's prompts, by group.
fn prompt_library(chosen: &str) -> Markup {
    let library = prompts::shipped_prompts();
    html! {
        div class="field" {
            label for="library" { "Questions to start from" }
            select id="library" name="library" {
                @for group in library.chunk_by(|one: &Prompt, next| one.group == next.group) {
                    optgroup label=[group.first().map(|prompt| &prompt.group)] {
                        @for prompt in group {
                            option value=(prompt.name) selected[prompt.name == chosen] {
                                (prompt.asks)
                            }
                        }
                    }
                }
            }
        }
    }
}

fn reads_first_check(typed: &PoseForm) -> Markup {
    forms::render_checkbox(
        "first",
        "I read the answers before the circle does",
        "Everybody is told so before they write. You can put them in order, then you open it.",
        typed.first == "yes",
    )
}

fn keeps_choice(typed: &PoseForm) -> Markup {
    let choices = [
        (
            "nothing",
            "Nothing",
            "A day after it is opened every word vanishes. Each may keep their own before.",
        ),
        (
            "quilt",
            "The circle\u{2019}s quilt",
            "Only answers whose authors said yes to it. The others vanish.",
        ),
    ];
    let chosen = if typed.keeps == "quilt" { "quilt" } else { "nothing" };
    html! {
        fieldset class="stack near" {
            legend class="lab" { "What is kept afterwards?" }
            @for (value, label, small) in choices {
                label class="pick" {
                    input type="radio" name="keeps" value=(value) checked[chosen == value];
                    span { b { (label) } small { (small) } }
                }
            }
        }
    }
}

/// Maps a refusal to the field it is about.
pub(super) fn faults_of(no: PoseNo) -> Faults {
    let one = |field, label, words: &str| Faults::one(field, label, words);
    match no {
        PoseNo::Prompt => {
            let words = format!("It needs a question of at most {PROMPT_CHARS_MAX} characters.");
            one("prompt", "The question", &words)
        }
        PoseNo::Help => {
            let words = format!("It can have {PROMPT_HELP_CHARS_MAX} characters.");
            one("under", "The line under it", &words)
        }
        PoseNo::Hours => one("hours", "How long it is open", "An hour to a week is possible."),
        PoseNo::Full => one(
            "prompt",
            "The question",
            "There are as many open questions as people can bear. Close one of them first.",
        ),
        PoseNo::NotNow => one("prompt", "The question", "This sit does not come back any more."),
    }
}

fn what_guides_see() -> Markup {
    html! {
        aside class="stack near" aria-labelledby="good" {
            h2 class="t2" id="good" { "What you will and will not see" }
            p class="soft" {
                "Words, once you have answered or passed yourself, and a round number of how many \
                 there are. Not who wrote what, unless they sign; not who passed, and not in which \
                 order they came. Nobody is called on."
            }
            p class="soft" {
                "A group shows once three people or more say a similar thing. You can rename it, \
                 and sew it together with another."
            }
        }
    }
}
