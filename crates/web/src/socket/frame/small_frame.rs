//! Small frames from the home to a browser.

use super::CONTROL_MAX;

/// A ping, a pong, a close or a short text, in a fixed buffer.
#[derive(Clone, Copy, Debug)]
pub struct SmallFrame {
    bytes: [u8; 2 + CONTROL_MAX],
    size: u8,
}

impl SmallFrame {
    fn new(first: u8, payload: &[&[u8]]) -> Self {
        let mut small = Self { bytes: [0; 2 + CONTROL_MAX], size: 2 };
        let mut left = small.bytes.iter_mut().skip(2);
        for (byte, place) in payload.iter().copied().flatten().zip(&mut left) {
            *place = *byte;
            small.size += 1;
        }
        small.bytes[0] = 0x80 | first;
        small.bytes[1] = small.size - 2;
        small
    }

    /// Returns a text frame; a text over 125 bytes is cut.
    pub fn text(text: &str) -> Self {
        Self::new(1, &[text.as_bytes()])
    }

    /// Returns a ping.
    pub fn ping() -> Self {
        Self::new(9, &[])
    }

    /// Returns a pong with the payload of its ping.
    pub fn pong(payload: &[u8]) -> Self {
        Self::new(10, &[payload])
    }

    /// Returns a close. `why` is short ASCII.
    pub fn close(code: u16, why: &str) -> Self {
        Self::new(8, &[&code.to_be_bytes(), why.as_bytes()])
    }

    /// Returns a close without a code, in reply to one without a code.
    pub fn bare_close() -> Self {
        Self::new(8, &[])
    }

    /// Returns the encoded frame.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.size)).unwrap_or_default()
    }
}
