//! The page of one sit, and the page for somebody who is not sure whether to come.

use maud::{Markup, html};
use sitwith_app::rounds::RoundBrief;
use sitwith_app::sits::SitView;
use sitwith_app::sits::unsure::{ExpectedCount, Hesitation};
use sitwith_core::note::{AfterNote, Note};

use super::pieces;
use crate::page::{Page, Section};
use crate::phrases;
use crate::rounds::round_list;
use crate::session::Visitor;
use crate::state::WebState;

/// Maximum number of people named, before "and others".
const NAMES_MAX: usize = 6;

/// Renders the page of a sit.
pub(super) fn sit_page(
    state: &WebState,
    visitor: &Visitor,
    seen: &SitView,
    rounds: &[RoundBrief],
) -> Markup {
    let sit = &seen.sit;
    Page::new(state, visitor, &sit.title)
        .section(Section::Sits)
        .style("welcome/welcome.css")
        .style("guide/guide.css")
        .script_if(sit.plan.sealed, pieces::SEALED_KEY_SCRIPT)
        .render(&html! {
            div class="gd" {
                div class="stack near" {
                    h1 { (sit.title) }
                    @for words in split_paragraphs(&sit.words) { p class="lead" { (words) } }
                }
                div class="cols" {
                    div class="stack airy" {
                        section class="stack" aria-labelledby="when" {
                            (next_run_section(state, visitor, seen))
                            @if seen.is_guide { (guide_links(state, seen)) }
                        }
                        (rounds_section(state, visitor, seen, rounds))
                    }
                    section class="stack near" aria-labelledby="goes" {
                        h2 class="t2" id="goes" { "How it goes" }
                        (pieces::sit_outline(sit))
                    }
                }
            }
        })
}

fn next_run_section(state: &WebState, visitor: &Visitor, seen: &SitView) -> Markup {
    let sit = &seen.sit;
    html! {
        @if let Some(next) = &seen.next {
            h2 class="t3" id="when" { (pieces::start_text(state, visitor, next)) }
            p { (pieces::time_and_length(state, visitor, sit, next)) }
            @if next.has_begun(state.home.clock.now()) {
                p { "You are in time. Come in quietly; nobody will be disturbed." }
            }
            @if let Some(back) = pieces::repeats_text(sit) { p class="soft" { (back) } }
            (pieces::sit_buttons(state, visitor, seen))
            (pieces::sealed_text(sit.id, &sit.plan))
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

fn guide_links(state: &WebState, seen: &SitView) -> Markup {
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
fn rounds_section(
    state: &WebState,
    visitor: &Visitor,
    seen: &SitView,
    rounds: &[RoundBrief],
) -> Markup {
    let rounds = round_list::rounds_between_sits(rounds);
    html! {
        @if !rounds.is_empty() {
            section class="stack near" aria-labelledby="asked" {
                h2 id="asked" { "Asked between the sits" }
                (round_list::render_rounds(state, visitor, &rounds, seen.is_guide))
            }
        }
    }
}

/// Renders the page for somebody who is not sure.
pub(super) fn unsure_page(state: &WebState, visitor: &Visitor, unsure: &Hesitation) -> Markup {
    let sit = &unsure.sit;
    Page::new(state, visitor, "Not sure today?")
        .section(Section::Sits)
        .style("welcome/welcome.css")
        .render(&html! {
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
                        (own_notes(visitor, unsure))
                        (come_or_not(state, visitor, unsure))
                    }
                    section class="stack near" aria-labelledby="who" {
                        h2 id="who" { "Who may be there" }
                        (expected_text(unsure))
                        @if !unsure.usual_names.is_empty() {
                            div { (pieces::seat_initials(&unsure.usual_names, NAMES_MAX)) }
                            p {
                                (phrases::list_names(&unsure.usual_names, NAMES_MAX))
                                " usually "
                                (if unsure.usual_names.len() == 1 { "comes" } else { "come" })
                                "."
                            }
                        }
                        @if sit.is_led { p { (sit.guide_name) " leads it." } }
                    }
                }
            }
        })
}

fn expected_text(unsure: &Hesitation) -> Markup {
    html! {
        @match unsure.expected {
            ExpectedCount::Unknown => {
                p { "Nobody can say yet who will come. You would be welcome." }
            },
            ExpectedCount::AFew => p { "A few people usually come." },
            ExpectedCount::About(count) => p {
                "About " (phrases::number_in_words(count)) " people usually come."
            },
        }
    }
}

/// Renders the member's own notes after earlier sits, verbatim.
fn own_notes(visitor: &Visitor, unsure: &Hesitation) -> Markup {
    html! {
        @if !unsure.own_notes.is_empty() {
            section class="stack near" aria-labelledby="own" {
                h2 id="own" { "After earlier sits" }
                p class="soft" { "What you told yourself, in your own words. Only you see this." }
                ul class="own" { @for note in &unsure.own_notes { (own_note_item(visitor, note)) } }
            }
        }
        @if let Some(note) = &unsure.insight {
            details {
                summary { "Something that became clear to you once" }
                ul class="own" { (own_note_item(visitor, note)) }
            }
        }
    }
}

fn own_note_item(visitor: &Visitor, note: &Note) -> Markup {
    let day = phrases::format_day(&phrases::in_zone(note.planned_at, &visitor.zone));
    html! {
        li {
            @if let Some(line) = &note.own_words { q { (line) } }
            @if let Some(said) = note_text(note) { span { (said) } }
            small { (day) }
        }
    }
}

/// Returns what was chosen after a sit, as a sentence.
fn note_text(note: &Note) -> Option<String> {
    let came = note.check_in.map(|came| format!("You came {}. ", came.words()));
    let after = note.after_note.map(|after| match after {
        AfterNote::Comfort => "You were comforted.",
        AfterNote::Insight => "Something became clear.",
        AfterNote::Hard => "It was hard. You came.",
        AfterNote::Neither => "You came.",
    });
    match (came, after) {
        (None, None) => None,
        (came, after) => Some(format!("{}{}", came.unwrap_or_default(), after.unwrap_or_default())),
    }
}

fn come_or_not(state: &WebState, visitor: &Visitor, unsure: &Hesitation) -> Markup {
    let sit = &unsure.sit;
    html! {
        section class="stack" aria-labelledby="next" {
            @if let Some(next) = &unsure.next {
                h2 id="next" { (pieces::start_text(state, visitor, next)) }
                p { (sit.title) ". " (pieces::time_and_length(state, visitor, sit, next)) }
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

fn split_paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}
