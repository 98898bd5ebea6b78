//! Parses the editor's form into a draft, or into errors beside its fields.

use sitwith_app::sits::make::{SitDraft, SitDraftNo};
use sitwith_core::calendar::{CalendarRule, CalendarRuleNo, Repeats, is_zone};
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::breath::Breath;
use sitwith_core::sit::plan::{
    Keeps, Phase, PhaseCourse, PhaseNo, Plan, PlanNo, RoundPlan, WRITTEN_FORMAT,
};
use sitwith_core::sit::script::Script;
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Instant;

use super::form::{CHECKED, PhaseForm, PlanForm, parse_length_s};
use crate::forms::Faults;

const NO_TITLE: &str = "It needs a name people can find it by.";

impl PlanForm {
    /// Parses the form. Returns all errors at once.
    pub(super) fn parse_draft(&self, now: Instant) -> Result<SitDraft, Faults> {
        let mut faults = Faults::none();
        if self.title.trim().is_empty() {
            faults.add("title", "Title", NO_TITLE);
        }
        let rule = self.parse_rule(&mut faults);
        let phases = self.phases.iter().enumerate();
        let phases = phases.map(|(place, phase)| phase.parse_phase(place, &mut faults)).collect();
        let draft = SitDraft {
            title: self.title.clone(),
            words: self.words.clone(),
            rule,
            open_to: OpenTo::from_word(&self.open).unwrap_or(OpenTo::Home),
            is_shown: self.is_shown,
            is_led: self.is_led,
            begins_itself: self.begins_itself,
            plan: Plan { phases, sealed: self.is_sealed },
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        draft.check(now).map_err(faults_of)?;
        Ok(draft)
    }

    fn parse_rule(&self, faults: &mut Faults) -> CalendarRule {
        let day = self.day.trim().parse().unwrap_or_else(|_no| {
            faults.add("day", "Day", "This needs a day, like 2026-11-24.");
            jiff::civil::Date::ZERO
        });
        let wall_time = self.time.trim().parse().unwrap_or_else(|_no| {
            faults.add("time", "Time", "This needs a time, like 19:30.");
            jiff::civil::Time::midnight()
        });
        if !is_zone(self.zone.trim()) {
            faults.add("zone", "Time zone", "This needs a zone we know, like Europe/Berlin.");
        }
        let last = self.last.trim();
        let ends_on = (!last.is_empty()).then(|| last.parse()).transpose().unwrap_or_else(|_no| {
            faults.add("last", "Ends on", "This needs a day, like 2027-03-30, or nothing.");
            None
        });
        let repeats = match self.repeats.as_str() {
            "weekly" => Repeats::Weekly,
            "often" => {
                let every_mins = self.every.trim().parse().unwrap_or_else(|_no| {
                    faults.add(
                        "every",
                        "Interval in minutes",
                        "This needs a number of minutes, like 5.",
                    );
                    0
                });
                Repeats::EveryMinutes { every_mins }
            }
            _ => Repeats::Once,
        };
        let zone = self.zone.trim().to_owned();
        CalendarRule { zone, day, wall_time, repeats, ends_on, exceptions: Vec::new() }
    }
}

impl PhaseForm {
    fn parse_phase(&self, place: usize, faults: &mut Faults) -> Phase {
        let length_s = parse_length_s(&self.mins).unwrap_or_else(|| {
            let words = "This needs minutes, like 5 or 3:30.";
            faults.add(&format!("p{place}-mins"), &format!("Minutes of {}", self.title), words);
            0
        });
        let mut phase = Phase::new(self.kind(), length_s)
            .with_text(&self.title, &self.words)
            .with_bells(Bell::from_word(&self.opens), Bell::from_word(&self.closes));
        match &mut phase.course {
            PhaseCourse::Silence { every_s } => *every_s = self.parse_interval(place, faults),
            PhaseCourse::Breathe { breath } => {
                *breath = self.parse_breath().unwrap_or_else(|| {
                    let words = "These need seconds, like 4 or 5.5.";
                    faults.add(&format!("p{place}-in"), "The breath", words);
                    Breath::default()
                });
            }
            PhaseCourse::Practice { script } => *script = self.parse_script(place, faults),
            PhaseCourse::Round(round) => *round = self.parse_round(),
            _ => {}
        }
        phase
    }

    fn parse_interval(&self, place: usize, faults: &mut Faults) -> Option<u32> {
        let every_s = parse_length_s(&self.every);
        if every_s.is_none() && !self.every.trim().is_empty() {
            let words = "This needs minutes, like 5, or nothing.";
            faults.add(&format!("p{place}-every"), "A soft bell in between", words);
        }
        every_s
    }

    fn parse_script(&self, place: usize, faults: &mut Faults) -> Option<Script> {
        if self.script.trim().is_empty() {
            return None;
        }
        let found = Script::parse(&self.script).map_err(|no| {
            let label = format!("The words of {}", self.title);
            faults.add(&format!("p{place}-script"), &label, &format!("Please look again: {no}."));
        });
        found.ok()
    }

    fn parse_round(&self) -> RoundPlan {
        let is_spoken = !self.format.is_empty() && self.format != WRITTEN_FORMAT;
        RoundPlan {
            prompt: (!self.prompt.trim().is_empty()).then(|| self.prompt.clone()),
            help: self.help.trim().to_owned(),
            format: is_spoken.then(|| self.format.as_str().into()),
            reads_first: self.reads == CHECKED,
            keeps: Keeps::from_word(&self.keeps).unwrap_or_default(),
        }
    }

    fn parse_breath(&self) -> Option<Breath> {
        let ms = |text: &str| {
            let text = text.trim().replace(',', ".");
            let (whole, part) = text.split_once('.').unwrap_or((text.as_str(), "0"));
            let tenths = if part.len() == 1 {
                part.parse::<u32>().ok()?
            } else {
                return None;
            };
            whole.parse::<u32>().ok()?.checked_mul(1_000)?.checked_add(tenths * 100)
        };
        let [in_, hold, out, rest] = &self.breath;
        let (in_ms, hold_ms, out_ms, rest_ms) = (ms(in_)?, ms(hold)?, ms(out)?, ms(rest)?);
        Some(Breath { in_ms, hold_ms, out_ms, rest_ms })
    }
}

/// Maps a refusal to the field it is about.
pub(super) fn faults_of(no: SitDraftNo) -> Faults {
    match no {
        SitDraftNo::Title => Faults::one("title", "Title", NO_TITLE),
        SitDraftNo::TooLong => {
            let words = "The title takes 80 characters, the words 2,000.";
            Faults::one("title", "Title and words", words)
        }
        SitDraftNo::Rule(CalendarRuleNo::UnknownZone) => {
            Faults::one("zone", "Time zone", "This needs a zone we know, like Europe/Berlin.")
        }
        SitDraftNo::Rule(CalendarRuleNo::IntervalOutOfRange) => Faults::one(
            "every",
            "Interval in minutes",
            "Between two minutes and twelve hours is possible.",
        ),
        SitDraftNo::Rule(CalendarRuleNo::EndsBeforeStart) => {
            Faults::one("last", "Ends on", "The last day is before the first.")
        }
        SitDraftNo::Rule(CalendarRuleNo::TooManyExceptions) => {
            Faults::one("day-off", "A day", "That is more days off than we can keep.")
        }
        SitDraftNo::TooOften => {
            let words = "It would begin again before it is over. Leave half a minute in between.";
            Faults::one("every", "Interval in minutes", words)
        }
        SitDraftNo::AllPast => Faults::one("day", "Day", "That day is over. Which day is to come?"),
        SitDraftNo::Plan(no) => plan_faults(no),
        SitDraftNo::NoSuchDay => Faults::one("day-off", "A day", "It does not happen on that day."),
        SitDraftNo::MovedToPast => {
            Faults::one("to-day", "The new day", "That time is over. When is it to be?")
        }
    }
}

fn plan_faults(no: PlanNo) -> Faults {
    let PlanNo::Phase { index, why } = no else {
        return Faults::one("add", "The plan", &format!("Please look again: {no}."));
    };
    let field = match why {
        PhaseNo::Title => "title",
        PhaseNo::Words => "words",
        PhaseNo::Prompt => "prompt",
        PhaseNo::Help => "help",
        PhaseNo::Format => "format",
        PhaseNo::Length => "mins",
        PhaseNo::IntervalBell => "every",
        PhaseNo::Breath => "in",
    };
    let label = format!("Part {}", index + 1);
    Faults::one(&format!("p{index}-{field}"), &label, &format!("Please look again: it {why}."))
}
