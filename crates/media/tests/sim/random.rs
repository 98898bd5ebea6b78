//! Random rules and random people: whatever comes out was named by a rule when it came out.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sitwith_core::sit::media::Rules;

use crate::chance::Dice;
use crate::give::Gives;
use crate::line::Line;
use crate::peer::Part;
use crate::watch::Watch;
use crate::world::World;

/// How long every packet takes on every line here.
const WAY: Duration = Duration::from_millis(20);

/// Some of these seats.
fn some(dice: &mut Dice, seats: u32) -> Vec<u32> {
    (1..=seats).filter(|_| dice.one_in(2)).collect()
}

/// Everything that came was named when the home sent it.
fn check(watch: &Watch, said: &BTreeMap<Instant, Rules>, faults: &mut Vec<String>) -> usize {
    let mut looked = 0;
    for got in watch.lines.values().flatten() {
        looked += 1;
        let sent = got.at - WAY;
        let named = |rules: &Rules| match got.picture {
            Some(_) => rules.faces.contains(&got.stamp.seat),
            None => rules.voices.contains(&got.stamp.seat),
        };
        // What was said in that very moment may have come just before or just after.
        let mut last = said.range(..=sent).rev();
        let (at, rules) = last.next().unwrap();
        let before = last.next().filter(|_| *at == sent);
        if !named(rules) && !before.is_some_and(|(_, rules)| named(rules)) {
            faults.push(format!("{got:?} was sent {:?} after {rules:?}", sent - *at));
        }
    }
    looked
}

#[test]
fn nothing_ever_comes_out_that_no_rule_names() {
    for seed in 0..6 {
        let mut world = World::new("random rules", 100 + seed);
        let room = world.room(Rules::default());
        let mut ears = Vec::new();
        // Packets are lost, so that some are asked for again after the rule has changed.
        let line = Line { delay: WAY, loss: 50, ..Line::default() };
        for seat in 1..=4 {
            let up = world.up(room, seat, Gives::BOTH);
            let ear = world.down(room, seat, seat == 2);
            world.lines(up, &line);
            world.lines(ear, &line);
            ears.push(ear);
        }
        world.connect();
        let mut said = BTreeMap::from([(world.start, Rules::default())]);
        for _ in 0..30 {
            let rules = Rules {
                voices: some(&mut world.dice, 5),
                faces: some(&mut world.dice, 5),
                always: some(&mut world.dice, 5),
                people: *world.dice.pick(&[3, 30]),
                spotlight: None,
            };
            said.insert(world.now, rules.clone());
            world.rules(room, rules);
            let wait = world.dice.range(20, 500);
            world.run(Duration::from_millis(wait.unsigned_abs()));
        }
        world.run(WAY * 2);
        let mut faults = Vec::new();
        let looked: usize =
            ears.iter().map(|ear| check(world.peers[*ear].seen(), &said, &mut faults)).sum();
        assert!(looked > 1_000, "{looked}");
        assert!(faults.is_empty(), "{} of {looked}: {}", faults.len(), faults[0]);
    }
}

#[test]
fn once_a_rule_says_nobody_the_home_sends_no_media_at_all() {
    let mut world = World::new("nobody", 200);
    let everybody =
        Rules { voices: vec![1, 2, 3], faces: vec![1, 2, 3], people: 3, ..Rules::default() };
    let room = world.room(everybody);
    for seat in 1..=3 {
        world.up(room, seat, Gives::BOTH);
        let ear = world.down(room, seat, seat == 3);
        world.lines(ear, &Line::poor());
    }
    world.connect();
    world.run(Duration::from_secs(3));
    // Lines that are not measured carry nothing at all; one that is, hardly anything, and never
    // anything of anybody's: the other test looks into each.
    let sent = |world: &World, paced: bool| {
        let downs = world.peers.iter().filter(|peer| matches!(peer.part, Part::Down(_)));
        let of = downs.filter(|peer| peer.paced == paced);
        of.map(|peer| world.sent[&peer.at].media).sum::<u64>()
    };
    assert!(sent(&world, false) > 500);
    world.rules(room, Rules::default());
    let before = (sent(&world, false), sent(&world, true));
    world.run(Duration::from_secs(10));
    assert_eq!(sent(&world, false), before.0, "seen at the door of the home");
    let filled = sent(&world, true) - before.1;
    assert!(filled < 80, "{filled} packets of nothing in ten seconds");
}
