//! Ready-made plans, for a guide to adapt.

use super::bell::Bell;
use super::format::Formats;
use super::plan::{Course, Phase, PhaseKind, Plan, RoundPlan};
use super::script::Script;
use crate::prompts;
use crate::scripts::{self, Shipped};

/// The ready-made plans, each with a short name for forms and a title.
pub fn ready_made() -> Vec<(&'static str, &'static str, Plan)> {
    vec![
        ("short", "A short sit", short()),
        ("silence", "Twenty minutes of silence", twenty_minutes()),
        ("breathe", "Breathe and sit", breathe_and_sit()),
        ("evening", "An evening together", evening()),
        ("council", "An evening with the feather", council()),
        ("sharing", "Sharing out of silence", sharing()),
        ("hard-day", "After a hard day", hard_day()),
        ("just-sit", "Just sit with us", just_sit()),
        ("long", "Three quiet hours", long_silence()),
    ]
}

/// Three and a half minutes: a first look at everything.
fn short() -> Plan {
    Plan {
        phases: vec![
            arrive(20),
            Phase::new(PhaseKind::Breathe, 60)
                .saying("A few breaths", "In while the light grows, out while it fades.")
                .rung(Some(Bell::Soft), None),
            silence(100).rung(Some(Bell::Middle), Some(Bell::Large)),
            close(30),
        ],
        ..Plan::default()
    }
}

fn twenty_minutes() -> Plan {
    Plan {
        phases: vec![
            arrive(60),
            silence(20 * 60).rung(Some(Bell::Large), Some(Bell::Large)),
            close(60),
        ],
        ..Plan::default()
    }
}

/// Half an hour.
fn breathe_and_sit() -> Plan {
    Plan {
        phases: vec![
            arrive(2 * 60),
            Phase::new(PhaseKind::Breathe, 5 * 60)
                .saying("Breathing together", "In while the light grows, out while it fades.")
                .rung(Some(Bell::Soft), None),
            practice(scripts::SOFT_BREATH, 8 * 60),
            silence(13 * 60).rung(Some(Bell::Middle), Some(Bell::Middle)),
            close(2 * 60),
        ],
        ..Plan::default()
    }
}

/// Fifty minutes.
fn evening() -> Plan {
    Plan {
        phases: vec![
            arrive(5 * 60),
            Phase::new(PhaseKind::Welcome, 3 * 60)
                .saying("Welcome", "Settle in. Nothing is asked of you tonight."),
            practice(scripts::ARRIVING, 9 * 60),
            silence(18 * 60).rung(Some(Bell::Large), Some(Bell::Large)),
            written("What helped you through a hard time, a little?", 12 * 60),
            close(3 * 60),
        ],
        ..Plan::default()
    }
}

/// An hour: a council, and one word each to end with.
fn council() -> Plan {
    Plan {
        phases: vec![
            arrive(4 * 60),
            Phase::new(PhaseKind::Welcome, 3 * 60).saying(
                "Welcome",
                "Tonight a feather goes round. Whoever holds it speaks; everybody else listens. \
                 You can always pass.",
            ),
            silence(12 * 60).rung(Some(Bell::Large), Some(Bell::Large)),
            spoken("council", "not-alone", 34 * 60).rung(Some(Bell::Soft), None),
            spoken("one-word", "one-word", 5 * 60).rung(Some(Bell::Soft), None),
            close(2 * 60),
        ],
        ..Plan::default()
    }
}

/// Forty-five minutes, most of them silent.
fn sharing() -> Plan {
    Plan {
        phases: vec![
            arrive(3 * 60),
            silence(10 * 60).rung(Some(Bell::Large), Some(Bell::Middle)),
            spoken("worship-sharing", "softer-eyes", 25 * 60),
            silence(5 * 60).rung(Some(Bell::Middle), Some(Bell::Large)),
            close(2 * 60),
        ],
        ..Plan::default()
    }
}

fn hard_day() -> Plan {
    Plan {
        phases: vec![
            arrive(180),
            Phase::new(PhaseKind::Welcome, 120).saying(
                "Welcome",
                "You came. That is enough. You can leave any time, and come back in.",
            ),
            practice(scripts::KINDNESS, 10 * 60),
            silence(10 * 60).rung(Some(Bell::Middle), Some(Bell::Middle)),
            close(120),
        ],
        ..Plan::default()
    }
}

/// For people who have nothing left to give: no words, no tasks, nothing to follow.
fn just_sit() -> Plan {
    let silence = silence(30 * 60).rung(Some(Bell::Large), Some(Bell::Large));
    Plan { phases: vec![silence], ..Plan::default() }
}

fn long_silence() -> Plan {
    Plan {
        phases: vec![
            silence(3 * 3_600)
                .rung(Some(Bell::Large), Some(Bell::Large))
                .rung_every(Some(30 * 60))
                .saying("Three quiet hours", "Sit, walk, lie down. Come and go as you need."),
        ],
        ..Plan::default()
    }
}

fn arrive(length_s: u32) -> Phase {
    Phase::new(PhaseKind::Arrive, length_s)
        .saying("Arriving", "Come in. Find a way to sit that is kind to you.")
}

fn silence(length_s: u32) -> Phase {
    Phase::new(PhaseKind::Silence, length_s)
}

fn practice(script: Shipped, length_s: u32) -> Phase {
    let text = Script::parse(script.text).expect("the shipped scripts are read in a test");
    Phase::with(Course::Practice { script: Some(text) }, length_s)
        .saying(script.title, "")
        .rung(Some(Bell::Soft), None)
}

fn written(prompt: &str, length_s: u32) -> Phase {
    let round = RoundPlan {
        prompt: Some(prompt.to_owned()),
        help: "The learning is enough; what happened may stay with you.".to_owned(),
        ..RoundPlan::default()
    };
    Phase::with(Course::Round(round), length_s)
}

fn spoken(format: &str, prompt: &str, length_s: u32) -> Phase {
    let shipped = prompts::find(prompt).expect("a test makes every plan");
    let formats = Formats::shipped();
    let title = &formats.find(format).expect("the same").title;
    let round = RoundPlan {
        prompt: Some(shipped.asks),
        help: shipped.help,
        format: Some(format.into()),
        ..RoundPlan::default()
    };
    Phase::with(Course::Round(round), length_s).saying(title, "")
}

fn close(length_s: u32) -> Phase {
    Phase::new(PhaseKind::Close, length_s)
        .saying("Closing", "Take your time. May we all meet what comes next, together.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_ready_made_plan_can_be_sat() {
        let plans = ready_made();
        for (name, _, plan) in &plans {
            assert_eq!(plan.check(), Ok(()), "{name}");
        }
        let names: BTreeSet<_> = plans.iter().map(|(name, ..)| name).collect();
        assert_eq!(names.len(), plans.len());
    }

    #[test]
    fn the_rounds_of_a_ready_made_plan_have_formats_that_ship() {
        let formats = Formats::shipped();
        let plans = ready_made();
        let rounds = plans.iter().flat_map(|(_, _, plan)| &plan.phases);
        let rounds: Vec<_> = rounds.filter(|phase| phase.round().is_some()).collect();
        assert!(rounds.iter().any(|phase| phase.is_written_round()));
        for name in ["council", "one-word", "worship-sharing"] {
            assert!(rounds.iter().any(|phase| phase.spoken() == Some(name)), "{name}");
        }
        for (name, _, plan) in &plans {
            assert_eq!(formats.check(plan), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_practice_has_room_for_its_words() {
        for (name, _, plan) in ready_made() {
            for phase in plan.phases {
                if let Some(script) = phase.script() {
                    assert!(script.natural_length() <= phase.length(), "{name}: {}", phase.title);
                }
            }
        }
    }
}
