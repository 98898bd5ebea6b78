//! What a giver sends: sound of a hundred bytes, and pictures that look like VP8 from outside. Each
//! carries the instant it was sent at, for whoever gets it.

use std::time::Duration;

/// The bytes of one packet of sound: about 40 kbit/s.
pub(super) const SOUND_BYTES: usize = 100;
/// How often sound is sent.
pub(super) const SOUND_EVERY: Duration = Duration::from_millis(20);
/// The most bytes of one packet of a picture.
const PICTURE_BYTES_MAX: usize = 1_050;
/// Where the stamp stands: behind everything a forwarder may look at or rewrite.
const STAMP_AT: usize = 16;
/// What follows the stamp, so that nothing else is taken for one.
const MARK: [u8; 8] = *b"sit-with";
const BYTES_MIN: usize = STAMP_AT + 16;

/// What sound begins with, and a packet of a picture: the first, and those behind it.
const SOUND: u8 = 0x5a;
const FIRST: u8 = 0x90;
const BEHIND: u8 = 0x80;

/// Sound, sent at this instant.
pub(super) fn sound(at: Duration) -> Vec<u8> {
    stamped(vec![SOUND; SOUND_BYTES], at)
}

/// Whether this is one of our packets of sound.
pub(super) fn is_sound(packet: &[u8]) -> bool {
    packet.first() == Some(&SOUND)
}

/// Whether this is the first of the packets of one of our pictures.
pub(super) fn begins_picture(packet: &[u8]) -> bool {
    packet.first() == Some(&FIRST)
}

/// One packet of a picture, sent at this instant.
pub(super) fn picture(bytes: usize, picture_id: u16, is_first: bool, is_key: bool) -> Vec<u8> {
    let mut packet = vec![0xa5; bytes.max(BYTES_MIN)];
    let [high, low] = (picture_id | 0x8000).to_be_bytes();
    // Extended; a partition begins; picture number of 15 bits.
    let head = [if is_first { FIRST } else { BEHIND }, 0x80, high, low];
    overwrite(&mut packet, 0, &head);
    if is_first {
        // The frame's tag (its lowest bit: not a key), and a key's start code and size.
        let tag = if is_key { 0x10 } else { 0x11 };
        overwrite(&mut packet, 4, &[tag, 0x20, 0x00]);
        if is_key {
            overwrite(&mut packet, 7, &[0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00, 0]);
        }
    }
    packet
}

/// The packet with the instant it is sent at.
pub(super) fn stamped(mut packet: Vec<u8>, at: Duration) -> Vec<u8> {
    let ns = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
    overwrite(&mut packet, STAMP_AT, &ns.to_be_bytes());
    overwrite(&mut packet, STAMP_AT + 8, &MARK);
    packet
}

/// When it was sent, if it is one of ours.
pub(super) fn sent_at(packet: &[u8]) -> Option<Duration> {
    let (stamp, rest) = packet.get(STAMP_AT..)?.split_first_chunk()?;
    rest.starts_with(&MARK).then(|| Duration::from_nanos(u64::from_be_bytes(*stamp)))
}

fn overwrite(packet: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(part) = packet.get_mut(at..at + bytes.len()) {
        part.copy_from_slice(bytes);
    }
}

/// How pictures of so many kbit/s are cut into packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) every: Duration,
    pub(super) packets: usize,
    pub(super) bytes: usize,
}

impl Cut {
    pub(super) fn of(kbit_per_s: usize, frames_per_s: u32) -> Self {
        let frames = usize::try_from(frames_per_s).unwrap_or(1).max(1);
        let frame = (kbit_per_s * 1_000 / 8 / frames).max(BYTES_MIN);
        let packets = frame.div_ceil(PICTURE_BYTES_MAX);
        Self {
            every: Duration::from_secs(1) / frames_per_s.max(1),
            packets,
            bytes: frame / packets,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_comes_back_and_nothing_else_is_taken_for_one() {
        let at = Duration::from_micros(1_234_567);
        assert_eq!(sent_at(&sound(at)), Some(at));
        for (is_first, is_key) in [(true, true), (true, false), (false, false)] {
            let packet = stamped(picture(700, 9, is_first, is_key), at);
            assert_eq!(sent_at(&packet), Some(at));
            assert_eq!(packet.len(), 700);
        }
        assert_eq!(sent_at(&[0; 200]), None);
        assert_eq!(sent_at(&[0; 20]), None);
    }

    #[test]
    fn sound_and_the_beginnings_of_pictures_are_told_apart() {
        let at = Duration::from_micros(77);
        let told = |packet: &[u8]| (is_sound(packet), begins_picture(packet));
        assert_eq!(told(&sound(at)), (true, false));
        let part = |is_first| stamped(picture(700, 9, is_first, false), at);
        assert_eq!(told(&part(true)), (false, true));
        assert_eq!(told(&part(false)), (false, false));
        assert_eq!(told(&[]), (false, false));
    }

    #[test]
    fn a_megabit_is_four_packets_a_frame() {
        let cut = Cut::of(1_000, 30);
        assert_eq!((cut.packets, cut.bytes), (4, 1_041));
        assert_eq!(Cut::of(150, 15).packets, 2);
        assert_eq!(Cut::of(1, 30).packets, 1);
    }

    #[test]
    fn a_key_is_known_from_outside() {
        use str0m::rtp::Vp8Descriptor;
        let key = |is_first, is_key| {
            let packet = picture(500, 77, is_first, is_key);
            Vp8Descriptor::parse(&packet).is_ok_and(|found| found.starts_keyframe(&packet))
        };
        assert!(key(true, true));
        assert!(!key(true, false));
        assert!(!key(false, false));
    }
}
