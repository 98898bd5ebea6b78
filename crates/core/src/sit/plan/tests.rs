//! Plans: validation and storage.

mod stored;

use super::*;
use crate::sit::templates::plan_templates;

#[test]
fn a_plan_reads_back_as_it_was_kept() {
    for (_, _, plan) in plan_templates() {
        assert_eq!(Plan::from_json(&plan.to_json()).unwrap(), plan);
    }
}

#[test]
fn a_new_phase_has_the_course_of_its_kind() {
    for kind in PhaseKind::ALL {
        assert_eq!(Phase::new(kind, 60).kind(), kind);
    }
}

#[test]
fn a_plan_that_was_kept_before_there_was_sound_is_not_sealed() {
    let (.., plain) = plan_templates().remove(0);
    assert!(!plain.to_json().contains("sealed"));
    assert!(!Plan::from_json(&plain.to_json()).unwrap().sealed);
    let sealed = Plan { sealed: true, ..plain };
    assert_eq!(Plan::from_json(&sealed.to_json()).unwrap(), sealed);
}

#[test]
fn a_plan_says_which_part_is_the_matter() {
    let mut plan = Plan { phases: vec![Phase::new(PhaseKind::Silence, 600)], ..Plan::default() };
    assert_eq!(plan.check(), Ok(()));
    plan.phases.push(Phase::new(PhaseKind::Close, 0));
    let no = plan.check().unwrap_err();
    assert_eq!(no, PlanNo::Phase { index: 1, why: PhaseNo::Length });
    assert_eq!(no.to_string(), "part 2 lasts between 5 seconds and three hours");
    assert_eq!(Plan::default().check(), Err(PlanNo::Empty));
    let long =
        Plan { phases: vec![Phase::new(PhaseKind::Silence, PHASE_S_MAX); 3], ..Plan::default() };
    assert_eq!(long.check(), Err(PlanNo::TooLong));
    let many = Plan {
        phases: vec![Phase::new(PhaseKind::Silence, 60); PHASES_MAX + 1],
        ..Plan::default()
    };
    assert_eq!(many.check(), Err(PlanNo::TooManyPhases));
}

#[test]
fn a_plan_holds_no_more_words_than_its_form_can_send() {
    let line = "\u{1F33F}".repeat(crate::sit::script::SCRIPT_LINE_CHARS_MAX - 1);
    let text =
        format!("{line}\n").repeat(PLAN_CHARS_MAX / crate::sit::script::SCRIPT_LINE_CHARS_MAX);
    let plan = |text: &str| {
        let script = Some(Script::parse(text).unwrap());
        Plan::new(vec![
            Phase::from_course(PhaseCourse::Practice { script }, 3_600).with_text("P", ""),
        ])
    };
    assert_eq!(plan(&text).check(), Err(PlanNo::TooManyWords), "the title is one too many");
    assert_eq!(plan(&text[line.len() + 1..]).check(), Ok(()));
}
