//! The guide's dashboard, and the page that offers plans for a new sit.

use maud::{Markup, html};
use sitwith_app::rounds::Brief;
use sitwith_app::sits::Seen;
use sitwith_app::sits::unsure::Came;
use sitwith_core::sits::Leader;

use crate::page::{Page, Section};
use crate::rounds::listed;
use crate::session::Visitor;
use crate::sits::pieces;
use crate::sits::plan::leaders;
use crate::state::State;
use crate::words;

/// Contents of the dashboard.
pub(super) struct Dashboard<'a> {
    pub name: &'a str,
    pub upcoming: &'a [Seen],
    /// Rounds of the sits this guide leads.
    pub rounds: &'a [Brief],
    pub came: Option<&'a Came>,
    /// Guides of the home, who may be named on a sit.
    pub guides: &'a [Leader],
    /// True just after co-guides were named.
    pub is_led_said: bool,
}

/// `GET /guide`
pub(super) fn show(state: &State, visitor: &Visitor, shown: &Dashboard<'_>) -> Markup {
    let Dashboard { name, upcoming, rounds, came, guides, is_led_said } = *shown;
    let now = words::in_zone(state.home.clock.now(), &visitor.zone);
    Page::new(state, visitor, "Guide")
        .section(Section::Guide)
        .style("guide/guide.css")
        .style("guide/plan.css")
        .show(&html! {
            div class="gd" {
                div class="stack near" {
                    h1 { (words::greeting(&now)) ", " (name) "." }
                    p class="lead" { (lead(state, visitor, upcoming)) }
                }
                @if is_led_said {
                    div class="say" role="status" { p { b { "Saved." } " They lead it." } }
                }
                div class="cols" {
                    div class="stack airy" {
                        section class="stack" aria-labelledby="next" {
                            h2 id="next" { "The next sits" }
                            @if upcoming.is_empty() {
                                div class="say" {
                                    p {
                                        b { "There is nothing here yet." }
                                        " Make a sit, and it will show here."
                                    }
                                }
                            }
                            ul class="seg" {
                                @for seen in upcoming { (row(state, visitor, seen, guides)) }
                            }
                            p class="row" { a class="b b-1" href="/sits/new" { "Make a sit" } }
                        }
                        (between(state, visitor, rounds))
                    }
                    (who_came(visitor, came))
                }
            }
        })
}

fn lead(state: &State, visitor: &Visitor, upcoming: &[Seen]) -> String {
    let first = upcoming.first().and_then(|seen| Some((seen, seen.next.as_ref()?)));
    match first {
        Some((seen, next)) => {
            format!("{}: {}.", pieces::when(state, visitor, next), seen.sit.title)
        }
        None => "Nothing is planned. That is all right, too.".to_owned(),
    }
}

fn row(state: &State, visitor: &Visitor, seen: &Seen, guides: &[Leader]) -> Markup {
    let sit = &seen.sit;
    html! {
        li class="d-woad" {
            div {
                h3 { a href={ "/sits/" (sit.id) } { (sit.title) } }
                @if let Some(next) = &seen.next {
                    p { (pieces::when(state, visitor, next)) "." }
                    p { (pieces::details(state, visitor, sit, next)) }
                }
                p { (leaders::who(sit)) }
                @if seen.is_guide { (leaders::form(sit, guides, true)) }
            }
            div class="acts" {
                a class="b b-3" href={ "/sits/" (sit.id) "/arrive" }
                    aria-label={ "Come in: " (sit.title) } { "Come in" }
                @if seen.is_guide {
                    a class="b b-3" href={ "/sits/" (sit.id) "/plan" }
                        aria-label={ "Change its plan: " (sit.title) } { "Change its plan" }
                    a class="b b-3" href={ "/sits/" (sit.id) "/rounds/new" }
                        aria-label={ "Ask the circle: " (sit.title) } { "Ask the circle" }
                }
            }
        }
    }
}

/// Lists rounds asked between sits, if there are any.
fn between(state: &State, visitor: &Visitor, rounds: &[Brief]) -> Markup {
    let rounds = listed::between(rounds);
    html! {
        @if !rounds.is_empty() {
            section class="stack" aria-labelledby="asked" {
                h2 id="asked" { "Asked between the sits" }
                (listed::list(state, visitor, &rounds, true))
            }
        }
    }
}

/// Lists who came last time. Counts are given, never compared; people who sat quietly are not
/// named.
fn who_came(visitor: &Visitor, came: Option<&Came>) -> Markup {
    html! {
        section class="stack" aria-labelledby="came" {
            @match came {
                None => {
                    h2 id="came" { "Who came" }
                    p class="soft" { "When people have been to a sit, it will show here." }
                }
                Some(came) => {
                    @let day = words::in_zone(came.planned_at, &visitor.zone);
                    h2 id="came" { "Who came on " (day.strftime("%A")) }
                    p { (came.title) ". " (sat(came.count)) }
                    @if !came.names.is_empty() {
                        ul class="came" {
                            @for name in &came.names {
                                li {
                                    span class={ "seat " (words::dye(name)) } aria-hidden="true" {
                                        (words::initial(name))
                                    }
                                    (name)
                                }
                            }
                        }
                    }
                    p class="soft small" {
                        "Guests and people who sat quietly are not named. When somebody left is \
                         not kept."
                    }
                }
            }
        }
    }
}

fn sat(count: u32) -> String {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    format!("{} sat.", words::sentence(&words::number(count)))
}
