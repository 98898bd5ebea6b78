//! Channels between workers for misdirected datagrams, packets of split rooms and TCP connections.
//! All are bounded and free of locks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crate::hub::RelayMessage;
use crate::workers::inbox::CommandInbox;
use crate::workers::tcp::TcpConn;

/// Capacity for messages of split rooms: what the busiest worker receives in 40 ms.
const RELAYS_MAX: usize = 4_096;
/// Capacity for misdirected datagrams.
const HANDED_MAX: usize = 1_024;
/// Capacity for TCP connections.
const CONNS_MAX: usize = 64;

/// A datagram that arrived at another worker. Its buffer goes back to that one for reuse.
#[derive(Debug)]
pub(crate) struct HandedDatagram {
    pub(crate) receiving_worker: u16,
    pub(crate) from: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

/// Sending ends of the channels to one worker.
#[derive(Clone, Debug)]
pub(crate) struct WorkerSender {
    pub(crate) inbox: Arc<CommandInbox>,
    relays: SyncSender<RelayMessage>,
    handed: SyncSender<HandedDatagram>,
    spare: SyncSender<Vec<u8>>,
    conns: SyncSender<TcpConn>,
}

/// Receiving ends of the channels of one worker.
#[derive(Debug)]
pub(crate) struct WorkerReceiver {
    pub(crate) inbox: Arc<CommandInbox>,
    pub(crate) relays: Receiver<RelayMessage>,
    pub(crate) handed: Receiver<HandedDatagram>,
    pub(crate) spare: Receiver<Vec<u8>>,
    pub(crate) conns: Receiver<TcpConn>,
}

/// Creates the channels of one worker.
pub(crate) fn worker_channels(inbox: CommandInbox) -> (WorkerSender, WorkerReceiver) {
    let inbox = Arc::new(inbox);
    let (relays, relays_out) = sync_channel(RELAYS_MAX);
    let (handed, handed_out) = sync_channel(HANDED_MAX);
    let (spare, spare_out) = sync_channel(HANDED_MAX);
    let (conns, conns_out) = sync_channel(CONNS_MAX);
    let sender = WorkerSender { inbox: Arc::clone(&inbox), relays, handed, spare, conns };
    let receiver = WorkerReceiver {
        inbox,
        relays: relays_out,
        handed: handed_out,
        spare: spare_out,
        conns: conns_out,
    };
    (sender, receiver)
}

impl WorkerSender {
    /// Sends a message of a split room; gives it back when the channel is full.
    pub(crate) fn send_relay(&self, relay: RelayMessage) -> Result<(), RelayMessage> {
        self.relays.try_send(relay).map_err(into_inner)
    }

    /// Hands over a datagram; gives its buffer back when the channel is full.
    pub(crate) fn hand_over(&self, handed: HandedDatagram) -> Result<(), Vec<u8>> {
        let sent = self.handed.try_send(handed);
        sent.map_err(|full| into_inner(full).bytes)
    }

    /// Returns a buffer to its worker; drops it when the channel is full.
    pub(crate) fn return_buffer(&self, bytes: Vec<u8>) {
        let _dropped_if_full = self.spare.try_send(bytes);
    }

    /// Hands over a TCP connection; false when the channel is full, which closes it.
    pub(crate) fn hand_over_conn(&self, conn: TcpConn) -> bool {
        self.conns.try_send(conn).is_ok()
    }

    /// Wakes the worker if it waits.
    pub(crate) fn wake_worker(&self) {
        self.inbox.waker.wake_up();
    }
}

fn into_inner<T>(full: TrySendError<T>) -> T {
    match full {
        TrySendError::Full(it) | TrySendError::Disconnected(it) => it,
    }
}
