//! Threads, batched UDP and TCP around the hubs.
//!
//! All workers hear the same UDP port (`SO_REUSEPORT`); the kernel spreads what comes over them by
//! address, and a worker that gets what belongs to another hands it over. Rooms stay on the worker
//! they began on; of a large room, some of those who only get are on others.

mod addresses;
mod clock;
mod counts;
mod elsewhere;
mod inbox;
mod kept;
mod places;
mod post;
mod sockets;
mod tcp;
mod told;
mod udp;
mod waker;
mod worker;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{Told, Wants};
use tokio::sync::mpsc;

pub use addresses::{ADDRESSES_MAX, is_public, own_addresses};
use counts::Counting;
pub use counts::Counts;
use inbox::Inbox;
use places::Places;
use post::{Post, post};
use sockets::Sockets;
use tcp::{Door, Tcp};
use told::{TOLD_MAX, ToldOut};
use udp::Udp;
use waker::Waker;
use worker::{Parts, Worker};

use crate::hub::{Act, HubSettings};
use crate::settings::{PEERS_MAX, SPLIT_AT, Settings, StartNo, WORKERS_MAX};
use crate::turn::Turn;

/// The workers, from outside.
#[derive(Debug)]
pub(crate) struct Drive {
    posts: Arc<[Post]>,
    places: Mutex<Places>,
    counting: Arc<Counting>,
    is_over: Arc<AtomicBool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    pub(crate) listens: (SocketAddr, Option<SocketAddr>),
    pub(crate) turn: Option<Turn>,
}

/// What the forwarding tells, coming out.
pub(crate) type ToldReceiver = mpsc::Receiver<(RunId, Told)>;

impl Drive {
    /// Listens and starts the threads.
    pub(crate) fn start(settings: Settings) -> Result<(Self, ToldReceiver), StartNo> {
        let count = workers(settings.workers);
        let sockets = Sockets::bind(&settings, usize::from(count))?;
        let listens = (sockets.udp_at, sockets.tcp_at);
        let hub = hub_settings(&settings, &sockets, count)?;
        let (counting, door) = (Arc::<Counting>::default(), Arc::<Door>::default());
        let is_over = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel(TOLD_MAX);
        let broken = |error: nix::errno::Errno| StartNo::Thread(error.into());
        let mut ways = vec![];
        for _ in 0..count {
            ways.push(post(Inbox::new(Waker::new().map_err(broken)?)));
        }
        let posts: Arc<[Post]> = ways.iter().map(|(post, _)| post.clone()).collect();
        let split_at = Some(settings.split_at).filter(|at| *at > 0);
        let drive = Self {
            posts: Arc::clone(&posts),
            places: Mutex::new(Places::new(count, split_at.unwrap_or(SPLIT_AT))),
            counting: Arc::clone(&counting),
            is_over: Arc::clone(&is_over),
            threads: Mutex::default(),
            listens,
            turn: settings.turn,
        };
        let mut listener = sockets.tcp;
        for ((me, udp), (_, letters)) in (0..).zip(sockets.udp).zip(ways) {
            let (counting, posts) = (Arc::clone(&counting), Arc::clone(&posts));
            let door = Arc::clone(&door);
            let tcp = Tcp::new(me, listener.take(), door, Arc::clone(&counting)).map_err(broken)?;
            let settings = HubSettings { worker: me, ..hub.clone() };
            let (told, is_over) = (ToldOut::new(sender.clone()), Arc::clone(&is_over));
            // The buffers for many datagrams hold pointers: they are made where they live.
            let work = move || {
                Worker::new(Parts {
                    settings,
                    udp: Udp::new(udp),
                    tcp,
                    letters,
                    posts,
                    told,
                    counting,
                    is_over,
                })
                .run();
            };
            let thread = thread::Builder::new().name(format!("media-{me}"));
            let thread = thread.spawn(work).map_err(StartNo::Thread)?;
            drive.threads().push(thread);
        }
        Ok((drive, receiver))
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, worker: u16, act: Act) {
        if let Some(post) = self.posts.get(usize::from(worker)) {
            post.inbox.tell(act);
        }
    }

    fn ask(&self, worker: u16, act: Act) -> Result<(), Act> {
        match self.posts.get(usize::from(worker)) {
            Some(post) => post.inbox.ask(act),
            None => Err(act),
        }
    }

    /// To where a room is at home, which it gets if it has none.
    pub(crate) fn to_new_stem(&self, room: RunId, act: Act) {
        let mut places = self.places();
        // Laid down while the places are held: whoever finds the room comes after its order.
        let stem = places.stem_of(room);
        self.tell(stem, act);
    }

    /// Whether there is this room.
    pub(crate) fn has(&self, room: RunId) -> bool {
        self.places().stem(room).is_some()
    }

    /// To where a room is at home; false when there is no such room, or too much waits there.
    pub(crate) fn to_stem(&self, room: RunId, act: Act) -> bool {
        let stem = self.places().stem(room);
        stem.is_some_and(|stem| self.ask(stem, act).is_ok())
    }

    /// To where this seat's down is, or is to be; false as above.
    pub(crate) fn to_new_down(&self, room: RunId, seat: u32, act: Act) -> bool {
        let mut places = self.places();
        let worker = self.worker_for(&mut places, room, seat);
        worker.is_some_and(|worker| self.ask(worker, act).is_ok())
    }

    /// The worker for this seat's down. Where the room is not at home it is told of it each time:
    /// a worker forgets a room that everybody on it has left.
    fn worker_for(&self, places: &mut Places, room: RunId, seat: u32) -> Option<u16> {
        let place = places.place(room, seat)?;
        if place.worker != place.stem {
            let stem = place.stem;
            self.tell(place.worker, Act::Branch { room, stem });
        }
        Some(place.worker)
    }

    /// To where this seat's down is; false when there is none, or too much waits there.
    pub(crate) fn to_down(&self, room: RunId, seat: u32, act: Act) -> bool {
        let worker = self.places().down(room, seat);
        worker.is_some_and(|worker| self.ask(worker, act).is_ok())
    }

    /// What somebody wants to see, told where their down is.
    pub(crate) fn wants(&self, room: RunId, seat: u32, wants: Wants) {
        let mut places = self.places();
        // Whoever has no down yet gets a place for it now, so that what they want waits there.
        if let Some(worker) = self.worker_for(&mut places, room, seat) {
            self.tell(worker, Act::Wants(room, seat, wants));
        }
    }

    /// Nothing more comes from or goes to a seat.
    pub(crate) fn close(&self, room: RunId, seat: u32) {
        let mut places = self.places();
        let (stem, down) = (places.stem(room), places.down(room, seat));
        places.close(room, seat);
        let Some(stem) = stem else {
            return;
        };
        self.tell(stem, Act::Close(room, seat));
        if let Some(down) = down.filter(|down| *down != stem) {
            self.tell(down, Act::Close(room, seat));
        }
    }

    /// A room is over.
    pub(crate) fn close_room(&self, room: RunId) {
        let mut places = self.places();
        if let Some(stem) = places.close_room(room) {
            self.tell(stem, Act::CloseRoom(room));
        }
    }

    /// How much came and went.
    pub(crate) fn counts(&self) -> Counts {
        self.counting.now()
    }

    /// Lets everybody go and waits until the threads have ended.
    pub(crate) fn stop(&self) {
        let rooms = self.places().rooms();
        rooms.into_iter().for_each(|room| self.close_room(room));
        self.is_over.store(true, Ordering::SeqCst);
        for post in self.posts.iter() {
            post.wake();
        }
        let threads = std::mem::take(&mut *self.threads());
        for thread in threads {
            // It ended, be it by a fault: there is nothing left to do.
            let _ended = thread.join();
        }
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        self.stop();
    }
}

/// How many workers there are to be.
fn workers(wanted: usize) -> u16 {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let count = if wanted == 0 { cores() } else { wanted };
    u16::try_from(count.clamp(1, WORKERS_MAX)).unwrap_or(1)
}

fn hub_settings(
    settings: &Settings,
    sockets: &Sockets,
    workers: u16,
) -> Result<HubSettings, StartNo> {
    let told = if settings.public.is_empty() {
        own_addresses(settings.udp.ip())
    } else {
        settings.public.iter().copied().take(ADDRESSES_MAX).collect()
    };
    if told.is_empty() {
        return Err(StartNo::NoAddress);
    }
    let at = |port: u16| told.iter().map(move |ip| SocketAddr::new(*ip, port));
    Ok(HubSettings {
        worker: 0,
        udp: at(sockets.udp_at.port()).collect(),
        tcp: sockets.tcp_at.map_or(vec![], |tcp| at(tcp.port()).collect()),
        peers_max: PEERS_MAX.div_ceil(usize::from(workers)),
        chance: settings.chance.clone(),
    })
}
