//! Lines that carry little: sound always, and faces as far as they fit.

use std::time::Duration;

use sitwith_core::sit::media::{Carries, Told};

use crate::basic::rules;
use crate::give::Gives;
use crate::line::Line;
use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// How many faces are moving now at this listener.
pub(crate) fn moving(world: &World, ear: usize) -> usize {
    let decoders = world.peers[ear].seen().decoders.values();
    let fresh = |shown: &(u32, u8, std::time::Instant)| world.now - shown.2 < SECOND;
    decoders.filter(|one| one.shown.as_ref().is_some_and(fresh)).count()
}

/// The slowest packet of this seat's sound from now on, in this time, in milliseconds, and how
/// many came.
fn sound(world: &mut World, ear: usize, seat: u32, much: Duration) -> (u64, u64) {
    let from = world.peers[ear].watch().voices.entry(seat).or_default();
    from.slowest = 0;
    let before = from.packets;
    world.run(much);
    let from = world.peers[ear].seen().voices[&seat];
    (from.slowest / 1_000, from.packets - before)
}

/// One guide who speaks and three faces, and a listener whose line is told apart.
pub(crate) fn guided(name: &'static str, seed: u64) -> (World, usize) {
    let mut world = World::new(name, seed);
    let room = world.room(rules(&[1], &[1, 2, 3]));
    for seat in 1..=3 {
        let up = world.up(room, seat, Gives::BOTH);
        if seat > 1 {
            world.peers[up].giver().sound.as_mut().unwrap().on = false;
        }
    }
    let ear = world.down(room, 9, true);
    world.peers[ear].watch().keep = false;
    world.connect();
    (world, ear)
}

#[test]
fn on_a_narrow_line_sound_goes_on_faces_go_and_come_back_when_it_widens() {
    let (mut world, ear) = guided("narrow", 21);
    world.peers[ear].from_home = Line::narrow(3_000_000);
    let (slowest, came) = sound(&mut world, ear, 1, SECOND * 20);
    assert!(slowest < 100 && came >= 990, "wide: {slowest} ms, {came}");
    assert_eq!(moving(&world, ear), 3, "all faces on a wide line");
    // The line grows narrow in the middle of it.
    world.peers[ear].from_home = Line::narrow(200_000);
    world.run(SECOND * 10);
    let (slowest, came) = sound(&mut world, ear, 1, SECOND * 20);
    assert!(came >= 970, "narrow: {came} of 1000");
    assert!(slowest < 150, "narrow: {slowest} ms");
    assert!(moving(&world, ear) <= 1, "{}", moving(&world, ear));
    let told = |world: &World| {
        let line = |told: &Told| match told {
            Told::Line(9, carries) => Some(*carries),
            _ => None,
        };
        world.told.iter().rev().find_map(|told| line(&told.2))
    };
    assert!(told(&world).is_some_and(|carries| carries < Carries::All));
    // And wide again.
    world.peers[ear].from_home = Line::narrow(3_000_000);
    world.until("all faces are back", |world| moving(world, ear) == 3);
    world.run(SECOND * 5);
    assert_eq!(told(&world), Some(Carries::All));
    assert_eq!(moving(&world, ear), 3);
}

#[test]
fn a_line_that_is_narrow_from_the_beginning_carries_sound_at_once() {
    let (mut world, ear) = guided("narrow at first", 22);
    world.peers[ear].from_home = Line::narrow(200_000);
    world.run(SECOND * 5);
    let (slowest, came) = sound(&mut world, ear, 1, SECOND * 20);
    assert!(came >= 970, "{came} of 1000");
    assert!(slowest < 150, "{slowest} ms");
}

#[test]
fn one_who_gives_on_a_hundred_kilobits_is_heard() {
    let mut world = World::new("narrow up", 23);
    let room = world.room(rules(&[1], &[1]));
    let up = world.up(room, 1, Gives::BOTH);
    let ear = world.down(room, 2, false);
    // What a browser does on such a line: no large layer, and few bits for the small one.
    let camera = world.peers[up].giver().camera.as_mut().unwrap();
    camera.layers[1].on = false;
    camera.layers[0].bits = 20_000;
    world.peers[up].to_home = Line::narrow(100_000);
    world.peers[up].from_home = Line::narrow(100_000);
    world.connect();
    world.run(SECOND);
    let (slowest, came) = sound(&mut world, ear, 1, SECOND * 20);
    assert!(came >= 995, "{came} of 1000");
    assert!(slowest < 200, "{slowest} ms");
    assert_eq!(moving(&world, ear), 1);
    assert_eq!(world.peers[ear].seen().frozen(), 0);
}

#[test]
fn a_face_larger_than_lines_are_taken_to_carry_at_first_comes_though_nothing_else_is_sent() {
    let mut world = World::new("large alone", 24);
    let room = world.room(rules(&[1], &[1]));
    let one_large = Gives { sound: false, layers: 1 };
    let up = world.up(room, 1, one_large);
    let camera = world.peers[up].giver().camera.as_mut().unwrap();
    camera.layers[0].bits = 1_000_000;
    camera.every = Duration::from_millis(33);
    let ears: Vec<usize> = (2..42).map(|seat| world.down(room, seat, true)).collect();
    for ear in &ears {
        world.peers[*ear].watch().keep = false;
    }
    world.connect();
    let from = world.now;
    world.until("all see it", |world| ears.iter().all(|ear| moving(world, *ear) == 1));
    assert!(world.now - from < SECOND * 10, "{:?}", world.now - from);
    for _ in 0..20 {
        world.run(SECOND);
        assert!(ears.iter().all(|ear| moving(&world, *ear) == 1));
    }
}
