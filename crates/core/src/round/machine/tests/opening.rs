//! Closing, clustering and opening.

use super::*;
use proptest::prelude::*;

#[test]
fn a_round_is_opened_as_soon_as_it_closes() {
    let mut round = posed();
    for number in 0..7 {
        let axis = usize::from(number > 3);
        round.handle(RoundInput::ShareAdded(share(number, axis)), EIGHT);
    }
    let effects = round.handle(RoundInput::Close, secs(60));
    assert_eq!(round.step(), RoundStep::Opened);
    let steps = effects.iter().filter(|effect| matches!(effect, RoundOutput::StepChanged(_)));
    let steps: Vec<_> = steps.cloned().collect();
    let expected = [RoundStep::Closed, RoundStep::Opened].map(RoundOutput::StepChanged);
    assert_eq!(
        (steps.as_slice(), effects.last()),
        (expected.as_slice(), Some(&RoundOutput::NewsReady))
    );
    let (themes, alone) = shown(&round);
    let sizes: Vec<_> = themes.iter().map(Vec::len).collect();
    assert_eq!((sizes, alone), (vec![4, 3], Vec::new()));
    assert_eq!((round.share_count(), round.wake_at()), (7, None));
    assert_eq!(round.handle(RoundInput::Close, secs(70)), []);
    assert_eq!(round.handle(RoundInput::Open, secs(70)), []);
}

#[test]
fn an_opening_waits_for_what_the_model_still_reads() {
    let unread = || {
        let mut round = posed();
        for number in 0..3 {
            let mut share = share(number, 0);
            share.embedding = if number == 0 { ShareEmbedding::Pending } else { share.embedding };
            round.handle(RoundInput::ShareAdded(share), EIGHT);
        }
        round.handle(RoundInput::Close, secs(60));
        assert_eq!((round.step(), count(&round)), (RoundStep::Closed, 0));
        assert_eq!(round.wake_at(), Some(secs(60) + READ_WAIT));
        round
    };
    let mut round = unread();
    round.handle(RoundInput::ShareRead(id(0), ShareEmbedding::Vector(near(0, 0))), secs(61));
    assert_eq!((round.step(), round.picture().themes.len()), (RoundStep::Opened, 1));
    let mut round = unread();
    round.handle(RoundInput::Tick, secs(60) + READ_WAIT);
    assert_eq!((round.step(), round.picture().alone.len()), (RoundStep::Opened, 3));
    round.handle(RoundInput::ShareRead(id(0), ShareEmbedding::Vector(near(0, 0))), secs(90));
    assert_eq!(round.picture().themes.len(), 0, "what is opened does not move by itself");
    round.handle(RoundInput::EditTheme(ThemeEdit::Regather), secs(95));
    assert_eq!(round.picture().themes.len(), 1);
}

#[test]
fn an_opening_waits_as_long_as_the_model_goes_on_reading_but_not_for_ever() {
    let mut round = posed();
    for number in 0..50 {
        let mut share = share(number, 0);
        share.embedding = ShareEmbedding::Pending;
        round.handle(RoundInput::ShareAdded(share), EIGHT);
    }
    round.handle(RoundInput::Close, secs(60));
    for number in 0..17 {
        let now = secs(60 + 10 * (1 + i64::from(number)));
        round.handle(RoundInput::ShareRead(id(number), ShareEmbedding::TooShort), now);
        assert_eq!(round.step(), RoundStep::Closed);
        let due = (now + READ_WAIT).min(secs(60) + READ_WAIT_MAX);
        assert_eq!(round.wake_at(), Some(due));
    }
    round.handle(RoundInput::Tick, secs(60) + READ_WAIT_MAX);
    assert_eq!((round.step(), count(&round)), (RoundStep::Opened, 50));
}

#[test]
fn the_guide_reads_first_when_that_was_said() {
    let mut round = Round::new(facts(true), StoredRound::default(), EIGHT);
    for share in (0..4).map(|number| share(number, 0)).chain(loners()) {
        round.handle(RoundInput::ShareAdded(share), EIGHT);
    }
    round.handle(RoundInput::Close, secs(60));
    assert_eq!((round.step(), round.is_gathered()), (RoundStep::Closed, true));
    assert_eq!(round.picture().themes.len(), 1, "for the guide");
    assert!(round.shares().all(|share| share.shown_in.is_none()));
    let effects = round.handle(RoundInput::Open, secs(90));
    assert!(
        matches!(effects.first(), Some(RoundOutput::SharesReleased { batch: 0, shares }) if shares.len() == 4 + LONERS)
    );
    assert_eq!(round.step(), RoundStep::Opened);
    assert!(round.shares().all(|share| share.shown_in.is_some()));
}

#[test]
fn without_a_model_answers_are_shown_and_not_sewn() {
    let mut round = posed();
    assert!(round.picture().sewn);
    for number in 0..6 {
        let mut share = share(number, 0);
        share.embedding = ShareEmbedding::Unavailable;
        offer(&mut round, share, i64::from(number) * 3);
    }
    assert_eq!((count(&round), round.picture().sewn), (3, false));
    round.handle(RoundInput::Close, secs(60));
    assert_eq!((round.picture().alone.len(), round.picture().sewn), (6, false));
}

#[test]
fn what_the_model_cannot_read_stands_alone_and_says_so() {
    let mut round = posed();
    for (number, read) in (0..).zip([
        ShareEmbedding::OtherLanguage,
        ShareEmbedding::TooShort,
        ShareEmbedding::OtherLanguage,
    ]) {
        let mut share = share(number, 0);
        share.embedding = read;
        round.handle(RoundInput::ShareAdded(share), EIGHT);
    }
    round.handle(RoundInput::Close, secs(60));
    let other = |patch: &&crate::round::Patch| patch.is_other_language;
    assert_eq!(round.picture().alone.iter().filter(other).count(), 2);
    assert!(round.picture().sewn);
}

#[test]
fn nobody_answered_and_the_round_opens_empty() {
    let mut round = posed();
    round.handle(RoundInput::PersonPassed, EIGHT);
    round.handle(RoundInput::Close, secs(60));
    assert_eq!((round.step(), count(&round), round.people_count()), (RoundStep::Opened, 0, 1));
}

#[test]
fn two_who_say_the_same_are_no_theme_and_three_are() {
    for people in [2, 3] {
        let mut round = posed();
        for number in 0..people {
            let mut share = share(number, 0);
            share.words = ShareText::new("Rest is allowed").unwrap();
            share.embedding = ShareEmbedding::Vector(near(0, 0));
            round.handle(RoundInput::ShareAdded(share), EIGHT);
        }
        round.handle(RoundInput::Close, secs(60));
        assert_eq!(round.picture().themes.len(), usize::from(people == 3));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A guide who reads first has nothing before her but the answers: the same answers make the
    /// same quilt, whoever came first, down to the dyes.
    #[test]
    fn the_order_in_which_answers_came_is_nowhere_in_the_quilt(
        axes in prop::collection::vec(0_usize..6, 0..40),
        order in any::<prop::sample::Index>(),
    ) {
        let answers: Vec<_> = (0..).zip(&axes).map(|(number, axis)| share(number, *axis)).collect();
        let open = |answers: &[Share]| {
            let mut round = Round::new(facts(true), StoredRound::default(), EIGHT);
            for (at, share) in (0..).zip(answers) {
                round.handle(RoundInput::ShareAdded(share.clone()), secs(at));
            }
            round.handle(RoundInput::Open, secs(600));
            let mut picture = (**round.picture()).clone();
            picture.version = 0;
            picture
        };
        let mut other = answers.clone();
        if !other.is_empty() {
            other.rotate_left(order.index(answers.len()));
            other.reverse();
        }
        prop_assert_eq!(open(&answers), open(&other));
    }
}
