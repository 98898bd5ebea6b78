//! Rooms on good links.

use std::time::Duration;

use sitwith_core::sit::media::MediaRules;

use super::publisher::Tracks;
use super::world::World;

pub(crate) fn rules(voices: &[u32], faces: &[u32]) -> MediaRules {
    MediaRules {
        voices: voices.to_vec(),
        faces: faces.to_vec(),
        people: 3,
        ..MediaRules::default()
    }
}

#[test]
fn three_people_hear_and_see_each_other() {
    let mut world = World::new("three people", 1);
    let room = world.open_room(rules(&[1, 2, 3], &[1, 2, 3]));
    for seat in 1..=3 {
        world.connect_up(room, seat, Tracks::BOTH);
        world.connect_down(room, seat, false);
    }
    world.connect_all();
    world.run(Duration::from_secs(5));
    for seat in 1..=3u32 {
        let subscriber = world.peers[usize::try_from(seat).unwrap() * 2 - 1].subscriber();
        for other in (1..=3).filter(|other| *other != seat) {
            let (voice, face) = subscriber.from(other);
            assert!(voice > 200, "{seat} heard {other}: {voice}");
            assert!(face > 60, "{seat} saw {other}: {face}");
        }
        assert_eq!(subscriber.from(seat), (0, 0), "nobody receives their own tracks");
        assert_eq!((subscriber.frozen(), subscriber.strange), (0, 0));
        assert!(subscriber.check_streams(true) > 600);
    }
}
