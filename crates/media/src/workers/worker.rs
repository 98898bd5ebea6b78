//! One worker: a thread with a hub, a UDP socket and TCP connections. It waits for bytes, commands,
//! handed-over work or the hub's next deadline, runs the hub and sends its outputs.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;
use sitwith_core::id::RunId;
use sitwith_core::sit::media::SharedMediaRules;
use str0m::net::Protocol;

use crate::hub::{Hub, HubCommand, HubSettings, RelayBody, RelayMessage, worker_from_stun};
use crate::workers::channels::{HandedDatagram, WorkerReceiver, WorkerSender};
use crate::workers::clock::read_monotonic;
use crate::workers::counters::TrafficCounters;
use crate::workers::events::EventSender;
use crate::workers::foreign_addrs::ForeignAddrs;
use crate::workers::relay_queue::RelayQueue;
use crate::workers::tcp::{TcpConn, TcpConns};
use crate::workers::udp::{BatchedUdp, IN_BATCH, SendBatch};

/// Batches received in a row before other work is done.
const BATCHES_MAX: usize = 8;
/// Messages of split rooms handled before outputs are sent.
const RELAYS_MAX: usize = 256;
/// Interval of retries while a receiver is full.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// Parts that a worker is built from.
pub(crate) struct WorkerParts {
    pub(crate) settings: HubSettings,
    pub(crate) udp: BatchedUdp,
    pub(crate) tcp: TcpConns,
    pub(crate) receiver: WorkerReceiver,
    /// Channels to all workers, also to itself.
    pub(crate) senders: Arc<[WorkerSender]>,
    pub(crate) events: EventSender,
    pub(crate) counters: Arc<TrafficCounters>,
    pub(crate) is_stopped: Arc<AtomicBool>,
}

/// One worker.
pub(crate) struct Worker {
    index: u16,
    hub: Hub,
    parts: WorkerParts,
    foreign_addrs: ForeignAddrs,
    commands: Vec<HubCommand>,
    relay_queue: RelayQueue,
    /// Last rules of each room whose stem is here, to restore them after a panic.
    rooms: BTreeMap<RunId, SharedMediaRules>,
}

impl Worker {
    pub(crate) fn new(parts: WorkerParts) -> Self {
        Self {
            index: parts.settings.worker,
            hub: Hub::new(parts.settings.clone(), read_monotonic()),
            parts,
            foreign_addrs: ForeignAddrs::default(),
            commands: vec![],
            relay_queue: RelayQueue::default(),
            rooms: BTreeMap::new(),
        }
    }

    /// Runs until the media server stops. After a panic it restarts with an empty hub, and browsers
    /// connect again.
    pub(crate) fn run_loop(mut self) {
        while catch_unwind(AssertUnwindSafe(|| self.run_until_stopped())).is_err() {
            tracing::error!(worker = self.index, "a media worker restarts");
            self.parts.counters.worker_restarts.add_many(1);
            self.restart_hub();
        }
    }

    fn restart_hub(&mut self) {
        let now = read_monotonic();
        self.hub = Hub::new(self.parts.settings.clone(), now);
        self.commands.clear();
        for (&room, rules) in &self.rooms {
            self.hub.handle_command(HubCommand::SetRules(room, Arc::clone(rules)), now);
            // Downs on other workers would wait for ever: the new hub does not know its branches.
            let from = self.index;
            for worker in (0..).take(self.parts.senders.len()).filter(|to| *to != from) {
                let body = RelayBody::Restarted;
                self.relay_queue.keep_message(worker, RelayMessage { room, from, body });
            }
        }
    }

    fn run_until_stopped(&mut self) {
        while !self.parts.is_stopped.load(Ordering::Relaxed) {
            self.parts.receiver.inbox.waker.announce_wait();
            let was_busy = self.handle_queued(read_monotonic());
            let (has_udp, has_tcp) = self.wait_ready(was_busy);
            if has_udp {
                self.read_udp();
            }
            let now = read_monotonic();
            if has_tcp {
                self.handle_tcp(now);
            }
            if self.hub.wake_at().is_some_and(|at| at <= now) {
                self.hub.handle_timeout(now);
            }
            self.parts.tcp.sweep_dead(&mut self.hub, now);
            self.send_outputs(now);
        }
        self.shut_down();
    }

    /// Closes all rooms and connections.
    fn shut_down(&mut self) {
        let now = read_monotonic();
        self.hub.shut_down(now);
        self.send_outputs(now);
    }

    /// Waits for the first of all events; returns whether UDP and TCP are ready.
    fn wait_ready(&self, no_wait: bool) -> (bool, bool) {
        let now = read_monotonic();
        let (parts, waker) = (&self.parts, &self.parts.receiver.inbox.waker);
        let has_blocked = parts.events.has_waiting() || !self.relay_queue.is_empty();
        let retry = has_blocked.then(|| now + RETRY_INTERVAL);
        let deadlines = [self.hub.wake_at(), parts.tcp.wake_at(), retry];
        let deadline = deadlines.into_iter().flatten().min();
        let wait = if no_wait {
            Some(Duration::ZERO)
        } else {
            deadline.map(|at: Instant| at.saturating_duration_since(now))
        };
        let fds = &mut [
            PollFd::new(parts.udp.as_fd(), PollFlags::POLLIN),
            PollFd::new(parts.tcp.epoll.0.as_fd(), PollFlags::POLLIN),
            PollFd::new(waker.as_fd(), PollFlags::POLLIN),
        ];
        // An interrupted call has nothing ready; the loop continues.
        let _count = ppoll(fds, wait.map(TimeSpec::from_duration), None);
        waker.announce_awake();
        let [udp, tcp, woken] = fds.each_ref().map(|fd| fd.any().unwrap_or(true));
        if woken {
            waker.reset_fd();
        }
        (udp, tcp)
    }

    /// Handles what others queued for this worker; true if there was anything.
    fn handle_queued(&mut self, now: Instant) -> bool {
        self.parts.receiver.inbox.drain_into(&mut self.commands);
        let mut was_busy = !self.commands.is_empty();
        let mut commands = std::mem::take(&mut self.commands);
        for command in commands.drain(..) {
            self.remember_rules(&command);
            self.hub.handle_command(command, now);
            self.send_outputs(now);
        }
        self.commands = commands;
        while let Ok(conn) = self.parts.receiver.conns.try_recv() {
            was_busy = true;
            self.parts.tcp.adopt_conn(conn, &mut self.hub, now);
        }
        for _ in 0..IN_BATCH * BATCHES_MAX {
            let Ok(handed) = self.parts.receiver.handed.try_recv() else {
                break;
            };
            was_busy = true;
            let HandedDatagram { receiving_worker, from, bytes } = handed;
            self.foreign_addrs.forget_addr(from);
            self.hub.handle_datagram(Protocol::Udp, from, &bytes, now);
            if let Some(sender) = self.parts.senders.get(usize::from(receiving_worker)) {
                sender.return_buffer(bytes);
            }
        }
        for _ in 0..RELAYS_MAX {
            let Ok(relay) = self.parts.receiver.relays.try_recv() else {
                break;
            };
            was_busy = true;
            self.hub.handle_command(HubCommand::Relay(relay), now);
        }
        if was_busy {
            self.send_outputs(now);
        }
        was_busy
    }

    fn remember_rules(&mut self, command: &HubCommand) {
        match command {
            HubCommand::SetRules(room, rules) => {
                self.rooms.insert(*room, Arc::clone(rules));
            }
            HubCommand::CloseRoom(room) => {
                self.rooms.remove(room);
            }
            _ => {}
        }
    }

    fn read_udp(&mut self) {
        for _ in 0..BATCHES_MAX {
            let count = self.parts.udp.receive_batch();
            self.parts.counters.received.add_many(count);
            let now = read_monotonic();
            for index in 0..count {
                self.read_datagram(index, now);
            }
            self.send_outputs(now);
            if count < IN_BATCH {
                return;
            }
        }
    }

    fn read_datagram(&mut self, index: usize, now: Instant) {
        let Some((from, bytes)) = self.parts.udp.received_datagram(index) else {
            return;
        };
        if bytes.is_empty() {
            return;
        }
        if self.parts.senders.len() > 1
            && let Some(worker) = find_owner(&mut self.foreign_addrs, self.index, from, bytes)
        {
            self.hand_over(index, worker);
            return;
        }
        self.hub.handle_datagram(Protocol::Udp, from, bytes, now);
    }

    /// Hands a datagram to its worker, in a buffer that came back from an earlier one if there is
    /// one.
    fn hand_over(&self, index: usize, worker: u16) {
        let Some((from, bytes)) = self.parts.udp.received_datagram(index) else {
            return;
        };
        let sender = self.parts.senders.get(usize::from(worker));
        let Some(sender) = sender else {
            self.parts.counters.dropped_handovers.add_many(1);
            return;
        };
        let mut copy = self.parts.receiver.spare.try_recv().unwrap_or_default();
        copy.clear();
        copy.extend_from_slice(bytes);
        let handed = HandedDatagram { receiving_worker: self.index, from, bytes: copy };
        match sender.hand_over(handed) {
            Ok(()) => {
                self.parts.counters.handed_over.add_many(1);
                sender.wake_worker();
            }
            Err(_full) => self.parts.counters.dropped_handovers.add_many(1),
        }
    }

    fn handle_tcp(&mut self, now: Instant) {
        let (own_index, senders, counters) =
            (self.index, &self.parts.senders, &self.parts.counters);
        let mut hand_over = |worker: u16, conn: TcpConn| {
            let sender = senders.get(usize::from(worker)).filter(|_| worker != own_index);
            match sender {
                Some(sender) if sender.hand_over_conn(conn) => sender.wake_worker(),
                _ => counters.refused.add_many(1),
            }
        };
        self.parts.tcp.handle_ready(&mut self.hub, now, &mut hand_over);
    }

    /// Sends the hub's outputs.
    fn send_outputs(&mut self, now: Instant) {
        let WorkerParts { udp, tcp, senders, events, counters, .. } = &mut self.parts;
        events.flush_waiting();
        let outputs = self.hub.outputs();
        for (room, event) in outputs.events.drain(..) {
            events.send_event(room, event);
        }
        if !self.relay_queue.is_empty() || !outputs.relays.is_empty() {
            let dropped = self.relay_queue.send_all(&mut outputs.relays, |worker, relay| {
                let Some(sender) = senders.get(usize::from(worker)) else {
                    return Ok(());
                };
                sender.send_relay(relay)?;
                counters.relayed.add_many(1);
                sender.wake_worker();
                Ok(())
            });
            counters.dropped_relays.add_many(dropped);
        }
        let mut batch = SendBatch::new();
        for datagram in &outputs.datagrams {
            match datagram.proto {
                Protocol::Udp => {
                    udp.queue_datagram(&mut batch, datagram.to, &datagram.bytes, counters);
                }
                _ => tcp.queue_packet(datagram.to, &datagram.bytes, now),
            }
        }
        udp.send_batch(&mut batch, counters);
        outputs.datagrams.clear();
        tcp.flush_queued(&mut self.hub, now);
    }
}

/// The other worker a datagram belongs to; none when it is this worker's. The ufrag in a STUN
/// message decides before the address: the port may have a new owner.
fn find_owner(
    foreign_addrs: &mut ForeignAddrs,
    index: u16,
    from: std::net::SocketAddr,
    bytes: &[u8],
) -> Option<u16> {
    let Some(worker) = worker_from_stun(bytes) else {
        return foreign_addrs.owner_of(from);
    };
    if worker == index {
        foreign_addrs.forget_addr(from);
        return None;
    }
    foreign_addrs.learn_owner(from, worker);
    Some(worker)
}
