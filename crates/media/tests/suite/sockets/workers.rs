//! People hear and see each other whichever worker and transport they use.

use sitwith_core::sit::media::ForwarderEvent;
use sitwith_media::{DownError, Sfu, SfuSettings, StartError, UpError};

use super::client::Transport;
use super::scene::{Scene, room, rules, settings};

#[test]
fn two_people_hear_and_see_each_other() {
    let mut scene = Scene::new(settings(1));
    scene.sfu.set_rules(room(1), rules(&[1, 2]));
    for seat in 1..=2 {
        scene.connect_up(room(1), seat, Transport::udp());
        scene.connect_down(room(1), seat, Transport::udp());
    }
    scene.expect_media(1, 2);
    scene.expect_media(3, 1);
    assert_eq!(scene.clients[1].from(1), (0, 0));
    let counts = scene.sfu.traffic_counts();
    assert!(counts.sent > 80 && counts.received > 80, "{counts:?}");
    assert_eq!((counts.handed_over, counts.dropped_sends, counts.worker_restarts), (0, 0, 0));
    let has_event = |is: fn(&ForwarderEvent) -> bool| {
        scene.events.iter().any(|(run, it)| *run == room(1) && is(it))
    };
    assert!(has_event(|it| matches!(it, ForwarderEvent::SlotsChanged(_))), "{:?}", scene.events);
    assert!(has_event(|it| matches!(it, ForwarderEvent::SpeakersChanged(_))), "{:?}", scene.events);
}

#[test]
fn people_hear_and_see_each_other_over_tcp_alone() {
    let mut scene = Scene::new(settings(2));
    let tcp = scene.tcp();
    for number in 1..=2 {
        scene.sfu.set_rules(room(number), rules(&[1, 2]));
        for seat in 1..=2 {
            scene.connect_up(room(number), seat, Transport::tcp(tcp));
            scene.connect_down(room(number), seat, Transport::tcp(tcp));
        }
    }
    // Each room is on its own worker, so one of them had its TCP connections handed over.
    for first in [0, 4] {
        scene.expect_media(first + 1, 2);
        scene.expect_media(first + 3, 1);
    }
    let counts = scene.sfu.traffic_counts();
    assert_eq!((counts.accepted, counts.refused, counts.sent), (8, 0, 0), "{counts:?}");
}

#[test]
fn datagrams_at_the_wrong_worker_are_handed_over() {
    let mut scene = Scene::new(settings(2));
    scene.sfu.set_rules(room(1), rules(&[1]));
    let giver = scene.connect_up(room(1), 1, Transport::udp());
    let mut listeners = vec![];
    for seat in 2..=9 {
        listeners.push(scene.connect_down(room(1), seat, Transport::udp()));
    }
    // The kernel distributes them by port: sooner or later one arrives at the wrong worker.
    for seat in 10..=60 {
        if scene.sfu.traffic_counts().handed_over > 0 {
            break;
        }
        let listener = scene.connect_down(room(1), seat, Transport::udp());
        scene.expect_media(listener, 1);
        listeners.push(listener);
    }
    for listener in listeners {
        scene.expect_media(listener, 1);
    }
    assert!(scene.clients[giver].is_connected);
    let counts = scene.sfu.traffic_counts();
    assert!(counts.handed_over > 0, "{counts:?}");
    assert_eq!((counts.dropped_handovers, counts.relayed), (0, 0), "{counts:?}");
}

#[test]
fn a_large_room_is_split_over_workers() {
    let mut scene = Scene::new(SfuSettings { split_at: 1, ..settings(3) });
    scene.sfu.set_rules(room(1), rules(&[1, 2]));
    for seat in 1..=2 {
        scene.connect_up(room(1), seat, Transport::udp());
    }
    let downs: Vec<_> =
        (1..=5).map(|seat| scene.connect_down(room(1), seat, Transport::udp())).collect();
    for down in &downs {
        let other = if scene.clients[*down].seat == 1 { 2 } else { 1 };
        scene.expect_media(*down, other);
    }
    let counts = scene.sfu.traffic_counts();
    assert!(counts.relayed > 100, "{counts:?}");
    assert_eq!((counts.dropped_relays, counts.worker_restarts), (0, 0), "{counts:?}");
    // New rules apply on all workers, once each has handled the command.
    scene.sfu.set_rules(room(1), rules(&[2]));
    for down in downs.get(2..).unwrap() {
        scene.expect_media(*down, 2);
    }
    let before: Vec<_> = downs.iter().map(|down| scene.clients[*down].from(1)).collect();
    for down in downs.get(2..).unwrap() {
        scene.expect_media(*down, 2);
    }
    let after: Vec<_> = downs.iter().map(|down| scene.clients[*down].from(1)).collect();
    assert_eq!(before, after);
    // Closing the room closes it on all workers.
    scene.sfu.close_room(room(1));
    scene.run_until("all are let go", |scene| scene.clients.iter().all(|client| client.is_closed));
}

#[test]
fn a_closed_seat_sends_and_receives_nothing_on_any_worker() {
    let mut scene = Scene::new(SfuSettings { split_at: 1, ..settings(2) });
    scene.sfu.set_rules(room(1), rules(&[1, 2]));
    for seat in 1..=2 {
        scene.connect_up(room(1), seat, Transport::udp());
    }
    for seat in 1..=3 {
        scene.connect_down(room(1), seat, Transport::udp());
    }
    scene.expect_media(3, 1);
    scene.sfu.close_seat(room(1), 2);
    scene.run_until("both its connections are let go", |scene| {
        scene.clients[1].is_closed && scene.clients[3].is_closed
    });
    let (gone, before) = (scene.clients[3].received.clone(), scene.clients[4].from(2));
    scene.expect_media(4, 1);
    assert_eq!(scene.clients[3].received, gone);
    assert_eq!(scene.clients[4].from(2), before);
}

#[test]
fn a_branch_that_everybody_has_left_can_be_joined_again() {
    let mut scene = Scene::new(SfuSettings { split_at: 1, ..settings(2) });
    scene.sfu.set_rules(room(1), rules(&[1]));
    scene.connect_up(room(1), 1, Transport::udp());
    scene.connect_down(room(1), 1, Transport::udp());
    for seat in 2..=4 {
        let down = scene.connect_down(room(1), seat, Transport::udp());
        scene.expect_media(down, 1);
        scene.sfu.close_seat(room(1), seat);
        scene.run_until("it is let go", |scene| scene.clients[down].is_closed);
    }
}

#[test]
fn ports_are_free_after_the_server_has_stopped() {
    let mut named = settings(2);
    for _ in 0..3 {
        let mut scene = Scene::new(named.clone());
        scene.sfu.set_rules(room(1), rules(&[1]));
        scene.connect_up(room(1), 1, Transport::udp());
        scene.connect_down(room(1), 2, Transport::tcp(scene.tcp()));
        scene.expect_media(1, 1);
        let taken = Sfu::start(SfuSettings { udp: scene.udp(), ..settings(1) });
        assert!(matches!(taken, Err(StartError::Listen(..))));
        (named.udp, named.tcp) = (scene.udp(), Some(scene.tcp()));
        let sfu = scene.sfu.clone();
        sfu.stop();
        scene.run_until("every browser was disconnected", |scene| {
            scene.clients[0].is_closed && scene.clients[1].is_closed
        });
        assert!(!scene.events.is_empty());
        drop(scene);
        assert_eq!(sfu.listen_addrs(), Some((named.udp, named.tcp)));
    }
}

#[test]
fn a_room_without_rules_does_not_exist() {
    let scene = Scene::new(settings(1));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (sfu, offer) = (&scene.sfu, String::new());
    let up = runtime.block_on(sfu.connect_up(room(1), 1, offer.clone(), false));
    assert_eq!(up, Err(UpError::Absent));
    let down = runtime.block_on(sfu.create_down_sdp_offer(room(1), 1, false, None));
    assert_eq!(down, Err(DownError::Absent));
    sfu.set_rules(room(1), rules(&[]));
    let up = runtime.block_on(sfu.connect_up(room(1), 1, offer.clone(), false));
    assert_eq!(up, Err(UpError::Malformed));
    let answer = runtime.block_on(sfu.apply_down_sdp_answer(room(1), 1, 1, offer));
    assert_eq!(answer, Err(DownError::Malformed));
    let none = Sfu::none();
    assert_eq!(
        runtime.block_on(none.create_down_sdp_offer(room(1), 1, false, None)),
        Err(DownError::Absent)
    );
    assert!(!none.is_there() && sfu.is_there());
}
