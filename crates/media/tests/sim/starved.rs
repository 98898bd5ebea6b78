//! Machines that have more to do than they can: what comes to them is late, and comes in lumps,
//! though their lines carry everything.

use std::time::{Duration, Instant};

use sitwith_core::sit::media::{Carries, Told};

use crate::basic::rules;
use crate::give::Gives;
use crate::line::Line;
use crate::narrow::{guided, moving};
use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);
/// When a machine has time again, all faces are back within this.
const BACK_WITHIN: Duration = Duration::from_secs(15);

/// From now on for so long this browser's machine stands still for `still` milliseconds, and goes
/// on for `goes`, again and again.
fn starve(world: &mut World, ear: usize, much: Duration, still: (u32, u32), goes: (u32, u32)) {
    let stalls = stalls(world, much, still, goes);
    let peer = &mut world.peers[ear];
    peer.to_home.stalls.clone_from(&stalls);
    peer.from_home.stalls = stalls;
}

/// When a machine stands still during this time.
fn stalls(
    world: &mut World,
    much: Duration,
    still: (u32, u32),
    goes: (u32, u32),
) -> Vec<(Instant, Instant)> {
    let end = world.now + much;
    let mut at = world.now;
    let mut stalls: Vec<(Instant, Instant)> = vec![];
    let mut some = |(least, most): (u32, u32)| {
        let more = world.dice.next() % u64::from(most - least);
        MS * (least + u32::try_from(more).unwrap())
    };
    while at < end {
        let until = at + some(still);
        stalls.push((at, until));
        at = until + some(goes);
    }
    stalls
}

/// How long it takes until all of so many faces are seen, and stay so for three seconds.
fn back(world: &mut World, ear: usize, faces: usize) -> Duration {
    let from = world.now;
    let mut since = None;
    while world.now - from < SECOND * 60 {
        world.run(MS * 100);
        if moving(world, ear) < faces {
            since = None;
        } else if world.now - *since.get_or_insert(world.now) >= SECOND * 3 {
            break;
        }
    }
    since.map_or(SECOND * 60, |at| at - from)
}

/// The longest that less than all of so many faces are seen during this time, and how long in all.
fn without(world: &mut World, ear: usize, faces: usize, much: Duration) -> (Duration, Duration) {
    let end = world.now + much;
    let (mut longest, mut all, mut since) = (Duration::ZERO, Duration::ZERO, None);
    while world.now < end {
        world.run(MS * 100);
        if moving(world, ear) == faces {
            since = None;
        } else {
            all += MS * 100;
            longest = longest.max(world.now - *since.get_or_insert(world.now));
        }
    }
    (longest, all)
}

/// What was told of the line of seat 9, and when.
fn line_told(world: &World) -> Vec<(Duration, Carries)> {
    let line = |told: &(Instant, _, Told)| match told.2 {
        Told::Line(9, carries) => Some((told.0 - world.start, carries)),
        _ => None,
    };
    world.told.iter().filter_map(line).collect()
}

#[test]
fn a_machine_that_was_starved_for_seconds_shows_all_faces_soon_after() {
    for seed in 1..=4 {
        let (mut world, ear) = guided("starved", seed);
        world.run(SECOND * 20);
        assert_eq!(moving(&world, ear), 3);
        // Both ends, as where browser and home are on one machine.
        starve(&mut world, ear, SECOND * 5, (300, 800), (50, 300));
        world.stalls = stalls(&mut world, SECOND * 5, (300, 800), (50, 300));
        world.run(SECOND * 5);
        let took = back(&mut world, ear, 3);
        assert!(took <= BACK_WITHIN, "{took:?}");
    }
}

#[test]
fn a_machine_that_is_starved_from_the_beginning_shows_all_faces_when_it_has_time() {
    for seed in 1..=4 {
        let mut world = World::new("starved twelve", seed);
        let seats: Vec<u32> = (1..=12).collect();
        let room = world.room(rules(&[1], &seats));
        for seat in &seats {
            let up = world.up(room, *seat, Gives::BOTH);
            if *seat > 1 {
                world.peers[up].giver().sound.as_mut().unwrap().on = false;
            }
        }
        let ear = world.down(room, 99, true);
        world.peers[ear].watch().keep = false;
        starve(&mut world, ear, SECOND * 10, (50, 400), (20, 200));
        world.stalls = stalls(&mut world, SECOND * 10, (50, 400), (20, 200));
        world.run(SECOND * 10);
        let took = back(&mut world, ear, 12);
        assert!(took <= BACK_WITHIN, "{took:?}");
    }
}

#[test]
fn a_machine_that_is_starved_again_and_again_is_not_without_faces_for_long() {
    for seed in 1..=3 {
        let (mut world, ear) = guided("starved again", seed);
        world.run(SECOND * 20);
        for _ in 0..6 {
            starve(&mut world, ear, SECOND * 3, (300, 800), (50, 300));
            world.stalls = stalls(&mut world, SECOND * 3, (300, 800), (50, 300));
            let (longest, _) = without(&mut world, ear, 3, SECOND * 20);
            assert!(longest <= BACK_WITHIN, "{longest:?}");
        }
    }
}

#[test]
fn a_machine_that_is_slow_all_the_time_shows_faces_nearly_all_the_time() {
    for seed in 1..=4 {
        let (mut world, ear) = guided("slow", seed);
        starve(&mut world, ear, SECOND * 80, (20, 200), (20, 100));
        world.run(SECOND * 15);
        let (longest, all) = without(&mut world, ear, 3, SECOND * 60);
        assert!(longest <= SECOND * 6, "{longest:?}");
        assert!(all <= SECOND * 9, "{all:?}");
    }
}

#[test]
fn where_home_and_browser_are_on_one_slow_machine_faces_are_seen_too() {
    for seed in 1..=4 {
        let (mut world, ear) = guided("slow both", seed);
        starve(&mut world, ear, SECOND * 80, (10, 120), (20, 150));
        world.stalls = stalls(&mut world, SECOND * 80, (10, 120), (20, 150));
        world.run(SECOND * 15);
        let (longest, all) = without(&mut world, ear, 3, SECOND * 60);
        assert!(longest <= SECOND * 6, "{longest:?}");
        assert!(all <= SECOND * 9, "{all:?}");
    }
}

#[test]
fn a_home_that_stands_still_now_and_then_lets_no_face_go_for_it() {
    for seed in 1..=4 {
        let (mut world, ear) = guided("home slow", seed);
        world.run(SECOND * 15);
        world.stalls = stalls(&mut world, SECOND * 40, (300, 900), (40, 160));
        let (longest, all) = without(&mut world, ear, 3, SECOND * 40);
        assert!(longest <= SECOND, "{longest:?}");
        assert!(all <= SECOND, "{all:?}");
    }
}

#[test]
fn a_machine_that_is_hardly_given_any_time_is_not_told_of_a_thin_line_again_and_again() {
    for seed in 1..=4 {
        let (mut world, ear) = guided("hardly", seed);
        world.run(SECOND * 20);
        let told = line_told(&world).len();
        starve(&mut world, ear, SECOND * 60, (100, 500), (20, 100));
        world.stalls = stalls(&mut world, SECOND * 60, (20, 120), (20, 100));
        let (longest, all) = without(&mut world, ear, 3, SECOND * 60);
        let told = line_told(&world).split_off(told);
        assert!(told.len() <= 2, "{told:?}");
        assert!(longest <= SECOND * 6, "{longest:?}");
        assert!(all <= SECOND * 9, "{all:?}");
    }
}

#[test]
fn a_line_that_is_thin_does_not_flicker() {
    let (mut world, ear) = guided("thin", 31);
    world.peers[ear].from_home = Line::narrow(200_000);
    world.run(SECOND * 20);
    let switched = |world: &World| -> u64 {
        let decoders = world.peers[ear].seen().decoders.values();
        decoders.map(|one| one.switched).sum()
    };
    let told = line_told(&world).len();
    let before = switched(&world);
    world.run(SECOND * 120);
    let (began, told) = (switched(&world) - before, line_told(&world).len() - told);
    assert!(began <= 8, "{began} times another face or layer began");
    assert!(told <= 8, "{told} times something was told of it");
    let last = line_told(&world).last().map(|told| told.1);
    assert!(last.is_some_and(|carries| carries < Carries::All));
}
