//! Refusals of changes.

use super::*;

#[test]
fn a_bell_that_is_about_to_ring_is_not_touched() {
    let facts = facts();
    let begun = at(0, RunAction::Begin);
    let near = |what, effect| check_change(&facts, &[begun], at(effect, what)).map(drop);
    for what in [RunAction::Hold, RunAction::Skip, RunAction::Back, RunAction::Extend { s: 60 }] {
        assert_eq!(near(what, 360), Err(RunChangeNo::BellIsNear), "{what:?}");
        assert_eq!(near(what, 361), Err(RunChangeNo::BellIsNear), "{what:?}");
        assert_eq!(near(what, 359), Ok(()), "{what:?}");
        assert_eq!(near(what, 362), Ok(()), "{what:?}");
    }
    // The next segment is about to begin, without a bell: the guide means the current one.
    assert_eq!(near(RunAction::Skip, 1_261), Err(RunChangeNo::BellIsNear));
    // A bell rung by hand also keeps its distance from the following one.
    let ring = RunAction::Ring { bell: Bell::Soft };
    assert_eq!(near(ring, 359), Err(RunChangeNo::BellIsNear));
    assert_eq!(near(ring, 340), Ok(()));
}

#[test]
fn pressing_twice_is_not_skipping_twice() {
    let begun = at(0, RunAction::Begin);
    let skip = at(100, RunAction::Skip);
    let again = RunChange { at: skip.at + Span::from_ms(400), what: RunAction::Skip };
    assert_eq!(check_change(&facts(), &[begun, skip], again).err(), Some(RunChangeNo::BellIsNear));
}

#[test]
fn what_does_not_fit_is_refused_kindly() {
    let facts = facts();
    let begun = at(0, RunAction::Begin);
    let no =
        |changes: &[RunChange], effect, what| check_change(&facts, changes, at(effect, what)).err();
    assert_eq!(no(&[], 0, RunAction::Skip), Some(RunChangeNo::NotBegun));
    assert_eq!(no(&[], 0, RunAction::Hold), Some(RunChangeNo::NotBegun));
    assert_eq!(no(&[begun], 30, RunAction::Begin), Some(RunChangeNo::Begun));
    assert_eq!(no(&[begun], 30, RunAction::BeginAlone), Some(RunChangeNo::Begun));
    assert_eq!(no(&[begun], 30, RunAction::GoOn), Some(RunChangeNo::NotHeld));
    assert_eq!(no(&[begun, at(10, RunAction::Hold)], 30, RunAction::Hold), Some(RunChangeNo::Held));
    assert_eq!(no(&[begun], 30, RunAction::Extend { s: 0 }), Some(RunChangeNo::Length));
    assert_eq!(no(&[begun], 30, RunAction::Shorten { s: 3_601 }), Some(RunChangeNo::Length));
    assert_eq!(no(&[begun], 30, RunAction::Silence { s: 9 }), Some(RunChangeNo::Length));
    assert_eq!(no(&[begun], 1_400, RunAction::Ring { bell: Bell::Soft }), Some(RunChangeNo::Over));
    assert_eq!(no(&vec![begun; CHANGES_MAX], 30, RunAction::Hold), Some(RunChangeNo::TooMany));
    let hour = RunAction::Extend { s: 3_600 };
    let long: Vec<_> = (0..7).map(|n| at(10 + n, hour)).collect();
    let long = [vec![begun], long].concat();
    assert_eq!(no(&long, 30, hour), Some(RunChangeNo::TooLong));
    assert_eq!(no(&[at(600, RunAction::BeginAlone)], 630, RunAction::Begin), None);
}
