//! Who sat here by name and has left: for guides alone, so that whoever does harm and slips away
//! can still be kept out. It is on no line and in no table, and is forgotten after a while.

use std::collections::VecDeque;

use super::super::presence::{Left, Sitter};
use super::Room;
use crate::time::{Instant, Span};

/// So long after they left, somebody is remembered.
pub const LEFT_KEPT: Span = Span::from_mins(30);
/// The most who are remembered; the first to leave are forgotten first.
pub const LEFT_MAX: usize = 200;

/// Those who have left, the first of them first.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Counts them, so that each has a number of their own.
    n: u32,
    kept: VecDeque<(u32, Instant, Left)>,
}

impl Memory {
    /// These have left.
    fn take_in(&mut self, left: Vec<Left>, now: Instant) {
        for left in left {
            self.forget(left.who);
            self.n += 1;
            self.kept.push_back((self.n, now, left));
        }
        while self.kept.len() > LEFT_MAX {
            self.kept.pop_front();
        }
    }

    /// They came again, or were taken out.
    pub(super) fn forget(&mut self, who: Sitter) {
        self.kept.retain(|(.., left)| left.who != who);
    }

    /// Where they sat.
    pub(super) fn seat_of(&self, who: Sitter) -> Option<u32> {
        let found = self.kept.iter().find(|(.., left)| left.who == who);
        found.map(|(.., left)| left.seat)
    }
}

impl Room {
    /// Who sat here by name, did not lead, and left not long ago; each with a number by which they
    /// are named again. Whoever has come back is not among them.
    pub fn left(&self, now: Instant) -> impl Iterator<Item = (u32, &Left)> {
        let kept = self.left.kept.iter();
        kept.filter(move |(_, at, _)| now < *at + LEFT_KEPT)
            .map(|(n, _, left)| (*n, left))
    }

    /// Remembers who has got up.
    pub(super) fn mind_left(&mut self, now: Instant) {
        let left = self.seats.left();
        self.left.take_in(left, now);
    }
}

#[cfg(test)]
mod tests {
    use crate::id::GuestId;
    use crate::sit::frame::Said;
    use crate::sit::plan::{Kind, Phase, Plan};
    use crate::sit::presence::GRACE;
    use crate::sit::room::{Effect, Enter, Input, LineId};
    use crate::sit::run::Facts;

    use super::*;

    const NOW: Instant = Instant::from_ms(1_790_000_000_000);

    fn room(sealed: bool) -> Room {
        let facts = Facts {
            plan: Plan {
                phases: vec![Phase::new(Kind::Welcome, 7_200)],
                sealed,
            },
            planned_at: NOW,
            led: true,
            begins_itself: true,
        };
        Room::new(facts, Vec::new(), NOW)
    }

    fn who(number: u32) -> Sitter {
        let mut chance = [0; 10];
        chance[..4].copy_from_slice(&number.to_be_bytes());
        Sitter::Guest(GuestId::new(NOW, chance))
    }

    fn line(number: u32) -> LineId {
        LineId::new(number, 0)
    }

    fn comes(room: &mut Room, number: u32, guide: bool) {
        let enter = Enter {
            line: line(number),
            who: who(number),
            name: format!("Noor {number}").into(),
            guide,
            quiet: false,
            wish: None,
            have: 0,
        };
        room.handle(Input::Enter(enter), NOW);
    }

    fn left(room: &Room, now: Instant) -> Vec<String> {
        room.left(now)
            .map(|(_, left)| left.name.to_string())
            .collect()
    }

    #[test]
    fn whoever_leaves_is_remembered_for_a_while_and_not_once_they_are_back() {
        let mut room = room(false);
        for number in 1..=3 {
            comes(&mut room, number, false);
        }
        assert!(left(&room, NOW).is_empty());
        room.handle(Input::Said(line(1), Said::Leave), NOW);
        assert_eq!(left(&room, NOW), ["Noor 1"]);
        room.handle(Input::Lost(line(2)), NOW);
        assert_eq!(left(&room, NOW), ["Noor 1"], "a line may come back");
        room.handle(Input::Tick, NOW + GRACE);
        assert_eq!(left(&room, NOW + GRACE), ["Noor 1", "Noor 2"]);
        comes(&mut room, 1, false);
        assert_eq!(left(&room, NOW + GRACE), ["Noor 2"]);
        assert_eq!(left(&room, NOW + GRACE + LEFT_KEPT), [""; 0]);
    }

    #[test]
    fn whoever_sat_quietly_or_led_or_was_taken_out_is_not_among_them() {
        let mut room = room(false);
        for number in 1..=4 {
            comes(&mut room, number, number == 2);
        }
        room.handle(Input::Said(line(1), Said::Quiet { on: true }), NOW);
        room.handle(Input::Said(line(1), Said::Leave), NOW);
        room.handle(Input::Said(line(2), Said::Leave), NOW);
        room.handle(Input::Removed(who(3)), NOW);
        assert!(left(&room, NOW).is_empty());
        room.handle(Input::Said(line(4), Said::Leave), NOW);
        assert_eq!(left(&room, NOW), ["Noor 4"]);
        room.handle(Input::Removed(who(4)), NOW);
        assert!(left(&room, NOW).is_empty());
    }

    #[test]
    fn no_more_are_remembered_than_the_most_and_each_has_a_number_of_their_own() {
        let mut room = room(false);
        let most = u32::try_from(LEFT_MAX).unwrap();
        for number in 0..most + 5 {
            comes(&mut room, number, false);
            room.handle(Input::Said(line(number), Said::Leave), NOW);
        }
        let numbers: Vec<u32> = room.left(NOW).map(|(n, _)| n).collect();
        assert_eq!(numbers, (6..=most + 5).collect::<Vec<_>>());
    }

    #[test]
    fn in_a_sealed_sit_the_key_of_whoever_is_kept_out_is_worth_nothing_afterwards() {
        let mut room = room(true);
        comes(&mut room, 1, true);
        comes(&mut room, 2, false);
        let seat = room.seats.of(who(2)).unwrap();
        room.handle(Input::Said(line(2), Said::Leave), NOW);
        let told = |out: Vec<Effect>| -> Vec<String> {
            let texts = out.into_iter().filter_map(|effect| match effect {
                Effect::Send { text, .. } => Some(text.to_string()),
                _ => None,
            });
            texts.filter(|text| text.contains("rekey")).collect()
        };
        let out = room.handle(Input::Removed(who(2)), NOW);
        let rekey = format!(r#"{{"k":"rekey","without":[{seat}]}}"#);
        assert_eq!(told(out), [rekey]);
        let again = room.handle(Input::Removed(who(9)), NOW);
        assert_eq!(told(again), [""; 0], "whom nobody knows changes no key");
    }
}
