//! A long sit of 25 people.

use std::time::Duration;

use sitwith_core::sit::media::MediaRules;

use super::publisher::Tracks;
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);
const PEOPLE: u32 = 25;

/// Resident memory of this process in bytes.
fn held() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages = statm.split(' ').nth(1).unwrap();
    pages.parse::<u64>().unwrap() * 4_096
}

fn room_rules(dimmed: bool) -> MediaRules {
    let seats: Vec<u32> = (1..=PEOPLE).collect();
    MediaRules {
        voices: if dimmed { vec![1] } else { seats.clone() },
        always: vec![1],
        faces: if dimmed { vec![] } else { seats },
        spotlight: None,
        people: PEOPLE,
    }
}

/// 25 people publish and subscribe. To keep it short, they send little: a packet of silence every
/// 400 ms (the guide: audio every 100 ms) and one small frame a second. Every other tenth the room
/// is dimmed. Returns the number of packets received, and by how many bytes the process grew after
/// the first fifth.
fn sit(name: &'static str, seconds: u32) -> (u64, u64) {
    let mut world = World::new(name, 31);
    let room = world.open_room(room_rules(false));
    for seat in 1..=PEOPLE {
        let up = world.connect_up(room, seat, Tracks::BOTH);
        let publisher = world.peers[up].publisher_mut();
        let sound = publisher.sound.as_mut().unwrap();
        sound.every = Duration::from_millis(if seat == 1 { 100 } else { 400 });
        sound.level = if seat == 1 { -30 } else { -80 };
        let camera = publisher.camera.as_mut().unwrap();
        camera.every = SECOND;
        camera.layers[1].on = false;
        camera.layers[0].bits = 4_000;
        let down = world.connect_down(room, seat, seat % 2 == 0);
        world.peers[down].subscriber_mut().keep = false;
    }
    world.connect_all();
    let mut first = 0;
    for part in 0..10 {
        world.set_rules(room, room_rules(part % 2 == 1));
        world.run(SECOND * seconds / 10);
        world.events.clear();
        if part == 1 {
            first = held();
        }
    }
    let sizes = world.hub.sizes();
    assert_eq!((sizes.peers, sizes.rooms), (50, 1), "{sizes:?}");
    assert!(sizes.ufrags == 50 && sizes.addrs == 50, "{sizes:?}");
    let mut got = 0;
    for down in (1..50).step_by(2) {
        let subscriber = world.peers[down].subscriber();
        let guide = subscriber.from(1).0;
        let seat = world.peers[down].seat;
        assert!(seat == 1 || guide > u64::from(seconds) * 9, "{guide}");
        assert_eq!(subscriber.frozen(), 0);
        got += subscriber
            .voices
            .values()
            .chain(subscriber.faces.values())
            .map(|from| from.packets)
            .sum::<u64>();
    }
    (got, held().saturating_sub(first))
}

#[test]
fn half_a_minute_with_25_people_does_not_grow_memory() {
    let (got, grown) = sit("half a minute", 30);
    assert!(got > 12_000, "{got}");
    assert!(grown < 16 << 20, "{grown} bytes more");
}

#[test]
#[ignore = "an hour of virtual time takes minutes: run it by name"]
fn an_hour_with_25_people_does_not_grow_memory() {
    let (got, grown) = sit("an hour", 3_600);
    println!("an hour: {got} packets got, {grown} bytes more held than after twelve minutes");
    assert!(grown < 16 << 20, "{grown} bytes more");
}
