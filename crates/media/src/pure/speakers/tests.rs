//! Choice of forwarded voices and reports of who speaks.

use proptest::prelude::*;

use super::*;
use crate::pure::test_epoch;

const MS: Duration = Duration::from_millis(1);

/// A room in which everybody sends a packet every 20 ms.
struct SpeakingRoom {
    speakers: ActiveSpeakers,
    now: Instant,
    reported: Vec<Vec<u32>>,
    changes: usize,
}

impl SpeakingRoom {
    fn new(voices: u32, always: &[u32], people: u32) -> Self {
        let mut speakers = ActiveSpeakers::default();
        let voices: Vec<u32> = (0..voices).collect();
        speakers.set_allowed(&voices, always, people);
        let mut room = Self { speakers, now: test_epoch(), reported: Vec::new(), changes: 0 };
        room.speakers.update_forwarded(room.now);
        room
    }

    /// For `ms` milliseconds each seat sends its level.
    fn send_levels(&mut self, ms: u32, level: impl Fn(u32) -> Option<u8>) {
        for _ in 0..ms / 20 {
            self.now += MS * 20;
            for seat in 0..60 {
                if let Some(level) = level(seat) {
                    self.speakers.on_level(seat, Some(level), self.now);
                }
            }
            self.changes += usize::from(self.speakers.update_forwarded(self.now));
            if let Some(seats) = self.speakers.take_speaking_change(self.now) {
                self.reported.push(seats.to_vec());
            }
        }
    }

    fn forwarded_seats(&self) -> Vec<u32> {
        let mut forwarded = self.speakers.forwarded().to_vec();
        forwarded.sort_unstable();
        forwarded
    }
}

fn only_loud(who: &[u32]) -> impl Fn(u32) -> Option<u8> {
    move |seat| Some(if who.contains(&seat) { 20 } else { 80 })
}

#[test]
fn in_a_small_room_all_voices_are_forwarded() {
    let mut room = SpeakingRoom::new(12, &[3], 12);
    room.send_levels(1_000, only_loud(&[5]));
    assert_eq!(room.forwarded_seats(), (0..12).collect::<Vec<_>>());
    assert_eq!(room.changes, 0);
}

#[test]
fn in_a_large_room_the_loudest_eight_and_the_guides_are_forwarded() {
    let mut room = SpeakingRoom::new(30, &[28, 29], 40);
    let speaking = [10, 11, 12, 13, 14, 15, 16, 17];
    room.send_levels(1_000, only_loud(&speaking));
    let mut expected = speaking.to_vec();
    expected.extend([28, 29]);
    assert_eq!(room.forwarded_seats(), expected);
}

#[test]
fn a_new_speaker_is_forwarded_within_200_ms() {
    let mut room = SpeakingRoom::new(30, &[], 30);
    room.send_levels(5_000, |_| Some(80));
    room.send_levels(200, only_loud(&[25]));
    assert!(room.forwarded_seats().contains(&25), "{:?}", room.forwarded_seats());
}

#[test]
fn a_speaker_holds_a_slot_for_two_seconds_and_longer_if_nobody_needs_it() {
    let mut room = SpeakingRoom::new(30, &[], 30);
    let first: Vec<u32> = (0..8).collect();
    room.send_levels(1_000, only_loud(&first));
    assert_eq!(room.forwarded_seats(), first);
    // All eight fall silent and eight others speak: no speaker is replaced within two seconds.
    let second: Vec<u32> = (8..16).collect();
    room.send_levels(1_500, only_loud(&second));
    assert_eq!(room.forwarded_seats(), first);
    room.send_levels(1_500, only_loud(&second));
    assert_eq!(room.forwarded_seats(), second);
    // Nothing changes in silence.
    let changes = room.changes;
    room.send_levels(10_000, |_| Some(80));
    assert_eq!((room.forwarded_seats(), room.changes), (second, changes));
}

#[test]
fn background_noise_changes_nothing() {
    let mut room = SpeakingRoom::new(30, &[], 30);
    room.send_levels(1_000, |_| Some(75));
    let changes = room.changes;
    for n in 0..200u32 {
        room.send_levels(100, move |seat| {
            let wave = u8::try_from((seat * 7 + n * 3) % 5).unwrap();
            Some(75 + wave)
        });
    }
    assert!(room.changes - changes <= 8, "{}", room.changes - changes);
}

#[test]
fn speaking_seats_are_reported_once_and_rarely() {
    let mut room = SpeakingRoom::new(3, &[], 3);
    room.send_levels(1_000, |_| Some(80));
    assert_eq!(room.reported, Vec::<Vec<u32>>::new());
    room.send_levels(3_000, only_loud(&[1]));
    assert_eq!(room.reported, [vec![1]]);
    room.send_levels(2_000, |_| Some(80));
    assert_eq!(room.reported, [vec![1], vec![]]);
    // Short pauses between words do not flicker.
    for _ in 0..10 {
        room.send_levels(300, only_loud(&[2]));
        room.send_levels(200, |_| Some(80));
    }
    assert_eq!(room.reported, [vec![1], vec![], vec![2]]);
}

#[test]
fn a_seat_that_stops_sending_is_silent() {
    let mut room = SpeakingRoom::new(2, &[], 2);
    room.send_levels(1_000, |seat| (seat == 0).then_some(10));
    room.send_levels(1_000, |_| None);
    assert_eq!(room.reported, [vec![0], vec![]]);
}

#[test]
fn a_seat_that_may_no_longer_be_heard_no_longer_speaks() {
    let mut room = SpeakingRoom::new(2, &[], 2);
    room.send_levels(1_000, only_loud(&[0]));
    room.speakers.set_allowed(&[1], &[], 2);
    assert!(room.speakers.update_forwarded(room.now));
    assert_eq!(room.forwarded_seats(), [1]);
    room.send_levels(400, only_loud(&[0]));
    assert_eq!(room.reported, [vec![0], vec![]]);
}

/// At most `most` seats.
fn some_seats(most: usize) -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0u32..20, 0..most)
}

proptest! {
    #[test]
    fn no_seat_is_forwarded_that_no_rule_names(
        steps in prop::collection::vec(
            (some_seats(20), some_seats(5), 0u32..40, any::<u8>()),
            1..40,
        ),
    ) {
        let mut speakers = ActiveSpeakers::default();
        let mut now = test_epoch();
        for (voices, always, people, level) in steps {
            speakers.set_allowed(&voices, &always, people);
            speakers.update_forwarded(now);
            for _ in 0..20 {
                now += MS * 20;
                for seat in 0..20 {
                    speakers.on_level(seat, Some(level.wrapping_mul(u8::try_from(seat).unwrap())), now);
                }
                speakers.update_forwarded(now);
                let may = |seat: &u32| voices.contains(seat);
                prop_assert!(speakers.forwarded().iter().all(may));
                prop_assert!(speakers.forwarded().len() <= VOICE_SLOTS_MAX);
                prop_assert!(speakers.take_speaking_change(now).unwrap_or_default().iter().all(may));
                let first = always.iter().filter(|seat| may(seat)).take(1);
                let forwarded = first.into_iter().all(|seat| speakers.forwarded().contains(seat));
                prop_assert!(people <= ALL_VOICES_ROOM_MAX || forwarded);
            }
        }
    }
}
