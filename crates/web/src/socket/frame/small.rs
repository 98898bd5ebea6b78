//! The small frames of the home.

use super::CONTROL_MAX;

/// A small frame from the home, made in place: a ping, a pong, a close or a short text.
#[derive(Clone, Copy, Debug)]
pub struct Small {
    bytes: [u8; 2 + CONTROL_MAX],
    size: u8,
}

impl Small {
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

    /// A text of at most 125 bytes; what is longer is cut.
    pub fn text(text: &str) -> Self {
        Self::new(1, &[text.as_bytes()])
    }

    /// Asks the browser to show that it is there.
    pub fn ping() -> Self {
        Self::new(9, &[])
    }

    /// Answers a ping.
    pub fn pong(payload: &[u8]) -> Self {
        Self::new(10, &[payload])
    }

    /// Closes the line. `why` is short plain ASCII.
    pub fn close(code: u16, why: &str) -> Self {
        Self::new(8, &[&code.to_be_bytes(), why.as_bytes()])
    }

    /// Answers a close that gave no code.
    pub fn bare_close() -> Self {
        Self::new(8, &[])
    }

    /// The bytes to send.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.size)).unwrap_or_default()
    }
}
