//! Seats of people present and departed, and free seats.

use super::*;
use crate::sit::media::SEALED_SITTERS_MAX;

const NOW: Instant = EIGHT;

fn room(sealed: bool) -> Room {
    let facts = RunFacts {
        plan: Plan { phases: vec![Phase::new(PhaseKind::Welcome, 7_200)], sealed },
        ..by_itself()
    };
    Room::new(facts, Vec::new(), NOW)
}

fn who(number: u32) -> Sitter {
    let mut chance = [0; 10];
    chance[..4].copy_from_slice(&number.to_be_bytes());
    Sitter::Guest(GuestId::new(NOW, chance))
}

fn comes(room: &mut Room, number: u32, guide: bool) {
    let enter = EnterRoom {
        conn: line(number),
        who: who(number),
        name: format!("Noor {number}").into(),
        guide,
        quiet: false,
        quiet_wish: None,
        timeline_seq: 0,
    };
    room.handle(RoomInput::SitterEntered(enter), NOW);
}

/// Names of the departed people who are remembered.
fn left(room: &Room) -> Vec<String> {
    room.departed_sitters().map(|(_, left)| left.name.to_string()).collect()
}

/// Recipients and texts of requests for a new key.
fn asked_for_key(out: &[RoomOutput]) -> Vec<(Recipients, String)> {
    let asked = out.iter().filter_map(|effect| match effect {
        RoomOutput::Send { to, text, .. } if text.contains("rekey") => {
            Some((to.clone(), text.to_string()))
        }
        _ => None,
    });
    asked.collect()
}

#[test]
fn a_sealed_sit_holds_twenty_five_people_and_keeps_a_place_for_its_guide() {
    let mut room = room(true);
    for number in 0..SEALED_SITTERS_MAX - 1 {
        assert!(room.has_seat_for(who(number), false), "{number}");
        comes(&mut room, number, false);
    }
    assert!(!room.has_seat_for(who(98), false), "the guide's place");
    assert!(room.has_seat_for(who(99), true));
    assert!(room.has_seat_for(who(3), false), "who is here has a place");
    comes(&mut room, 99, true);
    assert!(!room.has_seat_for(who(97), true), "full is full");
    assert!(room.has_seat_for(who(99), true));
}

#[test]
fn with_its_guide_in_it_the_twenty_fifth_place_is_anybodys() {
    let mut room = room(true);
    comes(&mut room, 99, true);
    for number in 0..SEALED_SITTERS_MAX - 2 {
        comes(&mut room, number, false);
    }
    assert!(room.has_seat_for(who(98), false));
    // A lost connection keeps its seat for a while, and is then gone.
    room.handle(RoomInput::ConnLost(line(3)), NOW);
    comes(&mut room, 98, false);
    assert!(!room.has_seat_for(who(97), false));
    assert!(room.has_seat_for(who(3), false), "and may come back to it");
    room.handle(RoomInput::Tick, NOW + SEAT_GRACE);
    assert!(room.has_seat_for(who(97), false));
}

#[test]
fn a_sit_that_is_not_sealed_has_room_for_all() {
    let mut room = room(false);
    for number in 0..SEALED_SITTERS_MAX + 5 {
        assert!(room.has_seat_for(who(number), false));
        comes(&mut room, number, false);
    }
}

#[test]
fn when_somebody_is_taken_out_of_a_sealed_sit_one_guide_makes_a_new_key() {
    for sealed in [true, false] {
        let mut room = room(sealed);
        for (number, guide) in [(1, false), (2, true), (3, true)] {
            comes(&mut room, number, guide);
        }
        let seat = room.presence.seats().seat_of(who(1)).unwrap();
        let out = room.handle(RoomInput::SitterRemoved(who(1)), NOW);
        let text = format!(r#"{{"k":"rekey","without":[{seat}]}}"#);
        let one = (Recipients::One(line(2)), text);
        assert_eq!(asked_for_key(&out), if sealed { vec![one] } else { Vec::new() });
        let closed =
            |effect: &&RoomOutput| matches!(effect, RoomOutput::CloseConn { code: 4003, .. });
        assert_eq!(out.iter().filter(closed).count(), 1);
    }
}

#[test]
fn who_sits_quietly_is_on_no_list_of_people() {
    let mut room = room(false);
    comes(&mut room, 1, false);
    comes(&mut room, 2, true);
    let seat = room.presence.seats().seat_of(who(1)).unwrap();
    say(&mut room, 1, ClientMessage::Quiet { on: true }, NOW);
    let named: Vec<_> = room.named_seats().map(|(_, seat)| seat.who).collect();
    assert_eq!(named, [who(2)]);
    assert!(room.present_seat(seat).is_some(), "but whoever knew them knows the seat");
    room.handle(RoomInput::SitterGone(who(1)), NOW);
    assert!(room.present_seat(seat).is_none());
}

#[test]
fn whoever_leaves_is_remembered_for_a_while_and_not_once_they_are_back() {
    let mut room = room(false);
    for number in 1..=3 {
        comes(&mut room, number, false);
    }
    assert!(left(&room).is_empty());
    say(&mut room, 1, ClientMessage::Leave, NOW);
    assert_eq!(left(&room), ["Noor 1"]);
    room.handle(RoomInput::ConnLost(line(2)), NOW);
    assert_eq!(left(&room), ["Noor 1"], "a line may come back");
    room.handle(RoomInput::Tick, NOW + SEAT_GRACE);
    assert_eq!(left(&room), ["Noor 1", "Noor 2"]);
    comes(&mut room, 1, false);
    assert_eq!(left(&room), ["Noor 2"]);
    // It is erased from memory, not only left out of lists, without any input.
    pass(&mut room, NOW + SEAT_GRACE + DEPARTED_KEPT);
    assert!(left(&room).is_empty());
}

#[test]
fn whoever_sat_quietly_or_led_or_was_taken_out_is_not_among_them() {
    let mut room = room(false);
    for number in 1..=4 {
        comes(&mut room, number, number == 2);
    }
    say(&mut room, 1, ClientMessage::Quiet { on: true }, NOW);
    say(&mut room, 1, ClientMessage::Leave, NOW);
    say(&mut room, 2, ClientMessage::Leave, NOW);
    room.handle(RoomInput::SitterRemoved(who(3)), NOW);
    assert!(left(&room).is_empty());
    say(&mut room, 4, ClientMessage::Leave, NOW);
    assert_eq!(left(&room), ["Noor 4"]);
    room.handle(RoomInput::SitterRemoved(who(4)), NOW);
    assert!(left(&room).is_empty());
}

#[test]
fn no_more_are_remembered_than_the_most_and_each_has_a_number_of_their_own() {
    let mut room = room(false);
    let most = u32::try_from(DEPARTED_MAX).unwrap();
    for number in 0..most + 5 {
        comes(&mut room, number, false);
        say(&mut room, number, ClientMessage::Leave, NOW);
    }
    let numbers: Vec<u32> = room.departed_sitters().map(|(n, _)| n).collect();
    assert_eq!(numbers, (6..=most + 5).collect::<Vec<_>>());
}

#[test]
fn in_a_sealed_sit_the_key_of_whoever_is_kept_out_is_worth_nothing_afterwards() {
    let mut room = room(true);
    comes(&mut room, 1, true);
    comes(&mut room, 2, false);
    let seat = room.presence.seats().seat_of(who(2)).unwrap();
    say(&mut room, 2, ClientMessage::Leave, NOW);
    let out = room.handle(RoomInput::SitterRemoved(who(2)), NOW);
    let rekey = format!(r#"{{"k":"rekey","without":[{seat}]}}"#);
    assert_eq!(asked_for_key(&out), [(Recipients::One(line(1)), rekey)]);
    let again = room.handle(RoomInput::SitterRemoved(who(9)), NOW);
    assert_eq!(asked_for_key(&again), [], "whom nobody knows changes no key");
}
