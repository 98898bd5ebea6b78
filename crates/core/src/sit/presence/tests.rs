//! Seats: naming, counting, grace time and announcements.

use super::*;

fn who(number: u8) -> Sitter {
    Sitter::Guest(GuestId::new(Instant::from_ms(0), [number; 10]))
}

fn line(index: u32) -> ConnId {
    ConnId::new(index, 0)
}

#[test]
fn one_person_has_one_seat_however_many_lines() {
    let mut seats = Seats::default();
    let first = seats.enter(who(1), "Ana", false, line(0));
    let second = seats.enter(who(1), "Ana", false, line(1));
    assert_eq!((first.seat, first.is_new), (second.seat, true));
    assert!(!second.is_new);
    assert_eq!(seats.count(), PresenceCount { present: 1, quiet: 0 });
    assert!(!seats.lose_conn(0, line(0), Instant::from_ms(0)));
    assert!(seats.lose_conn(0, line(1), Instant::from_ms(0)));
    assert_eq!(seats.count().present, 1, "the seat is kept for a while");
    seats.end_grace(Instant::from_ms(0) + SEAT_GRACE);
    assert_eq!(seats.count().present, 0);
}

#[test]
fn the_oldest_line_makes_room_for_one_too_many() {
    let mut seats = Seats::default();
    for index in 0..4 {
        assert_eq!(seats.enter(who(1), "Ana", false, line(index)).evicted_conn, None);
    }
    assert_eq!(seats.enter(who(1), "Ana", false, line(4)).evicted_conn, Some(line(0)));
    let held: Vec<_> = seats.get(0).unwrap().conns().collect();
    assert_eq!(held, [line(1), line(2), line(3), line(4)]);
}

#[test]
fn coming_back_within_the_grace_is_not_a_leaving() {
    let mut seats = Seats::default();
    seats.enter(who(1), "Ana", false, line(0));
    seats.take_moves();
    let lost_at = Instant::from_ms(0);
    seats.lose_conn(0, line(0), lost_at);
    seats.enter(who(1), "Ana", false, line(1));
    seats.end_grace(lost_at + SEAT_GRACE);
    let moves = seats.take_moves();
    assert_eq!((moves.came, moves.went), (vec![], vec![]));
}

#[test]
fn who_comes_and_goes_between_two_looks_leaves_no_trace() {
    let mut seats = Seats::default();
    seats.enter(who(1), "Ana", false, line(0));
    seats.vacate_seat(0);
    let moves = seats.take_moves();
    assert_eq!((moves.came, moves.went), (vec![], vec![]));
    assert!(seats.get(0).is_none());
}

#[test]
fn a_quiet_seat_is_counted_and_not_named() {
    let mut seats = Seats::default();
    seats.enter(who(1), "Ana", false, line(0));
    assert_eq!(seats.take_moves().came, [0]);
    assert!(seats.set_quiet(0, true));
    assert!(!seats.set_quiet(0, true));
    assert_eq!(seats.take_moves().went, [0]);
    assert_eq!(seats.count(), PresenceCount { present: 1, quiet: 1 });
    assert!(Seats::collect_named(seats.taken_seats()).is_empty());
    seats.vacate_seat(0);
    assert_eq!(seats.count(), PresenceCount::default());
}

#[test]
fn a_seat_takes_little_room() {
    // Ten thousand people take a megabyte, not a hundred.
    assert!(size_of::<Option<Seat>>() <= 128, "{}", size_of::<Option<Seat>>());
}

#[test]
fn a_dye_stays_with_the_person() {
    assert_eq!(who(5).dye(), who(5).dye());
    let dyes: std::collections::BTreeSet<_> = (0..100).map(|n| who(n).dye()).collect();
    assert_eq!(dyes.len(), 7);
}
