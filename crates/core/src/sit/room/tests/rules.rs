//! Who may be heard and seen, row by row: state of the sit × guides' wishes × person.

use super::super::media::rules::{
    FeatherHolder, FloorCase, FloorSource, FloorState, FloorWish, VoiceWish,
};
use crate::sit::media::AudibleSitters;
use crate::sit::plan::PhaseKind;

/// A guide, two people with both, one with a microphone only, one with a camera only, and a second
/// guide.
const ON: [FloorSource; 6] = [
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

const fn source(seat: u32, mic: bool, cam: bool, guide: bool) -> FloorSource {
    // The last to turn on has the lowest seat: faces are ordered by time, not by seat.
    let since = 10 - seat as u64;
    FloorSource { seat, mic, cam, guide, turned_on: since }
}

fn case(stand: FloorState, wish: FloorWish) -> FloorCase<'static> {
    FloorCase { stand, wish, is_led: true, on: &ON, people: 6 }
}

fn holder(seat: Option<u32>, is_guide: bool) -> FloorState {
    FloorState::Round(Some(FeatherHolder { seat, is_guide }))
}

/// State of the sit, a guide's wish, the seat given the feather; who is heard.
type Row = (FloorState, Option<VoiceWish>, Option<u32>, AudibleSitters, &'static [u32]);

#[test]
fn who_is_heard_follows_where_the_sit_stands_and_what_guides_wish() {
    use AudibleSitters::{All, Feather, Guides, Nobody};
    let (one, all) = (Some(VoiceWish::One), Some(VoiceWish::All));
    let held = holder(Some(1), false);
    #[rustfmt::skip]
    let table: &[Row] = &[
        // What each part has by itself.
        (FloorState::Open,              None, None,    All,     ALL),
        (FloorState::Guided,            None, None,    Guides,  GUIDES),
        (FloorState::Silent,            None, None,    Guides,  GUIDES),
        (FloorState::Round(None),       None, None,    Guides,  GUIDES),
        (held,                     None, None,    Feather, &[1]),
        (holder(Some(0), true),    None, None,    Feather, GUIDES),
        (holder(None, false),      None, None,    Feather, NOBODY),
        (holder(None, true),       None, None,    Feather, GUIDES),
        (FloorState::Paused,            None, None,    Nobody,  NOBODY),
        (FloorState::Over,              None, None,    Nobody,  NOBODY),
        // One voice, wished for.
        (FloorState::Open,              one,  None,    Guides,  GUIDES),
        (FloorState::Guided,            one,  None,    Guides,  GUIDES),
        (FloorState::Silent,            one,  None,    Guides,  GUIDES),
        (FloorState::Round(None),       one,  None,    Guides,  GUIDES),
        (held,                     one,  None,    Guides,  GUIDES),
        (FloorState::Paused,            one,  None,    Nobody,  NOBODY),
        (FloorState::Over,              one,  None,    Nobody,  NOBODY),
        // Everybody, wished for.
        (FloorState::Open,              all,  None,    All,     ALL),
        (FloorState::Guided,            all,  None,    All,     ALL),
        (FloorState::Silent,            all,  None,    All,     ALL),
        (FloorState::Round(None),       all,  None,    All,     ALL),
        (held,                     all,  None,    All,     ALL),
        (FloorState::Paused,            all,  None,    Nobody,  NOBODY),
        (FloorState::Over,              all,  None,    Nobody,  NOBODY),
        // The feather, given outside of a round: before any wish.
        (FloorState::Open,              None, Some(2), Feather, &[0, 2, 5]),
        (FloorState::Guided,            None, Some(2), Feather, &[0, 2, 5]),
        (FloorState::Silent,            one,  Some(2), Feather, &[0, 2, 5]),
        (FloorState::Open,              all,  Some(2), Feather, &[0, 2, 5]),
        (FloorState::Open,              None, Some(4), Feather, GUIDES),
        (FloorState::Open,              None, Some(0), Feather, GUIDES),
        (FloorState::Paused,            None, Some(2), Nobody,  NOBODY),
        (FloorState::Over,              all,  Some(2), Nobody,  NOBODY),
    ];
    for (stand, voices, given, heard, seats) in table {
        let wish = FloorWish { voices: *voices, feather_given_to: *given, ..FloorWish::default() };
        let case = case(*stand, wish);
        let row = format!("{stand:?} {voices:?} {given:?}");
        assert_eq!(case.audible(), *heard, "{row}");
        assert_eq!(case.media_rules().voices, *seats, "{row}");
    }
}

#[test]
fn faces_rest_in_silence_and_pause_and_when_a_guide_dims_them() {
    #[rustfmt::skip]
    let table = [
        (FloorState::Open,          None,        false),
        (FloorState::Guided,        None,        false),
        (FloorState::Round(None),   None,        false),
        (FloorState::Silent,        None,        true),
        (FloorState::Paused,        None,        true),
        (FloorState::Over,          None,        true),
        (FloorState::Open,          Some(true),  true),
        (FloorState::Guided,        Some(true),  true),
        (FloorState::Round(None),   Some(true),  true),
        (FloorState::Silent,        Some(true),  true),
        (FloorState::Open,          Some(false), false),
        (FloorState::Silent,        Some(false), false),
        (FloorState::Paused,        Some(false), true),
        (FloorState::Over,          Some(false), true),
    ];
    for (stand, dim, rests) in table {
        let wish = FloorWish { dim, ..FloorWish::default() };
        let case = case(stand, wish);
        assert_eq!(case.faces_rest(), rests, "{stand:?} {dim:?}");
        assert_eq!(case.media_rules().faces.is_empty(), rests, "{stand:?} {dim:?}");
    }
}

#[test]
fn faces_that_matter_come_first_and_only_the_first_ones_are_large() {
    let faces = |wish| case(FloorState::Open, wish).media_rules().faces.clone();
    assert_eq!(faces(FloorWish::default()), [0, 4, 2, 1], "guides, then by time");
    let lit = FloorWish { spotlight: Some(1), feather_given_to: Some(4), ..FloorWish::default() };
    assert_eq!(faces(lit), [1, 4, 0, 2]);
    assert_eq!(case(FloorState::Open, lit).media_rules().spotlight, Some(1));
    let unseen = FloorWish { spotlight: Some(3), ..FloorWish::default() };
    assert_eq!(case(FloorState::Open, unseen).media_rules().spotlight, None, "no camera");
    assert_eq!(case(FloorState::Silent, lit).media_rules().spotlight, None);
}

#[test]
fn guides_and_whoever_holds_the_feather_are_never_left_out() {
    let always = |stand, given| {
        let wish = FloorWish { feather_given_to: given, ..FloorWish::default() };
        case(stand, wish).media_rules().always.clone()
    };
    assert_eq!(always(FloorState::Open, None), GUIDES);
    assert_eq!(always(FloorState::Open, Some(2)), [0, 2, 5]);
    assert_eq!(always(holder(Some(1), false), None), [1]);
    assert_eq!(always(FloorState::Paused, Some(2)), NOBODY);
}

#[test]
fn a_guided_part_that_nobody_leads_has_nobody() {
    let no_guides: Vec<_> = ON.iter().filter(|one| !one.guide).copied().collect();
    for stand in [FloorState::Guided, FloorState::Silent, FloorState::Round(None)] {
        let case = FloorCase { is_led: false, on: &no_guides, ..case(stand, FloorWish::default()) };
        assert_eq!(case.audible(), AudibleSitters::Nobody);
        assert_eq!(case.media_rules().voices, NOBODY);
    }
    let open =
        FloorCase { is_led: false, on: &no_guides, ..case(FloorState::Open, FloorWish::default()) };
    assert_eq!(open.media_rules().voices, [1, 2, 3]);
}

#[test]
fn every_kind_of_phase_stands_somewhere() {
    let stands = PhaseKind::ALL.map(FloorState::of_kind);
    let expected = [
        FloorState::Open,
        FloorState::Open,
        FloorState::Guided,
        FloorState::Silent,
        FloorState::Guided,
        FloorState::Guided,
        FloorState::Open,
    ];
    assert_eq!(stands, expected);
}
