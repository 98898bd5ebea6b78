//! Sound that repeats earlier sound: what is lost on the way is still heard.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::basic::rules;
use crate::give::Gives;
use crate::line::Line;
use crate::watch::Watch;
use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// Somebody gives sound that repeats, from seat 1. Returns the room and the place of who gives.
fn repeating(name: &'static str, seed: u64) -> (World, usize, usize) {
    let mut world = World::new(name, seed);
    let room = world.room(rules(&[1], &[]));
    let up = world.up(room, 1, Gives::SOUND);
    let peer = &mut world.peers[up];
    let crate::peer::Part::Up(giver) = &mut peer.part else {
        unreachable!("it gives");
    };
    giver.repeat(&peer.rtc);
    (world, room, up)
}

/// The pieces of seat 1's sound that came, and those that came once more with a later one.
fn pieces(watch: &Watch) -> (BTreeSet<u32>, BTreeSet<u32>) {
    let came = watch.lines.values().flatten().map(|got| got.stamp.n);
    let again = watch.repeated.get(&1).cloned().unwrap_or_default();
    (came.collect(), again)
}

/// How many pieces are missing between the first and the last of these.
fn missing(all: &BTreeSet<u32>) -> usize {
    let span = all.last().unwrap() - all.first().unwrap() + 1;
    usize::try_from(span).unwrap() - all.len()
}

#[test]
fn who_is_there_and_who_comes_late_both_hear_what_was_lost_with_the_next_piece() {
    let (mut world, room, _) = repeating("repeats", 1);
    let early = world.down(room, 2, true);
    world.connect();
    world.run(SECOND);
    let late = world.down(room, 3, true);
    let line = Line { loss: 50, ..Line::default() };
    for ear in [early, late] {
        world.peers[ear].from_home = line.clone();
    }
    world.connect();
    world.run(SECOND * 20);
    for ear in [early, late] {
        let (came, again) = pieces(world.peers[ear].seen());
        let lost = missing(&came);
        assert!(lost > 25, "{lost} were lost on the way");
        let heard = missing(&came.union(&again).copied().collect());
        assert!(heard * 5 < lost, "{heard} of {lost} were not heard");
    }
}

#[test]
fn who_understands_no_repeats_gets_the_sound_alone() {
    let (mut world, room, _) = repeating("no repeats", 2);
    world.repeats = false;
    let ear = world.down(room, 2, true);
    world.connect();
    world.run(SECOND * 3);
    let watch = world.peers[ear].seen();
    assert_eq!(watch.strange, 0);
    assert!(watch.from(1).0 > 100, "{:?}", watch.from(1));
    assert_eq!(pieces(watch).1, BTreeSet::new());
}

#[test]
fn what_was_said_before_somebody_could_be_heard_is_not_repeated() {
    let (mut world, room, up) = repeating("before", 3);
    let ear = world.down(room, 2, true);
    world.connect();
    world.run(SECOND);
    for _ in 0..3 {
        world.rules(room, rules(&[], &[]));
        world.run(SECOND);
        let (came, again) = pieces(world.peers[ear].seen());
        let last = world.peers[up].giver().sound.as_ref().unwrap().n;
        world.rules(room, rules(&[1], &[]));
        world.run(SECOND);
        let (more, once_more) = pieces(world.peers[ear].seen());
        assert!(more.len() > came.len() + 40);
        let unheard = |n: &&u32| !more.contains(n);
        let fresh = once_more.difference(&again).filter(unheard);
        assert_eq!(fresh.collect::<Vec<_>>(), Vec::<&u32>::new(), "{last}");
    }
}
