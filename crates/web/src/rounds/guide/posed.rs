//! The guide's page while people answer: a rounded number, a button to close, a second question.

use maud::{Markup, html};
use sitwith_app::rounds::{Keeps, OwnPart, RoundFacts};

use super::super::round_text;
use super::page::{RoundDesk, retention_text};
use crate::forms::new_field;
use crate::phrases;

impl RoundDesk<'_> {
    pub(super) fn render_posed(&self) -> Markup {
        let seen = self.seen;
        html! {
            section class="stack" aria-label="How it stands" {
                p class="lead" { (offered_count_text(seen.share_count)) }
                (self.closing_time())
                (reading_order_text(&seen.facts))
                p class="soft measure" {
                    "You see a round number and never who. Whoever passes or writes nothing is \
                     not marked anywhere."
                }
                p class="row" {
                    @if seen.own_part == OwnPart::Nothing {
                        a class="b b-2" href={ "/rounds/" (seen.facts.id) } { "Answer it yourself" }
                    } @else {
                        a class="b b-2" href={ "/rounds/" (seen.facts.id) } { "See the round" }
                    }
                    a class="b b-3" href={ "/rounds/" (seen.facts.id) "/guide" } { "Look again" }
                }
            }
            section class="stack near" aria-labelledby="close" {
                h2 class="t2" id="close" { "Close it" }
                p class="measure" { (closing_text(&seen.facts)) " A closed round stays closed." }
                (self.button("close", "b b-2", "Close it now"))
            }
            @if self.can_ask_again() { (self.ask_again_form()) }
            (self.keeps_form())
            (self.render_table())
        }
    }

    fn closing_time(&self) -> Markup {
        html! {
            @match (self.seen.closes_at, self.seen.facts.run) {
                (Some(at), None) => p {
                    "It closes by itself at "
                    (round_text::moment_text(self.state, self.visitor, at)) "."
                },
                (_, Some(_)) => p { "It closes by itself with its part of the sit." },
                (None, None) => {}
            }
        }
    }

    /// Renders the form of a second question in the same phase.
    fn ask_again_form(&self) -> Markup {
        let (prompt, help) = self.unsaved.again;
        let is_open = !prompt.is_empty() || !help.is_empty() || !self.faults.is_empty();
        html! {
            section class="stack near" aria-labelledby="again" {
                h2 class="t2" id="again" { "Ask something further" }
                details open[is_open] {
                    summary { "A second question" }
                    form class="stack" method="post" action=(self.action()) {
                        p class="soft" {
                            "This one closes, and everybody who is here is asked the next. It goes \
                             on in the same manner."
                        }
                        (new_field("prompt", "In your words")
                            .hint("Ask for what was learned, not for what happened.")
                            .rows(2).value(prompt).render(self.faults))
                        (new_field("under", "A line under it, if you like")
                            .rows(2).value(help).render(self.faults))
                        p { button class="b b-2" name="do" value="again" { "Ask it" } }
                    }
                }
            }
        }
    }

    /// Renders what is kept. It can be reduced at any time, and extended only until somebody has
    /// written: people write knowing what is kept.
    fn keeps_form(&self) -> Markup {
        let facts = &self.seen.facts;
        html! {
            section class="stack near" aria-labelledby="kept" {
                h2 class="t2" id="kept" { "What is kept" }
                p class="measure" { (retention_text(facts)) }
                form method="post" action=(self.action()) {
                    @match facts.keeps {
                        Keeps::Quilt => {
                            input type="hidden" name="keeps" value="nothing";
                            button class="b b-3 flush" name="do" value="keep" {
                                "Keep nothing after all"
                            }
                        }
                        Keeps::Nothing if self.seen.share_count == 0 => {
                            input type="hidden" name="keeps" value="quilt";
                            button class="b b-3 flush" name="do" value="keep" {
                                "Keep the circle\u{2019}s quilt, if nobody has written yet"
                            }
                        }
                        Keeps::Nothing => {}
                    }
                }
            }
        }
    }
}

/// Returns the number of answers, rounded so that it reveals no single arrival.
fn offered_count_text(count: u32) -> String {
    match usize::try_from(count).unwrap_or(usize::MAX) {
        0 => "A few words may have come. A number is said from three on.".to_owned(),
        count => format!(
            "{} or a few more have offered something. There is no hurry.",
            phrases::capitalize_first(&phrases::number_in_words(count))
        ),
    }
}

fn reading_order_text(facts: &RoundFacts) -> Markup {
    html! {
        @if facts.reads_first {
            p { "You read the answers before the circle does. Everybody was told so." }
        } @else {
            p { "Whoever has answered or passed sees what is there already." }
        }
    }
}

const fn closing_text(facts: &RoundFacts) -> &'static str {
    if facts.reads_first {
        "Nobody can answer any more. You read, put in order, and open it when you like."
    } else {
        "Nobody can answer any more, and all answers are shown together."
    }
}
