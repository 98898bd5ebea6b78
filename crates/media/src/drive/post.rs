//! What workers hand to each other: datagrams that came in at the wrong one, packets of rooms that
//! are split, TCP connections. Each way has its own bounded ring, without locks or allocation.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crate::drive::inbox::Inbox;
use crate::drive::tcp::Conn;
use crate::hub::Relay;

/// So many messages of split rooms may wait for one worker: what comes in 40 ms when it is busiest.
const RELAYS_MAX: usize = 4_096;
/// So many datagrams may wait that came in at another worker.
const HANDED_MAX: usize = 1_024;
/// So many TCP connections may wait to move in.
const CONNS_MAX: usize = 64;

/// A datagram that came in at another worker. Its bytes go back to that one, to be used again.
#[derive(Debug)]
pub(crate) struct Handed {
    pub(crate) giver: u16,
    pub(crate) from: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

/// The way to one worker.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) inbox: Arc<Inbox>,
    relays: SyncSender<Relay>,
    handed: SyncSender<Handed>,
    spare: SyncSender<Vec<u8>>,
    conns: SyncSender<Conn>,
}

/// Where a worker finds what others handed to it.
#[derive(Debug)]
pub(crate) struct Letters {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) relays: Receiver<Relay>,
    pub(crate) handed: Receiver<Handed>,
    pub(crate) spare: Receiver<Vec<u8>>,
    pub(crate) conns: Receiver<Conn>,
}

/// Both ends of the way to one worker.
pub(crate) fn post(inbox: Inbox) -> (Post, Letters) {
    let inbox = Arc::new(inbox);
    let (relays, relays_out) = sync_channel(RELAYS_MAX);
    let (handed, handed_out) = sync_channel(HANDED_MAX);
    let (spare, spare_out) = sync_channel(HANDED_MAX);
    let (conns, conns_out) = sync_channel(CONNS_MAX);
    let post = Post { inbox: Arc::clone(&inbox), relays, handed, spare, conns };
    let letters = Letters {
        inbox,
        relays: relays_out,
        handed: handed_out,
        spare: spare_out,
        conns: conns_out,
    };
    (post, letters)
}

impl Post {
    /// Hands on a message of a split room; gives it back when the ring is full.
    pub(crate) fn relay(&self, relay: Relay) -> Result<(), Relay> {
        self.relays.try_send(relay).map_err(back)
    }

    /// Hands on a datagram; gives its bytes back when the ring is full.
    pub(crate) fn hand(&self, handed: Handed) -> Result<(), Vec<u8>> {
        let given = self.handed.try_send(handed);
        given.map_err(|full| back(full).bytes)
    }

    /// Gives bytes back to whom they belong. If there is no room for them, they are let go.
    pub(crate) fn give_back(&self, bytes: Vec<u8>) {
        let _given = self.spare.try_send(bytes);
    }

    /// Hands on a connection. If there is no room for it, it is closed.
    pub(crate) fn move_in(&self, conn: Conn) -> bool {
        self.conns.try_send(conn).is_ok()
    }

    /// Wakes the worker, if it waits.
    pub(crate) fn wake(&self) {
        self.inbox.waker.wake();
    }
}

fn back<T>(full: TrySendError<T>) -> T {
    match full {
        TrySendError::Full(it) | TrySendError::Disconnected(it) => it,
    }
}
