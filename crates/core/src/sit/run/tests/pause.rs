//! The pause bell and its silence.

use super::*;

#[test]
fn a_pause_is_silence_with_a_bell_at_both_ends_and_the_part_waits_for_it() {
    let begun = at(0, RunAction::Begin);
    let paused = build_timeline(&facts(), &[begun, at(1_000, RunAction::Pause)]);
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
    assert_eq!(paused.pause, Some((EIGHT + secs(1_000), EIGHT + secs(1_030))));
    let is_silent = |s: i64| paused.is_silent(EIGHT + secs(s));
    let silent = [999, 1_000, 1_029, 1_030].map(is_silent);
    assert_eq!(silent, [false, true, true, false]);
    let talk = &paused.segments[3];
    assert_eq!(talk.elapsed(EIGHT + secs(1_020)), secs(40), "its own time stands still");
    assert_eq!(talk.elapsed(EIGHT + secs(1_040)), secs(50));
    assert_eq!(paused.held_at, None);
}

#[test]
fn a_held_part_can_be_paused_too_and_waits_no_longer_for_it() {
    let begun = at(0, RunAction::Begin);
    let held = [begun, at(1_000, RunAction::Hold), at(1_010, RunAction::Pause)];
    let timeline = build_timeline(&facts(), &held);
    assert_eq!(strikes(&timeline)[4..], [("p2.0", 1_010), ("p2.c", 1_040)]);
    assert_eq!(timeline.held_at, Some(EIGHT + secs(1_000)));
    let on = [&held[..], &[at(1_100, RunAction::GoOn)]].concat();
    assert_eq!(build_timeline(&facts(), &on).over_at, Some(EIGHT + secs(1_420)));
}

#[test]
fn the_pause_bell_rings_in_the_middle_of_something_and_not_too_often() {
    let facts = facts();
    let begun = at(0, RunAction::Begin);
    let no = |changes: &[RunChange], effect| {
        check_change(&facts, changes, at(effect, RunAction::Pause)).err()
    };
    assert_eq!(no(&[], 0), Some(RunChangeNo::NotBegun));
    assert_eq!(no(&[begun], 30), None);
    assert_eq!(no(&[begun], 59), Some(RunChangeNo::BellIsNear));
    assert_eq!(no(&[begun], 100), Some(RunChangeNo::Silent));
    assert_eq!(no(&[begun], 1_000), None);
    assert_eq!(no(&[begun], 1_291), Some(RunChangeNo::NearlyOver));
    let paused = [begun, at(1_000, RunAction::Pause)];
    assert_eq!(no(&paused, 1_010), Some(RunChangeNo::Paused));
    assert_eq!(no(&paused, 1_179), Some(RunChangeNo::PausedLately));
    assert_eq!(no(&paused, 1_180), None);
    assert_eq!(no(&vec![paused[1]; PAUSES_MAX], 2_000), Some(RunChangeNo::TooMany));
}

#[test]
fn nobody_cuts_a_pause_short() {
    let facts = facts();
    let paused = [at(0, RunAction::Begin), at(1_000, RunAction::Pause)];
    let no = |what| check_change(&facts, &paused, at(1_010, what)).err();
    let ring = RunAction::Ring { bell: Bell::Soft };
    for what in [RunAction::Skip, RunAction::Back, RunAction::Close, RunAction::Hold, ring] {
        assert_eq!(no(what), Some(RunChangeNo::Paused), "{what:?}");
    }
    assert_eq!(no(RunAction::Extend { s: 60 }), None);
    let shorter = [&paused[..], &[at(1_010, RunAction::Shorten { s: 3_600 })]].concat();
    let shorter = build_timeline(&facts, &shorter);
    assert_eq!(course(&shorter)[3], (PhaseKind::Close, 1_030), "it ends with its pause");
    // Even if it is in the stored rows, the timeline is consistent.
    let cut = [&paused[..], &[at(1_010, RunAction::Skip)]].concat();
    let cut = build_timeline(&facts, &cut);
    assert_eq!(strikes(&cut)[4..], [("p1.0", 1_000), ("3.c", 1_070)]);
    assert!(!cut.is_paused(EIGHT + secs(1_010)));
}
