//! The open connections of a room with their seats, and those of guides.

use std::collections::BTreeSet;

use super::{LineId, To};

#[derive(Debug)]
struct Conn {
    life: u32,
    seat: u32,
    /// It waits for its first presence frame.
    is_fresh: bool,
}

/// A table of connections by their index.
#[derive(Debug, Default)]
pub(super) struct Conns {
    table: Vec<Option<Conn>>,
    guides: BTreeSet<LineId>,
}

impl Conns {
    fn find_mut(&mut self, id: LineId) -> Option<&mut Conn> {
        let index = usize::try_from(id.index()).ok()?;
        self.table.get_mut(index)?.as_mut().filter(|conn| conn.life == id.life())
    }

    /// The seat of a connection, if it is open.
    pub(super) fn seat_of(&self, id: LineId) -> Option<u32> {
        let index = usize::try_from(id.index()).ok()?;
        let conn = self.table.get(index)?.as_ref().filter(|conn| conn.life == id.life())?;
        Some(conn.seat)
    }

    pub(super) fn open(&mut self, id: LineId, seat: u32, is_guide: bool) {
        let Ok(index) = usize::try_from(id.index()) else {
            return;
        };
        if self.table.len() <= index {
            self.table.resize_with(index + 1, || None);
        }
        if let Some(entry) = self.table.get_mut(index) {
            *entry = Some(Conn { life: id.life(), seat, is_fresh: false });
        }
        if is_guide {
            self.guides.insert(id);
        }
    }

    pub(super) fn close(&mut self, id: LineId) {
        let index = usize::try_from(id.index()).ok();
        if let Some(entry) = index.and_then(|index| self.table.get_mut(index)) {
            *entry = None;
        }
        self.guides.remove(&id);
    }

    /// Marks a connection as waiting for its first presence frame. False if it was marked already,
    /// or is not open.
    pub(super) fn mark_fresh(&mut self, id: LineId) -> bool {
        let conn = self.find_mut(id);
        conn.is_some_and(|conn| !std::mem::replace(&mut conn.is_fresh, true))
    }

    /// Takes that mark off. False if it was not there.
    pub(super) fn clear_fresh(&mut self, id: LineId) -> bool {
        let conn = self.find_mut(id);
        conn.is_some_and(|conn| std::mem::replace(&mut conn.is_fresh, false))
    }

    pub(super) fn all(&self) -> Vec<LineId> {
        self.open_where(|_| true)
    }

    /// All open connections as recipients; `None` if there are none.
    pub(super) fn everybody(&self) -> Option<To> {
        Some(self.all()).filter(|all| !all.is_empty()).map(To::Many)
    }

    /// The connections that have had their first presence frame.
    pub(super) fn informed(&self) -> Vec<LineId> {
        self.open_where(|conn| !conn.is_fresh)
    }

    fn open_where(&self, is_wanted: impl Fn(&Conn) -> bool) -> Vec<LineId> {
        let conns = (0..).zip(&self.table);
        let wanted = conns.filter_map(|(index, conn)| {
            let conn = conn.as_ref().filter(|conn| is_wanted(conn))?;
            Some(LineId::new(index, conn.life))
        });
        wanted.collect()
    }

    pub(super) const fn guides(&self) -> &BTreeSet<LineId> {
        &self.guides
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_is_used_again_is_another_connection() {
        let mut conns = Conns::default();
        let (first, second) = (LineId::new(2, 0), LineId::new(2, 1));
        conns.open(first, 7, true);
        assert_eq!((conns.seat_of(first), conns.seat_of(second)), (Some(7), None));
        conns.close(first);
        conns.open(second, 8, false);
        assert_eq!((conns.seat_of(first), conns.seat_of(second)), (None, Some(8)));
        assert_eq!(conns.all(), [second]);
        assert!(conns.guides().is_empty());
    }

    #[test]
    fn a_connection_is_fresh_until_it_is_informed() {
        let mut conns = Conns::default();
        let conn = LineId::new(0, 0);
        assert!(!conns.mark_fresh(conn), "it is not open");
        conns.open(conn, 0, false);
        assert!(conns.mark_fresh(conn) && !conns.mark_fresh(conn));
        assert!(conns.informed().is_empty());
        assert!(conns.clear_fresh(conn) && !conns.clear_fresh(conn));
        assert_eq!(conns.informed(), [conn]);
    }
}
