//! Faults and malice of one connection harm no other, and nothing is left of those who leave.

use std::time::Duration;

use sitwith_core::sit::media::ForwarderEvent;
use sitwith_media::hub::{HubCommand, UP_SDP_MAX};
use sitwith_media::{DownError, UpError};
use str0m::net::Protocol;
use tokio::sync::oneshot;

use super::basic::rules;
use super::publisher::Tracks;
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// Seats 1 to 3, each with an up and a down.
fn three(name: &'static str, seed: u64) -> (World, usize) {
    let mut world = World::new(name, seed);
    let room = world.open_room(rules(&[1, 2, 3], &[1, 2, 3]));
    for seat in 1..=3 {
        world.connect_up(room, seat, Tracks::BOTH);
        world.connect_down(room, seat, false);
    }
    world.connect_all();
    world.run(SECOND);
    (world, room)
}

/// Everybody hears and sees everybody else during the next two seconds.
fn all_is_well(world: &mut World) {
    let count = |world: &World| -> Vec<(u64, u64)> {
        let pairs = (1..=3_u32).flat_map(|a| (1..=3).filter(move |b| a != *b).map(move |b| (a, b)));
        let from =
            |(down, seat): (u32, u32)| world.peers[down as usize * 2 - 1].subscriber().from(seat);
        pairs.map(from).collect()
    };
    let before = count(world);
    world.run(SECOND * 2);
    for (before, after) in before.into_iter().zip(count(world)) {
        assert!(after.0 > before.0 + 90 && after.1 > before.1 + 25, "{before:?} {after:?}");
    }
}

#[test]
fn a_second_up_replaces_the_first() {
    let (mut world, room) = three("second up", 1);
    let second = world.connect_up(room, 1, Tracks::BOTH);
    world.run_until("it is there", |world| world.peers[second].connected.is_some());
    world.run(SECOND);
    assert!(world.peers[0].lost, "the first is disconnected");
    all_is_well(&mut world);
    let lost = |told: &ForwarderEvent| *told == ForwarderEvent::UplinkLost(1);
    assert!(!world.events.iter().any(|told| lost(&told.2)));
    assert_eq!(world.hub.peer_count(), 6);
    for down in [3, 5] {
        world.peers[down].subscriber().check_streams(false);
    }
}

#[test]
fn a_reused_port_leads_to_its_new_owner() {
    let (mut world, room) = three("reused port", 2);
    let (up, down) = (world.peers[0].at, world.peers[1].at);
    world.vanish(0);
    world.vanish(1);
    let began = world.now;
    let new_up = world.connect_up_at(room, 4, Tracks::BOTH, up).unwrap();
    let new_down = world.connect_down_at(room, 4, (Protocol::Udp, false), down).unwrap();
    world.set_rules(room, rules(&[2, 3, 4], &[2, 3, 4]));
    world.connect_all();
    assert!(world.now - began < SECOND * 2, "no wait for the dead one to be given up");
    world.run(SECOND * 2);
    assert!(world.peers[new_up].connected.is_some());
    let (voice, face) = world.peers[new_down].subscriber().from(2);
    assert!(voice > 80 && face > 20, "{voice} {face}");
    assert!(world.peers[3].subscriber().from(4).0 > 80);
    // The dead connection times out later and takes nothing from the living.
    world.run(SECOND * 40);
    assert_eq!(world.hub.peer_count(), 6);
    assert!(world.events.iter().any(|told| told.2 == ForwarderEvent::UplinkLost(1)));
    let before = world.peers[new_down].subscriber().from(2).0;
    world.run(SECOND);
    assert!(world.peers[new_down].subscriber().from(2).0 > before + 40);
}

#[test]
fn corrupt_datagrams_from_anywhere_do_no_harm() {
    let mut world = World::new("any bytes", 3);
    world.capture_max = 400;
    let room = world.open_room(rules(&[1, 2, 3], &[1, 2, 3]));
    for seat in 1..=3 {
        world.connect_up(room, seat, Tracks::BOTH);
        world.connect_down(room, seat, false);
    }
    world.connect_all();
    world.run(SECOND);
    let captured = std::mem::take(&mut world.captured);
    let stranger = world.new_address();
    for (n, (from, bytes)) in captured.iter().enumerate() {
        let mut bad = bytes.clone();
        // The last eight bytes of a binding request are its CRC, which proves nothing: whoever can
        // copy the rest could compute it.
        let places = u64::try_from(bad.len().saturating_sub(8).max(1)).unwrap();
        let mut place = || usize::try_from(world.dice.next() % places).unwrap();
        let (at, cut) = (place(), place());
        bad[at] ^= 1 << (n % 8);
        for from in [*from, stranger] {
            world.inject(from, &bad);
            world.inject(from, &bad[..cut]);
        }
        // Its own datagram replayed long after.
        world.inject(*from, bytes);
    }
    for first in 0..=255_u8 {
        world.inject(stranger, &[first; 100]);
        world.inject(stranger, &[first]);
        world.inject(world.peers[0].at, &[first; 1_400]);
    }
    world.inject(stranger, &[]);
    assert!(!world.sent.contains_key(&stranger), "a stranger is answered nothing");
    all_is_well(&mut world);
}

#[test]
fn a_flood_from_one_peer_costs_the_others_nothing() {
    let (mut world, _) = three("flood", 5);
    let from = world.peers[0].at;
    for _ in 0..20 {
        for _ in 0..5_000 {
            world.hub.handle_datagram(Protocol::Udp, from, &[0x80; 200], world.now);
        }
        world.run(Duration::from_millis(50));
    }
    let before = world.peers[3].subscriber().from(3).0;
    world.run(SECOND);
    assert!(world.peers[3].subscriber().from(3).0 > before + 45);
}

#[test]
fn unsupported_offers_are_refused_and_leave_nothing() {
    let (mut world, room) = three("bad offers", 6);
    let id = world.rooms[room];
    let offer = |world: &mut World, offer: String, again: bool| {
        let (reply, mut answer) = oneshot::channel();
        world.handle_command(HubCommand::ConnectUp {
            room: id,
            seat: 1,
            sdp_offer: offer,
            renegotiate: again,
            reply,
        });
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
        assert_eq!(offer(&mut world, bad, false), Err(UpError::Malformed));
    }
    let (reply, mut taken) = oneshot::channel();
    let answer = "nothing".to_owned();
    world.handle_command(HubCommand::ApplyDownSdpAnswer {
        room: id,
        seat: 1,
        number: 9,
        sdp_answer: answer,
        reply,
    });
    assert_eq!(taken.try_recv().unwrap(), Err(DownError::Malformed));
    all_is_well(&mut world);
    assert_eq!(world.hub.peer_count(), 6);
}

#[test]
fn constant_renegotiation_is_rate_limited() {
    let (mut world, room) = three("again and again", 7);
    let refused = (0..100)
        .filter(|_| {
            let at = world.new_address();
            let up = world.connect_up_at(room, 1, Tracks::SOUND, at);
            up.is_err_and(|no| no == UpError::RateLimited)
        })
        .count();
    assert!(refused > 80);
    world.run(SECOND * 60);
    let at = world.new_address();
    assert!(world.connect_up_at(room, 1, Tracks::SOUND, at).is_ok());
}

#[test]
fn unanswered_offers_and_unconnected_peers_time_out() {
    let mut world = World::new("never", 8);
    let room = world.open_room(rules(&[1], &[]));
    let (reply, _offer) = oneshot::channel();
    let id = world.rooms[room];
    world.handle_command(HubCommand::CreateDownSdpOffer {
        room: id,
        seat: 1,
        paced: false,
        current: None,
        reply,
    });
    let up = world.connect_up(room, 2, Tracks::SOUND);
    world.vanish(up);
    assert_eq!(world.hub.peer_count(), 2);
    world.run(SECOND * 40);
    assert_eq!(world.hub.peer_count(), 0);
}

#[test]
fn after_a_room_is_closed_nothing_is_due() {
    let (mut world, room) = three("all leave", 9);
    world.close_seat(room, 1);
    world.vanish(2);
    world.vanish(3);
    world.run(SECOND * 40);
    assert_eq!(world.hub.peer_count(), 2);
    let id = world.rooms[room];
    world.handle_command(HubCommand::CloseRoom(id));
    assert_eq!(world.hub.peer_count(), 0);
    world.run(SECOND * 10);
    assert_eq!(world.hub.wake_at(), None);
    let at = world.new_address();
    assert!(matches!(world.connect_up_at(room, 1, Tracks::SOUND, at), Err(UpError::Absent)));
    assert!(world.connect_down_at(room, 1, (Protocol::Udp, false), at).is_err());
}

#[test]
fn media_flows_over_tcp_too() {
    let mut world = World::new("tcp", 10);
    let room = world.open_room(rules(&[1], &[1]));
    world.connect_up(room, 1, Tracks::BOTH);
    let at = world.new_address();
    let down = world.connect_down_at(room, 2, (Protocol::Tcp, false), at).unwrap();
    world.connect_all();
    world.run(SECOND * 2);
    let (voice, face) = world.peers[down].subscriber().from(1);
    assert!(voice > 80 && face > 20, "{voice} {face}");
}
