//! A home's forwarding, and browsers around it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use sitwith_core::id::RunId;
use sitwith_core::sit::media::{Rules, Told};
use sitwith_media::{Chance, Media, Settings};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use crate::client::{Client, Way, now};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);
/// Browsers look for something to do at least so often.
const LOOK_MS: u8 = 5;

pub(crate) struct Scene {
    pub(crate) media: Media,
    told: mpsc::Receiver<(RunId, Told)>,
    /// What was told so far.
    pub(crate) heard: Vec<(RunId, Told)>,
    pub(crate) clients: Vec<Client>,
    /// In which room each of them is.
    rooms: Vec<RunId>,
    runtime: Runtime,
}

/// Chance that is different each time.
pub(crate) fn chance() -> Chance {
    let count = AtomicU64::new(1);
    Chance(Arc::new(move |bytes: &mut [u8]| {
        for byte in bytes {
            let n = count.fetch_add(1, Ordering::Relaxed);
            *byte = fastrand::Rng::with_seed(n).u8(..);
        }
    }))
}

/// On a free port of this machine, UDP and TCP.
pub(crate) fn settings(workers: usize) -> Settings {
    let here = SocketAddr::from(([127, 0, 0, 1], 0));
    Settings { tcp: Some(here), workers, ..Settings::new(here, chance()) }
}

pub(crate) fn room(number: u8) -> RunId {
    RunId::new(sitwith_core::time::Instant::from_ms(1), [number; 10])
}

/// These may be heard and seen.
pub(crate) fn rules(seats: &[u32]) -> Arc<Rules> {
    Arc::new(Rules { voices: seats.to_vec(), faces: seats.to_vec(), people: 3, ..Rules::default() })
}

impl Scene {
    pub(crate) fn new(settings: Settings) -> Self {
        let (media, told) = Media::start(settings).unwrap();
        Self {
            media,
            told,
            heard: vec![],
            clients: vec![],
            rooms: vec![],
            runtime: Builder::new_current_thread().build().unwrap(),
        }
    }

    pub(crate) fn udp(&self) -> SocketAddr {
        self.media.listens().unwrap().0
    }

    pub(crate) fn tcp(&self) -> SocketAddr {
        self.media.listens().unwrap().1.unwrap()
    }

    /// Somebody gives. The place of their connection.
    pub(crate) fn up(&mut self, room: RunId, seat: u32, way: Way) -> usize {
        let mut client = Client::new(seat, way);
        let (offer, pending) = client.offer();
        let answer = self.runtime.block_on(self.media.up(room, seat, offer, false));
        client.answered(pending, &answer.unwrap());
        self.add(room, client)
    }

    /// Somebody gets.
    pub(crate) fn down(&mut self, room: RunId, seat: u32, way: Way) -> usize {
        let mut client = Client::new(seat, way);
        self.agree(room, &mut client);
        self.add(room, client)
    }

    fn add(&mut self, room: RunId, client: Client) -> usize {
        self.clients.push(client);
        self.rooms.push(room);
        self.clients.len() - 1
    }

    /// Asks for an offer of what it has not yet, and answers it.
    fn agree(&self, room: RunId, client: &mut Client) {
        let (media, seat) = (&self.media, client.seat);
        let have = client.by.map(|(n, _)| n);
        let offer = self.runtime.block_on(media.down(room, seat, false, have));
        let Some(offer) = offer.unwrap() else {
            return;
        };
        let answer = client.answer(&offer);
        let taken = self.runtime.block_on(media.answer(room, seat, offer.n, answer));
        taken.unwrap();
    }

    /// Hears what is told. Where there are more slots than a browser has, it asks for them.
    fn listen(&mut self) {
        while let Ok((room, told)) = self.told.try_recv() {
            if let Told::Slots(slots) = &told {
                let there = (slots.voices.len(), slots.faces.len());
                let mut clients = std::mem::take(&mut self.clients);
                for (client, of) in clients.iter_mut().zip(&self.rooms) {
                    let has_all =
                        |(_, has): (_, (usize, usize))| has.0 >= there.0 && has.1 >= there.1;
                    let is_down = client.by.is_some_and(|by| !has_all(by));
                    if is_down && *of == room && !client.is_closed {
                        self.agree(room, client);
                    }
                }
                self.clients = clients;
            }
            self.heard.push((room, told));
        }
    }

    /// Lets the browsers live until it is so.
    pub(crate) fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = now() + PATIENCE;
        while !is_so(self) {
            assert!(now() < end, "{what}: {:?}", self.media.counts());
            self.turn();
        }
    }

    /// All browsers do what there is to do, and wait a moment.
    pub(crate) fn turn(&mut self) {
        self.listen();
        self.clients.iter_mut().for_each(Client::turn);
        let fd = |client| PollFd::new(Client::fd(client), PollFlags::POLLIN);
        let mut fds: Vec<_> = self.clients.iter().map(fd).collect();
        poll(&mut fds, PollTimeout::from(LOOK_MS)).unwrap();
    }

    /// Lets them live until this one has got so much more sound and pictures from that seat.
    pub(crate) fn hears(&mut self, down: usize, seat: u32) {
        let before = self.clients[down].from(seat);
        self.until("sound and pictures come", |scene| {
            let now = scene.clients[down].from(seat);
            now.0 >= before.0 + 20 && now.1 >= before.1 + 4
        });
    }
}
