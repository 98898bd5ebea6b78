//! Bytes as anybody may send them to the TCP port of sound and picture: packets with their
//! lengths must come out the same in any pieces, and little may be kept.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sitwith_media::pure::frames::{FRAME_BYTES_MAX, StreamDeframer, FrameTooLong, HEADER_BYTES};

/// Everything heard in these pieces, and the fault it ended with.
fn heard<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, Option<FrameTooLong>) {
    let mut frames = StreamDeframer::new();
    let mut said = Vec::new();
    for piece in pieces {
        let read = frames.read_chunk(piece, &mut |packet| said.push(packet.to_vec()));
        assert!(frames.buffered_bytes() < HEADER_BYTES + FRAME_BYTES_MAX);
        if let Err(fault) = read {
            return (said, Some(fault));
        }
    }
    (said, None)
}

fuzz_target!(|data: (u8, &[u8])| {
    let (size, bytes) = data;
    let whole = heard(std::iter::once(bytes));
    assert!(whole.0.iter().all(|packet| (1..=FRAME_BYTES_MAX).contains(&packet.len())));
    assert_eq!(whole, heard(bytes.chunks(usize::from(size).max(1))));
});
