//! The subscribing side of a connection: one transceiver for each slot of the room, and what is
//! sent on it.

use std::time::{Duration, Instant};

use str0m::Rtc;
use str0m::change::SdpPendingOffer;
use str0m::format::Codec;
use str0m::media::{Direction, Mid, Pt};
use str0m::rtp::{RtpWrite, Ssrc};

use crate::hub::link::DownLink;
use crate::hub::outbound::OutboundPacket;
use crate::hub::rtc_factory::{RTX_CACHE_AGE, RTX_CACHE_PACKETS};
use crate::hub::{ForwardingTable, TrackKind};
use crate::pure::allocator::LayerAllocator;
use crate::pure::keyframes::KeyframeBackoff;
use crate::pure::rewrite::RtpRewriter;

/// RTP clock rates in Hz.
const OPUS_CLOCK: u32 = 48_000;
const VP8_CLOCK: u32 = 90_000;
/// Limit of RTX as a share of what was sent.
const RTX_RATIO: Option<f32> = Some(0.25);
/// Age of the oldest queued packet at which a face is paused: its link is too slow for it.
const QUEUE_AGE_MAX: Duration = Duration::from_millis(250);
/// The same while the link may have headroom after all: pausing costs a keyframe.
const QUEUE_AGE_MAX_IN_DOUBT: Duration = Duration::from_secs(1);
/// Time a face stays paused after its queue was dropped.
const PAUSE: Duration = Duration::from_secs(2);
/// Mask of initial sequence numbers. It keeps them well below the first rollover, so that a
/// browser that joins late derives the same SRTP rollover counter.
const INITIAL_SEQ_MASK: u16 = 0x3FFF;

/// An SDP offer that waits for its answer.
pub(super) struct PendingSdpOffer {
    pub(super) number: u32,
    pub(super) sdp: String,
    pub(super) changes: Option<SdpPendingOffer>,
    pub(super) voices: Vec<Mid>,
    pub(super) faces: Vec<Mid>,
}

impl std::fmt::Debug for PendingSdpOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingOffer").field("number", &self.number).finish_non_exhaustive()
    }
}

/// State of a down.
#[derive(Debug)]
pub(super) struct DownTracks {
    /// Number of the offer in use; 0 before the first answer.
    pub(super) sdp_offer_number: u32,
    pub(super) pending: Option<PendingSdpOffer>,
    pub(super) link: DownLink,
    /// The layer of each face that is sent.
    pub(super) allocator: LayerAllocator,
    /// Faces bypass str0m's pacer.
    is_unpaced: bool,
    voices: Vec<SlotSender>,
    faces: Vec<SlotSender>,
    payload_types: PayloadTypes,
}

/// Negotiated payload types.
#[derive(Clone, Copy, Debug, Default)]
struct PayloadTypes {
    opus: Option<Pt>,
    red: Option<Pt>,
    vp8: Option<Pt>,
}

/// The sending transceiver of one slot.
#[derive(Debug)]
struct SlotSender {
    mid: Mid,
    ssrc: Ssrc,
    /// Seat that the slot carries.
    seat: Option<u32>,
    /// Layer to send; none: nothing.
    wanted_layer: Option<u8>,
    /// Layer and stream that are sent.
    sending: Option<(u8, u32)>,
    rewriter: RtpRewriter,
    backoff: KeyframeBackoff,
    /// End of a pause because the link was too slow.
    paused_until: Option<Instant>,
}

/// Outcome of sending a packet to one down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SendOutcome {
    /// Sent, or dropped together with the queue: the connection is to be polled.
    Sent,
    /// Sent, and a new stream began with this keyframe.
    StreamBegan,
    /// Not for this browser.
    Ignored,
    /// A stream that was not sent before needs a keyframe first.
    NeedsKeyframe,
}

impl DownTracks {
    pub(super) fn new(is_paced: bool) -> Self {
        Self {
            sdp_offer_number: 0,
            pending: None,
            link: DownLink::new(is_paced),
            allocator: LayerAllocator::default(),
            is_unpaced: false,
            voices: vec![],
            faces: vec![],
            payload_types: PayloadTypes::default(),
        }
    }

    /// Numbers of voice and face transceivers.
    pub(super) fn transceiver_counts(&self) -> (usize, usize) {
        (self.voices.len(), self.faces.len())
    }

    /// Adds the transceivers of an offer that was answered, also those the browser rejected, so
    /// that indexes remain slots.
    pub(super) fn on_answered(
        &mut self,
        rtc: &mut Rtc,
        offer: &PendingSdpOffer,
        random_seq: &mut dyn FnMut() -> u16,
    ) {
        self.sdp_offer_number = offer.number;
        self.set_unpaced(rtc, false);
        let params = rtc.codec_config().params();
        let of_codec = |codec: Codec| params.iter().find(|one| one.spec().codec == codec);
        self.payload_types = PayloadTypes {
            opus: of_codec(Codec::Opus).map(|one| one.pt()),
            // None where the answer does not accept RED.
            red: of_codec(Codec::Opus).and_then(|one| one.red()),
            vp8: of_codec(Codec::Vp8).map(|one| one.pt()),
        };
        let mids = offer.voices.iter().map(|mid| (TrackKind::Voice, *mid));
        let mids = mids.chain(offer.faces.iter().map(|mid| (TrackKind::Face, *mid)));
        for (kind, mid) in mids {
            let ssrc = prepare_stream(rtc, kind, mid).unwrap_or_else(|| 0.into());
            let (senders, clock) = match kind {
                TrackKind::Voice => (&mut self.voices, OPUS_CLOCK),
                TrackKind::Face => (&mut self.faces, VP8_CLOCK),
            };
            senders.push(SlotSender {
                mid,
                ssrc,
                seat: None,
                wanted_layer: (kind == TrackKind::Voice).then_some(0),
                sending: None,
                rewriter: RtpRewriter::new(random_seq() & INITIAL_SEQ_MASK, clock),
                backoff: KeyframeBackoff::default(),
                paused_until: None,
            });
        }
    }

    /// Lets faces bypass the pacer, or not; true when that changes something.
    pub(super) fn set_unpaced(&mut self, rtc: &mut Rtc, is_unpaced: bool) -> bool {
        if std::mem::replace(&mut self.is_unpaced, is_unpaced) == is_unpaced {
            return false;
        }
        let mut api = rtc.direct_api();
        for sender in &self.faces {
            if let Some(stream) = api.stream_tx(&sender.ssrc) {
                stream.set_unpaced(is_unpaced);
            }
        }
        true
    }

    /// True while faces bypass the pacer.
    pub(super) fn is_unpaced(&self) -> bool {
        self.is_unpaced
    }

    fn sender_mut(&mut self, kind: TrackKind, slot: usize) -> Option<&mut SlotSender> {
        match kind {
            TrackKind::Voice => self.voices.get_mut(slot),
            TrackKind::Face => self.faces.get_mut(slot),
        }
    }

    /// Binds all slots to the seats of a table, except the browser's own seat.
    pub(super) fn bind_slots(&mut self, rtc: &mut Rtc, table: &ForwardingTable, own_seat: u32) {
        let slots = [(TrackKind::Voice, &table.voices), (TrackKind::Face, &table.faces)];
        for (kind, seats) in slots {
            for (slot, seat) in seats.iter().enumerate() {
                self.bind_slot(rtc, (kind, slot), seat.filter(|seat| *seat != own_seat));
            }
        }
    }

    /// Binds a slot to a seat. Queued and cached packets of the previous seat are dropped.
    fn bind_slot(&mut self, rtc: &mut Rtc, (kind, slot): (TrackKind, usize), seat: Option<u32>) {
        let Some(sender) = self.sender_mut(kind, slot) else {
            return;
        };
        if sender.seat == seat {
            return;
        }
        let previous = std::mem::replace(&mut sender.seat, seat);
        sender.backoff.reset();
        sender.paused_until = None;
        if kind == TrackKind::Face {
            sender.wanted_layer = None;
        }
        sender.sending = None;
        sender.rewriter.pause();
        // Also when nothing is being sent: packets may still be queued or requested by NACK.
        if previous.is_some() {
            drop_queue(rtc, sender.mid);
        }
    }

    /// Sets the layer to send in a face slot; true when it differs from what is sent, so that a
    /// keyframe is needed.
    pub(super) fn set_wanted_layer(&mut self, slot: usize, wanted: Option<u8>) -> bool {
        let Some(sender) = self.faces.get_mut(slot) else {
            return false;
        };
        sender.wanted_layer = wanted;
        if wanted.is_none() && sender.sending.take().is_some() {
            sender.rewriter.pause();
        }
        wanted.is_some_and(|wanted| sender.sending.is_none_or(|(layer, _)| layer != wanted))
    }

    /// Writes one packet to its slot's stream, renumbered.
    pub(super) fn send_packet(
        &mut self,
        rtc: &mut Rtc,
        outbound: &OutboundPacket,
        now: Instant,
    ) -> SendOutcome {
        let packet = &outbound.packet;
        let is_paced = self.link.is_paced;
        // A link that cannot carry all faces has no room for redundant audio either.
        let has_room_for_red = self.link.carries_all();
        let payload_types = self.payload_types;
        let queue_age_max =
            if self.link.had_headroom(now) { QUEUE_AGE_MAX_IN_DOUBT } else { QUEUE_AGE_MAX };
        let Some(sender) = self.sender_mut(packet.kind, usize::from(packet.slot)) else {
            return SendOutcome::Ignored;
        };
        // The room's table has named this seat already; this is the second check.
        if sender.seat != Some(packet.seat) {
            return SendOutcome::Ignored;
        }
        let incoming = (packet.layer, packet.stream);
        let is_first = sender.sending != Some(incoming);
        let mut began = false;
        if is_first {
            let is_paused = sender.paused_until.is_some_and(|until| now < until);
            if sender.wanted_layer != Some(packet.layer) || is_paused {
                return SendOutcome::Ignored;
            }
            if packet.kind == TrackKind::Face && !packet.keyframe {
                return SendOutcome::NeedsKeyframe;
            }
            sender.sending = Some(incoming);
            sender.rewriter.switch_source(u64::from(packet.stream));
            began = packet.kind == TrackKind::Face;
        }
        let source = u64::from(packet.stream);
        let Some(numbers) = sender.rewriter.rewrite(source, &outbound.numbers, now) else {
            return SendOutcome::Ignored;
        };
        // The first packet goes without its redundant blocks: they are from before this seat was
        // allowed to be heard.
        let red = payload_types.red.filter(|_| has_room_for_red && !is_first);
        let red = red.filter(|_| payload_types.opus.is_some_and(|pt| outbound.is_red_of(*pt)));
        let (payload_type, payload) = match (packet.kind, packet.red, red) {
            (TrackKind::Face, ..) => (payload_types.vp8, Some(packet.payload.clone())),
            (TrackKind::Voice, true, Some(red)) => (Some(red), Some(packet.payload.clone())),
            (TrackKind::Voice, true, None) => (payload_types.opus, outbound.primary_audio()),
            (TrackKind::Voice, false, _) => (payload_types.opus, Some(packet.payload.clone())),
        };
        let (Some(payload_type), Some(payload)) = (payload_type, payload) else {
            return SendOutcome::Ignored;
        };
        let (ssrc, mid) = (sender.ssrc, sender.mid);
        let mut api = rtc.direct_api();
        let Some(stream) = api.stream_tx(&ssrc) else {
            return SendOutcome::Ignored;
        };
        let is_congested = is_paced && packet.kind == TrackKind::Face && {
            let oldest = stream.queue_info().and_then(|queue| queue.first_unsent());
            oldest.is_some_and(|at| now.saturating_duration_since(at) > queue_age_max)
        };
        if is_congested {
            sender.sending = None;
            sender.rewriter.pause();
            sender.paused_until = Some(now + PAUSE);
            drop_queue(rtc, mid);
            return SendOutcome::Sent;
        }
        let mut write =
            RtpWrite::new(payload_type, numbers.seq.into(), numbers.timestamp, now, payload)
                .marker(packet.marker)
                .ext_vals(outbound.extension_values())
                .nackable(packet.kind == TrackKind::Face);
        if let Some(patch) = outbound.vp8_patch(&numbers) {
            write = write.vp8_patch(patch);
        }
        stream.write_rtp(write);
        if began { SendOutcome::StreamBegan } else { SendOutcome::Sent }
    }

    /// Handles a PLI or FIR of the browser; returns slot and layer to request a keyframe for,
    /// unless this browser asks too often.
    pub(super) fn on_keyframe_request(&mut self, mid: Mid, now: Instant) -> Option<(u8, u8)> {
        let slot = self.faces.iter().position(|sender| sender.mid == mid)?;
        let sender = self.faces.get_mut(slot)?;
        let layer = sender.sending.map(|(layer, _)| layer).or(sender.wanted_layer)?;
        let is_allowed = sender.backoff.allow_request(now);
        is_allowed.then_some((u8::try_from(slot).ok()?, layer))
    }
}

/// Prepares the outgoing stream of a transceiver; none when the browser rejected it.
fn prepare_stream(rtc: &mut Rtc, kind: TrackKind, mid: Mid) -> Option<Ssrc> {
    let media = rtc.media(mid)?;
    if media.disabled() || !media.direction().is_sending() {
        return None;
    }
    let mut api = rtc.direct_api();
    let stream = api.stream_tx_by_mid(mid, None)?;
    match kind {
        // Audio is not retransmitted: RED repeats it in the next packet.
        TrackKind::Voice => stream.set_rtx_cache(1, Duration::ZERO, None),
        TrackKind::Face => stream.set_rtx_cache(RTX_CACHE_PACKETS, RTX_CACHE_AGE, RTX_RATIO),
    }
    Some(stream.ssrc())
}

/// Drops the send queue and the RTX cache of a transceiver.
fn drop_queue(rtc: &mut Rtc, mid: Mid) {
    // str0m clears both when a transceiver stops sending. The changes are never applied, so
    // nothing of this is offered to the browser.
    let mut api = rtc.sdp_api();
    api.set_direction(mid, Direction::Inactive);
    api.set_direction(mid, Direction::SendOnly);
}
