//! Random rules and people: every packet sent was allowed by a rule at the time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sitwith_core::sit::media::MediaRules;

use super::dice::Dice;
use super::link::SimLink;
use super::peer::Part;
use super::publisher::Tracks;
use super::subscriber::Subscriber;
use super::world::World;

/// Delay of every packet on every link here.
const WAY: Duration = Duration::from_millis(20);

/// A random subset of these seats.
fn some(dice: &mut Dice, seats: u32) -> Vec<u32> {
    (1..=seats).filter(|_| dice.one_in(2)).collect()
}

/// Each packet was allowed when the home sent it.
fn check(
    subscriber: &Subscriber,
    said: &BTreeMap<Instant, MediaRules>,
    faults: &mut Vec<String>,
) -> usize {
    let mut looked = 0;
    for got in subscriber.received.values().flatten() {
        looked += 1;
        let sent = got.at - WAY;
        let named = |rules: &MediaRules| match got.picture {
            Some(_) => rules.faces.contains(&got.stamp.seat),
            None => rules.voices.contains(&got.stamp.seat),
        };
        // At the very time of a change, either of the two rules may have applied.
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
fn no_packet_is_sent_that_no_rule_names() {
    for seed in 0..6 {
        let mut world = World::new("random rules", 100 + seed);
        let room = world.open_room(MediaRules::default());
        let mut downs = Vec::new();
        // Packets are lost, so some are requested by NACK after the rule has changed.
        let link = SimLink { delay: WAY, loss: 50, ..SimLink::default() };
        for seat in 1..=4 {
            let up = world.connect_up(room, seat, Tracks::BOTH);
            let down = world.connect_down(room, seat, seat == 2);
            world.set_links(up, &link);
            world.set_links(down, &link);
            downs.push(down);
        }
        world.connect_all();
        let mut said = BTreeMap::from([(world.start, MediaRules::default())]);
        for _ in 0..30 {
            let rules = MediaRules {
                voices: some(&mut world.dice, 5),
                faces: some(&mut world.dice, 5),
                always: some(&mut world.dice, 5),
                people: *world.dice.pick(&[3, 30]),
                spotlight: None,
            };
            said.insert(world.now, rules.clone());
            world.set_rules(room, rules);
            let wait = world.dice.range(20, 500);
            world.run(Duration::from_millis(wait.unsigned_abs()));
        }
        world.run(WAY * 2);
        let mut faults = Vec::new();
        let looked: usize = downs
            .iter()
            .map(|down| check(world.peers[*down].subscriber(), &said, &mut faults))
            .sum();
        assert!(looked > 1_000, "{looked}");
        assert!(faults.is_empty(), "{} of {looked}: {}", faults.len(), faults[0]);
    }
}

#[test]
fn with_empty_rules_the_home_sends_no_media_at_all() {
    let mut world = World::new("nobody", 200);
    let everybody = MediaRules {
        voices: vec![1, 2, 3],
        faces: vec![1, 2, 3],
        people: 3,
        ..MediaRules::default()
    };
    let room = world.open_room(everybody);
    for seat in 1..=3 {
        world.connect_up(room, seat, Tracks::BOTH);
        let down = world.connect_down(room, seat, seat == 3);
        world.set_links(down, &SimLink::lossy());
    }
    world.connect_all();
    world.run(Duration::from_secs(3));
    // Unpaced links carry nothing at all. A paced one carries a little padding, which belongs to
    // nobody: the other test looks into each packet.
    let sent = |world: &World, paced: bool| {
        let downs = world.peers.iter().filter(|peer| matches!(peer.part, Part::Down(_)));
        let of = downs.filter(|peer| peer.paced == paced);
        of.map(|peer| world.sent[&peer.at].media).sum::<u64>()
    };
    assert!(sent(&world, false) > 500);
    world.set_rules(room, MediaRules::default());
    let before = (sent(&world, false), sent(&world, true));
    world.run(Duration::from_secs(10));
    assert_eq!(sent(&world, false), before.0, "counted in the hub's outputs");
    let filled = sent(&world, true) - before.1;
    assert!(filled < 80, "{filled} packets of padding in ten seconds");
}
