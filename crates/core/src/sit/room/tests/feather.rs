//! A spoken round in a room: announcements, and the pause bell.

use serde_json::Value;

use super::*;
use crate::sit::run::{CHANGE_LEAD, PAUSE_INTERVAL_MIN, PAUSE_LENGTH};
use crate::sit::spoken::FeatherAction;

/// A minute of arriving, ten of a round, one of silence; it begins by itself.
fn spoken(format: &str) -> Room {
    let round = spoken_round(format);
    let phases = vec![Phase::new(PhaseKind::Arrive, 60), round, Phase::new(PhaseKind::Silence, 60)];
    let facts = RunFacts { plan: Plan::new(phases), ..by_itself() };
    room(facts).with_formats(Arc::new(Formats::shipped()))
}

/// Three people in a round that has begun, the first of them a guide; and when that is.
fn begun(format: &str) -> (Room, Instant) {
    let mut room = spoken(format);
    for n in 0..3 {
        enter(&mut room, n, EIGHT);
    }
    let now = EIGHT + secs(60);
    pass(&mut room, now);
    (room, now)
}

fn does(room: &mut Room, n: u32, act: FeatherAction, now: Instant) -> Vec<RoomOutput> {
    say(room, n, ClientMessage::Feather { act, to: None }, now)
}

/// The feather's frames among these effects, with their connections.
fn told(effects: &[RoomOutput]) -> Vec<(Vec<ConnId>, Value)> {
    let told = effects.iter().filter_map(|effect| match effect {
        RoomOutput::Send { class: FrameClass::Feather, to, text } => {
            Some((to.conns().to_vec(), serde_json::from_str(text).unwrap()))
        }
        _ => None,
    });
    told.collect()
}

#[test]
fn when_a_round_begins_everybody_is_told_where_the_feather_lies() {
    let mut room = spoken("council");
    enter(&mut room, 0, EIGHT);
    enter(&mut room, 1, EIGHT);
    let before = pass(&mut room, EIGHT + secs(59));
    assert_eq!(told(&before), [], "there is no feather before");
    assert_eq!(told(&does(&mut room, 1, FeatherAction::Take, EIGHT + secs(59))), []);
    let begins = pass(&mut room, EIGHT + secs(60));
    let text = r#"{"k":"feather","n":2,"turn":0,"lies":"middle","you":"may","last":false}"#;
    assert_eq!(texts(&begins), [text]);
    let late = enter(&mut room, 2, EIGHT + secs(70));
    assert!(texts(&late).contains(&text), "and whoever comes in later");
}

#[test]
fn everybody_is_told_who_holds_it_and_its_holder_that_they_do() {
    let (mut room, now) = begun("council");
    let taken = does(&mut room, 1, FeatherAction::Take, now);
    let bell = (now + secs(180)).ms();
    let frame = |you: &str| {
        format!(
            r#"{{"k":"feather","n":2,"turn":1,"lies":"held","you":"{you}","seat":1,"name":"Person 1","bell":{bell},"last":false}}"#
        )
    };
    assert_eq!(texts(&taken), [frame("holds"), frame("may")]);
    assert_eq!(told(&taken)[0].0, [line(1)]);
    let again = room.resend_missed(line(1), FrameClass::Feather, now);
    assert_eq!(texts(&again), [frame("holds")]);
    assert_eq!(does(&mut room, 2, FeatherAction::Take, now), [], "it is taken");
}

#[test]
fn whoever_sits_quietly_holds_it_as_someone() {
    let (mut room, now) = begun("popcorn");
    say(&mut room, 1, ClientMessage::Quiet { on: true }, now);
    let taken = does(&mut room, 1, FeatherAction::Take, now);
    for (_, frame) in told(&taken) {
        assert_eq!((&frame["seat"], &frame["name"]), (&Value::Null, &Value::Null));
        assert_eq!(frame["lies"], "held");
    }
    let named = say(&mut room, 1, ClientMessage::Quiet { on: false }, now);
    assert_eq!(told(&named)[0].1["name"], "Person 1");
    let hushed = say(&mut room, 1, ClientMessage::Quiet { on: true }, now);
    assert_eq!(told(&hushed)[0].1["name"], Value::Null);
}

#[test]
fn that_somebody_is_ready_reaches_nobody_else_in_any_way() {
    let (mut room, now) = begun("worship-sharing");
    does(&mut room, 1, FeatherAction::Take, now);
    let ready = does(&mut room, 2, FeatherAction::Take, now + secs(5));
    assert_eq!(ready.len(), 1);
    let (lines, frame) = &told(&ready)[0];
    assert_eq!(lines, &[line(2)], "not even a frame that says nothing");
    assert_eq!(frame["you"], "ready");
    let unready = does(&mut room, 2, FeatherAction::Lay, now + secs(6));
    assert_eq!(told(&unready)[0].0, [line(2)]);
    // A newcomer sees everything as if nobody were ready.
    does(&mut room, 2, FeatherAction::Take, now + secs(7));
    let entering = enter(&mut room, 3, now + secs(8));
    assert!(!texts(&entering).iter().any(|text| text.contains("ready")));
}

#[test]
fn the_silence_between_two_people_ends_by_itself() {
    let (mut room, now) = begun("worship-sharing");
    does(&mut room, 1, FeatherAction::Take, now);
    let laid = does(&mut room, 1, FeatherAction::Lay, now + secs(20));
    assert!(told(&laid).iter().all(|(_, frame)| frame["lies"] == "silence"));
    does(&mut room, 2, FeatherAction::Take, now + secs(21));
    assert_eq!(told(&pass(&mut room, now + secs(49))), []);
    let turns = pass(&mut room, now + secs(50));
    assert_eq!(told(&turns)[0].1["seat"], 2);
}

#[test]
fn a_holder_whose_line_is_lost_keeps_it_for_the_grace_and_a_holder_who_leaves_does_not() {
    let (mut room, now) = begun("council");
    does(&mut room, 1, FeatherAction::Take, now);
    assert_eq!(told(&room.handle(RoomInput::ConnLost(line(1)), now)), []);
    assert_eq!(told(&pass(&mut room, now + SEAT_GRACE - Span::from_ms(1))), []);
    let laid = pass(&mut room, now + SEAT_GRACE);
    assert_eq!(told(&laid)[0].1["lies"], "middle");
    does(&mut room, 2, FeatherAction::Take, now + SEAT_GRACE);
    let left = say(&mut room, 2, ClientMessage::Leave, now + SEAT_GRACE);
    assert_eq!(told(&left)[0].1["lies"], "middle");
}

#[test]
fn somebody_whose_turn_is_over_is_told_why_others_come_first() {
    let (mut room, now) = begun("worship-sharing");
    does(&mut room, 1, FeatherAction::Take, now);
    let laid = does(&mut room, 1, FeatherAction::Lay, now);
    assert!(texts(&laid).iter().any(|text| text.contains(r#""you":"had""#)));
    pass(&mut room, now + secs(40));
    let again = does(&mut room, 1, FeatherAction::Take, now + secs(40));
    let why = r#"{"k":"notnow","why":"Others come first. You have had the feather."}"#;
    assert_eq!(texts(&again), [why]);
}

#[test]
fn there_is_no_feather_in_silence() {
    let (mut room, now) = begun("council");
    does(&mut room, 1, FeatherAction::Take, now);
    let silence = now + secs(600);
    assert_eq!(told(&pass(&mut room, silence)), []);
    for act in [FeatherAction::Take, FeatherAction::Lay, FeatherAction::Pass] {
        assert_eq!(does(&mut room, 1, act, silence), []);
    }
    assert_eq!(room.resend_missed(line(1), FrameClass::Feather, silence), []);
    assert_eq!(told(&enter(&mut room, 3, silence)), []);
}

#[test]
fn after_a_restart_the_feather_lies_in_the_middle() {
    let (mut room, now) = begun("council");
    does(&mut room, 1, FeatherAction::Take, now);
    let facts = room.facts().clone();
    let formats = Arc::new(Formats::shipped());
    let mut anew = Room::new(facts, Vec::new(), now + secs(10)).with_formats(formats);
    let back = enter(&mut anew, 1, now + secs(10));
    assert_eq!(told(&back)[0].1["lies"], "middle");
    assert_eq!(told(&back).len(), 1, "told once");
}

#[test]
fn going_back_to_a_round_begins_it_anew() {
    let (mut room, now) = begun("one-word");
    does(&mut room, 1, FeatherAction::Take, now);
    let change = RunChange { at: now + secs(60), what: RunAction::Back };
    room.handle(RoomInput::RunChanged(change), change.at);
    let back = pass(&mut room, now + secs(60) + CHANGE_LEAD + secs(60));
    let frames = told(&back);
    assert_eq!(
        (&frames[0].1["n"], &frames[0].1["lies"]),
        (&Value::from(4), &Value::from("middle"))
    );
}

#[test]
fn anybody_who_sits_may_ask_for_a_pause_and_who_did_is_told_to_nobody() {
    let (mut room, now) = begun("council");
    let asked = say(&mut room, 2, ClientMessage::Pause, now + secs(10));
    assert_eq!(asked, [RoomOutput::RequestChange { conn: line(2), what: RunAction::Pause }]);
    let change = RunChange { at: now + secs(10), what: RunAction::Pause };
    let rung = room.handle(RoomInput::RunChanged(change), change.at);
    let frame: Value = serde_json::from_str(texts(&rung)[0]).unwrap();
    let from = now + secs(10) + CHANGE_LEAD;
    assert_eq!(frame["pause"], serde_json::json!([from, from + PAUSE_LENGTH]));
    assert!(!rung.iter().any(|effect| matches!(effect, RoomOutput::RequestChange { .. })));
    let soon = say(&mut room, 1, ClientMessage::Pause, from + PAUSE_LENGTH + secs(1));
    let why = r#"{"k":"notnow","why":"The pause bell rang a little while ago. It rests for three minutes."}"#;
    assert_eq!(texts(&soon), [why]);
    assert_eq!(say(&mut room, 1, ClientMessage::Pause, from + PAUSE_INTERVAL_MIN).len(), 1);
    // In silence there is no refusal either: nothing disturbs it.
    assert_eq!(say(&mut room, 1, ClientMessage::Pause, from + secs(10)), []);
}

#[test]
fn in_a_pause_the_feather_rests_and_its_bell_waits() {
    let (mut room, now) = begun("council");
    does(&mut room, 1, FeatherAction::Take, now);
    let change = RunChange { at: now + secs(10), what: RunAction::Pause };
    room.handle(RoomInput::RunChanged(change), change.at);
    let from = now + secs(10) + CHANGE_LEAD;
    pass(&mut room, from);
    assert_eq!(does(&mut room, 1, FeatherAction::Lay, from + secs(1)), []);
    assert_eq!(told(&enter(&mut room, 3, from + secs(2))), []);
    room.handle(RoomInput::ConnLost(line(1)), from + secs(3));
    assert_eq!(told(&pass(&mut room, from + PAUSE_LENGTH - Span::from_ms(1))), []);
    let behind = pass(&mut room, from + PAUSE_LENGTH);
    assert_eq!(told(&behind)[0].1["lies"], "middle", "its holder was gone for too long");
    assert_eq!(told(&behind)[0].0.len(), 3, "whoever came in is told, too");
    let held = does(&mut room, 2, FeatherAction::Take, from + PAUSE_LENGTH);
    let bell = told(&held)[0].1["bell"].clone();
    assert_eq!(bell, (from + PAUSE_LENGTH + secs(180)).ms());
}
