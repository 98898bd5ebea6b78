//! People hear and see each other, whichever worker they are on and by whichever way they come.

use sitwith_core::sit::media::Told;
use sitwith_media::{DownNo, Media, Settings, StartNo, UpNo};

use crate::client::Way;
use crate::scene::{Scene, room, rules, settings};

#[test]
fn two_people_hear_and_see_each_other() {
    let mut scene = Scene::new(settings(1));
    scene.media.rules(room(1), rules(&[1, 2]));
    for seat in 1..=2 {
        scene.up(room(1), seat, Way::udp());
        scene.down(room(1), seat, Way::udp());
    }
    scene.hears(1, 2);
    scene.hears(3, 1);
    assert_eq!(scene.clients[1].from(1), (0, 0));
    let counts = scene.media.counts();
    assert!(counts.sent > 80 && counts.received > 80, "{counts:?}");
    assert_eq!((counts.handed, counts.unsent, counts.fallen), (0, 0, 0));
    let told =
        |is: fn(&Told) -> bool| scene.heard.iter().any(|(run, it)| *run == room(1) && is(it));
    assert!(told(|it| matches!(it, Told::Slots(_))), "{:?}", scene.heard);
    assert!(told(|it| matches!(it, Told::Speak(_))), "{:?}", scene.heard);
}

#[test]
fn over_tcp_alone_it_is_the_same() {
    let mut scene = Scene::new(settings(2));
    let tcp = scene.tcp();
    for number in 1..=2 {
        scene.media.rules(room(number), rules(&[1, 2]));
        for seat in 1..=2 {
            scene.up(room(number), seat, Way::tcp(tcp));
            scene.down(room(number), seat, Way::tcp(tcp));
        }
    }
    // Each room is on a worker of its own: one of the two had its connections move there.
    for first in [0, 4] {
        scene.hears(first + 1, 2);
        scene.hears(first + 3, 1);
    }
    let counts = scene.media.counts();
    assert_eq!((counts.taken, counts.refused, counts.sent), (8, 0, 0), "{counts:?}");
}

#[test]
fn what_comes_in_at_the_wrong_worker_finds_the_right_one() {
    let mut scene = Scene::new(settings(2));
    scene.media.rules(room(1), rules(&[1]));
    let giver = scene.up(room(1), 1, Way::udp());
    let mut listeners = vec![];
    for seat in 2..=9 {
        listeners.push(scene.down(room(1), seat, Way::udp()));
    }
    // The kernel spreads them by their ports: sooner or later one is at the wrong worker.
    for seat in 10..=60 {
        if scene.media.counts().handed > 0 {
            break;
        }
        let listener = scene.down(room(1), seat, Way::udp());
        scene.hears(listener, 1);
        listeners.push(listener);
    }
    for listener in listeners {
        scene.hears(listener, 1);
    }
    assert!(scene.clients[giver].is_connected);
    let counts = scene.media.counts();
    assert!(counts.handed > 0, "{counts:?}");
    assert_eq!((counts.unhanded, counts.relayed), (0, 0), "{counts:?}");
}

#[test]
fn a_large_room_goes_on_on_other_workers() {
    let mut scene = Scene::new(Settings { split_at: 1, ..settings(3) });
    scene.media.rules(room(1), rules(&[1, 2]));
    for seat in 1..=2 {
        scene.up(room(1), seat, Way::udp());
    }
    let downs: Vec<_> = (1..=5).map(|seat| scene.down(room(1), seat, Way::udp())).collect();
    for down in &downs {
        let other = if scene.clients[*down].seat == 1 { 2 } else { 1 };
        scene.hears(*down, other);
    }
    let counts = scene.media.counts();
    assert!(counts.relayed > 100, "{counts:?}");
    assert_eq!((counts.unrelayed, counts.fallen), (0, 0), "{counts:?}");
    // Who may be heard is ruled on all of them, once each worker has taken the order.
    scene.media.rules(room(1), rules(&[2]));
    for down in downs.get(2..).unwrap() {
        scene.hears(*down, 2);
    }
    let before: Vec<_> = downs.iter().map(|down| scene.clients[*down].from(1)).collect();
    for down in downs.get(2..).unwrap() {
        scene.hears(*down, 2);
    }
    let after: Vec<_> = downs.iter().map(|down| scene.clients[*down].from(1)).collect();
    assert_eq!(before, after);
    // And when it is over, it is over on all of them.
    scene.media.close_room(room(1));
    scene.until("all are let go", |scene| scene.clients.iter().all(|client| client.is_closed));
}

#[test]
fn a_seat_that_is_closed_gets_and_gives_nothing_more_wherever_it_is() {
    let mut scene = Scene::new(Settings { split_at: 1, ..settings(2) });
    scene.media.rules(room(1), rules(&[1, 2]));
    for seat in 1..=2 {
        scene.up(room(1), seat, Way::udp());
    }
    for seat in 1..=3 {
        scene.down(room(1), seat, Way::udp());
    }
    scene.hears(3, 1);
    scene.media.close(room(1), 2);
    scene.until("both its connections are let go", |scene| {
        scene.clients[1].is_closed && scene.clients[3].is_closed
    });
    let (gone, before) = (scene.clients[3].got.clone(), scene.clients[4].from(2));
    scene.hears(4, 1);
    assert_eq!(scene.clients[3].got, gone);
    assert_eq!(scene.clients[4].from(2), before);
}

#[test]
fn a_worker_that_everybody_of_a_large_room_has_left_takes_others_of_it_again() {
    let mut scene = Scene::new(Settings { split_at: 1, ..settings(2) });
    scene.media.rules(room(1), rules(&[1]));
    scene.up(room(1), 1, Way::udp());
    scene.down(room(1), 1, Way::udp());
    for seat in 2..=4 {
        let down = scene.down(room(1), seat, Way::udp());
        scene.hears(down, 1);
        scene.media.close(room(1), seat);
        scene.until("it is let go", |scene| scene.clients[down].is_closed);
    }
}

#[test]
fn a_port_is_free_again_when_the_forwarding_has_stopped() {
    let mut named = settings(2);
    for _ in 0..3 {
        let mut scene = Scene::new(named.clone());
        scene.media.rules(room(1), rules(&[1]));
        scene.up(room(1), 1, Way::udp());
        scene.down(room(1), 2, Way::tcp(scene.tcp()));
        scene.hears(1, 1);
        let taken = Media::start(Settings { udp: scene.udp(), ..settings(1) });
        assert!(matches!(taken, Err(StartNo::Listen(..))));
        (named.udp, named.tcp) = (scene.udp(), Some(scene.tcp()));
        let media = scene.media.clone();
        media.stop();
        scene.until("everybody was told", |scene| {
            scene.clients[0].is_closed && scene.clients[1].is_closed
        });
        assert!(!scene.heard.is_empty());
        drop(scene);
        assert_eq!(media.listens(), Some((named.udp, named.tcp)));
    }
}

#[test]
fn a_room_nobody_spoke_of_is_not_there() {
    let scene = Scene::new(settings(1));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (media, offer) = (&scene.media, String::new());
    let up = runtime.block_on(media.up(room(1), 1, offer.clone(), false));
    assert_eq!(up, Err(UpNo::Absent));
    let down = runtime.block_on(media.down(room(1), 1, false, None));
    assert_eq!(down, Err(DownNo::Absent));
    media.rules(room(1), rules(&[]));
    let up = runtime.block_on(media.up(room(1), 1, offer.clone(), false));
    assert_eq!(up, Err(UpNo::Unread));
    let answer = runtime.block_on(media.answer(room(1), 1, 1, offer));
    assert_eq!(answer, Err(DownNo::Unread));
    let none = Media::none();
    assert_eq!(runtime.block_on(none.down(room(1), 1, false, None)), Err(DownNo::Absent));
    assert!(!none.is_there() && media.is_there());
}
