//! What a client says to each kind of server, and what it makes of the answers.

use std::fmt::Write as _;

/// How messages are wrapped by the server under load.
pub(crate) enum Speech {
    /// A text is a message: the floor, `ws`, Bun. `P` before a text asks for it to go to all.
    Plain,
    /// Socket.IO 4 over its WebSocket transport.
    SocketIo,
    /// The NATS protocol over WebSocket.
    Nats,
    /// A live sit, entered with these tickets.
    Sit { path: String, tickets: Vec<String> },
}

/// What a frame told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The line is in and will hear what goes to all.
    Ready,
    /// What went to all, by its number.
    News(u64),
    /// How many people are present.
    Present(u32),
    /// The client must say this.
    Say(String),
    /// Nothing to count.
    Nothing,
}

const NATS_HELLO: &str =
    "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\nSUB room 1\r\nPING\r\n";

impl Speech {
    /// Where line number `line` connects to.
    pub(crate) fn path(&self, line: usize) -> String {
        match self {
            Self::Plain => "/ws".to_owned(),
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket".to_owned(),
            Self::Nats => "/".to_owned(),
            Self::Sit { path, tickets } => {
                let ticket = tickets.get(line).map_or("", String::as_str);
                format!("{path}?ticket={ticket}&have=0")
            }
        }
    }

    /// Whether a line is in as soon as its upgrade was answered.
    pub(crate) const fn is_ready_at_once(&self) -> bool {
        matches!(self, Self::Plain)
    }

    /// Whether the server speaks binary frames.
    pub(crate) const fn is_binary(&self) -> bool {
        matches!(self, Self::Nats)
    }

    /// What this frame tells.
    pub(crate) fn hear(&self, frame: &[u8]) -> Told {
        match self {
            Self::Plain => number_after(frame, b"seq=").map_or(Told::Nothing, Told::News),
            Self::SocketIo => match frame {
                [b'0', ..] => Told::Say("40".to_owned()),
                [b'4', b'0', ..] => Told::Ready,
                b"2" => Told::Say("3".to_owned()),
                frame => number_after(frame, b"seq=").map_or(Told::Nothing, Told::News),
            },
            Self::Nats => {
                if frame.starts_with(b"INFO") {
                    Told::Say(NATS_HELLO.to_owned())
                } else if frame.starts_with(b"PONG") {
                    Told::Ready
                } else if frame.starts_with(b"PING") {
                    Told::Say("PONG\r\n".to_owned())
                } else {
                    number_after(frame, b"seq=").map_or(Told::Nothing, Told::News)
                }
            }
            Self::Sit { .. } => heard_in_a_sit(frame),
        }
    }

    /// The words that send message `seq` of `size` bytes to all.
    pub(crate) fn publish(&self, seq: u64, size: usize) -> String {
        let mut message = format!("seq={seq:06};");
        while message.len() < size {
            message.push('x');
        }
        match self {
            Self::Plain | Self::Sit { .. } => format!("P{message}"),
            Self::SocketIo => format!("42[\"m\",\"{message}\"]"),
            Self::Nats => {
                let mut words = String::new();
                let _written = write!(words, "PUB room {}\r\n{message}\r\n", message.len());
                words
            }
        }
    }
}

fn heard_in_a_sit(frame: &[u8]) -> Told {
    if frame.starts_with(b"{\"k\":\"timeline\"") {
        number_after(frame, b"\"seq\":").map_or(Told::Nothing, Told::News)
    } else if frame.starts_with(b"{\"k\":\"presence\"") {
        let present = number_after(frame, b"\"n\":").and_then(|n| u32::try_from(n).ok());
        present.map_or(Told::Nothing, Told::Present)
    } else if frame.starts_with(b"{\"k\":\"here\"") {
        Told::Ready
    } else {
        Told::Nothing
    }
}

/// The number behind the first `name` in the first bytes of a frame.
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
        for speech in [Speech::Plain, Speech::SocketIo, Speech::Nats] {
            let words = speech.publish(42, 100);
            assert_eq!(speech.hear(words.as_bytes()), Told::News(42));
        }
        let sit = Speech::Sit { path: "/live".to_owned(), tickets: vec!["a.b".to_owned()] };
        assert_eq!(sit.path(0), "/live?ticket=a.b&have=0");
        assert_eq!(sit.hear(br#"{"k":"timeline","seq":7,"planned":1}"#), Told::News(7));
        assert_eq!(sit.hear(br#"{"k":"presence","v":3,"n":2500,"quiet":0}"#), Told::Present(2_500));
    }
}
