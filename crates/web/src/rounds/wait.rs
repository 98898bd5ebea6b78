//! The page after answering or passing: one's own words, and what happens next.

use maud::{Markup, html};
use sitwith_app::rounds::{Mine, MyShare, Seen};
use sitwith_core::round::Step;

use super::{ask, told};
use crate::session::Visitor;
use crate::state::State;

/// Renders the page while others write, or while the guide reads.
pub(super) fn wait(state: &State, visitor: &Visitor, seen: &Seen) -> Markup {
    let is_posed = seen.step == Step::Posed;
    html! {
        div class="ask stack wide" {
            (told::question(&seen.facts, false))
            (ask::care_card(state))
            (own(seen))
            @if is_posed {
                (next(seen))
                (ask::offered(seen.offered))
            } @else {
                (closed(seen))
            }
            p class="soft measure" { (told::what_is_kept(state, visitor, seen)) }
            noscript { p class="soft" { "Load the page again to see how far it is." } }
        }
    }
}

/// Renders one's own words, or that one passed.
pub(super) fn own(seen: &Seen) -> Markup {
    let id = seen.facts.id;
    let is_posed = seen.step == Step::Posed;
    html! {
        @match &seen.mine {
            Mine::Shared(share) => (own_share(seen, share)),
            Mine::Passed => {
                @if is_posed {
                    p class="lead" { "You are with us, and nothing more is needed." }
                    p class="row" {
                        a class="b b-2" data-part href={ "/rounds/" (id) "?change=1" } {
                            "Write something after all"
                        }
                    }
                }
                (kept_here())
            },
            Mine::Nothing => (kept_here()),
        }
    }
}

/// Renders an empty section that the script fills with words kept in this browser; otherwise it
/// stays hidden.
fn kept_here() -> Markup {
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

fn own_share(seen: &Seen, share: &MyShare) -> Markup {
    let id = seen.facts.id;
    let may_change = seen.step == Step::Posed && !share.is_shown;
    html! {
        section class="stack near" aria-labelledby="r-own" {
            h2 class="t2" id="r-own" { "What you offered" }
            blockquote class="patch sewn paper own d-plain" dir="auto" { (share.words) }
            p class="soft measure" { (manner(share)) }
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
fn manner(share: &MyShare) -> String {
    let signed = if share.signed { "With your name." } else { "Unsigned." };
    let more = match (share.aloud, share.beyond) {
        (true, true) => "It may be read aloud, and shown with others.",
        (true, false) => "It may be read aloud; it stays in this round.",
        (false, true) => "It may be shown with others; it is not read aloud.",
        (false, false) => "It is not read aloud, and stays in this round.",
    };
    format!("{signed} {more}")
}

fn next(seen: &Seen) -> Markup {
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

fn closed(seen: &Seen) -> Markup {
    let guide = &seen.facts.guide_name;
    html! {
        p class="lead" {
            @if seen.facts.reads_first {
                "The round is closed. " bdi { (guide) } " reads the answers before the circle does."
            } @else {
                "The round is closed. The answers are being laid side by side."
            }
        }
        @if matches!(seen.mine, Mine::Nothing) {
            p class="measure" { "Nothing is missing. You can see what was said when it is opened." }
        }
    }
}

/// Renders the gate of an opened round for a person who has neither answered nor passed.
pub(super) fn not_yet(seen: &Seen) -> Markup {
    html! {
        div class="ask stack wide" {
            (told::question(&seen.facts, false))
            p class="lead" { "The round is opened. You need not have answered to read it." }
            (kept_here())
            form method="post" action={ "/rounds/" (seen.facts.id) "/pass" } {
                button class="b b-1" { "See what was said" }
            }
        }
    }
}
