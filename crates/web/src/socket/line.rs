//! One open socket: writes frames directly to a browser, and keeps the rest of a frame that did not
//! fit.
//!
//! There is no queue here. A socket takes one frame as a whole or keeps the rest of it; until the
//! rest is sent it answers [`Offer::Behind`], and the sit makes a fresh frame from its state at the
//! time the socket has drained.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use bytes::Bytes;
use rustix::net::{SendFlags, Shutdown};
use sitwith_app::live::{Entered, Offer};
use tokio::net::TcpStream;

use super::frame::Small;

/// Maximum size of control frames kept behind the rest of a frame, in bytes. More are dropped: a
/// browser that does not read needs no pong.
const AFTER_MAX: usize = 512;

/// An open socket to one browser.
pub(super) struct Line {
    stream: TcpStream,
    out: Mutex<Out>,
    /// Sit and seat of this socket, once it has entered.
    place: OnceLock<Entered>,
    me: Weak<Self>,
    /// Number of rounds of the wheel since the browser was last heard.
    silent_rounds: AtomicU8,
}

/// State of the sending side.
#[derive(Default)]
struct Out {
    rest: Option<Box<Rest>>,
    /// A frame was offered while a rest was being sent: the sit is to be told when it is out.
    is_behind: bool,
    /// A close was sent, or the socket is lost: only the rest is sent any more.
    is_closed: bool,
}

/// The unsent part of a frame.
struct Rest {
    frame: Bytes,
    written: usize,
    after: Vec<u8>,
}

impl Line {
    /// Returns a socket over this stream that has not entered a sit yet.
    pub(super) fn new(stream: TcpStream) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            stream,
            out: Mutex::default(),
            place: OnceLock::new(),
            me: Weak::clone(me),
            silent_rounds: AtomicU8::new(0),
        })
    }

    pub(super) const fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sets the sit and seat of this socket.
    pub(super) fn entered(&self, place: Entered) {
        // A socket enters once; a second call would be a bug and is ignored.
        let _is_first = self.place.set(place).is_ok();
        let has_drained = {
            let mut out = self.out();
            out.rest.is_none() && std::mem::take(&mut out.is_behind)
        };
        if has_drained {
            self.drained();
        }
    }

    /// Returns the sit and seat of this socket.
    pub(super) fn place(&self) -> Option<&Entered> {
        self.place.get()
    }

    /// Sends a control frame or short text, if there is room.
    pub(super) fn send(&self, frame: &Small) {
        let mut out = self.out();
        if !out.is_closed {
            self.put(&mut out, frame);
        }
    }

    /// Sends a close after what is being sent.
    pub(super) fn close_with(&self, frame: &Small) {
        let mut out = self.out();
        if out.is_closed {
            return;
        }
        self.put(&mut out, frame);
        out.is_closed = true;
        if out.rest.is_none() {
            self.shut(Shutdown::Write);
        }
    }

    /// Resets the silence count: something was received.
    pub(super) fn heard(&self) {
        self.silent_rounds.store(0, Ordering::Relaxed);
    }

    /// Returns true if a close was sent, or is about to be.
    pub(super) fn is_closed(&self) -> bool {
        self.out().is_closed
    }

    /// Called in each round of the wheel: pings a silent browser, closes a socket that was silent
    /// for too many rounds, and aborts one that was closed a round ago and lingers.
    pub(super) fn go_round(&self, silent_rounds_max: u8) {
        let silent = self.silent_rounds.fetch_add(1, Ordering::Relaxed);
        if self.is_closed() {
            self.cut();
        } else if silent >= silent_rounds_max {
            self.close_with(&Small::close(4008, "nothing heard for too long"));
        } else if silent > 0 {
            self.send(&Small::ping());
        }
    }

    /// Ends the socket at once, unsent data included. Its receive loop wakes up and ends.
    pub(super) fn cut(&self) {
        self.out().is_closed = true;
        self.shut(Shutdown::Both);
    }

    fn shut(&self, how: Shutdown) {
        // The browser may have closed first; then there is nothing left to shut down.
        let _was_open = rustix::net::shutdown(&self.stream, how).is_ok();
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, out: &mut Out, frame: &Small) {
        if let Some(rest) = &mut out.rest {
            if rest.after.len() + frame.bytes().len() <= AFTER_MAX {
                rest.after.extend_from_slice(frame.bytes());
            }
            return;
        }
        if let Some(written) = self.write(frame.bytes()) {
            if written < frame.bytes().len() {
                self.keep(out, Bytes::copy_from_slice(frame.bytes()), written);
            }
        } else {
            out.is_closed = true;
        }
    }

    /// Writes what fits, in bytes; `None` if the socket is gone. It bypasses the runtime: the write
    /// nearly always fits, so readiness need not be tracked.
    fn write(&self, bytes: &[u8]) -> Option<usize> {
        let how = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        fits(rustix::net::send(&self.stream, bytes, how).map_err(io::Error::from))
    }

    fn keep(&self, out: &mut Out, frame: Bytes, written: usize) {
        out.rest = Some(Box::new(Rest { frame, written, after: Vec::new() }));
        if let Some(line) = self.me.upgrade() {
            tokio::spawn(async move {
                while !line.push() {
                    if poll_fn(|task| line.stream.poll_write_ready(task)).await.is_err() {
                        return;
                    }
                }
            });
        }
    }

    /// Writes more of the rest. Returns true when it is all out, or never will be.
    fn push(&self) -> bool {
        let mut out = self.out();
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
            match fits(self.stream.try_write(left)) {
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
            self.shut(Shutdown::Write);
            return true;
        }
        let is_behind = self.place.get().is_some() && std::mem::take(&mut out.is_behind);
        drop(out);
        if is_behind {
            self.drained();
        }
        true
    }

    fn drained(&self) {
        if let Some(place) = self.place.get() {
            place.sit.drained(place.line);
        }
    }
}

/// Returns the number of bytes written; `None` if the socket is gone.
fn fits(written: io::Result<usize>) -> Option<usize> {
    match written {
        Ok(size) => Some(size),
        Err(error) => {
            matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted).then_some(0)
        }
    }
}

impl sitwith_app::live::Line for Line {
    fn offer(&self, frame: &Bytes) -> Offer {
        let mut out = self.out();
        if out.is_closed {
            return Offer::Gone;
        }
        if out.rest.is_some() {
            out.is_behind = true;
            return Offer::Behind;
        }
        match self.write(frame) {
            Some(written) if written == frame.len() => Offer::Taken,
            Some(written) => {
                self.keep(&mut out, Bytes::clone(frame), written);
                Offer::Taken
            }
            None => {
                out.is_closed = true;
                Offer::Gone
            }
        }
    }

    fn close(&self, code: u16, why: &'static str) {
        self.close_with(&Small::close(code, why));
    }
}
