//! Who may be heard and seen, row by row: state of the sit × guides' wishes × person.

use super::super::media::rules::{Case, Holder, Source, Stand, Voices, Wish};
use crate::sit::media::HeardBy;
use crate::sit::plan::PhaseKind;

/// A guide, two people with both, one with a microphone only, one with a camera only, and a second
/// guide.
const ON: [Source; 6] = [
    source(0, true, true, true),
    source(1, true, true, false),
    source(2, true, true, false),
    source(3, true, false, false),
    source(4, false, true, false),
    source(5, true, false, true),
];
const ALL: &[u32] = &[0, 1, 2, 3, 5];
const GUIDES: &[u32] = &[0, 5];
const NOBODY: &[u32] = &[];

const fn source(seat: u32, mic: bool, cam: bool, guide: bool) -> Source {
    // The last to turn on has the lowest seat: faces are ordered by time, not by seat.
    let since = 10 - seat as u64;
    Source { seat, mic, cam, guide, since }
}

fn case(stand: Stand, wish: Wish) -> Case<'static> {
    Case { stand, wish, is_led: true, on: &ON, people: 6 }
}

fn holder(seat: Option<u32>, is_guide: bool) -> Stand {
    Stand::Round(Some(Holder { seat, is_guide }))
}

/// State of the sit, a guide's wish, the seat given the feather; who is heard.
type Row = (Stand, Option<Voices>, Option<u32>, HeardBy, &'static [u32]);

#[test]
fn who_is_heard_follows_where_the_sit_stands_and_what_guides_wish() {
    use HeardBy::{All, Feather, Guides, Nobody};
    let (one, all) = (Some(Voices::One), Some(Voices::All));
    let held = holder(Some(1), false);
    #[rustfmt::skip]
    let table: &[Row] = &[
        // What each part has by itself.
        (Stand::Open,              None, None,    All,     ALL),
        (Stand::Guided,            None, None,    Guides,  GUIDES),
        (Stand::Silent,            None, None,    Guides,  GUIDES),
        (Stand::Round(None),       None, None,    Guides,  GUIDES),
        (held,                     None, None,    Feather, &[1]),
        (holder(Some(0), true),    None, None,    Feather, GUIDES),
        (holder(None, false),      None, None,    Feather, NOBODY),
        (holder(None, true),       None, None,    Feather, GUIDES),
        (Stand::Paused,            None, None,    Nobody,  NOBODY),
        (Stand::Over,              None, None,    Nobody,  NOBODY),
        // One voice, wished for.
        (Stand::Open,              one,  None,    Guides,  GUIDES),
        (Stand::Guided,            one,  None,    Guides,  GUIDES),
        (Stand::Silent,            one,  None,    Guides,  GUIDES),
        (Stand::Round(None),       one,  None,    Guides,  GUIDES),
        (held,                     one,  None,    Guides,  GUIDES),
        (Stand::Paused,            one,  None,    Nobody,  NOBODY),
        (Stand::Over,              one,  None,    Nobody,  NOBODY),
        // Everybody, wished for.
        (Stand::Open,              all,  None,    All,     ALL),
        (Stand::Guided,            all,  None,    All,     ALL),
        (Stand::Silent,            all,  None,    All,     ALL),
        (Stand::Round(None),       all,  None,    All,     ALL),
        (held,                     all,  None,    All,     ALL),
        (Stand::Paused,            all,  None,    Nobody,  NOBODY),
        (Stand::Over,              all,  None,    Nobody,  NOBODY),
        // The feather, given outside of a round: before any wish.
        (Stand::Open,              None, Some(2), Feather, &[0, 2, 5]),
        (Stand::Guided,            None, Some(2), Feather, &[0, 2, 5]),
        (Stand::Silent,            one,  Some(2), Feather, &[0, 2, 5]),
        (Stand::Open,              all,  Some(2), Feather, &[0, 2, 5]),
        (Stand::Open,              None, Some(4), Feather, GUIDES),
        (Stand::Open,              None, Some(0), Feather, GUIDES),
        (Stand::Paused,            None, Some(2), Nobody,  NOBODY),
        (Stand::Over,              all,  Some(2), Nobody,  NOBODY),
    ];
    for (stand, voices, given, heard, seats) in table {
        let wish = Wish { voices: *voices, given: *given, ..Wish::default() };
        let case = case(*stand, wish);
        let row = format!("{stand:?} {voices:?} {given:?}");
        assert_eq!(case.heard(), *heard, "{row}");
        assert_eq!(case.rules().voices, *seats, "{row}");
    }
}

#[test]
fn faces_rest_in_silence_and_pause_and_when_a_guide_dims_them() {
    #[rustfmt::skip]
    let table = [
        (Stand::Open,          None,        false),
        (Stand::Guided,        None,        false),
        (Stand::Round(None),   None,        false),
        (Stand::Silent,        None,        true),
        (Stand::Paused,        None,        true),
        (Stand::Over,          None,        true),
        (Stand::Open,          Some(true),  true),
        (Stand::Guided,        Some(true),  true),
        (Stand::Round(None),   Some(true),  true),
        (Stand::Silent,        Some(true),  true),
        (Stand::Open,          Some(false), false),
        (Stand::Silent,        Some(false), false),
        (Stand::Paused,        Some(false), true),
        (Stand::Over,          Some(false), true),
    ];
    for (stand, dim, rests) in table {
        let wish = Wish { dim, ..Wish::default() };
        let case = case(stand, wish);
        assert_eq!(case.rests(), rests, "{stand:?} {dim:?}");
        assert_eq!(case.rules().faces.is_empty(), rests, "{stand:?} {dim:?}");
    }
}

#[test]
fn faces_that_matter_come_first_and_only_the_first_ones_are_large() {
    let faces = |wish| case(Stand::Open, wish).rules().faces.clone();
    assert_eq!(faces(Wish::default()), [0, 4, 2, 1], "guides, then by time");
    let lit = Wish { spotlight: Some(1), given: Some(4), ..Wish::default() };
    assert_eq!(faces(lit), [1, 4, 0, 2]);
    assert_eq!(case(Stand::Open, lit).rules().spotlight, Some(1));
    let unseen = Wish { spotlight: Some(3), ..Wish::default() };
    assert_eq!(case(Stand::Open, unseen).rules().spotlight, None, "no camera");
    assert_eq!(case(Stand::Silent, lit).rules().spotlight, None);
}

#[test]
fn guides_and_whoever_holds_the_feather_are_never_left_out() {
    let always = |stand, given| {
        let wish = Wish { given, ..Wish::default() };
        case(stand, wish).rules().always.clone()
    };
    assert_eq!(always(Stand::Open, None), GUIDES);
    assert_eq!(always(Stand::Open, Some(2)), [0, 2, 5]);
    assert_eq!(always(holder(Some(1), false), None), [1]);
    assert_eq!(always(Stand::Paused, Some(2)), NOBODY);
}

#[test]
fn a_guided_part_that_nobody_leads_has_nobody() {
    let no_guides: Vec<_> = ON.iter().filter(|one| !one.guide).copied().collect();
    for stand in [Stand::Guided, Stand::Silent, Stand::Round(None)] {
        let case = Case { is_led: false, on: &no_guides, ..case(stand, Wish::default()) };
        assert_eq!(case.heard(), HeardBy::Nobody);
        assert_eq!(case.rules().voices, NOBODY);
    }
    let open = Case { is_led: false, on: &no_guides, ..case(Stand::Open, Wish::default()) };
    assert_eq!(open.rules().voices, [1, 2, 3]);
}

#[test]
fn every_kind_of_phase_stands_somewhere() {
    let stands = PhaseKind::ALL.map(Stand::of);
    let expected = [
        Stand::Open,
        Stand::Open,
        Stand::Guided,
        Stand::Silent,
        Stand::Guided,
        Stand::Guided,
        Stand::Open,
    ];
    assert_eq!(stands, expected);
}
