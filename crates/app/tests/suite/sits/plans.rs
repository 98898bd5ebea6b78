//! The ready-made plans and shipped scripts keep to what the house says about itself.

use sitwith_core::scripts::SHIPPED_SCRIPTS;
use sitwith_core::sit::plan::PhaseKind;
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::time::Span;

/// Promises nobody can keep, and words that judge.
const NOT_SAID: [&str; 9] =
    ["cure", "guarantee", "heal your", "transform", "should", "must", "!", "success", "correct"];

#[test]
fn no_script_and_no_plan_promises_an_effect_or_scolds() {
    let mut texts: Vec<String> =
        SHIPPED_SCRIPTS.iter().map(|script| script.text.to_lowercase()).collect();
    for (_, _, plan) in plan_templates() {
        texts.extend(plan.phases.iter().map(|phase| phase.words.to_lowercase()));
    }
    for text in texts {
        for word in NOT_SAID {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}

#[test]
fn just_sit_with_us_asks_nothing_of_anybody() {
    let plans = plan_templates();
    let (_, _, plan) = plans.iter().find(|(name, ..)| *name == "just-sit").unwrap();
    assert!(plan.phases.iter().all(|phase| {
        phase.kind() == PhaseKind::Silence && phase.words.is_empty() && phase.script().is_none()
    }));
}

#[test]
fn the_ready_made_plans_are_as_long_as_they_say() {
    let length = |wanted: &str| {
        let plans = plan_templates();
        let found = plans.into_iter().find(|(name, ..)| *name == wanted);
        found.map(|(_, _, plan)| plan.length())
    };
    assert_eq!(length("short"), Some(Span::from_secs(210)));
    assert_eq!(length("breathe"), Some(Span::from_mins(30)));
    assert_eq!(length("evening"), Some(Span::from_mins(50)));
}
