//! The path of a packet: from the up that received it to the downs of its room. Packets that
//! arrive together are queued and fanned out together, so each down is visited once for all of
//! them: its state has left the cache by the next visit.

use std::time::Instant;

use str0m::rtp::RtpPacket;

use crate::hub::down::SendOutcome;
use crate::hub::outbound::OutboundPacket;
use crate::hub::peer::{Peer, PeerRole};
use crate::hub::room::MediaRoom;
use crate::hub::up::level_below_full;
use crate::hub::{MediaPacket, TrackKind};

/// Packets that are queued at most: what two calls of `recvmmsg` return.
const QUEUE_MAX: usize = 64;

/// A packet in the queue, with the index of its room.
pub(super) type QueuedPacket = (u32, OutboundPacket);

/// An RTP packet of an up.
#[derive(Debug)]
pub(super) struct IncomingPacket {
    /// Its audio level in dB below full scale, if it is audio and has one.
    pub(super) level: Option<u8>,
    pub(super) kind: TrackKind,
    /// The packet to forward; none while no slot carries this track.
    pub(super) forwarded: Option<MediaPacket>,
}

/// Packets that wait to be fanned out.
#[derive(Debug, Default)]
pub(super) struct Forwarder {
    queue: Vec<QueuedPacket>,
    /// Last stream id that was assigned.
    last_stream: u32,
}

impl Forwarder {
    /// Identifies a packet of an up; none when it belongs to no negotiated track.
    pub(super) fn identify_packet(
        &mut self,
        peer: &mut Peer,
        packet: RtpPacket,
    ) -> Option<IncomingPacket> {
        let seat = peer.seat;
        let last_stream = &mut self.last_stream;
        let level = level_below_full(packet.header.ext_vals.audio_level);
        let incoming = peer.with_rtc(|rtc, role| {
            let PeerRole::Up(up) = role else { return Ok(None) };
            let Some(stream) = up.identify_stream(rtc, &packet, last_stream) else {
                return Ok(None);
            };
            let kind = stream.kind;
            let slot = up.slot_of(kind);
            let forwarded = slot.map(|slot| up.to_media_packet(packet, stream, (slot, seat)));
            Ok(Some(IncomingPacket { level, kind, forwarded }))
        });
        incoming.flatten()
    }

    /// Queues a packet; true when the queue is full and has to be fanned out.
    pub(super) fn push_packet(&mut self, room: u32, packet: MediaPacket) -> bool {
        self.queue.push((room, OutboundPacket::new(packet)));
        self.queue.len() >= QUEUE_MAX
    }

    /// Takes the queue, sorted by room and in order of arrival within each.
    pub(super) fn take_batch(&mut self) -> Vec<QueuedPacket> {
        let mut batch = std::mem::take(&mut self.queue);
        batch.sort_by_key(|(room, _)| *room);
        batch
    }

    /// Gives a batch back to reuse its allocation.
    pub(super) fn return_batch(&mut self, mut batch: Vec<QueuedPacket>) {
        if self.queue.is_empty() {
            batch.clear();
            self.queue = batch;
        }
    }
}

/// Sends a batch of one room to one down, all but its own seat's packets. Slots and layers that
/// need a keyframe first are added to `missing`. True when the connection is to be polled; none
/// when it failed. Where a keyframe begins a stream, packets that overtook it are sent after it.
pub(super) fn send_batch(
    peer: &mut Peer,
    batch: &[QueuedPacket],
    (room, missing): (&MediaRoom, &mut Vec<(u8, u8)>),
    now: Instant,
) -> Option<bool> {
    let seat = peer.seat;
    peer.with_rtc(|rtc, role| {
        let PeerRole::Down(down) = role else {
            return Ok(false);
        };
        let mut needs_poll = false;
        for (position, (_, outbound)) in batch.iter().enumerate() {
            let packet = &outbound.packet;
            if packet.seat == seat {
                continue;
            }
            let outcome = down.send_packet(rtc, outbound, now);
            needs_poll |= matches!(outcome, SendOutcome::Sent | SendOutcome::StreamBegan);
            let layer = (packet.slot, packet.layer);
            if outcome == SendOutcome::NeedsKeyframe && !missing.contains(&layer) {
                missing.push(layer);
            } else if outcome == SendOutcome::StreamBegan {
                let earlier = batch.iter().take(position).map(|(_, outbound)| &outbound.packet);
                let earlier = room.recent_packets(layer).chain(earlier);
                let overtook =
                    |other: &&MediaPacket| other.stream == packet.stream && other.seq > packet.seq;
                for other in earlier.filter(overtook) {
                    down.send_packet(rtc, &OutboundPacket::new(other.clone()), now);
                }
            }
        }
        Ok(needs_poll)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::tests::face_packet;

    #[test]
    fn a_batch_is_sorted_by_room_and_keeps_the_order_of_arrival() {
        let mut forwarder = Forwarder::default();
        for (room, seq) in [(2, 1), (1, 2), (2, 3), (1, 4)] {
            assert!(!forwarder.push_packet(room, face_packet(seq, 0)));
        }
        let batch = forwarder.take_batch();
        let order: Vec<_> = batch.iter().map(|(room, one)| (*room, one.packet.seq)).collect();
        assert_eq!(order, [(1, 2), (1, 4), (2, 1), (2, 3)]);
        forwarder.return_batch(batch);
        assert!(forwarder.queue.capacity() >= 4 && forwarder.take_batch().is_empty());
    }

    #[test]
    fn a_full_queue_is_to_be_fanned_out() {
        let mut forwarder = Forwarder::default();
        let full = (1..=64).filter(|seq| forwarder.push_packet(0, face_packet(*seq, 0)));
        assert_eq!(full.collect::<Vec<_>>(), [64]);
    }
}
