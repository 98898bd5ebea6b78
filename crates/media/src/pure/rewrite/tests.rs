//! The output is one stream whatever is switched, lost, late or duplicated.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::pure::test_epoch;

const MS: Duration = Duration::from_millis(1);

fn audio_numbers(seq: u64, timestamp: u32) -> RtpNumbers {
    RtpNumbers { seq, timestamp, ..RtpNumbers::default() }
}

fn video_numbers(seq: u64, timestamp: u32, picture: u16, tl0: u8) -> RtpNumbers {
    RtpNumbers {
        seq,
        timestamp,
        picture_id: Some(picture & PICTURE_ID_MASK),
        tl0_pic_idx: Some(tl0),
    }
}

/// Input to a slot.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The next packet of the source, with this step from the one before.
    Packet { ahead: u64 },
    /// A packet this far behind the newest.
    Late { behind: u64 },
    /// A switch to another source with these numbers.
    Switch { seq: u64, timestamp: u32, picture: u16 },
    /// A pause in which the source sends this number of packets.
    Pause { missed: u64 },
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => (1u64..4).prop_map(|ahead| Step::Packet { ahead }),
        2 => (1u64..2_500).prop_map(|ahead| Step::Packet { ahead }),
        2 => (0u64..4_000_000_000).prop_map(|ahead| Step::Packet { ahead }),
        6 => (0u64..700).prop_map(|behind| Step::Late { behind }),
        3 => (0u64..1 << 40, any::<u32>(), any::<u16>())
            .prop_map(|(seq, timestamp, picture)| Step::Switch { seq, timestamp, picture }),
        2 => (0u64..100_000).prop_map(|missed| Step::Pause { missed }),
    ]
}

/// First numbers of a source, number of its packets, and milliseconds before the first.
fn any_run() -> impl Strategy<Value = (RtpNumbers, u8, u32)> {
    let first = (0u64..1 << 40, any::<u32>(), any::<u16>(), any::<u8>());
    let first = first.prop_map(|(seq, ts, id, tl0)| video_numbers(seq, ts, id, tl0));
    (first, 1u8..40, 0u32..5_000)
}

proptest! {
    #[test]
    fn the_output_is_one_stream_whatever_happens(
        first in any::<u16>(),
        steps in prop::collection::vec(any_step(), 1..400),
    ) {
        let mut now = test_epoch();
        let mut slot = RtpRewriter::new(first, 90_000);
        let (mut source, mut at) = (0u64, video_numbers(5_000, 0, 0, 0));
        slot.switch_source(source);
        let mut sent = BTreeSet::new();
        let mut top: Option<u64> = None;
        for step in steps {
            now += MS * 20;
            let incoming = match step {
                Step::Packet { ahead } => {
                    at.seq += ahead;
                    at.timestamp = at.timestamp.wrapping_add(1_800);
                    at
                }
                Step::Late { behind } => RtpNumbers { seq: at.seq.saturating_sub(behind), ..at },
                Step::Switch { seq, timestamp, picture: id } => {
                    source += 1;
                    at = video_numbers(seq, timestamp, id, 7);
                    slot.switch_source(source);
                    at
                }
                Step::Pause { missed } => {
                    slot.pause();
                    prop_assert_eq!(slot.rewrite(source, &at, now), None);
                    at.seq += missed;
                    slot.switch_source(source);
                    at
                }
            };
            // Late packets of the previous source are never sent.
            prop_assert_eq!(slot.rewrite(source + 1, &incoming, now), None);
            let Some(out) = slot.rewrite(source, &incoming, now) else { continue };
            prop_assert!(sent.insert(out.seq), "sent twice");
            match top {
                // It starts at rollover 0, so that a browser that joins late can decrypt.
                None => prop_assert_eq!(out.seq, u64::from(first)),
                Some(top) => prop_assert!(out.seq <= top + GAP_MAX && out.seq + LATE_MAX > top),
            }
            top = Some(top.unwrap_or(0).max(out.seq));
        }
    }

    #[test]
    fn switches_and_pauses_leave_no_gap(
        runs in prop::collection::vec(any_run(), 1..50),
    ) {
        let mut now = test_epoch();
        let mut slot = RtpRewriter::new(9, 90_000);
        let mut before: Option<(RtpNumbers, Instant)> = None;
        for (source, (first, length, wait)) in (0u64..).zip(runs) {
            slot.switch_source(source);
            for n in 0..length {
                now += MS * if n == 0 { wait } else { 33 };
                let incoming = RtpNumbers {
                    seq: first.seq + u64::from(n),
                    timestamp: first.timestamp.wrapping_add(2_970 * u32::from(n)),
                    picture_id: first.picture_id.map(|id| id.wrapping_add(n.into()) & PICTURE_ID_MASK),
                    tl0_pic_idx: first.tl0_pic_idx.map(|id| id.wrapping_add(n)),
                };
                let out = slot.rewrite(source, &incoming, now).unwrap();
                if let Some((last, at)) = before {
                    prop_assert_eq!(out.seq, last.seq + 1);
                    prop_assert_eq!(out.picture_id, Some((last.picture_id.unwrap() + 1) & PICTURE_ID_MASK));
                    prop_assert_eq!(out.tl0_pic_idx, Some(last.tl0_pic_idx.unwrap().wrapping_add(1)));
                    let ticks = u128::from(out.timestamp.wrapping_sub(last.timestamp));
                    let elapsed = (now - at).as_millis() * 90;
                    prop_assert!(ticks == elapsed || ticks == 1_800 && elapsed < 1_800, "{ticks} {elapsed}");
                }
                before = Some((out, now));
            }
        }
    }
}

#[test]
fn a_source_beyond_rollovers_starts_at_our_first_number() {
    let now = test_epoch();
    let mut slot = RtpRewriter::new(100, 48_000);
    slot.switch_source(1);
    let out = slot.rewrite(1, &audio_numbers(5 * 65_536 + 65_530, 7), now).unwrap();
    assert_eq!(out, audio_numbers(100, 7));
    let far = slot.rewrite(1, &audio_numbers(6 * 65_536 + 10, 8), now).unwrap();
    assert_eq!(far.seq, 100 + 16);
}

#[test]
fn gaps_of_the_source_can_still_be_filled() {
    let now = test_epoch();
    let mut slot = RtpRewriter::new(0, 48_000);
    slot.switch_source(1);
    let mut write = |seq| slot.rewrite(1, &audio_numbers(seq, 0), now).map(|out| out.seq);
    assert_eq!(write(10), Some(0));
    assert_eq!(write(13), Some(3));
    assert_eq!(write(11), Some(1));
    assert_eq!(write(11), None);
    assert_eq!(write(12), Some(2));
    assert_eq!(write(9), None);
    assert_eq!(write(13 + 511), Some(3 + 511));
    assert_eq!(write(13), None);
}

#[test]
fn a_large_jump_of_the_source_is_not_passed_on() {
    let now = test_epoch();
    let mut slot = RtpRewriter::new(0, 48_000);
    slot.switch_source(1);
    let mut write = |seq| slot.rewrite(1, &audio_numbers(seq, 0), now).map(|out| out.seq);
    assert_eq!(write(10), Some(0));
    assert_eq!(write(10 + GAP_MAX), Some(GAP_MAX));
    assert_eq!(write(40_000), Some(GAP_MAX + 1));
    assert_eq!(write(39_999), None);
}

#[test]
fn frames_without_picture_ids_stay_without() {
    let now = test_epoch();
    let mut slot = RtpRewriter::new(0, 90_000);
    slot.switch_source(1);
    assert_eq!(slot.rewrite(1, &video_numbers(1, 0, 9, 4), now).unwrap().picture_id, Some(9));
    slot.switch_source(2);
    assert_eq!(slot.rewrite(2, &audio_numbers(1, 0), now).unwrap().picture_id, None);
    slot.switch_source(3);
    let out = slot.rewrite(3, &video_numbers(1, 0, 70, 80), now).unwrap();
    assert_eq!((out.picture_id, out.tl0_pic_idx), (Some(10), Some(5)));
}
