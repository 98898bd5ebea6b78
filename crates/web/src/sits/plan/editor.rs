//! The editor of a sit: its plan as a strip and as a list of phases, its schedule and its audience.

use maud::{Markup, html};
use sitwith_app::sits::SitView;
use sitwith_core::sit::plan::{PHASES_MAX, PhaseKind};
use sitwith_core::time::Span;

use super::days::ExceptionForm;
use super::form::{PhaseForm, PlanForm, REMOVED_PREFIX, parse_length_s};
use super::phase_fields;
use super::{EditableSit, aside, local_time_text};
use crate::forms::{self, Faults, new_field};
use crate::page::{Page, Section};
use crate::phrases;
use crate::session::Visitor;
use crate::state::WebState;

/// Width of the strip, in columns.
const STRIP_PARTS: u32 = 24;
const SEALED_HINT: &str = "Sound and pictures are locked in each browser: this home passes on \
    what it cannot open. For 25 people at most, with the whole link. Who speaks is still shown, \
    and the loudest are still chosen; what people say is not written along, and some older \
    browsers cannot join in sound.";
/// Columns a phase needs for its name to fit.
const STRIP_WORD_PARTS_MIN: u32 = 4;

/// The editor for one visitor, of an existing sit or of a new one.
pub(super) struct Editor<'a> {
    state: &'a WebState,
    visitor: &'a Visitor,
    kept: Option<&'a EditableSit>,
    days: Option<&'a ExceptionForm>,
    is_just_kept: bool,
}

impl<'a> Editor<'a> {
    pub(super) fn new(
        state: &'a WebState,
        visitor: &'a Visitor,
        kept: Option<&'a EditableSit>,
    ) -> Self {
        Self { state, visitor, kept, days: None, is_just_kept: false }
    }

    fn seen_sit(&self) -> Option<&'a SitView> {
        self.kept.map(|kept| &kept.seen)
    }

    /// Shows the message that the sit was saved.
    pub(super) fn with_kept_message(mut self, is_just_kept: bool) -> Self {
        self.is_just_kept = is_just_kept;
        self
    }

    /// Fills the exception form with what was typed.
    pub(super) fn with_days(mut self, days: &'a ExceptionForm) -> Self {
        self.days = Some(days);
        self
    }

    pub(super) fn render(&self, typed: &PlanForm, faults: &Faults) -> Markup {
        let heading = self.seen_sit().map_or("A new sit", |seen| seen.sit.title.as_str());
        let is_sealed = self.seen_sit().is_some_and(|seen| seen.sit.plan.sealed);
        Page::new(self.state, self.visitor, heading)
            .section(Section::Guide)
            .style("guide/guide.css")
            .style("guide/plan.css")
            .script_if(is_sealed, "sealed/make.js")
            .render(&html! {
                div class="gd" {
                    div class="stack near" {
                        h1 { (heading) }
                        @if let Some(seen) = self.seen_sit() { (self.next_time(seen)) }
                    }
                    @if self.is_just_kept { (kept_message()) }
                    @if let Some(seen) = self.seen_sit() {
                        (aside::render_clock_change(self.state, seen))
                    }
                    div class="cols" {
                        (self.plan_form(typed, faults))
                        @match self.kept {
                            Some(kept) => {
                                (aside::render_beside_editor(self.state, kept, self.days, faults))
                            },
                            None => (aside::render_beside_new()),
                        }
                    }
                }
            })
    }

    fn next_time(&self, seen: &SitView) -> Markup {
        html! {
            @if let Some(next) = &seen.next {
                p class="lead" { "Next: " (local_time_text(&seen.sit.rule, next.planned_at)) "." }
                @if next.is_open(self.state.home.clock.now()) {
                    p class="soft" {
                        "Its door is open now. What you change here is for the next time; this \
                         time goes on as it was planned."
                    }
                }
            }
        }
    }

    fn plan_form(&self, typed: &PlanForm, faults: &Faults) -> Markup {
        let action = match self.seen_sit() {
            Some(seen) => format!("/sits/{}/plan", seen.sit.id),
            None => "/sits".to_owned(),
        };
        let formats = &*self.state.home.formats;
        html! {
            form class="stack far" method="post" action=(action) {
                // Enter in a field presses a form's first button: this one changes nothing.
                button class="vh" name="do" value="look" tabindex="-1" aria-hidden="true" {
                    "Look"
                }
                @if !typed.id.is_empty() { input type="hidden" name="id" value=(typed.id); }
                (faults.summary())
                (name_fields(typed, faults))
                section class="stack" aria-labelledby="parts" {
                    h2 id="parts" { "How it goes" }
                    (render_strip(typed))
                    ol class="seg" {
                        @for (place, part) in typed.phases.iter().enumerate() {
                            (phase_fields::render_phase((typed, formats), place, part, faults))
                        }
                    }
                    (add_phase_fields(typed, faults))
                }
                (schedule_fields(typed, faults))
                (audience_fields(typed))
                p class="row" {
                    button class="b b-1" name="do" value="keep" { "Save this plan" }
                    a class="b b-3" href="/guide" { "Cancel" }
                }
            }
        }
    }
}

fn kept_message() -> Markup {
    html! {
        div class="say" role="status" { p { b { "Saved." } " You can change it any time." } }
    }
}

fn name_fields(typed: &PlanForm, faults: &Faults) -> Markup {
    html! {
        section class="stack" aria-label="Its name" {
            (new_field("title", "What is it called?").value(&typed.title).render(faults))
            (new_field("words", "A few words about it, if you like")
                .hint("People read them before they come.")
                .rows(3)
                .value(&typed.words)
                .render(faults))
        }
    }
}

/// Renders the plan as a strip, each phase as wide as it is long.
fn render_strip(typed: &PlanForm) -> Markup {
    let lengths: Vec<u32> =
        typed.phases.iter().map(|phase| parse_length_s(&phase.mins).unwrap_or(0)).collect();
    // The fields may hold any number, so the sum saturates.
    let total = lengths.iter().fold(0, |total: u32, secs| total.saturating_add(*secs));
    let share = |secs: u32| {
        let parts = secs.saturating_mul(STRIP_PARTS).div_ceil(total.max(1));
        parts.clamp(1, STRIP_PARTS)
    };
    let ends = strip_ends(typed, total);
    html! {
        @if total > 0 {
            div {
                div class="strip" aria-hidden="true" {
                    @for (phase, secs) in typed.phases.iter().zip(&lengths) {
                        (strip_part(phase, share(*secs)))
                    }
                }
                p class="ends" { span { (ends.0) } span { (ends.1) } }
            }
        }
    }
}

fn strip_part(phase: &PhaseForm, share: u32) -> Markup {
    let row = phase.kind().row();
    let still = if row.is_silent { " still" } else { "" };
    html! {
        span class={ (row.dye) " w-" (share) (still) } {
            @if share >= STRIP_WORD_PARTS_MIN { (row.short) }
        }
    }
}

/// Returns the labels of the strip's ends: start and end time in words. Without a readable start,
/// the second is the length alone.
fn strip_ends(typed: &PlanForm, total_s: u32) -> (String, String) {
    let length = Span::from_secs(i64::from(total_s));
    let Ok(begin) = typed.time.trim().parse::<jiff::civil::Time>() else {
        return (String::new(), phrases::length_in_words(length));
    };
    let end = begin.wrapping_add(jiff::Span::new().seconds(i64::from(total_s)));
    (
        phrases::time_in_words(begin),
        format!("{} ({})", phrases::time_in_words(end), phrases::length_in_words(length)),
    )
}

fn add_phase_fields(typed: &PlanForm, faults: &Faults) -> Markup {
    let kinds = PhaseKind::ALL.map(PhaseKind::row).map(|row| (row.word, row.choice));
    html! {
        @if typed.phases.len() < PHASES_MAX {
            div class="adding" {
                (forms::render_select("add", "Another part", None, &kinds, &typed.add, faults))
                button class="b b-2" name="do" value="add" { "Add it" }
            }
        }
        @if let Some(gone) = &typed.removed {
            div class="say" role="status" {
                div {
                    p { b { "Taken out: " } (gone.title) "." }
                    @for (field, value) in gone.pairs() {
                        input type="hidden" name={ (REMOVED_PREFIX) "-" (field) } value=(value);
                    }
                    p {
                        button class="b b-3 flush" name="do" value="back"
                            autofocus[typed.focus.as_deref() == Some("back")] { "Put it back" }
                    }
                }
            }
        }
    }
}

fn schedule_fields(typed: &PlanForm, faults: &Faults) -> Markup {
    let repeats = [
        ("once", "Never"),
        ("weekly", "Every week"),
        ("often", "Every few minutes, day and night"),
    ];
    html! {
        section class="stack" aria-labelledby="when" {
            h2 id="when" { "When" }
            div class="grid2" {
                (new_field("day", "Day").kind("date").value(&typed.day).render(faults))
                (new_field("time", "Time").kind("time").value(&typed.time).render(faults))
            }
            (forms::render_zone_select("Time zone", "It begins by the clocks of this place.", None,
                &typed.zone, faults))
            (forms::render_select("repeats", "Repeats", None, &repeats, &typed.repeats, faults))
            div class="grid2" {
                (new_field("last", "Ends on")
                    .hint("Leave it empty if there is no last day.")
                    .kind("date")
                    .value(&typed.last)
                    .render(faults))
                (new_field("every", "Interval in minutes")
                    .hint("Only for every few minutes.")
                    .inputmode("numeric")
                    .value(&typed.every)
                    .render(faults))
            }
        }
    }
}

fn audience_fields(typed: &PlanForm) -> Markup {
    let is_link = typed.open == "link";
    html! {
        section class="stack" aria-labelledby="whom" {
            h2 id="whom" { "For whom" }
            fieldset class="stack near" {
                legend class="lab" { "Who may come" }
                (radio_choice("open", "home", "Members of this home", "They sign in.", !is_link))
                (radio_choice(
                    "open", "link", "Anyone with the link", "No account needed.", is_link,
                ))
            }
            div class="stack near" {
                (forms::render_checkbox("shown", "Show it on the first page",
                    "To everyone, with its way in.", typed.is_shown))
                (forms::render_checkbox("led", "Someone leads it",
                    "Otherwise it runs by itself, with nobody in front.", typed.is_led))
                (forms::render_checkbox("sealed", "It is sealed",
                    SEALED_HINT, typed.is_sealed))
                (forms::render_checkbox("begins", "It begins at its time by itself",
                    "Nobody has to touch anything. Otherwise it waits for a guide.",
                    typed.begins_itself))
            }
        }
    }
}

fn radio_choice(name: &str, value: &str, label: &str, small: &str, is_chosen: bool) -> Markup {
    html! {
        label class="pick" {
            input type="radio" name=(name) value=(value) checked[is_chosen];
            span { b { (label) } small { (small) } }
        }
    }
}
