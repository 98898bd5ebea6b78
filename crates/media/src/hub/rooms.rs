//! All rooms of one worker: rules, tables, ticks, keyframe requests and splits over workers. What
//! follows for connections and other workers comes out as effects.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{ForwarderEvent, MediaWants, SharedMediaRules};

use crate::hub::branch::RelayEffect;
use crate::hub::deadlines::Deadlines;
use crate::hub::peer::{Peer, PeerRole};
use crate::hub::room::MediaRoom;
use crate::hub::slab::Slab;
use crate::hub::{ForwardingTable, HubCommand, MediaPacket, RelayBody, RelayMessage};

/// An action that a room requests.
#[derive(Debug)]
pub(super) enum RoomEffect {
    /// Report an event of a room.
    Report(RunId, ForwarderEvent),
    /// Send a message to another worker.
    Relay(u16, RelayMessage),
    /// Set the slots of an up.
    SetUpSlots { up: u32, voice: Option<u8>, face: Option<u8> },
    /// Bind the slots of a down to a table.
    BindDown(u32, Arc<ForwardingTable>),
    /// Ask an up for a keyframe of this layer.
    SendPli(u32, u8),
    /// Close a connection.
    Disconnect(u32),
}

/// The hub's part in handling a relayed message, beside the effects.
#[derive(Debug)]
pub(super) enum RelayOutcome {
    Done,
    /// Forward a packet in this room.
    Forward(u32, MediaPacket),
    /// Handle the commands that waited for a table.
    Resume(Vec<HubCommand>),
    CloseRoom,
}

/// Rooms by index and by id.
#[derive(Debug)]
pub(super) struct RoomSet {
    worker: u16,
    slab: Slab<MediaRoom>,
    by_id: BTreeMap<RunId, u32>,
    deadlines: Deadlines,
    retarget_queue: Vec<u32>,
    effects: Vec<RoomEffect>,
}

impl RoomSet {
    pub(super) fn new(worker: u16) -> Self {
        Self {
            worker,
            slab: Slab::default(),
            by_id: BTreeMap::new(),
            deadlines: Deadlines::default(),
            retarget_queue: vec![],
            effects: vec![],
        }
    }

    pub(super) fn index_of(&self, id: RunId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn get(&self, index: u32) -> Option<&MediaRoom> {
        self.slab.get(index)
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut MediaRoom> {
        self.slab.get_mut(index)
    }

    /// Takes the effects that have accumulated, in order.
    pub(super) fn drain_effects(&mut self) -> impl Iterator<Item = RoomEffect> {
        self.effects.drain(..)
    }

    fn create_room(&mut self, id: RunId, stem: Option<u16>, now: Instant) -> u32 {
        let index = self.slab.insert(MediaRoom::new(id, stem, now));
        self.by_id.insert(id, index);
        index
    }

    /// Replaces a room's rules; the first rules create the room on this worker.
    pub(super) fn set_rules(&mut self, id: RunId, rules: SharedMediaRules, now: Instant) {
        let index = self.index_of(id).unwrap_or_else(|| self.create_room(id, None, now));
        if let Some(room) = self.slab.get_mut(index) {
            room.rules = rules;
        }
        self.update_table(index, now);
    }

    /// Replaces what a seat wants to see; returns room and down to retarget.
    pub(super) fn set_wants(
        &mut self,
        id: RunId,
        seat: u32,
        wants: MediaWants,
    ) -> Option<(u32, u32)> {
        let index = self.index_of(id)?;
        let entry = self.slab.get_mut(index)?.seat_mut(seat)?;
        entry.wants = wants;
        Some((index, entry.down?))
    }

    /// Assigns slots anew after the rules or the ups have changed.
    pub(super) fn update_table(&mut self, index: u32, now: Instant) {
        let room = self.slab.get_mut(index);
        if let Some(table) = room.and_then(|room| room.assign_slots(now)) {
            self.apply_table(index, table);
        }
        self.schedule_tick(index, now);
    }

    /// Forwards by this table from now on, here and on all branches.
    fn apply_table(&mut self, index: u32, table: ForwardingTable) {
        let Some(room) = self.slab.get_mut(index) else {
            return;
        };
        let slots_changed = room.apply_table(table);
        for (up, voice, face) in room.up_slots() {
            self.effects.push(RoomEffect::SetUpSlots { up, voice, face });
        }
        for branch in &room.split.branches {
            let body = RelayBody::Table(room.table.clone());
            let relay = RelayMessage { room: room.id, from: self.worker, body };
            self.effects.push(RoomEffect::Relay(*branch, relay));
        }
        if slots_changed && room.split.is_stem() {
            self.effects
                .push(RoomEffect::Report(room.id, ForwarderEvent::SlotsChanged(room.slots())));
        }
        if slots_changed {
            let bind = |down: &u32| RoomEffect::BindDown(*down, room.table.clone());
            self.effects.extend(room.downs.iter().map(bind));
        }
        self.queue_retarget(index);
    }

    /// Updates active speakers, bitrates and keyframe requests of all rooms that are due.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        while let Some(index) = self.deadlines.pop_due(now) {
            self.tick_room(index, now);
        }
    }

    fn tick_room(&mut self, index: u32, now: Instant) {
        if let Some(table) = self.slab.get_mut(index).and_then(|room| room.update_loudest(now)) {
            self.apply_table(index, table);
        }
        if let Some(room) = self.slab.get_mut(index)
            && let Some(table) = room.update_speaking(now)
        {
            let event = ForwarderEvent::SpeakersChanged(table.speaking.clone());
            self.effects.push(RoomEffect::Report(room.id, event));
            self.apply_table(index, table);
        }
        let Some(room) = self.slab.get_mut(index) else {
            return;
        };
        let keyframes = room.take_due_keyframes(now);
        if room.measure_feeds(now) {
            self.queue_retarget(index);
        }
        for (slot, layer) in keyframes {
            self.ask_publisher(index, slot, layer);
        }
        self.schedule_tick(index, now);
    }

    /// Arms a room's next deadline.
    fn schedule_tick(&mut self, index: u32, now: Instant) {
        if let Some(due) = self.slab.get(index).and_then(|room| room.next_tick(now)) {
            self.deadlines.set_earliest(index, due);
        }
    }

    /// Admits a packet if the room's table names it, counts it and copies it to the branches.
    pub(super) fn admit_packet(
        &mut self,
        index: u32,
        packet: &MediaPacket,
        now: Instant,
        relays: &mut Vec<(u16, RelayMessage)>,
    ) -> bool {
        let Some(room) = self.slab.get_mut(index) else {
            return false;
        };
        if room.seat_in(packet.kind, packet.slot) != Some(packet.seat) {
            return false;
        }
        let is_new_layer = room.count_packet(packet, now);
        for &branch in &room.split.branches {
            let body = RelayBody::Packet(packet.clone());
            relays.push((branch, RelayMessage { room: room.id, from: self.worker, body }));
        }
        if is_new_layer {
            self.queue_retarget(index);
        }
        true
    }

    /// Notes that a keyframe is needed, and asks the publisher unless that is throttled.
    pub(super) fn request_keyframe(&mut self, index: u32, slot: u8, layer: u8, now: Instant) {
        let room = self.slab.get_mut(index);
        let is_due = room.and_then(|room| room.request_keyframe(slot, layer, now));
        let Some(is_due) = is_due else { return };
        if is_due {
            self.ask_publisher(index, slot, layer);
        }
        self.schedule_tick(index, now);
    }

    /// Asks the publisher of a face, or the worker that has it, for a keyframe.
    fn ask_publisher(&mut self, index: u32, slot: u8, layer: u8) {
        let Some(room) = self.slab.get(index) else {
            return;
        };
        if let Some(stem) = room.split.stem {
            self.send_relay(stem, room.id, RelayBody::Keyframe { slot, layer });
        } else if let Some(up) = room.publisher_of(slot) {
            self.effects.push(RoomEffect::SendPli(up, layer));
        }
    }

    /// Removes a seat and closes its connections.
    pub(super) fn close_seat(&mut self, id: RunId, seat: u32, now: Instant) {
        let Some(index) = self.index_of(id) else {
            return;
        };
        let entry = self.slab.get_mut(index).and_then(|room| room.seats.remove(&seat));
        let Some(entry) = entry else { return };
        for peer in [entry.up, entry.down].into_iter().flatten() {
            self.effects.push(RoomEffect::Disconnect(peer));
        }
        self.update_table(index, now);
    }

    /// Removes a closed connection from its room, and a branch with its last down.
    pub(super) fn remove_peer(&mut self, id: u32, peer: &Peer, now: Instant) {
        let Some(room) = self.slab.get_mut(peer.room) else {
            return;
        };
        match &peer.role {
            PeerRole::Down(_) => {
                if room.remove_down(id, peer.seat) {
                    self.remove_unused_branch(peer.room);
                }
            }
            PeerRole::Up(up) => {
                if room.remove_up(id, peer.seat) {
                    if !up.is_dismissed {
                        let event = ForwarderEvent::UplinkLost(peer.seat);
                        self.effects.push(RoomEffect::Report(room.id, event));
                    }
                    self.update_table(peer.room, now);
                }
            }
        }
    }

    fn remove_unused_branch(&mut self, index: u32) {
        let room = self.slab.get(index).filter(|room| room.is_unused_branch());
        let Some((id, stem)) = room.and_then(|room| Some((room.id, room.split.stem?))) else {
            return;
        };
        self.by_id.remove(&id);
        self.deadlines.cancel(index);
        self.slab.remove(index);
        self.send_relay(stem, id, RelayBody::Leave);
    }

    /// Begins to close a room: it is found by index alone from now on. The hub closes its
    /// connections, then calls [`Self::finish_close`].
    pub(super) fn begin_close(&mut self, id: RunId) -> Option<u32> {
        self.by_id.remove(&id)
    }

    /// Removes a room whose connections are closed, and tells its branches.
    pub(super) fn finish_close(&mut self, index: u32) {
        self.deadlines.cancel(index);
        let Some(room) = self.slab.remove(index) else {
            return;
        };
        for branch in &room.split.branches {
            self.send_relay(*branch, room.id, RelayBody::RoomClosed);
        }
    }

    /// Makes this worker a branch of a room it does not know.
    pub(super) fn join_room(&mut self, id: RunId, stem: u16, now: Instant) {
        if stem != self.worker && self.index_of(id).is_none() {
            self.create_room(id, Some(stem), now);
            self.send_relay(stem, id, RelayBody::Join);
        }
    }

    /// Handles a message of another worker.
    pub(super) fn handle_relay(&mut self, relay: RelayMessage, now: Instant) -> RelayOutcome {
        let RelayMessage { room: id, from, body } = relay;
        let Some(index) = self.index_of(id) else {
            // The room was closed before the branch joined.
            if matches!(body, RelayBody::Join) {
                self.send_relay(from, id, RelayBody::RoomClosed);
            }
            return RelayOutcome::Done;
        };
        let Some(room) = self.slab.get_mut(index) else {
            return RelayOutcome::Done;
        };
        match room.split.on_relay(from, body) {
            RelayEffect::SendTable => {
                let table = room.table.clone();
                self.send_relay(from, id, RelayBody::Table(table));
            }
            RelayEffect::RequestKeyframe(slot, layer) => {
                self.request_keyframe(index, slot, layer, now);
            }
            RelayEffect::ApplyTable(table, deferred) => {
                self.apply_table(index, (*table).clone());
                self.schedule_tick(index, now);
                return RelayOutcome::Resume(deferred);
            }
            RelayEffect::Forward(packet) => return RelayOutcome::Forward(index, packet),
            RelayEffect::Rejoin => self.send_relay(from, id, RelayBody::Join),
            RelayEffect::CloseRoom => return RelayOutcome::CloseRoom,
            RelayEffect::Ignore => {}
        }
        RelayOutcome::Done
    }

    fn send_relay(&mut self, to: u16, room: RunId, body: RelayBody) {
        let relay = RelayMessage { room, from: self.worker, body };
        self.effects.push(RoomEffect::Relay(to, relay));
    }

    /// Keeps an offer request for a branch without a table; gives back what can be handled now.
    pub(super) fn defer_early_offer(&mut self, command: HubCommand) -> Option<HubCommand> {
        let HubCommand::CreateDownSdpOffer { room, .. } = &command else {
            return Some(command);
        };
        let index = self.index_of(*room);
        match index.and_then(|index| self.slab.get_mut(index)) {
            Some(room) if room.awaits_table() => room.split.defer_offer(command),
            _ => Some(command),
        }
    }

    /// Queues a room whose downs may need other layers.
    pub(super) fn queue_retarget(&mut self, index: u32) {
        if let Some(room) = self.slab.get_mut(index)
            && !std::mem::replace(&mut room.is_retarget_queued, true)
        {
            self.retarget_queue.push(index);
        }
    }

    /// Takes a room from that queue.
    pub(super) fn pop_retarget(&mut self) -> Option<u32> {
        while let Some(index) = self.retarget_queue.pop() {
            if let Some(room) = self.slab.get_mut(index)
                && std::mem::take(&mut room.is_retarget_queued)
            {
                return Some(index);
            }
        }
        None
    }

    /// The earliest deadline of a room.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.deadlines.next_due()
    }

    /// Armed deadlines.
    pub(super) fn deadline_count(&self) -> usize {
        self.deadlines.len()
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn ids(&self) -> Vec<RunId> {
        self.by_id.keys().copied().collect()
    }
}

#[cfg(test)]
mod tests;
