//! Worker threads with batched UDP and TCP around the hubs.
//!
//! All workers share one UDP port (`SO_REUSEPORT`). The kernel distributes datagrams by address,
//! and a worker hands over those that belong to another. A room stays on the worker it began on;
//! some downs of a large room are on others.

mod addresses;
mod channels;
mod clock;
mod counters;
mod events;
mod foreign_addrs;
mod inbox;
mod placement;
mod relay_queue;
mod sockets;
mod tcp;
mod udp;
mod waker;
mod worker;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{ForwarderEvent, MediaWants};
use tokio::sync::mpsc;

pub use addresses::{ADDRESSES_MAX, is_public, own_addresses};
use channels::{WorkerSender, worker_channels};
use counters::TrafficCounters;
pub use counters::TrafficCounts;
use events::{EVENTS_MAX, EventSender};
use inbox::CommandInbox;
use placement::Placement;
use sockets::ListenSockets;
use tcp::{ConnLimiter, TcpConns};
use udp::BatchedUdp;
use waker::Waker;
use worker::{Worker, WorkerParts};

use crate::hub::{HubCommand, HubSettings};
use crate::settings::{PEERS_MAX, SPLIT_AT, SfuSettings, StartError, WORKERS_MAX};
use crate::turn::TurnServer;

/// All workers, from outside.
#[derive(Debug)]
pub(crate) struct WorkerPool {
    senders: Arc<[WorkerSender]>,
    placement: Mutex<Placement>,
    counters: Arc<TrafficCounters>,
    is_stopped: Arc<AtomicBool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    pub(crate) listen_addrs: (SocketAddr, Option<SocketAddr>),
    pub(crate) turn: Option<TurnServer>,
}

/// Receives the events of all rooms.
pub(crate) type EventReceiver = mpsc::Receiver<(RunId, ForwarderEvent)>;

impl WorkerPool {
    /// Binds the sockets and starts the threads.
    pub(crate) fn start(settings: SfuSettings) -> Result<(Self, EventReceiver), StartError> {
        let count = worker_count(settings.workers);
        let sockets = ListenSockets::bind_all(&settings, usize::from(count))?;
        let listen_addrs = (sockets.udp_addr, sockets.tcp_addr);
        let hub = hub_settings(&settings, &sockets, count)?;
        let (counters, limiter) =
            (Arc::<TrafficCounters>::default(), Arc::<ConnLimiter>::default());
        let is_stopped = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel(EVENTS_MAX);
        let thread_error = |error: nix::errno::Errno| StartError::Thread(error.into());
        let mut channels = vec![];
        for _ in 0..count {
            channels.push(worker_channels(CommandInbox::new(Waker::new().map_err(thread_error)?)));
        }
        let senders: Arc<[WorkerSender]> =
            channels.iter().map(|(sender, _)| sender.clone()).collect();
        let split_at = Some(settings.split_at).filter(|at| *at > 0);
        let pool = Self {
            senders: Arc::clone(&senders),
            placement: Mutex::new(Placement::new(count, split_at.unwrap_or(SPLIT_AT))),
            counters: Arc::clone(&counters),
            is_stopped: Arc::clone(&is_stopped),
            threads: Mutex::default(),
            listen_addrs,
            turn: settings.turn,
        };
        let mut listener = sockets.tcp;
        for ((me, udp), (_, receiver)) in (0..).zip(sockets.udp).zip(channels) {
            let (counters, senders) = (Arc::clone(&counters), Arc::clone(&senders));
            let limiter = Arc::clone(&limiter);
            let tcp = TcpConns::new(me, listener.take(), limiter, Arc::clone(&counters))
                .map_err(thread_error)?;
            let settings = HubSettings { worker: me, ..hub.clone() };
            let (events, is_stopped) = (EventSender::new(sender.clone()), Arc::clone(&is_stopped));
            // Its buffers contain pointers, so it is created on its thread.
            let work = move || {
                Worker::new(WorkerParts {
                    settings,
                    udp: BatchedUdp::new(udp),
                    tcp,
                    receiver,
                    senders,
                    events,
                    counters,
                    is_stopped,
                })
                .run_loop();
            };
            let thread = thread::Builder::new().name(format!("media-{me}"));
            let thread = thread.spawn(work).map_err(StartError::Thread)?;
            pool.lock_threads().push(thread);
        }
        Ok((pool, receiver))
    }

    fn lock_threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_placement(&self) -> MutexGuard<'_, Placement> {
        self.placement.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send_command(&self, worker: u16, command: HubCommand) {
        if let Some(sender) = self.senders.get(usize::from(worker)) {
            sender.inbox.push_command(command);
        }
    }

    fn try_command(&self, worker: u16, command: HubCommand) -> Result<(), HubCommand> {
        match self.senders.get(usize::from(worker)) {
            Some(sender) => sender.inbox.try_push(command),
            None => Err(command),
        }
    }

    /// Sends a command to a room's stem, which is assigned if it has none.
    pub(crate) fn send_to_new_stem(&self, room: RunId, command: HubCommand) {
        let mut placement = self.lock_placement();
        // Sent under the lock: commands of callers that find the room's stem follow this one.
        let stem = placement.assign_stem(room);
        self.send_command(stem, command);
    }

    /// True if the room has a stem.
    pub(crate) fn has_room(&self, room: RunId) -> bool {
        self.lock_placement().stem_of(room).is_some()
    }

    /// Sends a command to a room's stem; false when there is no such room or the inbox is full.
    pub(crate) fn send_to_stem(&self, room: RunId, command: HubCommand) -> bool {
        let stem = self.lock_placement().stem_of(room);
        stem.is_some_and(|stem| self.try_command(stem, command).is_ok())
    }

    /// Sends a command to the worker of a seat's down, which is assigned if it has none; false when
    /// there is no such room or the inbox is full.
    pub(crate) fn send_to_new_down(&self, room: RunId, seat: u32, command: HubCommand) -> bool {
        let mut placement = self.lock_placement();
        let worker = self.worker_for(&mut placement, room, seat);
        worker.is_some_and(|worker| self.try_command(worker, command).is_ok())
    }

    /// The worker for a seat's down. A branch is told to join the room each time, because it
    /// forgets a room that everybody on it has left.
    fn worker_for(&self, placement: &mut Placement, room: RunId, seat: u32) -> Option<u16> {
        let placed = placement.place_down(room, seat)?;
        if placed.worker != placed.stem {
            let stem = placed.stem;
            self.send_command(placed.worker, HubCommand::JoinRoom { room, stem });
        }
        Some(placed.worker)
    }

    /// Sends a command to the worker of a seat's down; false when there is none or the inbox is
    /// full.
    pub(crate) fn send_to_down(&self, room: RunId, seat: u32, command: HubCommand) -> bool {
        let worker = self.lock_placement().worker_of_down(room, seat);
        worker.is_some_and(|worker| self.try_command(worker, command).is_ok())
    }

    /// Sets what a seat wants to see, on the worker of its down.
    pub(crate) fn set_wants(&self, room: RunId, seat: u32, wants: MediaWants) {
        let mut placement = self.lock_placement();
        // A down that is not connected yet is placed now, so its wants wait in the right place.
        if let Some(worker) = self.worker_for(&mut placement, room, seat) {
            self.send_command(worker, HubCommand::SetWants(room, seat, wants));
        }
    }

    /// Closes both connections of a seat.
    pub(crate) fn close_seat(&self, room: RunId, seat: u32) {
        let mut placement = self.lock_placement();
        let (stem, down) = (placement.stem_of(room), placement.worker_of_down(room, seat));
        placement.release_down(room, seat);
        let Some(stem) = stem else {
            return;
        };
        self.send_command(stem, HubCommand::CloseSeat(room, seat));
        if let Some(down) = down.filter(|down| *down != stem) {
            self.send_command(down, HubCommand::CloseSeat(room, seat));
        }
    }

    /// Closes a room.
    pub(crate) fn close_room(&self, room: RunId) {
        let mut placement = self.lock_placement();
        if let Some(stem) = placement.close_room(room) {
            self.send_command(stem, HubCommand::CloseRoom(room));
        }
    }

    /// Traffic since the start.
    pub(crate) fn traffic_counts(&self) -> TrafficCounts {
        self.counters.snapshot()
    }

    /// Closes all rooms and joins the threads, which takes milliseconds.
    pub(crate) fn stop_workers(&self) {
        let rooms = self.lock_placement().room_ids();
        rooms.into_iter().for_each(|room| self.close_room(room));
        self.is_stopped.store(true, Ordering::SeqCst);
        for sender in self.senders.iter() {
            sender.wake_worker();
        }
        let threads = std::mem::take(&mut *self.lock_threads());
        for thread in threads {
            // It has ended, even if it panicked.
            let _ended = thread.join();
        }
    }
}

impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.stop_workers();
    }
}

/// Number of worker threads.
fn worker_count(wanted: usize) -> u16 {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let count = if wanted == 0 { cores() } else { wanted };
    u16::try_from(count.clamp(1, WORKERS_MAX)).unwrap_or(1)
}

fn hub_settings(
    settings: &SfuSettings,
    sockets: &ListenSockets,
    workers: u16,
) -> Result<HubSettings, StartError> {
    let events = if settings.public.is_empty() {
        own_addresses(settings.udp.ip())
    } else {
        settings.public.iter().copied().take(ADDRESSES_MAX).collect()
    };
    if events.is_empty() {
        return Err(StartError::NoAddress);
    }
    let at = |port: u16| events.iter().map(move |ip| SocketAddr::new(*ip, port));
    Ok(HubSettings {
        worker: 0,
        udp: at(sockets.udp_addr.port()).collect(),
        tcp: sockets.tcp_addr.map_or(vec![], |tcp| at(tcp.port()).collect()),
        peers_max: PEERS_MAX.div_ceil(usize::from(workers)),
        random: settings.random.clone(),
    })
}
