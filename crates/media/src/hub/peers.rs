//! All connections of one worker: which one a datagram is for, which are to be polled and when,
//! and which are closed and wait to be removed.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use str0m::net::Protocol;

use crate::hub::deadlines::Deadlines;
use crate::hub::demux::{Demux, TransportAddr};
use crate::hub::peer::Peer;
use crate::hub::slab::Slab;
use crate::hub::{ForwardingTable, HubOutputs, ufrag};

/// Shortest time until a connection is polled again. A paced one asks for its next poll at once.
const POLL_INTERVAL_MIN: Duration = Duration::from_millis(1);

/// Connections by index.
#[derive(Debug, Default)]
pub(super) struct PeerSet {
    slab: Slab<Peer>,
    demux: Demux,
    deadlines: Deadlines,
    poll_queue: Vec<u32>,
    closed: Vec<u32>,
}

impl PeerSet {
    /// Adds a connection under its ufrag; returns its index.
    pub(super) fn insert_peer(&mut self, peer: Peer) -> u32 {
        let ufrags = peer.ufrags.clone();
        let id = self.slab.insert(peer);
        for ufrag in ufrags {
            self.demux.add_ufrag(ufrag, id);
        }
        id
    }

    pub(super) fn get(&self, id: u32) -> Option<&Peer> {
        self.slab.get(id)
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut Peer> {
        self.slab.get_mut(id)
    }

    pub(super) fn len(&self) -> usize {
        self.slab.len()
    }

    /// The connection a datagram is for.
    pub(super) fn find_recipient(
        &self,
        proto: Protocol,
        from: SocketAddr,
        bytes: &[u8],
    ) -> Option<u32> {
        match ufrag::ufrag_in_stun(bytes) {
            Some(ufrag) => self.demux.peer_by_ufrag(&ufrag),
            None => self.demux.peer_by_addr(TransportAddr::new(proto, from)),
        }
    }

    /// Gives a connection a further ufrag. The one before stays valid while the browser changes
    /// over; older ones are removed.
    pub(super) fn add_ufrag(&mut self, id: u32, ufrag: String) {
        let Some(peer) = self.slab.get_mut(id) else {
            return;
        };
        if peer.ufrags.len() > 1 {
            let oldest = peer.ufrags.remove(0);
            self.demux.remove_ufrag(&oldest, id);
        }
        peer.ufrags.push(ufrag.clone());
        self.demux.add_ufrag(ufrag, id);
    }

    /// Assigns a validated source address to a connection.
    pub(super) fn claim_addr(&mut self, id: u32, addr: TransportAddr) {
        if let Some(peer) = self.slab.get_mut(id) {
            self.demux.claim_addr(addr, id, &mut peer.addrs);
        }
    }

    /// Forgets the address of a TCP connection that is closed.
    pub(super) fn release_tcp_addr(&mut self, from: SocketAddr) {
        let addr = TransportAddr::new(Protocol::Tcp, from);
        if let Some(id) = self.demux.peer_by_addr(addr) {
            self.demux.release_addr(addr, id);
            if let Some(peer) = self.slab.get_mut(id) {
                peer.addrs.retain(|other| *other != addr);
            }
        }
    }

    /// Polls a connection again at `due`, and not before [`POLL_INTERVAL_MIN`] has passed.
    pub(super) fn schedule_poll(&mut self, id: u32, due: Instant, now: Instant) {
        self.deadlines.set_earliest(id, due.max(now + POLL_INTERVAL_MIN));
    }

    /// Polls a connection with the next flush.
    pub(super) fn queue_poll(&mut self, id: u32) {
        if let Some(peer) = self.slab.get_mut(id)
            && !peer.is_poll_queued
        {
            peer.is_poll_queued = true;
            self.poll_queue.push(id);
        }
    }

    /// Queues all connections that are due.
    pub(super) fn queue_due(&mut self, now: Instant) {
        while let Some(id) = self.deadlines.pop_due(now) {
            self.queue_poll(id);
        }
    }

    /// Takes the poll queue.
    pub(super) fn take_poll_queue(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.poll_queue)
    }

    /// Gives back the drained queue to reuse its allocation; true if nothing was queued meanwhile.
    pub(super) fn return_poll_queue(&mut self, drained: Vec<u32>) -> bool {
        let is_idle = self.poll_queue.is_empty();
        if is_idle {
            self.poll_queue = drained;
        }
        is_idle
    }

    /// Binds the slots of a down to a table.
    pub(super) fn bind_down(&mut self, id: u32, table: &ForwardingTable) {
        let Some(peer) = self.slab.get_mut(id) else {
            return;
        };
        match peer.bind_slots(table) {
            Some(()) => self.queue_poll(id),
            None => self.closed.push(id),
        }
    }

    /// Sends a PLI to an up.
    pub(super) fn send_pli(&mut self, id: u32, layer: u8) {
        if self.slab.get_mut(id).is_some_and(|peer| peer.send_pli(layer)) {
            self.queue_poll(id);
        }
    }

    /// Closes a connection; nothing is reported about it.
    pub(super) fn disconnect(&mut self, id: u32, now: Instant, outputs: &mut HubOutputs) {
        if let Some(peer) = self.slab.get_mut(id) {
            peer.disconnect(now, outputs);
            self.closed.push(id);
        }
    }

    /// Closes all connections of a room.
    pub(super) fn disconnect_room(&mut self, room: u32, now: Instant, outputs: &mut HubOutputs) {
        let of_room = self.slab.iter_indexed().filter(|(_, peer)| peer.room == room);
        let ids: Vec<u32> = of_room.map(|(id, _)| id).collect();
        for id in ids {
            self.disconnect(id, now, outputs);
        }
    }

    /// Marks a connection for removal.
    pub(super) fn mark_closed(&mut self, id: u32) {
        self.closed.push(id);
    }

    /// Marks a connection for removal if it is over.
    pub(super) fn check_closed(&mut self, id: u32, now: Instant) {
        if self.slab.get(id).is_some_and(|peer| peer.is_over(now)) {
            self.closed.push(id);
        }
    }

    /// Removes one of the closed connections and returns it.
    pub(super) fn remove_closed(&mut self) -> Option<(u32, Box<Peer>)> {
        while let Some(id) = self.closed.pop() {
            let Some(peer) = self.slab.remove(id) else {
                continue;
            };
            self.deadlines.cancel(id);
            self.demux.remove_peer(id, &peer.ufrags, &peer.addrs);
            return Some((id, peer));
        }
        None
    }

    /// The earliest deadline of a connection.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.deadlines.next_due()
    }

    /// Armed deadlines.
    pub(super) fn deadline_count(&self) -> usize {
        self.deadlines.len()
    }

    /// Numbers of ufrags and addresses.
    pub(super) fn demux_sizes(&self) -> (usize, usize) {
        self.demux.sizes()
    }
}

/// Drops a connection. A panic in its agent's destructor is confined to it.
pub(super) fn drop_peer(peer: Box<Peer>) {
    let _panic = catch_unwind(AssertUnwindSafe(|| drop(peer)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::peer::PeerRole;
    use crate::hub::rtc_factory::{ConnectionKind, RtcFactory};
    use crate::hub::tests::hub_settings;
    use crate::hub::up::UpTracks;
    use crate::pure::test_epoch;

    fn add_up(peers: &mut PeerSet, room: u32, now: Instant) -> u32 {
        let factory = RtcFactory::new(hub_settings(0));
        let built = factory.build_rtc(ConnectionKind::Up, now);
        peers.insert_peer(Peer::new(built, (room, 1), PeerRole::Up(UpTracks::default()), now))
    }

    #[test]
    fn a_peer_is_queued_once_and_the_drained_queue_is_reused() {
        let (mut peers, now) = (PeerSet::default(), test_epoch());
        let id = add_up(&mut peers, 0, now);
        peers.queue_poll(id);
        peers.queue_poll(id);
        peers.queue_poll(99);
        let mut queue = peers.take_poll_queue();
        assert_eq!(queue, [id]);
        queue.clear();
        assert!(peers.return_poll_queue(queue));
    }

    #[test]
    fn a_peer_is_not_polled_twice_within_a_millisecond() {
        let (mut peers, now) = (PeerSet::default(), test_epoch());
        let id = add_up(&mut peers, 0, now);
        peers.schedule_poll(id, now, now);
        assert_eq!(peers.next_due(), Some(now + POLL_INTERVAL_MIN));
        peers.queue_due(now);
        assert!(peers.take_poll_queue().is_empty());
        peers.queue_due(now + POLL_INTERVAL_MIN);
        assert_eq!(peers.take_poll_queue(), [id]);
    }

    #[test]
    fn the_last_two_ufrags_of_a_peer_are_valid_and_none_after_its_removal() {
        let (mut peers, now) = (PeerSet::default(), test_epoch());
        let id = add_up(&mut peers, 0, now);
        peers.add_ufrag(id, "second".to_owned());
        peers.add_ufrag(id, "third".to_owned());
        assert_eq!(peers.demux_sizes().0, 2);
        assert_eq!(peers.demux.peer_by_ufrag("third"), Some(id));
        peers.schedule_poll(id, now, now);
        peers.mark_closed(id);
        let (removed, peer) = peers.remove_closed().expect("it is closed");
        drop_peer(peer);
        assert_eq!((removed, peers.len(), peers.deadline_count()), (id, 0, 0));
        assert_eq!(peers.demux_sizes(), (0, 0));
        assert!(peers.remove_closed().is_none());
    }

    #[test]
    fn closing_a_room_closes_its_peers_alone() {
        let (mut peers, now) = (PeerSet::default(), test_epoch());
        let (gone, stays) = (add_up(&mut peers, 0, now), add_up(&mut peers, 1, now));
        peers.disconnect_room(0, now, &mut HubOutputs::default());
        let (removed, peer) = peers.remove_closed().expect("it is closed");
        assert!(matches!(&peer.role, PeerRole::Up(up) if up.is_dismissed));
        assert_eq!(removed, gone);
        assert!(peers.remove_closed().is_none() && peers.get(stays).is_some());
    }
}
