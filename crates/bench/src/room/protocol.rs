//! The message formats of the servers under test, from the client's side.

use std::fmt::Write as _;

pub(crate) enum Protocol {
    /// A text frame is a message: the floor, `ws`, Bun. `P` before a text publishes it to all.
    Plain,
    /// Socket.IO 4 over its WebSocket transport.
    SocketIo,
    /// The NATS protocol over WebSocket.
    Nats,
    /// A live sit, joined with one ticket per connection.
    Sit { path: String, tickets: Vec<String> },
}

/// The meaning of a received frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// The connection has joined and will receive broadcasts.
    Ready,
    /// A broadcast with its sequence number.
    Broadcast(u64),
    /// The number of people present.
    Present(u32),
    /// A handshake step: send this.
    Reply(String),
    Other,
}

const NATS_HELLO: &str =
    "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\nSUB room 1\r\nPING\r\n";

impl Protocol {
    /// The path to connect to, for connection number `index`.
    pub(crate) fn path(&self, index: usize) -> String {
        match self {
            Self::Plain => "/ws".to_owned(),
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket".to_owned(),
            Self::Nats => "/".to_owned(),
            Self::Sit { path, tickets } => {
                let ticket = tickets.get(index).map_or("", String::as_str);
                format!("{path}?ticket={ticket}&have=0")
            }
        }
    }

    /// Returns `true` if a connection has joined once it was upgraded.
    pub(crate) const fn is_ready_on_upgrade(&self) -> bool {
        matches!(self, Self::Plain)
    }

    pub(crate) const fn is_binary(&self) -> bool {
        matches!(self, Self::Nats)
    }

    pub(crate) fn parse_frame(&self, frame: &[u8]) -> Frame {
        match self {
            Self::Plain => number_after(frame, b"seq=").map_or(Frame::Other, Frame::Broadcast),
            Self::SocketIo => match frame {
                [b'0', ..] => Frame::Reply("40".to_owned()),
                [b'4', b'0', ..] => Frame::Ready,
                b"2" => Frame::Reply("3".to_owned()),
                frame => number_after(frame, b"seq=").map_or(Frame::Other, Frame::Broadcast),
            },
            Self::Nats => {
                if frame.starts_with(b"INFO") {
                    Frame::Reply(NATS_HELLO.to_owned())
                } else if frame.starts_with(b"PONG") {
                    Frame::Ready
                } else if frame.starts_with(b"PING") {
                    Frame::Reply("PONG\r\n".to_owned())
                } else {
                    number_after(frame, b"seq=").map_or(Frame::Other, Frame::Broadcast)
                }
            }
            Self::Sit { .. } => parse_sit_frame(frame),
        }
    }

    /// The text that publishes message `seq` of `size` bytes to all.
    pub(crate) fn publish(&self, seq: u64, size: usize) -> String {
        let mut message = format!("seq={seq:06};");
        while message.len() < size {
            message.push('x');
        }
        match self {
            Self::Plain | Self::Sit { .. } => format!("P{message}"),
            Self::SocketIo => format!("42[\"m\",\"{message}\"]"),
            Self::Nats => {
                let mut text = String::new();
                let _written = write!(text, "PUB room {}\r\n{message}\r\n", message.len());
                text
            }
        }
    }
}

fn parse_sit_frame(frame: &[u8]) -> Frame {
    if frame.starts_with(b"{\"k\":\"timeline\"") {
        number_after(frame, b"\"seq\":").map_or(Frame::Other, Frame::Broadcast)
    } else if frame.starts_with(b"{\"k\":\"presence\"") {
        let present = number_after(frame, b"\"n\":").and_then(|n| u32::try_from(n).ok());
        present.map_or(Frame::Other, Frame::Present)
    } else if frame.starts_with(b"{\"k\":\"here\"") {
        Frame::Ready
    } else {
        Frame::Other
    }
}

/// The number after the first `name` in the first bytes of a frame.
fn number_after(frame: &[u8], name: &[u8]) -> Option<u64> {
    const LOOK_MAX: usize = 96;
    let start = frame.get(..LOOK_MAX).unwrap_or(frame);
    let at = start.windows(name.len()).position(|bytes| bytes == name)?;
    let digits = frame.get(at + name.len()..)?;
    let digits = digits.split(|byte| !byte.is_ascii_digit()).next()?;
    str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_known_by_their_number_in_every_wrapping() {
        for protocol in [Protocol::Plain, Protocol::SocketIo, Protocol::Nats] {
            let words = protocol.publish(42, 100);
            assert_eq!(protocol.parse_frame(words.as_bytes()), Frame::Broadcast(42));
        }
        let sit = Protocol::Sit { path: "/live".to_owned(), tickets: vec!["a.b".to_owned()] };
        assert_eq!(sit.path(0), "/live?ticket=a.b&have=0");
        assert_eq!(
            sit.parse_frame(br#"{"k":"timeline","seq":7,"planned":1}"#),
            Frame::Broadcast(7)
        );
        assert_eq!(
            sit.parse_frame(br#"{"k":"presence","v":3,"n":2500,"quiet":0}"#),
            Frame::Present(2_500)
        );
    }
}
