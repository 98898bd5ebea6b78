//! Givers with the right keys and bad packets: rubbish inside, or far too many.

use std::time::Duration;

use str0m::Input;
use str0m::rtp::{ExtensionValues, RtpWrite};

use crate::basic::rules;
use crate::give::Gives;
use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn rubbish_inside_packets_with_the_right_keys_harms_nobody_else() {
    for seed in 0..3 {
        let mut world = World::new("rubbish", 300 + seed);
        let room = world.room(rules(&[1, 2, 3], &[1, 2, 3]));
        for seat in 1..=3 {
            world.up(room, seat, Gives::BOTH);
            world.down(room, seat, seat == 3);
        }
        world.connect();
        world.run(SECOND);
        // Seat 1 sends pictures and sound of random bytes, in random numbers and times.
        world.peers[0].giver().stop();
        let streams = world.peers[0].giver().streams();
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
        let before = world.peers[3].seen().from(3);
        let decoded = world.peers[3].seen().decoded();
        world.run(SECOND * 2);
        let after = world.peers[3].seen().from(3);
        assert!(after.0 >= before.0 + 95, "{before:?} {after:?}");
        assert!(world.peers[3].seen().decoded() > decoded + 25);
        assert_eq!(world.hub.peers(), 6);
    }
}

#[test]
fn a_giver_of_far_too_much_is_held_back_and_the_others_do_not_notice() {
    let mut world = World::new("flood of sound", 310);
    let room = world.room(rules(&[1, 2], &[]));
    for seat in 1..=2 {
        world.up(room, seat, Gives::SOUND);
    }
    let ear = world.down(room, 3, false);
    world.connect();
    world.run(SECOND);
    let sound = world.peers[0].giver().sound.as_mut().unwrap();
    sound.every = Duration::from_micros(125);
    let before = world.peers[ear].seen().from(2).0;
    let flood = world.peers[ear].seen().from(1).0;
    world.run(SECOND);
    let watch = world.peers[ear].seen();
    let flood = watch.from(1).0 - flood;
    // Eight thousand were given: what a second and a full bucket hold came through.
    assert!((500..=3_100).contains(&flood), "{flood}");
    assert!(watch.from(2).0 >= before + 49);
    assert!(watch.voices[&2].slowest < 45_000, "nor was it late");
}
