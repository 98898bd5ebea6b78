//! The running order's rules, one by one.

use proptest::prelude::*;

use super::*;
use crate::sit::plan::Phase;

/// When the sits of these tests are planned.
const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);

fn secs(secs: i64) -> Span {
    Span::from_secs(secs)
}

/// Arriving 1 min, silence 15 min with a bell every 5, a talk of 5 min, closing 1 min.
fn facts() -> Facts {
    let mut silence = Phase::new(Kind::Silence, 900).rung(Some(Bell::Large), Some(Bell::Large));
    silence.every_s = Some(300);
    let phases = vec![
        Phase::new(Kind::Arrive, 60),
        silence,
        Phase::new(Kind::Practice, 300).rung(Some(Bell::Soft), None),
        Phase::new(Kind::Close, 60).rung(None, Some(Bell::Middle)),
    ];
    Facts {
        plan: Plan::new(phases),
        planned_at: EIGHT,
        led: true,
        begins_itself: false,
    }
}

fn by_itself() -> Facts {
    Facts {
        begins_itself: true,
        ..facts()
    }
}

/// A change that takes effect at this time after eight.
fn at(effect: i64, what: What) -> Change {
    Change {
        at: EIGHT + secs(effect) - LEAD,
        what,
    }
}

/// The segments as kinds with their start in seconds after eight.
fn course(timeline: &Timeline) -> Vec<(Kind, i64)> {
    let segments = timeline.segments.iter().skip(1);
    segments
        .map(|part| (part.kind, part.starts_at.since(EIGHT).secs()))
        .collect()
}

/// The strikes as ids with their instant in seconds after eight.
fn strikes(timeline: &Timeline) -> Vec<(&str, i64)> {
    timeline
        .strikes
        .iter()
        .map(|strike| (&*strike.id, strike.at.since(EIGHT).secs()))
        .collect()
}

#[test]
fn an_hour_runs_itself_once_it_has_begun() {
    let timeline = order(&facts(), &[at(0, What::Begin)]);
    let expected = [
        (Kind::Arrive, 0),
        (Kind::Silence, 60),
        (Kind::Practice, 960),
        (Kind::Close, 1_260),
    ];
    assert_eq!(course(&timeline), expected);
    let bells = [
        ("1.0", 60),
        ("1.1", 360),
        ("1.2", 660),
        ("1.c", 960),
        ("3.c", 1_320),
    ];
    assert_eq!(strikes(&timeline), bells);
    assert_eq!(timeline.over_at, Some(EIGHT + secs(1_320)));
    assert_eq!((timeline.seq, timeline.begun_at), (2, Some(EIGHT)));
}

#[test]
fn a_sit_that_waits_for_its_guide_has_no_bells_yet() {
    let timeline = order(&facts(), &[]);
    assert_eq!(timeline.segments.len(), 1);
    assert_eq!(timeline.segments[0].ends_at, None);
    assert!(timeline.strikes.is_empty());
    assert_eq!((timeline.begun_at, timeline.over_at), (None, None));
    assert!(!timeline.is_over(EIGHT + secs(7_199)));
    assert!(timeline.is_over(EIGHT + secs(7_200)), "nobody ever began");
}

#[test]
fn a_teacherless_sit_begins_by_itself() {
    for facts in [
        by_itself(),
        Facts {
            led: false,
            ..facts()
        },
    ] {
        let timeline = order(&facts, &[]);
        assert_eq!(timeline.begun_at, Some(EIGHT));
        assert_eq!(timeline.over_at, Some(EIGHT + secs(1_320)));
        assert_eq!(timeline.segments[0].ends_at, Some(EIGHT));
    }
}

#[test]
fn a_guide_may_begin_early_or_let_a_sit_wait_that_would_begin_by_itself() {
    let early = order(&by_itself(), &[at(-120, What::Begin)]);
    assert_eq!(early.begun_at, Some(EIGHT - secs(120)));
    let held = [at(-60, What::Hold)];
    assert_eq!(order(&by_itself(), &held).begun_at, None);
    let on = order(&by_itself(), &[held[0], at(90, What::GoOn)]);
    assert_eq!(on.begun_at, Some(EIGHT + secs(90)));
    let hours_early = order(&facts(), &[at(-7_200, What::Begin)]);
    assert!(hours_early.segments[0].starts_at <= hours_early.begun_at.unwrap());
}

#[test]
fn the_guide_extends_at_minute_twelve_and_everybody_rings_at_the_new_time() {
    let begun = at(0, What::Begin);
    let timeline = order(&facts(), &[begun, at(720, What::Extend { s: 180 })]);
    // The bell that rang at minute eleven is as it was; the closing bell keeps its name.
    let bells = [
        ("1.0", 60),
        ("1.1", 360),
        ("1.2", 660),
        ("1.3", 960),
        ("1.c", 1_140),
        ("3.c", 1_500),
    ];
    assert_eq!(strikes(&timeline), bells);
}

#[test]
fn shortening_never_reaches_into_the_past() {
    let begun = at(0, What::Begin);
    let timeline = order(&facts(), &[begun, at(670, What::Shorten { s: 3_600 })]);
    assert_eq!(
        strikes(&timeline)[..4],
        [("1.0", 60), ("1.1", 360), ("1.2", 660), ("1.c", 670)]
    );
    // The bell of minute eleven has rung: it stays, though it is now near the end.
    let near = order(&facts(), &[begun, at(662, What::Shorten { s: 290 })]);
    assert_eq!(
        strikes(&near)[..4],
        [("1.0", 60), ("1.1", 360), ("1.2", 660), ("1.c", 670)]
    );
}

#[test]
fn what_is_held_stands_still_and_goes_on_where_it_was() {
    let held = [at(0, What::Begin), at(400, What::Hold)];
    let timeline = order(&facts(), &held);
    assert_eq!(timeline.held_at, Some(EIGHT + secs(400)));
    assert_eq!(timeline.segments.last().unwrap().ends_at, None);
    assert_eq!(strikes(&timeline), [("1.0", 60), ("1.1", 360)]);
    let on = order(&facts(), &[held[0], held[1], at(1_000, What::GoOn)]);
    assert_eq!(on.held_at, None);
    let bells = [
        ("1.0", 60),
        ("1.1", 360),
        ("1.2", 1_260),
        ("1.c", 1_560),
        ("3.c", 1_920),
    ];
    assert_eq!(strikes(&on), bells);
    let silence = &on.segments[2];
    assert_eq!(silence.passed(EIGHT + secs(700)), secs(340));
    assert_eq!(silence.passed(EIGHT + secs(1_010)), secs(350));
}

#[test]
fn skipping_closes_with_the_bell_and_going_back_does_not() {
    let begun = at(0, What::Begin);
    let skipped = order(&facts(), &[begun, at(100, What::Skip)]);
    assert_eq!(course(&skipped)[2], (Kind::Practice, 100));
    assert_eq!(strikes(&skipped), [("1.0", 60), ("1.c", 100), ("3.c", 460)]);
    let back = order(&facts(), &[begun, at(1_000, What::Back)]);
    let expected = [
        (Kind::Arrive, 0),
        (Kind::Silence, 60),
        (Kind::Practice, 960),
        (Kind::Silence, 1_000),
        (Kind::Practice, 1_900),
        (Kind::Close, 2_200),
    ];
    assert_eq!(course(&back), expected);
    assert!(strikes(&back).contains(&("1-1.0", 1_000)));
    assert!(
        strikes(&back).contains(&("1.c", 960)),
        "the first silence had closed"
    );
}

#[test]
fn going_back_twice_goes_back_in_the_plan() {
    let begun = at(0, What::Begin);
    let back = order(
        &facts(),
        &[begun, at(1_000, What::Back), at(1_100, What::Back)],
    );
    let kinds: Vec<_> = course(&back).into_iter().map(|(kind, _)| kind).collect();
    let (arrive, silence) = (Kind::Arrive, Kind::Silence);
    let (practice, close) = (Kind::Practice, Kind::Close);
    assert_eq!(
        kinds,
        [
            arrive, silence, practice, silence, arrive, silence, practice, close
        ]
    );
    let first = order(&facts(), &[begun, at(10, What::Back)]);
    assert_eq!(course(&first)[..2], [(Kind::Arrive, 0), (Kind::Arrive, 10)]);
    assert_eq!(course(&first).len(), 5);
}

#[test]
fn a_silence_comes_after_the_part_that_goes_on() {
    let begun = at(0, What::Begin);
    let changes = [
        begun,
        at(1_000, What::Silence { s: 120 }),
        at(1_010, What::Silence { s: 60 }),
    ];
    let timeline = order(&facts(), &changes);
    let expected = [
        (Kind::Silence, 1_260),
        (Kind::Silence, 1_380),
        (Kind::Close, 1_440),
    ];
    assert_eq!(course(&timeline)[3..], expected);
    assert_eq!(timeline.segments[4].phase, None);
    // Where one silence closes and the next opens, one bell rings.
    let bells = strikes(&timeline);
    assert_eq!(
        bells[4..],
        [
            ("s1.0", 1_260),
            ("s1.c", 1_380),
            ("s2.c", 1_440),
            ("3.c", 1_500)
        ]
    );
}

#[test]
fn closing_comes_to_the_closing_and_then_to_the_end() {
    let begun = at(0, What::Begin);
    let once = order(&facts(), &[begun, at(100, What::Close)]);
    assert_eq!(course(&once)[2], (Kind::Close, 100));
    assert_eq!(strikes(&once), [("1.0", 60), ("1.c", 100), ("3.c", 160)]);
    let twice = order(
        &facts(),
        &[begun, at(100, What::Close), at(110, What::Close)],
    );
    assert_eq!(twice.over_at, Some(EIGHT + secs(110)));
    let never = order(&facts(), &[at(-30, What::Close)]);
    assert_eq!(
        (never.begun_at, never.over_at),
        (None, Some(EIGHT - secs(30)))
    );
}

#[test]
fn a_sit_without_its_guide_is_silent_and_a_guide_who_comes_begins_anew() {
    let alone = at(600, What::BeginAlone);
    let timeline = order(&facts(), &[alone]);
    assert!(timeline.alone);
    assert_eq!(course(&timeline), [(Kind::Silence, 600)]);
    assert_eq!(strikes(&timeline)[0], ("1.0", 600));
    assert_eq!(timeline.over_at, Some(EIGHT + secs(1_500)));
    let came = order(&facts(), &[alone, at(700, What::Begin)]);
    assert!(!came.alone);
    assert_eq!(came.begun_at, Some(EIGHT + secs(600)));
    let expected = [
        (Kind::Silence, 600),
        (Kind::Arrive, 700),
        (Kind::Silence, 760),
    ];
    assert_eq!(course(&came)[..3], expected);
    let talk = Facts {
        plan: Plan {
            phases: vec![Phase::new(Kind::Round, 60)],
            ..Plan::default()
        },
        ..facts()
    };
    let timeline = order(&talk, &[alone]);
    assert_eq!(course(&timeline), [(Kind::Silence, 600)]);
    assert_eq!(
        timeline.over_at,
        Some(EIGHT + secs(600 + i64::from(ALONE_SILENCE_S)))
    );
}

#[test]
fn a_bell_that_is_about_to_ring_is_not_touched() {
    let facts = facts();
    let begun = at(0, What::Begin);
    let near = |what, effect| may(&facts, &[begun], at(effect, what)).map(drop);
    for what in [What::Hold, What::Skip, What::Back, What::Extend { s: 60 }] {
        assert_eq!(near(what, 360), Err(ChangeNo::BellIsNear), "{what:?}");
        assert_eq!(near(what, 361), Err(ChangeNo::BellIsNear), "{what:?}");
        assert_eq!(near(what, 359), Ok(()), "{what:?}");
        assert_eq!(near(what, 362), Ok(()), "{what:?}");
    }
    // The next part is about to begin, though without a bell: the guide means this one.
    assert_eq!(near(What::Skip, 1_261), Err(ChangeNo::BellIsNear));
    // A bell by hand also keeps away from the one after it.
    let ring = What::Ring { bell: Bell::Soft };
    assert_eq!(near(ring, 359), Err(ChangeNo::BellIsNear));
    assert_eq!(near(ring, 340), Ok(()));
}

#[test]
fn pressing_twice_is_not_skipping_twice() {
    let begun = at(0, What::Begin);
    let skip = at(100, What::Skip);
    let again = Change {
        at: skip.at + Span::from_ms(400),
        what: What::Skip,
    };
    assert_eq!(
        may(&facts(), &[begun, skip], again).err(),
        Some(ChangeNo::BellIsNear)
    );
}

#[test]
fn what_does_not_fit_is_refused_kindly() {
    let facts = facts();
    let begun = at(0, What::Begin);
    let no = |changes: &[Change], effect, what| may(&facts, changes, at(effect, what)).err();
    assert_eq!(no(&[], 0, What::Skip), Some(ChangeNo::NotBegun));
    assert_eq!(no(&[], 0, What::Hold), Some(ChangeNo::NotBegun));
    assert_eq!(no(&[begun], 30, What::Begin), Some(ChangeNo::Begun));
    assert_eq!(no(&[begun], 30, What::BeginAlone), Some(ChangeNo::Begun));
    assert_eq!(no(&[begun], 30, What::GoOn), Some(ChangeNo::NotHeld));
    assert_eq!(
        no(&[begun, at(10, What::Hold)], 30, What::Hold),
        Some(ChangeNo::Held)
    );
    assert_eq!(
        no(&[begun], 30, What::Extend { s: 0 }),
        Some(ChangeNo::Length)
    );
    assert_eq!(
        no(&[begun], 30, What::Shorten { s: 3_601 }),
        Some(ChangeNo::Length)
    );
    assert_eq!(
        no(&[begun], 30, What::Silence { s: 9 }),
        Some(ChangeNo::Length)
    );
    assert_eq!(
        no(&[begun], 1_400, What::Ring { bell: Bell::Soft }),
        Some(ChangeNo::Over)
    );
    assert_eq!(
        no(&vec![begun; CHANGES_MAX], 30, What::Hold),
        Some(ChangeNo::TooMany)
    );
    let hour = What::Extend { s: 3_600 };
    let long: Vec<_> = (0..7).map(|n| at(10 + n, hour)).collect();
    let long = [vec![begun], long].concat();
    assert_eq!(no(&long, 30, hour), Some(ChangeNo::TooLong));
    assert_eq!(no(&[at(600, What::BeginAlone)], 630, What::Begin), None);
}

#[test]
fn three_hours_of_silence_have_all_their_bells() {
    let mut silence = Phase::new(Kind::Silence, 3 * 3_600).rung(Some(Bell::Large), None);
    silence.every_s = Some(30);
    let plan = Plan {
        phases: vec![silence],
        ..Plan::default()
    };
    assert_eq!(plan.check(), Ok(()));
    let timeline = order(
        &Facts {
            plan,
            ..by_itself()
        },
        &[],
    );
    assert_eq!(timeline.strikes.len(), 360);
    assert!(timeline.is_silent(EIGHT + secs(10_799)));
    assert!(!timeline.is_silent(EIGHT + secs(10_800)));
}

#[test]
fn a_pause_is_silence_with_a_bell_at_both_ends_and_the_part_waits_for_it() {
    let begun = at(0, What::Begin);
    let paused = order(&facts(), &[begun, at(1_000, What::Pause)]);
    let bells = [
        ("1.0", 60),
        ("1.1", 360),
        ("1.2", 660),
        ("1.c", 960),
        ("p1.0", 1_000),
        ("p1.c", 1_030),
        ("3.c", 1_350),
    ];
    assert_eq!(strikes(&paused), bells);
    assert_eq!(paused.over_at, Some(EIGHT + secs(1_350)));
    assert_eq!(
        paused.pause,
        Some((EIGHT + secs(1_000), EIGHT + secs(1_030)))
    );
    let is_silent = |s: i64| paused.is_silent(EIGHT + secs(s));
    let silent = [999, 1_000, 1_029, 1_030].map(is_silent);
    assert_eq!(silent, [false, true, true, false]);
    let talk = &paused.segments[3];
    assert_eq!(
        talk.passed(EIGHT + secs(1_020)),
        secs(40),
        "its own time stands still"
    );
    assert_eq!(talk.passed(EIGHT + secs(1_040)), secs(50));
    assert_eq!(paused.held_at, None);
}

#[test]
fn a_held_part_can_be_paused_too_and_waits_no_longer_for_it() {
    let begun = at(0, What::Begin);
    let held = [begun, at(1_000, What::Hold), at(1_010, What::Pause)];
    let timeline = order(&facts(), &held);
    assert_eq!(strikes(&timeline)[4..], [("p2.0", 1_010), ("p2.c", 1_040)]);
    assert_eq!(timeline.held_at, Some(EIGHT + secs(1_000)));
    let on = [&held[..], &[at(1_100, What::GoOn)]].concat();
    assert_eq!(order(&facts(), &on).over_at, Some(EIGHT + secs(1_420)));
}

#[test]
fn the_pause_bell_rings_in_the_middle_of_something_and_not_too_often() {
    let facts = facts();
    let begun = at(0, What::Begin);
    let no = |changes: &[Change], effect| may(&facts, changes, at(effect, What::Pause)).err();
    assert_eq!(no(&[], 0), Some(ChangeNo::NotBegun));
    assert_eq!(no(&[begun], 30), None);
    assert_eq!(no(&[begun], 59), Some(ChangeNo::BellIsNear));
    assert_eq!(no(&[begun], 100), Some(ChangeNo::Silent));
    assert_eq!(no(&[begun], 1_000), None);
    assert_eq!(no(&[begun], 1_291), Some(ChangeNo::NearlyOver));
    let paused = [begun, at(1_000, What::Pause)];
    assert_eq!(no(&paused, 1_010), Some(ChangeNo::Paused));
    assert_eq!(no(&paused, 1_179), Some(ChangeNo::PausedLately));
    assert_eq!(no(&paused, 1_180), None);
    assert_eq!(
        no(&vec![paused[1]; PAUSES_MAX], 2_000),
        Some(ChangeNo::TooMany)
    );
}

#[test]
fn nobody_cuts_a_pause_short() {
    let facts = facts();
    let paused = [at(0, What::Begin), at(1_000, What::Pause)];
    let no = |what| may(&facts, &paused, at(1_010, what)).err();
    let ring = What::Ring { bell: Bell::Soft };
    for what in [What::Skip, What::Back, What::Close, What::Hold, ring] {
        assert_eq!(no(what), Some(ChangeNo::Paused), "{what:?}");
    }
    assert_eq!(no(What::Extend { s: 60 }), None);
    let shorter = [&paused[..], &[at(1_010, What::Shorten { s: 3_600 })]].concat();
    let shorter = order(&facts, &shorter);
    assert_eq!(
        course(&shorter)[3],
        (Kind::Close, 1_030),
        "it ends with its pause"
    );
    // Should it be in the rows all the same, the timeline is sound.
    let cut = [&paused[..], &[at(1_010, What::Skip)]].concat();
    let cut = order(&facts, &cut);
    assert_eq!(strikes(&cut)[4..], [("p1.0", 1_000), ("3.c", 1_070)]);
    assert!(!cut.is_paused(EIGHT + secs(1_010)));
}

#[test]
fn a_change_is_written_down_plainly() {
    let what = serde_json::to_string(&What::Extend { s: 180 }).unwrap();
    assert_eq!(what, r#"{"what":"extend","s":180}"#);
    assert_eq!(
        serde_json::to_string(&What::GoOn).unwrap(),
        r#"{"what":"go_on"}"#
    );
    let ring = r#"{"what":"ring","bell":"soft"}"#;
    assert_eq!(
        serde_json::from_str::<What>(ring).unwrap(),
        What::Ring { bell: Bell::Soft }
    );
}

fn any_phase() -> impl Strategy<Value = Phase> {
    let bell = || proptest::option::of(proptest::sample::select(Bell::ALL.to_vec()));
    let kind = proptest::sample::select(Kind::ALL.to_vec());
    let every = proptest::option::of(30_u32..200);
    (kind, 5_u32..900, bell(), bell(), every).prop_map(|(kind, length, opens, closes, every)| {
        let mut phase = Phase::new(kind, length).rung(opens, closes);
        phase.every_s = every;
        phase
    })
}

fn any_what() -> impl Strategy<Value = What> {
    prop_oneof![
        Just(What::Begin),
        Just(What::BeginAlone),
        Just(What::Hold),
        Just(What::GoOn),
        (1_u32..900).prop_map(|s| What::Extend { s }),
        (1_u32..900).prop_map(|s| What::Shorten { s }),
        Just(What::Skip),
        Just(What::Back),
        (10_u32..300).prop_map(|s| What::Silence { s }),
        proptest::sample::select(Bell::ALL.to_vec()).prop_map(|bell| What::Ring { bell }),
        Just(What::Close),
        Just(What::Pause),
    ]
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let phases = proptest::collection::vec(any_phase(), 1..8);
    (phases, any::<bool>(), any::<bool>()).prop_map(|(phases, led, begins_itself)| Facts {
        plan: Plan::new(phases),
        planned_at: EIGHT,
        led,
        begins_itself,
    })
}

fn before(timeline: &Timeline, until: Instant) -> Vec<Strike> {
    timeline
        .strikes
        .iter()
        .filter(|strike| strike.at < until)
        .cloned()
        .collect()
}

/// What is true of every timeline.
fn is_sound(timeline: &Timeline) -> Result<(), TestCaseError> {
    for pair in timeline.segments.windows(2) {
        prop_assert_eq!(pair[0].ends_at, Some(pair[1].starts_at));
    }
    for segment in &timeline.segments {
        prop_assert!(segment.ends_at.is_none_or(|end| segment.starts_at <= end));
    }
    let last = timeline.segments.last().unwrap();
    prop_assert_eq!(
        last.ends_at.filter(|_| timeline.over_at.is_some()),
        timeline.over_at
    );
    for pair in timeline.strikes.windows(2) {
        prop_assert!(pair[0].at < pair[1].at);
    }
    let mut ids: Vec<_> = timeline.strikes.iter().map(|strike| &strike.id).collect();
    ids.sort();
    ids.dedup();
    prop_assert_eq!(ids.len(), timeline.strikes.len());
    prop_assert!(timeline.strikes.len() <= STRIKES_MAX);
    prop_assert!(
        timeline
            .pause
            .is_none_or(|(from, to)| from <= to && to <= from + PAUSE)
    );
    Ok(())
}

proptest! {
    #[test]
    fn changes_that_may_be_made_break_no_bell(
        facts in any_facts(),
        wishes in proptest::collection::vec((0_i64..200_000, any_what()), 0..25),
    ) {
        let mut changes = Vec::new();
        let mut now = EIGHT - secs(30);
        for (wait, what) in wishes {
            now += Span::from_ms(wait);
            let change = Change { at: now, what };
            let before_it = order(&facts, &changes);
            if let Ok(after) = may(&facts, &changes, change) {
                changes.push(change);
                prop_assert_eq!(&after, &order(&facts, &changes));
                // Nothing nearer than the lead moves, and what is new is at least as far.
                prop_assert_eq!(before(&before_it, now + LEAD), before(&after, now + LEAD));
                prop_assert_eq!(after.seq, before_it.seq + 1);
                is_sound(&after)?;
            }
        }
    }

    #[test]
    fn any_changes_at_all_give_a_sound_timeline(
        facts in any_facts(),
        changes in proptest::collection::vec((-2_000_000_i64..9_000_000, any_what()), 0..40),
    ) {
        let change = |(ms, what)| Change { at: EIGHT + Span::from_ms(ms), what };
        let changes: Vec<_> = changes.into_iter().map(change).collect();
        is_sound(&order(&facts, &changes))?;
    }
}
