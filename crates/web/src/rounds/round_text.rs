//! Texts about a round: who asks, who reads first, what is kept and until when.

use maud::{Markup, html};
use sitwith_app::rounds::{RoundFacts, RoundView};
use sitwith_core::round::Keeps;
use sitwith_core::time::Instant;

use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Renders the prompt with the name of its guide, and its help line if `with_help`.
pub(super) fn question_heading(facts: &RoundFacts, with_help: bool) -> Markup {
    html! {
        div class="stack near" {
            p class="soft" { bdi { (facts.guide_name) } " asks" }
            h1 id="r-asked" tabindex="-1" dir="auto" { (facts.prompt) }
            @if with_help && !facts.help.is_empty() {
                p class="measure" dir="auto" { (facts.help) }
            }
        }
    }
}

/// Returns the number of answers so far, as far as it may be told while the round is open.
pub(super) fn offered_text(offered: u32) -> String {
    match usize::try_from(offered).unwrap_or(usize::MAX) {
        0 => "The first words are still on their way.".to_owned(),
        count => format!("About {} have offered something.", phrases::number_in_words(count)),
    }
}

/// Says who reads the answers first.
pub(super) fn reading_order(facts: &RoundFacts) -> Markup {
    html! {
        @if facts.reads_first {
            bdi { (facts.guide_name) } " reads the answers before the circle does."
        } @else {
            "Nobody reads them before the circle does, not even the guide."
        }
    }
}

/// Says what is kept, and until when; shown before anybody writes.
pub(super) fn retention_text(state: &WebState, visitor: &Visitor, seen: &RoundView) -> Markup {
    let facts = &seen.facts;
    html! {
        @match seen.vanishes_at {
            Some(at) => { "The words go at " (moment_text(state, visitor, at)) "." },
            None if facts.run.is_some() => {
                "The words go a quarter of an hour after the sit is over."
            },
            None => { "The words go a day after the round is opened." },
        }
        " "
        @match facts.keeps {
            Keeps::Nothing => "Nothing is kept, unless you keep your own.",
            Keeps::Quilt => {
                bdi { (facts.guide_name) } " keeps the circle’s quilt: only answers whose authors \
                said that they may be shown with others stay in it."
            },
        }
    }
}

/// Formats an instant in words and figures, "half past nine (21:30)", with its weekday if it is not
/// today.
pub(super) fn moment_text(state: &WebState, visitor: &Visitor, at: Instant) -> String {
    let now = phrases::in_zone(state.home.clock.now(), &visitor.zone);
    let at = phrases::in_zone(at, &visitor.zone);
    let clock = phrases::time_in_words(at.time());
    let figures = at.strftime("%H:%M");
    if at.date() == now.date() {
        format!("{clock} ({figures})")
    } else {
        format!("{clock} on {} ({figures})", at.strftime("%A"))
    }
}

/// A message about the last action, shown once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoundMessage {
    /// Words were shared.
    Offered,
    /// Shared words were changed.
    Changed,
    /// The person passed.
    Passed,
    /// The person kept the words in the browser, and passed.
    KeptOwn,
    /// Words were withdrawn.
    Withdrawn,
}

impl RoundMessage {
    /// Returns its word in the query.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Changed => "changed",
            Self::Passed => "passed",
            Self::KeptOwn => "kept",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Returns the message of a word in the query.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        [Self::Offered, Self::Changed, Self::Passed, Self::KeptOwn, Self::Withdrawn]
            .into_iter()
            .find(|said| said.word() == word)
    }

    /// Returns the message.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Offered => "Sewn. Thank you.",
            Self::Changed => "Changed, as you wished.",
            Self::Passed => "You passed this time. That is taking part, too.",
            Self::KeptOwn => "Kept for yourself, in this browser only. That is taking part, too.",
            Self::Withdrawn => "Taken back. Your words are gone from everywhere.",
        }
    }

    /// Renders the message.
    pub(super) fn render(self) -> Markup {
        html! { p class="say" role="status" id="r-said" { (self.text()) } }
    }
}
