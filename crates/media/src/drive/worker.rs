//! One worker: a thread with a hub, a UDP socket and TCP connections. It waits for what comes
//! first (bytes, orders, what other workers hand over, the hub's next deadline), lets the hub do
//! its work, and gives away what came out.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;
use sitwith_core::id::RunId;
use sitwith_core::sit::media::SharedRules;
use str0m::net::Protocol;

use crate::drive::clock::now;
use crate::drive::counts::Counting;
use crate::drive::elsewhere::Elsewhere;
use crate::drive::kept::Kept;
use crate::drive::post::{Handed, Letters, Post};
use crate::drive::tcp::{Conn, Tcp};
use crate::drive::told::ToldOut;
use crate::drive::udp::{Batch, IN_BATCH, Udp};
use crate::hub::{Act, Hub, HubSettings, Relay, Relayed, worker_of};

/// So many batches of datagrams are taken before other things have their turn.
const BATCHES_MAX: usize = 8;
/// So many messages of split rooms are taken before what came out of them is given away.
const RELAYS_MAX: usize = 256;
/// While something waits for room at its receiver, it is looked for so often.
const AGAIN_AFTER: Duration = Duration::from_millis(20);

/// What a worker is made of.
pub(crate) struct Parts {
    pub(crate) settings: HubSettings,
    pub(crate) udp: Udp,
    pub(crate) tcp: Tcp,
    pub(crate) letters: Letters,
    /// The ways to all workers, its own among them.
    pub(crate) posts: Arc<[Post]>,
    pub(crate) told: ToldOut,
    pub(crate) counting: Arc<Counting>,
    pub(crate) is_over: Arc<AtomicBool>,
}

/// One worker.
pub(crate) struct Worker {
    me: u16,
    hub: Hub,
    parts: Parts,
    elsewhere: Elsewhere,
    acts: Vec<Act>,
    /// Messages for busy workers that must not get lost.
    kept: Kept,
    /// What every room that is at home here was told last, should this worker fall over and begin
    /// anew.
    rooms: BTreeMap<RunId, SharedRules>,
}

impl Worker {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            me: parts.settings.worker,
            hub: Hub::new(parts.settings.clone(), now()),
            parts,
            elsewhere: Elsewhere::default(),
            acts: vec![],
            kept: Kept::default(),
            rooms: BTreeMap::new(),
        }
    }

    /// Works until the forwarding is over. When a fault makes it fall, it begins anew: those who
    /// were connected here connect again.
    pub(crate) fn run(mut self) {
        while catch_unwind(AssertUnwindSafe(|| self.work())).is_err() {
            tracing::error!(worker = self.me, "a worker of the forwarding begins anew");
            self.parts.counting.fallen.add(1);
            self.begin_anew();
        }
    }

    fn begin_anew(&mut self) {
        let now = now();
        self.hub = Hub::new(self.parts.settings.clone(), now);
        self.acts.clear();
        for (&room, rules) in &self.rooms {
            self.hub.act(Act::Rules(room, Arc::clone(rules)), now);
            // Those who get of it elsewhere would wait for ever: nobody here knows of them.
            let from = self.me;
            for worker in (0..).take(self.parts.posts.len()).filter(|to| *to != from) {
                let what = Relayed::Anew;
                self.kept.keep(worker, Relay { room, from, what });
            }
        }
    }

    fn work(&mut self) {
        while !self.parts.is_over.load(Ordering::Relaxed) {
            self.parts.letters.inbox.waker.rest();
            let did_something = self.read_letters(now());
            let (has_udp, has_tcp) = self.wait(did_something);
            if has_udp {
                self.read_udp();
            }
            let now = now();
            if has_tcp {
                self.turn_tcp(now);
            }
            if self.hub.wake_at().is_some_and(|at| at <= now) {
                self.hub.tick(now);
            }
            self.parts.tcp.sweep(&mut self.hub, now);
            self.flush(now);
        }
        self.close();
    }

    /// Lets everybody go.
    fn close(&mut self) {
        let now = now();
        self.hub.end(now);
        self.flush(now);
    }

    /// Waits for whatever comes first; whether it is UDP, TCP.
    fn wait(&self, only_looks: bool) -> (bool, bool) {
        let now = now();
        let (parts, waker) = (&self.parts, &self.parts.letters.inbox.waker);
        let is_held_up = parts.told.is_waiting() || !self.kept.is_empty();
        let again = is_held_up.then(|| now + AGAIN_AFTER);
        let deadlines = [self.hub.wake_at(), parts.tcp.wake_at(), again];
        let deadline = deadlines.into_iter().flatten().min();
        let wait = if only_looks {
            Some(Duration::ZERO)
        } else {
            deadline.map(|at: Instant| at.saturating_duration_since(now))
        };
        let fds = &mut [
            PollFd::new(parts.udp.as_fd(), PollFlags::POLLIN),
            PollFd::new(parts.tcp.epoll.0.as_fd(), PollFlags::POLLIN),
            PollFd::new(waker.as_fd(), PollFlags::POLLIN),
        ];
        // A call that was interrupted has nothing ready: the loop comes by again.
        let _count = ppoll(fds, wait.map(TimeSpec::from_duration), None);
        waker.up();
        let [udp, tcp, woken] = fds.each_ref().map(|fd| fd.any().unwrap_or(true));
        if woken {
            waker.clear();
        }
        (udp, tcp)
    }

    /// Reads what was laid down for this worker; whether there was anything.
    fn read_letters(&mut self, now: Instant) -> bool {
        self.parts.letters.inbox.take(&mut self.acts);
        let mut did_something = !self.acts.is_empty();
        let mut acts = std::mem::take(&mut self.acts);
        for act in acts.drain(..) {
            self.remember(&act);
            self.hub.act(act, now);
            self.flush(now);
        }
        self.acts = acts;
        while let Ok(conn) = self.parts.letters.conns.try_recv() {
            did_something = true;
            self.parts.tcp.move_in(conn, &mut self.hub, now);
        }
        for _ in 0..IN_BATCH * BATCHES_MAX {
            let Ok(handed) = self.parts.letters.handed.try_recv() else {
                break;
            };
            did_something = true;
            let Handed { giver, from, bytes } = handed;
            self.elsewhere.forget(from);
            self.hub.datagram(Protocol::Udp, from, &bytes, now);
            if let Some(post) = self.parts.posts.get(usize::from(giver)) {
                post.give_back(bytes);
            }
        }
        for _ in 0..RELAYS_MAX {
            let Ok(relay) = self.parts.letters.relays.try_recv() else {
                break;
            };
            did_something = true;
            self.hub.act(Act::Relay(relay), now);
        }
        if did_something {
            self.flush(now);
        }
        did_something
    }

    fn remember(&mut self, act: &Act) {
        match act {
            Act::Rules(room, rules) => {
                self.rooms.insert(*room, Arc::clone(rules));
            }
            Act::CloseRoom(room) => {
                self.rooms.remove(room);
            }
            _ => {}
        }
    }

    fn read_udp(&mut self) {
        for _ in 0..BATCHES_MAX {
            let count = self.parts.udp.receive();
            self.parts.counting.received.add(count);
            let now = now();
            for which in 0..count {
                self.read_datagram(which, now);
            }
            self.flush(now);
            if count < IN_BATCH {
                return;
            }
        }
    }

    fn read_datagram(&mut self, which: usize, now: Instant) {
        let Some((from, bytes)) = self.parts.udp.came(which) else {
            return;
        };
        if bytes.is_empty() {
            return;
        }
        if self.parts.posts.len() > 1
            && let Some(worker) = owner(&mut self.elsewhere, self.me, from, bytes)
        {
            self.hand(which, worker);
            return;
        }
        self.hub.datagram(Protocol::Udp, from, bytes, now);
    }

    /// Hands a datagram to the worker whose it is, in bytes that were used before, if any came
    /// back.
    fn hand(&self, which: usize, worker: u16) {
        let Some((from, bytes)) = self.parts.udp.came(which) else {
            return;
        };
        let post = self.parts.posts.get(usize::from(worker));
        let Some(post) = post else {
            self.parts.counting.unhanded.add(1);
            return;
        };
        let mut copy = self.parts.letters.spare.try_recv().unwrap_or_default();
        copy.clear();
        copy.extend_from_slice(bytes);
        let handed = Handed { giver: self.me, from, bytes: copy };
        match post.hand(handed) {
            Ok(()) => {
                self.parts.counting.handed.add(1);
                post.wake();
            }
            Err(_full) => self.parts.counting.unhanded.add(1),
        }
    }

    fn turn_tcp(&mut self, now: Instant) {
        let (me, posts, counting) = (self.me, &self.parts.posts, &self.parts.counting);
        let mut moved = |worker: u16, conn: Conn| {
            let post = posts.get(usize::from(worker)).filter(|_| worker != me);
            match post {
                Some(post) if post.move_in(conn) => post.wake(),
                _ => counting.refused.add(1),
            }
        };
        self.parts.tcp.turn(&mut self.hub, now, &mut moved);
    }

    /// Gives away what came out of the hub.
    fn flush(&mut self, now: Instant) {
        let Parts { udp, tcp, posts, told, counting, .. } = &mut self.parts;
        told.flush();
        let outputs = self.hub.outputs();
        for (room, word) in outputs.told.drain(..) {
            told.say(room, word);
        }
        if !self.kept.is_empty() || !outputs.relays.is_empty() {
            let let_go = self.kept.give(&mut outputs.relays, |worker, relay| {
                let Some(post) = posts.get(usize::from(worker)) else {
                    return Ok(());
                };
                post.relay(relay)?;
                counting.relayed.add(1);
                post.wake();
                Ok(())
            });
            counting.unrelayed.add(let_go);
        }
        let mut batch = Batch::new();
        for send in &outputs.sends {
            match send.proto {
                Protocol::Udp => udp.send(&mut batch, send.to, &send.bytes, counting),
                _ => tcp.say(send.to, &send.bytes, now),
            }
        }
        udp.flush(&mut batch, counting);
        outputs.sends.clear();
        tcp.flush(&mut self.hub, now);
    }
}

/// Whose a datagram is, when it is another worker's. Checks of paths (STUN) say it themselves,
/// and are believed before the address: a port may be used by somebody else by now.
fn owner(
    elsewhere: &mut Elsewhere,
    me: u16,
    from: std::net::SocketAddr,
    bytes: &[u8],
) -> Option<u16> {
    let Some(worker) = worker_of(bytes) else {
        return elsewhere.worker(from);
    };
    if worker == me {
        elsewhere.forget(from);
        return None;
    }
    elsewhere.learn(from, worker);
    Some(worker)
}
