//! A guide's edits of the themes.

use super::*;
use crate::round::ThemeEditNo;

fn number(round: &Round, place: usize) -> u32 {
    round.picture().themes[place].number
}

/// Makes an allowed edit; returns its effects.
fn edit(round: &mut Round, edit: ThemeEdit) -> Vec<RoundOutput> {
    assert_eq!(round.may_edit(&edit), Ok(()), "{edit:?}");
    round.handle(RoundInput::EditTheme(edit), secs(120))
}

#[test]
fn a_theme_is_called_by_the_guide_a_quote_shared_words_or_nothing() {
    let mut round = posed();
    for number in 0..4 {
        let mut share = share(number, 0);
        let word = ["apple", "pear", "plum", "cherry"][usize::try_from(number).unwrap()];
        share.words = ShareText::new(word).unwrap();
        share.may_show_beyond = number == 2;
        round.handle(RoundInput::ShareAdded(share), EIGHT);
    }
    for share in loners() {
        round.handle(RoundInput::ShareAdded(share), EIGHT);
    }
    round.handle(RoundInput::Close, secs(60));
    let label = |round: &Round| round.picture().themes[0].label.clone();
    assert_eq!(label(&round), ThemeLabel::Quote(id(2)));
    let theme = number(&round, 0);
    let rename = |name: Option<&str>| ThemeEdit::Rename { theme, name: name.map(Into::into) };
    let effects = edit(&mut round, rename(Some("Fruit")));
    assert!(effects.iter().any(|effect| matches!(effect, RoundOutput::ThemesChanged(_))));
    assert_eq!(label(&round), ThemeLabel::NamedByGuide("Fruit".into()));
    edit(&mut round, rename(None));
    assert_eq!(label(&round), ThemeLabel::Quote(id(2)));
    round.handle(RoundInput::ShareWithdrawn(id(2)), secs(130));
    assert_eq!(label(&round), ThemeLabel::Wordless);
}

#[test]
fn two_themes_become_one() {
    let mut round = opened(&[5, 4]);
    let (from, into) = (number(&round, 1), number(&round, 0));
    let effects = edit(&mut round, ThemeEdit::Merge { from, into });
    assert!(matches!(&effects[0], RoundOutput::SharesSewn(sewn) if sewn.len() == 4));
    let (themes, alone) = shown(&round);
    assert_eq!((themes.len(), themes[0].len(), alone.len()), (1, 9, LONERS));
    assert_eq!(number(&round, 0), into);
    let again = ThemeEdit::Merge { from, into };
    assert_eq!(round.may_edit(&again), Err(ThemeEditNo::ThemeMissing));
}

#[test]
fn three_split_off_are_a_theme_and_two_stand_alone() {
    let mut round = opened(&[9]);
    let all = shown(&round).0[0].clone();
    edit(&mut round, ThemeEdit::Split { shares: all[..3].to_vec() });
    let (mut themes, _) = shown(&round);
    themes.sort_by_key(Vec::len);
    assert_eq!(themes, [all[..3].to_vec(), all[3..].to_vec()]);
    let dyes: Vec<_> = round.picture().themes.iter().map(|theme| theme.dye).collect();
    assert_ne!(dyes[0], dyes[1]);
    edit(&mut round, ThemeEdit::Split { shares: all[7..].to_vec() });
    assert_eq!(shown(&round).1.len(), LONERS + 2);
    edit(&mut round, ThemeEdit::Split { shares: all[3..5].to_vec() });
    let (themes, alone) = shown(&round);
    assert_eq!((themes.len(), alone.len()), (1, LONERS + 6), "two that are left are no theme");
}

#[test]
fn what_could_not_be_read_can_be_sewn_by_hand() {
    let mut round = posed();
    for number in 0..3 {
        let mut share = share(number, 0);
        share.embedding = ShareEmbedding::OtherLanguage;
        round.handle(RoundInput::ShareAdded(share), EIGHT);
    }
    round.handle(RoundInput::Close, secs(60));
    assert_eq!(round.picture().themes.len(), 0);
    edit(&mut round, ThemeEdit::Split { shares: (0..3).map(id).collect() });
    let (themes, alone) = shown(&round);
    assert_eq!((themes.len(), alone.len()), (1, 0));
}

#[test]
fn what_is_set_aside_is_in_no_picture_and_can_be_put_back() {
    let mut round = opened(&[3]);
    let before = (**round.picture()).clone();
    let share = before.themes[0].patches[1].id;
    let effects = edit(&mut round, ThemeEdit::SetAside { share });
    assert!(effects.contains(&RoundOutput::ShareSetAside(share, true)));
    assert_eq!(shown(&round).0.len(), 0, "two are no theme");
    assert_eq!((count(&round), round.shares_set_aside().count()), (LONERS + 2, 1));
    assert_eq!(round.may_edit(&ThemeEdit::SetAside { share }), Err(ThemeEditNo::ShareMissing));
    edit(&mut round, ThemeEdit::PutBack { share });
    let after = round.picture();
    assert_eq!((&after.themes, &after.alone), (&before.themes, &before.alone));
    assert_eq!(round.may_edit(&ThemeEdit::PutBack { share }), Err(ThemeEditNo::ShareMissing));
}

#[test]
fn while_people_answer_only_naming_and_setting_aside_can_be_done() {
    let mut round = posed();
    for number in 0..12 {
        offer(&mut round, share(number, 0), i64::from(number) * 3);
    }
    let theme = number(&round, 0);
    let all = shown(&round).0[0].clone();
    let merge = ThemeEdit::Merge { from: theme, into: theme };
    for edit in [merge, ThemeEdit::Regather, ThemeEdit::Split { shares: all.clone() }] {
        assert_eq!(round.may_edit(&edit), Err(ThemeEditNo::NotGathered));
    }
    let name = Some("Rest".into());
    edit(&mut round, ThemeEdit::Rename { theme, name });
    edit(&mut round, ThemeEdit::SetAside { share: all[0] });
    assert_eq!(count(&round), all.len() - 1);
    edit(&mut round, ThemeEdit::PutBack { share: all[0] });
    assert_eq!(count(&round), all.len());
    let unseen = round.shares().find(|share| share.shown_in.is_none()).unwrap().id;
    assert_eq!(
        round.may_edit(&ThemeEdit::SetAside { share: unseen }),
        Err(ThemeEditNo::ShareMissing)
    );
}

#[test]
fn gathering_again_undoes_the_guides_sewing_and_keeps_names() {
    let mut round = opened(&[6, 4]);
    let (first, second) = (number(&round, 0), number(&round, 1));
    let name: Option<Arc<str>> = Some("Rest".into());
    edit(&mut round, ThemeEdit::Rename { theme: first, name });
    let before = shown(&round);
    edit(&mut round, ThemeEdit::Merge { from: second, into: first });
    edit(&mut round, ThemeEdit::Regather);
    assert_eq!(shown(&round), before);
    assert_eq!(round.picture().themes[0].number, first);
    assert_eq!(round.picture().themes[0].label, ThemeLabel::NamedByGuide("Rest".into()));
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let mut round = opened(&[3]);
    let before = (**round.picture()).clone();
    let theme = number(&round, 0);
    for edit in [
        ThemeEdit::Rename { theme: 77, name: None },
        ThemeEdit::Merge { from: theme, into: 77 },
        ThemeEdit::Merge { from: theme, into: theme },
        ThemeEdit::Split { shares: vec![id(0), id(99)] },
        ThemeEdit::SetAside { share: id(99) },
        ThemeEdit::PutBack { share: id(0) },
    ] {
        let _ = round.may_edit(&edit);
        assert_eq!(round.handle(RoundInput::EditTheme(edit), secs(90)), []);
        assert_eq!(**round.picture(), before);
    }
}
