//! Whole sits in virtual time: 2 to 50 people on good, slow, stalling and cut lines, who come,
//! leave, come back, sit quietly and gesture; guides who change what they like; and a home that
//! is killed in the middle. Everything follows from a seed; a failure prints it.
//!
//! What must hold is in `checks.rs`; the home is in `home.rs`, the lines in `net.rs`, people and
//! their browsers in `people.rs`, and what happens to them in `world.rs`.

mod checks;
mod home;
mod large;
mod net;
mod people;
mod world;

use world::World;

/// Chance from a seed (SplitMix64), the same on every machine.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5151_7717)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `from` up to and including `to`.
    fn range(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to - from + 1).unwrap();
        from + i64::try_from(self.next() % width).unwrap()
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    /// A number of seconds for a phase.
    fn secs(&mut self, from: i64, to: i64) -> u32 {
        u32::try_from(self.range(from, to)).unwrap()
    }

    /// A place in a list of this length.
    fn below(&mut self, length: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(length).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Says which seed it was when a sit fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the sit of seed {} failed", self.0);
        }
    }
}

/// How the sits of one test are.
#[derive(Clone, Copy)]
struct Kind {
    people_max: i64,
    is_killed: bool,
    bad_lines: bool,
}

fn sit_through(seeds: std::ops::Range<u64>, kind: Kind) {
    let mut tally = world::Tally::default();
    for seed in seeds {
        let _seed = Seed(seed);
        let mut world = World::new(seed, kind);
        world.run();
        tally.add(&world.tally);
    }
    eprintln!("{tally:?}");
    // A simulation in which nothing happens proves nothing.
    assert!(tally.changes > 0 && tally.bells > 0 && tally.entries > 0 && tally.looks > 0);
    assert_eq!(tally.kills > 0, kind.is_killed);
    assert!(tally.behind > 0, "no line was ever behind");
    assert!(tally.pauses > 0 && tally.turns > 0);
}

#[test]
fn small_sits_on_good_lines() {
    sit_through(
        0..600,
        Kind {
            people_max: 8,
            is_killed: false,
            bad_lines: false,
        },
    );
}

#[test]
fn small_sits_on_bad_lines() {
    sit_through(
        10_000..11_000,
        Kind {
            people_max: 8,
            is_killed: false,
            bad_lines: true,
        },
    );
}

#[test]
fn sits_of_fifty_on_bad_lines() {
    sit_through(
        20_000..20_150,
        Kind {
            people_max: 50,
            is_killed: false,
            bad_lines: true,
        },
    );
}

#[test]
fn sits_whose_home_is_killed_in_the_middle() {
    sit_through(
        30_000..31_000,
        Kind {
            people_max: 12,
            is_killed: true,
            bad_lines: true,
        },
    );
}
