//! Lines that lose, delay, double and shuffle, and sources that have run for long.

use std::time::Duration;

use crate::basic::rules;
use crate::give::Gives;
use crate::line::Line;
use crate::watch::Watch;
use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);

/// How many of the pieces of sound from this seat came, in hundredths of those between the first
/// and the last, and the longest stretch that was missing.
fn sound(watch: &Watch, seat: u32) -> (usize, u32) {
    let all = watch.lines.values().flatten();
    let of = all.filter(|got| got.stamp.seat == seat && got.picture.is_none());
    let mut came: Vec<u32> = of.map(|got| got.stamp.n).collect();
    came.sort_unstable();
    came.dedup();
    let span = came.last().unwrap() - came.first().unwrap() + 1;
    let gap = came.windows(2).map(|pair| pair[1] - pair[0] - 1).max();
    (came.len() * 100 / span as usize, gap.unwrap_or(0))
}

/// Three people on lines of this kind for twenty seconds.
fn three_on(name: &'static str, line: &Line, seed: u64) -> World {
    let mut world = World::new(name, seed);
    let room = world.room(rules(&[1, 2, 3], &[1, 2, 3]));
    for seat in 1..=3 {
        let up = world.up(room, seat, Gives::BOTH);
        let down = world.down(room, seat, false);
        world.lines(up, line);
        world.lines(down, line);
    }
    world.connect();
    world.run(SECOND * 20);
    world
}

#[test]
fn on_lines_as_in_a_train_sound_goes_on_and_pictures_are_repaired() {
    for seed in 1..=2 {
        let mut world = three_on("train", &Line::poor(), seed);
        for ear in [1, 3, 5_usize] {
            let watch = world.peers[ear].seen();
            watch.check_streams(false);
            for seat in (1..=3).filter(|seat| *seat as usize * 2 - 1 != ear) {
                let (share, gap) = sound(watch, seat);
                // Twice through a line that loses one of 25.
                assert!(share >= 88, "{share} % of {seat}'s sound");
                assert!(gap <= 5, "{gap} pieces in a row were missing");
            }
            let (decoded, frozen) = (watch.decoded(), watch.frozen());
            assert!(decoded > 500, "{decoded} pictures");
            assert!(frozen <= 3, "{frozen} pictures had to be given up");
            assert_eq!(watch.strange, 0);
        }
        // One of 25 packets is lost on each way: without repair hardly a second would pass.
        let keys = |world: &mut World, up: usize| {
            let giver = world.peers[up].giver();
            giver.camera.as_ref().unwrap().layers[0].keys
        };
        for up in [0, 2, 4] {
            assert!(keys(&mut world, up) < 15, "whole pictures are no repair");
        }
    }
}

#[test]
fn what_comes_twice_or_too_late_is_sent_on_once_and_in_its_place() {
    let line = Line { twice: 200, late: 150, jitter: Duration::from_millis(10), ..Line::default() };
    let mut world = three_on("double", &line, 4);
    for up in [0, 2, 4] {
        world.peers[up].giver().stop();
    }
    world.run(SECOND);
    for ear in [1, 3, 5] {
        let watch = world.peers[ear].seen();
        assert!(watch.check_streams(true) > 2_400);
        assert_eq!(watch.frozen(), 0);
    }
}

#[test]
fn a_source_whose_numbers_have_rolled_over_often_is_heard_by_all_who_come_late() {
    let mut world = World::new("rollover", 5);
    let room = world.room(rules(&[1], &[1]));
    let up = world.up(room, 1, Gives::BOTH);
    let giver = world.peers[up].giver();
    let sound = giver.sound.as_mut().unwrap();
    // Sixty packets are one rollover.
    (sound.seq, sound.stride) = (64_000, 1_100);
    for layer in &mut giver.camera.as_mut().unwrap().layers {
        layer.seq = 65_480;
    }
    let early = world.down(room, 2, false);
    world.connect();
    world.run(SECOND * 6);
    let seq = world.peers[up].giver().sound.as_ref().unwrap().seq;
    assert!(seq > 5 * 65_536, "{seq}");
    let late = world.down(room, 3, true);
    world.connect();
    world.run(SECOND * 6);
    let watch = world.peers[early].seen();
    watch.check_streams(false);
    assert_eq!(sound_share(watch), 100);
    assert_eq!(watch.frozen(), 0);
    let highest = watch.lines.values().flatten().map(|got| got.seq).max();
    assert!(highest.unwrap() > 5 * 65_536, "ours rolled over too");
    let watch = world.peers[late].seen();
    watch.check_streams(false);
    assert_eq!(sound_share(watch), 100);
    let lowest = watch.lines.values().flatten().map(|got| got.seq).min();
    assert!(lowest.unwrap() < 65_536, "who comes late begins at rollover 0");
    assert!(watch.from(1).0 > 270 && watch.decoded() > 75);
}

fn sound_share(watch: &Watch) -> usize {
    sound(watch, 1).0
}

#[test]
fn a_face_goes_on_over_a_rollover_while_packets_are_lost() {
    let mut world = World::new("rollover with loss", 6);
    let room = world.room(rules(&[], &[1]));
    let up = world.up(room, 1, Gives::BOTH);
    let ear = world.down(room, 2, false);
    world.lines(up, &Line::poor());
    world.lines(ear, &Line::poor());
    for layer in &mut world.peers[up].giver().camera.as_mut().unwrap().layers {
        layer.seq = 65_400;
    }
    world.connect();
    world.run(SECOND * 20);
    let seq = world.peers[up].giver().camera.as_ref().unwrap().layers[0].seq;
    assert!(seq > 65_600, "{seq}");
    let watch = world.peers[ear].seen();
    watch.check_streams(false);
    assert!(watch.decoded() > 250, "{}", watch.decoded());
    assert!(watch.frozen() <= 2, "{}", watch.frozen());
}
