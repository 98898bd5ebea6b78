//! Wakes a worker that waits for its sockets.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};

/// Wakes one worker. A worker that is awake costs nobody a system call.
#[derive(Debug)]
pub(crate) struct Waker {
    fd: EventFd,
    /// Whether the worker is about to wait, or waits.
    is_resting: AtomicBool,
}

impl Waker {
    /// Wakes nobody yet.
    pub(crate) fn new() -> Result<Self, Errno> {
        let flags = EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC;
        Ok(Self { fd: EventFd::from_flags(flags)?, is_resting: AtomicBool::new(false) })
    }

    /// There is something to read. Called after it was laid down.
    pub(crate) fn wake(&self) {
        if self.is_resting.swap(false, Ordering::SeqCst) {
            // It fails only when it was written to without end: then the worker wakes anyway.
            let _written = self.fd.write(1);
        }
    }

    /// The worker is about to wait: what is laid down from now on wakes it. It looks once more
    /// after this, and waits only if there is nothing.
    pub(crate) fn rest(&self) {
        self.is_resting.store(true, Ordering::SeqCst);
    }

    /// The worker is awake.
    pub(crate) fn up(&self) {
        self.is_resting.store(false, Ordering::SeqCst);
    }

    /// Forgets that it was written to.
    pub(crate) fn clear(&self) {
        // Nothing to read is as good.
        let _read = self.fd.read();
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
