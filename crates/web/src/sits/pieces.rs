//! Fragments shared by several pages about sits.

use maud::{Markup, html};
use sitwith_app::sits::SitView;
use sitwith_core::calendar::Repeats;
use sitwith_core::id::SitId;
use sitwith_core::member::Person;
use sitwith_core::sit::plan::{Phase, Plan};
use sitwith_core::sits::{NextRun, Sit};

use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Says when the next run begins, as a title; or that it is on.
pub fn start_text(state: &WebState, visitor: &Visitor, next: &NextRun) -> String {
    let now = state.home.clock.now();
    if next.has_begun(now) {
        return "It has begun".to_owned();
    }
    if now >= next.planned_at {
        return "The door is open".to_owned();
    }
    let here = phrases::in_zone(next.planned_at, &visitor.zone);
    phrases::start_in_words(&here, &phrases::in_zone(now, &visitor.zone))
}

/// Returns the time in figures with its place, the length, and who leads.
pub fn time_and_length(state: &WebState, visitor: &Visitor, sit: &Sit, next: &NextRun) -> String {
    let home_zone = &state.home.settings().zone;
    let figures = phrases::time_in_figures(next.planned_at, &visitor.zone, home_zone);
    let length = phrases::length_in_words(sit.plan.length());
    // Strangers are told no names.
    let leads = match (&visitor.person, sit.is_led) {
        (Person::Stranger, _) => String::new(),
        (_, true) => format!(", with {}", sit.guide_name),
        (_, false) => "; it runs by itself".to_owned(),
    };
    format!("{figures}. About {length}{leads}.")
}

/// Says how often it repeats, in words; `None` for a single time.
pub fn repeats_text(sit: &Sit) -> Option<String> {
    match sit.rule.repeats {
        Repeats::Once => None,
        Repeats::Weekly => Some(format!("Every {}.", sit.rule.day.strftime("%A"))),
        Repeats::EveryMinutes { every_mins } => {
            let every = usize::try_from(every_mins).unwrap_or(usize::MAX);
            Some(format!("Every {} minutes, day and night.", phrases::number_in_words(every)))
        }
    }
}

/// Returns the path and the button's words of this visitor's way in.
pub fn way_in(state: &WebState, visitor: &Visitor, seen: &SitView) -> (String, &'static str) {
    let sit = &seen.sit;
    let is_open = seen.next.is_some_and(|next| next.is_open(state.home.clock.now()));
    match (&visitor.person, sit.is_by_link()) {
        (Person::Stranger, true) => (format!("/come/{}", sit.link), "Come to this sit"),
        (Person::Stranger, false) => (arrive_path(sit), "Sign in to come"),
        _ if is_open => (arrive_path(sit), "Come in"),
        _ => (arrive_path(sit), "Come to this sit"),
    }
}

fn arrive_path(sit: &Sit) -> String {
    format!("/sits/{}/arrive", sit.id)
}

/// Renders the buttons of a sit: the way in, the calendar, and the page for somebody who is not
/// sure.
pub fn sit_buttons(state: &WebState, visitor: &Visitor, seen: &SitView) -> Markup {
    let (path, name) = way_in(state, visitor, seen);
    let id = seen.sit.id;
    html! {
        p class="row" {
            a class="b b-1" href=(path) { (name) }
            a class="b b-2" href={ "/sits/" (id) "/calendar.ics" } {
                svg class="ico" aria-hidden="true" { use href="#i-cal" {} }
                " Add to my calendar"
            }
            @if visitor.person != Person::Stranger {
                a class="b b-3" href={ "/sits/" (id) "/unsure" } { "Not sure today?" }
            }
        }
    }
}

/// Script that keeps a sealed sit's key on the way from its link to the room.
pub const SEALED_KEY_SCRIPT: &str = "sealed/keep.js";

/// Explains a sealed sit; empty for others.
pub fn sealed_text(sit: SitId, plan: &Plan) -> Markup {
    html! {
        @if plan.sealed {
            p class="measure" data-sealed=(sit) {
                b { "This sit is sealed. " }
                "Sound and pictures are locked in each browser: this home passes on what it cannot \
                 open. There is room for 25 people. If you were given a link, come by the whole of \
                 it; otherwise the key is handed to you in the room."
            }
        }
    }
}

/// Renders the sit's phases in order, as knots on a thread.
pub fn sit_outline(sit: &Sit) -> Markup {
    html! {
        ol class="knots" {
            @if !starts_with_door(&sit.plan) {
                li { "The door opens a little early. Come when you like." }
            }
            @for phase in &sit.plan.phases {
                li class=[phase.opens_with.map(|_| "bell")] { (outline_item(phase, sit)) }
            }
        }
    }
}

fn starts_with_door(plan: &Plan) -> bool {
    plan.phases.first().is_some_and(|phase| phase.kind().row().is_door)
}

fn outline_item(phase: &Phase, sit: &Sit) -> String {
    let bell = if phase.opens_with.is_some() { "A bell. " } else { "" };
    let row = phase.kind().row();
    let outline = if sit.is_led { row.outline } else { row.outline_unled };
    let said = outline.replace("{title}", &phase.title);
    format!("{bell}{said}")
}

/// Renders cushions with initials, for people who agreed to be named. The page names them beside
/// it.
pub fn seat_initials(names: &[String], shown_max: usize) -> Markup {
    html! {
        span class="seats beside" aria-hidden="true" {
            @for name in names.iter().take(shown_max) {
                span class={ "seat " (phrases::dye_for_name(name)) } {
                    (phrases::first_initial(name))
                }
            }
        }
    }
}
