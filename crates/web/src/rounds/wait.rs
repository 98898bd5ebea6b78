//! The page after answering or passing: one's own words, and what happens next.

use maud::{Markup, html};
use sitwith_app::rounds::{OwnPart, OwnShare, RoundView};
use sitwith_core::round::RoundStep;

use super::{ask, round_text};
use crate::session::Visitor;
use crate::state::WebState;

/// Renders the page while others write, or while the guide reads.
pub(super) fn waiting_page(state: &WebState, visitor: &Visitor, seen: &RoundView) -> Markup {
    let is_posed = seen.step == RoundStep::Posed;
    html! {
        div class="ask stack wide" {
            (round_text::question_heading(&seen.facts, false))
            (ask::care_card(state))
            (own_share_or_pass(seen))
            @if is_posed {
                (what_comes_next(seen))
                (ask::render_offered_count(seen.share_count))
            } @else {
                (closed_text(seen))
            }
            p class="soft measure" { (round_text::retention_text(state, visitor, seen)) }
            noscript { p class="soft" { "Load the page again to see how far it is." } }
        }
    }
}

/// Renders one's own words, or that one passed.
pub(super) fn own_share_or_pass(seen: &RoundView) -> Markup {
    let id = seen.facts.id;
    let is_posed = seen.step == RoundStep::Posed;
    html! {
        @match &seen.own_part {
            OwnPart::Shared(share) => (own_share_section(seen, share)),
            OwnPart::Passed => {
                @if is_posed {
                    p class="lead" { "You are with us, and nothing more is needed." }
                    p class="row" {
                        a class="b b-2" data-part href={ "/rounds/" (id) "?change=1" } {
                            "Write something after all"
                        }
                    }
                }
                (browser_copy())
            },
            OwnPart::Nothing => (browser_copy()),
        }
    }
}

/// Renders an empty section that the script fills with words kept in this browser; otherwise it
/// stays hidden.
fn browser_copy() -> Markup {
    html! {
        section class="stack near" id="r-kept" aria-labelledby="r-kept-t" hidden {
            h2 class="t2" id="r-kept-t" { "What you wrote, in this browser only" }
            blockquote class="patch sewn paper own d-plain" dir="auto" {}
            p class="row" {
                button class="b b-3 flush" type="button" data-forget {
                    "Erase it from this browser"
                }
            }
        }
    }
}

fn own_share_section(seen: &RoundView, share: &OwnShare) -> Markup {
    let id = seen.facts.id;
    let may_change = seen.step == RoundStep::Posed && !share.is_shown;
    html! {
        section class="stack near" aria-labelledby="r-own" {
            h2 class="t2" id="r-own" { "What you offered" }
            blockquote class="patch sewn paper own d-plain" dir="auto" { (share.words) }
            p class="soft measure" { (consent_text(share)) }
            div class="row" {
                @if may_change {
                    a class="b b-2" data-part href={ "/rounds/" (id) "?change=1" } { "Change it" }
                }
                form method="post" action={ "/rounds/" (id) "/withdraw" } {
                    button class="b b-3 flush" { "Take it back" }
                }
            }
        }
    }
}

/// Says in one line what the author has allowed.
fn consent_text(share: &OwnShare) -> String {
    let signed = if share.signed { "With your name." } else { "Unsigned." };
    let more = match (share.aloud, share.beyond) {
        (true, true) => "It may be read aloud, and shown with others.",
        (true, false) => "It may be read aloud; it stays in this round.",
        (false, true) => "It may be shown with others; it is not read aloud.",
        (false, false) => "It is not read aloud, and stays in this round.",
    };
    format!("{signed} {more}")
}

fn what_comes_next(seen: &RoundView) -> Markup {
    let guide = &seen.facts.guide_name;
    html! {
        p class="measure" {
            @if seen.facts.reads_first {
                "When the round closes, " bdi { (guide) } " reads the answers. Then they are \
                 opened for everybody at once."
            } @else {
                "Answers are shown a few together, so that nobody can tell whose came when. When \
                 the round closes, everything is sewn into one quilt."
            }
        }
    }
}

fn closed_text(seen: &RoundView) -> Markup {
    let guide = &seen.facts.guide_name;
    html! {
        p class="lead" {
            @if seen.facts.reads_first {
                "The round is closed. " bdi { (guide) } " reads the answers before the circle does."
            } @else {
                "The round is closed. The answers are being laid side by side."
            }
        }
        @if matches!(seen.own_part, OwnPart::Nothing) {
            p class="measure" { "Nothing is missing. You can see what was said when it is opened." }
        }
    }
}

/// Renders the gate of an opened round for a person who has neither answered nor passed.
pub(super) fn gate_page(seen: &RoundView) -> Markup {
    html! {
        div class="ask stack wide" {
            (round_text::question_heading(&seen.facts, false))
            p class="lead" { "The round is opened. You need not have answered to read it." }
            (browser_copy())
            form method="post" action={ "/rounds/" (seen.facts.id) "/pass" } {
                button class="b b-1" { "See what was said" }
            }
        }
    }
}
