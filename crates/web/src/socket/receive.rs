//! The receive loop of one socket: a small task without a buffer of its own.

use std::fmt::Write as _;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::sync::Arc;

use rustix::net::RecvFlags;
use serde::Deserialize;

use super::SocketPermit;
use super::browser_socket::BrowserSocket;
use super::fast_upgrade::receive_available;
use super::frame::{BrowserMessage, FrameParser, ProtocolFault, SmallFrame};

/// Size of one read, in bytes. The buffer is on the stack, and only while bytes are at hand.
const READ_BYTES_MAX: usize = 2_048;
/// Sustained rate limit: one message per this time (20 per second).
const MESSAGE_INTERVAL_US: i64 = 50_000;
/// Burst that may be saved up (40 messages).
const BURST_ALLOWANCE_US: i64 = 40 * MESSAGE_INTERVAL_US;

/// State of the receive loop.
pub(super) struct ReceiveState {
    parser: FrameParser,
    /// Virtual time up to which the received messages have used the sustained rate.
    paid_until_us: i64,
}

/// A clock ping from the page's script.
#[derive(Deserialize)]
struct ClockPing<'a> {
    k: &'a str,
    t0: Option<f64>,
}

/// Receives until the socket ends, then tells the sit.
pub(super) async fn receive_loop(
    line: Arc<BrowserSocket>,
    held: SocketPermit,
    mut ahead: Box<[u8]>,
) {
    let mut listening = ReceiveState { parser: FrameParser::default(), paid_until_us: 0 };
    let mut is_open = listening.handle_bytes(&line, &held, &mut ahead);
    drop(ahead);
    while is_open && poll_fn(|task| line.stream().poll_read_ready(task)).await.is_ok() {
        is_open = listening.read_available(&line, &held);
    }
    line.abort();
    if let Some(place) = line.entered_sit() {
        place.sit.socket_lost(place.conn);
    }
}

impl ReceiveState {
    /// Reads what has arrived. Returns false at the end of the stream.
    fn read_available(&mut self, line: &BrowserSocket, held: &SocketPermit) -> bool {
        let mut bytes = [0; READ_BYTES_MAX];
        match receive_available(line.stream(), &mut bytes, RecvFlags::empty()) {
            Ok(0) => false,
            Ok(size) => self.handle_bytes(line, held, bytes.get_mut(..size).unwrap_or_default()),
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
        }
    }

    /// Handles bytes from the browser. Returns false after its close.
    fn handle_bytes(
        &mut self,
        line: &BrowserSocket,
        held: &SocketPermit,
        bytes: &mut [u8],
    ) -> bool {
        if line.is_closed() {
            // We have closed and wait for the browser's close: further input is ignored.
            return true;
        }
        let heard_us = held.now_us();
        let paid_until_us = &mut self.paid_until_us;
        let mut is_too_much = false;
        let mut farewell = None;
        let read = self.parser.parse(bytes, &mut |heard| {
            *paid_until_us = (*paid_until_us).max(heard_us) + MESSAGE_INTERVAL_US;
            is_too_much |= *paid_until_us - heard_us > BURST_ALLOWANCE_US;
            match heard {
                _ if is_too_much => {}
                BrowserMessage::Text(text) => handle_message(line, held, heard_us, text),
                BrowserMessage::Ping(payload) => line.send_small(&SmallFrame::pong(payload)),
                BrowserMessage::Pong => {}
                BrowserMessage::Close(code) => farewell = Some(code),
            }
        });
        line.reset_silence();
        match (read, farewell) {
            (_, _) if is_too_much => {
                line.close_with(&SmallFrame::close(1008, "too many messages"));
                true
            }
            (Err(fault), _) => {
                close_with_fault(line, fault);
                true
            }
            (Ok(()), Some(code)) => {
                let close =
                    code.map_or_else(SmallFrame::bare_close, |code| SmallFrame::close(code, ""));
                line.close_with(&close);
                false
            }
            (Ok(()), None) => true,
        }
    }
}

fn close_with_fault(line: &BrowserSocket, fault: ProtocolFault) {
    line.close_with(&SmallFrame::close(fault.code(), fault.reason()));
}

/// Handles one message: a clock ping is answered at once, everything else goes to the sit.
fn handle_message(line: &BrowserSocket, held: &SocketPermit, heard_us: i64, text: &str) {
    if let Ok(ClockPing { k: "ping", t0 }) = serde_json::from_str(text) {
        line.send_small(&clock_pong(t0, heard_us, held.now_us()));
    } else if let Some(place) = line.entered_sit()
        && let Err(no) = place.sit.handle_message(place.conn, text)
    {
        let _ = no;
        line.close_with(&SmallFrame::close(1002, "not a message of ours"));
    }
}

/// Returns the reply to a clock ping: its own time, and ours of receiving and of replying.
fn clock_pong(t0: Option<f64>, heard_us: i64, now_us: i64) -> SmallFrame {
    let mut text = String::with_capacity(96);
    text.push_str("{\"k\":\"pong\",\"t0\":");
    match t0.and_then(|t0| serde_json::to_string(&t0).ok()) {
        Some(t0) => text.push_str(&t0),
        None => text.push_str("null"),
    }
    for (name, us) in [("t1", heard_us), ("t2", now_us)] {
        let (ms, us) = (us.div_euclid(1_000), us.rem_euclid(1_000));
        let _written = write!(text, ",\"{name}\":{ms}.{us:03}");
    }
    text.push('}');
    SmallFrame::text(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pong_tells_fractions_of_milliseconds_and_gives_the_ping_its_time_back() {
        let pong = clock_pong(Some(1234.5), 1_790_000_000_000_125, 1_790_000_000_000_250);
        let words = str::from_utf8(&pong.bytes()[2..]).unwrap();
        let expected = r#"{"k":"pong","t0":1234.5,"t1":1790000000000.125,"t2":1790000000000.250}"#;
        assert_eq!(words, expected);
    }

    #[test]
    fn the_longest_pong_fits_into_a_small_frame() {
        let t0 = Some(-1.797_693_134_862_315_7e-308);
        let pong = clock_pong(t0, i64::MAX, i64::MAX);
        assert!(pong.bytes().ends_with(b"807}"));
    }

    #[test]
    fn a_quiet_line_costs_a_small_task() {
        // This task is the main cost of an idle sitter; growing it should be a decision.
        fn size_of_future<A, B, C, F>(_: fn(A, B, C) -> F) -> usize {
            size_of::<F>()
        }
        assert!(size_of_future(receive_loop) <= 96, "{}", size_of_future(receive_loop));
        assert!(size_of::<BrowserSocket>() <= 128, "{}", size_of::<BrowserSocket>());
    }
}
