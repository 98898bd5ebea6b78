//! The open connections of a room with their seats, and those of guides.

use std::collections::BTreeSet;

use super::{ConnId, Recipients};

#[derive(Debug)]
struct RoomConn {
    life: u32,
    seat: u32,
    /// It waits for its first presence frame.
    is_fresh: bool,
}

/// A table of connections by their index.
#[derive(Debug, Default)]
pub(super) struct RoomConns {
    table: Vec<Option<RoomConn>>,
    guide_conns: BTreeSet<ConnId>,
}

impl RoomConns {
    fn find_mut(&mut self, id: ConnId) -> Option<&mut RoomConn> {
        let index = usize::try_from(id.index()).ok()?;
        self.table.get_mut(index)?.as_mut().filter(|conn| conn.life == id.generation())
    }

    /// The seat of a connection, if it is open.
    pub(super) fn seat_of(&self, id: ConnId) -> Option<u32> {
        let index = usize::try_from(id.index()).ok()?;
        let conn = self.table.get(index)?.as_ref().filter(|conn| conn.life == id.generation())?;
        Some(conn.seat)
    }

    pub(super) fn open_conn(&mut self, id: ConnId, seat: u32, is_guide: bool) {
        let Ok(index) = usize::try_from(id.index()) else {
            return;
        };
        if self.table.len() <= index {
            self.table.resize_with(index + 1, || None);
        }
        if let Some(entry) = self.table.get_mut(index) {
            *entry = Some(RoomConn { life: id.generation(), seat, is_fresh: false });
        }
        if is_guide {
            self.guide_conns.insert(id);
        }
    }

    pub(super) fn close_conn(&mut self, id: ConnId) {
        let index = usize::try_from(id.index()).ok();
        if let Some(entry) = index.and_then(|index| self.table.get_mut(index)) {
            *entry = None;
        }
        self.guide_conns.remove(&id);
    }

    /// Marks a connection as waiting for its first presence frame. False if it was marked already,
    /// or is not open.
    pub(super) fn mark_fresh(&mut self, id: ConnId) -> bool {
        let conn = self.find_mut(id);
        conn.is_some_and(|conn| !std::mem::replace(&mut conn.is_fresh, true))
    }

    /// Takes that mark off. False if it was not there.
    pub(super) fn clear_fresh(&mut self, id: ConnId) -> bool {
        let conn = self.find_mut(id);
        conn.is_some_and(|conn| std::mem::replace(&mut conn.is_fresh, false))
    }

    pub(super) fn open_conns(&self) -> Vec<ConnId> {
        self.open_where(|_| true)
    }

    /// All open connections as recipients; `None` if there are none.
    pub(super) fn to_everybody(&self) -> Option<Recipients> {
        Some(self.open_conns()).filter(|all| !all.is_empty()).map(Recipients::Many)
    }

    /// The connections that have had their first presence frame.
    pub(super) fn informed_conns(&self) -> Vec<ConnId> {
        self.open_where(|conn| !conn.is_fresh)
    }

    fn open_where(&self, is_wanted: impl Fn(&RoomConn) -> bool) -> Vec<ConnId> {
        let conns = (0..).zip(&self.table);
        let wanted = conns.filter_map(|(index, conn)| {
            let conn = conn.as_ref().filter(|conn| is_wanted(conn))?;
            Some(ConnId::new(index, conn.life))
        });
        wanted.collect()
    }

    pub(super) const fn guide_conns(&self) -> &BTreeSet<ConnId> {
        &self.guide_conns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_is_used_again_is_another_connection() {
        let mut conns = RoomConns::default();
        let (first, second) = (ConnId::new(2, 0), ConnId::new(2, 1));
        conns.open_conn(first, 7, true);
        assert_eq!((conns.seat_of(first), conns.seat_of(second)), (Some(7), None));
        conns.close_conn(first);
        conns.open_conn(second, 8, false);
        assert_eq!((conns.seat_of(first), conns.seat_of(second)), (None, Some(8)));
        assert_eq!(conns.open_conns(), [second]);
        assert!(conns.guide_conns().is_empty());
    }

    #[test]
    fn a_connection_is_fresh_until_it_is_informed() {
        let mut conns = RoomConns::default();
        let conn = ConnId::new(0, 0);
        assert!(!conns.mark_fresh(conn), "it is not open");
        conns.open_conn(conn, 0, false);
        assert!(conns.mark_fresh(conn) && !conns.mark_fresh(conn));
        assert!(conns.informed_conns().is_empty());
        assert!(conns.clear_fresh(conn) && !conns.clear_fresh(conn));
        assert_eq!(conns.informed_conns(), [conn]);
    }
}
