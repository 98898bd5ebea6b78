//! Machines without CPU time: packets are delivered late and in lumps, though their links carry
//! everything.

use std::time::{Duration, Instant};

use sitwith_core::sit::media::{DownlinkCapacity, ForwarderEvent};

use super::basic::rules;
use super::link::SimLink;
use super::low_bitrate::{guided_room, moving_faces};
use super::publisher::Tracks;
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);
/// Time within which all faces are back when CPU time is available again.
const BACK_WITHIN: Duration = Duration::from_secs(15);

/// For `time`, a browser's machine alternates between standing still and running, for milliseconds
/// within these ranges.
fn starve_machine(
    world: &mut World,
    down: usize,
    time: Duration,
    still: (u32, u32),
    goes: (u32, u32),
) {
    let stalls = random_stalls(world, time, still, goes);
    let peer = &mut world.peers[down];
    peer.uplink.stalls.clone_from(&stalls);
    peer.downlink.stalls = stalls;
}

/// Intervals in which a machine stands still during `time`.
fn random_stalls(
    world: &mut World,
    time: Duration,
    still: (u32, u32),
    goes: (u32, u32),
) -> Vec<(Instant, Instant)> {
    let end = world.now + time;
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

/// Time until all faces are seen and stay so for three seconds.
fn time_until_back(world: &mut World, down: usize, faces: usize) -> Duration {
    let from = world.now;
    let mut since = None;
    while world.now - from < SECOND * 60 {
        world.run(MS * 100);
        if moving_faces(world, down) < faces {
            since = None;
        } else if world.now - *since.get_or_insert(world.now) >= SECOND * 3 {
            break;
        }
    }
    since.map_or(SECOND * 60, |at| at - from)
}

/// Longest interval without some face during `time`, and the sum of all.
fn time_without(
    world: &mut World,
    down: usize,
    faces: usize,
    time: Duration,
) -> (Duration, Duration) {
    let end = world.now + time;
    let (mut longest, mut all, mut since) = (Duration::ZERO, Duration::ZERO, None);
    while world.now < end {
        world.run(MS * 100);
        if moving_faces(world, down) == faces {
            since = None;
        } else {
            all += MS * 100;
            longest = longest.max(world.now - *since.get_or_insert(world.now));
        }
    }
    (longest, all)
}

/// Reports about the link of seat 9, with their times.
fn link_reports(world: &World) -> Vec<(Duration, DownlinkCapacity)> {
    let report = |told: &(Instant, _, ForwarderEvent)| match told.2 {
        ForwarderEvent::DownlinkChanged(9, carries) => Some((told.0 - world.start, carries)),
        _ => None,
    };
    world.events.iter().filter_map(report).collect()
}

#[test]
fn after_seconds_without_cpu_all_faces_are_soon_back() {
    for seed in 1..=4 {
        let (mut world, down) = guided_room("starved", seed);
        world.run(SECOND * 20);
        assert_eq!(moving_faces(&world, down), 3);
        // Both ends, as when browser and home share a machine.
        starve_machine(&mut world, down, SECOND * 5, (300, 800), (50, 300));
        world.stalls = random_stalls(&mut world, SECOND * 5, (300, 800), (50, 300));
        world.run(SECOND * 5);
        let took = time_until_back(&mut world, down, 3);
        assert!(took <= BACK_WITHIN, "{took:?}");
    }
}

#[test]
fn a_browser_starved_of_cpu_from_the_start_shows_all_faces_afterwards() {
    for seed in 1..=4 {
        let mut world = World::new("starved twelve", seed);
        let seats: Vec<u32> = (1..=12).collect();
        let room = world.open_room(rules(&[1], &seats));
        for seat in &seats {
            let up = world.connect_up(room, *seat, Tracks::BOTH);
            if *seat > 1 {
                world.peers[up].publisher_mut().sound.as_mut().unwrap().on = false;
            }
        }
        let down = world.connect_down(room, 99, true);
        world.peers[down].subscriber_mut().keep = false;
        starve_machine(&mut world, down, SECOND * 10, (50, 400), (20, 200));
        world.stalls = random_stalls(&mut world, SECOND * 10, (50, 400), (20, 200));
        world.run(SECOND * 10);
        let took = time_until_back(&mut world, down, 12);
        assert!(took <= BACK_WITHIN, "{took:?}");
    }
}

#[test]
fn a_browser_starved_repeatedly_is_not_without_faces_for_long() {
    for seed in 1..=3 {
        let (mut world, down) = guided_room("starved again", seed);
        world.run(SECOND * 20);
        for _ in 0..6 {
            starve_machine(&mut world, down, SECOND * 3, (300, 800), (50, 300));
            world.stalls = random_stalls(&mut world, SECOND * 3, (300, 800), (50, 300));
            let (longest, _) = time_without(&mut world, down, 3, SECOND * 20);
            assert!(longest <= BACK_WITHIN, "{longest:?}");
        }
    }
}

#[test]
fn a_slow_browser_shows_faces_nearly_all_the_time() {
    for seed in 1..=4 {
        let (mut world, down) = guided_room("slow", seed);
        starve_machine(&mut world, down, SECOND * 80, (20, 200), (20, 100));
        world.run(SECOND * 15);
        let (longest, all) = time_without(&mut world, down, 3, SECOND * 60);
        assert!(longest <= SECOND * 6, "{longest:?}");
        assert!(all <= SECOND * 9, "{all:?}");
    }
}

#[test]
fn with_home_and_browser_on_one_slow_machine_faces_are_seen_too() {
    for seed in 1..=4 {
        let (mut world, down) = guided_room("slow both", seed);
        starve_machine(&mut world, down, SECOND * 80, (10, 120), (20, 150));
        world.stalls = random_stalls(&mut world, SECOND * 80, (10, 120), (20, 150));
        world.run(SECOND * 15);
        let (longest, all) = time_without(&mut world, down, 3, SECOND * 60);
        assert!(longest <= SECOND * 6, "{longest:?}");
        assert!(all <= SECOND * 9, "{all:?}");
    }
}

#[test]
fn a_home_starved_of_cpu_drops_no_face() {
    for seed in 1..=4 {
        let (mut world, down) = guided_room("home slow", seed);
        world.run(SECOND * 15);
        world.stalls = random_stalls(&mut world, SECOND * 40, (300, 900), (40, 160));
        let (longest, all) = time_without(&mut world, down, 3, SECOND * 40);
        assert!(longest <= SECOND, "{longest:?}");
        assert!(all <= SECOND, "{all:?}");
    }
}

#[test]
fn a_heavily_starved_browser_gets_few_reports_about_its_link() {
    for seed in 1..=4 {
        let (mut world, down) = guided_room("hardly", seed);
        world.run(SECOND * 20);
        let told = link_reports(&world).len();
        starve_machine(&mut world, down, SECOND * 60, (100, 500), (20, 100));
        world.stalls = random_stalls(&mut world, SECOND * 60, (20, 120), (20, 100));
        let (longest, all) = time_without(&mut world, down, 3, SECOND * 60);
        let told = link_reports(&world).split_off(told);
        assert!(told.len() <= 2, "{told:?}");
        assert!(longest <= SECOND * 6, "{longest:?}");
        assert!(all <= SECOND * 9, "{all:?}");
    }
}

#[test]
fn a_thin_link_does_not_flicker() {
    let (mut world, down) = guided_room("thin", 31);
    world.peers[down].downlink = SimLink::with_bitrate(200_000);
    world.run(SECOND * 20);
    let switched = |world: &World| -> u64 {
        let decoders = world.peers[down].subscriber().decoders.values();
        decoders.map(|one| one.switched).sum()
    };
    let told = link_reports(&world).len();
    let before = switched(&world);
    world.run(SECOND * 120);
    let (began, told) = (switched(&world) - before, link_reports(&world).len() - told);
    assert!(began <= 8, "{began} switches");
    assert!(told <= 8, "{told} reports");
    let last = link_reports(&world).last().map(|told| told.1);
    assert!(last.is_some_and(|carries| carries < DownlinkCapacity::AllWanted));
}
