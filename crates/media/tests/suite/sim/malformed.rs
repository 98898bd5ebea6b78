//! Publishers with valid keys and bad packets: malformed payloads, or far too many.

use std::time::Duration;

use str0m::Input;
use str0m::rtp::{ExtensionValues, RtpWrite};

use super::basic::rules;
use super::publisher::Tracks;
use super::world::World;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn malformed_payloads_with_valid_keys_harm_nobody_else() {
    for seed in 0..3 {
        let mut world = World::new("rubbish", 300 + seed);
        let room = world.open_room(rules(&[1, 2, 3], &[1, 2, 3]));
        for seat in 1..=3 {
            world.connect_up(room, seat, Tracks::BOTH);
            world.connect_down(room, seat, seat == 3);
        }
        world.connect_all();
        world.run(SECOND);
        // Seat 1 sends random payloads with random sequence numbers and timestamps.
        world.peers[0].publisher_mut().stop();
        let streams = world.peers[0].publisher_mut().streams();
        let mut seq = 40_000;
        for _ in 0..1_500 {
            let length = world.dice.below(1_150);
            let mut payload = vec![0_u8; length];
            payload.fill_with(|| world.dice.byte());
            seq += if world.dice.one_in(20) { 900 } else { 1 };
            let (pt, ssrc) = *world.dice.pick(&streams);
            let time = world.dice.word();
            let marker = world.dice.one_in(3);
            let ext = ExtensionValues {
                audio_level: Some(-i8::try_from(world.dice.below(127)).unwrap()),
                ..ExtensionValues::default()
            };
            let now = world.now;
            let rtc = &mut world.peers[0].rtc;
            if let Some(tx) = rtc.direct_api().stream_tx(&ssrc) {
                let write = RtpWrite::new(pt, seq.into(), time, now, payload);
                tx.write_rtp(write.marker(marker).ext_vals(ext));
            }
            rtc.handle_input(Input::Timeout(now)).unwrap();
            world.run(Duration::from_millis(2));
        }
        let before = world.peers[3].subscriber().from(3);
        let decoded = world.peers[3].subscriber().decoded();
        world.run(SECOND * 2);
        let after = world.peers[3].subscriber().from(3);
        assert!(after.0 >= before.0 + 95, "{before:?} {after:?}");
        assert!(world.peers[3].subscriber().decoded() > decoded + 25);
        assert_eq!(world.hub.peer_count(), 6);
    }
}

#[test]
fn a_flooding_publisher_is_limited_and_others_do_not_notice() {
    let mut world = World::new("flood of sound", 310);
    let room = world.open_room(rules(&[1, 2], &[]));
    for seat in 1..=2 {
        world.connect_up(room, seat, Tracks::SOUND);
    }
    let down = world.connect_down(room, 3, false);
    world.connect_all();
    world.run(SECOND);
    let sound = world.peers[0].publisher_mut().sound.as_mut().unwrap();
    sound.every = Duration::from_micros(125);
    let before = world.peers[down].subscriber().from(2).0;
    let flood = world.peers[down].subscriber().from(1).0;
    world.run(SECOND);
    let subscriber = world.peers[down].subscriber();
    let flood = subscriber.from(1).0 - flood;
    // Of eight thousand, as many pass as the bucket and a second's rate allow.
    assert!((500..=3_100).contains(&flood), "{flood}");
    assert!(subscriber.from(2).0 >= before + 49);
    assert!(subscriber.voices[&2].slowest < 45_000, "nor was it delayed");
}
