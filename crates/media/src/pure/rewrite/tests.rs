//! One stream whatever is switched, lost, late or sent twice.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::pure::beginning;

const MS: Duration = Duration::from_millis(1);

fn numbers(seq: u64, ts: u32) -> Numbers {
    Numbers { seq, ts, ..Numbers::default() }
}

fn picture(seq: u64, ts: u32, picture: u16, tl0: u8) -> Numbers {
    Numbers { seq, ts, picture: Some(picture & PICTURE_MASK), tl0: Some(tl0) }
}

/// What may happen to a slot.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The source's next packet comes, so many later than the one before.
    Packet { ahead: u64 },
    /// One comes that is so far behind the newest.
    Late { behind: u64 },
    /// Another source, which is at this number and time.
    Switch { seq: u64, ts: u32, picture: u16 },
    /// A pause in which the source goes on for so many packets.
    Pause { missed: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => (1u64..4).prop_map(|ahead| Step::Packet { ahead }),
        2 => (1u64..2_500).prop_map(|ahead| Step::Packet { ahead }),
        2 => (0u64..4_000_000_000).prop_map(|ahead| Step::Packet { ahead }),
        6 => (0u64..700).prop_map(|behind| Step::Late { behind }),
        3 => (0u64..1 << 40, any::<u32>(), any::<u16>())
            .prop_map(|(seq, ts, picture)| Step::Switch { seq, ts, picture }),
        2 => (0u64..100_000).prop_map(|missed| Step::Pause { missed }),
    ]
}

/// A source as it begins, how many packets of it come, and how long the first is waited for.
fn run() -> impl Strategy<Value = (Numbers, u8, u32)> {
    let first = (0u64..1 << 40, any::<u32>(), any::<u16>(), any::<u8>());
    let first = first.prop_map(|(seq, ts, id, tl0)| picture(seq, ts, id, tl0));
    (first, 1u8..40, 0u32..5_000)
}

proptest! {
    #[test]
    fn out_is_one_stream_whatever_happens(
        first in any::<u16>(),
        steps in prop::collection::vec(step(), 1..400),
    ) {
        let mut now = beginning();
        let mut slot = Rewrite::new(first, 90_000);
        let (mut source, mut at) = (0u64, picture(5_000, 0, 0, 0));
        slot.begin(source);
        let mut sent = BTreeSet::new();
        let mut top: Option<u64> = None;
        for step in steps {
            now += MS * 20;
            let came = match step {
                Step::Packet { ahead } => {
                    at.seq += ahead;
                    at.ts = at.ts.wrapping_add(1_800);
                    at
                }
                Step::Late { behind } => Numbers { seq: at.seq.saturating_sub(behind), ..at },
                Step::Switch { seq, ts, picture: id } => {
                    source += 1;
                    at = picture(seq, ts, id, 7);
                    slot.begin(source);
                    at
                }
                Step::Pause { missed } => {
                    slot.pause();
                    prop_assert_eq!(slot.write(source, &at, now), None);
                    at.seq += missed;
                    slot.begin(source);
                    at
                }
            };
            // Late ones of the source before are never sent.
            prop_assert_eq!(slot.write(source + 1, &came, now), None);
            let Some(out) = slot.write(source, &came, now) else { continue };
            prop_assert!(sent.insert(out.seq), "sent twice");
            match top {
                // Rollover 0 at the start, so that who joins late decrypts.
                None => prop_assert_eq!(out.seq, u64::from(first)),
                Some(top) => prop_assert!(out.seq <= top + GAP_MAX && out.seq + LATE_MAX > top),
            }
            top = Some(top.unwrap_or(0).max(out.seq));
        }
    }

    #[test]
    fn switches_and_pauses_leave_no_gap(
        runs in prop::collection::vec(run(), 1..50),
    ) {
        let mut now = beginning();
        let mut slot = Rewrite::new(9, 90_000);
        let mut before: Option<(Numbers, Instant)> = None;
        for (source, (first, length, wait)) in (0u64..).zip(runs) {
            slot.begin(source);
            for n in 0..length {
                now += MS * if n == 0 { wait } else { 33 };
                let came = Numbers {
                    seq: first.seq + u64::from(n),
                    ts: first.ts.wrapping_add(2_970 * u32::from(n)),
                    picture: first.picture.map(|id| id.wrapping_add(n.into()) & PICTURE_MASK),
                    tl0: first.tl0.map(|id| id.wrapping_add(n)),
                };
                let out = slot.write(source, &came, now).unwrap();
                if let Some((last, at)) = before {
                    prop_assert_eq!(out.seq, last.seq + 1);
                    prop_assert_eq!(out.picture, Some((last.picture.unwrap() + 1) & PICTURE_MASK));
                    prop_assert_eq!(out.tl0, Some(last.tl0.unwrap().wrapping_add(1)));
                    let ticks = u128::from(out.ts.wrapping_sub(last.ts));
                    let gone = (now - at).as_millis() * 90;
                    prop_assert!(ticks == gone || ticks == 1_800 && gone < 1_800, "{ticks} {gone}");
                }
                before = Some((out, now));
            }
        }
    }
}

#[test]
fn a_source_far_beyond_rollovers_begins_at_ours() {
    let now = beginning();
    let mut slot = Rewrite::new(100, 48_000);
    slot.begin(1);
    let out = slot.write(1, &numbers(5 * 65_536 + 65_530, 7), now).unwrap();
    assert_eq!(out, numbers(100, 7));
    let far = slot.write(1, &numbers(6 * 65_536 + 10, 8), now).unwrap();
    assert_eq!(far.seq, 100 + 16);
}

#[test]
fn what_the_source_lost_can_still_be_filled() {
    let now = beginning();
    let mut slot = Rewrite::new(0, 48_000);
    slot.begin(1);
    let mut write = |seq| slot.write(1, &numbers(seq, 0), now).map(|out| out.seq);
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
fn a_source_that_jumps_is_followed_without_the_jump() {
    let now = beginning();
    let mut slot = Rewrite::new(0, 48_000);
    slot.begin(1);
    let mut write = |seq| slot.write(1, &numbers(seq, 0), now).map(|out| out.seq);
    assert_eq!(write(10), Some(0));
    assert_eq!(write(10 + GAP_MAX), Some(GAP_MAX));
    assert_eq!(write(40_000), Some(GAP_MAX + 1));
    assert_eq!(write(39_999), None);
}

#[test]
fn pictures_without_numbers_stay_without() {
    let now = beginning();
    let mut slot = Rewrite::new(0, 90_000);
    slot.begin(1);
    assert_eq!(slot.write(1, &picture(1, 0, 9, 4), now).unwrap().picture, Some(9));
    slot.begin(2);
    assert_eq!(slot.write(2, &numbers(1, 0), now).unwrap().picture, None);
    slot.begin(3);
    let out = slot.write(3, &picture(1, 0, 70, 80), now).unwrap();
    assert_eq!((out.picture, out.tl0), (Some(10), Some(5)));
}
