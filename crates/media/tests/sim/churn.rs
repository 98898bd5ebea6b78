//! People come and go, hundreds of times: nothing is left of them.

use std::time::Duration;

use sitwith_core::sit::media::Rules;
use sitwith_media::hub::Act;
use str0m::net::Protocol;

use crate::give::Gives;
use crate::world::World;

fn everybody() -> Rules {
    let seats: Vec<u32> = (1..=6).collect();
    Rules { voices: seats.clone(), faces: seats, people: 6, ..Rules::default() }
}

/// Six seats, of whom one after the other leaves, vanishes or replaces what they had, on few
/// ports.
fn come_and_go(world: &mut World, room: usize, times: u32) {
    let port =
        |n: u32| std::net::SocketAddr::from(([10, 2, 0, 1], 3_000 + u16::try_from(n % 9).unwrap()));
    for n in 0..times {
        let seat = 1 + n % 6;
        match world.dice.below(4) {
            0 => world.close(room, seat),
            1 => world.drop_gone(),
            _ => {}
        }
        let port_up = port(world.dice.word());
        let port_down = port(world.dice.word());
        let gives = if n % 3 == 0 { Gives::BOTH } else { Gives::SOUND };
        if n % 2 == 0 {
            world.replace(port_up);
            if let Ok(up) = world.up_at(room, seat, gives, port_up) {
                world.quiet(up);
            }
        } else {
            world.replace(port_down);
            let paced = world.dice.one_in(3);
            let _full = world.down_at(room, seat, (Protocol::Udp, paced), port_down);
        }
        let wait = world.dice.range(50, 900);
        world.run(Duration::from_millis(wait.unsigned_abs()));
    }
}

#[test]
fn after_hundreds_have_come_and_gone_nothing_is_left_of_them() {
    let mut world = World::new("come and go", 11);
    let room = world.room(everybody());
    let mut most = 0;
    for _ in 0..5 {
        come_and_go(&mut world, room, 60);
        let counts = world.hub.counts();
        // Six who give and get, and those who vanished within the last half minute.
        most = most.max(counts.peers);
        assert!(counts.peers <= 12, "{counts:?}");
        assert!(counts.names <= counts.peers * 2, "{counts:?}");
        assert!(counts.addresses <= counts.peers * 2, "{counts:?}");
        assert!(counts.timers <= counts.peers + 1, "{counts:?}");
        assert_eq!(counts.rooms, 1);
    }
    assert!(most >= 6, "there was somebody: {most}");
    let id = world.rooms[room];
    world.act(Act::CloseRoom(id));
    world.run(Duration::from_secs(1));
    let counts = world.hub.counts();
    let all = [counts.peers, counts.names, counts.addresses, counts.timers, counts.rooms];
    assert_eq!(all, [0; 5], "{counts:?}");
}

#[test]
fn rooms_come_and_go_too() {
    let mut world = World::new("rooms", 12);
    for n in 0..30 {
        let room = world.room(everybody());
        let up = world.up(room, 1, Gives::SOUND);
        world.quiet(up);
        let ear = world.down(room, 2, n % 2 == 0);
        world.until("it is heard", |world| world.peers[ear].seen().from(1).0 > 0);
        let id = world.rooms[room];
        world.act(Act::CloseRoom(id));
        world.vanish(up);
        world.vanish(ear);
        let counts = world.hub.counts();
        assert_eq!((counts.peers, counts.rooms, counts.names), (0, 0, 0));
    }
}
