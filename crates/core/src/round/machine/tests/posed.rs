//! A round while it is posed.

use super::*;
use crate::round::{SHARES_MAX, ShareNo};

#[test]
fn answers_wait_until_twice_a_batch_is_there_and_one_batch_stays_back() {
    let mut round = posed();
    for number in 0..5 {
        let effects =
            round.handle(RoundInput::ShareAdded(share(number, 0)), secs(i64::from(number)));
        assert!(!effects.iter().any(|effect| matches!(effect, RoundOutput::SharesReleased { .. })));
        assert_eq!(count(&round), 0);
    }
    let effects = round.handle(RoundInput::ShareAdded(share(5, 0)), secs(20));
    let [RoundOutput::SharesReleased { batch: 0, shares }, ..] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!((shares.len(), count(&round)), (3, 3));
    assert!(shares.is_sorted());
}

#[test]
fn a_batch_grows_with_the_people_here_and_never_shrinks_when_they_leave() {
    let mut round = posed();
    round.handle(RoundInput::PeopleCounted(20), EIGHT);
    round.handle(RoundInput::PeopleCounted(4), EIGHT);
    for number in 0..9 {
        offer(&mut round, share(number, 0), 10);
    }
    assert_eq!(count(&round), 0);
    round.handle(RoundInput::ShareAdded(share(9, 0)), secs(20));
    assert_eq!(count(&round), 5);
}

#[test]
fn signed_answers_come_with_a_batch_and_do_not_count_in_it() {
    let mut round = posed();
    for number in 0..7 {
        let mut share = share(number, 0);
        share.signed_by = (number < 2).then(|| "Ana".into());
        offer(&mut round, share, 10);
    }
    assert_eq!(count(&round), 0);
    round.handle(RoundInput::ShareAdded(share(7, 0)), secs(20));
    assert_eq!(count(&round), 5);
    let (themes, alone) = shown(&round);
    let all = [themes.concat(), alone].concat();
    assert!(all.contains(&id(0)) && all.contains(&id(1)));
}

#[test]
fn what_the_model_has_not_read_is_not_shown_yet() {
    let mut round = posed();
    for number in 0..8 {
        let mut share = share(number, 0);
        share.embedding = ShareEmbedding::Pending;
        offer(&mut round, share, 10);
    }
    for number in 0..5 {
        round.handle(
            RoundInput::ShareRead(id(number), ShareEmbedding::Vector(near(0, number))),
            secs(20),
        );
        assert_eq!(count(&round), 0);
    }
    round.handle(RoundInput::ShareRead(id(5), ShareEmbedding::TooShort), secs(20));
    assert_eq!(count(&round), 3);
}

#[test]
fn pictures_do_not_come_too_often() {
    let mut round = posed();
    for number in 0..6 {
        round.handle(RoundInput::ShareAdded(share(number, 0)), secs(10));
    }
    assert_eq!((count(&round), round.wake_at()), (0, Some(secs(12))), "three were told of");
    round.handle(RoundInput::Tick, secs(12));
    assert_eq!(count(&round), 3);
    for number in 6..9 {
        round.handle(RoundInput::ShareAdded(share(number, 0)), secs(13));
    }
    assert_eq!((count(&round), round.wake_at()), (3, Some(secs(14))));
    let effects = round.handle(RoundInput::Tick, secs(14));
    assert_eq!((count(&round), effects.last()), (6, Some(&RoundOutput::NewsReady)));
    assert_eq!(round.wake_at(), None);
}

#[test]
fn how_many_offered_is_told_in_threes_and_not_too_often() {
    let mut round = posed();
    let mut told = Vec::new();
    for number in 0..5 {
        let now = secs(10 + i64::from(number) * 10);
        let effects = round.handle(RoundInput::ShareAdded(share(number, 0)), now);
        told.push((round.share_count(), effects.contains(&RoundOutput::NewsReady)));
    }
    let expected = [(0, false), (0, false), (3, true), (3, false), (3, false)];
    assert_eq!(told, expected);
}

#[test]
fn words_can_be_changed_until_others_see_them() {
    let mut round = posed();
    for number in 0..6 {
        offer(&mut round, share(number, 0), 10);
    }
    let is_shown = |share: &&Share| share.shown_in.is_some();
    let seen = round.shares().find(is_shown).unwrap().id;
    let unseen = round.shares().find(|share| !is_shown(share)).unwrap().id;
    assert_eq!(round.may_change(seen), Err(ShareNo::AlreadyShown));
    assert_eq!(round.may_change(unseen), Ok(()));
    assert_eq!(round.may_change(id(99)), Err(ShareNo::Missing));
    for changed in [seen, unseen] {
        let words = ShareText::new("other words").unwrap();
        round.handle(RoundInput::ShareChanged(Share::new(changed, words)), secs(20));
    }
    assert_ne!(round.share(seen).unwrap().words.as_str(), "other words");
    let changed = round.share(unseen).unwrap();
    assert_eq!(
        (changed.words.as_str(), &changed.embedding),
        ("other words", &ShareEmbedding::Pending)
    );
}

#[test]
fn withdrawn_words_are_gone_at_once() {
    let mut round = posed();
    for number in 0..6 {
        offer(&mut round, share(number, 0), 10);
    }
    let (v, first) = (round.picture().version, shown(&round).0[0][0]);
    round.handle(RoundInput::ShareWithdrawn(first), secs(13));
    assert!(round.picture().version > v && round.share(first).is_none());
    assert_eq!(count(&round), 2);
    assert!(round.picture().themes.is_empty(), "two are no theme");
    assert_eq!(round.wake_at(), Some(secs(14)), "browsers are told soon");
}

#[test]
fn a_round_takes_no_more_than_it_can_hold() {
    let mut round = posed();
    for number in 0..=u32::try_from(SHARES_MAX).unwrap() {
        let words = ShareText::new("words").unwrap();
        round.handle(RoundInput::ShareAdded(Share::new(id(number), words)), EIGHT);
    }
    assert_eq!(round.shares().len(), SHARES_MAX);
    assert_eq!(round.may_share(), Err(ShareNo::Full));
    round.handle(RoundInput::ShareWithdrawn(id(0)), EIGHT);
    assert_eq!(round.may_share(), Ok(()));
    round.handle(RoundInput::Close, EIGHT);
    assert_eq!(round.may_share(), Err(ShareNo::Closed));
}

#[test]
fn nothing_is_shown_while_the_guide_is_to_read_first() {
    let mut round = Round::new(facts(true), StoredRound::default(), EIGHT);
    for number in 0..40 {
        round.handle(RoundInput::ShareAdded(share(number, 0)), secs(10));
    }
    round.handle(RoundInput::Tick, secs(100));
    assert_eq!((count(&round), round.share_count()), (0, 39));
}

#[test]
fn no_words_are_printed() {
    let mut round = posed();
    for number in 0..7 {
        let mut share = share(number, 0);
        share.words = ShareText::new("SECRET words").unwrap();
        share.signed_by = (number == 0).then(|| "SECRET name".into());
        let at = i64::from(number) * 3;
        let mut effects = round.handle(RoundInput::ShareAdded(share.clone()), secs(at));
        effects.extend(round.handle(RoundInput::Tick, secs(at + 2)));
        let printed = format!("{round:?} {:?} {effects:?} {share:?}", round.picture());
        assert!(!printed.contains("SECRET") && !printed.contains("0.9"), "{printed}");
    }
    assert_eq!(count(&round), 4);
    let name: Arc<str> = "SECRET name".into();
    let edit = ThemeEdit::Rename { theme: 0, name: Some(Arc::clone(&name)) };
    let kept = StoredTheme { number: 0, dye: 0, name: Some(Arc::clone(&name)) };
    let label = ThemeLabel::NamedByGuide(name);
    let printed = format!("{edit:?} {kept:?} {label:?} {:?}", facts(false));
    assert!(!printed.contains("SECRET") && !printed.contains("42"), "{printed}");
}
