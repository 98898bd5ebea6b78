//! A packet on its way to everybody: what is the same for all is looked up once.

use std::cell::OnceCell;
use std::sync::Arc;

use str0m::rtp::{ExtensionValues, Vp8Descriptor, Vp8Patch};

use crate::hub::{Packet, Sort};
use crate::pure::rewrite::Numbers;

/// Pictures of browsers that write short numbers have seven bits.
const SHORT: u16 = 0x7F;

/// One packet, looked at.
#[derive(Debug)]
pub(super) struct Load {
    /// The packet.
    pub(super) packet: Packet,
    /// Its numbers.
    pub(super) numbers: Numbers,
    picture: Option<Vp8Descriptor>,
    /// Its sound without what it repeats of earlier sound; made when the first asks for it.
    plain: OnceCell<Option<Arc<[u8]>>>,
    /// How its sound is marked, if it is read at all; looked at when the first asks for it.
    mark: OnceCell<Option<u8>>,
}

impl Load {
    pub(super) fn new(packet: Packet) -> Self {
        let picture = match packet.sort {
            Sort::Voice => None,
            Sort::Face => Vp8Descriptor::parse(&packet.payload).ok(),
        };
        Self {
            numbers: Numbers {
                seq: packet.seq,
                ts: packet.time,
                picture: picture.as_ref().and_then(Vp8Descriptor::picture_id),
                tl0: picture.as_ref().and_then(Vp8Descriptor::tl0_pic_idx),
            },
            picture,
            plain: OnceCell::new(),
            mark: OnceCell::new(),
            packet,
        }
    }

    /// What has to be written over the picture's own numbers.
    pub(super) fn patch(&self, out: &Numbers) -> Option<Vp8Patch> {
        let picture = self.picture?;
        if out.picture.is_none() && out.tl0.is_none() {
            return None;
        }
        let patch = |mask: u16| {
            let mut patch = picture.patch();
            if let Some(number) = out.picture {
                patch = patch.picture_id(number & mask);
            }
            if let Some(number) = out.tl0 {
                patch = patch.tl0_pic_idx(number);
            }
            patch.build().ok()
        };
        patch(u16::MAX).or_else(|| patch(SHORT))
    }

    /// What stands beside it. Nothing is passed on unseen: which line and layer it had, and how
    /// it was counted, concerns the giver's own connection.
    pub(super) fn beside(&self) -> ExtensionValues {
        let mut beside = ExtensionValues::default();
        match self.packet.sort {
            Sort::Voice => {
                let level = self.packet.level.and_then(|level| i8::try_from(level).ok());
                beside.audio_level = level.map(|level| -level);
                beside.voice_activity = self.packet.speech;
            }
            Sort::Face => beside.video_orientation = Some(self.packet.turned.into()),
        }
        beside
    }

    /// Whether what it repeats is marked like this, so that it can be passed on as it is.
    pub(super) fn repeats(&self, mark: u8) -> bool {
        let all = *self.mark.get_or_init(|| marked(&self.packet.payload));
        self.packet.red && all == Some(mark)
    }

    /// The sound alone; none when it cannot be read.
    pub(super) fn plain(&self) -> Option<Arc<[u8]>> {
        let plain = || primary(&self.packet.payload).map(Arc::from);
        self.plain.get_or_init(plain).clone()
    }
}

/// How all sound in a payload that repeats earlier sound is marked; none when it cannot be read,
/// or differs. It is not written anew for each: who marks sound otherwise gets it without repeats.
fn marked(payload: &[u8]) -> Option<u8> {
    let mut at = 0;
    let mark = payload.first()? & 0x7F;
    loop {
        let first = *payload.get(at)?;
        if first & 0x7F != mark {
            return None;
        }
        if first & 0x80 == 0 {
            return Some(mark);
        }
        at += 4;
    }
}

/// The newest sound in a payload that repeats earlier sound (RFC 2198).
fn primary(payload: &[u8]) -> Option<&[u8]> {
    let (mut at, mut earlier) = (0, 0);
    loop {
        let head = payload.get(at..)?;
        let first = *head.first()?;
        if first & 0x80 == 0 {
            return payload.get(at + 1 + earlier..);
        }
        let &[_, _, high, low, ..] = head else {
            return None;
        };
        earlier += usize::from(high & 3) << 8 | usize::from(low);
        at += 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_sound_is_found_behind_what_is_repeated() {
        let one = [0x80 | 111, 0, 4, 2, 111, 9, 9, 1, 2, 3];
        assert_eq!(primary(&one), Some(&[1, 2, 3][..]));
        assert_eq!(primary(&[111, 7, 8]), Some(&[7, 8][..]));
        assert_eq!(primary(&[111]), Some(&[][..]));
    }

    #[test]
    fn sound_that_cannot_be_read_is_none() {
        for bad in [&[][..], &[0xFF], &[0xFF, 0, 3, 255], &[0xEF, 0, 3, 255, 111, 1]] {
            assert_eq!(primary(bad), None);
        }
    }

    #[test]
    fn sound_whose_parts_are_marked_alike_has_one_mark() {
        assert_eq!(marked(&[0x80 | 111, 0, 4, 2, 111, 9, 9, 1]), Some(111));
        assert_eq!(marked(&[109, 7]), Some(109));
        assert_eq!(marked(&[0x80 | 111, 0, 4, 2, 109, 9, 9, 1]), None);
        for bad in [&[][..], &[0xFF], &[0xFF, 0, 3, 255]] {
            assert_eq!(marked(bad), None);
        }
    }
}
