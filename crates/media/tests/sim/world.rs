//! A hub, its rooms and the browsers in them, in virtual time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sitwith_core::id::RunId;
use sitwith_core::sit::media::{Rules, Slots, Told, Wants};
use sitwith_core::time;
use sitwith_media::hub::{Act, Hub, HubSettings};
use sitwith_media::{Chance, DownNo, UpNo};
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::net::Protocol;
use tokio::sync::oneshot;

use crate::chance::{Dice, Seed};
use crate::give::{Giver, Gives};
use crate::line::{Line, stalled};
use crate::peer::{HOME, Part, Peer};
use crate::watch::Watch;

/// A datagram on its way.
#[derive(Debug)]
struct Flying {
    proto: Protocol,
    to_home: bool,
    /// The browser's end.
    at: SocketAddr,
    bytes: Vec<u8>,
}

/// What is counted of what the hub sends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) media: u64,
    pub(crate) all: u64,
    pub(crate) bytes: u64,
}

/// All there is.
pub(crate) struct World {
    pub(crate) start: Instant,
    pub(crate) now: Instant,
    pub(crate) hub: Hub,
    pub(crate) dice: Dice,
    pub(crate) peers: Vec<Peer>,
    pub(crate) rooms: Vec<RunId>,
    pub(crate) told: Vec<(Instant, RunId, Told)>,
    pub(crate) slots: BTreeMap<RunId, Slots>,
    pub(crate) sent: BTreeMap<SocketAddr, Sent>,
    /// Datagrams that browsers sent, kept for those who want to spoil them.
    pub(crate) seen: Vec<(SocketAddr, Vec<u8>)>,
    pub(crate) keep_seen: usize,
    /// When the home's own machine stands still, from and until.
    pub(crate) stalls: Vec<(Instant, Instant)>,
    /// Whether browsers that come understand sound that repeats earlier sound.
    pub(crate) repeats: bool,
    at: BTreeMap<SocketAddr, usize>,
    flying: BTreeMap<(Instant, u64), Flying>,
    flown: u64,
    port: u16,
    _seed: Seed,
}

impl World {
    /// A world in which everything that depends on chance depends on this seed.
    pub(crate) fn new(what: &'static str, seed: u64) -> Self {
        fastrand::seed(seed);
        let start = beginning();
        let dice = Mutex::new(Dice::new(seed ^ 0xA11CE));
        let chance = Chance(Arc::new(move |bytes: &mut [u8]| {
            let mut dice = dice.lock().unwrap();
            bytes.iter_mut().for_each(|byte| *byte = dice.byte());
        }));
        let settings = HubSettings {
            worker: 0,
            udp: vec![SocketAddr::from(HOME)],
            tcp: vec![SocketAddr::from(HOME)],
            peers_max: 1_000,
            chance,
        };
        Self {
            start,
            now: start,
            hub: Hub::new(settings, start),
            dice: Dice::new(seed),
            peers: Vec::new(),
            rooms: Vec::new(),
            told: Vec::new(),
            slots: BTreeMap::new(),
            sent: BTreeMap::new(),
            seen: Vec::new(),
            keep_seen: 0,
            stalls: Vec::new(),
            repeats: true,
            at: BTreeMap::new(),
            flying: BTreeMap::new(),
            flown: 0,
            port: 20_000,
            _seed: Seed(what, seed),
        }
    }

    /// Opens a room; its number.
    pub(crate) fn room(&mut self, rules: Rules) -> usize {
        let n = self.rooms.len();
        let at = time::Instant::from_ms(1_790_000_000_000 + i64::try_from(n).unwrap());
        self.rooms.push(RunId::new(at, [7; 10]));
        self.rules(n, rules);
        n
    }

    /// What may be heard and seen from now on.
    pub(crate) fn rules(&mut self, room: usize, rules: Rules) {
        self.act(Act::Rules(self.rooms[room], Arc::new(rules)));
    }

    pub(crate) fn act(&mut self, act: Act) {
        self.hub.act(act, self.now);
        self.outputs();
    }

    /// An address nobody has.
    pub(crate) fn address(&mut self) -> SocketAddr {
        self.port += 1;
        SocketAddr::from(([10, 1, 0, 1], self.port))
    }

    /// Somebody gives. Returns the place of the connection.
    pub(crate) fn up(&mut self, room: usize, seat: u32, gives: Gives) -> usize {
        let at = self.address();
        self.up_at(room, seat, gives, at).unwrap()
    }

    pub(crate) fn up_at(
        &mut self,
        room: usize,
        seat: u32,
        gives: Gives,
        at: SocketAddr,
    ) -> Result<usize, UpNo> {
        let mut peer = Peer::new(seat, at, Protocol::Udp, (true, self.repeats), self.now);
        peer.room = room;
        let (offer, pending, mids) = peer.offer(gives);
        let (reply, mut answer) = oneshot::channel();
        self.act(Act::Up {
            room: self.rooms[room],
            seat,
            offer: offer.to_sdp_string(),
            again: false,
            reply,
        });
        let answer = answer.try_recv().expect("the hub answers at once")?;
        let answer = SdpAnswer::from_sdp_string(&answer).unwrap();
        peer.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        let giver = Giver::new(&mut peer.rtc, seat, mids, gives, (self.start, self.now));
        peer.part = Part::Up(giver);
        Ok(self.add(peer))
    }

    /// Somebody listens. Returns the place of the connection.
    pub(crate) fn down(&mut self, room: usize, seat: u32, paced: bool) -> usize {
        let at = self.address();
        self.down_at(room, seat, (Protocol::Udp, paced), at).unwrap()
    }

    pub(crate) fn down_at(
        &mut self,
        room: usize,
        seat: u32,
        (proto, paced): (Protocol, bool),
        at: SocketAddr,
    ) -> Result<usize, DownNo> {
        let mut peer = Peer::new(seat, at, proto, (paced, self.repeats), self.now);
        peer.room = room;
        peer.part = Part::Down(Watch::new(self.start));
        self.agree(&mut peer, paced, None)?;
        Ok(self.add(peer))
    }

    /// Asks for an offer and answers it.
    fn agree(&mut self, peer: &mut Peer, paced: bool, have: Option<u32>) -> Result<(), DownNo> {
        let (room, seat) = (self.rooms[peer.room], peer.seat);
        let (reply, mut offer) = oneshot::channel();
        self.hub.act(Act::Down { room, seat, paced, have, reply }, self.now);
        let Some(offer) = offer.try_recv().expect("the hub offers at once")? else {
            return Ok(());
        };
        let lines = |kind: &str| offer.sdp.matches(kind).count();
        peer.slots = (lines("m=audio"), lines("m=video"));
        peer.n = offer.n;
        let sdp = SdpOffer::from_sdp_string(&offer.sdp).unwrap();
        let answer = peer.rtc.sdp_api().accept_offer(sdp).unwrap();
        let (reply, mut taken) = oneshot::channel();
        self.hub.act(
            Act::Answer { room, seat, n: offer.n, answer: answer.to_sdp_string(), reply },
            self.now,
        );
        taken.try_recv().expect("the hub takes it at once")
    }

    fn add(&mut self, peer: Peer) -> usize {
        let place = self.peers.len();
        self.at.insert(peer.at, place);
        self.peers.push(peer);
        self.outputs();
        place
    }

    /// The browser of this connection is gone without a word.
    pub(crate) fn vanish(&mut self, peer: usize) {
        self.peers[peer].gone = true;
    }

    /// Whoever has this port vanishes, and it is free for another.
    pub(crate) fn replace(&mut self, at: SocketAddr) {
        if let Some(place) = self.at.remove(&at) {
            self.vanish(place);
        }
    }

    /// Forgets the connections that are gone or lost, for those who make very many. Their places
    /// change.
    pub(crate) fn drop_gone(&mut self) {
        self.peers.retain(|peer| !peer.gone && !peer.lost);
        let places = self.peers.iter().enumerate();
        self.at = places.map(|(place, peer)| (peer.at, place)).collect();
    }

    /// Hardly anything is given: for those who make very many.
    pub(crate) fn quiet(&mut self, up: usize) {
        let giver = self.peers[up].giver();
        if let Some(sound) = &mut giver.sound {
            sound.every = Duration::from_millis(100);
        }
        if let Some(camera) = &mut giver.camera {
            camera.every = Duration::from_millis(200);
            camera.layers.iter_mut().for_each(|layer| layer.bits /= 8);
        }
    }

    pub(crate) fn wants(&mut self, room: usize, seat: u32, wants: Wants) {
        self.act(Act::Wants(self.rooms[room], seat, wants));
    }

    pub(crate) fn close(&mut self, room: usize, seat: u32) {
        self.act(Act::Close(self.rooms[room], seat));
    }

    /// Both directions of a connection.
    pub(crate) fn lines(&mut self, peer: usize, line: &Line) {
        self.peers[peer].to_home = line.clone();
        self.peers[peer].from_home = line.clone();
    }

    /// Bytes come to the home, from anywhere, now.
    pub(crate) fn throw(&mut self, from: SocketAddr, bytes: &[u8]) {
        self.hub.datagram(Protocol::Udp, from, bytes, self.now);
        self.outputs();
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, much: Duration) {
        let end = self.now + much;
        while let Some(at) = self.next().filter(|at| *at <= end) {
            self.now = at.max(self.now);
            self.step();
        }
        self.now = end;
    }

    /// Lets time pass until something holds, at most a minute.
    pub(crate) fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = self.now + Duration::from_secs(60);
        while !holds(self) {
            assert!(self.now < end, "never: {what}");
            self.run(Duration::from_millis(10));
        }
    }

    /// All connections come about.
    pub(crate) fn connect(&mut self) {
        self.until("everybody is connected", |world| {
            let open = |peer: &Peer| peer.gone || peer.lost || peer.connected.is_some();
            world.peers.iter().all(open)
        });
    }

    fn next(&self) -> Option<Instant> {
        let flying = self.flying.keys().next().map(|key| key.0);
        let peers = self.peers.iter().filter_map(Peer::due).min();
        flying.into_iter().chain(peers).chain(self.hub_due()).min()
    }

    /// When the home does what is due next: later when its machine stands still.
    fn hub_due(&self) -> Option<Instant> {
        let due = self.hub.wake_at();
        due.map(|at| stalled(&self.stalls, at))
    }

    fn step(&mut self) {
        while let Some(entry) = self.flying.first_entry().filter(|entry| entry.key().0 <= self.now)
        {
            let flying = entry.remove();
            self.land(&flying);
        }
        for place in 0..self.peers.len() {
            if self.peers[place].due().is_some_and(|at| at <= self.now) {
                let mut out = Vec::new();
                self.peers[place].run(self.now, &mut out);
                self.fly(place, out);
            }
        }
        if self.hub_due().is_some_and(|at| at <= self.now) {
            self.hub.tick(self.now);
            self.outputs();
            assert!(
                self.hub.wake_at().is_none_or(|at| at > self.now),
                "the hub wants to be woken again at once"
            );
        }
    }

    fn land(&mut self, flying: &Flying) {
        if flying.to_home {
            self.hub.datagram(flying.proto, flying.at, &flying.bytes, self.now);
            self.outputs();
            return;
        }
        let Some(&place) = self.at.get(&flying.at) else {
            return;
        };
        let mut out = Vec::new();
        self.peers[place].hear(&flying.bytes, self.now, &mut out);
        self.fly(place, out);
    }

    /// What a browser says flies to the home.
    fn fly(&mut self, place: usize, out: Vec<Vec<u8>>) {
        for bytes in out {
            let peer = &mut self.peers[place];
            if self.seen.len() < self.keep_seen {
                self.seen.push((peer.at, bytes.clone()));
            }
            let lands = peer.to_home.pass(bytes.len(), self.now, &mut self.dice);
            for at in lands.into_iter().flatten() {
                self.flown += 1;
                let flying =
                    Flying { proto: peer.proto, to_home: true, at: peer.at, bytes: bytes.clone() };
                let at = stalled(&self.stalls, at);
                self.flying.insert((at, self.flown), flying);
            }
        }
    }

    /// What the hub says flies to the browsers.
    pub(crate) fn outputs(&mut self) {
        let outputs = self.hub.outputs();
        let told: Vec<_> = outputs.told.drain(..).collect();
        for send in outputs.sends.drain(..) {
            let sent = self.sent.entry(send.to).or_default();
            sent.all += 1;
            sent.bytes += u64::try_from(send.bytes.len()).unwrap();
            sent.media += u64::from(is_media(&send.bytes));
            let Some(peer) = self.at.get(&send.to).and_then(|at| self.peers.get_mut(*at)) else {
                continue;
            };
            let lands = peer.from_home.pass(send.bytes.len(), self.now, &mut self.dice);
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
        for (room, told) in told {
            if let Told::Slots(slots) = &told {
                self.slots.insert(room, slots.clone());
                self.told.push((self.now, room, told));
                self.grow(room);
            } else {
                self.told.push((self.now, room, told));
            }
        }
    }

    /// Whoever has fewer lines than there are slots asks for more, as pages do.
    fn grow(&mut self, room: RunId) {
        let want = self.slots.get(&room).map(|s| (s.voices.len(), s.faces.len()));
        let want = want.unwrap_or_default();
        for place in 0..self.peers.len() {
            let peer = &self.peers[place];
            let mine = self.rooms.get(peer.room) == Some(&room);
            let down = matches!(peer.part, Part::Down(_)) && !peer.gone && !peer.lost;
            let newer = self.peers.iter().skip(place + 1);
            let newer = newer.filter(|other| (other.room, other.seat) == (peer.room, peer.seat));
            let replaced = newer.filter(|other| matches!(other.part, Part::Down(_))).count() > 0;
            if mine && down && !replaced && (peer.slots.0 < want.0 || peer.slots.1 < want.1) {
                let dead =
                    Peer::new(0, SocketAddr::from(HOME), Protocol::Udp, (false, true), self.now);
                let mut peer = std::mem::replace(&mut self.peers[place], dead);
                let (paced, have) = (peer.paced, Some(peer.n));
                self.agree(&mut peer, paced, have).unwrap();
                self.peers[place] = peer;
            }
        }
        self.outputs();
    }
}

/// RTP, sealed, as anybody may see it; not RTCP (RFC 5761).
pub(crate) fn is_media(bytes: &[u8]) -> bool {
    let rtcp = bytes.get(1).is_some_and(|kind| (192..224).contains(kind));
    bytes.first().is_some_and(|first| (128..192).contains(first)) && !rtcp
}

/// Some time to begin at.
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant has no other beginning; all times are counted from it by hand"
)]
fn beginning() -> Instant {
    Instant::now()
}
