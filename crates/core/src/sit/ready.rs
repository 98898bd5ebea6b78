//! Plans to start from. A guide takes one and makes it her own.

use super::bell::Bell;
use super::plan::{Kind, Phase, Plan};
use super::script::Script;
use crate::scripts::{self, Shipped};

/// Plans to start from: a short name for forms, a title, the plan.
pub fn ready_made() -> Vec<(&'static str, &'static str, Plan)> {
    vec![
        ("short", "A short sit", short()),
        ("silence", "Twenty minutes of silence", twenty_minutes()),
        ("breathe", "Breathe and sit", breathe_and_sit()),
        ("evening", "An evening together", evening()),
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
            Phase::new(Kind::Breathe, 60)
                .saying(
                    "A few breaths",
                    "In while the light grows, out while it fades.",
                )
                .rung(Some(Bell::Soft), None),
            silence(100).rung(Some(Bell::Middle), Some(Bell::Large)),
            close(30),
        ],
    }
}

fn twenty_minutes() -> Plan {
    Plan {
        phases: vec![
            arrive(60),
            silence(20 * 60).rung(Some(Bell::Large), Some(Bell::Large)),
            close(60),
        ],
    }
}

/// Half an hour.
fn breathe_and_sit() -> Plan {
    Plan {
        phases: vec![
            arrive(2 * 60),
            Phase::new(Kind::Breathe, 5 * 60)
                .saying(
                    "Breathing together",
                    "In while the light grows, out while it fades.",
                )
                .rung(Some(Bell::Soft), None),
            practice(scripts::SOFT_BREATH, 8 * 60),
            silence(13 * 60).rung(Some(Bell::Middle), Some(Bell::Middle)),
            close(2 * 60),
        ],
    }
}

/// Fifty minutes.
fn evening() -> Plan {
    Plan {
        phases: vec![
            arrive(5 * 60),
            Phase::new(Kind::Welcome, 3 * 60)
                .saying("Welcome", "Settle in. Nothing is asked of you tonight."),
            practice(scripts::ARRIVING, 9 * 60),
            silence(18 * 60).rung(Some(Bell::Large), Some(Bell::Large)),
            round("What helped you through a hard time, a little?", 12 * 60),
            close(3 * 60),
        ],
    }
}

fn hard_day() -> Plan {
    Plan {
        phases: vec![
            arrive(180),
            Phase::new(Kind::Welcome, 120).saying(
                "Welcome",
                "You came. That is enough. You can leave any time, and come back in.",
            ),
            practice(scripts::KINDNESS, 10 * 60),
            silence(10 * 60).rung(Some(Bell::Middle), Some(Bell::Middle)),
            close(120),
        ],
    }
}

/// For people who have nothing left to give: no words, no tasks, nothing to follow.
fn just_sit() -> Plan {
    let silence = silence(30 * 60).rung(Some(Bell::Large), Some(Bell::Large));
    Plan {
        phases: vec![silence],
    }
}

fn long_silence() -> Plan {
    Plan {
        phases: vec![
            every(
                silence(3 * 3_600).rung(Some(Bell::Large), Some(Bell::Large)),
                30 * 60,
            )
            .saying(
                "Three quiet hours",
                "Sit, walk, lie down. Come and go as you need.",
            ),
        ],
    }
}

fn arrive(length_s: u32) -> Phase {
    Phase::new(Kind::Arrive, length_s).saying(
        "Arriving",
        "Come in. Find a way to sit that is kind to you.",
    )
}

fn silence(length_s: u32) -> Phase {
    Phase::new(Kind::Silence, length_s)
}

fn every(mut phase: Phase, every_s: u32) -> Phase {
    phase.every_s = Some(every_s);
    phase
}

fn practice(script: Shipped, length_s: u32) -> Phase {
    let mut phase = Phase::new(Kind::Practice, length_s).saying(script.title, "");
    let text = Script::parse(script.text);
    phase.script = Some(text.expect("the shipped scripts are read in a test"));
    phase.rung(Some(Bell::Soft), None)
}

fn round(prompt: &str, length_s: u32) -> Phase {
    let mut phase = Phase::new(Kind::Round, length_s);
    phase.prompt = Some(prompt.to_owned());
    phase
}

fn close(length_s: u32) -> Phase {
    Phase::new(Kind::Close, length_s).saying(
        "Closing",
        "Take your time. May we all meet what comes next, together.",
    )
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
    fn a_practice_has_room_for_its_words() {
        for (name, _, plan) in ready_made() {
            for phase in plan.phases {
                if let Some(script) = &phase.script {
                    assert!(
                        script.natural_length() <= phase.length(),
                        "{name}: {}",
                        phase.title
                    );
                }
            }
        }
    }
}
