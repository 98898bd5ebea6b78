//! A long sit of many.

use std::time::Duration;

use sitwith_core::sit::media::Rules;

use crate::give::Gives;
use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);
const PEOPLE: u32 = 25;

/// Bytes that this process holds.
fn held() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages = statm.split(' ').nth(1).unwrap();
    pages.parse::<u64>().unwrap() * 4_096
}

fn said(dimmed: bool) -> Rules {
    let seats: Vec<u32> = (1..=PEOPLE).collect();
    Rules {
        voices: if dimmed { vec![1] } else { seats.clone() },
        always: vec![1],
        faces: if dimmed { vec![] } else { seats },
        spotlight: None,
        people: PEOPLE,
    }
}

/// Twenty-five sit, all give and get. So that it is done in a time, little is given: a microphone
/// sends a packet of silence every 400 ms, the guide's every 100 ms; one picture a second, in one
/// small layer. Half of the time, in turns, the room is dimmed. Returns how many packets were
/// got, and how many bytes the process grew by after the first fifth.
fn sit(name: &'static str, seconds: u32) -> (u64, u64) {
    let mut world = World::new(name, 31);
    let room = world.room(said(false));
    for seat in 1..=PEOPLE {
        let up = world.up(room, seat, Gives::BOTH);
        let giver = world.peers[up].giver();
        let sound = giver.sound.as_mut().unwrap();
        sound.every = Duration::from_millis(if seat == 1 { 100 } else { 400 });
        sound.level = if seat == 1 { -30 } else { -80 };
        let camera = giver.camera.as_mut().unwrap();
        camera.every = SECOND;
        camera.layers[1].on = false;
        camera.layers[0].bits = 4_000;
        let ear = world.down(room, seat, seat % 2 == 0);
        world.peers[ear].watch().keep = false;
    }
    world.connect();
    let mut first = 0;
    for part in 0..10 {
        world.rules(room, said(part % 2 == 1));
        world.run(SECOND * seconds / 10);
        world.told.clear();
        if part == 1 {
            first = held();
        }
    }
    let counts = world.hub.counts();
    assert_eq!((counts.peers, counts.rooms), (50, 1), "{counts:?}");
    assert!(counts.names == 50 && counts.addresses == 50, "{counts:?}");
    let mut got = 0;
    for ear in (1..50).step_by(2) {
        let watch = world.peers[ear].seen();
        let guide = watch.from(1).0;
        let seat = world.peers[ear].seat;
        assert!(seat == 1 || guide > u64::from(seconds) * 9, "{guide}");
        assert_eq!(watch.frozen(), 0);
        got +=
            watch.voices.values().chain(watch.faces.values()).map(|from| from.packets).sum::<u64>();
    }
    (got, held().saturating_sub(first))
}

#[test]
fn half_a_minute_of_twenty_five_keeps_what_is_held_flat() {
    let (got, grown) = sit("half a minute", 30);
    assert!(got > 12_000, "{got}");
    assert!(grown < 16 << 20, "{grown} bytes more");
}

#[test]
#[ignore = "an hour of virtual time takes minutes: run it by name"]
fn an_hour_of_twenty_five_keeps_what_is_held_flat() {
    let (got, grown) = sit("an hour", 3_600);
    println!("an hour: {got} packets got, {grown} bytes more held than after twelve minutes");
    assert!(grown < 16 << 20, "{grown} bytes more");
}
