//! All sockets of one sit, by id. An index is used again only with another generation, so that a
//! late message about a closed socket reaches no other one.

use std::sync::Arc;

use sitwith_core::sit::room::LineId;

use super::Line;

#[derive(Default)]
pub(super) struct Table {
    places: Vec<Place>,
    free: Vec<u32>,
}

struct Place {
    life: u32,
    line: Option<Arc<dyn Line>>,
}

impl Table {
    pub(super) fn insert(&mut self, line: Arc<dyn Line>) -> LineId {
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place { life: 0, line: None });
            u32::try_from(self.places.len() - 1).expect("a home has a limit of sitters")
        });
        let place = self.place(index).expect("the place is free or was just made");
        place.line = Some(line);
        LineId::new(index, place.life)
    }

    /// Returns the socket with this id, if it is still open.
    pub(super) fn get(&self, id: LineId) -> Option<&Arc<dyn Line>> {
        let place = self.places.get(usize::try_from(id.index()).ok()?)?;
        place.line.as_ref().filter(|_| place.life == id.life())
    }

    pub(super) fn remove(&mut self, id: LineId) -> Option<Arc<dyn Line>> {
        let place = self.place(id.index()).filter(|place| place.life == id.life())?;
        let line = place.line.take()?;
        place.life = place.life.wrapping_add(1);
        self.free.push(id.index());
        Some(line)
    }

    pub(super) fn ids(&self) -> Vec<LineId> {
        let places = (0..).zip(&self.places).filter(|(_, place)| place.line.is_some());
        places.map(|(index, place)| LineId::new(index, place.life)).collect()
    }

    fn place(&mut self, index: u32) -> Option<&mut Place> {
        self.places.get_mut(usize::try_from(index).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Offer;

    struct Silent;

    impl Line for Silent {
        fn offer(&self, _frame: &bytes::Bytes) -> Offer {
            Offer::Taken
        }

        fn close(&self, _code: u16, _why: &'static str) {}
    }

    #[test]
    fn a_number_that_is_used_again_is_another_line() {
        let mut table = Table::default();
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
