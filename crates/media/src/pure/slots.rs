//! Which slot carries whom. A table is the room's, the same for everybody in it: so a slot that
//! carries somebody else needs no new agreement with any browser, and joins and leaves none.

/// How many slots for voices there are, at each step.
pub const VOICE_STEPS: &[usize] = &[1, 3, 6, 12];
/// How many slots for faces there are, at each step.
pub const FACE_STEPS: &[usize] = &[1, 3, 6, 12, 25];

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    seat: Option<u32>,
    /// Who was here last: somebody who comes back finds their slot, if it is free.
    last: Option<u32>,
    /// When it became free, counted in changes; never used slots are free longest.
    freed: u64,
}

/// One kind's slots.
#[derive(Clone, Debug)]
pub struct Table {
    steps: &'static [usize],
    slots: Vec<Slot>,
    changes: u64,
}

impl Table {
    /// The voices of a room: one slot is there from the beginning, for the guide.
    pub fn voices() -> Self {
        let mut table = Self::of_steps(VOICE_STEPS);
        table.grow();
        table
    }

    /// The faces of a room: none, until somebody shows theirs.
    pub fn faces() -> Self {
        Self::of_steps(FACE_STEPS)
    }

    fn of_steps(steps: &'static [usize]) -> Self {
        Self { steps, slots: Vec::new(), changes: 0 }
    }

    /// How many slots there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no slot yet.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The most there can be.
    pub fn most(&self) -> usize {
        self.steps.last().copied().unwrap_or_default()
    }

    /// Whom each slot carries.
    pub fn seats(&self) -> impl Iterator<Item = Option<u32>> + '_ {
        self.slots.iter().map(|slot| slot.seat)
    }

    /// Whom this slot carries.
    pub fn seat(&self, slot: usize) -> Option<u32> {
        self.slots.get(slot)?.seat
    }

    /// The slot that carries this seat.
    pub fn slot_of(&self, seat: u32) -> Option<usize> {
        self.slots.iter().position(|slot| slot.seat == Some(seat))
    }

    /// Exactly these seats are carried from now on, as many as there can be slots, those that
    /// matter most first. Who is carried already stays where they are. Whether anything changed.
    pub fn carry(&mut self, seats: &[u32]) -> bool {
        let seats = seats.get(..self.most()).unwrap_or(seats);
        let mut changed = false;
        for slot in &mut self.slots {
            if slot.seat.is_some_and(|seat| !seats.contains(&seat)) {
                self.changes += 1;
                slot.freed = self.changes;
                slot.last = slot.seat.take();
                changed = true;
            }
        }
        for &seat in seats {
            if self.slot_of(seat).is_some() {
                continue;
            }
            changed = true;
            if self.free(seat).is_none() {
                self.grow();
            }
            let free = self.free(seat);
            if let Some(slot) = free.and_then(|at| self.slots.get_mut(at)) {
                slot.seat = Some(seat);
            }
        }
        changed
    }

    /// The free slot for this seat: its own of before, or the one that is free longest.
    fn free(&self, seat: u32) -> Option<usize> {
        let free = self.slots.iter().enumerate();
        let free = free.filter(|(_, slot)| slot.seat.is_none());
        free.min_by_key(|(at, slot)| (slot.last != Some(seat), slot.freed, *at)).map(|(at, _)| at)
    }

    fn grow(&mut self) {
        let more = self.steps.iter().find(|step| **step > self.slots.len());
        if let Some(&more) = more {
            self.slots.resize(more, Slot::default());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn seats(table: &Table) -> Vec<Option<u32>> {
        table.seats().collect()
    }

    proptest! {
        #[test]
        fn everybody_wanted_has_one_slot_and_keeps_it(
            wishes in prop::collection::vec(prop::collection::btree_set(0u32..40, 0..30), 1..60),
        ) {
            let mut table = Table::faces();
            for wish in wishes {
                let before = seats(&table);
                let wish: Vec<u32> = wish.into_iter().collect();
                let changed = table.carry(&wish);
                let after = seats(&table);
                prop_assert_eq!(changed, before != after);
                prop_assert!(after.len() >= before.len());
                prop_assert!(after.is_empty() || FACE_STEPS.contains(&after.len()));
                let carried: BTreeSet<u32> = after.iter().flatten().copied().collect();
                prop_assert_eq!(carried.len(), after.iter().flatten().count());
                let wanted: BTreeSet<u32> = wish.iter().take(25).copied().collect();
                prop_assert_eq!(carried, wanted);
                for (slot, seat) in before.iter().enumerate() {
                    if seat.is_some_and(|seat| wish.iter().take(25).any(|s| *s == seat)) {
                        prop_assert_eq!(after[slot], *seat);
                    }
                }
            }
        }
    }

    #[test]
    fn the_slot_that_is_free_longest_is_given_first() {
        let mut table = Table::voices();
        table.carry(&[1, 2, 3]);
        assert_eq!(seats(&table), [Some(1), Some(2), Some(3)]);
        table.carry(&[1, 3]);
        table.carry(&[3]);
        table.carry(&[3, 4]);
        assert_eq!(seats(&table), [None, Some(4), Some(3)]);
    }

    #[test]
    fn who_comes_back_finds_their_slot() {
        let mut table = Table::voices();
        table.carry(&[1, 2, 3]);
        table.carry(&[3]);
        table.carry(&[3, 2]);
        assert_eq!(seats(&table), [None, Some(2), Some(3)]);
    }

    #[test]
    fn nothing_new_is_no_change() {
        let mut table = Table::voices();
        assert_eq!(table.len(), 1);
        assert!(table.carry(&[5]));
        assert!(!table.carry(&[5]));
        assert!(table.carry(&[]));
        assert!(!table.carry(&[]));
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn more_than_there_can_be_are_left_out_from_the_end() {
        let mut table = Table::voices();
        let many: Vec<u32> = (0..20).collect();
        assert!(table.carry(&many));
        assert_eq!(table.len(), 12);
        assert!(!table.carry(&many));
        assert_eq!(table.slot_of(11), Some(11));
        assert_eq!(table.slot_of(12), None);
    }
}
