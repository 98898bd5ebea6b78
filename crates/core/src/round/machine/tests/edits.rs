//! A guide's edits of the themes.

use super::*;
use crate::round::EditNo;

fn number(round: &Round, place: usize) -> u32 {
    round.picture().themes[place].number
}

/// Makes an allowed edit; returns its effects.
fn edit(round: &mut Round, edit: Edit) -> Vec<Effect> {
    assert_eq!(round.may_edit(&edit), Ok(()), "{edit:?}");
    round.handle(Input::Edit(edit), secs(120))
}

#[test]
fn a_theme_is_called_by_the_guide_a_quote_shared_words_or_nothing() {
    let mut round = posed();
    for number in 0..4 {
        let mut share = share(number, 0);
        let word = ["apple", "pear", "plum", "cherry"][usize::try_from(number).unwrap()];
        share.words = Words::new(word).unwrap();
        share.beyond = number == 2;
        round.handle(Input::Shared(share), EIGHT);
    }
    for share in loners() {
        round.handle(Input::Shared(share), EIGHT);
    }
    round.handle(Input::Close, secs(60));
    let label = |round: &Round| round.picture().themes[0].label.clone();
    assert_eq!(label(&round), Label::Quote(id(2)));
    let theme = number(&round, 0);
    let rename = |name: Option<&str>| Edit::Rename { theme, name: name.map(Into::into) };
    let effects = edit(&mut round, rename(Some("Fruit")));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Themes(_))));
    assert_eq!(label(&round), Label::Named("Fruit".into()));
    edit(&mut round, rename(None));
    assert_eq!(label(&round), Label::Quote(id(2)));
    round.handle(Input::Withdrawn(id(2)), secs(130));
    assert_eq!(label(&round), Label::Wordless);
}

#[test]
fn two_themes_become_one() {
    let mut round = opened(&[5, 4]);
    let (from, into) = (number(&round, 1), number(&round, 0));
    let effects = edit(&mut round, Edit::Merge { from, into });
    assert!(matches!(&effects[0], Effect::Sewn(sewn) if sewn.len() == 4));
    let (themes, alone) = shown(&round);
    assert_eq!((themes.len(), themes[0].len(), alone.len()), (1, 9, LONERS));
    assert_eq!(number(&round, 0), into);
    let again = Edit::Merge { from, into };
    assert_eq!(round.may_edit(&again), Err(EditNo::NoTheme));
}

#[test]
fn three_split_off_are_a_theme_and_two_stand_alone() {
    let mut round = opened(&[9]);
    let all = shown(&round).0[0].clone();
    edit(&mut round, Edit::Split { shares: all[..3].to_vec() });
    let (mut themes, _) = shown(&round);
    themes.sort_by_key(Vec::len);
    assert_eq!(themes, [all[..3].to_vec(), all[3..].to_vec()]);
    let dyes: Vec<_> = round.picture().themes.iter().map(|theme| theme.dye).collect();
    assert_ne!(dyes[0], dyes[1]);
    edit(&mut round, Edit::Split { shares: all[7..].to_vec() });
    assert_eq!(shown(&round).1.len(), LONERS + 2);
    edit(&mut round, Edit::Split { shares: all[3..5].to_vec() });
    let (themes, alone) = shown(&round);
    assert_eq!((themes.len(), alone.len()), (1, LONERS + 6), "two that are left are no theme");
}

#[test]
fn what_could_not_be_read_can_be_sewn_by_hand() {
    let mut round = posed();
    for number in 0..3 {
        let mut share = share(number, 0);
        share.read = Read::OtherTongue;
        round.handle(Input::Shared(share), EIGHT);
    }
    round.handle(Input::Close, secs(60));
    assert_eq!(round.picture().themes.len(), 0);
    edit(&mut round, Edit::Split { shares: (0..3).map(id).collect() });
    let (themes, alone) = shown(&round);
    assert_eq!((themes.len(), alone.len()), (1, 0));
}

#[test]
fn what_is_set_aside_is_in_no_picture_and_can_be_put_back() {
    let mut round = opened(&[3]);
    let before = (**round.picture()).clone();
    let share = before.themes[0].patches[1].id;
    let effects = edit(&mut round, Edit::Aside { share });
    assert!(effects.contains(&Effect::Aside(share, true)));
    assert_eq!(shown(&round).0.len(), 0, "two are no theme");
    assert_eq!((count(&round), round.aside().count()), (LONERS + 2, 1));
    assert_eq!(round.may_edit(&Edit::Aside { share }), Err(EditNo::NoShare));
    edit(&mut round, Edit::Back { share });
    let after = round.picture();
    assert_eq!((&after.themes, &after.alone), (&before.themes, &before.alone));
    assert_eq!(round.may_edit(&Edit::Back { share }), Err(EditNo::NoShare));
}

#[test]
fn while_people_answer_only_naming_and_setting_aside_can_be_done() {
    let mut round = posed();
    for number in 0..12 {
        offer(&mut round, share(number, 0), i64::from(number) * 3);
    }
    let theme = number(&round, 0);
    let all = shown(&round).0[0].clone();
    let merge = Edit::Merge { from: theme, into: theme };
    for edit in [merge, Edit::Gather, Edit::Split { shares: all.clone() }] {
        assert_eq!(round.may_edit(&edit), Err(EditNo::TooEarly));
    }
    let name = Some("Rest".into());
    edit(&mut round, Edit::Rename { theme, name });
    edit(&mut round, Edit::Aside { share: all[0] });
    assert_eq!(count(&round), all.len() - 1);
    edit(&mut round, Edit::Back { share: all[0] });
    assert_eq!(count(&round), all.len());
    let unseen = round.shares().find(|share| share.shown_in.is_none()).unwrap().id;
    assert_eq!(round.may_edit(&Edit::Aside { share: unseen }), Err(EditNo::NoShare));
}

#[test]
fn gathering_again_undoes_the_guides_sewing_and_keeps_names() {
    let mut round = opened(&[6, 4]);
    let (first, second) = (number(&round, 0), number(&round, 1));
    let name: Option<Arc<str>> = Some("Rest".into());
    edit(&mut round, Edit::Rename { theme: first, name });
    let before = shown(&round);
    edit(&mut round, Edit::Merge { from: second, into: first });
    edit(&mut round, Edit::Gather);
    assert_eq!(shown(&round), before);
    assert_eq!(round.picture().themes[0].number, first);
    assert_eq!(round.picture().themes[0].label, Label::Named("Rest".into()));
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let mut round = opened(&[3]);
    let before = (**round.picture()).clone();
    let theme = number(&round, 0);
    for edit in [
        Edit::Rename { theme: 77, name: None },
        Edit::Merge { from: theme, into: 77 },
        Edit::Merge { from: theme, into: theme },
        Edit::Split { shares: vec![id(0), id(99)] },
        Edit::Aside { share: id(99) },
        Edit::Back { share: id(0) },
    ] {
        let _ = round.may_edit(&edit);
        assert_eq!(round.handle(Input::Edit(edit), secs(90)), []);
        assert_eq!(**round.picture(), before);
    }
}
