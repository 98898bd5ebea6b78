//! The prompt, a sheet to write on, and equally prominent ways to share or to pass.

use maud::{Markup, html};
use sitwith_app::rounds::{OwnPart, RoundView};

use super::round_text;
use crate::forms::{Faults, render_checkbox, render_fault};
use crate::page;
use crate::session::Visitor;
use crate::state::WebState;

/// Id of the sheet; links from error messages lead there.
pub(super) const SHEET: &str = "r-words";
/// Maximum number of patches drawn for the answers so far.
const PATCHES_DRAWN_MAX: u32 = 24;
/// Dyes of those patches, in order.
const PATCH_DYES: [&str; 7] =
    ["d-indigo", "d-weld", "d-walnut", "d-lichen", "d-rosehip", "d-madder", "d-woad"];

/// Contents of the sheet and its options, as typed or as shared before.
#[derive(Clone, Default)]
pub(super) struct Sheet {
    /// Words as typed.
    pub words: String,
    /// True if the name is shown beside them.
    pub signed: bool,
    /// True if they may be read aloud.
    pub aloud: bool,
    /// True if they may be shown with others.
    pub beyond: bool,
    /// Idempotency key: a form that is sent twice shares once.
    pub key: String,
}

impl Sheet {
    /// Returns the sheet of an earlier share, to be changed.
    pub(super) fn from_share(mine: &OwnPart, key: String) -> Self {
        match mine {
            OwnPart::Shared(share) => Self {
                words: share.words.to_string(),
                signed: share.signed,
                aloud: share.aloud,
                beyond: share.beyond,
                key,
            },
            OwnPart::Nothing | OwnPart::Passed => Self { key, ..Self::default() },
        }
    }
}

/// Renders the prompt, the sheet and its options.
pub(super) fn share_form(
    state: &WebState,
    visitor: &Visitor,
    seen: &RoundView,
    sheet: &Sheet,
    faults: &Faults,
) -> Markup {
    let facts = &seen.facts;
    let id = facts.id;
    let changes = matches!(seen.own_part, OwnPart::Shared(_));
    html! {
        form class="ask stack wide" id="r-offer" method="post" action={ "/rounds/" (id) "/share" } {
            (faults.summary())
            (round_text::question_heading(facts, true))
            (words_field(sheet, faults))
            (care_card(state))
            p class="soft measure" {
                (round_text::reading_order(&seen.facts)) " "
                (round_text::retention_text(state, visitor, seen))
            }
            (signing_choice(visitor, sheet))
            (consent_checks(seen, sheet))
            input type="hidden" name="key" value=(sheet.key);
            @if changes { (change_buttons(seen)) } @else { (share_buttons(seen)) }
            (shares_so_far(state, visitor, seen))
        }
        @if !changes {
            form id="r-pass" method="post" action={ "/rounds/" (id) "/pass" } {}
        }
    }
}

fn words_field(sheet: &Sheet, faults: &Faults) -> Markup {
    let has_fault = faults.message_for(SHEET).is_some();
    let described = if has_fault { "r-words-h r-words-e" } else { "r-words-h" };
    html! {
        div class="stack near" {
            (render_fault(SHEET, faults))
            div class="patch sewn paper d-plain" {
                label class="vh" for=(SHEET) { "Your answer, in your own words" }
                // The HTML parser drops a newline right after the tag, so one is added.
                textarea id=(SHEET) name="words" dir="auto" aria-describedby=(described)
                    aria-invalid=[has_fault.then_some("true")] autocomplete="off"
                    placeholder="In your own words. One line is plenty." {
                    "\n" (sheet.words)
                }
            }
        }
        p class="soft" id="r-words-h" {
            "Spelling does not matter. You can change it until others see it."
            span data-script hidden {
                " Until you offer it, it stays in this browser and nowhere else."
            }
        }
    }
}

/// Renders the help lines for the writer alone: the browser decides to show them, and nobody is
/// told.
pub(super) fn care_card(state: &WebState) -> Markup {
    html! {
        div class="say care" id="r-care" role="status" hidden {
            div class="stack near" {
                p {
                    b { "If it is very heavy just now, you need not be alone with it." }
                    " You can offer these words as they are. Only you see this card."
                }
                (page::help_lines(page::footer_lines(&state.home.settings().help_lines)))
                p class="row" {
                    a class="b b-3 flush" href="/help" target="_blank" rel="noopener" {
                        "Lines in other countries"
                    }
                    button class="b b-3" type="button" data-put-away { "Put this card away" }
                }
            }
        }
    }
}

fn signing_choice(visitor: &Visitor, sheet: &Sheet) -> Markup {
    html! {
        fieldset {
            legend class="lab" { "How would you like to offer it?" }
            div class="pair" {
                label class="pick" {
                    input type="radio" name="as" value="unsigned" checked[!sheet.signed];
                    span {
                        b { "Unsigned" }
                        small { "Nobody sees who wrote it, not even the guide." }
                    }
                }
                @if let Some(name) = visitor.person.name() {
                    label class="pick" {
                        input type="radio" name="as" value="signed" checked[sheet.signed];
                        span {
                            b { "With my name" }
                            small { "Shown as " bdi { (name) } "." }
                        }
                    }
                }
            }
        }
    }
}

fn consent_checks(seen: &RoundView, sheet: &Sheet) -> Markup {
    let guide = &seen.facts.guide_name;
    let aloud = format!("{guide} may read it to the circle.");
    html! {
        fieldset {
            legend class="lab" { "Only if you like" }
            div class="pair" {
                (render_checkbox("aloud", "It may be read aloud", &aloud, sheet.aloud))
                (render_checkbox(
                    "beyond",
                    "It may be shown with others",
                    "As the name of a group, in a picture that somebody saves, and in the quilt if \
                     it is kept.",
                    sheet.beyond,
                ))
            }
        }
    }
}

fn share_buttons(seen: &RoundView) -> Markup {
    let has_passed = matches!(seen.own_part, OwnPart::Passed);
    html! {
        div class="row ways-on" {
            button class="b b-1" { "Offer it to the circle" }
            // Without script the words would be lost, so this is not offered.
            button class="b b-2" form="r-pass" data-keep data-script hidden {
                "Keep it for myself"
            }
            @if has_passed {
                a class="b b-2" data-part href={ "/rounds/" (seen.facts.id) } {
                    "Leave it at passing"
                }
            } @else {
                button class="b b-2" form="r-pass" { "Pass this time" }
            }
        }
    }
}

fn change_buttons(seen: &RoundView) -> Markup {
    html! {
        div class="row ways-on" {
            button class="b b-1" { "Offer it like this" }
            a class="b b-2" data-part href={ "/rounds/" (seen.facts.id) } {
                "Leave it as it was"
            }
        }
    }
}

/// Renders the number of answers, the closing time, and where answers are compared.
fn shares_so_far(state: &WebState, visitor: &Visitor, seen: &RoundView) -> Markup {
    html! {
        div class="stack near so-far" {
            (render_offered_count(seen.share_count))
            @if let Some(closes_at) = seen.closes_at.filter(|_| seen.facts.run.is_none()) {
                p {
                    "It stays open until " (round_text::moment_text(state, visitor, closes_at)) "."
                }
            }
            p class="soft measure" {
                "Answers that say a similar thing are laid side by side. That is done on our own \
                 machine. Nothing you write is sent anywhere else."
            }
        }
    }
}

/// Renders the number of answers. It is rounded down, so that nobody can watch it change when one
/// person shares something.
pub(super) fn render_offered_count(offered: u32) -> Markup {
    let bits = usize::try_from(offered.min(PATCHES_DRAWN_MAX)).unwrap_or(0);
    html! {
        div class="stack near" id="r-count" {
            @if bits > 0 {
                div class="bits" aria-hidden="true" {
                    @for dye in PATCH_DYES.iter().cycle().take(bits) { i class=(dye) {} }
                }
            }
            p { (round_text::offered_text(offered)) " There is no hurry." }
        }
    }
}
