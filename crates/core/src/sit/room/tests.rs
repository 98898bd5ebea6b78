//! Tests of the room's rules.

mod feather;
mod media;
mod places;
mod rules;

use super::*;
use crate::id::{GuestId, MemberId};
use crate::sit::bell::Bell;
use crate::sit::frame::ClientMessage;
use crate::sit::plan::{Phase, PhaseCourse, PhaseKind, Plan, RoundPlan};
use crate::sit::presence::{SEAT_GRACE, Sitter};
use crate::sit::run::{ALONE_AFTER, HOLD_MAX, RunAction};

/// Planned beginning of the sits of these tests.
const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);

fn secs(secs: i64) -> Span {
    Span::from_secs(secs)
}

/// A minute of arriving, ten of silence, one of closing; begun by its guide.
fn facts() -> RunFacts {
    let phases = vec![
        Phase::new(PhaseKind::Arrive, 60),
        Phase::new(PhaseKind::Silence, 600).with_bells(Some(Bell::Large), Some(Bell::Large)),
        Phase::new(PhaseKind::Close, 60),
    ];
    RunFacts { plan: Plan::new(phases), planned_at: EIGHT, is_led: true, begins_itself: false }
}

/// Ten minutes of a round held in this format.
fn spoken_round(format: &str) -> Phase {
    let round = RoundPlan { format: Some(format.into()), ..RoundPlan::default() };
    Phase::from_course(PhaseCourse::Round(round), 600)
}

fn by_itself() -> RunFacts {
    RunFacts { begins_itself: true, ..facts() }
}

fn room(facts: RunFacts) -> Room {
    Room::new(facts, Vec::new(), EIGHT - secs(300))
}

fn line(index: u32) -> ConnId {
    ConnId::new(index, 0)
}

/// Person `n` enters by connection `n`; the first person is a guide.
fn enter(room: &mut Room, n: u8, now: Instant) -> Vec<RoomOutput> {
    let guide = n == 0;
    let who = if guide {
        Sitter::Member(MemberId::new(EIGHT, [n; 10]))
    } else {
        Sitter::Guest(GuestId::new(EIGHT, [n; 10]))
    };
    let (line, name) = (line(u32::from(n)), format!("Person {n}").into());
    let enter =
        EnterRoom { conn: line, who, name, guide, quiet: false, quiet_wish: None, timeline_seq: 0 };
    room.handle(RoomInput::SitterEntered(enter), now)
}

fn say(room: &mut Room, n: u32, said: ClientMessage, now: Instant) -> Vec<RoomOutput> {
    room.handle(RoomInput::MessageReceived(line(n), said), now)
}

/// Ticks the room until `now`; returns all its effects.
fn pass(room: &mut Room, now: Instant) -> Vec<RoomOutput> {
    let mut effects = Vec::new();
    while let Some(due) = room.wake_at().filter(|due| *due <= now) {
        effects.extend(room.handle(RoomInput::Tick, due));
    }
    effects
}

fn texts(effects: &[RoomOutput]) -> Vec<&str> {
    let texts = effects.iter().filter_map(|effect| match effect {
        RoomOutput::Send { text, .. } => Some(&**text),
        _ => None,
    });
    texts.collect()
}

fn wanted(effects: &[RoomOutput]) -> Vec<RunAction> {
    let wanted = effects.iter().filter_map(|effect| match effect {
        RoomOutput::MakeChange(what) => Some(*what),
        _ => None,
    });
    wanted.collect()
}

#[test]
fn the_gesture_says_nothing_of_who_and_comes_at_most_every_three_seconds() {
    let mut room = room(facts());
    enter(&mut room, 1, EIGHT);
    enter(&mut room, 2, EIGHT);
    let first = say(&mut room, 1, ClientMessage::MeToo, EIGHT);
    assert_eq!(texts(&first), [r#"{"k":"metoo"}"#]);
    let RoomOutput::Send { to, .. } = &first[0] else { panic!("{first:?}") };
    assert_eq!(to.conns(), [line(1), line(2)]);
    let soon = EIGHT + Span::from_ms(2_999);
    assert_eq!(say(&mut room, 2, ClientMessage::MeToo, soon), []);
    assert_eq!(say(&mut room, 2, ClientMessage::MeToo, EIGHT + ME_TOO_INTERVAL_MIN).len(), 1);
}

#[test]
fn in_silence_the_gesture_stays_with_whoever_made_it() {
    let mut room = room(by_itself());
    enter(&mut room, 1, EIGHT);
    assert_eq!(say(&mut room, 1, ClientMessage::MeToo, EIGHT + secs(59)).len(), 1);
    assert_eq!(say(&mut room, 1, ClientMessage::MeToo, EIGHT + secs(63)), []);
    assert_eq!(say(&mut room, 1, ClientMessage::MeToo, EIGHT + secs(661)).len(), 1);
}

#[test]
fn a_browser_is_counted_once_for_each_bell() {
    let mut room = room(by_itself());
    for n in 0..3 {
        enter(&mut room, n, EIGHT);
    }
    pass(&mut room, EIGHT + secs(60));
    let rung = EIGHT + secs(60) + Span::from_ms(300);
    let report = |late, unc| ClientMessage::Bell { id: "1.0".into(), late, unc };
    for _ in 0..3 {
        assert_eq!(say(&mut room, 1, report(-12.0, 3.0), rung), []);
    }
    say(&mut room, 2, report(1.0, 900.0), rung);
    say(&mut room, 0, ClientMessage::Bell { id: "9.9".into(), late: 0.0, unc: 0.0 }, rung);
    let told = pass(&mut room, rung + BELL_COUNTS_INTERVAL_MIN);
    assert_eq!(texts(&told), [r#"{"k":"bells","id":"1.0","heard":2,"in_15":1,"in_50":1}"#]);
    let RoomOutput::Send { to, .. } = &told[0] else { panic!("{told:?}") };
    assert_eq!(to.conns(), [line(0)], "only the guide");
    // A report of the next bell counts again, one of a bell long past does not.
    say(&mut room, 1, report(0.0, 0.0), EIGHT + secs(120));
    say(
        &mut room,
        1,
        ClientMessage::Bell { id: "1.c".into(), late: 0.0, unc: 0.0 },
        EIGHT + secs(660),
    );
    let told = pass(&mut room, EIGHT + secs(661));
    assert_eq!(texts(&told), [r#"{"k":"bells","id":"1.c","heard":1,"in_15":1,"in_50":1}"#]);
}

#[test]
fn a_report_that_is_not_a_number_is_not_in_time() {
    let mut room = room(by_itself());
    enter(&mut room, 0, EIGHT);
    pass(&mut room, EIGHT + secs(60));
    let now = EIGHT + secs(61);
    say(&mut room, 0, ClientMessage::Bell { id: "1.0".into(), late: f64::NAN, unc: f64::NAN }, now);
    let told = pass(&mut room, now + BELL_COUNTS_INTERVAL_MIN);
    assert_eq!(texts(&told), [r#"{"k":"bells","id":"1.0","heard":1,"in_15":0,"in_50":0}"#]);
}

#[test]
fn a_sit_whose_guide_never_comes_begins_alone_ten_minutes_late() {
    let mut room = room(facts());
    enter(&mut room, 1, EIGHT - secs(60));
    let before = pass(&mut room, EIGHT + ALONE_AFTER - Span::from_ms(1));
    assert_eq!(wanted(&before), []);
    let now = EIGHT + ALONE_AFTER;
    assert_eq!(wanted(&pass(&mut room, now)), [RunAction::BeginAlone]);
    // The database may be slow or refuse: the request is repeated, but not all the time.
    assert_eq!(wanted(&pass(&mut room, now + secs(4))), []);
    assert_eq!(wanted(&pass(&mut room, now + secs(5))), [RunAction::BeginAlone]);
    let change = RunChange { at: now + secs(6), what: RunAction::BeginAlone };
    room.handle(RoomInput::RunChanged(change), now + secs(6));
    assert!(room.timeline().began_alone);
    assert_eq!(wanted(&pass(&mut room, now + secs(300))), []);
}

#[test]
fn nobody_begins_alone_while_a_guide_is_there_or_nobody_is() {
    let mut empty = room(facts());
    assert_eq!(wanted(&pass(&mut empty, EIGHT + secs(3_600))), []);
    enter(&mut empty, 1, EIGHT + secs(3_600));
    assert_eq!(wanted(&pass(&mut empty, EIGHT + secs(3_629))), [], "let them settle");
    assert_eq!(wanted(&pass(&mut empty, EIGHT + secs(3_630))), [RunAction::BeginAlone]);

    let mut led = room(facts());
    enter(&mut led, 0, EIGHT);
    enter(&mut led, 1, EIGHT);
    assert_eq!(wanted(&pass(&mut led, EIGHT + secs(3_600))), []);
    led.handle(RoomInput::ConnLost(line(0)), EIGHT + secs(3_600));
    let gone = EIGHT + secs(3_600) + SEAT_GRACE;
    assert_eq!(wanted(&pass(&mut led, gone + GUIDE_WAIT - Span::from_ms(1))), []);
    assert_eq!(wanted(&pass(&mut led, gone + GUIDE_WAIT)), [RunAction::BeginAlone]);
}

#[test]
fn a_room_that_was_restarted_gives_its_guide_time_to_come_back() {
    let late = EIGHT + secs(1_200);
    let mut room = Room::new(facts(), Vec::new(), late);
    enter(&mut room, 1, late);
    assert_eq!(wanted(&pass(&mut room, late + SETTLE_MIN - Span::from_ms(1))), []);
    assert_eq!(wanted(&pass(&mut room, late + SETTLE_MIN)), [RunAction::BeginAlone]);
}

#[test]
fn a_held_sit_wants_to_go_on_in_the_end() {
    let held = RunChange { at: EIGHT + secs(120), what: RunAction::Hold };
    let mut room = Room::new(by_itself(), vec![held], EIGHT);
    let since = room.timeline().held_at.unwrap();
    assert_eq!(wanted(&pass(&mut room, since + HOLD_MAX - Span::from_ms(1))), []);
    assert_eq!(wanted(&pass(&mut room, since + HOLD_MAX)), [RunAction::GoOn]);
    // A guide goes on, and holds again at once: that is another hold.
    let now = since + HOLD_MAX + secs(1);
    room.handle(RoomInput::RunChanged(RunChange { at: now, what: RunAction::GoOn }), now);
    let again = RunChange { at: now + secs(2), what: RunAction::Hold };
    room.handle(RoomInput::RunChanged(again), now + secs(2));
    assert_eq!(wanted(&pass(&mut room, now + secs(60))), []);
}

#[test]
fn when_it_is_over_everybody_is_told_once_and_who_stays_is_let_go() {
    let mut room = room(by_itself());
    enter(&mut room, 1, EIGHT);
    pass(&mut room, EIGHT + secs(719));
    let over = pass(&mut room, EIGHT + secs(720));
    assert_eq!(texts(&over), [r#"{"k":"over"}"#]);
    assert!(over.contains(&RoomOutput::EndRun));
    let closed = pass(&mut room, EIGHT + secs(720) + CONNS_LINGER);
    let why = "this sit is over";
    assert_eq!(closed, [RoomOutput::CloseConn { conn: line(1), code: close_code::OVER, why }]);
    assert_eq!(room.wake_at(), None);
}

#[test]
fn a_line_that_missed_the_end_is_told_of_it() {
    let mut room = room(by_itself());
    enter(&mut room, 1, EIGHT);
    pass(&mut room, EIGHT + secs(720));
    let now = EIGHT + secs(730);
    assert_eq!(texts(&room.resend_missed(line(1), FrameClass::Over, now)), [r#"{"k":"over"}"#]);
    let gone = room.resend_missed(line(7), FrameClass::Personal, now);
    assert_eq!(gone, [], "a line that is gone gets nothing");
}

#[test]
fn one_line_too_many_closes_the_oldest_and_the_seat_stays() {
    let mut room = room(facts());
    enter(&mut room, 1, EIGHT);
    let by = |index| EnterRoom {
        conn: line(index),
        who: Sitter::Guest(GuestId::new(EIGHT, [1; 10])),
        name: "Person 1".into(),
        guide: false,
        quiet: false,
        quiet_wish: None,
        timeline_seq: 1,
    };
    for index in 2..5 {
        assert!(!room.handle(RoomInput::SitterEntered(by(index)), EIGHT).iter().any(
            |effect| matches!(
                effect,
                RoomOutput::CloseConn { .. } | RoomOutput::RecordAttendance { .. }
            )
        ));
    }
    let effects = room.handle(RoomInput::SitterEntered(by(5)), EIGHT);
    let why = "open elsewhere";
    assert_eq!(effects[0], RoomOutput::CloseConn { conn: line(1), code: close_code::LEFT, why });
    room.handle(RoomInput::ConnLost(line(1)), EIGHT);
    assert_eq!(room.count().present, 1);
    let leaving = say(&mut room, 3, ClientMessage::Leave, EIGHT);
    assert_eq!(leaving.len(), 4, "all lines of the person");
    assert_eq!(room.count().present, 0);
}

#[test]
fn words_from_a_line_that_is_gone_go_nowhere() {
    let mut room = room(facts());
    enter(&mut room, 1, EIGHT);
    let other_life = ConnId::new(1, 1);
    assert_eq!(
        room.handle(RoomInput::MessageReceived(other_life, ClientMessage::Leave), EIGHT),
        []
    );
    room.handle(RoomInput::ConnLost(other_life), EIGHT);
    assert_eq!(room.count().present, 1);
}
