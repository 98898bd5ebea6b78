//! A minimal WebSocket client for Janus's API: text messages, whole or fragmented.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::room::client::{mask_frame, split_frame};

/// Longest message: an SDP offer for a room of 25 is about 60 KB.
const TEXT_MAX: usize = 1024 * 1024;
const REPLY_LIMIT: Duration = Duration::from_secs(10);

pub(super) struct Ws {
    stream: TcpStream,
    received: Vec<u8>,
    text: Vec<u8>,
}

impl Ws {
    pub(super) fn open(to: SocketAddr, protocol: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(REPLY_LIMIT))?;
        write!(
            stream,
            "GET / HTTP/1.1\r\nHost: {to}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: {protocol}\r\n\r\n"
        )?;
        let mut ws = Self { stream, received: Vec::new(), text: Vec::new() };
        loop {
            ws.read()?;
            if let Some(end) = ws.received.windows(4).position(|four| four == b"\r\n\r\n") {
                if !ws.received.starts_with(b"HTTP/1.1 101") {
                    return Err(io::Error::other("the WebSocket upgrade was refused"));
                }
                ws.received.drain(..end + 4);
                return Ok(ws);
            }
        }
    }

    pub(super) fn send_text(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(&mask_frame(1, text.as_bytes()))
    }

    /// The next complete text message.
    pub(super) fn next_text(&mut self) -> io::Result<String> {
        loop {
            if let Some(text) = take_text(&mut self.received, &mut self.text) {
                return String::from_utf8(text).map_err(io::Error::other);
            }
            self.read()?;
        }
    }

    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        let size = self.stream.read(&mut buffer)?;
        if size == 0 || self.received.len() + self.text.len() > TEXT_MAX {
            return Err(io::Error::other("the connection ended"));
        }
        self.received.extend_from_slice(buffer.get(..size).unwrap_or_default());
        Ok(())
    }
}

/// Takes complete frames from the buffer; returns the text after its last fragment.
fn take_text(received: &mut Vec<u8>, text: &mut Vec<u8>) -> Option<Vec<u8>> {
    while let Some((opcode, head, payload)) = split_frame(received) {
        let is_last = received.first().is_some_and(|first| first & 0x80 != 0);
        let whole: Vec<u8> = received.drain(..head + payload).skip(head).collect();
        // Control frames are skipped; no connection here is idle for long enough to need a pong.
        if opcode <= 2 {
            text.extend(whole);
            if is_last {
                return Some(std::mem::take(text));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_parts_is_put_together() {
        let mut received =
            vec![0x01, 2, b'a', b'b', 0x89, 1, b'!', 0x80, 1, b'c', 0x81, 1, b'd', 0x81];
        let mut text = Vec::new();
        assert_eq!(take_text(&mut received, &mut text), Some(b"abc".to_vec()));
        assert_eq!(take_text(&mut received, &mut text), Some(b"d".to_vec()));
        assert_eq!(take_text(&mut received, &mut text), None);
        assert_eq!(received, [0x81]);
    }
}
