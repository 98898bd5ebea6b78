//! A hub, its rooms and the browsers in them, in virtual time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{ForwarderEvent, MediaRules, MediaSlots, MediaWants};
use sitwith_core::time;
use sitwith_media::hub::{Hub, HubCommand, HubSettings};
use sitwith_media::{DownError, RandomSource, UpError};
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::net::Protocol;
use tokio::sync::oneshot;

use super::dice::{Dice, Seed};
use super::link::{SimLink, after_stall};
use super::peer::{HOME, Part, Peer};
use super::publisher::{Publisher, Tracks};
use super::subscriber::Subscriber;

/// A datagram in flight.
#[derive(Debug)]
struct Flying {
    proto: Protocol,
    to_home: bool,
    /// The browser's address.
    at: SocketAddr,
    bytes: Vec<u8>,
}

/// Datagrams the hub sent to one address.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) media: u64,
    pub(crate) all: u64,
    pub(crate) bytes: u64,
}

/// The simulation.
pub(crate) struct World {
    pub(crate) start: Instant,
    pub(crate) now: Instant,
    pub(crate) hub: Hub,
    pub(crate) dice: Dice,
    pub(crate) peers: Vec<Peer>,
    pub(crate) rooms: Vec<RunId>,
    pub(crate) events: Vec<(Instant, RunId, ForwarderEvent)>,
    pub(crate) slots: BTreeMap<RunId, MediaSlots>,
    pub(crate) sent: BTreeMap<SocketAddr, Sent>,
    /// Datagrams of browsers, kept for tests that corrupt them.
    pub(crate) captured: Vec<(SocketAddr, Vec<u8>)>,
    pub(crate) capture_max: usize,
    /// Intervals in which the home's machine stands still.
    pub(crate) stalls: Vec<(Instant, Instant)>,
    /// New browsers negotiate RED.
    pub(crate) negotiates_red: bool,
    at: BTreeMap<SocketAddr, usize>,
    flying: BTreeMap<(Instant, u64), Flying>,
    flown: u64,
    port: u16,
    _seed: Seed,
}

impl World {
    /// A world in which all randomness comes from this seed.
    pub(crate) fn new(what: &'static str, seed: u64) -> Self {
        fastrand::seed(seed);
        let start = test_epoch();
        let dice = Mutex::new(Dice::new(seed ^ 0xA11CE));
        let random = RandomSource(Arc::new(move |bytes: &mut [u8]| {
            let mut dice = dice.lock().unwrap();
            bytes.iter_mut().for_each(|byte| *byte = dice.byte());
        }));
        let settings = HubSettings {
            worker: 0,
            udp: vec![SocketAddr::from(HOME)],
            tcp: vec![SocketAddr::from(HOME)],
            peers_max: 1_000,
            random,
        };
        Self {
            start,
            now: start,
            hub: Hub::new(settings, start),
            dice: Dice::new(seed),
            peers: Vec::new(),
            rooms: Vec::new(),
            events: Vec::new(),
            slots: BTreeMap::new(),
            sent: BTreeMap::new(),
            captured: Vec::new(),
            capture_max: 0,
            stalls: Vec::new(),
            negotiates_red: true,
            at: BTreeMap::new(),
            flying: BTreeMap::new(),
            flown: 0,
            port: 20_000,
            _seed: Seed(what, seed),
        }
    }

    /// Opens a room; returns its index.
    pub(crate) fn open_room(&mut self, rules: MediaRules) -> usize {
        let n = self.rooms.len();
        let at = time::Instant::from_ms(1_790_000_000_000 + i64::try_from(n).unwrap());
        self.rooms.push(RunId::new(at, [7; 10]));
        self.set_rules(n, rules);
        n
    }

    /// Replaces the rules of a room.
    pub(crate) fn set_rules(&mut self, room: usize, rules: MediaRules) {
        self.handle_command(HubCommand::SetRules(self.rooms[room], Arc::new(rules)));
    }

    pub(crate) fn handle_command(&mut self, command: HubCommand) {
        self.hub.handle_command(command, self.now);
        self.outputs();
    }

    /// An unused address.
    pub(crate) fn new_address(&mut self) -> SocketAddr {
        self.port += 1;
        SocketAddr::from(([10, 1, 0, 1], self.port))
    }

    /// Connects an up; returns its index.
    pub(crate) fn connect_up(&mut self, room: usize, seat: u32, tracks: Tracks) -> usize {
        let at = self.new_address();
        self.connect_up_at(room, seat, tracks, at).unwrap()
    }

    pub(crate) fn connect_up_at(
        &mut self,
        room: usize,
        seat: u32,
        tracks: Tracks,
        at: SocketAddr,
    ) -> Result<usize, UpError> {
        let mut peer = Peer::new(seat, at, Protocol::Udp, (true, self.negotiates_red), self.now);
        peer.room = room;
        let (offer, pending, mids) = peer.offer(tracks);
        let (reply, mut answer) = oneshot::channel();
        self.handle_command(HubCommand::ConnectUp {
            room: self.rooms[room],
            seat,
            sdp_offer: offer.to_sdp_string(),
            renegotiate: false,
            reply,
        });
        let answer = answer.try_recv().expect("the hub answers at once")?;
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        peer.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        let publisher = Publisher::new(&mut peer.rtc, seat, mids, tracks, (self.start, self.now));
        peer.part = Part::Up(publisher);
        Ok(self.add(peer))
    }

    /// Connects a down; returns its index.
    pub(crate) fn connect_down(&mut self, room: usize, seat: u32, paced: bool) -> usize {
        let at = self.new_address();
        self.connect_down_at(room, seat, (Protocol::Udp, paced), at).unwrap()
    }

    pub(crate) fn connect_down_at(
        &mut self,
        room: usize,
        seat: u32,
        (proto, paced): (Protocol, bool),
        at: SocketAddr,
    ) -> Result<usize, DownError> {
        let mut peer = Peer::new(seat, at, proto, (paced, self.negotiates_red), self.now);
        peer.room = room;
        peer.part = Part::Down(Subscriber::new(self.start));
        self.negotiate_down(&mut peer, paced, None)?;
        Ok(self.add(peer))
    }

    /// Asks for an offer and answers it.
    fn negotiate_down(
        &mut self,
        peer: &mut Peer,
        paced: bool,
        current: Option<u32>,
    ) -> Result<(), DownError> {
        let (room, seat) = (self.rooms[peer.room], peer.seat);
        let (reply, mut offer) = oneshot::channel();
        self.hub.handle_command(
            HubCommand::CreateDownSdpOffer { room, seat, paced, current, reply },
            self.now,
        );
        let Some(offer) = offer.try_recv().expect("the hub offers at once")? else {
            return Ok(());
        };
        let sections = |kind: &str| offer.sdp.matches(kind).count();
        peer.slots = (sections("m=audio"), sections("m=video"));
        peer.offer_number = offer.number;
        let sdp = SdpOffer::from_sdp_string(&offer.sdp).unwrap();
        let answer = peer.rtc.sdp_api().accept_offer(sdp).unwrap();
        let (reply, mut taken) = oneshot::channel();
        self.hub.handle_command(
            HubCommand::ApplyDownSdpAnswer {
                room,
                seat,
                number: offer.number,
                sdp_answer: answer.to_sdp_string(),
                reply,
            },
            self.now,
        );
        taken.try_recv().expect("the hub takes it at once")
    }

    fn add(&mut self, peer: Peer) -> usize {
        let index = self.peers.len();
        self.at.insert(peer.at, index);
        self.peers.push(peer);
        self.outputs();
        index
    }

    /// The browser of this connection vanishes without a word.
    pub(crate) fn vanish(&mut self, peer: usize) {
        self.peers[peer].gone = true;
    }

    /// Whoever has this port vanishes, and it is free for another.
    pub(crate) fn free_port(&mut self, at: SocketAddr) {
        if let Some(index) = self.at.remove(&at) {
            self.vanish(index);
        }
    }

    /// Forgets connections that are gone or lost, for tests that make very many. Indexes change.
    pub(crate) fn drop_gone(&mut self) {
        self.peers.retain(|peer| !peer.gone && !peer.lost);
        let indexes = self.peers.iter().enumerate();
        self.at = indexes.map(|(index, peer)| (peer.at, index)).collect();
    }

    /// Lets an up publish little, for tests that make very many.
    pub(crate) fn publish_little(&mut self, up: usize) {
        let publisher = self.peers[up].publisher_mut();
        if let Some(sound) = &mut publisher.sound {
            sound.every = Duration::from_millis(100);
        }
        if let Some(camera) = &mut publisher.camera {
            camera.every = Duration::from_millis(200);
            camera.layers.iter_mut().for_each(|layer| layer.bits /= 8);
        }
    }

    pub(crate) fn set_wants(&mut self, room: usize, seat: u32, wants: MediaWants) {
        self.handle_command(HubCommand::SetWants(self.rooms[room], seat, wants));
    }

    pub(crate) fn close_seat(&mut self, room: usize, seat: u32) {
        self.handle_command(HubCommand::CloseSeat(self.rooms[room], seat));
    }

    /// Sets both directions of a connection's link.
    pub(crate) fn set_links(&mut self, peer: usize, link: &SimLink) {
        self.peers[peer].uplink = link.clone();
        self.peers[peer].downlink = link.clone();
    }

    /// Delivers bytes to the home, from any address, now.
    pub(crate) fn inject(&mut self, from: SocketAddr, bytes: &[u8]) {
        self.hub.handle_datagram(Protocol::Udp, from, bytes, self.now);
        self.outputs();
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.next_due().filter(|at| *at <= end) {
            self.now = at.max(self.now);
            self.step();
        }
        self.now = end;
    }

    /// Lets time pass until a condition holds, at most a minute.
    pub(crate) fn run_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = self.now + Duration::from_secs(60);
        while !holds(self) {
            assert!(self.now < end, "never: {what}");
            self.run(Duration::from_millis(10));
        }
    }

    /// Waits until all connections are established.
    pub(crate) fn connect_all(&mut self) {
        self.run_until("everybody is connected", |world| {
            let open = |peer: &Peer| peer.gone || peer.lost || peer.connected.is_some();
            world.peers.iter().all(open)
        });
    }

    fn next_due(&self) -> Option<Instant> {
        let flying = self.flying.keys().next().map(|key| key.0);
        let peers = self.peers.iter().filter_map(Peer::next_due).min();
        flying.into_iter().chain(peers).chain(self.hub_due()).min()
    }

    /// When the home does what is due: later when its machine stands still.
    fn hub_due(&self) -> Option<Instant> {
        let due = self.hub.wake_at();
        due.map(|at| after_stall(&self.stalls, at))
    }

    fn step(&mut self) {
        while let Some(entry) = self.flying.first_entry().filter(|entry| entry.key().0 <= self.now)
        {
            let flying = entry.remove();
            self.deliver(&flying);
        }
        for index in 0..self.peers.len() {
            if self.peers[index].next_due().is_some_and(|at| at <= self.now) {
                let mut out = Vec::new();
                self.peers[index].run(self.now, &mut out);
                self.send_to_home(index, out);
            }
        }
        if self.hub_due().is_some_and(|at| at <= self.now) {
            self.hub.handle_timeout(self.now);
            self.outputs();
            assert!(
                self.hub.wake_at().is_none_or(|at| at > self.now),
                "the hub wants to be woken again at once"
            );
        }
    }

    fn deliver(&mut self, flying: &Flying) {
        if flying.to_home {
            self.hub.handle_datagram(flying.proto, flying.at, &flying.bytes, self.now);
            self.outputs();
            return;
        }
        let Some(&index) = self.at.get(&flying.at) else {
            return;
        };
        let mut out = Vec::new();
        self.peers[index].receive(&flying.bytes, self.now, &mut out);
        self.send_to_home(index, out);
    }

    /// Sends a browser's datagrams to the home.
    fn send_to_home(&mut self, index: usize, out: Vec<Vec<u8>>) {
        for bytes in out {
            let peer = &mut self.peers[index];
            if self.captured.len() < self.capture_max {
                self.captured.push((peer.at, bytes.clone()));
            }
            let lands = peer.uplink.transmit(bytes.len(), self.now, &mut self.dice);
            for at in lands.into_iter().flatten() {
                self.flown += 1;
                let flying =
                    Flying { proto: peer.proto, to_home: true, at: peer.at, bytes: bytes.clone() };
                let at = after_stall(&self.stalls, at);
                self.flying.insert((at, self.flown), flying);
            }
        }
    }

    /// Sends the hub's datagrams to the browsers.
    pub(crate) fn outputs(&mut self) {
        let outputs = self.hub.outputs();
        let events: Vec<_> = outputs.events.drain(..).collect();
        for send in outputs.datagrams.drain(..) {
            let sent = self.sent.entry(send.to).or_default();
            sent.all += 1;
            sent.bytes += u64::try_from(send.bytes.len()).unwrap();
            sent.media += u64::from(is_media(&send.bytes));
            let Some(peer) = self.at.get(&send.to).and_then(|at| self.peers.get_mut(*at)) else {
                continue;
            };
            let lands = peer.downlink.transmit(send.bytes.len(), self.now, &mut self.dice);
            for at in lands.into_iter().flatten() {
                self.flown += 1;
                let flying = Flying {
                    proto: send.proto,
                    to_home: false,
                    at: send.to,
                    bytes: send.bytes.to_vec(),
                };
                self.flying.insert((at, self.flown), flying);
            }
        }
        for (room, event) in events {
            if let ForwarderEvent::SlotsChanged(slots) = &event {
                self.slots.insert(room, slots.clone());
                self.events.push((self.now, room, event));
                self.add_slots(room);
            } else {
                self.events.push((self.now, room, event));
            }
        }
    }

    /// Downs with fewer slots than the room ask for more, like pages do.
    fn add_slots(&mut self, room: RunId) {
        let want = self.slots.get(&room).map(|s| (s.voices.len(), s.faces.len()));
        let want = want.unwrap_or_default();
        for index in 0..self.peers.len() {
            let peer = &self.peers[index];
            let mine = self.rooms.get(peer.room) == Some(&room);
            let down = matches!(peer.part, Part::Down(_)) && !peer.gone && !peer.lost;
            let newer = self.peers.iter().skip(index + 1);
            let newer = newer.filter(|other| (other.room, other.seat) == (peer.room, peer.seat));
            let replaced = newer.filter(|other| matches!(other.part, Part::Down(_))).count() > 0;
            if mine && down && !replaced && (peer.slots.0 < want.0 || peer.slots.1 < want.1) {
                let dead =
                    Peer::new(0, SocketAddr::from(HOME), Protocol::Udp, (false, true), self.now);
                let mut peer = std::mem::replace(&mut self.peers[index], dead);
                let (paced, current) = (peer.paced, Some(peer.offer_number));
                self.negotiate_down(&mut peer, paced, current).unwrap();
                self.peers[index] = peer;
            }
        }
        self.outputs();
    }
}

/// True for SRTP, as anybody may see it, and not for SRTCP (RFC 5761).
pub(crate) fn is_media(bytes: &[u8]) -> bool {
    let rtcp = bytes.get(1).is_some_and(|kind| (192..224).contains(kind));
    bytes.first().is_some_and(|first| (128..192).contains(first)) && !rtcp
}

/// The start of time.
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant has no other test_epoch; all times are counted from it by hand"
)]
fn test_epoch() -> Instant {
    Instant::now()
}
