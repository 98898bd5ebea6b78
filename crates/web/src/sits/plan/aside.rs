//! The column beside the editor: the guests' link, days off, the end of a sit; and a warning about
//! clock changes.

use maud::{Markup, html};
use sitwith_app::sits::SitView;
use sitwith_core::calendar::{ClockChange, Repeats};

use super::days::{self, ExceptionForm};
use super::{EditableSit, leaders, link};
use crate::forms::Faults;
use crate::phrases;
use crate::state::WebState;

/// Renders the column for a sit that exists.
pub(super) fn render_beside_editor(
    state: &WebState,
    kept: &EditableSit,
    days: Option<&ExceptionForm>,
    faults: &Faults,
) -> Markup {
    let seen = &kept.seen;
    let sit = &seen.sit;
    html! {
        div class="stack airy" {
            (leaders::render_leaders(sit, &kept.guides))
            @if sit.is_by_link() || sit.plan.sealed { (link::render_link(state, sit)) }
            @if sit.rule.repeats == Repeats::Weekly {
                (days::render_days(state, seen, days.unwrap_or(&ExceptionForm::default()), faults))
            }
            section class="stack near" aria-labelledby="see" {
                h2 class="t2" id="see" { "See it" }
                p class="row" {
                    a class="b b-2" href={ "/sits/" (sit.id) } { "Its page" }
                    a class="b b-3" href={ "/sits/new?from=" (sit.id) } { "A new sit like this" }
                }
            }
            (end_sit_form(seen))
        }
    }
}

/// Renders the column for a sit that is still being made.
pub(super) fn render_beside_new() -> Markup {
    html! {
        section class="stack near" aria-labelledby="gently" {
            h2 class="t2" id="gently" { "Nothing is fixed" }
            p class="soft" {
                "Nobody sees this until you save it, and you can change it afterwards. The sit \
                 runs itself: bells, parts, silence. You need not press anything while you sit. \
                 Once it is saved, you can say who leads it with you."
            }
        }
    }
}

fn end_sit_form(seen: &SitView) -> Markup {
    html! {
        section class="stack near" aria-labelledby="end" {
            h2 class="t2" id="end" { "The end of this sit" }
            details {
                summary { "End this sit" }
                form class="stack near" method="post" action={ "/sits/" (seen.sit.id) "/end" } {
                    p {
                        "It will not be shown any more and cannot be begun again. What people \
                         wrote for themselves stays theirs. If it lives just now, it goes on to \
                         its end."
                    }
                    button class="b b-2" { "End it for good" }
                }
            }
        }
    }
}

/// Warns when clocks change on a night of this sit.
pub(super) fn render_clock_change(state: &WebState, seen: &SitView) -> Markup {
    let Some(edge) = seen.sit.rule.clock_change_from(state.home.clock.now()) else {
        return html! {};
    };
    let (day, said) = match edge {
        ClockChange::Missing(day) => {
            (day, "its time is skipped, because clocks go forward. It will begin an hour later.")
        }
        ClockChange::Twice(day) => {
            (day, "its time comes twice, because clocks go back. It will begin the first time.")
        }
        ClockChange::Near(day) => (day, "clocks change. Some calendars will show a wrong time."),
    };
    html! {
        div class="say" role="status" {
            p {
                b { "On " (day.strftime("%A %-d %B")) ", " (said) }
                " A time after four in the morning is easier on everybody in "
                (phrases::zone_place(&seen.sit.rule.zone)) "."
            }
        }
    }
}
