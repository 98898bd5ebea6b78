//! ICE over TCP, for networks that block UDP. The first worker accepts connections; each then moves
//! to the worker that owns its ufrag.

mod conn;
mod limiter;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};

pub(crate) use conn::TcpConn;
use conn::{ReadOutcome, WriteOutcome};
pub(crate) use limiter::ConnLimiter;

use crate::hub::Hub;
use crate::workers::counters::TrafficCounters;

/// Connections accepted in a row before other work is done.
const ACCEPTS_MAX: usize = 32;
/// Events handled in a row before other work is done.
const EVENTS_MAX: usize = 64;
/// Interval at which dead connections are closed.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);
/// Bytes read in one call.
const READ_BYTES: usize = 16 * 1_024;
/// Send buffer in the kernel, in bytes: a larger one would delay media.
const KERNEL_BUFFER_BYTES: usize = 64 * 1_024;
/// Epoll key of the listener.
const LISTENER_KEY: u64 = 0;

/// TCP connections of one worker.
#[derive(Debug)]
pub(crate) struct TcpConns {
    worker: u16,
    pub(crate) epoll: Epoll,
    listener: Option<TcpListener>,
    limiter: Arc<ConnLimiter>,
    counters: Arc<TrafficCounters>,
    conns: BTreeMap<u64, TcpConn>,
    keys: BTreeMap<SocketAddr, u64>,
    next: u64,
    /// Connections with packets queued since the last flush.
    queued: Vec<u64>,
    /// Connections to close.
    finished: Vec<u64>,
    scratch: Vec<u8>,
    swept_at: Option<Instant>,
    /// No connections are accepted until the next sweep, because file descriptors ran out.
    is_accept_paused: bool,
}

impl TcpConns {
    pub(crate) fn new(
        worker: u16,
        listener: Option<TcpListener>,
        limiter: Arc<ConnLimiter>,
        counters: Arc<TrafficCounters>,
    ) -> Result<Self, Errno> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        if let Some(listener) = &listener {
            epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER_KEY))?;
        }
        Ok(Self {
            worker,
            epoll,
            listener,
            limiter,
            counters,
            conns: BTreeMap::new(),
            keys: BTreeMap::new(),
            next: LISTENER_KEY,
            queued: vec![],
            finished: vec![],
            scratch: vec![0; READ_BYTES],
            swept_at: None,
            is_accept_paused: false,
        })
    }

    /// When [`Self::sweep_dead`] is due; never without connections.
    pub(crate) fn wake_at(&self) -> Option<Instant> {
        let swept_at = self.swept_at?;
        (!self.conns.is_empty() || self.is_accept_paused).then(|| swept_at + SWEEP_INTERVAL)
    }

    /// Handles all ready sockets. Connections of other workers are passed to `hand_over`.
    pub(crate) fn handle_ready(
        &mut self,
        hub: &mut Hub,
        now: Instant,
        hand_over: &mut dyn FnMut(u16, TcpConn),
    ) {
        let mut events = [EpollEvent::empty(); EVENTS_MAX];
        let count = self.epoll.wait(&mut events, 0_u16).unwrap_or(0);
        for event in events.iter().take(count) {
            if event.data() == LISTENER_KEY {
                self.accept_all(now);
                continue;
            }
            if event.events().contains(EpollFlags::EPOLLOUT) {
                self.write_conn(event.data(), now);
            }
            if event.events().intersects(!EpollFlags::EPOLLOUT) {
                self.read_conn(event.data(), hub, now, hand_over);
            }
        }
        self.close_finished(hub, now);
    }

    fn accept_all(&mut self, now: Instant) {
        for _ in 0..ACCEPTS_MAX {
            let Some(listener) = &self.listener else {
                return;
            };
            match listener.accept() {
                Ok((stream, from)) => self.accept_conn(stream, from, now),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    tracing::warn!(%error, "pausing the acceptance of TCP connections");
                    self.is_accept_paused = self.epoll.delete(listener).is_ok();
                    self.swept_at = Some(now);
                    return;
                }
            }
        }
    }

    fn accept_conn(&mut self, stream: TcpStream, from: SocketAddr, now: Instant) {
        let from = SocketAddr::new(from.ip().to_canonical(), from.port());
        let Some(permit) = self.limiter.acquire(from.ip()) else {
            self.counters.refused.add_many(1);
            return;
        };
        let socket = socket2::SockRef::from(&stream);
        // Works without these too, with more delay.
        let _tuned = (stream.set_nodelay(true), socket.set_send_buffer_size(KERNEL_BUFFER_BYTES));
        if stream.set_nonblocking(true).is_ok() {
            self.counters.accepted.add_many(1);
            self.add_conn(TcpConn::new(stream, from, permit, now), now);
        }
    }

    /// Adopts a connection that another worker accepted.
    pub(crate) fn adopt_conn(&mut self, mut conn: TcpConn, hub: &mut Hub, now: Instant) {
        let from = conn.from;
        let outcome = conn.identify_owner(self.worker, &mut |packet| {
            hub.handle_datagram(str0m::net::Protocol::Tcp, from, packet, now);
        });
        if outcome == ReadOutcome::All {
            self.add_conn(conn, now);
        }
    }

    fn add_conn(&mut self, conn: TcpConn, now: Instant) {
        self.next += 1;
        let event = EpollEvent::new(EpollFlags::EPOLLIN, self.next);
        if self.epoll.add(&conn.stream, event).is_err() {
            return;
        }
        self.swept_at.get_or_insert(now);
        if let Some(before) = self.keys.insert(conn.from, self.next) {
            self.finished.push(before);
        }
        self.conns.insert(self.next, conn);
    }

    fn read_conn(
        &mut self,
        key: u64,
        hub: &mut Hub,
        now: Instant,
        hand_over: &mut dyn FnMut(u16, TcpConn),
    ) {
        let Some(conn) = self.conns.get_mut(&key) else {
            return;
        };
        let from = conn.from;
        let outcome = conn.read_packets(self.worker, &mut self.scratch, now, &mut |packet| {
            hub.handle_datagram(str0m::net::Protocol::Tcp, from, packet, now);
        });
        match outcome {
            ReadOutcome::All | ReadOutcome::More => {}
            ReadOutcome::Finished => self.finished.push(key),
            ReadOutcome::Foreign(worker) => {
                if let Some(conn) = self.remove_conn(key) {
                    hand_over(worker, conn);
                }
            }
        }
    }

    /// Queues a packet for the connection from this address.
    pub(crate) fn queue_packet(&mut self, to: SocketAddr, packet: &[u8], now: Instant) {
        let Some(key) = self.keys.get(&to) else {
            return;
        };
        let Some(conn) = self.conns.get_mut(key) else {
            return;
        };
        if !conn.is_waiting() {
            self.queued.push(*key);
        }
        if conn.queue_packet(packet, now) == WriteOutcome::Dropped {
            self.counters.dropped_frames.add_many(1);
        }
    }

    /// Writes what was queued since the last flush.
    pub(crate) fn flush_queued(&mut self, hub: &mut Hub, now: Instant) {
        while let Some(key) = self.queued.pop() {
            self.write_conn(key, now);
        }
        self.close_finished(hub, now);
    }

    fn write_conn(&mut self, key: u64, now: Instant) {
        let Some(conn) = self.conns.get_mut(&key) else {
            return;
        };
        let mut is_good = conn.write_queued(now);
        if conn.is_waiting() != conn.is_write_polled {
            conn.is_write_polled = conn.is_waiting();
            let mut flags = EpollFlags::EPOLLIN;
            flags.set(EpollFlags::EPOLLOUT, conn.is_waiting());
            let event = &mut EpollEvent::new(flags, key);
            is_good &= self.epoll.modify(&conn.stream, event).is_ok();
        }
        if !is_good {
            self.finished.push(key);
        }
    }

    /// Closes dead connections; does nothing before its time.
    pub(crate) fn sweep_dead(&mut self, hub: &mut Hub, now: Instant) {
        if self.wake_at().is_none_or(|at| now < at) {
            return;
        }
        self.swept_at = Some(now);
        if self.is_accept_paused
            && let Some(listener) = &self.listener
        {
            let event = EpollEvent::new(EpollFlags::EPOLLIN, LISTENER_KEY);
            self.is_accept_paused = self.epoll.add(listener, event).is_err();
        }
        let dead = self.conns.iter().filter(|(_, conn)| conn.is_dead(now));
        self.finished.extend(dead.map(|(key, _)| *key));
        self.close_finished(hub, now);
    }

    fn close_finished(&mut self, hub: &mut Hub, now: Instant) {
        while let Some(key) = self.finished.pop() {
            let Some(from) = self.conns.get(&key).map(|conn| conn.from) else {
                continue;
            };
            let is_current = self.keys.get(&from) == Some(&key);
            if let Some(conn) = self.remove_conn(key)
                && conn.is_unanswered()
            {
                self.counters.refused.add_many(1);
            }
            if is_current {
                hub.handle_tcp_closed(from, now);
            }
        }
    }

    fn remove_conn(&mut self, key: u64) -> Option<TcpConn> {
        let conn = self.conns.remove(&key)?;
        if self.keys.get(&conn.from) == Some(&key) {
            self.keys.remove(&conn.from);
        }
        // Closing the socket removes it as well.
        let _deleted = self.epoll.delete(&conn.stream);
        Some(conn)
    }
}
