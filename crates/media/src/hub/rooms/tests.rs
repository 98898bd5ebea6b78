//! Inputs to the rooms and the effects they cause.

use std::time::Duration;

use sitwith_core::sit::media::MediaRules;
use sitwith_core::time;

use super::*;
use crate::hub::tests::face_packet;
use crate::pure::test_epoch;

fn run_id(number: u8) -> RunId {
    RunId::new(time::Instant::from_ms(1), [number; 10])
}

fn shared_rules(faces: &[u32]) -> SharedMediaRules {
    Arc::new(MediaRules { faces: faces.to_vec(), people: 3, ..MediaRules::default() })
}

/// A stem room in which seat 1 publishes with connection 0, and connection 1 subscribes.
fn rooms_with_face(now: Instant) -> (RoomSet, u32) {
    let mut rooms = RoomSet::new(0);
    rooms.set_rules(run_id(1), shared_rules(&[]), now);
    let index = rooms.index_of(run_id(1)).expect("it was created");
    let room = rooms.get_mut(index).expect("it was created");
    room.seat_mut(1).expect("it is not full").up = Some(0);
    room.downs.push(1);
    rooms.effects.clear();
    rooms.set_rules(run_id(1), shared_rules(&[1]), now);
    (rooms, index)
}

fn room_names(rooms: &mut RoomSet) -> Vec<String> {
    let name = |effect: RoomEffect| {
        let debug = format!("{effect:?}");
        debug.split(['(', ' ']).next().unwrap_or_default().to_owned()
    };
    rooms.drain_effects().map(name).collect()
}

#[test]
fn new_rules_set_slots_report_them_and_bind_downs() {
    let (mut rooms, index) = rooms_with_face(test_epoch());
    assert_eq!(room_names(&mut rooms), ["SetUpSlots", "Report", "BindDown"]);
    assert_eq!(rooms.pop_retarget(), Some(index));
    rooms.set_rules(run_id(1), shared_rules(&[1]), test_epoch());
    assert_eq!(room_names(&mut rooms), ["SetUpSlots"], "no slot has changed");
}

#[test]
fn only_packets_that_the_table_names_are_admitted_and_copied_to_branches() {
    let now = test_epoch();
    let (mut rooms, index) = rooms_with_face(now);
    let join = RelayMessage { room: run_id(1), from: 3, body: RelayBody::Join };
    assert!(matches!(rooms.handle_relay(join, now), RelayOutcome::Done));
    let mut relays = vec![];
    assert!(rooms.admit_packet(index, &face_packet(1, 0), now, &mut relays));
    let stranger = MediaPacket { seat: 2, ..face_packet(2, 0) };
    assert!(!rooms.admit_packet(index, &stranger, now, &mut relays));
    assert_eq!(relays.len(), 1);
    assert!(matches!(&relays[0], (3, RelayMessage { body: RelayBody::Packet(_), .. })));
}

#[test]
fn a_keyframe_is_asked_of_the_publisher_and_once_more_when_the_throttle_allows() {
    let now = test_epoch();
    let (mut rooms, index) = rooms_with_face(now);
    rooms.effects.clear();
    for _ in 0..5 {
        rooms.request_keyframe(index, 0, 1, now);
    }
    assert_eq!(room_names(&mut rooms), ["SendPli"]);
    rooms.handle_timeout(now + Duration::from_secs(1));
    assert_eq!(room_names(&mut rooms), ["SendPli"]);
}

#[test]
fn a_branch_asks_its_stem_for_keyframes_and_resumes_commands_with_its_table() {
    let now = test_epoch();
    let mut rooms = RoomSet::new(1);
    rooms.join_room(run_id(1), 1, now);
    assert_eq!(rooms.len(), 0, "a worker is no branch of itself");
    rooms.join_room(run_id(1), 0, now);
    rooms.join_room(run_id(1), 0, now);
    assert_eq!(room_names(&mut rooms), ["Relay"], "it joins once");
    let table = ForwardingTable { version: 1, faces: vec![Some(1)], ..ForwardingTable::default() };
    let body = RelayBody::Table(Arc::new(table));
    let outcome = rooms.handle_relay(RelayMessage { room: run_id(1), from: 0, body }, now);
    assert!(matches!(outcome, RelayOutcome::Resume(commands) if commands.is_empty()));
    let index = rooms.index_of(run_id(1)).expect("it was joined");
    rooms.effects.clear();
    rooms.request_keyframe(index, 0, 0, now);
    assert!(matches!(
        rooms.drain_effects().next(),
        Some(RoomEffect::Relay(0, RelayMessage { body: RelayBody::Keyframe { .. }, .. }))
    ));
    rooms.remove_unused_branch(index);
    assert_eq!((room_names(&mut rooms), rooms.len()), (vec!["Relay".to_owned()], 0));
}

#[test]
fn a_closed_seat_is_disconnected_and_its_slot_is_free() {
    let now = test_epoch();
    let (mut rooms, index) = rooms_with_face(now);
    rooms.effects.clear();
    rooms.close_seat(run_id(1), 1, now);
    assert_eq!(room_names(&mut rooms), ["Disconnect", "Report", "BindDown"]);
    let room = rooms.get(index).expect("it is open");
    assert!(room.table.faces.iter().all(Option::is_none));
}

#[test]
fn a_room_is_retargeted_once_however_often_it_was_queued() {
    let (mut rooms, index) = rooms_with_face(test_epoch());
    rooms.queue_retarget(index);
    rooms.queue_retarget(index);
    rooms.queue_retarget(99);
    assert_eq!(rooms.pop_retarget(), Some(index));
    assert_eq!(rooms.pop_retarget(), None);
    rooms.queue_retarget(index);
    rooms.begin_close(run_id(1));
    rooms.finish_close(index);
    rooms.set_rules(run_id(2), shared_rules(&[]), test_epoch());
    assert_eq!(rooms.index_of(run_id(2)), Some(index), "the index is reused");
    assert_eq!(rooms.pop_retarget(), Some(index), "for the new room's table");
    assert_eq!(rooms.pop_retarget(), None);
}
