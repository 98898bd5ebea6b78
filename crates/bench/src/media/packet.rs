//! Synthetic media: audio packets of 100 bytes and video that parses as VP8. Each packet carries
//! its send time.

use std::time::Duration;

/// One audio packet: about 40 kbit/s at 50 packets/s.
pub(super) const AUDIO_BYTES: usize = 100;
pub(super) const AUDIO_INTERVAL: Duration = Duration::from_millis(20);
/// Most bytes of one video packet.
const VIDEO_BYTES_MAX: usize = 1_050;
/// Offset of the time stamp, behind everything a forwarder reads or rewrites.
const STAMP_AT: usize = 16;
/// Follows the stamp and identifies our packets.
const MARK: [u8; 8] = *b"sit-with";
const BYTES_MIN: usize = STAMP_AT + 16;

/// First byte of audio, of a frame's first packet, and of its other packets.
const AUDIO_FIRST: u8 = 0x5a;
const VIDEO_FIRST: u8 = 0x90;
const VIDEO_REST: u8 = 0x80;

/// An audio packet sent at `at`.
pub(super) fn audio_packet(at: Duration) -> Vec<u8> {
    write_stamp(vec![AUDIO_FIRST; AUDIO_BYTES], at)
}

pub(super) fn is_audio(packet: &[u8]) -> bool {
    packet.first() == Some(&AUDIO_FIRST)
}

/// Returns `true` for the first packet of one of our video frames.
pub(super) fn is_first_of_frame(packet: &[u8]) -> bool {
    packet.first() == Some(&VIDEO_FIRST)
}

/// One packet of a video frame, without its stamp.
pub(super) fn video_packet(bytes: usize, picture_id: u16, is_first: bool, is_key: bool) -> Vec<u8> {
    let mut packet = vec![0xa5; bytes.max(BYTES_MIN)];
    let [high, low] = (picture_id | 0x8000).to_be_bytes();
    // Extended header; start of a partition; 15-bit picture id.
    let head = [if is_first { VIDEO_FIRST } else { VIDEO_REST }, 0x80, high, low];
    overwrite_bytes(&mut packet, 0, &head);
    if is_first {
        // Frame tag (lowest bit clear: keyframe), then a keyframe's start code and size.
        let tag = if is_key { 0x10 } else { 0x11 };
        overwrite_bytes(&mut packet, 4, &[tag, 0x20, 0x00]);
        if is_key {
            overwrite_bytes(&mut packet, 7, &[0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00, 0]);
        }
    }
    packet
}

/// Writes the send time into a packet.
pub(super) fn write_stamp(mut packet: Vec<u8>, at: Duration) -> Vec<u8> {
    let ns = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
    overwrite_bytes(&mut packet, STAMP_AT, &ns.to_be_bytes());
    overwrite_bytes(&mut packet, STAMP_AT + 8, &MARK);
    packet
}

/// The send time, if it is one of our packets.
pub(super) fn sent_at(packet: &[u8]) -> Option<Duration> {
    let (stamp, rest) = packet.get(STAMP_AT..)?.split_first_chunk()?;
    rest.starts_with(&MARK).then(|| Duration::from_nanos(u64::from_be_bytes(*stamp)))
}

fn overwrite_bytes(packet: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(part) = packet.get_mut(at..at + bytes.len()) {
        part.copy_from_slice(bytes);
    }
}

/// Packets per frame at a given bitrate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameShape {
    pub(super) every: Duration,
    pub(super) packets: usize,
    pub(super) bytes: usize,
}

impl FrameShape {
    pub(super) fn of(kbit_per_s: usize, frames_per_s: u32) -> Self {
        let frames = usize::try_from(frames_per_s).unwrap_or(1).max(1);
        let frame = (kbit_per_s * 1_000 / 8 / frames).max(BYTES_MIN);
        let packets = frame.div_ceil(VIDEO_BYTES_MAX);
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
        assert_eq!(sent_at(&audio_packet(at)), Some(at));
        for (is_first, is_key) in [(true, true), (true, false), (false, false)] {
            let packet = write_stamp(video_packet(700, 9, is_first, is_key), at);
            assert_eq!(sent_at(&packet), Some(at));
            assert_eq!(packet.len(), 700);
        }
        assert_eq!(sent_at(&[0; 200]), None);
        assert_eq!(sent_at(&[0; 20]), None);
    }

    #[test]
    fn audio_and_first_packets_of_frames_are_told_apart() {
        let at = Duration::from_micros(77);
        let told = |packet: &[u8]| (is_audio(packet), is_first_of_frame(packet));
        assert_eq!(told(&audio_packet(at)), (true, false));
        let part = |is_first| write_stamp(video_packet(700, 9, is_first, false), at);
        assert_eq!(told(&part(true)), (false, true));
        assert_eq!(told(&part(false)), (false, false));
        assert_eq!(told(&[]), (false, false));
    }

    #[test]
    fn a_megabit_is_four_packets_a_frame() {
        let shape = FrameShape::of(1_000, 30);
        assert_eq!((shape.packets, shape.bytes), (4, 1_041));
        assert_eq!(FrameShape::of(150, 15).packets, 2);
        assert_eq!(FrameShape::of(1, 30).packets, 1);
    }

    #[test]
    fn a_key_is_known_from_outside() {
        use str0m::rtp::Vp8Descriptor;
        let key = |is_first, is_key| {
            let packet = video_packet(500, 77, is_first, is_key);
            Vp8Descriptor::parse(&packet).is_ok_and(|found| found.starts_keyframe(&packet))
        };
        assert!(key(true, true));
        assert!(!key(true, false));
        assert!(!key(false, false));
    }
}
