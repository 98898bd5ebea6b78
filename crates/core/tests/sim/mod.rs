//! Whole sits in virtual time: 2 to 50 people on good, slow, stalling and cut lines, who come,
//! leave, come back, sit quietly and gesture; guides who change what they like; and a home that
//! is killed in the middle. Everything follows from a seed; a failure prints it.
//!
//! What must hold is in `checks.rs`; the home is in `home.rs`, the lines in `net.rs`, people and
//! their browsers in `people.rs`, their voices and faces in `media.rs`, and what happens to them in `world.rs`.

mod checks;
mod home;
mod large;
mod media;
mod net;
mod people;
mod world;

use crate::chance::{Dice, Seed, seeds};
use world::World;

/// How the sits of one test are.
#[derive(Clone, Copy)]
struct Kind {
    people_max: i64,
    is_killed: bool,
    bad_lines: bool,
}

fn sit_through(usual: std::ops::Range<u64>, kind: Kind) {
    let mut tally = world::Tally::default();
    for seed in seeds(usual) {
        let _seed = Seed("sit", seed);
        let mut world = World::new(seed, kind);
        world.run();
        tally.add(&world.tally);
    }
    eprintln!("{tally:?}");
    // A simulation in which nothing happens proves nothing.
    assert!(tally.changes > 0 && tally.bells > 0 && tally.entries > 0 && tally.looks > 0);
    assert_eq!(tally.kills > 0, kind.is_killed);
    assert!(tally.behind > 0, "no line was ever behind");
    assert!(tally.pauses > 0 && tally.turns > 0 && tally.heard > 0);
}

#[test]
fn small_sits_on_good_lines() {
    sit_through(0..600, Kind { people_max: 8, is_killed: false, bad_lines: false });
}

#[test]
fn small_sits_on_bad_lines() {
    sit_through(10_000..11_000, Kind { people_max: 8, is_killed: false, bad_lines: true });
}

#[test]
fn sits_of_fifty_on_bad_lines() {
    sit_through(20_000..20_150, Kind { people_max: 50, is_killed: false, bad_lines: true });
}

#[test]
fn sits_whose_home_is_killed_in_the_middle() {
    sit_through(30_000..31_000, Kind { people_max: 12, is_killed: true, bad_lines: true });
}
