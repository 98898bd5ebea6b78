//! Wakes a worker that waits for its sockets.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};

/// An eventfd, written only while the worker waits.
#[derive(Debug)]
pub(crate) struct Waker {
    fd: EventFd,
    /// The worker waits, or is about to.
    is_waiting: AtomicBool,
}

impl Waker {
    pub(crate) fn new() -> Result<Self, Errno> {
        let flags = EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC;
        Ok(Self { fd: EventFd::from_flags(flags)?, is_waiting: AtomicBool::new(false) })
    }

    /// Wakes the worker. Called after something was queued for it.
    pub(crate) fn wake_up(&self) {
        if self.is_waiting.swap(false, Ordering::SeqCst) {
            // It fails only when the counter is full, and then the worker wakes anyway.
            let _written = self.fd.write(1);
        }
    }

    /// Announces that the worker is about to wait: from now on whatever is queued wakes it. The
    /// worker checks its queues once more afterwards.
    pub(crate) fn announce_wait(&self) {
        self.is_waiting.store(true, Ordering::SeqCst);
    }

    /// Announces that the worker is awake.
    pub(crate) fn announce_awake(&self) {
        self.is_waiting.store(false, Ordering::SeqCst);
    }

    /// Resets the eventfd.
    pub(crate) fn reset_fd(&self) {
        // An error means there was nothing to read.
        let _read = self.fd.read();
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
