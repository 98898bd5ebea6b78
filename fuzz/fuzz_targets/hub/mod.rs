//! A hub with a room in which everybody may be heard and seen, for the targets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::MediaRules;
use sitwith_core::time;
use sitwith_media::RandomSource;
use sitwith_media::hub::{Hub, HubCommand, HubSettings};

/// The hub, its room, and the time it began. What it takes for chance is always the same, so that
/// its names can be guessed by mutation.
pub fn open() -> (Hub, RunId, Instant) {
    let now = Instant::now();
    let at = SocketAddr::from(([10, 0, 0, 1], 7_000));
    let settings = HubSettings {
        worker: 0,
        udp: vec![at],
        tcp: vec![at],
        peers_max: 100,
        random: RandomSource(Arc::new(|bytes: &mut [u8]| bytes.fill(0xAB))),
    };
    let mut hub = Hub::new(settings, now);
    let room = RunId::new(time::Instant::from_ms(1_790_000_000_000), [7; 10]);
    let rules = MediaRules {
        voices: vec![1, 2],
        faces: vec![1, 2],
        people: 2,
        ..MediaRules::default()
    };
    hub.handle_command(HubCommand::SetRules(room, Arc::new(rules)), now);
    (hub, room, now)
}
