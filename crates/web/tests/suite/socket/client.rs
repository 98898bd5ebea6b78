//! A client that says exactly what the test wants, byte for byte.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The opcodes of RFC 6455.
pub(crate) const TEXT: u8 = 1;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// The head of a good upgrade, without its first line and its end.
pub(crate) const UPGRADE: &str = "Host: sit.example.org\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A connection.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub(crate) async fn connected(address: SocketAddr) -> Self {
        Self::on(TcpStream::connect(address).await.expect("the home listens"))
    }

    pub(crate) const fn on(stream: TcpStream) -> Self {
        Self { stream, read: Vec::new() }
    }

    /// A connection that was upgraded.
    pub(crate) async fn upgraded(address: SocketAddr, path: &str) -> Self {
        let mut client = Self::connected(address).await;
        client.upgrade(path, b"").await;
        client
    }

    /// Asks for the upgrade with `more` right behind it, and reads the answer's head.
    pub(crate) async fn upgrade(&mut self, path: &str, more: &[u8]) {
        let head = self.ask(&format!("GET {path} HTTP/1.1\r\n{UPGRADE}\r\n"), more).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
    }

    /// Sends a request and reads the head of the answer.
    pub(crate) async fn ask(&mut self, request: &str, more: &[u8]) -> String {
        self.send(&[request.as_bytes(), more].concat()).await;
        loop {
            if let Some(end) = self.read.windows(4).position(|end| end == b"\r\n\r\n") {
                let rest = self.read.split_off(end + 4);
                let head = std::mem::replace(&mut self.read, rest);
                return String::from_utf8(head).expect("a head is text");
            }
            assert!(self.more().await, "no whole answer came");
        }
    }

    /// Reads this many bytes and lets them go.
    pub(crate) async fn skip(&mut self, bytes: usize) {
        while self.read.len() < bytes {
            assert!(self.more().await, "the connection ended");
        }
        self.read.drain(..bytes);
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the home still reads");
    }

    /// Sends a whole text message.
    pub(crate) async fn say(&mut self, text: &str) {
        self.send(&masked(0x80 | TEXT, text.as_bytes())).await;
    }

    /// The next frame; none when the home has closed the connection.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            if let Some((opcode, head, payload)) = frame(&self.read) {
                let rest = self.read.split_off(head + payload);
                let mut whole = std::mem::replace(&mut self.read, rest);
                return Some((opcode, whole.split_off(head)));
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// The next frame if one is here already.
    pub(crate) async fn poll_frame(&mut self) -> Option<(u8, Vec<u8>)> {
        while let Ok(size) = self.stream.try_read_buf(&mut self.read)
            && size > 0
        {}
        if frame(&self.read).is_some() { self.frame().await } else { None }
    }

    /// The next frame, which is a text.
    pub(crate) async fn text(&mut self) -> String {
        let (opcode, payload) = self.frame().await.expect("the line is open");
        assert_eq!(opcode, TEXT, "{payload:?}");
        String::from_utf8(payload).expect("a message is text")
    }

    /// The next message of this kind; others before it are let go.
    pub(crate) async fn message(&mut self, kind: &str) -> String {
        let start = format!(r#"{{"k":"{kind}""#);
        loop {
            let text = self.text().await;
            if text.starts_with(&start) {
                return text;
            }
        }
    }

    /// Pings the home's clock and waits for the answer: the line works, and everything sent
    /// before was read.
    pub(crate) async fn is_answered(&mut self) {
        self.say(r#"{"k":"ping","t0":7.5}"#).await;
        assert!(self.message("pong").await.contains(r#""t0":7.5,"#));
    }

    /// Waits for the close and then for the end of the connection; the code and the reason.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        let payload = loop {
            match self.frame().await.expect("a close comes before the end") {
                (CLOSE, payload) => break payload,
                (TEXT | PING, _) => {}
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(self.frame().await, None, "nothing comes after a close");
        let (code, why) = payload.split_first_chunk::<2>().expect("a close has a code");
        (u16::from_be_bytes(*code), String::from_utf8(why.to_vec()).expect("a reason is text"))
    }

    /// Reads more; whether there was any.
    async fn more(&mut self) -> bool {
        self.stream.read_buf(&mut self.read).await.is_ok_and(|size| size > 0)
    }
}

/// A frame as browsers send it, with this first byte.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x9a, 0x01, 0x77, 0xe3];
    let mut frame = vec![first];
    match u8::try_from(payload.len()) {
        Ok(short @ ..126) => frame.push(0x80 | short),
        _ => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(payload.len()).expect("short enough").to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// The opcode and the sizes of head and payload of the first frame, once it is whole.
fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let &[first, second, ref more @ ..] = bytes else {
        return None;
    };
    assert_eq!(first & 0xf0, 0x80, "the home sends whole frames without extensions");
    let (head, payload) = match second {
        126 => (4, usize::from(u16::from_be_bytes(*more.first_chunk()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(*more.first_chunk()?)).ok()?),
        short @ ..126 => (2, usize::from(short)),
        _ => panic!("the home does not mask"),
    };
    (bytes.len() >= head + payload).then_some((first & 0x0f, head, payload))
}
