//! Who sits on which seat, for guides who look after the room; and whether there is a place left:
//! a sealed sit holds few people.

use super::super::media::SEALED_MAX;
use super::super::presence::{Seat, Sitter};
use super::Room;

impl Room {
    /// Everybody who may be named, with their seats.
    pub fn people(&self) -> impl Iterator<Item = (u32, &Seat)> {
        self.seats.iter().filter(|(_, seat)| seat.is_named())
    }

    /// Who sits on this seat now, if anybody does.
    pub fn seat(&self, number: u32) -> Option<&Seat> {
        self.seats.get(number).filter(|seat| seat.is_here())
    }

    /// Whether there is a place for this person. Whoever sits here already has one. In a sealed
    /// sit that somebody leads, the last place is kept for a guide until one is here.
    pub fn has_place_for(&self, who: Sitter, guide: bool) -> bool {
        if !self.facts.plan.sealed {
            return true;
        }
        let seat = self.seats.of(who).and_then(|seat| self.seats.get(seat));
        if seat.is_some_and(Seat::is_here) {
            return true;
        }
        let waits_for_guide = self.facts.led && !guide && !self.seats.has_guide();
        self.count().n + u32::from(waits_for_guide) < SEALED_MAX
    }
}

#[cfg(test)]
mod tests {
    use crate::id::GuestId;
    use crate::sit::plan::{Kind, Phase, Plan};
    use crate::sit::presence::GRACE;
    use crate::sit::room::{Effect, Enter, Input, LineId, To};
    use crate::sit::run::Facts;
    use crate::time::Instant;

    use super::*;

    const NOW: Instant = Instant::from_ms(1_790_000_000_000);

    fn room(sealed: bool) -> Room {
        let facts = Facts {
            plan: Plan {
                phases: vec![Phase::new(Kind::Silence, 600)],
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

    fn comes(room: &mut Room, number: u32, guide: bool) {
        let enter = Enter {
            line: LineId::new(number, 0),
            who: who(number),
            name: "Noor".into(),
            guide,
            quiet: false,
            wish: None,
            have: 0,
        };
        room.handle(Input::Enter(enter), NOW);
    }

    #[test]
    fn a_sealed_sit_holds_twenty_five_people_and_keeps_a_place_for_its_guide() {
        let mut room = room(true);
        for number in 0..SEALED_MAX - 1 {
            assert!(room.has_place_for(who(number), false), "{number}");
            comes(&mut room, number, false);
        }
        assert!(!room.has_place_for(who(98), false), "the guide's place");
        assert!(room.has_place_for(who(99), true));
        assert!(room.has_place_for(who(3), false), "who is here has a place");
        comes(&mut room, 99, true);
        assert!(!room.has_place_for(who(97), true), "full is full");
        assert!(room.has_place_for(who(99), true));
    }

    #[test]
    fn with_its_guide_in_it_the_twenty_fifth_place_is_anybodys() {
        let mut room = room(true);
        comes(&mut room, 99, true);
        for number in 0..SEALED_MAX - 2 {
            comes(&mut room, number, false);
        }
        assert!(room.has_place_for(who(98), false));
        // A line that is lost keeps its place for a while, and is then gone.
        room.handle(Input::Lost(LineId::new(3, 0)), NOW);
        comes(&mut room, 98, false);
        assert!(!room.has_place_for(who(97), false));
        assert!(room.has_place_for(who(3), false), "and may come back to it");
        room.handle(Input::Tick, NOW + GRACE);
        assert!(room.has_place_for(who(97), false));
    }

    #[test]
    fn a_sit_that_is_not_sealed_has_room_for_all() {
        let mut room = room(false);
        for number in 0..SEALED_MAX + 5 {
            assert!(room.has_place_for(who(number), false));
            comes(&mut room, number, false);
        }
    }

    #[test]
    fn when_somebody_is_taken_out_of_a_sealed_sit_one_guide_makes_a_new_key() {
        for sealed in [true, false] {
            let mut room = room(sealed);
            for (number, guide) in [(1, false), (2, true), (3, true)] {
                comes(&mut room, number, guide);
            }
            let seat = room.seats.of(who(1)).unwrap();
            let out = room.handle(Input::Removed(who(1)), NOW);
            let asked: Vec<_> = out
                .iter()
                .filter_map(|effect| match effect {
                    Effect::Send { to, text, .. } if text.contains("rekey") => {
                        Some((to.clone(), text.to_string()))
                    }
                    _ => None,
                })
                .collect();
            let text = format!(r#"{{"k":"rekey","without":[{seat}]}}"#);
            let one = (To::One(LineId::new(2, 0)), text);
            assert_eq!(asked, if sealed { vec![one] } else { Vec::new() });
            let closed = |effect: &&Effect| matches!(effect, Effect::Close { code: 4003, .. });
            assert_eq!(out.iter().filter(closed).count(), 1);
        }
    }

    #[test]
    fn who_sits_quietly_is_on_no_list_of_people() {
        let mut room = room(false);
        comes(&mut room, 1, false);
        comes(&mut room, 2, true);
        let seat = room.seats.of(who(1)).unwrap();
        room.handle(
            Input::Said(
                LineId::new(1, 0),
                crate::sit::frame::Said::Quiet { on: true },
            ),
            NOW,
        );
        let named: Vec<_> = room.people().map(|(_, seat)| seat.who).collect();
        assert_eq!(named, [who(2)]);
        assert!(
            room.seat(seat).is_some(),
            "but whoever knew them knows the seat"
        );
        room.handle(Input::Gone(who(1)), NOW);
        assert!(room.seat(seat).is_none());
    }
}
