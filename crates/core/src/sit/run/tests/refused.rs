//! Refusals of changes.

use super::*;

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
    // The next segment is about to begin, without a bell: the guide means the current one.
    assert_eq!(near(What::Skip, 1_261), Err(ChangeNo::BellIsNear));
    // A bell rung by hand also keeps its distance from the following one.
    let ring = What::Ring { bell: Bell::Soft };
    assert_eq!(near(ring, 359), Err(ChangeNo::BellIsNear));
    assert_eq!(near(ring, 340), Ok(()));
}

#[test]
fn pressing_twice_is_not_skipping_twice() {
    let begun = at(0, What::Begin);
    let skip = at(100, What::Skip);
    let again = Change { at: skip.at + Span::from_ms(400), what: What::Skip };
    assert_eq!(may(&facts(), &[begun, skip], again).err(), Some(ChangeNo::BellIsNear));
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
    assert_eq!(no(&[begun, at(10, What::Hold)], 30, What::Hold), Some(ChangeNo::Held));
    assert_eq!(no(&[begun], 30, What::Extend { s: 0 }), Some(ChangeNo::Length));
    assert_eq!(no(&[begun], 30, What::Shorten { s: 3_601 }), Some(ChangeNo::Length));
    assert_eq!(no(&[begun], 30, What::Silence { s: 9 }), Some(ChangeNo::Length));
    assert_eq!(no(&[begun], 1_400, What::Ring { bell: Bell::Soft }), Some(ChangeNo::Over));
    assert_eq!(no(&vec![begun; CHANGES_MAX], 30, What::Hold), Some(ChangeNo::TooMany));
    let hour = What::Extend { s: 3_600 };
    let long: Vec<_> = (0..7).map(|n| at(10 + n, hour)).collect();
    let long = [vec![begun], long].concat();
    assert_eq!(no(&long, 30, hour), Some(ChangeNo::TooLong));
    assert_eq!(no(&[at(600, What::BeginAlone)], 630, What::Begin), None);
}
