//! Nonsense, floods and idle TCP connections do not disturb others.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};

use super::client::Transport;
use super::scene::{Scene, room, rules, settings};

/// A forged binding request for a connection that does not exist.
fn binding_request(name: &str) -> Vec<u8> {
    let padded = name.len().next_multiple_of(4);
    let mut bytes = vec![0, 1];
    bytes.extend(u16::try_from(36 + padded).unwrap().to_be_bytes());
    bytes.extend([0x21, 0x12, 0xa4, 0x42]);
    bytes.extend((0..12).map(|_| fastrand::u8(..)));
    bytes.extend([0, 6]);
    bytes.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
    bytes.extend(name.as_bytes());
    bytes.resize(24 + padded, 0);
    // Priority and message integrity.
    bytes.extend([0, 0x24, 0, 4, 1, 1, 1, 1, 0, 8, 0, 20]);
    bytes.extend([9; 20]);
    bytes
}

#[test]
fn malformed_udp_disturbs_nobody() {
    let mut scene = Scene::new(settings(2));
    scene.sfu.set_rules(room(1), rules(&[1]));
    scene.connect_up(room(1), 1, Transport::udp());
    scene.connect_down(room(1), 2, Transport::udp());
    scene.expect_media(1, 1);
    let (home, stranger) = (scene.udp(), UdpSocket::bind("127.0.0.1:0").unwrap());
    fastrand::seed(7);
    for round in 0..40_u32 {
        for _ in 0..4 {
            // The kernel drops what a busy worker does not receive in time: wait for each burst.
            let received = scene.sfu.traffic_counts().received + 25;
            for _ in 0..25 {
                let length = fastrand::usize(..2_500);
                let bytes: Vec<u8> = (0..length).map(|_| fastrand::u8(..)).collect();
                let _sent = stranger.send_to(&bytes, home);
            }
            let is_received = |scene: &Scene| scene.sfu.traffic_counts().received >= received;
            scene.run_until("the burst is received", is_received);
        }
        for worker in [0, 1, 2, 65_535] {
            let name = format!("w{worker}x{round}:stranger");
            let _sent = stranger.send_to(&binding_request(&name), home);
            let _sent = stranger.send_to(&binding_request(&"w1x".repeat(100)), home);
        }
        scene.turn();
    }
    scene.expect_media(1, 1);
    let counts = scene.sfu.traffic_counts();
    assert_eq!((counts.worker_restarts, counts.dropped_relays), (0, 0), "{counts:?}");
    assert!(counts.received > 3_000, "{counts:?}");
    // Requests for unknown workers were dropped, those for the other worker handed over.
    assert!(counts.handed_over > 0 && counts.dropped_handovers > 0, "{counts:?}");
}

#[test]
fn malformed_tcp_is_closed_and_disturbs_nobody() {
    let mut scene = Scene::new(settings(2));
    let tcp = scene.tcp();
    scene.sfu.set_rules(room(1), rules(&[1]));
    scene.connect_up(room(1), 1, Transport::tcp(tcp));
    scene.connect_down(room(1), 2, Transport::tcp(tcp));
    scene.expect_media(1, 1);
    let too_long = vec![0xff; 64];
    let no_check = [&[0, 40][..], &[0x80; 40]].concat();
    let elsewhere = binding_request("w77x1:stranger");
    let elsewhere = [&[0, u8::try_from(elsewhere.len()).unwrap()], &elsewhere[..]].concat();
    let page = b"GET / HTTP/1.1\r\nHost: sit\r\n\r\n".to_vec();
    for nonsense in [too_long, no_check, elsewhere, page] {
        let mut stranger = TcpStream::connect(tcp).unwrap();
        stranger.write_all(&nonsense).unwrap();
        stranger.set_nonblocking(true).unwrap();
        let is_closed = |_: &Scene| match (&stranger).read(&mut [0; 8]) {
            Ok(0) => true,
            Ok(_) => panic!("it was answered"),
            Err(error) => error.kind() != ErrorKind::WouldBlock,
        };
        scene.run_until("it is closed", is_closed);
    }
    scene.expect_media(1, 1);
    let counts = scene.sfu.traffic_counts();
    assert_eq!((counts.accepted, counts.worker_restarts), (6, 0), "{counts:?}");
    assert_eq!(counts.refused, 4, "{counts:?}");
}

#[test]
fn idle_tcp_connections_leave_room_for_others() {
    let mut scene = Scene::new(settings(1));
    let tcp = scene.tcp();
    scene.sfu.set_rules(room(1), rules(&[1]));
    scene.connect_up(room(1), 1, Transport::tcp(tcp));
    scene.run_until("the publisher is connected", |scene| scene.clients[0].is_connected);
    // One network may have a hundred connections; the rest are refused.
    let held: Vec<_> = (0..150).map(|_| TcpStream::connect(tcp).unwrap()).collect();
    let handled = |scene: &Scene| {
        let counts = scene.sfu.traffic_counts();
        counts.accepted + counts.refused
    };
    scene.run_until("each is accepted or refused", |scene| handled(scene) >= 150);
    assert_eq!(scene.sfu.traffic_counts().refused, 51);
    scene.connect_down(room(1), 2, Transport::udp());
    scene.expect_media(1, 1);
    // Connections that send nothing are closed.
    scene.run_until("idle connections are closed", |scene| {
        scene.sfu.traffic_counts().refused >= 150
    });
    drop(held);
    scene.connect_down(room(1), 3, Transport::tcp(tcp));
    scene.expect_media(2, 1);
    scene.expect_media(1, 1);
}
