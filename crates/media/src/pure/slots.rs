//! Assignment of seats to slots. A pool belongs to the room and is the same for everybody, so a
//! change of seat needs no renegotiation.

/// Numbers of voice slots a pool grows through.
pub const VOICE_POOL_SIZES: &[usize] = &[1, 3, 6, 12];
/// Numbers of face slots a pool grows through.
pub const FACE_POOL_SIZES: &[usize] = &[1, 3, 6, 12, 25];

#[derive(Clone, Copy, Debug, Default)]
struct PoolSlot {
    seat: Option<u32>,
    /// Previous seat, which gets its slot back if that is still free.
    previous_seat: Option<u32>,
    /// Value of `changes` when it became free; 0 for one that was never used.
    freed_at: u64,
}

/// Slots of one track kind.
#[derive(Clone, Debug)]
pub struct SlotPool {
    sizes: &'static [usize],
    slots: Vec<PoolSlot>,
    changes: u64,
}

impl SlotPool {
    /// Voice slots, one from the start, for the guide.
    pub fn for_voices() -> Self {
        let mut pool = Self::with_sizes(VOICE_POOL_SIZES);
        pool.grow_pool();
        pool
    }

    /// Face slots, none until a face is shown.
    pub fn for_faces() -> Self {
        Self::with_sizes(FACE_POOL_SIZES)
    }

    fn with_sizes(sizes: &'static [usize]) -> Self {
        Self { sizes, slots: Vec::new(), changes: 0 }
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// True before the first slot.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Limit of slots.
    pub fn max_len(&self) -> usize {
        self.sizes.last().copied().unwrap_or_default()
    }

    /// Seat of each slot.
    pub fn seats(&self) -> impl Iterator<Item = Option<u32>> + '_ {
        self.slots.iter().map(|slot| slot.seat)
    }

    /// Seat in a slot.
    pub fn seat_in(&self, slot: usize) -> Option<u32> {
        self.slots.get(slot)?.seat
    }

    /// Slot of a seat.
    pub fn slot_of(&self, seat: u32) -> Option<usize> {
        self.slots.iter().position(|slot| slot.seat == Some(seat))
    }

    /// Assigns slots to exactly these seats, the most important first, up to the limit. Seats keep
    /// their slots. True when anything changed.
    pub fn assign(&mut self, seats: &[u32]) -> bool {
        let seats = seats.get(..self.max_len()).unwrap_or(seats);
        let mut changed = false;
        for slot in &mut self.slots {
            if slot.seat.is_some_and(|seat| !seats.contains(&seat)) {
                self.changes += 1;
                slot.freed_at = self.changes;
                slot.previous_seat = slot.seat.take();
                changed = true;
            }
        }
        for &seat in seats {
            if self.slot_of(seat).is_some() {
                continue;
            }
            changed = true;
            if self.free_slot_for(seat).is_none() {
                self.grow_pool();
            }
            let free = self.free_slot_for(seat);
            if let Some(slot) = free.and_then(|at| self.slots.get_mut(at)) {
                slot.seat = Some(seat);
            }
        }
        changed
    }

    /// The free slot for a seat: its previous one, or the one free for longest.
    fn free_slot_for(&self, seat: u32) -> Option<usize> {
        let free = self.slots.iter().enumerate();
        let free = free.filter(|(_, slot)| slot.seat.is_none());
        free.min_by_key(|(at, slot)| (slot.previous_seat != Some(seat), slot.freed_at, *at))
            .map(|(at, _)| at)
    }

    fn grow_pool(&mut self) {
        let more = self.sizes.iter().find(|size| **size > self.slots.len());
        if let Some(&more) = more {
            self.slots.resize(more, PoolSlot::default());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn all_seats(pool: &SlotPool) -> Vec<Option<u32>> {
        pool.seats().collect()
    }

    proptest! {
        #[test]
        fn each_wanted_seat_has_one_slot_and_keeps_it(
            wish_lists in prop::collection::vec(prop::collection::btree_set(0u32..40, 0..30), 1..60),
        ) {
            let mut pool = SlotPool::for_faces();
            for wish in wish_lists {
                let before = all_seats(&pool);
                let wish: Vec<u32> = wish.into_iter().collect();
                let changed = pool.assign(&wish);
                let after = all_seats(&pool);
                prop_assert_eq!(changed, before != after);
                prop_assert!(after.len() >= before.len());
                prop_assert!(after.is_empty() || FACE_POOL_SIZES.contains(&after.len()));
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
    fn the_slot_that_is_free_for_longest_is_assigned_first() {
        let mut pool = SlotPool::for_voices();
        pool.assign(&[1, 2, 3]);
        assert_eq!(all_seats(&pool), [Some(1), Some(2), Some(3)]);
        pool.assign(&[1, 3]);
        pool.assign(&[3]);
        pool.assign(&[3, 4]);
        assert_eq!(all_seats(&pool), [None, Some(4), Some(3)]);
    }

    #[test]
    fn a_seat_that_returns_gets_its_slot_back() {
        let mut pool = SlotPool::for_voices();
        pool.assign(&[1, 2, 3]);
        pool.assign(&[3]);
        pool.assign(&[3, 2]);
        assert_eq!(all_seats(&pool), [None, Some(2), Some(3)]);
    }

    #[test]
    fn assigning_the_same_seats_changes_nothing() {
        let mut pool = SlotPool::for_voices();
        assert_eq!(pool.len(), 1);
        assert!(pool.assign(&[5]));
        assert!(!pool.assign(&[5]));
        assert!(pool.assign(&[]));
        assert!(!pool.assign(&[]));
        assert_eq!(pool.len(), 1);
    }

    #[test]
    fn the_least_important_seats_beyond_the_limit_get_no_slot() {
        let mut pool = SlotPool::for_voices();
        let many: Vec<u32> = (0..20).collect();
        assert!(pool.assign(&many));
        assert_eq!(pool.len(), 12);
        assert!(!pool.assign(&many));
        assert_eq!(pool.slot_of(11), Some(11));
        assert_eq!(pool.slot_of(12), None);
    }
}
