//! One open socket: writes frames directly to a browser, and keeps the rest of a frame that did not
//! fit.
//!
//! There is no queue here. A socket takes one frame as a whole or keeps the rest of it; until the
//! rest is sent it answers [`TrySendOutcome::Behind`], and the sit makes a fresh frame from its
//! state at the time the socket has drained.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use bytes::Bytes;
use rustix::net::{SendFlags, Shutdown};
use sitwith_app::live::{EnteredSit, TrySendOutcome};
use tokio::net::TcpStream;

use super::frame::SmallFrame;

/// Maximum size of control frames kept behind the rest of a frame, in bytes. More are dropped: a
/// browser that does not read needs no pong.
const AFTER_BYTES_MAX: usize = 512;

/// An open socket to one browser.
pub(super) struct BrowserSocket {
    stream: TcpStream,
    send_state: Mutex<SendState>,
    /// Sit and seat of this socket, once it has entered.
    entered_sit: OnceLock<EnteredSit>,
    me: Weak<Self>,
    /// Number of rounds of the wheel since the browser was last heard.
    silent_rounds: AtomicU8,
}

/// State of the sending side.
#[derive(Default)]
struct SendState {
    rest: Option<Box<UnsentFrame>>,
    /// A frame was offered while a rest was being sent: the sit is to be told when it is out.
    is_behind: bool,
    /// A close was sent, or the socket is lost: only the rest is sent any more.
    is_closed: bool,
}

/// The unsent part of a frame.
struct UnsentFrame {
    frame: Bytes,
    written: usize,
    after: Vec<u8>,
}

impl BrowserSocket {
    /// Returns a socket over this stream that has not entered a sit yet.
    pub(super) fn new(stream: TcpStream) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            stream,
            send_state: Mutex::default(),
            entered_sit: OnceLock::new(),
            me: Weak::clone(me),
            silent_rounds: AtomicU8::new(0),
        })
    }

    pub(super) const fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sets the sit and seat of this socket.
    pub(super) fn set_entered(&self, place: EnteredSit) {
        // A socket enters once; a second call would be a bug and is ignored.
        let _is_first = self.entered_sit.set(place).is_ok();
        let has_drained = {
            let mut out = self.lock_out();
            out.rest.is_none() && std::mem::take(&mut out.is_behind)
        };
        if has_drained {
            self.report_drained();
        }
    }

    /// Returns the sit and seat of this socket.
    pub(super) fn entered_sit(&self) -> Option<&EnteredSit> {
        self.entered_sit.get()
    }

    /// Sends a control frame or short text, if there is room.
    pub(super) fn send_small(&self, frame: &SmallFrame) {
        let mut out = self.lock_out();
        if !out.is_closed {
            self.put_small(&mut out, frame);
        }
    }

    /// Sends a close after what is being sent.
    pub(super) fn close_with(&self, frame: &SmallFrame) {
        let mut out = self.lock_out();
        if out.is_closed {
            return;
        }
        self.put_small(&mut out, frame);
        out.is_closed = true;
        if out.rest.is_none() {
            self.shut_down(Shutdown::Write);
        }
    }

    /// Resets the silence count: something was received.
    pub(super) fn reset_silence(&self) {
        self.silent_rounds.store(0, Ordering::Relaxed);
    }

    /// Returns true if a close was sent, or is about to be.
    pub(super) fn is_closed(&self) -> bool {
        self.lock_out().is_closed
    }

    /// Called in each round of the wheel: pings a silent browser, closes a socket that was silent
    /// for too many rounds, and aborts one that was closed a round ago and lingers.
    pub(super) fn check_alive(&self, silent_rounds_max: u8) {
        let silent = self.silent_rounds.fetch_add(1, Ordering::Relaxed);
        if self.is_closed() {
            self.abort();
        } else if silent >= silent_rounds_max {
            self.close_with(&SmallFrame::close(4008, "nothing heard for too long"));
        } else if silent > 0 {
            self.send_small(&SmallFrame::ping());
        }
    }

    /// Ends the socket at once, unsent data included. Its receive loop wakes up and ends.
    pub(super) fn abort(&self) {
        self.lock_out().is_closed = true;
        self.shut_down(Shutdown::Both);
    }

    fn shut_down(&self, how: Shutdown) {
        // The browser may have closed first; then there is nothing left to shut down.
        let _was_open = rustix::net::shutdown(&self.stream, how).is_ok();
    }

    fn lock_out(&self) -> MutexGuard<'_, SendState> {
        self.send_state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_small(&self, out: &mut SendState, frame: &SmallFrame) {
        if let Some(rest) = &mut out.rest {
            if rest.after.len() + frame.bytes().len() <= AFTER_BYTES_MAX {
                rest.after.extend_from_slice(frame.bytes());
            }
            return;
        }
        if let Some(written) = self.write_now(frame.bytes()) {
            if written < frame.bytes().len() {
                self.keep_rest(out, Bytes::copy_from_slice(frame.bytes()), written);
            }
        } else {
            out.is_closed = true;
        }
    }

    /// Writes what fits, in bytes; `None` if the socket is gone. It bypasses the runtime: the write
    /// nearly always fits, so readiness need not be tracked.
    fn write_now(&self, bytes: &[u8]) -> Option<usize> {
        let how = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        bytes_written(rustix::net::send(&self.stream, bytes, how).map_err(io::Error::from))
    }

    fn keep_rest(&self, out: &mut SendState, frame: Bytes, written: usize) {
        out.rest = Some(Box::new(UnsentFrame { frame, written, after: Vec::new() }));
        if let Some(line) = self.me.upgrade() {
            tokio::spawn(async move {
                while !line.push_rest() {
                    if poll_fn(|task| line.stream.poll_write_ready(task)).await.is_err() {
                        return;
                    }
                }
            });
        }
    }

    /// Writes more of the rest. Returns true when it is all out, or never will be.
    fn push_rest(&self) -> bool {
        let mut out = self.lock_out();
        while let Some(rest) = &mut out.rest {
            if rest.written >= rest.frame.len() {
                if rest.after.is_empty() {
                    out.rest = None;
                    break;
                }
                rest.frame = Bytes::from(std::mem::take(&mut rest.after));
                rest.written = 0;
            }
            let left = rest.frame.get(rest.written..).unwrap_or_default();
            // Through the runtime, so that it learns that the socket is full and wakes us.
            match bytes_written(self.stream.try_write(left)) {
                Some(0) => return false,
                Some(written) => rest.written += written,
                None => {
                    out.is_closed = true;
                    out.rest = None;
                    return true;
                }
            }
        }
        if out.is_closed {
            self.shut_down(Shutdown::Write);
            return true;
        }
        let is_behind = self.entered_sit.get().is_some() && std::mem::take(&mut out.is_behind);
        drop(out);
        if is_behind {
            self.report_drained();
        }
        true
    }

    fn report_drained(&self) {
        if let Some(place) = self.entered_sit.get() {
            place.sit.socket_drained(place.conn);
        }
    }
}

/// Returns the number of bytes written; `None` if the socket is gone.
fn bytes_written(written: io::Result<usize>) -> Option<usize> {
    match written {
        Ok(size) => Some(size),
        Err(error) => {
            matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted).then_some(0)
        }
    }
}

impl sitwith_app::live::SitSocket for BrowserSocket {
    fn try_send(&self, frame: &Bytes) -> TrySendOutcome {
        let mut out = self.lock_out();
        if out.is_closed {
            return TrySendOutcome::Gone;
        }
        if out.rest.is_some() {
            out.is_behind = true;
            return TrySendOutcome::Behind;
        }
        match self.write_now(frame) {
            Some(written) if written == frame.len() => TrySendOutcome::Accepted,
            Some(written) => {
                self.keep_rest(&mut out, Bytes::clone(frame), written);
                TrySendOutcome::Accepted
            }
            None => {
                out.is_closed = true;
                TrySendOutcome::Gone
            }
        }
    }

    fn close(&self, code: u16, why: &'static str) {
        self.close_with(&SmallFrame::close(code, why));
    }
}
