//! What a browser gives: one voice and one face, in layers as they really come.

use str0m::Rtc;
use str0m::media::{KeyframeRequestKind, MediaKind, Pt};
use str0m::rtp::{RtpPacket, Ssrc, Vp8Descriptor};

use crate::hub::{Packet, Sort};

/// The most streams one connection is known by at once: a voice, three layers of a face, and the
/// same once more while a browser changes over.
const SOURCES_MAX: usize = 8;
/// How many layers a face may have.
pub(super) const LAYERS: usize = 3;
/// The layer of a face that comes in one piece.
const WHOLE: u8 = 1;

/// One stream that arrives.
#[derive(Clone, Copy, Debug)]
struct Source {
    ssrc: Ssrc,
    sort: Sort,
    layer: u8,
    /// Its number, which no other stream of this worker has.
    stream: u32,
    /// The newest packet of it that came.
    newest: u64,
}

/// What belongs to an up connection.
#[derive(Debug, Default)]
pub(super) struct Up {
    sources: Vec<Source>,
    red: Option<Pt>,
    /// The slot that carries its voice now; none when it may not be heard.
    pub(super) voice: Option<u8>,
    /// The slot that carries its face now; none when it may not be seen.
    pub(super) face: Option<u8>,
    /// It has been replaced or sent away: that it is gone is nothing to tell.
    pub(super) dismissed: bool,
}

impl Up {
    /// What was agreed on may have changed.
    pub(super) fn agreed(&mut self, rtc: &Rtc) {
        self.sources.clear();
        let params = rtc.codec_config().params();
        self.red = params.iter().find_map(|one| one.red());
    }

    /// The slot that carries what it gives of this sort.
    pub(super) fn slot(&self, sort: Sort) -> Option<u8> {
        match sort {
            Sort::Voice => self.voice,
            Sort::Face => self.face,
        }
    }

    /// What a packet is: its sort, its layer, and the number of its stream.
    pub(super) fn source(
        &mut self,
        rtc: &mut Rtc,
        packet: &RtpPacket,
        streams: &mut u32,
    ) -> Option<(Sort, u8, u32)> {
        let ssrc = packet.header.ssrc;
        let known = |source: &&mut Source| source.ssrc == ssrc;
        if let Some(source) = self.sources.iter_mut().find(known) {
            source.newest = source.newest.max(*packet.seq_no);
            return Some((source.sort, source.layer, source.stream));
        }
        let mut api = rtc.direct_api();
        let stream = api.stream_rx(&ssrc)?;
        let (mid, rid) = (stream.mid(), stream.rid());
        let sort = match rtc.media(mid)?.kind() {
            MediaKind::Audio => Sort::Voice,
            MediaKind::Video => Sort::Face,
        };
        let layer = match rid.as_deref() {
            _ if sort == Sort::Voice => 0,
            Some("q") => 0,
            Some("f") => 2,
            _ => WHOLE,
        };
        if self.sources.len() >= SOURCES_MAX {
            self.sources.remove(0);
        }
        *streams = streams.wrapping_add(1);
        self.sources.push(Source { ssrc, sort, layer, stream: *streams, newest: *packet.seq_no });
        Some((sort, layer, *streams))
    }

    /// The packet as it is sent on, in this slot.
    pub(super) fn open(
        &self,
        packet: RtpPacket,
        (sort, layer, stream): (Sort, u8, u32),
        (slot, seat): (u8, u32),
    ) -> Packet {
        let header = &packet.header;
        // One that was overtaken is none to begin with: what overtook it has been passed over.
        let mine = self.sources.iter().find(|one| one.stream == stream);
        let newest = mine.is_none_or(|one| one.newest <= *packet.seq_no);
        let key = sort == Sort::Face
            && newest
            && Vp8Descriptor::parse(&packet.payload)
                .is_ok_and(|descriptor| descriptor.starts_keyframe(&packet.payload));
        Packet {
            sort,
            slot,
            seat,
            layer,
            stream,
            seq: *packet.seq_no,
            time: header.timestamp,
            marker: header.marker,
            key,
            red: sort == Sort::Voice && self.red == Some(header.payload_type),
            level: level(header.ext_vals.audio_level),
            speech: header.ext_vals.voice_activity,
            turned: header.ext_vals.video_orientation.map_or(0, |turned| turned as u8),
            payload: packet.payload,
        }
    }

    /// Asks for a whole picture in this layer; false when no such layer came.
    pub(super) fn ask(&self, rtc: &mut Rtc, layer: u8) -> bool {
        // The newest stream of a layer is the one that lives.
        let face = |source: &&Source| source.sort == Sort::Face && source.layer == layer;
        let Some(source) = self.sources.iter().rev().find(face) else {
            return false;
        };
        let mut api = rtc.direct_api();
        let stream = api.stream_rx(&source.ssrc);
        let Some(stream) = stream else { return false };
        stream.request_keyframe(KeyframeRequestKind::Pli);
        true
    }
}

/// Loudness in dB below full, as it stands in the packet. The library reads it as a negative
/// number.
pub(super) fn level(read: Option<i8>) -> Option<u8> {
    read.map(i8::unsigned_abs)
}
