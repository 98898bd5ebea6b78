//! Placement of rooms and their downs on workers.

use std::collections::BTreeMap;

use sitwith_core::id::RunId;

/// Workers of all rooms and downs.
#[derive(Debug)]
pub(crate) struct Placement {
    rooms: BTreeMap<RunId, PlacedRoom>,
    /// Load of each worker: its downs, and one for each room, so that empty rooms are spread too.
    load: Vec<usize>,
    split_at: usize,
}

/// Workers of one room.
#[derive(Debug)]
struct PlacedRoom {
    stem: u16,
    /// Worker of each seat's down.
    downs: BTreeMap<u32, u16>,
    /// Number of downs on each worker that has or had some, the stem first.
    branches: Vec<(u16, usize)>,
}

/// Workers for a down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DownPlacement {
    pub(crate) stem: u16,
    pub(crate) worker: u16,
}

impl Placement {
    pub(crate) fn new(workers: u16, split_at: usize) -> Self {
        Self {
            rooms: BTreeMap::new(),
            load: vec![0; usize::from(workers).max(1)],
            split_at: split_at.max(1),
        }
    }

    /// The stem of a room; the worker with the lowest load if it has none.
    pub(crate) fn assign_stem(&mut self, room: RunId) -> u16 {
        if let Some(room) = self.rooms.get(&room) {
            return room.stem;
        }
        let stem = self.least_loaded(&[]).unwrap_or(0);
        self.add_load(stem);
        let placed = PlacedRoom { stem, downs: BTreeMap::new(), branches: vec![(stem, 0)] };
        self.rooms.insert(room, placed);
        stem
    }

    /// The stem of a room, if it has one.
    pub(crate) fn stem_of(&self, room: RunId) -> Option<u16> {
        self.rooms.get(&room).map(|room| room.stem)
    }

    /// The worker of a seat's down.
    pub(crate) fn worker_of_down(&self, room: RunId, seat: u32) -> Option<u16> {
        self.rooms.get(&room)?.downs.get(&seat).copied()
    }

    /// Places a seat's down in an existing room. It stays there until it is closed.
    pub(crate) fn place_down(&mut self, room: RunId, seat: u32) -> Option<DownPlacement> {
        let found = self.rooms.get(&room)?;
        let stem = found.stem;
        if let Some(&worker) = found.downs.get(&seat) {
            return Some(DownPlacement { stem, worker });
        }
        let worker = self.choose_worker(found);
        self.add_load(worker);
        let found = self.rooms.get_mut(&room)?;
        found.downs.insert(seat, worker);
        match found.branches.iter_mut().find(|branch| branch.0 == worker) {
            Some(branch) => branch.1 += 1,
            None => found.branches.push((worker, 1)),
        }
        Some(DownPlacement { stem, worker })
    }

    /// The first worker of the room with space, else one that has none of it, else the one with the
    /// fewest downs.
    fn choose_worker(&self, room: &PlacedRoom) -> u16 {
        let with_space = room.branches.iter().find(|branch| branch.1 < self.split_at);
        if let Some(branch) = with_space {
            return branch.0;
        }
        let taken: Vec<u16> = room.branches.iter().map(|branch| branch.0).collect();
        if let Some(least_loaded) = self.least_loaded(&taken) {
            return least_loaded;
        }
        let fewest = room.branches.iter().min_by_key(|branch| branch.1);
        fewest.map_or(room.stem, |branch| branch.0)
    }

    /// The worker with the lowest load that is not excluded.
    fn least_loaded(&self, excluded: &[u16]) -> Option<u16> {
        let workers = (0_u16..).zip(&self.load);
        let free = workers.filter(|(worker, _)| !excluded.contains(worker));
        free.min_by_key(|(_, load)| **load).map(|(worker, _)| worker)
    }

    /// Releases a seat's down.
    pub(crate) fn release_down(&mut self, room: RunId, seat: u32) {
        let Some(found) = self.rooms.get_mut(&room) else {
            return;
        };
        let Some(worker) = found.downs.remove(&seat) else {
            return;
        };
        if let Some(branch) = found.branches.iter_mut().find(|branch| branch.0 == worker) {
            branch.1 -= 1;
        }
        self.remove_load(worker);
    }

    /// Releases a room; returns its stem.
    pub(crate) fn close_room(&mut self, room: RunId) -> Option<u16> {
        let over = self.rooms.remove(&room)?;
        for worker in over.downs.into_values() {
            self.remove_load(worker);
        }
        self.remove_load(over.stem);
        Some(over.stem)
    }

    pub(crate) fn room_ids(&self) -> Vec<RunId> {
        self.rooms.keys().copied().collect()
    }

    fn add_load(&mut self, worker: u16) {
        if let Some(load) = self.load.get_mut(usize::from(worker)) {
            *load += 1;
        }
    }

    fn remove_load(&mut self, worker: u16) {
        if let Some(load) = self.load.get_mut(usize::from(worker)) {
            *load = load.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use sitwith_core::time::Instant;

    use super::*;

    fn run_id(number: u8) -> RunId {
        RunId::new(Instant::from_ms(1), [number; 10])
    }

    #[test]
    fn rooms_are_placed_on_the_least_loaded_worker() {
        let mut placement = Placement::new(2, 10);
        assert_eq!(placement.assign_stem(run_id(1)), 0);
        assert_eq!(placement.assign_stem(run_id(2)), 1);
        for seat in 0..3 {
            placement.place_down(run_id(1), seat);
        }
        assert_eq!(placement.assign_stem(run_id(3)), 1);
        assert_eq!(placement.assign_stem(run_id(4)), 1);
        assert_eq!(placement.assign_stem(run_id(1)), 0);
    }

    #[test]
    fn a_large_room_is_split_and_freed_space_is_reused() {
        let mut placement = Placement::new(3, 2);
        placement.assign_stem(run_id(1));
        let mut worker_of = |seat| {
            let placed = placement.place_down(run_id(1), seat).expect("there is the room");
            assert_eq!(placed.stem, 0);
            placed.worker
        };
        assert_eq!([0, 1, 2, 3, 4, 5].map(&mut worker_of), [0, 0, 1, 1, 2, 2]);
        // When all are full, those with the fewest take more.
        assert_eq!([6, 7, 8, 9].map(&mut worker_of), [0, 1, 2, 0]);
        assert_eq!(worker_of(3), 1);
        placement.release_down(run_id(1), 3);
        placement.release_down(run_id(1), 2);
        placement.release_down(run_id(1), 7);
        let placed = placement.place_down(run_id(1), 20);
        assert_eq!(placed.map(|placed| placed.worker), Some(1));
    }

    #[test]
    fn closed_downs_and_rooms_release_their_load() {
        let mut placement = Placement::new(2, 2);
        for number in 0..4 {
            placement.assign_stem(run_id(number));
            for seat in 0..7 {
                placement.place_down(run_id(number), seat);
            }
        }
        placement.release_down(run_id(0), 3);
        placement.release_down(run_id(0), 3);
        for number in 0..4 {
            assert!(placement.close_room(run_id(number)).is_some());
            assert!(placement.close_room(run_id(number)).is_none());
        }
        assert_eq!(placement.load, [0, 0]);
        assert_eq!(placement.place_down(run_id(1), 1), None);
    }
}
