//! Announcements of voices and faces, and their rate.

use super::*;
use crate::sit::media::{DownlinkCapacity, ForwarderEvent, MediaSlots};

#[test]
fn everybody_is_told_at_most_five_times_a_second_and_in_a_large_room_once() {
    for (people, most) in [(9_u16, 5), (1_100, 1)] {
        let mut room = room(by_itself());
        for n in 0..people {
            let who = [n.to_be_bytes().as_slice(), &[7; 8]].concat();
            let enter = EnterRoom {
                conn: line(u32::from(n)),
                who: Sitter::Guest(GuestId::new(EIGHT, who.try_into().unwrap())),
                name: format!("Person {n}").into(),
                guide: false,
                quiet: false,
                quiet_wish: None,
                timeline_seq: 0,
            };
            room.handle(RoomInput::SitterEntered(enter), BEFORE);
        }
        let (mut told, mut spoken) = (0, 0);
        for ms in (0..2_000).step_by(20) {
            let now = BEFORE + Span::from_ms(ms);
            let n = u32::try_from(ms / 20 % 9).unwrap();
            let mut all = pass(&mut room, now);
            all.extend(mine(&mut room, n, ms % 40 == 0, true, now));
            let speak = ForwarderEvent::SpeakersChanged(vec![n, (n + 1) % 9]);
            all.extend(room.handle(RoomInput::ForwarderReported(speak), now));
            told += frames(&all, "media").len();
            spoken += frames(&all, "speak").len();
        }
        assert!((most..=2 * most).contains(&told), "{told} in two seconds");
        assert!((1..=2 * most).contains(&spoken), "{spoken} in two seconds");
    }
}

#[test]
fn what_came_too_soon_to_be_told_is_told_a_little_later() {
    let mut room = with(2);
    mine(&mut room, 0, true, false, BEFORE);
    let soon = mine(&mut room, 1, true, false, BEFORE + Span::from_ms(10));
    assert_eq!(frames(&soon, "media"), []);
    let told = shown(&pass(&mut room, BEFORE + Span::from_ms(200)));
    assert_eq!(told["on"].as_array().unwrap().len(), 2);
    assert_eq!(told["v"], 2);
}

#[test]
fn who_speaks_is_told_of_those_who_may_be_heard_and_never_in_silence() {
    let mut room = with(3);
    mine(&mut room, 0, true, false, BEFORE);
    mine(&mut room, 1, true, false, BEFORE);
    let spoke = |seats: &[u32]| {
        RoomInput::ForwarderReported(ForwarderEvent::SpeakersChanged(seats.to_vec()))
    };
    let told = room.handle(spoke(&[2, 1, 0]), BEFORE + secs(1));
    assert_eq!(frames(&told, "speak")[0].1["seats"].to_string(), "[1,0]");
    let silence = EIGHT + secs(60);
    let mut silent = pass(&mut room, silence);
    silent.extend(room.handle(spoke(&[0]), silence + secs(1)));
    silent.extend(pass(&mut room, silence + secs(60)));
    silent.extend(enter(&mut room, 5, silence + secs(60)));
    silent.extend(room.resend_missed(line(1), FrameClass::Speak, silence + secs(60)));
    assert_eq!(frames(&silent, "speak"), []);
    let after = EIGHT + secs(661);
    pass(&mut room, after);
    let told = room.handle(spoke(&[1]), after);
    assert_eq!(frames(&told, "speak")[0].1["seats"].to_string(), "[1]");
}

#[test]
fn slots_show_only_who_is_on() {
    let mut room = with(3);
    mine(&mut room, 1, true, true, BEFORE);
    let slots = MediaSlots { voices: vec![Some(1), Some(2), None], faces: vec![Some(1)] };
    let told = room.handle(
        RoomInput::ForwarderReported(ForwarderEvent::SlotsChanged(slots)),
        BEFORE + secs(1),
    );
    let told = shown(&told);
    assert_eq!(told["voices"].to_string(), "[1,null,null]");
    assert_eq!(told["faces"].to_string(), "[1]");
    let lost =
        room.handle(RoomInput::ForwarderReported(ForwarderEvent::UplinkLost(1)), BEFORE + secs(2));
    assert_eq!(ruled(&lost).unwrap().voices, [0_u32; 0]);
    assert_eq!(shown(&lost)["on"], Value::Array(Vec::new()));
    let again = mine(&mut room, 1, true, true, BEFORE + secs(3));
    assert_eq!(ruled(&again).unwrap().voices, [1], "its browser says it again");
}

#[test]
fn somebody_is_asked_to_mute_and_nobody_else_sees_it() {
    let mut room = with(3);
    assert_eq!(lead(&mut room, FloorCommand::AskMute, Some(1), BEFORE), []);
    mine(&mut room, 1, true, false, BEFORE);
    let asked = lead(&mut room, FloorCommand::AskMute, Some(1), BEFORE);
    let asked = frames(&asked, "asked");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].0, [line(1)]);
    let calm = lead(&mut room, FloorCommand::Calm, None, BEFORE + secs(1));
    assert_eq!(shown(&calm)["calm"], 1);
    let again = lead(&mut room, FloorCommand::Calm, None, BEFORE + secs(2));
    assert_eq!(frames(&again, "media"), [], "not too often");
}

#[test]
fn a_line_that_carries_less_is_told_to_its_own_person() {
    let mut room = with(2);
    let line_is =
        |carries| RoomInput::ForwarderReported(ForwarderEvent::DownlinkChanged(1, carries));
    room.handle(RoomInput::MediaConnected(Sitter::Guest(GuestId::new(EIGHT, [1; 10]))), BEFORE);
    assert_eq!(frames(&room.handle(line_is(DownlinkCapacity::AllWanted), BEFORE), "line"), []);
    let less = room.handle(line_is(DownlinkCapacity::SoundOnly), BEFORE);
    let told = frames(&less, "line");
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].0[..], &told[0].1["carries"]), (&[line(1)][..], &"sound".into()));
    assert_eq!(frames(&room.handle(line_is(DownlinkCapacity::SoundOnly), BEFORE), "line"), []);
    let back = room.handle(line_is(DownlinkCapacity::AllWanted), BEFORE);
    assert_eq!(frames(&back, "line")[0].1["carries"], "all");
}

#[test]
fn captions_come_from_who_may_be_heard_and_not_too_many() {
    let mut room = with(3);
    let now = EIGHT + secs(5);
    let caption = |text: &str| ClientMessage::Caption { text: text.into() };
    assert_eq!(say(&mut room, 1, caption("Hello"), now), []);
    mine(&mut room, 1, true, false, now);
    let told = say(&mut room, 1, caption(" Hello "), now);
    let told = frames(&told, "caption");
    assert_eq!(told[0].0, [line(0), line(1), line(2)]);
    assert_eq!((&told[0].1["text"], &told[0].1["name"]), (&"Hello".into(), &"Person 1".into()));
    let more = (0..20).flat_map(|_| say(&mut room, 1, caption("and"), now));
    assert_eq!(frames(&more.collect::<Vec<_>>(), "caption").len(), 2);
    lead(&mut room, FloorCommand::OneVoice, None, now + secs(2));
    let hushed = say(&mut room, 1, caption("Hello"), now + secs(2));
    assert_eq!(frames(&hushed, "caption"), []);
}

#[test]
fn sealed_boxes_go_about_in_sealed_sits_only_and_captions_do_not() {
    let mut sealed = by_itself();
    sealed.plan.sealed = true;
    let mut room = room(sealed);
    for n in 0..3 {
        enter(&mut room, n, BEFORE);
    }
    let seal = |to, sealed: &str| ClientMessage::Seal { to, sealed: sealed.into() };
    let to_all = frames(&say(&mut room, 1, seal(None, "aGk"), BEFORE), "seal");
    assert_eq!(to_all[0].0, [line(0), line(2)], "not to oneself");
    assert_eq!((&to_all[0].1["from"], &to_all[0].1["box"]), (&1.into(), &"aGk".into()));
    let to_one = frames(&say(&mut room, 0, seal(Some(2), "AgE"), BEFORE), "seal");
    assert_eq!(to_one[0].0, [line(2)]);
    assert_eq!(say(&mut room, 1, seal(None, "AgE"), BEFORE), [], "no key");
    mine(&mut room, 1, true, false, BEFORE);
    let text = "Hello".into();
    assert_eq!(say(&mut room, 1, ClientMessage::Caption { text }, BEFORE), []);
    let mut open = with(3);
    assert_eq!(say(&mut open, 1, seal(None, "aGk"), BEFORE), []);
}
