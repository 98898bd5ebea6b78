//! A thousand changes of what a line carries, and each line is one stream for its browser.

use std::time::Duration;

use sitwith_core::sit::media::{WantedFaces, Wants};

use crate::basic::rules;
use crate::give::Gives;
use crate::line::Line;
use crate::world::World;

/// A picture every tenth of a second, in few packets: what matters here are their numbers.
fn small_faces(world: &mut World, up: usize) {
    let camera = world.peers[up].giver().camera.as_mut().unwrap();
    camera.every = Duration::from_millis(100);
    for layer in &mut camera.layers {
        layer.bits /= 4;
    }
    world.peers[up].giver().sound.as_mut().unwrap().on = false;
}

#[test]
fn a_thousand_changes_of_layer_and_face_leave_every_line_one_stream() {
    let mut world = World::new("thousand switches", 7);
    let room = world.room(rules(&[], &[1, 2, 3]));
    let near = Line { delay: Duration::from_millis(5), ..Line::default() };
    for seat in 1..=6 {
        let up = world.up(room, seat, Gives::BOTH);
        world.lines(up, &near);
        small_faces(&mut world, up);
    }
    let ear = world.down(room, 9, false);
    world.lines(ear, &near);
    world.connect();
    let switched = |world: &World| -> u64 {
        let decoders = world.peers[ear].seen().decoders.values();
        decoders.map(|decoder| decoder.switched).sum()
    };
    let mut changes = 0;
    while switched(&world) < 1_000 {
        changes += 1;
        assert!(changes < 3_000, "{} switches only", switched(&world));
        if world.dice.one_in(2) {
            let tall = *world.dice.pick(&[100, 300, 500]);
            let faces = WantedFaces::All(25);
            world.wants(room, 9, Wants { faces, tall });
        }
        if world.dice.one_in(2) {
            let mut seats = vec![1, 2, 3, 4, 5, 6];
            while seats.len() > 3 {
                let out = world.dice.below(seats.len());
                seats.remove(out);
            }
            world.rules(room, rules(&[], &seats));
        }
        let wait = world.dice.range(60, 400);
        world.run(Duration::from_millis(wait.unsigned_abs()));
    }
    let watch = world.peers[ear].seen();
    assert_eq!(watch.lines.len(), 3);
    assert!(watch.check_streams(true) > 3_000);
    assert_eq!(watch.frozen(), 0);
    assert_eq!(watch.strange, 0);
}
