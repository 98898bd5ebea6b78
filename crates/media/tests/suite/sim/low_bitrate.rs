//! Links with a low bitrate: audio always, and faces as far as they fit.

use std::time::Duration;

use sitwith_core::sit::media::{DownlinkCapacity, ForwarderEvent};

use super::basic::rules;
use super::link::SimLink;
use super::publisher::Tracks;
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// Faces of which a down decoded a frame within the last second.
pub(crate) fn moving_faces(world: &World, down: usize) -> usize {
    let decoders = world.peers[down].subscriber().decoders.values();
    let fresh = |shown: &(u32, u8, std::time::Instant)| world.now - shown.2 < SECOND;
    decoders.filter(|one| one.shown.as_ref().is_some_and(fresh)).count()
}

/// Runs for `time`; the largest delay of this seat's audio in milliseconds, and its number of
/// packets.
fn audio_delay(world: &mut World, down: usize, seat: u32, time: Duration) -> (u64, u64) {
    let from = world.peers[down].subscriber_mut().voices.entry(seat).or_default();
    from.slowest = 0;
    let before = from.packets;
    world.run(time);
    let from = world.peers[down].subscriber().voices[&seat];
    (from.slowest / 1_000, from.packets - before)
}

/// A guide who speaks, three faces, and a paced down.
pub(crate) fn guided_room(name: &'static str, seed: u64) -> (World, usize) {
    let mut world = World::new(name, seed);
    let room = world.open_room(rules(&[1], &[1, 2, 3]));
    for seat in 1..=3 {
        let up = world.connect_up(room, seat, Tracks::BOTH);
        if seat > 1 {
            world.peers[up].publisher_mut().sound.as_mut().unwrap().on = false;
        }
    }
    let down = world.connect_down(room, 9, true);
    world.peers[down].subscriber_mut().keep = false;
    world.connect_all();
    (world, down)
}

#[test]
fn at_a_low_bitrate_audio_continues_and_faces_return_when_it_rises() {
    let (mut world, down) = guided_room("narrow", 21);
    world.peers[down].downlink = SimLink::with_bitrate(3_000_000);
    let (slowest, came) = audio_delay(&mut world, down, 1, SECOND * 20);
    assert!(slowest < 100 && came >= 990, "wide: {slowest} ms, {came}");
    assert_eq!(moving_faces(&world, down), 3, "all faces on a wide link");
    // The bitrate falls in the middle.
    world.peers[down].downlink = SimLink::with_bitrate(200_000);
    world.run(SECOND * 10);
    let (slowest, came) = audio_delay(&mut world, down, 1, SECOND * 20);
    assert!(came >= 970, "narrow: {came} of 1000");
    assert!(slowest < 150, "narrow: {slowest} ms");
    assert!(moving_faces(&world, down) <= 1, "{}", moving_faces(&world, down));
    let last_report = |world: &World| {
        let report = |told: &ForwarderEvent| match told {
            ForwarderEvent::DownlinkChanged(9, carries) => Some(*carries),
            _ => None,
        };
        world.events.iter().rev().find_map(|told| report(&told.2))
    };
    assert!(last_report(&world).is_some_and(|carries| carries < DownlinkCapacity::AllWanted));
    // The bitrate rises again.
    world.peers[down].downlink = SimLink::with_bitrate(3_000_000);
    world.run_until("all faces are back", |world| moving_faces(world, down) == 3);
    world.run(SECOND * 5);
    assert_eq!(last_report(&world), Some(DownlinkCapacity::AllWanted));
    assert_eq!(moving_faces(&world, down), 3);
}

#[test]
fn a_link_with_a_low_bitrate_from_the_start_carries_audio_at_once() {
    let (mut world, down) = guided_room("narrow at first", 22);
    world.peers[down].downlink = SimLink::with_bitrate(200_000);
    world.run(SECOND * 5);
    let (slowest, came) = audio_delay(&mut world, down, 1, SECOND * 20);
    assert!(came >= 970, "{came} of 1000");
    assert!(slowest < 150, "{slowest} ms");
}

#[test]
fn an_up_at_100_kbit_per_second_is_heard() {
    let mut world = World::new("narrow up", 23);
    let room = world.open_room(rules(&[1], &[1]));
    let up = world.connect_up(room, 1, Tracks::BOTH);
    let down = world.connect_down(room, 2, false);
    // Like a browser on such a link: no large layer, and few bits for the small one.
    let camera = world.peers[up].publisher_mut().camera.as_mut().unwrap();
    camera.layers[1].on = false;
    camera.layers[0].bits = 20_000;
    world.peers[up].uplink = SimLink::with_bitrate(100_000);
    world.peers[up].downlink = SimLink::with_bitrate(100_000);
    world.connect_all();
    world.run(SECOND);
    let (slowest, came) = audio_delay(&mut world, down, 1, SECOND * 20);
    assert!(came >= 995, "{came} of 1000");
    assert!(slowest < 200, "{slowest} ms");
    assert_eq!(moving_faces(&world, down), 1);
    assert_eq!(world.peers[down].subscriber().frozen(), 0);
}

#[test]
fn a_face_above_the_initial_estimate_is_sent_though_nothing_else_is() {
    let mut world = World::new("large alone", 24);
    let room = world.open_room(rules(&[1], &[1]));
    let one_large = Tracks { sound: false, layers: 1 };
    let up = world.connect_up(room, 1, one_large);
    let camera = world.peers[up].publisher_mut().camera.as_mut().unwrap();
    camera.layers[0].bits = 1_000_000;
    camera.every = Duration::from_millis(33);
    let downs: Vec<usize> = (2..42).map(|seat| world.connect_down(room, seat, true)).collect();
    for down in &downs {
        world.peers[*down].subscriber_mut().keep = false;
    }
    world.connect_all();
    let from = world.now;
    world.run_until("all see it", |world| downs.iter().all(|down| moving_faces(world, *down) == 1));
    assert!(world.now - from < SECOND * 10, "{:?}", world.now - from);
    for _ in 0..20 {
        world.run(SECOND);
        assert!(downs.iter().all(|down| moving_faces(&world, *down) == 1));
    }
}
