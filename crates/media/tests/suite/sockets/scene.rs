//! A media server and the browsers around it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use sitwith_core::id::RunId;
use sitwith_core::sit::media::{ForwarderEvent, MediaRules};
use sitwith_media::{RandomSource, Sfu, SfuSettings};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use super::client::{Client, Transport, now};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);
/// Longest wait between two turns of the browsers, in milliseconds.
const LOOK_MS: u8 = 5;

pub(crate) struct Scene {
    pub(crate) sfu: Sfu,
    receiver: mpsc::Receiver<(RunId, ForwarderEvent)>,
    /// Events so far.
    pub(crate) events: Vec<(RunId, ForwarderEvent)>,
    pub(crate) clients: Vec<Client>,
    /// Room of each client.
    rooms: Vec<RunId>,
    runtime: Runtime,
}

/// A random source that differs between calls.
pub(crate) fn random_source() -> RandomSource {
    let count = AtomicU64::new(1);
    RandomSource(Arc::new(move |bytes: &mut [u8]| {
        for byte in bytes {
            let n = count.fetch_add(1, Ordering::Relaxed);
            *byte = fastrand::Rng::with_seed(n).u8(..);
        }
    }))
}

/// Settings for a free UDP and TCP port of this machine.
pub(crate) fn settings(workers: usize) -> SfuSettings {
    let here = SocketAddr::from(([127, 0, 0, 1], 0));
    SfuSettings { tcp: Some(here), workers, ..SfuSettings::new(here, random_source()) }
}

pub(crate) fn room(number: u8) -> RunId {
    RunId::new(sitwith_core::time::Instant::from_ms(1), [number; 10])
}

/// Rules under which these seats may be heard and seen.
pub(crate) fn rules(seats: &[u32]) -> Arc<MediaRules> {
    Arc::new(MediaRules {
        voices: seats.to_vec(),
        faces: seats.to_vec(),
        people: 3,
        ..MediaRules::default()
    })
}

impl Scene {
    pub(crate) fn new(settings: SfuSettings) -> Self {
        let (sfu, receiver) = Sfu::start(settings).unwrap();
        Self {
            sfu,
            receiver,
            events: vec![],
            clients: vec![],
            rooms: vec![],
            runtime: Builder::new_current_thread().build().unwrap(),
        }
    }

    pub(crate) fn udp(&self) -> SocketAddr {
        self.sfu.listen_addrs().unwrap().0
    }

    pub(crate) fn tcp(&self) -> SocketAddr {
        self.sfu.listen_addrs().unwrap().1.unwrap()
    }

    /// Connects an up; returns its index.
    pub(crate) fn connect_up(&mut self, room: RunId, seat: u32, transport: Transport) -> usize {
        let mut client = Client::new(seat, transport);
        let (offer, pending) = client.offer();
        let answer = self.runtime.block_on(self.sfu.connect_up(room, seat, offer, false));
        client.answered(pending, &answer.unwrap());
        self.add(room, client)
    }

    /// Connects a down; returns its index.
    pub(crate) fn connect_down(&mut self, room: RunId, seat: u32, transport: Transport) -> usize {
        let mut client = Client::new(seat, transport);
        self.negotiate_down(room, &mut client);
        self.add(room, client)
    }

    fn add(&mut self, room: RunId, client: Client) -> usize {
        self.clients.push(client);
        self.rooms.push(room);
        self.clients.len() - 1
    }

    /// Asks for an offer of further slots and answers it.
    fn negotiate_down(&self, room: RunId, client: &mut Client) {
        let (sfu, seat) = (&self.sfu, client.seat);
        let have = client.offer.map(|(n, _)| n);
        let offer = self.runtime.block_on(sfu.create_down_sdp_offer(room, seat, false, have));
        let Some(offer) = offer.unwrap() else {
            return;
        };
        let answer = client.answer(&offer);
        let taken =
            self.runtime.block_on(sfu.apply_down_sdp_answer(room, seat, offer.number, answer));
        taken.unwrap();
    }

    /// Reads events. Downs with fewer slots than the room ask for the rest.
    fn read_events(&mut self) {
        while let Ok((room, event)) = self.receiver.try_recv() {
            if let ForwarderEvent::SlotsChanged(slots) = &event {
                let there = (slots.voices.len(), slots.faces.len());
                let mut clients = std::mem::take(&mut self.clients);
                for (client, of) in clients.iter_mut().zip(&self.rooms) {
                    let has_all =
                        |(_, has): (_, (usize, usize))| has.0 >= there.0 && has.1 >= there.1;
                    let is_down = client.offer.is_some_and(|by| !has_all(by));
                    if is_down && *of == room && !client.is_closed {
                        self.negotiate_down(room, client);
                    }
                }
                self.clients = clients;
            }
            self.events.push((room, event));
        }
    }

    /// Runs the browsers until a condition holds.
    pub(crate) fn run_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = now() + PATIENCE;
        while !is_so(self) {
            assert!(now() < end, "{what}: {:?}", self.sfu.traffic_counts());
            self.turn();
        }
    }

    /// Runs each browser once and waits a moment.
    pub(crate) fn turn(&mut self) {
        self.read_events();
        self.clients.iter_mut().for_each(Client::turn);
        let fd = |client| PollFd::new(Client::fd(client), PollFlags::POLLIN);
        let mut fds: Vec<_> = self.clients.iter().map(fd).collect();
        poll(&mut fds, PollTimeout::from(LOOK_MS)).unwrap();
    }

    /// Runs the browsers until a down has received more audio and video from a seat.
    pub(crate) fn expect_media(&mut self, down: usize, seat: u32) {
        let before = self.clients[down].from(seat);
        self.run_until("sound and pictures come", |scene| {
            let now = scene.clients[down].from(seat);
            now.0 >= before.0 + 20 && now.1 >= before.1 + 4
        });
    }
}
