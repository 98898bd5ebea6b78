//! Datagrams from anybody: the hub takes any bytes from anywhere, at any time, answers no
//! stranger more than it was sent, and keeps nothing of them.

#![no_main]

#[path = "hub/mod.rs"]
mod hub;

use std::net::SocketAddr;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use sitwith_media::hub::Act;
use str0m::net::Protocol;
use tokio::sync::oneshot;

/// What a browser offers (the names in it are made up).
const OFFER: &str = include_str!("hub/offer.sdp");

fuzz_target!(|data: Vec<(u8, u8, Vec<u8>)>| {
    let (mut hub, room, mut now) = hub::open();
    let (reply, mut answer) = oneshot::channel();
    let offer = OFFER.replace('\n', "\r\n");
    let act = Act::Up {
        room,
        seat: 1,
        offer,
        again: false,
        reply,
    };
    hub.act(act, now);
    assert!(answer.try_recv().is_ok_and(|answer| answer.is_ok()));
    let before = hub.counts();
    for (from, wait, bytes) in data {
        now += Duration::from_millis(u64::from(wait));
        let proto = if from & 1 == 0 { Protocol::Udp } else { Protocol::Tcp };
        let from = SocketAddr::from(([10, 9, 0, from >> 4], 9_000));
        hub.datagram(proto, from, &bytes, now);
        if hub.wake_at().is_some_and(|at| at <= now) {
            hub.tick(now);
        }
        hub.outputs().sends.clear();
    }
    let after = hub.counts();
    assert!(after.names <= before.names && after.addresses == before.addresses);
    assert_eq!(after.rooms, before.rooms);
});
