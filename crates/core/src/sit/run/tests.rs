//! Tests of the running order's rules.

mod chance;
mod pause;
mod refused;

use super::*;
use crate::sit::plan::Phase;

/// Planned beginning of the sits of these tests.
const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);

fn secs(secs: i64) -> Span {
    Span::from_secs(secs)
}

/// Arriving 1 min, silence 15 min with a bell every 5, a talk of 5 min, closing 1 min.
fn facts() -> RunFacts {
    let mut silence =
        Phase::new(PhaseKind::Silence, 900).with_bells(Some(Bell::Large), Some(Bell::Large));
    silence = silence.with_interval_bell(Some(300));
    let phases = vec![
        Phase::new(PhaseKind::Arrive, 60),
        silence,
        Phase::new(PhaseKind::Practice, 300).with_bells(Some(Bell::Soft), None),
        Phase::new(PhaseKind::Close, 60).with_bells(None, Some(Bell::Middle)),
    ];
    RunFacts { plan: Plan::new(phases), planned_at: EIGHT, is_led: true, begins_itself: false }
}

fn by_itself() -> RunFacts {
    RunFacts { begins_itself: true, ..facts() }
}

/// A change that takes effect at this time after eight.
fn at(effect: i64, what: RunAction) -> RunChange {
    RunChange { at: EIGHT + secs(effect) - CHANGE_LEAD, what }
}

/// The segments as kinds with their start in seconds after eight.
fn course(timeline: &Timeline) -> Vec<(PhaseKind, i64)> {
    let segments = timeline.segments.iter().skip(1);
    segments.map(|part| (part.kind, part.starts_at.since(EIGHT).secs())).collect()
}

/// The strikes as ids with their instant in seconds after eight.
fn strikes(timeline: &Timeline) -> Vec<(&str, i64)> {
    timeline.strikes.iter().map(|strike| (&*strike.id, strike.at.since(EIGHT).secs())).collect()
}

#[test]
fn an_hour_runs_itself_once_it_has_begun() {
    let timeline = build_timeline(&facts(), &[at(0, RunAction::Begin)]);
    let expected = [
        (PhaseKind::Arrive, 0),
        (PhaseKind::Silence, 60),
        (PhaseKind::Practice, 960),
        (PhaseKind::Close, 1_260),
    ];
    assert_eq!(course(&timeline), expected);
    let bells = [("1.0", 60), ("1.1", 360), ("1.2", 660), ("1.c", 960), ("3.c", 1_320)];
    assert_eq!(strikes(&timeline), bells);
    assert_eq!(timeline.over_at, Some(EIGHT + secs(1_320)));
    assert_eq!((timeline.seq, timeline.begun_at), (2, Some(EIGHT)));
}

#[test]
fn a_sit_that_waits_for_its_guide_has_no_bells_yet() {
    let timeline = build_timeline(&facts(), &[]);
    assert_eq!(timeline.segments.len(), 1);
    assert_eq!(timeline.segments[0].ends_at, None);
    assert!(timeline.strikes.is_empty());
    assert_eq!((timeline.begun_at, timeline.over_at), (None, None));
    assert!(!timeline.is_over(EIGHT + secs(7_199)));
    assert!(timeline.is_over(EIGHT + secs(7_200)), "nobody ever began");
}

#[test]
fn a_teacherless_sit_begins_by_itself() {
    for facts in [by_itself(), RunFacts { is_led: false, ..facts() }] {
        let timeline = build_timeline(&facts, &[]);
        assert_eq!(timeline.begun_at, Some(EIGHT));
        assert_eq!(timeline.over_at, Some(EIGHT + secs(1_320)));
        assert_eq!(timeline.segments[0].ends_at, Some(EIGHT));
    }
}

#[test]
fn a_guide_may_begin_early_or_let_a_sit_wait_that_would_begin_by_itself() {
    let early = build_timeline(&by_itself(), &[at(-120, RunAction::Begin)]);
    assert_eq!(early.begun_at, Some(EIGHT - secs(120)));
    let held = [at(-60, RunAction::Hold)];
    assert_eq!(build_timeline(&by_itself(), &held).begun_at, None);
    let on = build_timeline(&by_itself(), &[held[0], at(90, RunAction::GoOn)]);
    assert_eq!(on.begun_at, Some(EIGHT + secs(90)));
    let hours_early = build_timeline(&facts(), &[at(-7_200, RunAction::Begin)]);
    assert!(hours_early.segments[0].starts_at <= hours_early.begun_at.unwrap());
}

#[test]
fn the_guide_extends_at_minute_twelve_and_everybody_rings_at_the_new_time() {
    let begun = at(0, RunAction::Begin);
    let timeline = build_timeline(&facts(), &[begun, at(720, RunAction::Extend { s: 180 })]);
    // The bell that rang at minute eleven is unchanged; the closing bell keeps its id.
    let bells =
        [("1.0", 60), ("1.1", 360), ("1.2", 660), ("1.3", 960), ("1.c", 1_140), ("3.c", 1_500)];
    assert_eq!(strikes(&timeline), bells);
}

#[test]
fn shortening_never_reaches_into_the_past() {
    let begun = at(0, RunAction::Begin);
    let timeline = build_timeline(&facts(), &[begun, at(670, RunAction::Shorten { s: 3_600 })]);
    assert_eq!(strikes(&timeline)[..4], [("1.0", 60), ("1.1", 360), ("1.2", 660), ("1.c", 670)]);
    // The bell of minute eleven has rung: it stays, although it is now near the end.
    let near = build_timeline(&facts(), &[begun, at(662, RunAction::Shorten { s: 290 })]);
    assert_eq!(strikes(&near)[..4], [("1.0", 60), ("1.1", 360), ("1.2", 660), ("1.c", 670)]);
}

#[test]
fn what_is_held_stands_still_and_goes_on_where_it_was() {
    let held = [at(0, RunAction::Begin), at(400, RunAction::Hold)];
    let timeline = build_timeline(&facts(), &held);
    assert_eq!(timeline.held_at, Some(EIGHT + secs(400)));
    assert_eq!(timeline.segments.last().unwrap().ends_at, None);
    assert_eq!(strikes(&timeline), [("1.0", 60), ("1.1", 360)]);
    let on = build_timeline(&facts(), &[held[0], held[1], at(1_000, RunAction::GoOn)]);
    assert_eq!(on.held_at, None);
    let bells = [("1.0", 60), ("1.1", 360), ("1.2", 1_260), ("1.c", 1_560), ("3.c", 1_920)];
    assert_eq!(strikes(&on), bells);
    let silence = &on.segments[2];
    assert_eq!(silence.elapsed(EIGHT + secs(700)), secs(340));
    assert_eq!(silence.elapsed(EIGHT + secs(1_010)), secs(350));
}

#[test]
fn skipping_closes_with_the_bell_and_going_back_does_not() {
    let begun = at(0, RunAction::Begin);
    let skipped = build_timeline(&facts(), &[begun, at(100, RunAction::Skip)]);
    assert_eq!(course(&skipped)[2], (PhaseKind::Practice, 100));
    assert_eq!(strikes(&skipped), [("1.0", 60), ("1.c", 100), ("3.c", 460)]);
    let back = build_timeline(&facts(), &[begun, at(1_000, RunAction::Back)]);
    let expected = [
        (PhaseKind::Arrive, 0),
        (PhaseKind::Silence, 60),
        (PhaseKind::Practice, 960),
        (PhaseKind::Silence, 1_000),
        (PhaseKind::Practice, 1_900),
        (PhaseKind::Close, 2_200),
    ];
    assert_eq!(course(&back), expected);
    assert!(strikes(&back).contains(&("1-1.0", 1_000)));
    assert!(strikes(&back).contains(&("1.c", 960)), "the first silence had closed");
}

#[test]
fn going_back_twice_goes_back_in_the_plan() {
    let begun = at(0, RunAction::Begin);
    let back =
        build_timeline(&facts(), &[begun, at(1_000, RunAction::Back), at(1_100, RunAction::Back)]);
    let kinds: Vec<_> = course(&back).into_iter().map(|(kind, _)| kind).collect();
    let (arrive, silence) = (PhaseKind::Arrive, PhaseKind::Silence);
    let (practice, close) = (PhaseKind::Practice, PhaseKind::Close);
    assert_eq!(kinds, [arrive, silence, practice, silence, arrive, silence, practice, close]);
    let first = build_timeline(&facts(), &[begun, at(10, RunAction::Back)]);
    assert_eq!(course(&first)[..2], [(PhaseKind::Arrive, 0), (PhaseKind::Arrive, 10)]);
    assert_eq!(course(&first).len(), 5);
}

#[test]
fn a_silence_comes_after_the_part_that_goes_on() {
    let begun = at(0, RunAction::Begin);
    let changes =
        [begun, at(1_000, RunAction::Silence { s: 120 }), at(1_010, RunAction::Silence { s: 60 })];
    let timeline = build_timeline(&facts(), &changes);
    let expected =
        [(PhaseKind::Silence, 1_260), (PhaseKind::Silence, 1_380), (PhaseKind::Close, 1_440)];
    assert_eq!(course(&timeline)[3..], expected);
    assert_eq!(timeline.segments[4].phase, None);
    // Where one silence closes and the next opens, one bell rings.
    let bells = strikes(&timeline);
    assert_eq!(bells[4..], [("s1.0", 1_260), ("s1.c", 1_380), ("s2.c", 1_440), ("3.c", 1_500)]);
}

#[test]
fn closing_comes_to_the_closing_and_then_to_the_end() {
    let begun = at(0, RunAction::Begin);
    let once = build_timeline(&facts(), &[begun, at(100, RunAction::Close)]);
    assert_eq!(course(&once)[2], (PhaseKind::Close, 100));
    assert_eq!(strikes(&once), [("1.0", 60), ("1.c", 100), ("3.c", 160)]);
    let twice =
        build_timeline(&facts(), &[begun, at(100, RunAction::Close), at(110, RunAction::Close)]);
    assert_eq!(twice.over_at, Some(EIGHT + secs(110)));
    let never = build_timeline(&facts(), &[at(-30, RunAction::Close)]);
    assert_eq!((never.begun_at, never.over_at), (None, Some(EIGHT - secs(30))));
}

#[test]
fn a_sit_without_its_guide_is_silent_and_a_guide_who_comes_begins_anew() {
    let alone = at(600, RunAction::BeginAlone);
    let timeline = build_timeline(&facts(), &[alone]);
    assert!(timeline.began_alone);
    assert_eq!(course(&timeline), [(PhaseKind::Silence, 600)]);
    assert_eq!(strikes(&timeline)[0], ("1.0", 600));
    assert_eq!(timeline.over_at, Some(EIGHT + secs(1_500)));
    let came = build_timeline(&facts(), &[alone, at(700, RunAction::Begin)]);
    assert!(!came.began_alone);
    assert_eq!(came.begun_at, Some(EIGHT + secs(600)));
    let expected = [(PhaseKind::Silence, 600), (PhaseKind::Arrive, 700), (PhaseKind::Silence, 760)];
    assert_eq!(course(&came)[..3], expected);
    let talk = RunFacts {
        plan: Plan { phases: vec![Phase::new(PhaseKind::Round, 60)], ..Plan::default() },
        ..facts()
    };
    let timeline = build_timeline(&talk, &[alone]);
    assert_eq!(course(&timeline), [(PhaseKind::Silence, 600)]);
    assert_eq!(timeline.over_at, Some(EIGHT + secs(600 + i64::from(ALONE_SILENCE_S))));
}

#[test]
fn three_hours_of_silence_have_all_their_bells() {
    let mut silence = Phase::new(PhaseKind::Silence, 3 * 3_600).with_bells(Some(Bell::Large), None);
    silence = silence.with_interval_bell(Some(30));
    let plan = Plan { phases: vec![silence], ..Plan::default() };
    assert_eq!(plan.check(), Ok(()));
    let timeline = build_timeline(&RunFacts { plan, ..by_itself() }, &[]);
    assert_eq!(timeline.strikes.len(), 360);
    assert!(timeline.is_silent(EIGHT + secs(10_799)));
    assert!(!timeline.is_silent(EIGHT + secs(10_800)));
}

#[test]
fn a_change_is_written_down_plainly() {
    let what = serde_json::to_string(&RunAction::Extend { s: 180 }).unwrap();
    assert_eq!(what, r#"{"what":"extend","s":180}"#);
    assert_eq!(serde_json::to_string(&RunAction::GoOn).unwrap(), r#"{"what":"go_on"}"#);
    let ring = r#"{"what":"ring","bell":"soft"}"#;
    assert_eq!(
        serde_json::from_str::<RunAction>(ring).unwrap(),
        RunAction::Ring { bell: Bell::Soft }
    );
}
