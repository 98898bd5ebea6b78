//! As much of a WebSocket client as Janus needs: texts, whole or in parts, one after the other.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::room::client::{frame, masked};

/// The longest answer that is read: an offer for a room of 25 is some 60 KB.
const TEXT_MAX: usize = 1024 * 1024;
/// How long an answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// An open line.
pub(super) struct Ws {
    stream: TcpStream,
    came: Vec<u8>,
    text: Vec<u8>,
}

impl Ws {
    pub(super) fn open(to: SocketAddr, protocol: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        write!(
            stream,
            "GET / HTTP/1.1\r\nHost: {to}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: {protocol}\r\n\r\n"
        )?;
        let mut ws = Self { stream, came: Vec::new(), text: Vec::new() };
        loop {
            ws.read()?;
            if let Some(end) = ws.came.windows(4).position(|four| four == b"\r\n\r\n") {
                if !ws.came.starts_with(b"HTTP/1.1 101") {
                    return Err(io::Error::other("no WebSocket is spoken there"));
                }
                ws.came.drain(..end + 4);
                return Ok(ws);
            }
        }
    }

    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(&masked(1, text.as_bytes()))
    }

    /// The next text.
    pub(super) fn hear(&mut self) -> io::Result<String> {
        loop {
            if let Some(text) = take(&mut self.came, &mut self.text) {
                return String::from_utf8(text).map_err(io::Error::other);
            }
            self.read()?;
        }
    }

    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        let size = self.stream.read(&mut buffer)?;
        if size == 0 || self.came.len() + self.text.len() > TEXT_MAX {
            return Err(io::Error::other("the line ended"));
        }
        self.came.extend_from_slice(buffer.get(..size).unwrap_or_default());
        Ok(())
    }
}

/// Takes whole frames from what came; the text, when its last part is there.
fn take(came: &mut Vec<u8>, text: &mut Vec<u8>) -> Option<Vec<u8>> {
    while let Some((opcode, head, payload)) = frame(came) {
        let is_last = came.first().is_some_and(|first| first & 0x80 != 0);
        let whole: Vec<u8> = came.drain(..head + payload).skip(head).collect();
        // Pings and the like come between; nobody here waits long enough to have to answer.
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
        let mut came = vec![0x01, 2, b'a', b'b', 0x89, 1, b'!', 0x80, 1, b'c', 0x81, 1, b'd', 0x81];
        let mut text = Vec::new();
        assert_eq!(take(&mut came, &mut text), Some(b"abc".to_vec()));
        assert_eq!(take(&mut came, &mut text), Some(b"d".to_vec()));
        assert_eq!(take(&mut came, &mut text), None);
        assert_eq!(came, [0x81]);
    }
}
