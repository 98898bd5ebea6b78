//! The page of one sit, and the page for somebody who is not sure whether to come.

use maud::{Markup, html};
use sitwith_app::rounds::Brief;
use sitwith_app::sits::Seen;
use sitwith_app::sits::unsure::{Expected, Unsure};
use sitwith_core::note::{After, Note};

use super::pieces;
use crate::page::{Page, Section};
use crate::rounds::listed;
use crate::session::Visitor;
use crate::state::State;
use crate::words;

/// Maximum number of people named, before "and others".
const NAMES_MAX: usize = 6;

/// Renders the page of a sit.
pub(super) fn sit(state: &State, visitor: &Visitor, seen: &Seen, rounds: &[Brief]) -> Markup {
    let sit = &seen.sit;
    Page::new(state, visitor, &sit.title)
        .section(Section::Sits)
        .style("welcome/welcome.css")
        .style("guide/guide.css")
        .script_if(sit.plan.sealed, pieces::KEEPS_KEY)
        .show(&html! {
            div class="gd" {
                div class="stack near" {
                    h1 { (sit.title) }
                    @for words in paragraphs(&sit.words) { p class="lead" { (words) } }
                }
                div class="cols" {
                    div class="stack airy" {
                        section class="stack" aria-labelledby="when" {
                            (next_run(state, visitor, seen))
                            @if seen.is_guide { (guide_links(state, seen)) }
                        }
                        (between(state, visitor, seen, rounds))
                    }
                    section class="stack near" aria-labelledby="goes" {
                        h2 class="t2" id="goes" { "How it goes" }
                        (pieces::how_it_goes(sit))
                    }
                }
            }
        })
}

fn next_run(state: &State, visitor: &Visitor, seen: &Seen) -> Markup {
    let sit = &seen.sit;
    html! {
        @if let Some(next) = &seen.next {
            h2 class="t3" id="when" { (pieces::when(state, visitor, next)) }
            p { (pieces::details(state, visitor, sit, next)) }
            @if next.has_begun(state.home.clock.now()) {
                p { "You are in time. Come in quietly; nobody will be disturbed." }
            }
            @if let Some(back) = pieces::comes_back(sit) { p class="soft" { (back) } }
            (pieces::doors(state, visitor, seen))
            (pieces::sealed(sit.id, &sit.plan))
            p class="soft measure" {
                "Your camera and microphone stay off. You can leave any time, without a word, and \
                 come back in. It may be comforting; it may also be hard. Both belong here."
            }
        } @else {
            h2 class="t3" id="when" { "This sit does not come back" }
            p { "There may be others." }
            p class="row" { a class="b b-2" href="/" { "See the sits" } }
        }
    }
}

fn guide_links(state: &State, seen: &Seen) -> Markup {
    let now = state.home.clock.now();
    let is_open = seen.next.is_some_and(|next| next.is_open(now));
    html! {
        p class="row" {
            a class="b b-2" href={ "/sits/" (seen.sit.id) "/plan" } { "Change its plan" }
            @if is_open {
                a class="b b-3" href={ "/sits/" (seen.sit.id) "/people" } { "Who is here" }
            }
            @if seen.sit.ended_at.is_none() {
                a class="b b-3" href={ "/sits/" (seen.sit.id) "/rounds/new" } { "Ask the circle" }
            }
        }
    }
}

/// Lists rounds asked between its times, if there are any.
fn between(state: &State, visitor: &Visitor, seen: &Seen, rounds: &[Brief]) -> Markup {
    let rounds = listed::between(rounds);
    html! {
        @if !rounds.is_empty() {
            section class="stack near" aria-labelledby="asked" {
                h2 id="asked" { "Asked between the sits" }
                (listed::list(state, visitor, &rounds, seen.is_guide))
            }
        }
    }
}

/// Renders the page for somebody who is not sure.
pub(super) fn unsure(state: &State, visitor: &Visitor, unsure: &Unsure) -> Markup {
    let sit = &unsure.sit;
    Page::new(state, visitor, "Not sure today?")
        .section(Section::Sits)
        .style("welcome/welcome.css")
        .show(&html! {
            div class="gd" {
                div class="stack near" {
                    h1 { "Not sure today?" }
                    p class="lead" {
                        "You need not decide anything. Staying away is all right, and so is \
                         coming for five minutes. You can always leave again."
                    }
                }
                div class="cols" {
                    div class="stack far" {
                        (own_words(visitor, unsure))
                        (choice(state, visitor, unsure))
                    }
                    section class="stack near" aria-labelledby="who" {
                        h2 id="who" { "Who may be there" }
                        (expected(unsure))
                        @if !unsure.usually.is_empty() {
                            div { (pieces::seats(&unsure.usually, NAMES_MAX)) }
                            p {
                                (words::list(&unsure.usually, NAMES_MAX))
                                " usually "
                                (if unsure.usually.len() == 1 { "comes" } else { "come" })
                                "."
                            }
                        }
                        @if sit.is_led { p { (sit.guide_name) " leads it." } }
                    }
                }
            }
        })
}

fn expected(unsure: &Unsure) -> Markup {
    html! {
        @match unsure.expected {
            Expected::Unknown => p { "Nobody can say yet who will come. You would be welcome." },
            Expected::AFew => p { "A few people usually come." },
            Expected::About(count) => p {
                "About " (words::number(count)) " people usually come."
            },
        }
    }
}

/// Renders the member's own notes after earlier sits, verbatim.
fn own_words(visitor: &Visitor, unsure: &Unsure) -> Markup {
    html! {
        @if !unsure.own.is_empty() {
            section class="stack near" aria-labelledby="own" {
                h2 id="own" { "After earlier sits" }
                p class="soft" { "What you told yourself, in your own words. Only you see this." }
                ul class="own" { @for note in &unsure.own { (own(visitor, note)) } }
            }
        }
        @if let Some(note) = &unsure.insight {
            details {
                summary { "Something that became clear to you once" }
                ul class="own" { (own(visitor, note)) }
            }
        }
    }
}

fn own(visitor: &Visitor, note: &Note) -> Markup {
    let day = words::day(&words::in_zone(note.planned_at, &visitor.zone));
    html! {
        li {
            @if let Some(line) = &note.line { q { (line) } }
            @if let Some(said) = said(note) { span { (said) } }
            small { (day) }
        }
    }
}

/// Returns what was chosen after a sit, as a sentence.
fn said(note: &Note) -> Option<String> {
    let came = note.came.map(|came| format!("You came {}. ", came.words()));
    let after = note.after.map(|after| match after {
        After::Comfort => "You were comforted.",
        After::Insight => "Something became clear.",
        After::Hard => "It was hard. You came.",
        After::Neither => "You came.",
    });
    match (came, after) {
        (None, None) => None,
        (came, after) => Some(format!("{}{}", came.unwrap_or_default(), after.unwrap_or_default())),
    }
}

fn choice(state: &State, visitor: &Visitor, unsure: &Unsure) -> Markup {
    let sit = &unsure.sit;
    html! {
        section class="stack" aria-labelledby="next" {
            @if let Some(next) = &unsure.next {
                h2 id="next" { (pieces::when(state, visitor, next)) }
                p { (sit.title) ". " (pieces::details(state, visitor, sit, next)) }
                p class="row" {
                    a class="b b-1" href={ "/sits/" (sit.id) "/arrive" } { "Come in for a while" }
                    a class="b b-3" href="/" { "Not today" }
                }
                p class="soft" {
                    "Whichever you choose, nothing is marked and nobody is told."
                }
            } @else {
                h2 id="next" { "This sit does not come back" }
                p class="row" { a class="b b-2" href="/" { "See the sits" } }
            }
        }
    }
}

fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}
