//! Tests of the room's rules.

mod feather;
mod media;
mod places;
mod rules;

use super::*;
use crate::id::{GuestId, MemberId};
use crate::sit::bell::Bell;
use crate::sit::frame::ClientMessage;
use crate::sit::plan::{Course, Phase, PhaseKind, Plan, RoundPlan};
use crate::sit::presence::{GRACE, Sitter};
use crate::sit::run::{ALONE_AFTER, HELD_MAX, What};

/// Planned beginning of the sits of these tests.
const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);

fn secs(secs: i64) -> Span {
    Span::from_secs(secs)
}

/// A minute of arriving, ten of silence, one of closing; begun by its guide.
fn facts() -> Facts {
    let phases = vec![
        Phase::new(PhaseKind::Arrive, 60),
        Phase::new(PhaseKind::Silence, 600).rung(Some(Bell::Large), Some(Bell::Large)),
        Phase::new(PhaseKind::Close, 60),
    ];
    Facts { plan: Plan::new(phases), planned_at: EIGHT, led: true, begins_itself: false }
}

/// Ten minutes of a round held in this format.
fn spoken_round(format: &str) -> Phase {
    let round = RoundPlan { format: Some(format.into()), ..RoundPlan::default() };
    Phase::with(Course::Round(round), 600)
}

fn by_itself() -> Facts {
    Facts { begins_itself: true, ..facts() }
}

fn room(facts: Facts) -> Room {
    Room::new(facts, Vec::new(), EIGHT - secs(300))
}

fn line(index: u32) -> LineId {
    LineId::new(index, 0)
}

/// Person `n` enters by connection `n`; the first person is a guide.
fn enter(room: &mut Room, n: u8, now: Instant) -> Vec<Effect> {
    let guide = n == 0;
    let who = if guide {
        Sitter::Member(MemberId::new(EIGHT, [n; 10]))
    } else {
        Sitter::Guest(GuestId::new(EIGHT, [n; 10]))
    };
    let (line, name) = (line(u32::from(n)), format!("Person {n}").into());
    let enter = Enter { line, who, name, guide, quiet: false, wish: None, have: 0 };
    room.handle(Input::Enter(enter), now)
}

fn say(room: &mut Room, n: u32, said: ClientMessage, now: Instant) -> Vec<Effect> {
    room.handle(Input::Said(line(n), said), now)
}

/// Ticks the room until `now`; returns all its effects.
fn pass(room: &mut Room, now: Instant) -> Vec<Effect> {
    let mut effects = Vec::new();
    while let Some(due) = room.wake_at().filter(|due| *due <= now) {
        effects.extend(room.handle(Input::Tick, due));
    }
    effects
}

fn texts(effects: &[Effect]) -> Vec<&str> {
    let texts = effects.iter().filter_map(|effect| match effect {
        Effect::Send { text, .. } => Some(&**text),
        _ => None,
    });
    texts.collect()
}

fn wanted(effects: &[Effect]) -> Vec<What> {
    let wanted = effects.iter().filter_map(|effect| match effect {
        Effect::Wanted(what) => Some(*what),
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
    let Effect::Send { to, .. } = &first[0] else { panic!("{first:?}") };
    assert_eq!(to.lines(), [line(1), line(2)]);
    let soon = EIGHT + Span::from_ms(2_999);
    assert_eq!(say(&mut room, 2, ClientMessage::MeToo, soon), []);
    assert_eq!(say(&mut room, 2, ClientMessage::MeToo, EIGHT + ME_TOO_EVERY).len(), 1);
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
    let told = pass(&mut room, rung + BELLS_EVERY);
    assert_eq!(texts(&told), [r#"{"k":"bells","id":"1.0","heard":2,"in_15":1,"in_50":1}"#]);
    let Effect::Send { to, .. } = &told[0] else { panic!("{told:?}") };
    assert_eq!(to.lines(), [line(0)], "only the guide");
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
    let told = pass(&mut room, now + BELLS_EVERY);
    assert_eq!(texts(&told), [r#"{"k":"bells","id":"1.0","heard":1,"in_15":0,"in_50":0}"#]);
}

#[test]
fn a_sit_whose_guide_never_comes_begins_alone_ten_minutes_late() {
    let mut room = room(facts());
    enter(&mut room, 1, EIGHT - secs(60));
    let before = pass(&mut room, EIGHT + ALONE_AFTER - Span::from_ms(1));
    assert_eq!(wanted(&before), []);
    let now = EIGHT + ALONE_AFTER;
    assert_eq!(wanted(&pass(&mut room, now)), [What::BeginAlone]);
    // The database may be slow or refuse: the request is repeated, but not all the time.
    assert_eq!(wanted(&pass(&mut room, now + secs(4))), []);
    assert_eq!(wanted(&pass(&mut room, now + secs(5))), [What::BeginAlone]);
    let change = Change { at: now + secs(6), what: What::BeginAlone };
    room.handle(Input::Changed(change), now + secs(6));
    assert!(room.timeline().alone);
    assert_eq!(wanted(&pass(&mut room, now + secs(300))), []);
}

#[test]
fn nobody_begins_alone_while_a_guide_is_there_or_nobody_is() {
    let mut empty = room(facts());
    assert_eq!(wanted(&pass(&mut empty, EIGHT + secs(3_600))), []);
    enter(&mut empty, 1, EIGHT + secs(3_600));
    assert_eq!(wanted(&pass(&mut empty, EIGHT + secs(3_629))), [], "let them settle");
    assert_eq!(wanted(&pass(&mut empty, EIGHT + secs(3_630))), [What::BeginAlone]);

    let mut led = room(facts());
    enter(&mut led, 0, EIGHT);
    enter(&mut led, 1, EIGHT);
    assert_eq!(wanted(&pass(&mut led, EIGHT + secs(3_600))), []);
    led.handle(Input::Lost(line(0)), EIGHT + secs(3_600));
    let gone = EIGHT + secs(3_600) + GRACE;
    assert_eq!(wanted(&pass(&mut led, gone + GUIDE_MISSED - Span::from_ms(1))), []);
    assert_eq!(wanted(&pass(&mut led, gone + GUIDE_MISSED)), [What::BeginAlone]);
}

#[test]
fn a_room_that_was_restarted_gives_its_guide_time_to_come_back() {
    let late = EIGHT + secs(1_200);
    let mut room = Room::new(facts(), Vec::new(), late);
    enter(&mut room, 1, late);
    assert_eq!(wanted(&pass(&mut room, late + SETTLE - Span::from_ms(1))), []);
    assert_eq!(wanted(&pass(&mut room, late + SETTLE)), [What::BeginAlone]);
}

#[test]
fn a_held_sit_wants_to_go_on_in_the_end() {
    let held = Change { at: EIGHT + secs(120), what: What::Hold };
    let mut room = Room::new(by_itself(), vec![held], EIGHT);
    let since = room.timeline().held_at.unwrap();
    assert_eq!(wanted(&pass(&mut room, since + HELD_MAX - Span::from_ms(1))), []);
    assert_eq!(wanted(&pass(&mut room, since + HELD_MAX)), [What::GoOn]);
    // A guide goes on, and holds again at once: that is another hold.
    let now = since + HELD_MAX + secs(1);
    room.handle(Input::Changed(Change { at: now, what: What::GoOn }), now);
    let again = Change { at: now + secs(2), what: What::Hold };
    room.handle(Input::Changed(again), now + secs(2));
    assert_eq!(wanted(&pass(&mut room, now + secs(60))), []);
}

#[test]
fn when_it_is_over_everybody_is_told_once_and_who_stays_is_let_go() {
    let mut room = room(by_itself());
    enter(&mut room, 1, EIGHT);
    pass(&mut room, EIGHT + secs(719));
    let over = pass(&mut room, EIGHT + secs(720));
    assert_eq!(texts(&over), [r#"{"k":"over"}"#]);
    assert!(over.contains(&Effect::Over));
    let closed = pass(&mut room, EIGHT + secs(720) + LINGER);
    let why = "this sit is over";
    assert_eq!(closed, [Effect::Close { line: line(1), code: code::OVER, why }]);
    assert_eq!(room.wake_at(), None);
}

#[test]
fn a_line_that_missed_the_end_is_told_of_it() {
    let mut room = room(by_itself());
    enter(&mut room, 1, EIGHT);
    pass(&mut room, EIGHT + secs(720));
    let now = EIGHT + secs(730);
    assert_eq!(texts(&room.afresh(line(1), Class::Over, now)), [r#"{"k":"over"}"#]);
    let gone = room.afresh(line(7), Class::Personal, now);
    assert_eq!(gone, [], "a line that is gone gets nothing");
}

#[test]
fn one_line_too_many_closes_the_oldest_and_the_seat_stays() {
    let mut room = room(facts());
    enter(&mut room, 1, EIGHT);
    let by = |index| Enter {
        line: line(index),
        who: Sitter::Guest(GuestId::new(EIGHT, [1; 10])),
        name: "Person 1".into(),
        guide: false,
        quiet: false,
        wish: None,
        have: 1,
    };
    for index in 2..5 {
        assert!(
            !room
                .handle(Input::Enter(by(index)), EIGHT)
                .iter()
                .any(|effect| matches!(effect, Effect::Close { .. } | Effect::Came { .. }))
        );
    }
    let effects = room.handle(Input::Enter(by(5)), EIGHT);
    let why = "open elsewhere";
    assert_eq!(effects[0], Effect::Close { line: line(1), code: code::LEFT, why });
    room.handle(Input::Lost(line(1)), EIGHT);
    assert_eq!(room.count().n, 1);
    let leaving = say(&mut room, 3, ClientMessage::Leave, EIGHT);
    assert_eq!(leaving.len(), 4, "all lines of the person");
    assert_eq!(room.count().n, 0);
}

#[test]
fn words_from_a_line_that_is_gone_go_nowhere() {
    let mut room = room(facts());
    enter(&mut room, 1, EIGHT);
    let other_life = LineId::new(1, 1);
    assert_eq!(room.handle(Input::Said(other_life, ClientMessage::Leave), EIGHT), []);
    room.handle(Input::Lost(other_life), EIGHT);
    assert_eq!(room.count().n, 1);
}
