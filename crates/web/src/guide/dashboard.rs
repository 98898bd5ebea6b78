//! The guide's dashboard, and the page that offers plans for a new sit.

use maud::{Markup, html};
use sitwith_app::rounds::RoundBrief;
use sitwith_app::sits::SitView;
use sitwith_app::sits::unsure::LastAttendance;
use sitwith_core::sits::Leader;

use crate::page::{Page, Section};
use crate::phrases;
use crate::rounds::round_list;
use crate::session::Visitor;
use crate::sits::pieces;
use crate::sits::plan::leaders;
use crate::state::WebState;

/// Contents of the dashboard.
pub(super) struct Dashboard<'a> {
    pub name: &'a str,
    pub upcoming: &'a [SitView],
    /// Rounds of the sits this guide leads.
    pub rounds: &'a [RoundBrief],
    pub came: Option<&'a LastAttendance>,
    /// Guides of the home, who may be named on a sit.
    pub guides: &'a [Leader],
    /// True just after co-guides were named.
    pub is_led_said: bool,
}

/// `GET /guide`
pub(super) fn render_dashboard(
    state: &WebState,
    visitor: &Visitor,
    shown: &Dashboard<'_>,
) -> Markup {
    let Dashboard { name, upcoming, rounds, came, guides, is_led_said } = *shown;
    let now = phrases::in_zone(state.home.clock.now(), &visitor.zone);
    Page::new(state, visitor, "Guide")
        .section(Section::Guide)
        .style("guide/guide.css")
        .style("guide/plan.css")
        .render(&html! {
            div class="gd" {
                div class="stack near" {
                    h1 { (phrases::greet_by_hour(&now)) ", " (name) "." }
                    p class="lead" { (next_sit_lead(state, visitor, upcoming)) }
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
                                @for seen in upcoming { (sit_row(state, visitor, seen, guides)) }
                            }
                            p class="row" { a class="b b-1" href="/sits/new" { "Make a sit" } }
                        }
                        (rounds_between_sits(state, visitor, rounds))
                    }
                    (attendance_section(visitor, came))
                }
            }
        })
}

fn next_sit_lead(state: &WebState, visitor: &Visitor, upcoming: &[SitView]) -> String {
    let first = upcoming.first().and_then(|seen| Some((seen, seen.next.as_ref()?)));
    match first {
        Some((seen, next)) => {
            format!("{}: {}.", pieces::start_text(state, visitor, next), seen.sit.title)
        }
        None => "Nothing is planned. That is all right, too.".to_owned(),
    }
}

fn sit_row(state: &WebState, visitor: &Visitor, seen: &SitView, guides: &[Leader]) -> Markup {
    let sit = &seen.sit;
    html! {
        li class="d-woad" {
            div {
                h3 { a href={ "/sits/" (sit.id) } { (sit.title) } }
                @if let Some(next) = &seen.next {
                    p { (pieces::start_text(state, visitor, next)) "." }
                    p { (pieces::time_and_length(state, visitor, sit, next)) }
                }
                p { (leaders::describe_leaders(sit)) }
                @if seen.is_guide { (leaders::leaders_form(sit, guides, true)) }
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
fn rounds_between_sits(state: &WebState, visitor: &Visitor, rounds: &[RoundBrief]) -> Markup {
    let rounds = round_list::rounds_between_sits(rounds);
    html! {
        @if !rounds.is_empty() {
            section class="stack" aria-labelledby="asked" {
                h2 id="asked" { "Asked between the sits" }
                (round_list::render_rounds(state, visitor, &rounds, true))
            }
        }
    }
}

/// Lists who came last time. Counts are given, never compared; people who sat quietly are not
/// named.
fn attendance_section(visitor: &Visitor, came: Option<&LastAttendance>) -> Markup {
    html! {
        section class="stack" aria-labelledby="came" {
            @match came {
                None => {
                    h2 id="came" { "Who came" }
                    p class="soft" { "When people have been to a sit, it will show here." }
                }
                Some(came) => {
                    @let day = phrases::in_zone(came.planned_at, &visitor.zone);
                    h2 id="came" { "Who came on " (day.strftime("%A")) }
                    p { (came.title) ". " (attendance_text(came.count)) }
                    @if !came.names.is_empty() {
                        ul class="came" {
                            @for name in &came.names {
                                li {
                                    span class={ "seat "
                                    (phrases::dye_for_name(name)) } aria-hidden="true" {
                                        (phrases::first_initial(name))
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

fn attendance_text(count: u32) -> String {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    format!("{} sat.", phrases::capitalize_first(&phrases::number_in_words(count)))
}
