//! Packets in a stream of bytes (RFC 4571): two bytes say how long the next packet is.

/// The longest packet that is taken: what fits an Ethernet frame, with some air.
pub const FRAME_MAX: usize = 2_048;
/// How many bytes stand before each packet.
pub const HEAD: usize = 2;

/// The stream cannot be read on: close it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a packet of {0} bytes is longer than any we take")]
pub struct TooLong(pub usize);

/// What stands before a packet of this many bytes; none when it is too long to be sent.
pub fn head(length: usize) -> Option<[u8; HEAD]> {
    let length = (1..=FRAME_MAX).contains(&length).then_some(length)?;
    Some(u16::try_from(length).ok()?.to_be_bytes())
}

/// Reads packets out of pieces of a stream. Keeps at most one packet's bytes.
#[derive(Debug, Default)]
pub struct Frames {
    kept: Vec<u8>,
}

impl Frames {
    /// A stream that begins.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many bytes wait for more.
    pub fn waiting(&self) -> usize {
        self.kept.len()
    }

    /// Reads one piece. Each whole packet is handed to `heard`; empty ones are passed over.
    ///
    /// # Errors
    /// When a packet says that it is longer than [`FRAME_MAX`]: nothing after can be trusted.
    pub fn read(&mut self, mut piece: &[u8], heard: &mut dyn FnMut(&[u8])) -> Result<(), TooLong> {
        while !self.kept.is_empty() && !piece.is_empty() {
            let want = match length(&self.kept)? {
                Some(length) => HEAD + length,
                None => HEAD,
            };
            let more = want.saturating_sub(self.kept.len()).min(piece.len());
            let (now, later) = piece.split_at(more);
            self.kept.extend_from_slice(now);
            piece = later;
            if let Some(length) = length(&self.kept)?
                && self.kept.len() >= HEAD + length
            {
                self.kept
                    .get(HEAD..)
                    .filter(|packet| !packet.is_empty())
                    .into_iter()
                    .for_each(&mut *heard);
                self.kept.clear();
            }
        }
        // Whole packets in the piece are handed on where they lie.
        while let Some(length) = length(piece)? {
            let Some(packet) = piece.get(HEAD..HEAD + length) else {
                break;
            };
            if !packet.is_empty() {
                heard(packet);
            }
            piece = piece.get(HEAD + length..).unwrap_or_default();
        }
        self.kept.extend_from_slice(piece);
        Ok(())
    }
}

/// How long the packet is that begins here; none when not even that is there yet.
fn length(bytes: &[u8]) -> Result<Option<usize>, TooLong> {
    let Some(&head) = bytes.first_chunk::<HEAD>() else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes(head));
    if length > FRAME_MAX {
        return Err(TooLong(length));
    }
    Ok(Some(length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All that is heard in these pieces, and the fault it ends with.
    fn heard<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, Option<TooLong>) {
        let mut frames = Frames::new();
        let mut said = Vec::new();
        for piece in pieces {
            let read = frames.read(piece, &mut |packet| said.push(packet.to_vec()));
            assert!(frames.waiting() < HEAD + FRAME_MAX);
            if let Err(fault) = read {
                return (said, Some(fault));
            }
        }
        (said, None)
    }

    proptest! {
        #[test]
        fn packets_come_out_as_they_went_in_however_they_are_cut(
            packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 0..20),
            cut in 1usize..700,
        ) {
            let mut stream = Vec::new();
            for packet in &packets {
                stream.extend_from_slice(&head(packet.len()).unwrap());
                stream.extend_from_slice(packet);
            }
            prop_assert_eq!(heard(stream.chunks(cut)), (packets, None));
        }

        #[test]
        fn any_bytes_are_heard_the_same_in_any_pieces(
            bytes in prop::collection::vec(prop_oneof![3 => 0u8..9, 1 => any::<u8>()], 0..3_000),
            cut in 1usize..64,
        ) {
            prop_assert_eq!(heard(std::iter::once(&bytes[..])), heard(bytes.chunks(cut)));
        }
    }

    #[test]
    fn a_packet_too_long_is_refused_before_its_bytes_come() {
        let (said, fault) = heard([&[0, 1, 7][..], &[0xFF, 0xFF][..]].into_iter());
        assert_eq!(said, [[7]]);
        assert_eq!(fault, Some(TooLong(65_535)));
        assert_eq!(head(FRAME_MAX + 1), None);
        assert_eq!(head(FRAME_MAX), Some([8, 0]));
    }

    #[test]
    fn empty_packets_are_passed_over() {
        let (said, fault) = heard([&[0][..], &[0, 0, 0, 0, 1, 9][..]].into_iter());
        assert_eq!((said, fault), (vec![vec![9]], None));
    }
}
