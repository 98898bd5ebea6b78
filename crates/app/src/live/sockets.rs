//! All sockets of one sit, by id. An index is used again only with another generation, so that a
//! late message about a closed socket reaches no other one.

use std::sync::Arc;

use sitwith_core::sit::room::ConnId;

use super::SitSocket;

#[derive(Default)]
pub(super) struct SocketTable {
    slots: Vec<SocketSlot>,
    free: Vec<u32>,
}

struct SocketSlot {
    generation: u32,
    socket: Option<Arc<dyn SitSocket>>,
}

impl SocketTable {
    pub(super) fn insert(&mut self, line: Arc<dyn SitSocket>) -> ConnId {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(SocketSlot { generation: 0, socket: None });
            u32::try_from(self.slots.len() - 1).expect("a home has a limit of sitters")
        });
        let place = self.slot_mut(index).expect("the place is free or was just made");
        place.socket = Some(line);
        ConnId::new(index, place.generation)
    }

    /// Returns the socket with this id, if it is still open.
    pub(super) fn get(&self, id: ConnId) -> Option<&Arc<dyn SitSocket>> {
        let place = self.slots.get(usize::try_from(id.index()).ok()?)?;
        place.socket.as_ref().filter(|_| place.generation == id.generation())
    }

    pub(super) fn remove(&mut self, id: ConnId) -> Option<Arc<dyn SitSocket>> {
        let place =
            self.slot_mut(id.index()).filter(|place| place.generation == id.generation())?;
        let line = place.socket.take()?;
        place.generation = place.generation.wrapping_add(1);
        self.free.push(id.index());
        Some(line)
    }

    pub(super) fn ids(&self) -> Vec<ConnId> {
        let places = (0..).zip(&self.slots).filter(|(_, place)| place.socket.is_some());
        places.map(|(index, place)| ConnId::new(index, place.generation)).collect()
    }

    fn slot_mut(&mut self, index: u32) -> Option<&mut SocketSlot> {
        self.slots.get_mut(usize::try_from(index).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::TrySendOutcome;

    struct Silent;

    impl SitSocket for Silent {
        fn try_send(&self, _frame: &bytes::Bytes) -> TrySendOutcome {
            TrySendOutcome::Accepted
        }

        fn close(&self, _code: u16, _why: &'static str) {}
    }

    #[test]
    fn a_number_that_is_used_again_is_another_line() {
        let mut table = SocketTable::default();
        let first = table.insert(Arc::new(Silent));
        assert!(table.remove(first).is_some());
        let second = table.insert(Arc::new(Silent));
        assert_eq!(first.index(), second.index());
        assert_ne!(first, second);
        assert!(table.get(first).is_none());
        assert!(table.remove(first).is_none());
        assert!(table.get(second).is_some());
        assert_eq!(table.ids(), [second]);
    }
}
