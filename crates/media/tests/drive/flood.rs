//! Nonsense, floods and those who only hold a line open do not disturb who sits.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};

use crate::client::Way;
use crate::scene::{Scene, room, rules, settings};

/// A check of a path as anybody could send it, for a connection that is not there.
fn check(name: &str) -> Vec<u8> {
    let padded = name.len().next_multiple_of(4);
    let mut bytes = vec![0, 1];
    bytes.extend(u16::try_from(36 + padded).unwrap().to_be_bytes());
    bytes.extend([0x21, 0x12, 0xa4, 0x42]);
    bytes.extend((0..12).map(|_| fastrand::u8(..)));
    bytes.extend([0, 6]);
    bytes.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
    bytes.extend(name.as_bytes());
    bytes.resize(24 + padded, 0);
    // How much it is wanted, and what would prove it.
    bytes.extend([0, 0x24, 0, 4, 1, 1, 1, 1, 0, 8, 0, 20]);
    bytes.extend([9; 20]);
    bytes
}

#[test]
fn nonsense_over_udp_disturbs_nobody() {
    let mut scene = Scene::new(settings(2));
    scene.media.rules(room(1), rules(&[1]));
    scene.up(room(1), 1, Way::udp());
    scene.down(room(1), 2, Way::udp());
    scene.hears(1, 1);
    let (home, stranger) = (scene.udp(), UdpSocket::bind("127.0.0.1:0").unwrap());
    fastrand::seed(7);
    for round in 0..40_u32 {
        for _ in 0..4 {
            // The kernel drops what a busy worker does not fetch: the next come when these were.
            let fetched = scene.media.counts().received + 25;
            for _ in 0..25 {
                let length = fastrand::usize(..2_500);
                let bytes: Vec<u8> = (0..length).map(|_| fastrand::u8(..)).collect();
                let _sent = stranger.send_to(&bytes, home);
            }
            scene.until("it is fetched", |scene| scene.media.counts().received >= fetched);
        }
        for worker in [0, 1, 2, 65_535] {
            let name = format!("w{worker}x{round}:stranger");
            let _sent = stranger.send_to(&check(&name), home);
            let _sent = stranger.send_to(&check(&"w1x".repeat(100)), home);
        }
        scene.turn();
    }
    scene.hears(1, 1);
    let counts = scene.media.counts();
    assert_eq!((counts.fallen, counts.unrelayed), (0, 0), "{counts:?}");
    assert!(counts.received > 3_000, "{counts:?}");
    // Checks for workers that are not there went nowhere, those for the other one to it.
    assert!(counts.handed > 0 && counts.unhanded > 0, "{counts:?}");
}

#[test]
fn nonsense_over_tcp_is_hung_up_on_and_disturbs_nobody() {
    let mut scene = Scene::new(settings(2));
    let tcp = scene.tcp();
    scene.media.rules(room(1), rules(&[1]));
    scene.up(room(1), 1, Way::tcp(tcp));
    scene.down(room(1), 2, Way::tcp(tcp));
    scene.hears(1, 1);
    let too_long = vec![0xff; 64];
    let no_check = [&[0, 40][..], &[0x80; 40]].concat();
    let elsewhere = check("w77x1:stranger");
    let elsewhere = [&[0, u8::try_from(elsewhere.len()).unwrap()], &elsewhere[..]].concat();
    let page = b"GET / HTTP/1.1\r\nHost: sit\r\n\r\n".to_vec();
    for nonsense in [too_long, no_check, elsewhere, page] {
        let mut stranger = TcpStream::connect(tcp).unwrap();
        stranger.write_all(&nonsense).unwrap();
        stranger.set_nonblocking(true).unwrap();
        let hung_up = |_: &Scene| match (&stranger).read(&mut [0; 8]) {
            Ok(0) => true,
            Ok(_) => panic!("it was answered"),
            Err(error) => error.kind() != ErrorKind::WouldBlock,
        };
        scene.until("it is hung up on", hung_up);
    }
    scene.hears(1, 1);
    let counts = scene.media.counts();
    assert_eq!((counts.taken, counts.fallen), (6, 0), "{counts:?}");
    assert_eq!(counts.refused, 4, "{counts:?}");
}

#[test]
fn lines_that_are_held_open_leave_room_for_others() {
    let mut scene = Scene::new(settings(1));
    let tcp = scene.tcp();
    scene.media.rules(room(1), rules(&[1]));
    scene.up(room(1), 1, Way::tcp(tcp));
    scene.until("the giver is there", |scene| scene.clients[0].is_connected);
    // One place may hold a hundred: the rest are refused at the door.
    let held: Vec<_> = (0..150).map(|_| TcpStream::connect(tcp).unwrap()).collect();
    let known = |scene: &Scene| scene.media.counts().taken + scene.media.counts().refused;
    scene.until("each is taken or refused", |scene| known(scene) >= 150);
    assert_eq!(scene.media.counts().refused, 51);
    scene.down(room(1), 2, Way::udp());
    scene.hears(1, 1);
    // And those who say nothing are hung up on.
    scene.until("they are hung up on", |scene| scene.media.counts().refused >= 150);
    drop(held);
    scene.down(room(1), 3, Way::tcp(tcp));
    scene.hears(2, 1);
    scene.hears(1, 1);
}
