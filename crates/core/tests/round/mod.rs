//! Whole rounds in virtual time: 2 to 50 people who come, answer, pass, change their words, take
//! them back, send them twice and leave; a model that reads in its own time; guides who change
//! what they like; and a home that is killed in the middle. Everything follows from a seed; a
//! failure prints it.
//!
//! What must hold is in `checks.rs`; what happens is in `world.rs`, people's words in `words.rs`.
//! `attack.rs` is somebody curious who tries to find out who wrote what; `large.rs` is a round of
//! thousands.

mod attack;
mod checks;
mod large;
mod words;
mod world;

use crate::chance::{Dice, Seed, seeds};
use world::{Tally, World};

/// How the rounds of one test are.
#[derive(Clone, Copy)]
struct Kind {
    people_max: i64,
    /// Whether people take words back, change them, sign them, and guides edit.
    is_lively: bool,
    is_killed: bool,
}

fn hold(usual: std::ops::Range<u64>, kind: Kind) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds(usual) {
        let _seed = Seed("round", seed);
        let mut world = World::new(seed, kind);
        world.run();
        tally.add(&world.tally);
    }
    eprintln!("{tally:?}");
    // A simulation in which nothing happens proves nothing.
    assert!(tally.shares > 0 && tally.batches > 0 && tally.themes > 0 && tally.opened > 0);
    assert_eq!(tally.kills > 0, kind.is_killed);
    assert_eq!(tally.withdrawn > 0, kind.is_lively);
    assert_eq!(tally.edits > 0, kind.is_lively);
    tally
}

#[test]
fn small_rounds_in_which_people_answer_and_pass() {
    hold(0..1_500, Kind { people_max: 12, is_lively: false, is_killed: false });
}

#[test]
fn lively_rounds() {
    hold(10_000..11_500, Kind { people_max: 14, is_lively: true, is_killed: false });
}

#[test]
fn rounds_of_fifty_in_which_hardly_anything_moves() {
    let tally = hold(20_000..20_200, Kind { people_max: 50, is_lively: false, is_killed: false });
    let moved = tally.moved / tally.arrivals;
    eprintln!("{:.3} % of what is shown moves with an arrival", moved * 100.0);
    assert!(moved <= 0.01, "{moved}");
}

#[test]
fn rounds_whose_home_is_killed_in_the_middle() {
    hold(30_000..31_500, Kind { people_max: 20, is_lively: true, is_killed: true });
}
