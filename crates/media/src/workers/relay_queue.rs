//! Messages between workers. When a receiver is busy, packets and keyframe requests are dropped and
//! everything else is kept. A newer message replaces an older one that it makes obsolete, so at
//! most a few are kept for each room and worker.

use std::collections::VecDeque;

use crate::hub::{RelayBody, RelayMessage};

/// Messages that wait for busy workers, in order.
#[derive(Debug, Default)]
pub(crate) struct RelayQueue {
    waiting: VecDeque<(u16, RelayMessage)>,
}

impl RelayQueue {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Keeps a message for later.
    pub(crate) fn keep_message(&mut self, worker: u16, relay: RelayMessage) {
        let of_room =
            |entry: &&mut (u16, RelayMessage)| entry.0 == worker && entry.1.room == relay.room;
        match self.waiting.iter_mut().rfind(of_room) {
            Some(last) if makes_obsolete(&relay.body, &last.1.body) => last.1 = relay,
            _ => self.waiting.push_back((worker, relay)),
        }
    }

    /// Sends what is kept, then `relays`. `send` gives back what a worker has no room for. Returns
    /// the number of messages dropped.
    pub(crate) fn send_all(
        &mut self,
        relays: &mut Vec<(u16, RelayMessage)>,
        mut send: impl FnMut(u16, RelayMessage) -> Result<(), RelayMessage>,
    ) -> usize {
        // Workers that something is kept for again, one bit each.
        let (mut blocked, mut dropped) = (0_u64, 0_usize);
        let kept = std::mem::take(&mut self.waiting);
        for (worker, relay) in kept.into_iter().chain(relays.drain(..)) {
            let bit = 1_u64.checked_shl(worker.into()).unwrap_or(0);
            // Nothing overtakes what is kept for the same worker.
            let sent = if blocked & bit == 0 { send(worker, relay) } else { Err(relay) };
            match sent {
                Ok(()) => {}
                Err(relay) if must_arrive(&relay.body) => {
                    blocked |= bit;
                    self.keep_message(worker, relay);
                }
                Err(_repeated) => dropped += 1,
            }
        }
        dropped
    }
}

/// False for packets and keyframe requests, which will be repeated.
const fn must_arrive(body: &RelayBody) -> bool {
    !matches!(body, RelayBody::Packet(_) | RelayBody::Keyframe { .. })
}

/// True if a worker that gets `newer` right after `older` of the same room does not need `older`.
const fn makes_obsolete(newer: &RelayBody, older: &RelayBody) -> bool {
    use RelayBody::{Join, Leave, Restarted, RoomClosed, Table};
    matches!(
        (newer, older),
        (Join | Leave, Join | Leave)
            | (Table(_) | RoomClosed, Table(_))
            | (RoomClosed | Restarted, RoomClosed | Restarted)
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sitwith_core::id::RunId;
    use sitwith_core::time::Instant;

    use super::*;
    use crate::hub::ForwardingTable;
    use crate::settings::WORKERS_MAX;

    fn relay_message(room: u8, body: RelayBody) -> RelayMessage {
        let room = RunId::new(Instant::from_ms(1), [room; 10]);
        RelayMessage { room, from: 0, body }
    }

    fn table_body(n: u64) -> RelayBody {
        RelayBody::Table(Arc::new(ForwardingTable { version: n, ..ForwardingTable::default() }))
    }

    const KEY: RelayBody = RelayBody::Keyframe { slot: 0, layer: 0 };

    /// Sends these; returns what was delivered, where worker 1 has `room` places left, and the
    /// number of messages dropped.
    fn send_messages(
        queue: &mut RelayQueue,
        mut said: Vec<(u16, RelayMessage)>,
        mut room: usize,
    ) -> (Vec<(u16, String)>, usize) {
        let mut sent = vec![];
        let dropped = queue.send_all(&mut said, |worker, relay| {
            if worker == 1 && room == 0 {
                return Err(relay);
            }
            room -= usize::from(worker == 1);
            sent.push((worker, describe_message(&relay)));
            Ok(())
        });
        (sent, dropped)
    }

    fn describe_message(relay: &RelayMessage) -> String {
        match &relay.body {
            RelayBody::Table(table) => format!("table {}", table.version),
            RelayBody::Keyframe { .. } => "key".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    #[test]
    fn a_worker_that_was_busy_gets_the_latest_table_of_each_room() {
        let mut queue = RelayQueue::default();
        for n in 0..10_000 {
            let rooms = (1..=3).map(|room| (1, relay_message(room, table_body(n))));
            let said = rooms.chain([(1, relay_message(1, KEY)), (2, relay_message(1, KEY))]);
            let (got, dropped) = send_messages(&mut queue, said.collect(), 0);
            assert_eq!(got, [(2, "key".to_owned())], "who is not busy gets theirs");
            assert_eq!(dropped, 1);
            assert_eq!(queue.waiting.len(), 3);
        }
        send_messages(&mut queue, vec![(1, relay_message(2, RelayBody::RoomClosed))], 0);
        let (got, _) = send_messages(&mut queue, vec![(1, relay_message(3, KEY))], 9);
        let got: Vec<String> = got.into_iter().map(|(_, body)| body).collect();
        assert_eq!(got, ["table 9999", "roomclosed", "table 9999", "key"]);
        assert!(queue.is_empty());
    }

    #[test]
    fn of_many_joins_and_leaves_the_last_is_delivered() {
        let mut queue = RelayQueue::default();
        for _ in 0..1_000 {
            for body in [RelayBody::Join, RelayBody::Leave, RelayBody::Join] {
                send_messages(&mut queue, vec![(1, relay_message(1, body))], 0);
            }
        }
        assert_eq!(send_messages(&mut queue, vec![], 9).0, [(1, "join".to_owned())]);
    }

    #[test]
    fn a_restart_is_delivered_before_the_tables_that_follow_it() {
        let mut queue = RelayQueue::default();
        for n in 1..=2 {
            queue.keep_message(1, relay_message(1, RelayBody::Restarted));
            send_messages(&mut queue, vec![(1, relay_message(1, table_body(n)))], 0);
        }
        let (got, _) = send_messages(&mut queue, vec![], 9);
        let got: Vec<String> = got.into_iter().map(|(_, body)| body).collect();
        assert_eq!(got, ["restarted", "table 1", "restarted", "table 2"]);
    }

    #[test]
    fn kept_messages_are_delivered_in_order_and_not_overtaken() {
        let mut queue = RelayQueue::default();
        let said = (1..=3).map(|room| (1, relay_message(room, table_body(u64::from(room)))));
        send_messages(&mut queue, said.collect(), 0);
        let (got, dropped) = send_messages(&mut queue, vec![(1, relay_message(9, KEY))], 2);
        assert_eq!(got.len(), 2);
        assert_eq!(dropped, 1, "a packet does not go before a table");
        let (got, _) = send_messages(&mut queue, vec![], 9);
        assert_eq!(got, [(1, "table 3".to_owned())]);
    }

    #[test]
    fn there_is_a_bit_for_each_worker() {
        assert!(WORKERS_MAX <= usize::try_from(u64::BITS).unwrap());
    }
}
