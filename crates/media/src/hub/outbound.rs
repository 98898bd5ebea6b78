//! A packet that is fanned out: what is the same for every subscriber is parsed once.

use std::cell::OnceCell;
use std::sync::Arc;

use str0m::rtp::{ExtensionValues, Vp8Descriptor, Vp8Patch};

use crate::hub::{MediaPacket, TrackKind};
use crate::pure::rewrite::RtpNumbers;

/// Mask of a PictureID in its one-byte form.
const SHORT_PICTURE_ID: u16 = 0x7F;

/// A packet with its parsed VP8 descriptor and, once needed, its parsed RED payload.
#[derive(Debug)]
pub(super) struct OutboundPacket {
    pub(super) packet: MediaPacket,
    /// Numbers of the incoming stream, before they are rewritten.
    pub(super) numbers: RtpNumbers,
    descriptor: Option<Vp8Descriptor>,
    /// Primary RED block as a payload of its own.
    primary: OnceCell<Option<Arc<[u8]>>>,
    /// Payload type of all RED blocks.
    red_type: OnceCell<Option<u8>>,
}

impl OutboundPacket {
    pub(super) fn new(packet: MediaPacket) -> Self {
        let descriptor = match packet.kind {
            TrackKind::Voice => None,
            TrackKind::Face => Vp8Descriptor::parse(&packet.payload).ok(),
        };
        Self {
            numbers: RtpNumbers {
                seq: packet.seq,
                timestamp: packet.timestamp,
                picture_id: descriptor.as_ref().and_then(Vp8Descriptor::picture_id),
                tl0_pic_idx: descriptor.as_ref().and_then(Vp8Descriptor::tl0_pic_idx),
            },
            descriptor,
            primary: OnceCell::new(),
            red_type: OnceCell::new(),
            packet,
        }
    }

    /// The patch that writes rewritten numbers over the VP8 descriptor; none when it has none.
    pub(super) fn vp8_patch(&self, rewritten: &RtpNumbers) -> Option<Vp8Patch> {
        let descriptor = self.descriptor?;
        if rewritten.picture_id.is_none() && rewritten.tl0_pic_idx.is_none() {
            return None;
        }
        let build_patch = |mask: u16| {
            let mut patch = descriptor.patch();
            if let Some(picture_id) = rewritten.picture_id {
                patch = patch.picture_id(picture_id & mask);
            }
            if let Some(tl0_pic_idx) = rewritten.tl0_pic_idx {
                patch = patch.tl0_pic_idx(tl0_pic_idx);
            }
            patch.build().ok()
        };
        build_patch(u16::MAX).or_else(|| build_patch(SHORT_PICTURE_ID))
    }

    /// Header extension values to send. Mid, rid and sequence numbers of the publisher's own
    /// connection are not forwarded.
    pub(super) fn extension_values(&self) -> ExtensionValues {
        let mut values = ExtensionValues::default();
        match self.packet.kind {
            TrackKind::Voice => {
                let level = self.packet.level.and_then(|level| i8::try_from(level).ok());
                values.audio_level = level.map(|level| -level);
                values.voice_activity = self.packet.voice_activity;
            }
            TrackKind::Face => values.video_orientation = Some(self.packet.rotation.into()),
        }
        values
    }

    /// True for RED whose blocks all have this payload type, so that it can be sent unchanged.
    pub(super) fn is_red_of(&self, payload_type: u8) -> bool {
        let red_type = *self.red_type.get_or_init(|| red_payload_type(&self.packet.payload));
        self.packet.red && red_type == Some(payload_type)
    }

    /// The primary block of a RED payload; none when it is malformed.
    pub(super) fn primary_audio(&self) -> Option<Arc<[u8]>> {
        let copy = || primary_block(&self.packet.payload).map(Arc::from);
        self.primary.get_or_init(copy).clone()
    }
}

/// The payload type of all blocks of a RED payload; none when it is malformed or they differ. RED
/// headers are not rewritten: subscribers with another type get the primary block alone.
fn red_payload_type(payload: &[u8]) -> Option<u8> {
    let mut position = 0;
    let payload_type = payload.first()? & 0x7F;
    loop {
        let header = *payload.get(position)?;
        if header & 0x7F != payload_type {
            return None;
        }
        if header & 0x80 == 0 {
            return Some(payload_type);
        }
        position += 4;
    }
}

/// The primary block of a RED payload (RFC 2198): the newest audio, behind all redundant blocks.
fn primary_block(payload: &[u8]) -> Option<&[u8]> {
    let (mut position, mut redundant_bytes) = (0, 0);
    loop {
        let header = payload.get(position..)?;
        let first = *header.first()?;
        if first & 0x80 == 0 {
            return payload.get(position + 1 + redundant_bytes..);
        }
        let &[_, _, high, low, ..] = header else {
            return None;
        };
        redundant_bytes += usize::from(high & 3) << 8 | usize::from(low);
        position += 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primary_block_is_found_behind_redundant_ones() {
        let one = [0x80 | 111, 0, 4, 2, 111, 9, 9, 1, 2, 3];
        assert_eq!(primary_block(&one), Some(&[1, 2, 3][..]));
        assert_eq!(primary_block(&[111, 7, 8]), Some(&[7, 8][..]));
        assert_eq!(primary_block(&[111]), Some(&[][..]));
    }

    #[test]
    fn malformed_red_has_no_primary_block() {
        for bad in [&[][..], &[0xFF], &[0xFF, 0, 3, 255], &[0xEF, 0, 3, 255, 111, 1]] {
            assert_eq!(primary_block(bad), None);
        }
    }

    #[test]
    fn red_has_a_payload_type_only_if_all_blocks_share_it() {
        assert_eq!(red_payload_type(&[0x80 | 111, 0, 4, 2, 111, 9, 9, 1]), Some(111));
        assert_eq!(red_payload_type(&[109, 7]), Some(109));
        assert_eq!(red_payload_type(&[0x80 | 111, 0, 4, 2, 109, 9, 9, 1]), None);
        for bad in [&[][..], &[0xFF], &[0xFF, 0, 3, 255]] {
            assert_eq!(red_payload_type(bad), None);
        }
    }
}
