//! The publishing side of a connection: one voice, and one face in up to three simulcast layers.

use str0m::Rtc;
use str0m::media::{KeyframeRequestKind, MediaKind, Pt};
use str0m::rtp::{RtpPacket, Ssrc, Vp8Descriptor};

use crate::hub::{MediaPacket, TrackKind};

/// Limit of SSRCs of one connection: a voice, three layers of a face, and the same once more while
/// a browser switches tracks.
const STREAMS_MAX: usize = 8;
/// Simulcast layers of a face.
pub(super) const LAYERS: usize = 3;
/// Layer of a face without simulcast.
const SINGLE_LAYER: u8 = 1;

/// One incoming SSRC.
#[derive(Clone, Copy, Debug)]
struct IncomingStream {
    ssrc: Ssrc,
    kind: TrackKind,
    layer: u8,
    /// Worker-wide stream id.
    id: u32,
    /// Highest extended sequence number received.
    highest_seq: u64,
}

/// Identity of the stream a packet belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamKey {
    pub(super) kind: TrackKind,
    layer: u8,
    id: u32,
}

/// State of an up.
#[derive(Debug, Default)]
pub(super) struct UpTracks {
    streams: Vec<IncomingStream>,
    red: Option<Pt>,
    /// Slot of its voice; none while it may not be heard.
    voice_slot: Option<u8>,
    /// Slot of its face; none while it may not be seen.
    face_slot: Option<u8>,
    /// Closed by the home, so its loss is not reported.
    pub(super) is_dismissed: bool,
}

impl UpTracks {
    /// Forgets the streams after a negotiation, which may have changed them.
    pub(super) fn on_negotiated(&mut self, rtc: &Rtc) {
        self.streams.clear();
        let params = rtc.codec_config().params();
        self.red = params.iter().find_map(|payload| payload.red());
    }

    /// Sets the slots its tracks are forwarded in.
    pub(super) fn set_slots(&mut self, voice: Option<u8>, face: Option<u8>) {
        self.voice_slot = voice;
        self.face_slot = face;
    }

    /// The slot of a track; none while it may not be forwarded.
    pub(super) fn slot_of(&self, kind: TrackKind) -> Option<u8> {
        match kind {
            TrackKind::Voice => self.voice_slot,
            TrackKind::Face => self.face_slot,
        }
    }

    /// The stream of a packet. A new SSRC gets the next id after `last_stream`; none when it
    /// belongs to no negotiated track.
    pub(super) fn identify_stream(
        &mut self,
        rtc: &mut Rtc,
        packet: &RtpPacket,
        last_stream: &mut u32,
    ) -> Option<StreamKey> {
        let ssrc = packet.header.ssrc;
        let known = |stream: &&mut IncomingStream| stream.ssrc == ssrc;
        if let Some(stream) = self.streams.iter_mut().find(known) {
            stream.highest_seq = stream.highest_seq.max(*packet.seq_no);
            return Some(StreamKey { kind: stream.kind, layer: stream.layer, id: stream.id });
        }
        let mut api = rtc.direct_api();
        let rx = api.stream_rx(&ssrc)?;
        let (mid, rid) = (rx.mid(), rx.rid());
        let kind = match rtc.media(mid)?.kind() {
            MediaKind::Audio => TrackKind::Voice,
            MediaKind::Video => TrackKind::Face,
        };
        let layer = match rid.as_deref() {
            _ if kind == TrackKind::Voice => 0,
            Some("q") => 0,
            Some("f") => 2,
            _ => SINGLE_LAYER,
        };
        if self.streams.len() >= STREAMS_MAX {
            self.streams.remove(0);
        }
        *last_stream = last_stream.wrapping_add(1);
        let id = *last_stream;
        self.streams.push(IncomingStream { ssrc, kind, layer, id, highest_seq: *packet.seq_no });
        Some(StreamKey { kind, layer, id })
    }

    /// The packet as it is forwarded in a slot.
    pub(super) fn to_media_packet(
        &self,
        packet: RtpPacket,
        stream: StreamKey,
        (slot, seat): (u8, u32),
    ) -> MediaPacket {
        let StreamKey { kind, layer, id } = stream;
        let header = &packet.header;
        // A keyframe whose first packet was overtaken is not started: subscribers have already
        // dropped the packets that overtook it.
        let mine = self.streams.iter().find(|stream| stream.id == id);
        let is_newest = mine.is_none_or(|stream| stream.highest_seq <= *packet.seq_no);
        let keyframe = kind == TrackKind::Face
            && is_newest
            && Vp8Descriptor::parse(&packet.payload)
                .is_ok_and(|descriptor| descriptor.starts_keyframe(&packet.payload));
        MediaPacket {
            kind,
            slot,
            seat,
            layer,
            stream: id,
            seq: *packet.seq_no,
            timestamp: header.timestamp,
            marker: header.marker,
            keyframe,
            red: kind == TrackKind::Voice && self.red == Some(header.payload_type),
            level: level_below_full(header.ext_vals.audio_level),
            voice_activity: header.ext_vals.voice_activity,
            rotation: header.ext_vals.video_orientation.map_or(0, |rotation| rotation as u8),
            payload: packet.payload,
        }
    }

    /// Sends a PLI for a layer of the face; false when no such layer was received.
    pub(super) fn send_pli(&self, rtc: &mut Rtc, layer: u8) -> bool {
        // After a track switch the newest stream of a layer is the live one.
        let is_layer =
            |stream: &&IncomingStream| stream.kind == TrackKind::Face && stream.layer == layer;
        let Some(stream) = self.streams.iter().rev().find(is_layer) else {
            return false;
        };
        let mut api = rtc.direct_api();
        let rx = api.stream_rx(&stream.ssrc);
        let Some(rx) = rx else { return false };
        rx.request_keyframe(KeyframeRequestKind::Pli);
        true
    }
}

/// Audio level in dB below full scale, as on the wire. str0m parses it as a negative number.
pub(super) fn level_below_full(parsed: Option<i8>) -> Option<u8> {
    parsed.map(i8::unsigned_abs)
}
