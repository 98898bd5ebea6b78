//! Datagrams from anybody: the hub takes any bytes from anywhere, at any time, answers no
//! stranger more than it was sent, and keeps nothing of them.

#![no_main]

#[path = "hub/mod.rs"]
mod hub;

use std::net::SocketAddr;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use sitwith_media::hub::HubCommand;
use str0m::net::Protocol;
use tokio::sync::oneshot;

/// What a browser offers (the names in it are made up).
const OFFER: &str = include_str!("hub/offer.sdp");

fuzz_target!(|data: Vec<(u8, u8, Vec<u8>)>| {
    let (mut hub, room, mut now) = hub::open();
    let (reply, mut answer) = oneshot::channel();
    let offer = OFFER.replace('\n', "\r\n");
    let command = HubCommand::ConnectUp {
        room,
        seat: 1,
        sdp_offer: offer,
        renegotiate: false,
        reply,
    };
    hub.handle_command(command, now);
    assert!(answer.try_recv().is_ok_and(|answer| answer.is_ok()));
    let before = hub.sizes();
    for (from, wait, bytes) in data {
        now += Duration::from_millis(u64::from(wait));
        let proto = if from & 1 == 0 { Protocol::Udp } else { Protocol::Tcp };
        let from = SocketAddr::from(([10, 9, 0, from >> 4], 9_000));
        hub.handle_datagram(proto, from, &bytes, now);
        if hub.wake_at().is_some_and(|at| at <= now) {
            hub.handle_timeout(now);
        }
        hub.outputs().datagrams.clear();
    }
    let after = hub.sizes();
    assert!(after.ufrags <= before.ufrags && after.addrs == before.addrs);
    assert_eq!(after.rooms, before.rooms);
});
