//! People come and go hundreds of times and nothing is left of them.

use std::time::Duration;

use sitwith_core::sit::media::MediaRules;
use sitwith_media::hub::HubCommand;
use str0m::net::Protocol;

use super::publisher::Tracks;
use super::world::World;

fn everybody() -> MediaRules {
    let seats: Vec<u32> = (1..=6).collect();
    MediaRules { voices: seats.clone(), faces: seats, people: 6, ..MediaRules::default() }
}

/// Six seats, whose connections leave, vanish or are replaced one after the other, on nine ports.
fn come_and_go(world: &mut World, room: usize, times: u32) {
    let port =
        |n: u32| std::net::SocketAddr::from(([10, 2, 0, 1], 3_000 + u16::try_from(n % 9).unwrap()));
    for n in 0..times {
        let seat = 1 + n % 6;
        match world.dice.below(4) {
            0 => world.close_seat(room, seat),
            1 => world.drop_gone(),
            _ => {}
        }
        let port_up = port(world.dice.word());
        let port_down = port(world.dice.word());
        let gives = if n % 3 == 0 { Tracks::BOTH } else { Tracks::SOUND };
        if n % 2 == 0 {
            world.free_port(port_up);
            if let Ok(up) = world.connect_up_at(room, seat, gives, port_up) {
                world.publish_little(up);
            }
        } else {
            world.free_port(port_down);
            let paced = world.dice.one_in(3);
            let _full = world.connect_down_at(room, seat, (Protocol::Udp, paced), port_down);
        }
        let wait = world.dice.range(50, 900);
        world.run(Duration::from_millis(wait.unsigned_abs()));
    }
}

#[test]
fn hundreds_of_connections_leave_nothing_behind() {
    let mut world = World::new("come and go", 11);
    let room = world.open_room(everybody());
    let mut most = 0;
    for _ in 0..5 {
        come_and_go(&mut world, room, 60);
        let sizes = world.hub.sizes();
        // Six who publish and subscribe, and those who vanished within the last half minute.
        most = most.max(sizes.peers);
        assert!(sizes.peers <= 12, "{sizes:?}");
        assert!(sizes.ufrags <= sizes.peers * 2, "{sizes:?}");
        assert!(sizes.addrs <= sizes.peers * 2, "{sizes:?}");
        assert!(sizes.deadlines <= sizes.peers + 1, "{sizes:?}");
        assert_eq!(sizes.rooms, 1);
    }
    assert!(most >= 6, "there was somebody: {most}");
    let id = world.rooms[room];
    world.handle_command(HubCommand::CloseRoom(id));
    world.run(Duration::from_secs(1));
    let sizes = world.hub.sizes();
    let all = [sizes.peers, sizes.ufrags, sizes.addrs, sizes.deadlines, sizes.rooms];
    assert_eq!(all, [0; 5], "{sizes:?}");
}

#[test]
fn closed_rooms_leave_nothing_behind() {
    let mut world = World::new("rooms", 12);
    for n in 0..30 {
        let room = world.open_room(everybody());
        let up = world.connect_up(room, 1, Tracks::SOUND);
        world.publish_little(up);
        let down = world.connect_down(room, 2, n % 2 == 0);
        world.run_until("it is heard", |world| world.peers[down].subscriber().from(1).0 > 0);
        let id = world.rooms[room];
        world.handle_command(HubCommand::CloseRoom(id));
        world.vanish(up);
        world.vanish(down);
        let sizes = world.hub.sizes();
        assert_eq!((sizes.peers, sizes.rooms, sizes.ufrags), (0, 0, 0));
    }
}
