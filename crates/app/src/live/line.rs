//! What a line is to a living sit, and how a frame is written.

use bytes::Bytes;

/// One open socket. The web floor makes real ones; tests make their own.
///
/// Neither function may block, and neither may call back into the sit: the sit may be in the
/// middle of something.
pub trait Line: Send + Sync + 'static {
    /// Offers a complete frame, header included, shared by all lines.
    fn offer(&self, frame: &Bytes) -> Offer;

    /// Sends a close with this code and these words, after what is already on its way.
    fn close(&self, code: u16, why: &'static str);
}

/// What became of an offered frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It is written, or its rest is kept and will be: at most one frame.
    Taken,
    /// An earlier frame is still going out: this one was not taken. The line calls
    /// [`LiveSit::drained`](super::LiveSit::drained) when it has room again.
    Behind,
    /// The line is gone.
    Gone,
}

/// The first byte of a whole text frame (RFC 6455, 5.2).
const FINAL_TEXT: u8 = 0x81;
/// Payloads up to this length have it in the second byte.
const SHORT_MAX: usize = 125;

/// A text frame as a server sends it: unmasked, so that one serves all lines.
pub fn text_frame(text: &str) -> Bytes {
    let length = text.len();
    let mut frame = Vec::with_capacity(length + 10);
    frame.push(FINAL_TEXT);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if length <= SHORT_MAX => frame.push(short),
        (_, Ok(middle)) => {
            frame.push(126);
            frame.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            frame.push(127);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(text.as_bytes());
    frame.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_says_how_long_it_is() {
        assert_eq!(&text_frame("Hi")[..], [0x81, 2, b'H', b'i']);
        assert_eq!(text_frame(&"a".repeat(125))[..2], [0x81, 125]);
        assert_eq!(text_frame(&"a".repeat(126))[..4], [0x81, 126, 0, 126]);
        assert_eq!(text_frame(&"a".repeat(65_535))[..4], [0x81, 126, 255, 255]);
        assert_eq!(text_frame(&"a".repeat(65_536))[..10], [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(text_frame(&"a".repeat(65_536)).len(), 65_546);
    }
}
