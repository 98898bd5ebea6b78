//! Framing of packets in a TCP stream (RFC 4571): each packet follows its length in two bytes.

/// Limit of a packet in bytes: an Ethernet frame with room to spare.
pub const FRAME_BYTES_MAX: usize = 2_048;
/// Length of a frame's header in bytes.
pub const HEADER_BYTES: usize = 2;

/// A frame longer than [`FRAME_BYTES_MAX`]. The stream cannot be read any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {0} bytes is longer than the limit")]
pub struct FrameTooLong(pub usize);

/// The header for a packet of `length` bytes; none when it is empty or too long.
pub fn frame_header(length: usize) -> Option<[u8; HEADER_BYTES]> {
    let length = (1..=FRAME_BYTES_MAX).contains(&length).then_some(length)?;
    Some(u16::try_from(length).ok()?.to_be_bytes())
}

/// Splits a stream into packets. Buffers at most one incomplete frame.
#[derive(Debug, Default)]
pub struct StreamDeframer {
    buffer: Vec<u8>,
}

impl StreamDeframer {
    /// A reader at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of an incomplete frame.
    pub fn buffered_bytes(&self) -> usize {
        self.buffer.len()
    }

    /// Reads a chunk of the stream and passes each complete packet to `on_packet`. Empty packets
    /// are skipped.
    ///
    /// # Errors
    /// When a header announces more than [`FRAME_BYTES_MAX`] bytes: the stream is out of step.
    pub fn read_chunk(
        &mut self,
        mut chunk: &[u8],
        on_packet: &mut dyn FnMut(&[u8]),
    ) -> Result<(), FrameTooLong> {
        while !self.buffer.is_empty() && !chunk.is_empty() {
            let want = match frame_length(&self.buffer)? {
                Some(length) => HEADER_BYTES + length,
                None => HEADER_BYTES,
            };
            let more = want.saturating_sub(self.buffer.len()).min(chunk.len());
            let (now, later) = chunk.split_at(more);
            self.buffer.extend_from_slice(now);
            chunk = later;
            if let Some(length) = frame_length(&self.buffer)?
                && self.buffer.len() >= HEADER_BYTES + length
            {
                self.buffer
                    .get(HEADER_BYTES..)
                    .filter(|packet| !packet.is_empty())
                    .into_iter()
                    .for_each(&mut *on_packet);
                self.buffer.clear();
            }
        }
        // Complete packets in the chunk are passed on in place.
        while let Some(length) = frame_length(chunk)? {
            let Some(packet) = chunk.get(HEADER_BYTES..HEADER_BYTES + length) else {
                break;
            };
            if !packet.is_empty() {
                on_packet(packet);
            }
            chunk = chunk.get(HEADER_BYTES + length..).unwrap_or_default();
        }
        self.buffer.extend_from_slice(chunk);
        Ok(())
    }
}

/// The length in the header at the start of `bytes`; none while it is incomplete.
fn frame_length(bytes: &[u8]) -> Result<Option<usize>, FrameTooLong> {
    let Some(&header) = bytes.first_chunk::<HEADER_BYTES>() else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes(header));
    if length > FRAME_BYTES_MAX {
        return Err(FrameTooLong(length));
    }
    Ok(Some(length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All packets in these chunks, and the error at the end.
    fn read_all<'a>(
        chunks: impl Iterator<Item = &'a [u8]>,
    ) -> (Vec<Vec<u8>>, Option<FrameTooLong>) {
        let mut frames = StreamDeframer::new();
        let mut packets = Vec::new();
        for chunk in chunks {
            let read = frames.read_chunk(chunk, &mut |packet| packets.push(packet.to_vec()));
            assert!(frames.buffered_bytes() < HEADER_BYTES + FRAME_BYTES_MAX);
            if let Err(error) = read {
                return (packets, Some(error));
            }
        }
        (packets, None)
    }

    proptest! {
        #[test]
        fn packets_survive_any_chunking(
            packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 0..20),
            cut in 1usize..700,
        ) {
            let mut stream = Vec::new();
            for packet in &packets {
                stream.extend_from_slice(&frame_header(packet.len()).unwrap());
                stream.extend_from_slice(packet);
            }
            prop_assert_eq!(read_all(stream.chunks(cut)), (packets, None));
        }

        #[test]
        fn any_bytes_are_read_the_same_in_any_chunks(
            bytes in prop::collection::vec(prop_oneof![3 => 0u8..9, 1 => any::<u8>()], 0..3_000),
            cut in 1usize..64,
        ) {
            prop_assert_eq!(read_all(std::iter::once(&bytes[..])), read_all(bytes.chunks(cut)));
        }
    }

    #[test]
    fn a_frame_that_is_too_long_is_refused_by_its_header() {
        let (packets, error) = read_all([&[0, 1, 7][..], &[0xFF, 0xFF][..]].into_iter());
        assert_eq!(packets, [[7]]);
        assert_eq!(error, Some(FrameTooLong(65_535)));
        assert_eq!(frame_header(FRAME_BYTES_MAX + 1), None);
        assert_eq!(frame_header(FRAME_BYTES_MAX), Some([8, 0]));
    }

    #[test]
    fn empty_packets_are_skipped() {
        let (packets, error) = read_all([&[0][..], &[0, 0, 0, 0, 1, 9][..]].into_iter());
        assert_eq!((packets, error), (vec![vec![9]], None));
    }
}
