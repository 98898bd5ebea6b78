//! A good line.

use std::time::Duration;

use sitwith_core::sit::media::Rules;

use crate::give::Gives;
use crate::world::World;

pub(crate) fn rules(voices: &[u32], faces: &[u32]) -> Rules {
    Rules { voices: voices.to_vec(), faces: faces.to_vec(), people: 3, ..Rules::default() }
}

#[test]
fn three_people_hear_and_see_each_other() {
    let mut world = World::new("three people", 1);
    let room = world.room(rules(&[1, 2, 3], &[1, 2, 3]));
    for seat in 1..=3 {
        world.up(room, seat, Gives::BOTH);
        world.down(room, seat, false);
    }
    world.connect();
    world.run(Duration::from_secs(5));
    for seat in 1..=3u32 {
        let watch = world.peers[usize::try_from(seat).unwrap() * 2 - 1].seen();
        for other in (1..=3).filter(|other| *other != seat) {
            let (voice, face) = watch.from(other);
            assert!(voice > 200, "{seat} heard {other}: {voice}");
            assert!(face > 60, "{seat} saw {other}: {face}");
        }
        assert_eq!(watch.from(seat), (0, 0), "nobody gets their own");
        assert_eq!((watch.frozen(), watch.strange), (0, 0));
        assert!(watch.check_streams(true) > 600);
    }
}
