//! The socket between a browser and its sit: a small WebSocket server of our own over the bare
//! stream, because an idle sitter must cost next to nothing and a frame must reach ten thousand
//! people within one breath.
//!
//! `frame` encodes and parses frames, `upgrade` turns a request into a socket, `door` does so on a
//! fast path, `line` sends, `reader` receives, `wheel` finds dead sockets. The messages themselves
//! are the sit's affair (`sitwith_app::live`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sitwith_app::home::Home;
use sitwith_core::time::Span;
use tokio::sync::Notify;

use crate::route::routes;

mod browser_socket;
mod fast_upgrade;
pub mod frame;
mod receive;
mod upgrade;
mod wheel;

pub(crate) use fast_upgrade::{FirstRequest, try_upgrade};
pub(crate) use upgrade::AcceptedSocket;
use upgrade::open_socket;

routes! {
    // The router of a test holds no lines; the tests of the socket have them.
    get "/sits/{id}/live", Everyone: 503 => open_socket;
}

/// Number of people admitted again per second after the home was full.
const RETURNS_PER_SECOND: u32 = 2_000;

/// All open sockets of one home.
pub struct Sockets {
    home: Home,
    wheel: wheel::PingWheel,
    open: AtomicU32,
    /// Notified when the last socket has ended.
    wait_until_none: Notify,
}

impl Sockets {
    /// Returns an empty set.
    pub fn new(home: Home) -> Arc<Self> {
        Arc::new(Self {
            home,
            wheel: wheel::PingWheel::default(),
            open: AtomicU32::new(0),
            wait_until_none: Notify::new(),
        })
    }

    /// Pings silent sockets and ends dead ones; never returns.
    pub async fn ping_forever(&self) {
        self.wheel.run(&self.home).await;
    }

    /// Sleeps on the home's clock.
    pub(crate) async fn sleep(&self, span: Span) {
        self.home.clock.sleep(span).await;
    }

    /// Returns the number of open sockets.
    pub fn open_now(&self) -> u32 {
        self.open.load(Ordering::Relaxed)
    }

    /// Waits until no socket is open.
    pub async fn wait_until_none(&self) {
        loop {
            let none_left = self.wait_until_none.notified();
            if self.open_now() == 0 {
                return;
            }
            none_left.await;
        }
    }
}

/// A permit for one socket of the home's maximum, released when the socket has ended.
struct SocketPermit(Arc<Sockets>);

impl SocketPermit {
    /// Takes a permit, or returns after how many seconds to try again.
    fn acquire(sockets: &Arc<Sockets>) -> Result<Self, u32> {
        let most = sockets.home.limits.sitters_max;
        let before = sockets.open.fetch_add(1, Ordering::Relaxed);
        let held = Self(Arc::clone(sockets));
        if before < most {
            return Ok(held);
        }
        let spread = u64::from(most / RETURNS_PER_SECOND + 5);
        Err(1 + u32::try_from(sockets.home.dice.below(spread)).unwrap_or_default())
    }

    const fn sockets(&self) -> &Arc<Sockets> {
        &self.0
    }

    fn now_us(&self) -> i64 {
        self.0.home.clock.now_us()
    }
}

impl Drop for SocketPermit {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.wait_until_none.notify_waiters();
        }
    }
}
