//! One worker's forwarding, without input and output of its own: what comes in are orders
//! ([`Act`]), datagrams and the time; what comes out ([`Outputs`]) are datagrams to send, what the
//! rooms are told, and messages to the other workers ([`Relay`]).
//!
//! Nothing is forwarded that no rule names: every packet passes the table of its room.
//!
//! * `peer`: one connection, and how its faults are kept to it; `up`, `down`: what belongs to it;
//! * `negotiate`: how connections come about and change; `build`: what they are made of;
//! * `room`: who is in a room and what may be forwarded; `rooms`: how that changes;
//! * `forward`: the way of a packet; `aim`: which faces go to whom;
//! * `branch`: rooms that are split over workers;
//! * `route`, `names`, `timers`, `slab`: whose a datagram is, and who is due when.

mod aim;
mod branch;
mod build;
mod down;
mod forward;
mod load;
mod measure;
mod names;
mod negotiate;
mod peer;
mod relay;
mod room;
mod rooms;
mod route;
mod slab;
mod talk;
mod timers;
mod up;

pub use names::worker_of;
pub use negotiate::{ANSWER_SDP_MAX, UP_SDP_MAX};
pub use relay::{Packet, Relay, Relayed, Sort, Table};
pub use talk::{Act, Counts, HubSettings, Outputs, Send};

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sitwith_core::id::RunId;
use sitwith_core::sit::media::Told;
use str0m::net::Protocol;

use crate::hub::build::Builder;
use crate::hub::load::Load;
use crate::hub::peer::{COME_WITHIN, Part, Peer, Said};
use crate::hub::room::{Room, Wanted};
use crate::hub::route::{At, Routes};
use crate::hub::slab::Slab;
use crate::hub::timers::Timers;
use crate::settings::Chance;

/// The shortest time after which a connection is asked again what it has to say.
const BREATH: Duration = Duration::from_millis(1);

/// One worker's forwarding.
#[derive(Debug)]
pub struct Hub {
    worker: u16,
    peers_max: usize,
    chance: Chance,
    builder: Builder,
    peers: Slab<Peer>,
    rooms: Slab<Room>,
    by_id: BTreeMap<RunId, u32>,
    routes: Routes,
    peer_timers: Timers,
    room_timers: Timers,
    /// Numbers streams.
    streams: u32,
    /// The time that was last handed in.
    now: Instant,
    outputs: Outputs,
    said: Said,
    /// What came in and is not sent yet, and in which room. Empty whenever [`Hub::outputs`] are
    /// read.
    waiting: Vec<(u32, Load)>,
    /// Connections that have something to say.
    stirred: Vec<u32>,
    /// Connections that are over.
    fallen: Vec<u32>,
    /// Rooms in which it is to be seen anew which faces go to whom.
    aims: Vec<u32>,
    wanted: Wanted,
}

impl Hub {
    /// A worker that forwards nothing yet.
    pub fn new(settings: HubSettings, now: Instant) -> Self {
        Self {
            worker: settings.worker,
            peers_max: settings.peers_max,
            chance: settings.chance.clone(),
            builder: Builder::new(settings),
            peers: Slab::default(),
            rooms: Slab::default(),
            by_id: BTreeMap::new(),
            routes: Routes::default(),
            peer_timers: Timers::default(),
            room_timers: Timers::default(),
            streams: 0,
            now,
            outputs: Outputs::default(),
            said: Said::default(),
            waiting: vec![],
            stirred: vec![],
            fallen: vec![],
            aims: vec![],
            wanted: Wanted::default(),
        }
    }

    /// Obeys.
    pub fn act(&mut self, act: Act, now: Instant) {
        self.now = now;
        let Some(act) = self.not_too_early(act) else {
            return;
        };
        match act {
            Act::Rules(room, rules) => self.rules(room, rules),
            Act::Up { room, seat, offer, again, reply } => {
                let answer = self.take_up((room, seat), &offer, again);
                let _nobody_waits = reply.send(answer);
            }
            Act::Down { room, seat, paced, have, reply } => {
                let offer = self.offer_down((room, seat), paced, have);
                let _nobody_waits = reply.send(offer);
            }
            Act::Answer { room, seat, n, answer, reply } => {
                let taken = self.take_answer((room, seat), n, &answer);
                let _nobody_waits = reply.send(taken);
            }
            Act::Wants(room, seat, wants) => self.wants(room, seat, wants),
            Act::Close(room, seat) => self.close(room, seat),
            Act::CloseRoom(room) => self.close_room(room),
            Act::Branch { room, stem } => self.become_branch(room, stem),
            Act::Relay(relay) => self.relayed(relay),
        }
        self.reap();
    }

    /// A datagram came in; from a TCP connection one frame of it, without its length. Where it
    /// came in does not matter: the hub takes the candidate that fits.
    pub fn datagram(&mut self, proto: Protocol, from: SocketAddr, bytes: &[u8], now: Instant) {
        self.now = now;
        let whose = match names::name_in(bytes) {
            Some(name) => self.routes.by_name(&name),
            None => self.routes.by_address(At::new(proto, from)),
        };
        let Some(id) = whose else { return };
        let Some(to) = self.builder.local(proto, from) else {
            return;
        };
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        if !peer.bucket.take(1, now) {
            return;
        }
        let mut said = std::mem::take(&mut self.said);
        let due = peer.hear((proto, from, to), bytes, now, (&mut self.outputs, &mut said));
        self.heard(id, due, &mut said);
        self.said = said;
    }

    /// A TCP connection is gone: nothing can be sent there any more.
    pub fn tcp_gone(&mut self, from: SocketAddr, now: Instant) {
        self.now = now;
        let from = At::new(Protocol::Tcp, from);
        if let Some(id) = self.routes.by_address(from) {
            self.routes.leave(from, id);
            if let Some(peer) = self.peers.get_mut(id) {
                peer.addresses.retain(|other| *other != from);
            }
        }
    }

    /// Time has passed: to be called when [`Hub::wake_at`] has come; earlier does no harm.
    pub fn tick(&mut self, now: Instant) {
        self.now = now;
        while let Some(id) = self.room_timers.pop(now) {
            self.tick_room(id);
        }
        while let Some(id) = self.peer_timers.pop(now) {
            self.stir(id);
        }
        self.flush();
    }

    /// Lets everybody go: all rooms are over.
    pub fn end(&mut self, now: Instant) {
        self.now = now;
        let rooms: Vec<RunId> = self.by_id.keys().copied().collect();
        for room in rooms {
            self.close_room(room);
        }
        self.flush();
    }

    /// When [`Hub::tick`] is due next; none while there is nobody.
    pub fn wake_at(&self) -> Option<Instant> {
        let (peers, rooms) = (self.peer_timers.first(), self.room_timers.first());
        match (peers, rooms) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// What has come out since the lists were last emptied. Whoever reads them empties them, and
    /// leaves the lists themselves where they are: they are used again. To be read after each
    /// handful of datagrams: what goes to one browser is made ready together, here.
    pub fn outputs(&mut self) -> &mut Outputs {
        self.flush();
        &mut self.outputs
    }

    /// How many connections there are, for placing rooms where there are fewest.
    pub fn peers(&self) -> usize {
        self.peers.len()
    }

    /// How much is remembered.
    pub fn counts(&self) -> Counts {
        let (names, addresses) = self.routes.len();
        Counts {
            peers: self.peers.len(),
            rooms: self.by_id.len(),
            names,
            addresses,
            timers: self.peer_timers.len() + self.room_timers.len(),
        }
    }

    /// This connection has something to say, and will be asked.
    fn stir(&mut self, id: u32) {
        if let Some(peer) = self.peers.get_mut(id)
            && !peer.stirred
        {
            peer.stirred = true;
            self.stirred.push(id);
        }
    }

    /// Asks all who have something to say, until nobody has.
    fn flush(&mut self) {
        self.give_all();
        self.aim_rooms();
        let mut said = std::mem::take(&mut self.said);
        // What one says may stir others; a round for each kind of word is far more than enough.
        for _ in 0..8 {
            let mut stirred = std::mem::take(&mut self.stirred);
            for id in stirred.drain(..) {
                let Some(peer) = self.peers.get_mut(id) else {
                    continue;
                };
                peer.stirred = false;
                let due = peer.wake(self.now, (&mut self.outputs, &mut said));
                self.heard(id, due, &mut said);
            }
            if self.stirred.is_empty() {
                // The list that has grown is the one that is kept.
                self.stirred = stirred;
                break;
            }
            self.aim_rooms();
        }
        self.said = said;
        self.reap();
    }

    /// A connection was asked, and has said this.
    fn heard(&mut self, id: u32, due: Option<Instant>, said: &mut Said) {
        if let Some(due) = due {
            // One that paces what it sends would like to be asked again at once, and again.
            self.peer_timers.set(id, due.max(self.now + BREATH));
        }
        for packet in said.packets.drain(..) {
            self.packet(id, packet);
        }
        for word in said.words.drain(..) {
            self.word(id, word);
        }
        let now = self.now;
        if let Some(peer) = self.peers.get(id)
            && (peer.over || !peer.connected && peer.since + COME_WITHIN <= now)
        {
            self.fallen.push(id);
        }
    }

    /// Forgets the connections that are over.
    fn reap(&mut self) {
        while let Some(id) = self.fallen.pop() {
            let Some(peer) = self.peers.remove(id) else {
                continue;
            };
            self.peer_timers.forget(id);
            self.routes.gone(id, &peer.names, &peer.addresses);
            self.left(id, &peer);
            // The connection is in what state it is: if even letting it go is a fault, it is its
            // own.
            let _fault = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(peer)));
        }
    }

    /// A connection is gone from its room.
    fn left(&mut self, id: u32, peer: &Peer) {
        let Some(room) = self.rooms.get_mut(peer.room) else {
            return;
        };
        let seat = room.seats.get_mut(&peer.seat);
        match &peer.part {
            Part::Down(_) => {
                room.downs.retain(|other| *other != id);
                if let Some(seat) = seat
                    && seat.down == Some(id)
                {
                    seat.down = None;
                }
                if room.downs.is_empty() {
                    self.leave_stem(peer.room);
                }
            }
            Part::Up(up) => {
                if let Some(seat) = seat
                    && seat.up == Some(id)
                {
                    seat.up = None;
                    if !up.dismissed {
                        let told = Told::UpLost(peer.seat);
                        self.outputs.told.push((room.id, told));
                    }
                    self.make_table(peer.room);
                }
            }
        }
    }
}
