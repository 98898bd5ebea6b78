//! Which worker has which room, and which of its people.

use std::collections::BTreeMap;

use sitwith_core::id::RunId;

/// Where everybody is.
#[derive(Debug)]
pub(crate) struct Places {
    rooms: BTreeMap<RunId, Room>,
    /// How much each worker has to do: a room counts as one person, so that empty ones are
    /// spread too.
    load: Vec<usize>,
    split_at: usize,
}

/// Where one room is.
#[derive(Debug)]
struct Room {
    stem: u16,
    /// Who gets something, and from which worker.
    downs: BTreeMap<u32, u16>,
    /// How many that are on each worker that has some or had some, the stem first.
    parts: Vec<(u16, usize)>,
}

/// Where somebody's down is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) stem: u16,
    pub(crate) worker: u16,
}

impl Places {
    pub(crate) fn new(workers: u16, split_at: usize) -> Self {
        Self {
            rooms: BTreeMap::new(),
            load: vec![0; usize::from(workers).max(1)],
            split_at: split_at.max(1),
        }
    }

    /// The worker that a room is at home on; it gets one if it has none.
    pub(crate) fn stem_of(&mut self, room: RunId) -> u16 {
        if let Some(room) = self.rooms.get(&room) {
            return room.stem;
        }
        let stem = self.idlest(&[]).unwrap_or(0);
        self.add(stem);
        let fresh = Room { stem, downs: BTreeMap::new(), parts: vec![(stem, 0)] };
        self.rooms.insert(room, fresh);
        stem
    }

    /// The worker that a room is at home on, if there is such a room.
    pub(crate) fn stem(&self, room: RunId) -> Option<u16> {
        self.rooms.get(&room).map(|room| room.stem)
    }

    /// Where somebody's down is.
    pub(crate) fn down(&self, room: RunId, seat: u32) -> Option<u16> {
        self.rooms.get(&room)?.downs.get(&seat).copied()
    }

    /// Where somebody's down is to be, in a room there is. It stays there until it is closed.
    pub(crate) fn place(&mut self, room: RunId, seat: u32) -> Option<Place> {
        let found = self.rooms.get(&room)?;
        let stem = found.stem;
        if let Some(&worker) = found.downs.get(&seat) {
            return Some(Place { stem, worker });
        }
        let worker = self.choose(found);
        self.add(worker);
        let found = self.rooms.get_mut(&room)?;
        found.downs.insert(seat, worker);
        match found.parts.iter_mut().find(|part| part.0 == worker) {
            Some(part) => part.1 += 1,
            None => found.parts.push((worker, 1)),
        }
        Some(Place { stem, worker })
    }

    /// The first part of the room with space; else a worker that has none of it; else the part
    /// with the fewest people.
    fn choose(&self, room: &Room) -> u16 {
        let with_space = room.parts.iter().find(|part| part.1 < self.split_at);
        if let Some(part) = with_space {
            return part.0;
        }
        let taken: Vec<u16> = room.parts.iter().map(|part| part.0).collect();
        if let Some(idlest) = self.idlest(&taken) {
            return idlest;
        }
        let fewest = room.parts.iter().min_by_key(|part| part.1);
        fewest.map_or(room.stem, |part| part.0)
    }

    /// The worker with the least to do that is none of these.
    fn idlest(&self, not: &[u16]) -> Option<u16> {
        let workers = (0_u16..).zip(&self.load);
        let free = workers.filter(|(worker, _)| !not.contains(worker));
        free.min_by_key(|(_, load)| **load).map(|(worker, _)| worker)
    }

    /// Somebody gets nothing any more.
    pub(crate) fn close(&mut self, room: RunId, seat: u32) {
        let Some(found) = self.rooms.get_mut(&room) else {
            return;
        };
        let Some(worker) = found.downs.remove(&seat) else {
            return;
        };
        if let Some(part) = found.parts.iter_mut().find(|part| part.0 == worker) {
            part.1 -= 1;
        }
        self.take(worker);
    }

    /// A room is over; the worker it was at home on.
    pub(crate) fn close_room(&mut self, room: RunId) -> Option<u16> {
        let over = self.rooms.remove(&room)?;
        for worker in over.downs.into_values() {
            self.take(worker);
        }
        self.take(over.stem);
        Some(over.stem)
    }

    /// Every room there is.
    pub(crate) fn rooms(&self) -> Vec<RunId> {
        self.rooms.keys().copied().collect()
    }

    fn add(&mut self, worker: u16) {
        if let Some(load) = self.load.get_mut(usize::from(worker)) {
            *load += 1;
        }
    }

    fn take(&mut self, worker: u16) {
        if let Some(load) = self.load.get_mut(usize::from(worker)) {
            *load = load.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use sitwith_core::time::Instant;

    use super::*;

    fn room(number: u8) -> RunId {
        RunId::new(Instant::from_ms(1), [number; 10])
    }

    #[test]
    fn rooms_go_to_the_worker_with_the_least_to_do() {
        let mut places = Places::new(2, 10);
        assert_eq!(places.stem_of(room(1)), 0);
        assert_eq!(places.stem_of(room(2)), 1);
        for seat in 0..3 {
            places.place(room(1), seat);
        }
        assert_eq!(places.stem_of(room(3)), 1);
        assert_eq!(places.stem_of(room(4)), 1);
        assert_eq!(places.stem_of(room(1)), 0);
    }

    #[test]
    fn a_large_room_goes_on_with_the_next_worker_and_fills_up_again() {
        let mut places = Places::new(3, 2);
        places.stem_of(room(1));
        let mut place = |seat| {
            let place = places.place(room(1), seat).expect("there is the room");
            assert_eq!(place.stem, 0);
            place.worker
        };
        assert_eq!([0, 1, 2, 3, 4, 5].map(&mut place), [0, 0, 1, 1, 2, 2]);
        // All are full: those with the fewest take more.
        assert_eq!([6, 7, 8, 9].map(&mut place), [0, 1, 2, 0]);
        assert_eq!(place(3), 1);
        places.close(room(1), 3);
        places.close(room(1), 2);
        places.close(room(1), 7);
        let place = places.place(room(1), 20);
        assert_eq!(place.map(|place| place.worker), Some(1));
    }

    #[test]
    fn what_is_over_weighs_nothing() {
        let mut places = Places::new(2, 2);
        for number in 0..4 {
            places.stem_of(room(number));
            for seat in 0..7 {
                places.place(room(number), seat);
            }
        }
        places.close(room(0), 3);
        places.close(room(0), 3);
        for number in 0..4 {
            assert!(places.close_room(room(number)).is_some());
            assert!(places.close_room(room(number)).is_none());
        }
        assert_eq!(places.load, [0, 0]);
        assert_eq!(places.place(room(1), 1), None);
    }
}
