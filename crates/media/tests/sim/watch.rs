//! What a browser makes of what it gets: which sound it heard, which pictures it could decode, and
//! whether each line looked to it like one stream.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use str0m::media::{Mid, Pt};
use str0m::rtp::{RedDecoder, RtpPacket};

use crate::give::{DESCRIPTOR, Stamp};

/// A decoder waits so long for what is missing.
const PATIENCE: Duration = Duration::from_millis(400);
/// And asks so often for a whole picture.
const ASK: Duration = Duration::from_millis(450);

/// One packet as it came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Got {
    pub(crate) at: Instant,
    pub(crate) seq: u64,
    pub(crate) ts: u32,
    pub(crate) marker: bool,
    /// VP8's PictureID and TL0PICIDX.
    pub(crate) picture: Option<(u16, u8)>,
    pub(crate) stamp: Stamp,
}

/// What was got from one seat.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct From {
    pub(crate) packets: u64,
    pub(crate) last: Option<Instant>,
    /// How long one took at most, and all together, in microseconds.
    pub(crate) slowest: u64,
    pub(crate) sum: u64,
}

/// Takes pictures in order, and waits for those that are missing.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    next: Option<u64>,
    buffer: BTreeMap<u64, Got>,
    /// The last whole picture, or one that built on it.
    good: Option<Stamp>,
    parts: u8,
    stuck: Option<Instant>,
    asked: Option<Instant>,
    wants: bool,
    /// How many were decoded, whose and of which layer the last was, and when.
    pub(crate) decoded: u64,
    pub(crate) shown: Option<(u32, u8, Instant)>,
    /// How often something had to be given up.
    pub(crate) frozen: u64,
    /// How often another seat or layer began.
    pub(crate) switched: u64,
    pub(crate) asks: u64,
}

/// A browser that listens and looks.
#[derive(Debug)]
pub(crate) struct Watch {
    start: Instant,
    /// Everything that came, if it is kept.
    pub(crate) lines: BTreeMap<Mid, Vec<Got>>,
    pub(crate) keep: bool,
    pub(crate) voices: BTreeMap<u32, From>,
    pub(crate) faces: BTreeMap<u32, From>,
    pub(crate) decoders: BTreeMap<Mid, Decoder>,
    /// A browser that has the wrong key never decodes anything.
    pub(crate) blind: bool,
    /// Packets that carry no stamp: nobody gave them.
    pub(crate) strange: u64,
    /// Which pieces of sound came once more with a later one, by seat.
    pub(crate) repeated: BTreeMap<u32, BTreeSet<u32>>,
}

impl Watch {
    pub(crate) fn new(start: Instant) -> Self {
        Self {
            start,
            lines: BTreeMap::new(),
            keep: true,
            voices: BTreeMap::new(),
            faces: BTreeMap::new(),
            decoders: BTreeMap::new(),
            blind: false,
            strange: 0,
            repeated: BTreeMap::new(),
        }
    }

    /// A packet without what it repeats of earlier sound, which is written down.
    pub(crate) fn unfold(&mut self, mut packet: RtpPacket, red: Option<Pt>) -> RtpPacket {
        if red != Some(packet.header.payload_type) {
            return packet;
        }
        let all = RedDecoder::decode(&packet.payload).expect("it can be read");
        let (now, before) = all.split_last().expect("it holds a piece");
        for stamp in before.iter().filter_map(|one| Stamp::read(one.payload)) {
            self.repeated.entry(stamp.seat).or_default().insert(stamp.n);
        }
        let now = Vec::from(now.payload);
        packet.payload = now.into();
        packet
    }

    pub(crate) fn got(&mut self, mid: Mid, packet: &RtpPacket, face: bool, now: Instant) {
        let (stamp, picture) = if face {
            let payload = &packet.payload;
            let picture = payload.get(2..5).map(|at| {
                let id = u16::from_be_bytes([at[0] & 0x7F, at[1]]);
                (id, at[2])
            });
            (payload.get(DESCRIPTOR..).and_then(Stamp::read), picture)
        } else {
            (Stamp::read(&packet.payload), None)
        };
        let Some(stamp) = stamp else {
            self.strange += 1;
            return;
        };
        let got = Got {
            at: now,
            seq: *packet.seq_no,
            ts: packet.header.timestamp,
            marker: packet.header.marker,
            picture,
            stamp,
        };
        let from = if face { &mut self.faces } else { &mut self.voices };
        let from = from.entry(stamp.seat).or_default();
        from.packets += 1;
        from.last = Some(now);
        let took = u64::try_from((now - self.start).as_micros()).unwrap() - stamp.at;
        from.slowest = from.slowest.max(took);
        from.sum += took;
        if self.keep {
            self.lines.entry(mid).or_default().push(got);
        }
        if face {
            self.decoders.entry(mid).or_default().take(got, now);
        }
    }

    /// The lines on which a whole picture is to be asked for now.
    pub(crate) fn ask(&mut self, now: Instant) -> Vec<Mid> {
        let blind = self.blind;
        let ask = |(mid, decoder): (&Mid, &mut Decoder)| decoder.ask(blind, now).then_some(*mid);
        self.decoders.iter_mut().filter_map(ask).collect()
    }

    /// All pictures that were decoded, on all lines.
    pub(crate) fn decoded(&self) -> u64 {
        self.decoders.values().map(|decoder| decoder.decoded).sum()
    }

    /// How often pictures had to be given up, on all lines.
    pub(crate) fn frozen(&self) -> u64 {
        self.decoders.values().map(|decoder| decoder.frozen).sum()
    }

    /// How many packets of faces and voices came from this seat.
    pub(crate) fn from(&self, seat: u32) -> (u64, u64) {
        let of = |map: &BTreeMap<u32, From>| map.get(&seat).map_or(0, |from| from.packets);
        (of(&self.voices), of(&self.faces))
    }

    /// Each line looks like one stream: numbers follow each other without a gap, times and
    /// picture numbers too. `whole`: nothing may be missing. Returns how many packets were looked
    /// at.
    pub(crate) fn check_streams(&self, whole: bool) -> usize {
        let mut looked = 0;
        for (mid, got) in &self.lines {
            let mut sorted = got.clone();
            sorted.sort_by_key(|got| got.seq);
            looked += sorted.len();
            for pair in sorted.windows(2) {
                check_pair(*mid, &pair[0], &pair[1], whole);
            }
        }
        looked
    }
}

/// Two packets that follow each other on one line.
fn check_pair(mid: Mid, a: &Got, b: &Got, whole: bool) {
    let told = || format!("on {mid}: {a:?} then {b:?}");
    assert_ne!(a.seq, b.seq, "came twice {}", told());
    if whole {
        assert_eq!(a.seq + 1, b.seq, "a gap {}", told());
    }
    let step = b.ts.wrapping_sub(a.ts).cast_signed();
    let next = a.seq + 1 == b.seq;
    let same = a.stamp.seat == b.stamp.seat && a.stamp.layer == b.stamp.layer;
    let Some(((id, tl0), (next_id, next_tl0))) = a.picture.zip(b.picture) else {
        assert!(step > 0, "time stands still {}", told());
        return;
    };
    if same && a.stamp.n == b.stamp.n {
        assert_eq!((step, id, tl0), (0, next_id, next_tl0), "{}", told());
    } else {
        assert!(step > 0, "time stands still {}", told());
        if next {
            assert_eq!(next_id, (id + 1) & 0x7FFF, "{}", told());
            assert_eq!(next_tl0, tl0.wrapping_add(1), "{}", told());
        }
    }
    if next && !same {
        assert!(b.stamp.key && b.stamp.part == 0, "in the middle {}", told());
    }
}

impl Decoder {
    fn take(&mut self, got: Got, now: Instant) {
        let starts = got.stamp.key && got.stamp.part == 0;
        if self.next.is_none() && starts {
            self.next = Some(got.seq);
            self.buffer = self.buffer.split_off(&got.seq);
        }
        if self.next.is_none() {
            self.wants = true;
        }
        if self.next.is_none_or(|next| got.seq >= next) {
            self.buffer.insert(got.seq, got);
        }
        self.run(now);
    }

    fn run(&mut self, now: Instant) {
        while let Some(next) = self.next {
            if let Some(got) = self.buffer.remove(&next) {
                self.next = Some(next + 1);
                self.stuck = None;
                self.feed(&got, now);
                continue;
            }
            if self.buffer.is_empty() {
                self.stuck = None;
                return;
            }
            let since = *self.stuck.get_or_insert(now);
            if now - since < PATIENCE {
                return;
            }
            // What is missing does not come any more: on with the next whole picture.
            self.frozen += u64::from(self.good.take().is_some());
            let key = |got: &&Got| got.stamp.key && got.stamp.part == 0;
            let Some(seq) = self.buffer.values().find(key).map(|got| got.seq) else {
                self.wants = true;
                return;
            };
            self.buffer = self.buffer.split_off(&seq);
            self.next = Some(seq);
        }
    }

    fn feed(&mut self, got: &Got, now: Instant) {
        let stamp = got.stamp;
        if stamp.part == 0 {
            let same = |good: &Stamp| (good.seat, good.layer) == (stamp.seat, stamp.layer);
            let switch = self
                .shown
                .is_none_or(|(seat, layer, _)| (seat, layer) != (stamp.seat, stamp.layer));
            let follows =
                self.good.as_ref().is_some_and(|good| same(good) && good.n + 1 == stamp.n);
            if !stamp.key && !follows {
                self.frozen += u64::from(self.good.take().is_some());
            } else {
                self.switched += u64::from(switch && stamp.key);
                self.good = Some(stamp);
            }
            self.parts = 0;
        }
        let part_of = self.good.is_some_and(|good| good.n == stamp.n && stamp.part == self.parts);
        if !part_of {
            self.wants = true;
            self.good = None;
            return;
        }
        self.parts += 1;
        if self.parts == stamp.parts {
            assert!(got.marker, "the last packet of a picture is marked");
            self.decoded += 1;
            self.shown = Some((stamp.seat, stamp.layer, now));
            self.wants = false;
        }
    }

    fn ask(&mut self, blind: bool, now: Instant) -> bool {
        self.run(now);
        let wants = self.wants || blind;
        if !wants || self.asked.is_some_and(|at| now - at < ASK) {
            return false;
        }
        self.asked = Some(now);
        self.asks += 1;
        true
    }
}
