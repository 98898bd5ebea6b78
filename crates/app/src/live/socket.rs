//! The socket interface of a living sit, and the encoding of text frames.

use bytes::Bytes;

/// One open socket. The web crate implements it for real connections, tests for their own.
///
/// Neither method may block or call back into the sit, whose state may be locked.
pub trait SitSocket: Send + Sync + 'static {
    /// Tries to send a complete frame, header included. All sockets share the bytes.
    fn try_send(&self, frame: &Bytes) -> TrySendOutcome;

    /// Sends a close frame with this code and reason, after the bytes already being sent.
    fn close(&self, code: u16, why: &'static str);
}

/// Result of trying to send a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrySendOutcome {
    /// Written, or its rest is buffered: at most one frame.
    Accepted,
    /// An earlier frame is still being sent, so this one was not taken. The socket calls
    /// [`LiveSit::socket_drained`](super::LiveSit::socket_drained) once it can take another.
    Behind,
    /// The socket is closed.
    Gone,
}

/// First byte of an unfragmented text frame (RFC 6455, 5.2).
const FINAL_TEXT: u8 = 0x81;
/// Maximum payload, in bytes, whose length fits in the second byte.
const SHORT_PAYLOAD_BYTES_MAX: usize = 125;

/// Encodes a text frame as a server sends it: unmasked, so that all sockets share it.
pub fn text_frame(text: &str) -> Bytes {
    let length = text.len();
    let mut frame = Vec::with_capacity(length + 10);
    frame.push(FINAL_TEXT);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if length <= SHORT_PAYLOAD_BYTES_MAX => frame.push(short),
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
