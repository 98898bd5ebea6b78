//! TCP, for networks that let no UDP through: browsers call a port of ours, and what would be
//! datagrams goes over the connection. The first worker takes the calls; each connection moves to
//! the worker that has the other end of its ICE.

mod conn;
mod door;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};

pub(crate) use conn::Conn;
use conn::{Came, Said};
pub(crate) use door::Door;

use crate::drive::counts::Counting;
use crate::hub::Hub;

/// So many calls are taken before other things have their turn.
const CALLS_MAX: usize = 32;
/// So many events are looked at before other things have their turn.
const EVENTS_MAX: usize = 64;
/// How often dead connections are looked for.
const SWEPT_EVERY: Duration = Duration::from_secs(1);
/// So much is read in one piece.
const PIECE: usize = 16 * 1_024;
/// The kernel may keep so many bytes that are written and not sent: more would be late.
const KERNEL_KEEPS: usize = 64 * 1_024;
/// What events of the listener are called.
const LISTENER: u64 = 0;

/// The TCP connections of one worker.
#[derive(Debug)]
pub(crate) struct Tcp {
    me: u16,
    pub(crate) epoll: Epoll,
    listener: Option<TcpListener>,
    door: Arc<Door>,
    counting: Arc<Counting>,
    conns: BTreeMap<u64, Conn>,
    keys: BTreeMap<SocketAddr, u64>,
    next: u64,
    /// Those that were said something since the last flush.
    fresh: Vec<u64>,
    /// Those that are over.
    over: Vec<u64>,
    scratch: Vec<u8>,
    swept_at: Option<Instant>,
    /// Whether no calls are taken until the next sweep, because files have run out.
    is_deaf: bool,
}

impl Tcp {
    pub(crate) fn new(
        me: u16,
        listener: Option<TcpListener>,
        door: Arc<Door>,
        counting: Arc<Counting>,
    ) -> Result<Self, Errno> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        if let Some(listener) = &listener {
            epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
        }
        Ok(Self {
            me,
            epoll,
            listener,
            door,
            counting,
            conns: BTreeMap::new(),
            keys: BTreeMap::new(),
            next: LISTENER,
            fresh: vec![],
            over: vec![],
            scratch: vec![0; PIECE],
            swept_at: None,
            is_deaf: false,
        })
    }

    /// When dead connections are to be looked for; never while there is none.
    pub(crate) fn wake_at(&self) -> Option<Instant> {
        let swept_at = self.swept_at?;
        (!self.conns.is_empty() || self.is_deaf).then(|| swept_at + SWEPT_EVERY)
    }

    /// Does what the sockets are ready for. Connections that belong elsewhere are handed to
    /// `moved`.
    pub(crate) fn turn(&mut self, hub: &mut Hub, now: Instant, moved: &mut dyn FnMut(u16, Conn)) {
        let mut events = [EpollEvent::empty(); EVENTS_MAX];
        let count = self.epoll.wait(&mut events, 0_u16).unwrap_or(0);
        for event in events.iter().take(count) {
            if event.data() == LISTENER {
                self.take_calls(now);
                continue;
            }
            if event.events().contains(EpollFlags::EPOLLOUT) {
                self.write(event.data(), now);
            }
            if event.events().intersects(!EpollFlags::EPOLLOUT) {
                self.read(event.data(), hub, now, moved);
            }
        }
        self.close_those_over(hub, now);
    }

    fn take_calls(&mut self, now: Instant) {
        for _ in 0..CALLS_MAX {
            let Some(listener) = &self.listener else {
                return;
            };
            match listener.accept() {
                Ok((stream, from)) => self.take_call(stream, from, now),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    tracing::warn!(%error, "no calls over TCP are taken for a moment");
                    self.is_deaf = self.epoll.delete(listener).is_ok();
                    self.swept_at = Some(now);
                    return;
                }
            }
        }
    }

    fn take_call(&mut self, stream: TcpStream, from: SocketAddr, now: Instant) {
        let from = SocketAddr::new(from.ip().to_canonical(), from.port());
        let Some(entry) = self.door.enter(from.ip()) else {
            self.counting.refused.add(1);
            return;
        };
        let socket = socket2::SockRef::from(&stream);
        // Without these it works too, only worse.
        let _tuned = (stream.set_nodelay(true), socket.set_send_buffer_size(KERNEL_KEEPS));
        if stream.set_nonblocking(true).is_ok() {
            self.counting.taken.add(1);
            self.keep(Conn::new(stream, from, entry, now), now);
        }
    }

    /// A connection that another worker took, and that belongs here.
    pub(crate) fn move_in(&mut self, mut conn: Conn, hub: &mut Hub, now: Instant) {
        let from = conn.from;
        let came = conn.place(self.me, &mut |packet| {
            hub.datagram(str0m::net::Protocol::Tcp, from, packet, now);
        });
        if came == Came::All {
            self.keep(conn, now);
        }
    }

    fn keep(&mut self, conn: Conn, now: Instant) {
        self.next += 1;
        let event = EpollEvent::new(EpollFlags::EPOLLIN, self.next);
        if self.epoll.add(&conn.stream, event).is_err() {
            return;
        }
        self.swept_at.get_or_insert(now);
        if let Some(before) = self.keys.insert(conn.from, self.next) {
            self.over.push(before);
        }
        self.conns.insert(self.next, conn);
    }

    fn read(&mut self, key: u64, hub: &mut Hub, now: Instant, moved: &mut dyn FnMut(u16, Conn)) {
        let Some(conn) = self.conns.get_mut(&key) else {
            return;
        };
        let from = conn.from;
        let came = conn.read(self.me, &mut self.scratch, now, &mut |packet| {
            hub.datagram(str0m::net::Protocol::Tcp, from, packet, now);
        });
        match came {
            Came::All | Came::More => {}
            Came::Over => self.over.push(key),
            Came::Elsewhere(worker) => {
                if let Some(conn) = self.let_go(key) {
                    moved(worker, conn);
                }
            }
        }
    }

    /// Lays a packet down for whoever is at this address.
    pub(crate) fn say(&mut self, to: SocketAddr, packet: &[u8], now: Instant) {
        let Some(key) = self.keys.get(&to) else {
            return;
        };
        let Some(conn) = self.conns.get_mut(key) else {
            return;
        };
        if !conn.is_waiting() {
            self.fresh.push(*key);
        }
        if conn.say(packet, now) == Said::LetGo {
            self.counting.unwritten.add(1);
        }
    }

    /// Writes what was said since the last time.
    pub(crate) fn flush(&mut self, hub: &mut Hub, now: Instant) {
        while let Some(key) = self.fresh.pop() {
            self.write(key, now);
        }
        self.close_those_over(hub, now);
    }

    fn write(&mut self, key: u64, now: Instant) {
        let Some(conn) = self.conns.get_mut(&key) else {
            return;
        };
        let mut is_good = conn.write(now);
        if conn.is_waiting() != conn.is_told_when_ready {
            conn.is_told_when_ready = conn.is_waiting();
            let mut flags = EpollFlags::EPOLLIN;
            flags.set(EpollFlags::EPOLLOUT, conn.is_waiting());
            let event = &mut EpollEvent::new(flags, key);
            is_good &= self.epoll.modify(&conn.stream, event).is_ok();
        }
        if !is_good {
            self.over.push(key);
        }
    }

    /// Closes what is of no use any more; does nothing before its time.
    pub(crate) fn sweep(&mut self, hub: &mut Hub, now: Instant) {
        if self.wake_at().is_none_or(|at| now < at) {
            return;
        }
        self.swept_at = Some(now);
        if self.is_deaf
            && let Some(listener) = &self.listener
        {
            let event = EpollEvent::new(EpollFlags::EPOLLIN, LISTENER);
            self.is_deaf = self.epoll.add(listener, event).is_err();
        }
        let dead = self.conns.iter().filter(|(_, conn)| conn.is_dead(now));
        self.over.extend(dead.map(|(key, _)| *key));
        self.close_those_over(hub, now);
    }

    fn close_those_over(&mut self, hub: &mut Hub, now: Instant) {
        while let Some(key) = self.over.pop() {
            let Some(from) = self.conns.get(&key).map(|conn| conn.from) else {
                continue;
            };
            let is_current = self.keys.get(&from) == Some(&key);
            if let Some(conn) = self.let_go(key)
                && conn.is_unanswered()
            {
                self.counting.refused.add(1);
            }
            if is_current {
                hub.tcp_gone(from, now);
            }
        }
    }

    fn let_go(&mut self, key: u64) -> Option<Conn> {
        let conn = self.conns.remove(&key)?;
        if self.keys.get(&conn.from) == Some(&key) {
            self.keys.remove(&conn.from);
        }
        // It is gone from there with the socket, too.
        let _deleted = self.epoll.delete(&conn.stream);
        Some(conn)
    }
}
