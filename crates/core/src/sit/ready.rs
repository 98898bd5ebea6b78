//! Plans to start from. A guide takes one and makes it her own.

use super::bell::Bell;
use super::plan::{Kind, Phase, Plan};
use super::script::Script;

/// The words of a short practice for a hard day.
const KINDNESS: &str = "\
Sit, stand or lie down, in whatever way is kind to your body today.
Let your eyes rest, open or closed.
[pause 10]
Feel where you are held: the chair, the floor, the ground under it.
[pause 15]
If something is hard just now, you do not have to look at all of it.
Only notice that it is here.
[pause 15]
You might say to yourself: this is hard.
[pause 15]
And: others know this too. Some of them are sitting here.
[pause 20]
If you like, lay a hand where it feels warm.
[pause 15]
What would you say to a friend who felt this way?
[pause 30]
Say a little of it to yourself.
[pause 40]
Nothing has to change. You are sitting with it, and you are not alone.
[pause 30]
When you are ready, let your breath go back to its own way.
";

/// The words of a practice with the body.
const BODY: &str = "\
Let yourself arrive. There is nothing to do well here.
[pause 15]
Notice your feet. Warm, cool, or hardly there: each is all right.
[pause 25]
Notice your legs, and what they rest on.
[pause 25]
Notice your belly, moving by itself.
[pause 30]
Notice your shoulders. Let them come down as far as they want to.
[pause 25]
Notice your hands.
[pause 25]
Notice your face. Let the jaw be loose.
[pause 25]
If a place is sore or tight, you may stay away from it, or send it a kind breath.
[pause 40]
Now feel the whole of you, sitting here.
[pause 40]
";

/// Plans to start from: a short name for forms, a title, the plan.
pub fn ready_made() -> Vec<(&'static str, &'static str, Plan)> {
    vec![
        ("just-sit", "Just sit with us", just_sit()),
        ("breathe-and-sit", "Breathe, then sit", breathe_and_sit()),
        ("hard-day", "After a hard day", hard_day()),
        ("evening", "An evening together", evening()),
        ("long-silence", "Three quiet hours", long_silence()),
        ("small", "A very small sit", small()),
    ]
}

fn just_sit() -> Plan {
    Plan {
        phases: vec![
            arrive(120),
            silence(20 * 60).rung(Some(Bell::Large), Some(Bell::Large)),
            close(60),
        ],
    }
}

fn breathe_and_sit() -> Plan {
    Plan {
        phases: vec![
            arrive(120),
            Phase::new(Kind::Breathe, 4 * 60)
                .saying(
                    "Breathing together",
                    "In while the light grows, out while it fades.",
                )
                .rung(Some(Bell::Soft), None),
            every(
                silence(15 * 60).rung(Some(Bell::Middle), Some(Bell::Middle)),
                5 * 60,
            ),
            close(60),
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
            practice("A little kindness", KINDNESS, 8 * 60),
            silence(10 * 60).rung(Some(Bell::Middle), Some(Bell::Middle)),
            close(120),
        ],
    }
}

fn evening() -> Plan {
    Plan {
        phases: vec![
            arrive(5 * 60),
            Phase::new(Kind::Welcome, 5 * 60)
                .saying("Welcome", "Settle in. Nothing is asked of you tonight."),
            practice("Being in the body", BODY, 10 * 60),
            every(
                silence(20 * 60).rung(Some(Bell::Large), Some(Bell::Large)),
                10 * 60,
            ),
            round("What helped you through a hard time, a little?", 12 * 60),
            silence(5 * 60).rung(Some(Bell::Middle), Some(Bell::Middle)),
            close(3 * 60),
        ],
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

fn small() -> Plan {
    Plan {
        phases: vec![
            Phase::new(Kind::Breathe, 30)
                .saying(
                    "A few breaths",
                    "In while the light grows, out while it fades.",
                )
                .rung(Some(Bell::Soft), None),
            silence(60).rung(Some(Bell::Middle), Some(Bell::Large)),
            close(15),
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

fn practice(title: &str, script: &str, length_s: u32) -> Phase {
    let mut phase = Phase::new(Kind::Practice, length_s).saying(title, "");
    phase.script = Some(Script::parse(script).expect("the house's own scripts are read in a test"));
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
