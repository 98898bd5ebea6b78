//! A home that is stopped and started again shows what it showed before.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Act {
    Share(usize, u8),
    Withdraw(prop::sample::Index),
    Pass,
    Close,
    Open,
    Rename(prop::sample::Index),
    Merge(prop::sample::Index, prop::sample::Index),
    Split(Vec<prop::sample::Index>),
    Aside(prop::sample::Index),
    Back(prop::sample::Index),
    Gather,
}

fn act() -> impl Strategy<Value = Act> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        30 => (0_usize..5, 0_u8..8).prop_map(|(axis, how)| Act::Share(axis, how)),
        3 => index().prop_map(Act::Withdraw),
        2 => Just(Act::Pass),
        1 => Just(Act::Close),
        1 => Just(Act::Open),
        2 => index().prop_map(Act::Rename),
        2 => (index(), index()).prop_map(|(from, into)| Act::Merge(from, into)),
        2 => prop::collection::vec(index(), 1..5).prop_map(Act::Split),
        2 => index().prop_map(Act::Aside),
        2 => index().prop_map(Act::Back),
        1 => Just(Act::Gather),
    ]
}

fn theme(round: &Round, index: prop::sample::Index) -> u32 {
    let themes = &round.picture().themes;
    if themes.is_empty() { 0 } else { themes[index.index(themes.len())].number }
}

fn some(round: &Round, index: prop::sample::Index) -> ShareId {
    let all: Vec<_> = round.shares().map(|share| share.id).collect();
    if all.is_empty() { id(0) } else { all[index.index(all.len())] }
}

/// Stores what people did first, as a home does.
fn doing(act: &Act, round: &Round, rows: &mut Rows, number: u32) -> Option<RoundInput> {
    let kept = &mut rows.0;
    Some(match act {
        Act::Share(axis, how) => {
            let mut share = share(number, *axis);
            share.signed_by = (*how == 0).then(|| "Ana".into());
            share.may_show_beyond = *how == 1;
            share.embedding = match how {
                2 => ShareEmbedding::OtherLanguage,
                3 => ShareEmbedding::TooShort,
                _ => share.embedding,
            };
            if round.may_share().is_err() {
                return None;
            }
            kept.shares.push(share.clone());
            RoundInput::ShareAdded(share)
        }
        Act::Withdraw(index) => {
            let gone = some(round, *index);
            kept.shares.retain(|share| share.id != gone);
            RoundInput::ShareWithdrawn(gone)
        }
        Act::Pass => {
            kept.passed += 1;
            RoundInput::PersonPassed
        }
        Act::Close => RoundInput::Close,
        Act::Open => RoundInput::Open,
        Act::Rename(index) => RoundInput::EditTheme(ThemeEdit::Rename {
            theme: theme(round, *index),
            name: Some("Rest".into()),
        }),
        Act::Merge(from, into) => RoundInput::EditTheme(ThemeEdit::Merge {
            from: theme(round, *from),
            into: theme(round, *into),
        }),
        Act::Split(shares) => RoundInput::EditTheme(ThemeEdit::Split {
            shares: shares.iter().map(|index| some(round, *index)).collect(),
        }),
        Act::Aside(index) => {
            RoundInput::EditTheme(ThemeEdit::SetAside { share: some(round, *index) })
        }
        Act::Back(index) => {
            RoundInput::EditTheme(ThemeEdit::PutBack { share: some(round, *index) })
        }
        Act::Gather => RoundInput::EditTheme(ThemeEdit::Regather),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_same_rows_make_the_same_picture(
        reads_first in any::<bool>(),
        acts in prop::collection::vec(act(), 0..80),
    ) {
        let mut round = Round::new(facts(reads_first), StoredRound::default(), EIGHT);
        let mut rows = Rows::default();
        for (number, act) in (0..).zip(&acts) {
            let now = secs(i64::from(number) * 3);
            if let Some(input) = doing(act, &round, &mut rows, number) {
                let effects = round.handle(input, now);
                rows.keep(&effects, now);
            }
            if number % 5 == 0 || usize::try_from(number).unwrap() + 1 == acts.len() {
                let again = Round::new(facts(reads_first), rows.0.clone(), now);
                let (one, two) = (round.picture(), again.picture());
                prop_assert_eq!(&one.themes, &two.themes);
                prop_assert_eq!(&one.alone, &two.alone);
                prop_assert_eq!(one.sewn, two.sewn);
                prop_assert_eq!(
                    (round.step(), round.share_count(), round.people_count(), round.is_gathered()),
                    (again.step(), again.share_count(), again.people_count(), again.is_gathered())
                );
                // Which pairs a guide took apart before anything was a theme, nobody sees.
                let bare = |share: &Share| Share { theme: None, ..share.clone() };
                let held = |round: &Round| round.shares().map(bare).collect::<Vec<_>>();
                prop_assert_eq!(held(&round), held(&again));
            }
        }
    }
}

#[test]
fn a_picture_from_before_a_restart_is_never_newer() {
    let mut round = posed();
    for number in 0..60 {
        round.handle(RoundInput::ShareAdded(share(number, 0)), secs(i64::from(number) * 2));
    }
    let again = Round::new(facts(false), StoredRound::default(), secs(130));
    assert!(again.picture().version > round.picture().version);
}
