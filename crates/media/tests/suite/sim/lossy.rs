//! Links that lose, delay, duplicate and reorder, and sources with rolled-over numbers.

use std::time::Duration;

use super::basic::rules;
use super::link::SimLink;
use super::publisher::Tracks;
use super::subscriber::Subscriber;
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// Share of this seat's audio packets that arrived between the first and the last, in percent, and
/// the longest gap in packets.
fn audio_share(subscriber: &Subscriber, seat: u32) -> (usize, u32) {
    let all = subscriber.received.values().flatten();
    let of = all.filter(|got| got.stamp.seat == seat && got.picture.is_none());
    let mut came: Vec<u32> = of.map(|got| got.stamp.n).collect();
    came.sort_unstable();
    came.dedup();
    let span = came.last().unwrap() - came.first().unwrap() + 1;
    let gap = came.windows(2).map(|pair| pair[1] - pair[0] - 1).max();
    (came.len() * 100 / span as usize, gap.unwrap_or(0))
}

/// Three people on such links for twenty seconds.
fn three_on(name: &'static str, link: &SimLink, seed: u64) -> World {
    let mut world = World::new(name, seed);
    let room = world.open_room(rules(&[1, 2, 3], &[1, 2, 3]));
    for seat in 1..=3 {
        let up = world.connect_up(room, seat, Tracks::BOTH);
        let down = world.connect_down(room, seat, false);
        world.set_links(up, link);
        world.set_links(down, link);
    }
    world.connect_all();
    world.run(SECOND * 20);
    world
}

#[test]
fn on_lossy_links_audio_continues_and_video_is_repaired() {
    for seed in 1..=2 {
        let mut world = three_on("train", &SimLink::lossy(), seed);
        for down in [1, 3, 5_usize] {
            let subscriber = world.peers[down].subscriber();
            subscriber.check_streams(false);
            for seat in (1..=3).filter(|seat| *seat as usize * 2 - 1 != down) {
                let (share, gap) = audio_share(subscriber, seat);
                // Twice over a link that loses one packet in 25.
                assert!(share >= 88, "{share} % of {seat}'s sound");
                assert!(gap <= 5, "{gap} pieces in a row were missing");
            }
            let (decoded, frozen) = (subscriber.decoded(), subscriber.frozen());
            assert!(decoded > 500, "{decoded} pictures");
            assert!(frozen <= 3, "{frozen} pictures had to be given up");
            assert_eq!(subscriber.strange, 0);
        }
        // One packet in 25 is lost on each link: without RTX hardly a second would pass without a
        // keyframe.
        let keys = |world: &mut World, up: usize| {
            let publisher = world.peers[up].publisher_mut();
            publisher.camera.as_ref().unwrap().layers[0].keys
        };
        for up in [0, 2, 4] {
            assert!(keys(&mut world, up) < 15, "keyframes are no repair");
        }
    }
}

#[test]
fn duplicate_and_late_packets_are_forwarded_once_and_in_order() {
    let link =
        SimLink { twice: 200, late: 150, jitter: Duration::from_millis(10), ..SimLink::default() };
    let mut world = three_on("double", &link, 4);
    for up in [0, 2, 4] {
        world.peers[up].publisher_mut().stop();
    }
    world.run(SECOND);
    for down in [1, 3, 5] {
        let subscriber = world.peers[down].subscriber();
        assert!(subscriber.check_streams(true) > 2_400);
        assert_eq!(subscriber.frozen(), 0);
    }
}

#[test]
fn a_source_after_several_rollovers_is_heard_by_late_joiners() {
    let mut world = World::new("rollover", 5);
    let room = world.open_room(rules(&[1], &[1]));
    let up = world.connect_up(room, 1, Tracks::BOTH);
    let publisher = world.peers[up].publisher_mut();
    let sound = publisher.sound.as_mut().unwrap();
    // Sixty packets are one rollover.
    (sound.seq, sound.stride) = (64_000, 1_100);
    for layer in &mut publisher.camera.as_mut().unwrap().layers {
        layer.seq = 65_480;
    }
    let early = world.connect_down(room, 2, false);
    world.connect_all();
    world.run(SECOND * 6);
    let seq = world.peers[up].publisher_mut().sound.as_ref().unwrap().seq;
    assert!(seq > 5 * 65_536, "{seq}");
    let late = world.connect_down(room, 3, true);
    world.connect_all();
    world.run(SECOND * 6);
    let subscriber = world.peers[early].subscriber();
    subscriber.check_streams(false);
    assert_eq!(share_of_seat_1(subscriber), 100);
    assert_eq!(subscriber.frozen(), 0);
    let highest = subscriber.received.values().flatten().map(|got| got.seq).max();
    assert!(highest.unwrap() > 5 * 65_536, "ours rolled over too");
    let subscriber = world.peers[late].subscriber();
    subscriber.check_streams(false);
    assert_eq!(share_of_seat_1(subscriber), 100);
    let lowest = subscriber.received.values().flatten().map(|got| got.seq).min();
    assert!(lowest.unwrap() < 65_536, "who comes late begins at rollover 0");
    assert!(subscriber.from(1).0 > 270 && subscriber.decoded() > 75);
}

fn share_of_seat_1(subscriber: &Subscriber) -> usize {
    audio_share(subscriber, 1).0
}

#[test]
fn a_face_survives_a_rollover_with_packet_loss() {
    let mut world = World::new("rollover with loss", 6);
    let room = world.open_room(rules(&[], &[1]));
    let up = world.connect_up(room, 1, Tracks::BOTH);
    let down = world.connect_down(room, 2, false);
    world.set_links(up, &SimLink::lossy());
    world.set_links(down, &SimLink::lossy());
    for layer in &mut world.peers[up].publisher_mut().camera.as_mut().unwrap().layers {
        layer.seq = 65_400;
    }
    world.connect_all();
    world.run(SECOND * 20);
    let seq = world.peers[up].publisher_mut().camera.as_ref().unwrap().layers[0].seq;
    assert!(seq > 65_600, "{seq}");
    let subscriber = world.peers[down].subscriber();
    subscriber.check_streams(false);
    assert!(subscriber.decoded() > 250, "{}", subscriber.decoded());
    assert!(subscriber.frozen() <= 2, "{}", subscriber.frozen());
}
