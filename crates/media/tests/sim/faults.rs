//! Whoever does harm, or has bad luck, harms nobody else; and whoever leaves leaves nothing.

use std::time::Duration;

use sitwith_core::sit::media::Told;
use sitwith_media::hub::{Act, UP_SDP_MAX};
use sitwith_media::{DownNo, UpNo};
use str0m::net::Protocol;
use tokio::sync::oneshot;

use crate::basic::rules;
use crate::give::Gives;
use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// Seats 1 to 3, each giving and getting.
fn three(name: &'static str, seed: u64) -> (World, usize) {
    let mut world = World::new(name, seed);
    let room = world.room(rules(&[1, 2, 3], &[1, 2, 3]));
    for seat in 1..=3 {
        world.up(room, seat, Gives::BOTH);
        world.down(room, seat, false);
    }
    world.connect();
    world.run(SECOND);
    (world, room)
}

/// Everybody hears everybody else during the next two seconds.
fn all_is_well(world: &mut World) {
    let count = |world: &World| -> Vec<(u64, u64)> {
        let pairs = (1..=3_u32).flat_map(|a| (1..=3).filter(move |b| a != *b).map(move |b| (a, b)));
        let from = |(ear, seat): (u32, u32)| world.peers[ear as usize * 2 - 1].seen().from(seat);
        pairs.map(from).collect()
    };
    let before = count(world);
    world.run(SECOND * 2);
    for (before, after) in before.into_iter().zip(count(world)) {
        assert!(after.0 > before.0 + 90 && after.1 > before.1 + 25, "{before:?} {after:?}");
    }
}

#[test]
fn a_second_up_takes_the_place_of_the_first() {
    let (mut world, room) = three("second up", 1);
    let second = world.up(room, 1, Gives::BOTH);
    world.until("it is there", |world| world.peers[second].connected.is_some());
    world.run(SECOND);
    assert!(world.peers[0].lost, "the first is told");
    all_is_well(&mut world);
    let lost = |told: &Told| *told == Told::UpLost(1);
    assert!(!world.told.iter().any(|told| lost(&told.2)));
    assert_eq!(world.hub.peers(), 6);
    for ear in [3, 5] {
        world.peers[ear].seen().check_streams(false);
    }
}

#[test]
fn a_port_that_somebody_had_before_brings_the_right_one() {
    let (mut world, room) = three("reused port", 2);
    let (up, down) = (world.peers[0].at, world.peers[1].at);
    world.vanish(0);
    world.vanish(1);
    let began = world.now;
    let new_up = world.up_at(room, 4, Gives::BOTH, up).unwrap();
    let new_down = world.down_at(room, 4, (Protocol::Udp, false), down).unwrap();
    world.rules(room, rules(&[2, 3, 4], &[2, 3, 4]));
    world.connect();
    assert!(world.now - began < SECOND * 2, "no wait for the dead one to be given up");
    world.run(SECOND * 2);
    assert!(world.peers[new_up].connected.is_some());
    let (voice, face) = world.peers[new_down].seen().from(2);
    assert!(voice > 80 && face > 20, "{voice} {face}");
    assert!(world.peers[3].seen().from(4).0 > 80);
    // The dead one is given up later, and takes nothing from the living.
    world.run(SECOND * 40);
    assert_eq!(world.hub.peers(), 6);
    assert!(world.told.iter().any(|told| told.2 == Told::UpLost(1)));
    let before = world.peers[new_down].seen().from(2).0;
    world.run(SECOND);
    assert!(world.peers[new_down].seen().from(2).0 > before + 40);
}

#[test]
fn bytes_of_any_kind_from_anywhere_do_no_harm() {
    let mut world = World::new("any bytes", 3);
    world.keep_seen = 400;
    let room = world.room(rules(&[1, 2, 3], &[1, 2, 3]));
    for seat in 1..=3 {
        world.up(room, seat, Gives::BOTH);
        world.down(room, seat, false);
    }
    world.connect();
    world.run(SECOND);
    let seen = std::mem::take(&mut world.seen);
    let stranger = world.address();
    for (n, (from, bytes)) in seen.iter().enumerate() {
        let mut bad = bytes.clone();
        // The last eight bytes of a check of a path are a checksum that is no proof: whoever can
        // copy the rest could have made them too.
        let places = u64::try_from(bad.len().saturating_sub(8).max(1)).unwrap();
        let mut place = || usize::try_from(world.dice.next() % places).unwrap();
        let (at, cut) = (place(), place());
        bad[at] ^= 1 << (n % 8);
        for from in [*from, stranger] {
            world.throw(from, &bad);
            world.throw(from, &bad[..cut]);
        }
        // Once more what it said itself, long after.
        world.throw(*from, bytes);
    }
    for first in 0..=255_u8 {
        world.throw(stranger, &[first; 100]);
        world.throw(stranger, &[first]);
        world.throw(world.peers[0].at, &[first; 1_400]);
    }
    world.throw(stranger, &[]);
    assert!(!world.sent.contains_key(&stranger), "a stranger is answered nothing");
    all_is_well(&mut world);
}

#[test]
fn a_flood_from_one_costs_the_others_nothing() {
    let (mut world, _) = three("flood", 5);
    let from = world.peers[0].at;
    for _ in 0..20 {
        for _ in 0..5_000 {
            world.hub.datagram(Protocol::Udp, from, &[0x80; 200], world.now);
        }
        world.run(Duration::from_millis(50));
    }
    let before = world.peers[3].seen().from(3).0;
    world.run(SECOND);
    assert!(world.peers[3].seen().from(3).0 > before + 45);
}

#[test]
fn offers_that_ask_for_more_are_refused_and_leave_nothing() {
    let (mut world, room) = three("bad offers", 6);
    let id = world.rooms[room];
    let offer = |world: &mut World, offer: String, again: bool| {
        let (reply, mut answer) = oneshot::channel();
        world.act(Act::Up { room: id, seat: 1, offer, again, reply });
        answer.try_recv().unwrap()
    };
    let line = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
    for bad in [
        String::new(),
        "v=0".to_owned(),
        line.repeat(2),
        format!("{line}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"),
        "x".repeat(UP_SDP_MAX + 1),
        format!("v=0\r\n{line}"),
    ] {
        assert_eq!(offer(&mut world, bad, false), Err(UpNo::Unread));
    }
    let (reply, mut taken) = oneshot::channel();
    let answer = "nothing".to_owned();
    world.act(Act::Answer { room: id, seat: 1, n: 9, answer, reply });
    assert_eq!(taken.try_recv().unwrap(), Err(DownNo::Unread));
    all_is_well(&mut world);
    assert_eq!(world.hub.peers(), 6);
}

#[test]
fn whoever_agrees_anew_all_the_time_is_made_to_wait() {
    let (mut world, room) = three("again and again", 7);
    let refused = (0..100)
        .filter(|_| {
            let at = world.address();
            let up = world.up_at(room, 1, Gives::SOUND, at);
            up.is_err_and(|no| no == UpNo::Often)
        })
        .count();
    assert!(refused > 80);
    world.run(SECOND * 60);
    let at = world.address();
    assert!(world.up_at(room, 1, Gives::SOUND, at).is_ok());
}

#[test]
fn an_offer_that_is_never_answered_and_a_path_that_never_comes_are_given_up() {
    let mut world = World::new("never", 8);
    let room = world.room(rules(&[1], &[]));
    let (reply, _offer) = oneshot::channel();
    let id = world.rooms[room];
    world.act(Act::Down { room: id, seat: 1, paced: false, have: None, reply });
    let up = world.up(room, 2, Gives::SOUND);
    world.vanish(up);
    assert_eq!(world.hub.peers(), 2);
    world.run(SECOND * 40);
    assert_eq!(world.hub.peers(), 0);
}

#[test]
fn when_all_have_left_and_the_room_is_over_nothing_is_due() {
    let (mut world, room) = three("all leave", 9);
    world.close(room, 1);
    world.vanish(2);
    world.vanish(3);
    world.run(SECOND * 40);
    assert_eq!(world.hub.peers(), 2);
    let id = world.rooms[room];
    world.act(Act::CloseRoom(id));
    assert_eq!(world.hub.peers(), 0);
    world.run(SECOND * 10);
    assert_eq!(world.hub.wake_at(), None);
    let at = world.address();
    assert!(matches!(world.up_at(room, 1, Gives::SOUND, at), Err(UpNo::Absent)));
    assert!(world.down_at(room, 1, (Protocol::Udp, false), at).is_err());
}

#[test]
fn it_goes_over_tcp_too() {
    let mut world = World::new("tcp", 10);
    let room = world.room(rules(&[1], &[1]));
    world.up(room, 1, Gives::BOTH);
    let at = world.address();
    let ear = world.down_at(room, 2, (Protocol::Tcp, false), at).unwrap();
    world.connect();
    world.run(SECOND * 2);
    let (voice, face) = world.peers[ear].seen().from(1);
    assert!(voice > 80 && face > 20, "{voice} {face}");
}
