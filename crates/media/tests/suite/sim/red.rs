//! RED: lost audio is still heard.

use std::collections::BTreeSet;
use std::time::Duration;

use super::basic::rules;
use super::link::SimLink;
use super::publisher::Tracks;
use super::subscriber::Subscriber;
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// Seat 1 publishes audio with RED. Returns the world, the room and the up.
fn repeating(name: &'static str, seed: u64) -> (World, usize, usize) {
    let mut world = World::new(name, seed);
    let room = world.open_room(rules(&[1], &[]));
    let up = world.connect_up(room, 1, Tracks::SOUND);
    let peer = &mut world.peers[up];
    let super::peer::Part::Up(publisher) = &mut peer.part else {
        unreachable!("it gives");
    };
    publisher.enable_red(&peer.rtc);
    (world, room, up)
}

/// Numbers of seat 1's packets received as primary blocks, and as redundant ones.
fn pieces(subscriber: &Subscriber) -> (BTreeSet<u32>, BTreeSet<u32>) {
    let came = subscriber.received.values().flatten().map(|got| got.stamp.n);
    let again = subscriber.repeated.get(&1).cloned().unwrap_or_default();
    (came.collect(), again)
}

/// Missing packets between the first and the last of these.
fn missing(all: &BTreeSet<u32>) -> usize {
    let span = all.last().unwrap() - all.first().unwrap() + 1;
    usize::try_from(span).unwrap() - all.len()
}

#[test]
fn early_and_late_joiners_recover_lost_audio_from_red() {
    let (mut world, room, _) = repeating("repeats", 1);
    let early = world.connect_down(room, 2, true);
    world.connect_all();
    world.run(SECOND);
    let late = world.connect_down(room, 3, true);
    let link = SimLink { loss: 50, ..SimLink::default() };
    for down in [early, late] {
        world.peers[down].downlink = link.clone();
    }
    world.connect_all();
    world.run(SECOND * 20);
    for down in [early, late] {
        let (came, again) = pieces(world.peers[down].subscriber());
        let lost = missing(&came);
        assert!(lost > 25, "{lost} were lost on the way");
        let heard = missing(&came.union(&again).copied().collect());
        assert!(heard * 5 < lost, "{heard} of {lost} were not heard");
    }
}

#[test]
fn a_browser_without_red_gets_primary_blocks_alone() {
    let (mut world, room, _) = repeating("no repeats", 2);
    world.negotiates_red = false;
    let down = world.connect_down(room, 2, true);
    world.connect_all();
    world.run(SECOND * 3);
    let subscriber = world.peers[down].subscriber();
    assert_eq!(subscriber.strange, 0);
    assert!(subscriber.from(1).0 > 100, "{:?}", subscriber.from(1));
    assert_eq!(pieces(subscriber).1, BTreeSet::new());
}

#[test]
fn audio_from_before_a_rule_is_not_repeated_by_red() {
    let (mut world, room, up) = repeating("before", 3);
    let down = world.connect_down(room, 2, true);
    world.connect_all();
    world.run(SECOND);
    for _ in 0..3 {
        world.set_rules(room, rules(&[], &[]));
        world.run(SECOND);
        let (came, again) = pieces(world.peers[down].subscriber());
        let last = world.peers[up].publisher_mut().sound.as_ref().unwrap().n;
        world.set_rules(room, rules(&[1], &[]));
        world.run(SECOND);
        let (more, once_more) = pieces(world.peers[down].subscriber());
        assert!(more.len() > came.len() + 40);
        let unheard = |n: &&u32| !more.contains(n);
        let fresh = once_more.difference(&again).filter(unheard);
        assert_eq!(fresh.collect::<Vec<_>>(), Vec::<&u32>::new(), "{last}");
    }
}
