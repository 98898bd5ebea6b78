//! A thousand changes of source and layer, and each slot remains one stream for its browser.

use std::time::Duration;

use sitwith_core::sit::media::{MediaWants, WantedFaces};

use super::basic::rules;
use super::link::SimLink;
use super::publisher::Tracks;
use super::world::World;

/// A frame every 100 ms in few packets: only their numbers matter here.
fn small_faces(world: &mut World, up: usize) {
    let camera = world.peers[up].publisher_mut().camera.as_mut().unwrap();
    camera.every = Duration::from_millis(100);
    for layer in &mut camera.layers {
        layer.bits /= 4;
    }
    world.peers[up].publisher_mut().sound.as_mut().unwrap().on = false;
}

#[test]
fn a_thousand_switches_leave_every_slot_one_stream() {
    let mut world = World::new("thousand switches", 7);
    let room = world.open_room(rules(&[], &[1, 2, 3]));
    let near = SimLink { delay: Duration::from_millis(5), ..SimLink::default() };
    for seat in 1..=6 {
        let up = world.connect_up(room, seat, Tracks::BOTH);
        world.set_links(up, &near);
        small_faces(&mut world, up);
    }
    let down = world.connect_down(room, 9, false);
    world.set_links(down, &near);
    world.connect_all();
    let switched = |world: &World| -> u64 {
        let decoders = world.peers[down].subscriber().decoders.values();
        decoders.map(|decoder| decoder.switched).sum()
    };
    let mut changes = 0;
    while switched(&world) < 1_000 {
        changes += 1;
        assert!(changes < 3_000, "{} switches only", switched(&world));
        if world.dice.one_in(2) {
            let tall = *world.dice.pick(&[100, 300, 500]);
            let faces = WantedFaces::All(25);
            world.set_wants(room, 9, MediaWants { faces, tile_px: tall });
        }
        if world.dice.one_in(2) {
            let mut seats = vec![1, 2, 3, 4, 5, 6];
            while seats.len() > 3 {
                let out = world.dice.below(seats.len());
                seats.remove(out);
            }
            world.set_rules(room, rules(&[], &seats));
        }
        let wait = world.dice.range(60, 400);
        world.run(Duration::from_millis(wait.unsigned_abs()));
    }
    let subscriber = world.peers[down].subscriber();
    assert_eq!(subscriber.received.len(), 3);
    assert!(subscriber.check_streams(true) > 3_000);
    assert_eq!(subscriber.frozen(), 0);
    assert_eq!(subscriber.strange, 0);
}
