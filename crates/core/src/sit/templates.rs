//! Ready-made plans, for a guide to adapt.

use super::bell::Bell;
use super::format::Formats;
use super::plan::{Phase, PhaseCourse, PhaseKind, Plan, RoundPlan};
use super::script::Script;
use crate::prompts;
use crate::scripts::{self, ShippedScript};

/// The ready-made plans, each with a short name for forms and a title.
pub fn plan_templates() -> Vec<(&'static str, &'static str, Plan)> {
    vec![
        ("short", "A short sit", short_plan()),
        ("silence", "Twenty minutes of silence", twenty_minutes_plan()),
        ("breathe", "Breathe and sit", breathe_and_sit_plan()),
        ("evening", "An evening together", evening_plan()),
        ("council", "An evening with the feather", council_plan()),
        ("sharing", "Sharing out of silence", sharing_plan()),
        ("hard-day", "After a hard day", hard_day_plan()),
        ("just-sit", "Just sit with us", just_sit_plan()),
        ("long", "Three quiet hours", long_silence_plan()),
    ]
}

/// Three and a half minutes: a first look at everything.
fn short_plan() -> Plan {
    Plan {
        phases: vec![
            arrive_phase(20),
            Phase::new(PhaseKind::Breathe, 60)
                .with_text("A few breaths", "In while the light grows, out while it fades.")
                .with_bells(Some(Bell::Soft), None),
            silence_phase(100).with_bells(Some(Bell::Middle), Some(Bell::Large)),
            close_phase(30),
        ],
        ..Plan::default()
    }
}

fn twenty_minutes_plan() -> Plan {
    Plan {
        phases: vec![
            arrive_phase(60),
            silence_phase(20 * 60).with_bells(Some(Bell::Large), Some(Bell::Large)),
            close_phase(60),
        ],
        ..Plan::default()
    }
}

/// Half an hour.
fn breathe_and_sit_plan() -> Plan {
    Plan {
        phases: vec![
            arrive_phase(2 * 60),
            Phase::new(PhaseKind::Breathe, 5 * 60)
                .with_text("Breathing together", "In while the light grows, out while it fades.")
                .with_bells(Some(Bell::Soft), None),
            practice_phase(scripts::SOFT_BREATH, 8 * 60),
            silence_phase(13 * 60).with_bells(Some(Bell::Middle), Some(Bell::Middle)),
            close_phase(2 * 60),
        ],
        ..Plan::default()
    }
}

/// Fifty minutes.
fn evening_plan() -> Plan {
    Plan {
        phases: vec![
            arrive_phase(5 * 60),
            Phase::new(PhaseKind::Welcome, 3 * 60)
                .with_text("Welcome", "Settle in. Nothing is asked of you tonight."),
            practice_phase(scripts::ARRIVING, 9 * 60),
            silence_phase(18 * 60).with_bells(Some(Bell::Large), Some(Bell::Large)),
            written_phase("What helped you through a hard time, a little?", 12 * 60),
            close_phase(3 * 60),
        ],
        ..Plan::default()
    }
}

/// An hour: a council, and one word each to end with.
fn council_plan() -> Plan {
    Plan {
        phases: vec![
            arrive_phase(4 * 60),
            Phase::new(PhaseKind::Welcome, 3 * 60).with_text(
                "Welcome",
                "Tonight a feather goes round. Whoever holds it speaks; everybody else listens. \
                 You can always pass.",
            ),
            silence_phase(12 * 60).with_bells(Some(Bell::Large), Some(Bell::Large)),
            spoken_phase("council", "not-alone", 34 * 60).with_bells(Some(Bell::Soft), None),
            spoken_phase("one-word", "one-word", 5 * 60).with_bells(Some(Bell::Soft), None),
            close_phase(2 * 60),
        ],
        ..Plan::default()
    }
}

/// Forty-five minutes, most of them silent.
fn sharing_plan() -> Plan {
    Plan {
        phases: vec![
            arrive_phase(3 * 60),
            silence_phase(10 * 60).with_bells(Some(Bell::Large), Some(Bell::Middle)),
            spoken_phase("worship-sharing", "softer-eyes", 25 * 60),
            silence_phase(5 * 60).with_bells(Some(Bell::Middle), Some(Bell::Large)),
            close_phase(2 * 60),
        ],
        ..Plan::default()
    }
}

fn hard_day_plan() -> Plan {
    Plan {
        phases: vec![
            arrive_phase(180),
            Phase::new(PhaseKind::Welcome, 120).with_text(
                "Welcome",
                "You came. That is enough. You can leave any time, and come back in.",
            ),
            practice_phase(scripts::KINDNESS, 10 * 60),
            silence_phase(10 * 60).with_bells(Some(Bell::Middle), Some(Bell::Middle)),
            close_phase(120),
        ],
        ..Plan::default()
    }
}

/// For people who have nothing left to give: no words, no tasks, nothing to follow.
fn just_sit_plan() -> Plan {
    let silence = silence_phase(30 * 60).with_bells(Some(Bell::Large), Some(Bell::Large));
    Plan { phases: vec![silence], ..Plan::default() }
}

fn long_silence_plan() -> Plan {
    Plan {
        phases: vec![
            silence_phase(3 * 3_600)
                .with_bells(Some(Bell::Large), Some(Bell::Large))
                .with_interval_bell(Some(30 * 60))
                .with_text("Three quiet hours", "Sit, walk, lie down. Come and go as you need."),
        ],
        ..Plan::default()
    }
}

fn arrive_phase(length_s: u32) -> Phase {
    Phase::new(PhaseKind::Arrive, length_s)
        .with_text("Arriving", "Come in. Find a way to sit that is kind to you.")
}

fn silence_phase(length_s: u32) -> Phase {
    Phase::new(PhaseKind::Silence, length_s)
}

fn practice_phase(script: ShippedScript, length_s: u32) -> Phase {
    let text = Script::parse(script.text).expect("the shipped scripts are read in a test");
    Phase::from_course(PhaseCourse::Practice { script: Some(text) }, length_s)
        .with_text(script.title, "")
        .with_bells(Some(Bell::Soft), None)
}

fn written_phase(prompt: &str, length_s: u32) -> Phase {
    let round = RoundPlan {
        prompt: Some(prompt.to_owned()),
        help: "The learning is enough; what happened may stay with you.".to_owned(),
        ..RoundPlan::default()
    };
    Phase::from_course(PhaseCourse::Round(round), length_s)
}

fn spoken_phase(format: &str, prompt: &str, length_s: u32) -> Phase {
    let shipped = prompts::find_prompt(prompt).expect("a test makes every plan");
    let formats = Formats::shipped();
    let title = &formats.find(format).expect("the same").title;
    let round = RoundPlan {
        prompt: Some(shipped.asks),
        help: shipped.help,
        format: Some(format.into()),
        ..RoundPlan::default()
    };
    Phase::from_course(PhaseCourse::Round(round), length_s).with_text(title, "")
}

fn close_phase(length_s: u32) -> Phase {
    Phase::new(PhaseKind::Close, length_s)
        .with_text("Closing", "Take your time. May we all meet what comes next, together.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_ready_made_plan_can_be_sat() {
        let plans = plan_templates();
        for (name, _, plan) in &plans {
            assert_eq!(plan.check(), Ok(()), "{name}");
        }
        let names: BTreeSet<_> = plans.iter().map(|(name, ..)| name).collect();
        assert_eq!(names.len(), plans.len());
    }

    #[test]
    fn the_rounds_of_a_ready_made_plan_have_formats_that_ship() {
        let formats = Formats::shipped();
        let plans = plan_templates();
        let rounds = plans.iter().flat_map(|(_, _, plan)| &plan.phases);
        let rounds: Vec<_> = rounds.filter(|phase| phase.round_plan().is_some()).collect();
        assert!(rounds.iter().any(|phase| phase.is_written_round()));
        for name in ["council", "one-word", "worship-sharing"] {
            assert!(rounds.iter().any(|phase| phase.spoken_format() == Some(name)), "{name}");
        }
        for (name, _, plan) in &plans {
            assert_eq!(formats.check_plan(plan), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_practice_has_room_for_its_words() {
        for (name, _, plan) in plan_templates() {
            for phase in plan.phases {
                if let Some(script) = phase.script() {
                    assert!(script.natural_length() <= phase.length(), "{name}: {}", phase.title);
                }
            }
        }
    }
}
