//! Rules apply at once, and nothing is ever forwarded that they do not name.

use std::time::Duration;

use sitwith_core::sit::media::{ForwarderEvent, MediaRules, MediaWants, WantedFaces};

use super::basic::rules;
use super::publisher::Tracks;
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);
/// Time from publisher to subscriber: packets in flight when rules change arrive within it.
const WAY: Duration = Duration::from_millis(60);

/// Seats 1 to `people`; connection 2n-2 is the up of seat n, 2n-1 its down.
fn circle(name: &'static str, people: u32, said: MediaRules) -> (World, usize) {
    let mut world = World::new(name, 3);
    let room = world.open_room(said);
    for seat in 1..=people {
        world.connect_up(room, seat, Tracks::BOTH);
        world.connect_down(room, seat, false);
    }
    world.connect_all();
    world.run(SECOND * 2);
    (world, room)
}

fn from(world: &World, listener: usize, publisher: u32) -> (u64, u64) {
    world.peers[listener * 2 - 1].subscriber().from(publisher)
}

#[test]
fn a_voice_removed_from_the_rules_is_cut_at_once_and_returns_at_once() {
    let (mut world, room) = circle("one voice", 3, rules(&[1, 2, 3], &[]));
    assert!(from(&world, 3, 1).0 > 80 && from(&world, 3, 2).0 > 80);
    world.set_rules(room, rules(&[1], &[]));
    world.run(WAY);
    let before = (from(&world, 3, 1).0, from(&world, 3, 2).0, from(&world, 1, 3).0);
    world.run(SECOND * 3);
    assert!(from(&world, 3, 1).0 > before.0 + 140, "the one voice stays");
    assert_eq!((from(&world, 3, 2).0, from(&world, 1, 3).0), (before.1, before.2));
    world.set_rules(room, rules(&[1, 2, 3], &[]));
    world.run(SECOND);
    assert!(from(&world, 3, 2).0 > before.1 + 40);
}

#[test]
fn in_a_dimmed_room_no_face_is_forwarded_and_audio_stays() {
    let (mut world, room) = circle("dim", 3, rules(&[1, 2], &[1, 2, 3]));
    assert!(from(&world, 3, 1).1 > 20);
    world.set_rules(room, rules(&[1, 2], &[]));
    world.run(WAY);
    let (voice, face) = from(&world, 3, 1);
    world.run(SECOND * 5);
    assert!(from(&world, 3, 1).0 > voice + 240);
    assert_eq!(from(&world, 3, 1).1, face);
    world.set_rules(room, rules(&[1, 2], &[1, 2, 3]));
    world.run(SECOND);
    assert!(from(&world, 3, 1).1 > face + 8, "they come back");
    let subscriber = world.peers[5].subscriber();
    subscriber.check_streams(false);
    assert_eq!(subscriber.frozen(), 0);
}

#[test]
fn a_seat_in_no_rule_is_never_heard_or_seen() {
    let (mut world, room) = circle("nobody", 3, MediaRules::default());
    world.run(SECOND * 3);
    world.set_rules(room, rules(&[9, 10], &[11]));
    world.run(SECOND * 2);
    for listener in 1..=3 {
        assert_eq!(world.peers[listener * 2 - 1].subscriber().check_streams(true), 0);
    }
    assert!(world.peers[0].publisher_mut().sound.as_ref().unwrap().n > 200);
}

#[test]
fn a_closed_seat_sends_and_receives_no_further_packet() {
    let (mut world, room) = circle("removed", 3, rules(&[1, 2, 3], &[1, 2, 3]));
    world.close_seat(room, 2);
    let (at_up, at_down) = (world.peers[2].at, world.peers[3].at);
    let sent = (world.sent[&at_up].all, world.sent[&at_down].all);
    world.run(WAY);
    let heard = from(&world, 1, 2);
    world.run(SECOND * 20);
    assert_eq!((world.sent[&at_up].all, world.sent[&at_down].all), sent);
    assert_eq!(from(&world, 1, 2), heard);
    assert!(from(&world, 1, 3).0 > 900, "the others go on");
    assert!(world.peers[2].lost && world.peers[3].lost, "their browser is disconnected");
    let lost = |told: &&(_, _, ForwarderEvent)| told.2 == ForwarderEvent::UplinkLost(2);
    assert!(!world.events.iter().any(|told| lost(&told)), "it was closed on purpose");
}

#[test]
fn seats_keep_their_slots_and_pools_only_grow() {
    let (mut world, room) = circle("slots", 4, rules(&[1, 2, 3, 4], &[2, 4]));
    let id = world.rooms[room];
    let slots = world.slots[&id].clone();
    assert_eq!((slots.voices.len(), slots.faces.len()), (6, 3));
    let place = |slots: &[Option<u32>], seat| slots.iter().position(|slot| *slot == Some(seat));
    world.set_rules(room, rules(&[2, 4], &[4]));
    let now = world.slots[&id].clone();
    assert_eq!((now.voices.len(), now.faces.len()), (6, 3));
    for seat in [2, 4] {
        assert_eq!(place(&now.voices, seat), place(&slots.voices, seat));
    }
    assert_eq!(place(&now.faces, 4), place(&slots.faces, 4));
    world.set_rules(room, rules(&[2, 4, 1], &[4, 1]));
    let now = world.slots[&id].clone();
    assert_eq!(place(&now.voices, 1), place(&slots.voices, 1));
}

#[test]
fn a_browser_gets_the_layer_that_fits_its_tiles() {
    let (mut world, room) = circle("layers", 3, rules(&[], &[1, 2, 3]));
    let layer = |world: &World| {
        let decoders = world.peers[5].subscriber().decoders.values();
        let mut layers: Vec<u8> = decoders.filter_map(|one| Some(one.shown?.1)).collect();
        layers.sort_unstable();
        layers
    };
    let want = |faces, tall| MediaWants { faces, tile_px: tall };
    assert_eq!(layer(&world), [0, 0]);
    world.set_wants(room, 3, want(WantedFaces::All(25), 500));
    world.run(SECOND);
    assert_eq!(layer(&world), [1, 1]);
    world.set_wants(room, 3, want(WantedFaces::All(25), 120));
    world.run(SECOND);
    assert_eq!(layer(&world), [0, 0]);
    let before = (from(&world, 3, 1).1, from(&world, 3, 2).1);
    world.set_wants(room, 3, want(WantedFaces::All(1), 120));
    world.run(SECOND);
    assert!(from(&world, 3, 1).1 > before.0 + 8);
    assert!(from(&world, 3, 2).1 < before.1 + 4);
    world.set_wants(room, 3, want(WantedFaces::None, 120));
    world.run(WAY);
    let before = from(&world, 3, 1).1;
    world.run(SECOND);
    assert_eq!(from(&world, 3, 1).1, before);
    assert_eq!(world.peers[5].subscriber().frozen(), 0);
    world.peers[5].subscriber().check_streams(true);
}

#[test]
fn a_late_joiner_sees_at_once_and_one_that_cannot_decode_does_not_burden_the_publisher() {
    let (mut world, room) = circle("late", 2, rules(&[], &[1]));
    world.run(SECOND * 5);
    let keys =
        |world: &mut World| world.peers[0].publisher_mut().camera.as_ref().unwrap().layers[0].keys;
    let before = keys(&mut world);
    let late = world.connect_down(room, 7, false);
    world.run_until("it sees", |world| world.peers[late].subscriber().decoded() > 0);
    let connected = world.peers[late].connected.unwrap();
    assert!(world.now - connected < Duration::from_millis(500));
    assert!(keys(&mut world) <= before + 2);
    // One with a wrong key requests keyframes for ever.
    let blind = world.connect_down(room, 8, false);
    world.peers[blind].subscriber_mut().blind = true;
    world.connect_all();
    world.run(SECOND);
    let before = keys(&mut world);
    world.run(SECOND * 60);
    assert!(keys(&mut world) - before <= 12, "{}", keys(&mut world) - before);
}

#[test]
fn in_a_large_room_the_loudest_eight_and_the_guide_are_heard() {
    let mut world = World::new("loudest", 4);
    let voices: Vec<u32> = (1..=14).collect();
    let said = MediaRules {
        voices: voices.clone(),
        always: vec![14],
        people: 20,
        ..MediaRules::default()
    };
    let room = world.open_room(said);
    for seat in voices {
        let up = world.connect_up(room, seat, Tracks::SOUND);
        world.peers[up].publisher_mut().sound.as_mut().unwrap().level = match seat {
            1..=4 => -100,
            14 => -110,
            _ => -20,
        };
    }
    let down = world.connect_down(room, 50, false);
    world.connect_all();
    world.run(SECOND * 4);
    let heard = |world: &World| -> Vec<u32> {
        let voices = world.peers[down].subscriber().voices.iter();
        let fresh = |last| world.now - last < Duration::from_millis(200);
        voices.filter(|one| one.1.last.is_some_and(fresh)).map(|one| *one.0).collect()
    };
    let now = heard(&world);
    assert_eq!(now.len(), 9, "{now:?}");
    assert!(now.contains(&14) && !now.iter().any(|seat| *seat <= 4), "{now:?}");
    let speak =
        |told: &&(_, _, ForwarderEvent)| matches!(told.2, ForwarderEvent::SpeakersChanged(_));
    assert!(world.events.iter().rfind(|told| speak(told)).is_some());
}
