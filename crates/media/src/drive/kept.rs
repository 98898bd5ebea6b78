//! What one worker says to the others, on its way to them. When one of them is too busy to take it,
//! sound and pictures for it are let go; what must not get lost waits here. A newer word about a
//! room takes the place of the older one that it makes needless, so that there are never more than
//! a few for each room and worker, however long somebody is busy.

use std::collections::VecDeque;

use crate::hub::{Relay, Relayed};

/// Messages that wait for busy workers, in the order in which they were said.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    waiting: VecDeque<(u16, Relay)>,
}

impl Kept {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Something that must not get lost, for later.
    pub(crate) fn keep(&mut self, worker: u16, relay: Relay) {
        let of_room = |kept: &&mut (u16, Relay)| kept.0 == worker && kept.1.room == relay.room;
        match self.waiting.iter_mut().rfind(of_room) {
            Some(last) if replaces(&relay.what, &last.1.what) => last.1 = relay,
            _ => self.waiting.push_back((worker, relay)),
        }
    }

    /// Hands out what waits, and then these. `give` gives back what a worker has no room for.
    /// How many were let go.
    pub(crate) fn give(
        &mut self,
        relays: &mut Vec<(u16, Relay)>,
        mut give: impl FnMut(u16, Relay) -> Result<(), Relay>,
    ) -> usize {
        // Those that something waits for again: a bit each, for as many workers as there can be.
        let (mut held_up, mut let_go) = (0_u64, 0_usize);
        let waited = std::mem::take(&mut self.waiting);
        for (worker, relay) in waited.into_iter().chain(relays.drain(..)) {
            let bit = 1_u64.checked_shl(worker.into()).unwrap_or(0);
            // Nothing overtakes what waits for the same worker.
            let given = if held_up & bit == 0 { give(worker, relay) } else { Err(relay) };
            match given {
                Ok(()) => {}
                Err(relay) if must_arrive(&relay.what) => {
                    held_up |= bit;
                    self.keep(worker, relay);
                }
                Err(_let_go) => let_go += 1,
            }
        }
        let_go
    }
}

/// Whether it would be missed: sound and pictures come again, and so do requests for whole ones.
const fn must_arrive(what: &Relayed) -> bool {
    !matches!(what, Relayed::Packet(_) | Relayed::Keyframe { .. })
}

/// Whether a worker that hears the newer one needs not hear the older one, said just before it of
/// the same room.
const fn replaces(newer: &Relayed, older: &Relayed) -> bool {
    use Relayed::{Anew, Join, Leave, Over, Table};
    matches!(
        (newer, older),
        (Join | Leave, Join | Leave) | (Table(_) | Over, Table(_)) | (Over | Anew, Over | Anew)
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sitwith_core::id::RunId;
    use sitwith_core::time::Instant;

    use super::*;
    use crate::hub::Table;
    use crate::settings::WORKERS_MAX;

    fn say(room: u8, what: Relayed) -> Relay {
        let room = RunId::new(Instant::from_ms(1), [room; 10]);
        Relay { room, from: 0, what }
    }

    fn table(n: u64) -> Relayed {
        Relayed::Table(Arc::new(Table { n, ..Table::default() }))
    }

    const KEY: Relayed = Relayed::Keyframe { slot: 0, layer: 0 };

    /// Says these; what worker 1, with room for so many, and the others were given, and how many
    /// were let go.
    fn given(
        kept: &mut Kept,
        mut said: Vec<(u16, Relay)>,
        mut room: usize,
    ) -> (Vec<(u16, String)>, usize) {
        let mut given = vec![];
        let let_go = kept.give(&mut said, |worker, relay| {
            if worker == 1 && room == 0 {
                return Err(relay);
            }
            room -= usize::from(worker == 1);
            given.push((worker, words(&relay)));
            Ok(())
        });
        (given, let_go)
    }

    fn words(relay: &Relay) -> String {
        match &relay.what {
            Relayed::Table(table) => format!("table {}", table.n),
            Relayed::Keyframe { .. } => "key".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    #[test]
    fn however_long_a_worker_is_busy_it_learns_how_each_room_stands() {
        let mut kept = Kept::default();
        for n in 0..10_000 {
            let rooms = (1..=3).map(|room| (1, say(room, table(n))));
            let said = rooms.chain([(1, say(1, KEY)), (2, say(1, KEY))]);
            let (got, let_go) = given(&mut kept, said.collect(), 0);
            assert_eq!(got, [(2, "key".to_owned())], "who is not busy gets theirs");
            assert_eq!(let_go, 1);
            assert_eq!(kept.waiting.len(), 3);
        }
        given(&mut kept, vec![(1, say(2, Relayed::Over))], 0);
        let (got, _) = given(&mut kept, vec![(1, say(3, KEY))], 9);
        let got: Vec<String> = got.into_iter().map(|(_, what)| what).collect();
        assert_eq!(got, ["table 9999", "over", "table 9999", "key"]);
        assert!(kept.is_empty());
    }

    #[test]
    fn who_joins_and_leaves_meanwhile_is_known_by_the_last_word_of_it() {
        let mut kept = Kept::default();
        for _ in 0..1_000 {
            for what in [Relayed::Join, Relayed::Leave, Relayed::Join] {
                given(&mut kept, vec![(1, say(1, what))], 0);
            }
        }
        assert_eq!(given(&mut kept, vec![], 9).0, [(1, "join".to_owned())]);
    }

    #[test]
    fn a_worker_that_began_anew_says_so_before_anything_else_of_the_room() {
        let mut kept = Kept::default();
        for n in 1..=2 {
            kept.keep(1, say(1, Relayed::Anew));
            given(&mut kept, vec![(1, say(1, table(n)))], 0);
        }
        let (got, _) = given(&mut kept, vec![], 9);
        let got: Vec<String> = got.into_iter().map(|(_, what)| what).collect();
        assert_eq!(got, ["anew", "table 1", "anew", "table 2"]);
    }

    #[test]
    fn what_waits_is_given_in_its_order_as_room_comes_and_nothing_overtakes_it() {
        let mut kept = Kept::default();
        let said = (1..=3).map(|room| (1, say(room, table(u64::from(room)))));
        given(&mut kept, said.collect(), 0);
        let (got, let_go) = given(&mut kept, vec![(1, say(9, KEY))], 2);
        assert_eq!(got.len(), 2);
        assert_eq!(let_go, 1, "a packet does not go before a table");
        let (got, _) = given(&mut kept, vec![], 9);
        assert_eq!(got, [(1, "table 3".to_owned())]);
    }

    #[test]
    fn there_is_a_bit_for_each_worker_there_can_be() {
        assert!(WORKERS_MAX <= usize::try_from(u64::BITS).unwrap());
    }
}
