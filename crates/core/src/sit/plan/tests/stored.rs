//! Plans as they were stored before a phase had a type for its kind: all can still be parsed.

use super::*;

/// One stored phase of every kind with everything the editor could give it. The fields a kind does
/// not have were written as `null`, or left out, and still are.
const FULL: [&str; 8] = [
    r#"{"kind":"arrive","title":"Arriving","words":"Come in.","length_s":300,"opens_with":null,"closes_with":"soft","every_s":null,"breath":null,"script":null,"prompt":null}"#,
    r#"{"kind":"welcome","title":"Welcome","words":"Settle in.","length_s":180,"opens_with":"soft","closes_with":null,"every_s":null,"breath":null,"script":null,"prompt":null}"#,
    r#"{"kind":"practice","title":"Arriving in the body","words":"","length_s":540,"opens_with":"soft","closes_with":null,"every_s":null,"breath":null,"script":"Feel your feet.\n[pause 20]\nAnd rest.\n","prompt":null}"#,
    r#"{"kind":"silence","title":"Silence","words":"","length_s":1080,"opens_with":"large","closes_with":"large","every_s":300,"breath":null,"script":null,"prompt":null}"#,
    r#"{"kind":"breathe","title":"A few breaths","words":"In while the light grows.","length_s":60,"opens_with":"soft","closes_with":null,"every_s":null,"breath":{"in_ms":4000,"hold_ms":1500,"out_ms":6000,"rest_ms":0},"script":null,"prompt":null}"#,
    r#"{"kind":"round","title":"A few words","words":"","length_s":720,"opens_with":null,"closes_with":null,"every_s":null,"breath":null,"script":null,"prompt":"What helped you?","help":"A word is enough.","reads_first":true,"keeps":"quilt"}"#,
    r#"{"kind":"round","title":"The council","words":"","length_s":2040,"opens_with":"soft","closes_with":null,"every_s":null,"breath":null,"script":null,"prompt":"What carried you?","help":"Or pass.","format":"council"}"#,
    r#"{"kind":"close","title":"Closing","words":"Take your time.","length_s":120,"opens_with":null,"closes_with":"middle","every_s":null,"breath":null,"script":null,"prompt":null}"#,
];

fn read(json: &str) -> Phase {
    serde_json::from_str(json).unwrap()
}

fn written(phase: &Phase) -> String {
    serde_json::to_string(phase).unwrap()
}

/// A phase with these fields of JSON beside its title and length.
fn with(kind: &str, more: &str) -> Phase {
    read(&format!(r#"{{"kind":"{kind}","title":"T","length_s":60{more}}}"#))
}

#[test]
fn what_is_stored_is_read_and_written_letter_for_letter() {
    let json = format!(r#"{{"phases":[{}],"sealed":true}}"#, FULL.join(","));
    let plan = Plan::from_json(&json).unwrap();
    assert_eq!(plan.check(), Ok(()));
    assert_eq!(plan.to_json(), json);
    let kinds: std::collections::BTreeSet<_> = plan.phases.iter().map(Phase::kind).collect();
    assert_eq!(kinds.len(), PhaseKind::ALL.len(), "every kind is among them");
    assert!(plan.phases.iter().all(|phase| phase.extras.is_none()));
}

#[test]
fn what_is_stored_is_where_it_belongs() {
    let [_, _, practice, silence, breathe, round, council, _] = FULL.map(read);
    assert_eq!(practice.script().unwrap().parts().len(), 3);
    assert_eq!(silence.course, PhaseCourse::Silence { every_s: Some(300) });
    let breath = Breath { in_ms: 4_000, hold_ms: 1_500, out_ms: 6_000, rest_ms: 0 };
    assert_eq!(breathe.course, PhaseCourse::Breathe { breath });
    let plan = round.written_round().unwrap();
    assert_eq!(
        (plan.prompt.as_deref(), &*plan.help),
        (Some("What helped you?"), "A word is enough.")
    );
    assert!(plan.reads_first && plan.keeps == Keeps::Quilt);
    assert_eq!(council.spoken_format(), Some("council"));
}

#[test]
fn a_field_that_was_never_given_has_its_default() {
    for kind in PhaseKind::ALL {
        let phase = with(kind.row().word, "");
        let plain = Phase::new(kind, 60).with_text("T", "");
        assert_eq!(phase, plain);
        assert_eq!(read(&written(&phase)), phase);
    }
    let whole: serde_json::Value = serde_json::from_str(FULL[5]).unwrap();
    for field in whole.as_object().unwrap().keys() {
        let mut less = whole.clone();
        less.as_object_mut().unwrap().remove(field);
        let phase = serde_json::from_value::<Phase>(less);
        let is_needed = ["kind", "title", "length_s"].contains(&field.as_str());
        assert_eq!(phase.is_err(), is_needed, "{field}");
    }
}

#[test]
fn a_written_round_may_name_its_format() {
    let round = with("round", r#","format":"written""#);
    assert!(round.is_written_round());
    assert!(written(&round).contains(r#""format":"written""#));
}

#[test]
fn a_bell_a_breath_and_lines_of_another_kind_keep_their_effect() {
    let odd = r#","every_s":40,"breath":{"in_ms":2000,"hold_ms":0,"out_ms":3000,"rest_ms":0},"script":"Rest.\n""#;
    for kind in PhaseKind::ALL {
        let phase = with(kind.row().word, odd);
        assert_eq!(phase.kind(), kind);
        assert_eq!(phase.interval_bell_s(), Some(40));
        assert_eq!(phase.breath().map(|breath| breath.in_ms), Some(2_000));
        assert_eq!(phase.script().unwrap().parts().len(), 1);
        assert_eq!(read(&written(&phase)), phase);
        assert!(written(&phase).contains(r#""every_s":40,"#));
    }
}

#[test]
fn a_prompt_outside_a_round_is_shown_as_the_words() {
    let welcome = with("welcome", r#","words":"Hidden.","prompt":"Shown.""#);
    assert_eq!((welcome.shown_words(), welcome.words.as_str()), ("Shown.", "Shown."));
    assert_eq!(read(&written(&welcome)), welcome);
    let round = with("round", r#","words":"Hidden.","prompt":"Shown.""#);
    assert_eq!((round.shown_words(), round.words.as_str()), ("Shown.", "Hidden."));
}

#[test]
fn what_had_no_effect_outside_a_round_is_dropped() {
    let odd = r#","help":"h","format":"Not a name","reads_first":true,"keeps":"quilt","later":1"#;
    assert_eq!(with("silence", odd), with("silence", ""));
    assert_eq!(with("silence", odd).spoken_format(), None);
}

#[test]
fn what_was_never_a_phase_is_refused() {
    for json in [
        r#"{"kind":"dance","title":"T","length_s":60}"#,
        r#"{"kind":"practice","title":"T","length_s":60,"script":"[pause soon]"}"#,
        r#"{"kind":"silence","title":"T","length_s":60,"opens_with":"gong"}"#,
    ] {
        assert!(serde_json::from_str::<Phase>(json).is_err(), "{json}");
    }
}
