//! One worker's forwarding, without I/O or clock: commands ([`HubCommand`]), datagrams and the time
//! come in; datagrams, events and messages to other workers ([`HubOutputs`]) come out.
//!
//! The hub routes between machines that have their own state:
//!
//! * `peers`: connections (`peer`, `up`, `down`), demultiplexing (`demux`, `ufrag`) and
//!   polling;
//! * `rooms`: rooms (`room`, `feed`) with their forwarding tables and keyframe requests, and
//!   their part in splits over workers (`branch`);
//! * `negotiate`: SDP offers and answers; `rtc_factory` builds the str0m agents;
//! * `forward`: packets on their way from ups to downs;
//! * `targeting`: the layer of each face for each down; `link`: bandwidth estimation, probing
//!   and pacing of a down.
//!
//! Nothing is forwarded that no rule names: every packet is checked against its room's table.

mod branch;
mod command;
mod deadlines;
mod demux;
mod down;
mod feed;
mod forward;
mod link;
mod negotiate;
mod outbound;
mod peer;
mod peers;
mod relay;
mod room;
mod rooms;
mod rtc_factory;
mod slab;
mod targeting;
mod ufrag;
mod up;

#[cfg(test)]
mod tests;

pub use command::{HubCommand, HubOutputs, HubSettings, HubSizes, OutboundDatagram};
pub use negotiate::{ANSWER_SDP_MAX, UP_SDP_MAX};
pub use relay::{ForwardingTable, MediaPacket, RelayBody, RelayMessage, TrackKind};
pub use ufrag::worker_from_stun;

use std::net::SocketAddr;
use std::time::Instant;

use sitwith_core::id::RunId;
use str0m::net::Protocol;
use str0m::rtp::RtpPacket;

use crate::hub::forward::{Forwarder, QueuedPacket, send_batch};
use crate::hub::negotiate::Negotiator;
use crate::hub::peer::{Peer, PeerEvent, PeerEvents};
use crate::hub::peers::{PeerSet, drop_peer};
use crate::hub::rooms::{RelayOutcome, RoomEffect, RoomSet};
use crate::hub::targeting::Targeting;

/// Limit of rounds in which polled connections cause others to be polled. Two are usual.
const FLUSH_ROUNDS_MAX: usize = 8;

/// One worker's forwarding.
#[derive(Debug)]
pub struct Hub {
    state: HubState,
    negotiator: Negotiator,
    forwarder: Forwarder,
    targeting: Targeting,
    /// Events of the connection that is being polled.
    events: PeerEvents,
}

/// State that several machines use.
#[derive(Debug)]
struct HubState {
    /// The time of the last call.
    now: Instant,
    peers: PeerSet,
    rooms: RoomSet,
    outputs: HubOutputs,
}

impl Hub {
    /// A hub without rooms.
    pub fn new(settings: HubSettings, now: Instant) -> Self {
        Self {
            state: HubState::new(settings.worker, now),
            negotiator: Negotiator::new(settings),
            forwarder: Forwarder::default(),
            targeting: Targeting::default(),
            events: PeerEvents::default(),
        }
    }

    /// Handles a command.
    pub fn handle_command(&mut self, command: HubCommand, now: Instant) {
        self.state.now = now;
        let Some(command) = self.state.rooms.defer_early_offer(command) else {
            return;
        };
        let state = &mut self.state;
        match command {
            HubCommand::SetRules(room, rules) => state.rooms.set_rules(room, rules, now),
            HubCommand::ConnectUp { room, seat, sdp_offer, renegotiate, reply } => {
                let owner = (room, seat);
                let accepted =
                    self.negotiator.accept_up_offer(state, owner, &sdp_offer, renegotiate);
                let _receiver_gone = reply.send(accepted);
            }
            HubCommand::CreateDownSdpOffer { room, seat, paced, current, reply } => {
                let offered = self.negotiator.offer_down(state, (room, seat), paced, current);
                let _receiver_gone = reply.send(offered);
            }
            HubCommand::ApplyDownSdpAnswer { room, seat, number, sdp_answer, reply } => {
                let owner = (room, seat);
                let accepted =
                    self.negotiator.accept_down_answer(state, owner, number, &sdp_answer);
                let _receiver_gone = reply.send(accepted);
            }
            HubCommand::SetWants(room, seat, wants) => {
                if let Some((room, down)) = state.rooms.set_wants(room, seat, wants) {
                    self.targeting.retarget_down(state, room, down);
                }
            }
            HubCommand::CloseSeat(room, seat) => state.rooms.close_seat(room, seat, now),
            HubCommand::CloseRoom(room) => self.close_room(room),
            HubCommand::JoinRoom { room, stem } => state.rooms.join_room(room, stem, now),
            HubCommand::Relay(relay) => self.handle_relay(relay),
        }
        self.state.apply_room_effects();
        self.state.remove_closed_peers();
    }

    /// Handles a datagram, or one frame of a TCP connection without its header. The local address
    /// does not matter: the matching candidate is taken.
    pub fn handle_datagram(
        &mut self,
        proto: Protocol,
        from: SocketAddr,
        bytes: &[u8],
        now: Instant,
    ) {
        self.state.now = now;
        let HubState { peers, outputs, .. } = &mut self.state;
        let Some(id) = peers.find_recipient(proto, from, bytes) else {
            return;
        };
        let Some(to) = self.negotiator.factory.local_candidate_for(proto, from) else {
            return;
        };
        let Some(peer) = peers.get_mut(id) else {
            return;
        };
        if !peer.bucket.try_take(1, now) {
            return;
        }
        let mut events = std::mem::take(&mut self.events);
        let due = peer.receive((proto, from, to), bytes, now, (outputs, &mut events));
        self.handle_events(id, due, &mut events);
        self.events = events;
    }

    /// Forgets the address of a TCP connection that was closed.
    pub fn handle_tcp_closed(&mut self, from: SocketAddr, now: Instant) {
        self.state.now = now;
        self.state.peers.release_tcp_addr(from);
    }

    /// Handles all that is due. To be called at [`Hub::wake_at`]; earlier calls do no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.state.now = now;
        self.state.rooms.handle_timeout(now);
        self.state.apply_room_effects();
        self.state.peers.queue_due(now);
        self.flush();
    }

    /// Closes all rooms and connections.
    pub fn shut_down(&mut self, now: Instant) {
        self.state.now = now;
        for room in self.state.rooms.ids() {
            self.close_room(room);
        }
        self.flush();
    }

    /// When [`Hub::handle_timeout`] is due next; none while there are no connections.
    pub fn wake_at(&self) -> Option<Instant> {
        let (peers, rooms) = (self.state.peers.next_due(), self.state.rooms.next_due());
        peers.into_iter().chain(rooms).min()
    }

    /// Fans out queued packets and returns the outputs, to be drained by the caller in place. To
    /// be called after each batch of datagrams.
    pub fn outputs(&mut self) -> &mut HubOutputs {
        self.flush();
        &mut self.state.outputs
    }

    /// Number of connections.
    pub fn peer_count(&self) -> usize {
        self.state.peers.len()
    }

    /// Entries in the hub's tables.
    pub fn sizes(&self) -> HubSizes {
        let HubState { peers, rooms, .. } = &self.state;
        let (ufrags, addrs) = peers.demux_sizes();
        HubSizes {
            peers: peers.len(),
            rooms: rooms.len(),
            ufrags,
            addrs,
            deadlines: peers.deadline_count() + rooms.deadline_count(),
        }
    }

    /// Fans out queued packets and polls connections until none is queued.
    fn flush(&mut self) {
        self.fan_out();
        let mut events = std::mem::take(&mut self.events);
        for _ in 0..FLUSH_ROUNDS_MAX {
            self.targeting.retarget_queued(&mut self.state);
            self.state.apply_room_effects();
            let mut queue = self.state.peers.take_poll_queue();
            for id in queue.drain(..) {
                let HubState { now, peers, outputs, .. } = &mut self.state;
                let Some(peer) = peers.get_mut(id) else {
                    continue;
                };
                peer.is_poll_queued = false;
                let due = peer.poll(*now, (outputs, &mut events));
                self.handle_events(id, due, &mut events);
            }
            if self.state.peers.return_poll_queue(queue) {
                break;
            }
        }
        self.events = events;
        self.state.remove_closed_peers();
    }

    /// Handles the events of a connection that was polled and is due again at `due`.
    fn handle_events(&mut self, id: u32, due: Option<Instant>, events: &mut PeerEvents) {
        if let Some(due) = due {
            self.state.peers.schedule_poll(id, due, self.state.now);
        }
        for packet in events.packets.drain(..) {
            self.receive_packet(id, packet);
        }
        for event in events.others.drain(..) {
            self.handle_event(id, event);
        }
        self.state.peers.check_closed(id, self.state.now);
    }

    fn handle_event(&mut self, id: u32, event: PeerEvent) {
        let HubState { now, peers, rooms, .. } = &mut self.state;
        let Some(peer) = peers.get_mut(id) else {
            return;
        };
        match event {
            PeerEvent::AddrValidated(addr) => peers.claim_addr(id, addr),
            PeerEvent::Connected => {
                peer.is_connected = true;
                // Keyframes that were requested earlier could not arrive.
                rooms.queue_retarget(peer.room);
            }
            PeerEvent::KeyframeRequested(mid) => {
                let layer = peer.down_mut().and_then(|down| down.on_keyframe_request(mid, *now));
                if let Some((slot, layer)) = layer {
                    rooms.request_keyframe(peer.room, slot, layer, *now);
                    self.state.apply_room_effects();
                }
            }
            PeerEvent::EstimateChanged(bps) => self.update_estimate(id, bps),
            PeerEvent::StatsReported(stats) => {
                let bps = peer.down_mut().and_then(|down| down.link.on_stats(stats, *now));
                if let Some(bps) = bps {
                    self.update_estimate(id, bps);
                }
            }
        }
    }

    fn update_estimate(&mut self, id: u32, bps: u64) {
        let HubState { now, peers, .. } = &mut self.state;
        let Some(peer) = peers.get_mut(id) else {
            return;
        };
        match peer.down_mut().and_then(|down| down.link.on_estimate(bps, *now)) {
            Some(true) => {
                let room = peer.room;
                self.targeting.retarget_down(&mut self.state, room, id);
                self.state.apply_room_effects();
            }
            Some(false) if peer.update_pacing(*now) => peers.queue_poll(id),
            Some(false) | None => {}
        }
    }

    fn receive_packet(&mut self, id: u32, packet: RtpPacket) {
        let HubState { now, peers, rooms, .. } = &mut self.state;
        let Some(peer) = peers.get_mut(id) else {
            return;
        };
        let (index, seat) = (peer.room, peer.seat);
        let Some(incoming) = self.forwarder.identify_packet(peer, packet) else {
            return;
        };
        if incoming.kind == TrackKind::Voice
            && let Some(room) = rooms.get_mut(index)
        {
            room.speakers.on_level(seat, incoming.level, *now);
        }
        if let Some(packet) = incoming.forwarded {
            self.forward_packet(index, packet);
        }
    }

    /// Queues a packet for the downs of its room, if the table names it.
    fn forward_packet(&mut self, index: u32, packet: MediaPacket) {
        let HubState { now, rooms, outputs, .. } = &mut self.state;
        if rooms.admit_packet(index, &packet, *now, &mut outputs.relays)
            && self.forwarder.push_packet(index, packet)
        {
            self.fan_out();
        }
    }

    /// Sends all queued packets.
    fn fan_out(&mut self) {
        let batch = self.forwarder.take_batch();
        for packets in batch.chunk_by(|(room, _), (other, _)| room == other) {
            if let Some((room, _)) = packets.first() {
                self.fan_out_room(*room, packets);
            }
        }
        self.forwarder.return_batch(batch);
    }

    fn fan_out_room(&mut self, index: u32, packets: &[QueuedPacket]) {
        let Some(room) = self.state.rooms.get_mut(index) else {
            return;
        };
        let downs = std::mem::take(&mut room.downs);
        let mut events = std::mem::take(&mut self.events);
        let mut missing = vec![];
        for &down in &downs {
            let HubState { now, peers, rooms, outputs } = &mut self.state;
            let (Some(room), Some(peer)) = (rooms.get(index), peers.get_mut(down)) else {
                continue;
            };
            if !peer.is_connected {
                continue;
            }
            match send_batch(peer, packets, (room, &mut missing), *now) {
                Some(true) => {
                    let due = peer.poll(*now, (outputs, &mut events));
                    self.handle_events(down, due, &mut events);
                }
                Some(false) => {}
                None => peers.mark_closed(down),
            }
        }
        self.events = events;
        let HubState { now, rooms, .. } = &mut self.state;
        if let Some(room) = rooms.get_mut(index) {
            room.downs = downs;
            for (_, outbound) in packets {
                room.keep_recent(&outbound.packet);
            }
        }
        for (slot, layer) in missing {
            rooms.request_keyframe(index, slot, layer, *now);
        }
        self.state.apply_room_effects();
    }

    fn close_room(&mut self, id: RunId) {
        let state = &mut self.state;
        if let Some(index) = state.rooms.begin_close(id) {
            state.peers.disconnect_room(index, state.now, &mut state.outputs);
            state.remove_closed_peers();
            state.rooms.finish_close(index);
            state.apply_room_effects();
        }
    }

    fn handle_relay(&mut self, relay: RelayMessage) {
        let (id, now) = (relay.room, self.state.now);
        let outcome = self.state.rooms.handle_relay(relay, now);
        self.state.apply_room_effects();
        match outcome {
            RelayOutcome::Done => {}
            RelayOutcome::Forward(index, packet) => self.forward_packet(index, packet),
            RelayOutcome::Resume(commands) => {
                commands.into_iter().for_each(|command| self.handle_command(command, now));
            }
            RelayOutcome::CloseRoom => self.close_room(id),
        }
    }
}

impl HubState {
    fn new(worker: u16, now: Instant) -> Self {
        let outputs = HubOutputs::default();
        Self { now, peers: PeerSet::default(), rooms: RoomSet::new(worker), outputs }
    }

    /// Applies what rooms want to be done, in order.
    fn apply_room_effects(&mut self) {
        let Self { now, peers, rooms, outputs } = self;
        for effect in rooms.drain_effects() {
            match effect {
                RoomEffect::Report(room, event) => outputs.events.push((room, event)),
                RoomEffect::Relay(worker, relay) => outputs.relays.push((worker, relay)),
                RoomEffect::SetUpSlots { up, voice, face } => {
                    if let Some(up) = peers.get_mut(up).and_then(Peer::up_mut) {
                        up.set_slots(voice, face);
                    }
                }
                RoomEffect::BindDown(down, table) => peers.bind_down(down, &table),
                RoomEffect::SendPli(up, layer) => peers.send_pli(up, layer),
                RoomEffect::Disconnect(peer) => peers.disconnect(peer, *now, outputs),
            }
        }
    }

    /// Removes closed connections from their rooms.
    fn remove_closed_peers(&mut self) {
        while let Some((id, peer)) = self.peers.remove_closed() {
            self.rooms.remove_peer(id, &peer, self.now);
            drop_peer(peer);
            self.apply_room_effects();
        }
    }
}
