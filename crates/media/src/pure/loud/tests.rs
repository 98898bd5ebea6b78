//! Who is forwarded and who is told to speak.

use proptest::prelude::*;

use super::*;
use crate::pure::beginning;

const MS: Duration = Duration::from_millis(1);

/// A room in which time goes on in packets of 20 ms.
struct Room {
    loud: Loud,
    now: Instant,
    told: Vec<Vec<u32>>,
    changes: usize,
}

impl Room {
    fn new(voices: u32, always: &[u32], people: u32) -> Self {
        let mut loud = Loud::default();
        let voices: Vec<u32> = (0..voices).collect();
        loud.allow(&voices, always, people);
        let mut room = Self { loud, now: beginning(), told: Vec::new(), changes: 0 };
        room.loud.pick(room.now);
        room
    }

    /// For so long everybody sends sound as loud as this says.
    fn run(&mut self, ms: u32, level: impl Fn(u32) -> Option<u8>) {
        for _ in 0..ms / 20 {
            self.now += MS * 20;
            for seat in 0..60 {
                if let Some(level) = level(seat) {
                    self.loud.heard(seat, Some(level), self.now);
                }
            }
            self.changes += usize::from(self.loud.pick(self.now));
            if let Some(seats) = self.loud.speak(self.now) {
                self.told.push(seats.to_vec());
            }
        }
    }

    fn chosen(&self) -> Vec<u32> {
        let mut chosen = self.loud.chosen().to_vec();
        chosen.sort_unstable();
        chosen
    }
}

fn only(who: &[u32]) -> impl Fn(u32) -> Option<u8> {
    move |seat| Some(if who.contains(&seat) { 20 } else { 80 })
}

#[test]
fn in_a_small_room_everybody_is_forwarded() {
    let mut room = Room::new(12, &[3], 12);
    room.run(1_000, only(&[5]));
    assert_eq!(room.chosen(), (0..12).collect::<Vec<_>>());
    assert_eq!(room.changes, 0);
}

#[test]
fn in_a_large_room_the_loudest_eight_and_the_guides() {
    let mut room = Room::new(30, &[28, 29], 40);
    let speak = [10, 11, 12, 13, 14, 15, 16, 17];
    room.run(1_000, only(&speak));
    let mut expected = speak.to_vec();
    expected.extend([28, 29]);
    assert_eq!(room.chosen(), expected);
}

#[test]
fn who_begins_to_speak_is_heard_within_a_fifth_of_a_second() {
    let mut room = Room::new(30, &[], 30);
    room.run(5_000, |_| Some(80));
    room.run(200, only(&[25]));
    assert!(room.chosen().contains(&25), "{:?}", room.chosen());
}

#[test]
fn who_was_loud_keeps_their_place_for_two_seconds_and_then_only_while_nobody_needs_it() {
    let mut room = Room::new(30, &[], 30);
    let first: Vec<u32> = (0..8).collect();
    room.run(1_000, only(&first));
    assert_eq!(room.chosen(), first);
    // All eight fall silent, eight others speak: nobody comes in before the two seconds.
    let second: Vec<u32> = (8..16).collect();
    room.run(1_500, only(&second));
    assert_eq!(room.chosen(), first);
    room.run(1_500, only(&second));
    assert_eq!(room.chosen(), second);
    // Nobody speaks: nothing moves.
    let changes = room.changes;
    room.run(10_000, |_| Some(80));
    assert_eq!((room.chosen(), room.changes), (second, changes));
}

#[test]
fn a_murmur_moves_nobody_about() {
    let mut room = Room::new(30, &[], 30);
    room.run(1_000, |_| Some(75));
    let changes = room.changes;
    for n in 0..200u32 {
        room.run(100, move |seat| {
            let wave = u8::try_from((seat * 7 + n * 3) % 5).unwrap();
            Some(75 + wave)
        });
    }
    assert!(room.changes - changes <= 8, "{}", room.changes - changes);
}

#[test]
fn who_speaks_is_told_once_and_seldom() {
    let mut room = Room::new(3, &[], 3);
    room.run(1_000, |_| Some(80));
    assert_eq!(room.told, Vec::<Vec<u32>>::new());
    room.run(3_000, only(&[1]));
    assert_eq!(room.told, [vec![1]]);
    room.run(2_000, |_| Some(80));
    assert_eq!(room.told, [vec![1], vec![]]);
    // Words with short pauses in between do not flicker.
    for _ in 0..10 {
        room.run(300, only(&[2]));
        room.run(200, |_| Some(80));
    }
    assert_eq!(room.told, [vec![1], vec![], vec![2]]);
}

#[test]
fn who_sends_nothing_any_more_is_silent() {
    let mut room = Room::new(2, &[], 2);
    room.run(1_000, |seat| (seat == 0).then_some(10));
    room.run(1_000, |_| None);
    assert_eq!(room.told, [vec![0], vec![]]);
}

#[test]
fn who_may_no_longer_be_heard_no_longer_speaks() {
    let mut room = Room::new(2, &[], 2);
    room.run(1_000, only(&[0]));
    room.loud.allow(&[1], &[], 2);
    assert!(room.loud.pick(room.now));
    assert_eq!(room.chosen(), [1]);
    room.run(400, only(&[0]));
    assert_eq!(room.told, [vec![0], vec![]]);
}

/// At most so many seats.
fn seats(most: usize) -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0u32..20, 0..most)
}

proptest! {
    #[test]
    fn nobody_is_chosen_whom_no_rule_names(
        steps in prop::collection::vec(
            (seats(20), seats(5), 0u32..40, any::<u8>()),
            1..40,
        ),
    ) {
        let mut loud = Loud::default();
        let mut now = beginning();
        for (voices, always, people, level) in steps {
            loud.allow(&voices, &always, people);
            loud.pick(now);
            for _ in 0..20 {
                now += MS * 20;
                for seat in 0..20 {
                    loud.heard(seat, Some(level.wrapping_mul(u8::try_from(seat).unwrap())), now);
                }
                loud.pick(now);
                let may = |seat: &u32| voices.contains(seat);
                prop_assert!(loud.chosen().iter().all(may));
                prop_assert!(loud.chosen().len() <= VOICE_SLOTS_MAX);
                prop_assert!(loud.speak(now).unwrap_or_default().iter().all(may));
                let first = always.iter().filter(|seat| may(seat)).take(1);
                let chosen = first.into_iter().all(|seat| loud.chosen().contains(seat));
                prop_assert!(people <= ALL_VOICES_TO || chosen);
            }
        }
    }
}
