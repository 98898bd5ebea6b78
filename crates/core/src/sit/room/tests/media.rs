//! Voices and faces in a room: the rules, and what nobody can do.

mod telling;

use serde_json::Value;

use super::*;
use crate::sit::frame::media::FacesShown;
use crate::sit::media::FloorCommand;
use crate::sit::media::{MEDIA_SENDERS_MAX, MediaRules, MediaWants, WantedFaces};
use crate::sit::run::{CHANGE_LEAD, PAUSE_LENGTH};
use crate::sit::spoken::FeatherAction;

/// A room that begins by itself, with these people in it; the first is a guide.
fn with(people: u8) -> Room {
    let mut room = room(by_itself());
    for n in 0..people {
        enter(&mut room, n, EIGHT - secs(60));
    }
    pass(&mut room, EIGHT - secs(50));
    room
}

/// Instant at which people of these tests turn things on: shortly before the beginning.
const BEFORE: Instant = Instant::from_ms(EIGHT.ms() - 40_000);

fn mine(room: &mut Room, n: u32, mic: bool, cam: bool, now: Instant) -> Vec<RoomOutput> {
    say(room, n, ClientMessage::Mine { mic, cam }, now)
}

fn lead(room: &mut Room, lead: FloorCommand, to: Option<u32>, now: Instant) -> Vec<RoomOutput> {
    say(room, 0, ClientMessage::Lead { lead, to }, now)
}

/// The last rules among these effects.
fn ruled(effects: &[RoomOutput]) -> Option<MediaRules> {
    let mut rules = effects.iter().filter_map(|effect| match effect {
        RoomOutput::SetMediaRules(rules) => Some((**rules).clone()),
        _ => None,
    });
    rules.next_back()
}

/// The frames of this kind among these effects, each with its connections.
fn frames(effects: &[RoomOutput], k: &str) -> Vec<(Vec<ConnId>, Value)> {
    let sent = effects.iter().filter_map(|effect| match effect {
        RoomOutput::Send { to, text, .. } => {
            let frame: Value = serde_json::from_str(text).unwrap();
            Some((to.conns().to_vec(), frame))
        }
        _ => None,
    });
    sent.filter(|(_, frame)| frame["k"] == k).collect()
}

/// The last `media` frame among these effects.
fn shown(effects: &[RoomOutput]) -> Value {
    frames(effects, "media").pop().expect("it is told").1
}

#[test]
fn a_room_in_which_nobody_uses_sound_hears_nothing_of_it() {
    let mut room = with(3);
    let mut all = pass(&mut room, EIGHT + secs(700));
    all.extend(say(&mut room, 1, ClientMessage::Leave, EIGHT + secs(700)));
    all.extend(lead(&mut room, FloorCommand::Dim, None, EIGHT + secs(701)));
    all.extend(lead(&mut room, FloorCommand::Calm, None, EIGHT + secs(702)));
    all.extend(enter(&mut room, 4, EIGHT + secs(703)));
    let of_media = |effect: &&RoomOutput| {
        matches!(effect, RoomOutput::SetMediaRules(_) | RoomOutput::CloseSeat(_))
            || matches!(
                effect,
                RoomOutput::Send { class: FrameClass::Media | FrameClass::Speak, .. }
            )
    };
    assert_eq!(all.iter().find(of_media), None);
}

#[test]
fn whoever_turns_on_is_ruled_in_at_once_and_told_of_with_one_text_for_all() {
    let mut room = with(3);
    let on = mine(&mut room, 1, true, true, BEFORE);
    let rules = ruled(&on).unwrap();
    assert_eq!((rules.voices, rules.faces), (vec![1], vec![1]));
    let told = frames(&on, "media");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, [line(0), line(1), line(2)]);
    assert_eq!(told[0].1["v"], 1);
    let who = Sitter::Guest(GuestId::new(EIGHT, [1; 10]));
    assert_eq!(told[0].1["on"][0][0], 1);
    assert_eq!(told[0].1["on"][0][1], "Person 1");
    assert_eq!(told[0].1["on"][0][2], who.dye());
    assert_eq!(told[0].1["on"][0][3], 3);
    let late = enter(&mut room, 5, BEFORE + secs(2));
    assert_eq!(
        frames(&late, "media"),
        [(vec![line(5)], told[0].1.clone())],
        "and whoever comes later"
    );
}

#[test]
fn off_is_off_at_once_however_fast_somebody_was() {
    let mut room = with(2);
    for _ in 0..3 {
        mine(&mut room, 1, true, true, BEFORE);
        let off = mine(&mut room, 1, false, false, BEFORE);
        assert_eq!(ruled(&off).unwrap().voices, [0_u32; 0]);
    }
    mine(&mut room, 1, true, false, BEFORE);
    for _ in 0..20 {
        mine(&mut room, 1, true, true, BEFORE);
        mine(&mut room, 1, true, false, BEFORE);
    }
    let too_fast = mine(&mut room, 1, true, true, BEFORE);
    assert_eq!(ruled(&too_fast), None);
    assert_eq!(frames(&too_fast, "notnow").len(), 1);
    let muted = mine(&mut room, 1, false, true, BEFORE);
    let rules = ruled(&muted).unwrap();
    assert_eq!((rules.voices, rules.faces), (vec![], vec![]));
    let later = mine(&mut room, 1, false, true, BEFORE + secs(10));
    assert_eq!(ruled(&later).unwrap().faces, [1]);
}

#[test]
fn whoever_sits_quietly_gives_nothing_and_becoming_quiet_turns_off() {
    let mut room = with(3);
    say(&mut room, 1, ClientMessage::Quiet { on: true }, BEFORE);
    let refused = mine(&mut room, 1, true, true, BEFORE);
    assert_eq!(ruled(&refused), None);
    assert_eq!(frames(&refused, "notnow")[0].0, [line(1)]);
    say(&mut room, 1, ClientMessage::Raise { on: true }, BEFORE);
    mine(&mut room, 2, true, true, BEFORE);
    say(&mut room, 2, ClientMessage::Raise { on: true }, BEFORE);
    lead(&mut room, FloorCommand::Spotlight, Some(2), BEFORE);
    lead(&mut room, FloorCommand::Give, Some(2), BEFORE);
    let before = pass(&mut room, BEFORE + secs(1));
    let names = shown(&before)["on"].to_string();
    assert!(names.contains("Person 2") && !names.contains("Person 1"));
    let hushed = say(&mut room, 2, ClientMessage::Quiet { on: true }, BEFORE + secs(2));
    let rules = ruled(&hushed).unwrap();
    assert_eq!((rules.voices, rules.faces), (vec![], vec![]));
    let told = shown(&hushed);
    assert_eq!(told["on"], Value::Array(Vec::new()));
    assert_eq!((&told["feather"], &told["spotlight"]), (&Value::Null, &Value::Null));
    let named = say(&mut room, 2, ClientMessage::Quiet { on: false }, BEFORE + secs(3));
    assert_eq!(ruled(&named), None, "being named again turns nothing on");
}

#[test]
fn whoever_comes_in_is_not_told_a_name_that_is_hushed_since_everybody_was_told() {
    let mut room = with(3);
    mine(&mut room, 1, true, false, BEFORE);
    let soon = BEFORE + Span::from_ms(50);
    say(&mut room, 1, ClientMessage::Quiet { on: true }, soon);
    let mut all = enter(&mut room, 5, soon);
    all.extend(room.resend_missed(line(2), FrameClass::Media, soon));
    assert_eq!(frames(&all, "media"), []);
    let told = pass(&mut room, BEFORE + secs(1));
    let told = frames(&told, "media");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, [line(0), line(1), line(2), line(5)]);
    assert!(!told[0].1.to_string().contains("Person 1"));
}

#[test]
fn rules_follow_the_parts_of_the_sit_to_the_millisecond() {
    let mut room = with(3);
    mine(&mut room, 0, true, true, BEFORE);
    mine(&mut room, 1, true, true, BEFORE);
    let silence = EIGHT + secs(60);
    assert_eq!(ruled(&pass(&mut room, silence - Span::from_ms(1))), None);
    let silent = ruled(&pass(&mut room, silence)).unwrap();
    assert_eq!((silent.voices, silent.faces), (vec![0], vec![]));
    let close = EIGHT + secs(660);
    assert_eq!(ruled(&pass(&mut room, close - Span::from_ms(1))), None);
    let closing = ruled(&pass(&mut room, close)).unwrap();
    assert_eq!((closing.voices, closing.faces), (vec![0, 1], vec![0, 1]));
    let over = ruled(&pass(&mut room, EIGHT + secs(720))).unwrap();
    assert_eq!((over.voices, over.faces), (vec![], vec![]));
}

#[test]
fn in_the_silence_of_a_pause_nobody_is_heard_and_then_it_is_as_before() {
    let mut room = with(2);
    mine(&mut room, 0, true, true, EIGHT + secs(10));
    mine(&mut room, 1, true, false, EIGHT + secs(10));
    let at = EIGHT + secs(20);
    let what = RunAction::Pause;
    room.handle(RoomInput::RunChanged(RunChange { at, what }), at);
    let from = at + CHANGE_LEAD;
    assert_eq!(ruled(&pass(&mut room, from - Span::from_ms(1))), None);
    let paused = ruled(&pass(&mut room, from)).unwrap();
    assert_eq!((paused.voices, paused.faces), (vec![], vec![]));
    let after = pass(&mut room, from + PAUSE_LENGTH);
    assert_eq!(ruled(&after).unwrap().voices, [0, 1]);
}

#[test]
fn a_wish_of_a_guide_holds_for_its_part_of_the_sit_and_no_longer() {
    let mut room = with(3);
    let now = EIGHT + secs(10);
    mine(&mut room, 0, true, true, now);
    mine(&mut room, 1, true, true, now);
    let one = lead(&mut room, FloorCommand::OneVoice, None, now);
    assert_eq!(ruled(&one).unwrap().voices, [0]);
    let dim = lead(&mut room, FloorCommand::Dim, None, now);
    assert_eq!(ruled(&dim).unwrap().faces, [0_u32; 0]);
    let silence = EIGHT + secs(60);
    pass(&mut room, silence);
    let seen = lead(&mut room, FloorCommand::Undim, None, silence);
    assert_eq!(ruled(&seen).unwrap().faces, [0, 1], "in silence, too");
    let all = lead(&mut room, FloorCommand::AllVoices, None, silence);
    assert_eq!(ruled(&all).unwrap().voices, [0, 1]);
    let own = lead(&mut room, FloorCommand::OwnVoices, None, silence);
    assert_eq!(ruled(&own).unwrap().voices, [0]);
    let closing = ruled(&pass(&mut room, EIGHT + secs(660))).unwrap();
    assert_eq!((closing.voices, closing.faces), (vec![0, 1], vec![0, 1]));
}

#[test]
fn nobody_but_a_guide_leads_and_nothing_turns_on_anothers_microphone() {
    let mut room = with(3);
    mine(&mut room, 1, true, true, BEFORE);
    pass(&mut room, BEFORE + secs(1));
    let now = BEFORE + secs(2);
    let all = [
        FloorCommand::OneVoice,
        FloorCommand::AllVoices,
        FloorCommand::OwnVoices,
        FloorCommand::Calm,
        FloorCommand::AskMute,
        FloorCommand::Give,
        FloorCommand::Take,
        FloorCommand::Dim,
        FloorCommand::Undim,
        FloorCommand::Spotlight,
        FloorCommand::Unspotlight,
    ];
    for does in all {
        let to = Some(2);
        let said = say(&mut room, 1, ClientMessage::Lead { lead: does, to }, now);
        assert_eq!(frames(&said, "notnow").len(), 1, "{does:?}");
        assert_eq!(said.len(), 1, "{does:?} by somebody who does not lead");
    }
    for does in all {
        let led = lead(&mut room, does, Some(2), now);
        let rules = ruled(&led).unwrap_or_default();
        assert!(!rules.voices.contains(&2) && !rules.faces.contains(&2));
    }
    let told = shown(&pass(&mut room, now + secs(1)));
    let seats = told["on"].as_array().unwrap().iter();
    let two = seats.filter(|on| on[0] == 2 && on[3] != 0);
    assert_eq!(two.count(), 0);
}

#[test]
fn the_feather_is_given_handed_on_and_laid_down_outside_of_rounds() {
    let mut room = with(5);
    let now = EIGHT + secs(5);
    for n in 0..5 {
        mine(&mut room, n, true, false, now);
    }
    for n in [4, 2] {
        say(&mut room, n, ClientMessage::Raise { on: true }, now);
    }
    let raised = shown(&pass(&mut room, now + secs(1)));
    assert_eq!(raised["raised"].to_string(), "[2,4]", "by seat, not by time");
    let now = now + secs(2);
    let given = lead(&mut room, FloorCommand::Give, None, now);
    assert_eq!(ruled(&given).unwrap().voices, [0, 2]);
    assert_eq!(ruled(&given).unwrap().always, [0, 2]);
    let told = shown(&given);
    assert_eq!((&told["heard"], &told["feather"]), (&"feather".into(), &2.into()));
    assert_eq!(told["raised"].to_string(), "[4]", "whoever has it wants it no more");
    let does = |act, to| ClientMessage::Feather { act, to };
    let others = say(&mut room, 1, does(FeatherAction::Lay, None), now);
    assert_eq!(ruled(&others), None, "only its holder lays it down");
    let handed = say(&mut room, 2, does(FeatherAction::Give, Some(3)), now);
    assert_eq!(ruled(&handed).unwrap().voices, [0, 3]);
    let next = say(&mut room, 0, does(FeatherAction::Skip, None), now);
    assert_eq!(ruled(&next).unwrap().voices, [0, 4]);
    let laid = say(&mut room, 4, does(FeatherAction::Lay, None), now);
    assert_eq!(ruled(&laid).unwrap().voices, [0, 1, 2, 3, 4]);
    let nobody = lead(&mut room, FloorCommand::Give, None, now);
    assert_eq!(frames(&nobody, "notnow").len(), 1, "nobody has raised it");
    lead(&mut room, FloorCommand::Give, Some(3), now);
    let taken = lead(&mut room, FloorCommand::Take, None, now);
    assert_eq!(ruled(&taken).unwrap().voices, [0, 1, 2, 3, 4]);
}

#[test]
fn whoever_leaves_or_is_taken_out_is_neither_heard_nor_connected_any_more() {
    let mut room = with(4);
    let who = |n| Sitter::Guest(GuestId::new(EIGHT, [n; 10]));
    for n in [1, 2, 3] {
        room.handle(RoomInput::MediaConnected(who(n)), BEFORE);
        mine(&mut room, u32::from(n), true, true, BEFORE);
    }
    let left = say(&mut room, 1, ClientMessage::Leave, BEFORE);
    assert!(left.contains(&RoomOutput::CloseSeat(1)));
    assert_eq!(ruled(&left).unwrap().voices, [2, 3]);
    let removed = room.handle(RoomInput::SitterRemoved(who(2)), BEFORE);
    assert!(removed.contains(&RoomOutput::CloseSeat(2)));
    let (conn, code, why) = (line(2), close_code::REMOVED, "not in this sit");
    assert!(removed.contains(&RoomOutput::CloseConn { conn, code, why }));
    assert_eq!(ruled(&removed).unwrap().voices, [3]);
    // A lost connection changes nothing until its grace time is over.
    let lost = room.handle(RoomInput::ConnLost(line(3)), BEFORE);
    assert_eq!(ruled(&lost), None);
    let just = BEFORE + SEAT_GRACE - Span::from_ms(1);
    assert_eq!(ruled(&pass(&mut room, just)), None);
    let gone = pass(&mut room, BEFORE + SEAT_GRACE);
    assert!(gone.contains(&RoomOutput::CloseSeat(3)));
    assert_eq!(ruled(&gone).unwrap().voices, [0_u32; 0]);
}

#[test]
fn the_forwarding_is_told_how_many_there_are_where_it_matters_only() {
    let mut room = with(11);
    mine(&mut room, 1, true, false, BEFORE);
    let twelfth = enter(&mut room, 11, BEFORE);
    assert_eq!(ruled(&twelfth), None);
    let thirteenth = enter(&mut room, 12, BEFORE);
    assert_eq!(ruled(&thirteenth).unwrap().people, 13);
    for n in 13..60 {
        assert_eq!(ruled(&enter(&mut room, n, BEFORE)), None);
    }
}

#[test]
fn as_many_are_on_as_can_be_and_whoever_is_on_already_stays_so() {
    let most = u8::try_from(MEDIA_SENDERS_MAX).unwrap();
    let mut room = with(most + 1);
    for n in 0..most {
        mine(&mut room, u32::from(n), true, false, BEFORE);
    }
    let full = mine(&mut room, u32::from(most), true, false, BEFORE);
    assert_eq!(frames(&full, "notnow").len(), 1);
    assert_eq!(ruled(&full), None);
    let more = mine(&mut room, 3, true, true, BEFORE);
    assert_eq!(ruled(&more).unwrap().faces, [3]);
}

#[test]
fn what_somebody_wants_to_see_goes_on_at_once_and_the_last_word_counts() {
    let mut room = with(2);
    let who = Sitter::Guest(GuestId::new(EIGHT, [1; 10]));
    let want = |tall| ClientMessage::Want { see: FacesShown::Speaker, tall };
    let wanted = |effects: &[RoomOutput]| -> Vec<u16> {
        let tall = effects.iter().filter_map(|effect| match effect {
            RoomOutput::SetMediaWants { seat: 1, wants } => Some(wants.tile_px),
            _ => None,
        });
        tall.collect()
    };
    let early = say(&mut room, 1, want(100), BEFORE);
    assert_eq!(wanted(&early), [0_u16; 0], "nobody is connected yet");
    room.handle(RoomInput::MediaConnected(who), BEFORE);
    let (faces, tile_px) = (WantedFaces::Speaker, 100);
    assert_eq!(room.wants_of(1), Some(&MediaWants { faces, tile_px }));
    assert_eq!(wanted(&say(&mut room, 1, want(200), BEFORE)), [200]);
    for tall in 300..400 {
        assert_eq!(wanted(&say(&mut room, 1, want(tall), BEFORE)), [0_u16; 0]);
    }
    assert_eq!(wanted(&pass(&mut room, BEFORE + secs(1))), [399]);
}

#[test]
fn in_a_spoken_round_the_feather_says_who_is_heard() {
    let round = spoken_round("council");
    let facts =
        RunFacts { plan: Plan::new(vec![Phase::new(PhaseKind::Arrive, 60), round]), ..by_itself() };
    let mut room = room(facts).with_formats(Arc::new(Formats::shipped()));
    for n in 0..4 {
        enter(&mut room, n, EIGHT);
        mine(&mut room, u32::from(n), true, true, EIGHT);
    }
    let now = EIGHT + secs(60);
    let lies = pass(&mut room, now);
    assert_eq!(ruled(&lies).unwrap().voices, [0], "guides, while it lies");
    let act = |act| ClientMessage::Feather { act, to: None };
    let taken = say(&mut room, 2, act(FeatherAction::Take), now);
    let rules = ruled(&taken).unwrap();
    assert_eq!((rules.voices, rules.always), (vec![2], vec![2]));
    assert_eq!(rules.faces.first(), Some(&2), "and seen first");
    let given = lead(&mut room, FloorCommand::Give, Some(1), now);
    assert_eq!(frames(&given, "notnow").len(), 1, "it goes its own way here");
    let quiet = say(&mut room, 2, ClientMessage::Quiet { on: true }, now);
    assert_eq!(ruled(&quiet).unwrap().voices, [0_u32; 0]);
    let all = lead(&mut room, FloorCommand::AllVoices, None, now);
    assert_eq!(ruled(&all).unwrap().voices, [0, 1, 3]);
}
