//! What a browser received: which audio it heard, which frames it could decode, and that each slot
//! was one stream.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use str0m::media::{Mid, Pt};
use str0m::rtp::{RedDecoder, RtpPacket};

use super::publisher::{DESCRIPTOR, Stamp};

/// Time a decoder waits for a missing packet.
const PATIENCE: Duration = Duration::from_millis(400);
/// Interval of its keyframe requests.
const ASK: Duration = Duration::from_millis(450);

/// One received packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Got {
    pub(crate) at: Instant,
    pub(crate) seq: u64,
    pub(crate) ts: u32,
    pub(crate) marker: bool,
    /// VP8 PictureID and TL0PICIDX.
    pub(crate) picture: Option<(u16, u8)>,
    pub(crate) stamp: Stamp,
}

/// Packets received from one seat.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct From {
    pub(crate) packets: u64,
    pub(crate) last: Option<Instant>,
    /// Largest delay and sum of delays, in microseconds.
    pub(crate) slowest: u64,
    pub(crate) sum: u64,
}

/// Decodes frames in order, and waits for missing packets.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    next: Option<u64>,
    buffer: BTreeMap<u64, Got>,
    /// Last frame that was decoded.
    good: Option<Stamp>,
    parts: u8,
    stuck: Option<Instant>,
    asked: Option<Instant>,
    wants: bool,
    /// Number of frames decoded; seat, layer and time of the last.
    pub(crate) decoded: u64,
    pub(crate) shown: Option<(u32, u8, Instant)>,
    /// Times decoding had to be given up.
    pub(crate) frozen: u64,
    /// Times another seat or layer began.
    pub(crate) switched: u64,
    pub(crate) asks: u64,
}

/// A subscribing browser.
#[derive(Debug)]
pub(crate) struct Subscriber {
    start: Instant,
    /// All packets by transceiver, if they are kept.
    pub(crate) received: BTreeMap<Mid, Vec<Got>>,
    pub(crate) keep: bool,
    pub(crate) voices: BTreeMap<u32, From>,
    pub(crate) faces: BTreeMap<u32, From>,
    pub(crate) decoders: BTreeMap<Mid, Decoder>,
    /// It has a wrong key and never decodes anything.
    pub(crate) blind: bool,
    /// Packets without a stamp, which nobody published.
    pub(crate) strange: u64,
    /// Audio packets received as redundant blocks, by seat.
    pub(crate) repeated: BTreeMap<u32, BTreeSet<u32>>,
}

impl Subscriber {
    pub(crate) fn new(start: Instant) -> Self {
        Self {
            start,
            received: BTreeMap::new(),
            keep: true,
            voices: BTreeMap::new(),
            faces: BTreeMap::new(),
            decoders: BTreeMap::new(),
            blind: false,
            strange: 0,
            repeated: BTreeMap::new(),
        }
    }

    /// Replaces a RED payload by its primary block and records the redundant ones.
    pub(crate) fn unwrap_red(&mut self, mut packet: RtpPacket, red: Option<Pt>) -> RtpPacket {
        if red != Some(packet.header.payload_type) {
            return packet;
        }
        let all = RedDecoder::decode(&packet.payload).expect("it can be read");
        let (now, before) = all.split_last().expect("it has a primary block");
        for stamp in before.iter().filter_map(|one| Stamp::read(one.payload)) {
            self.repeated.entry(stamp.seat).or_default().insert(stamp.n);
        }
        let now = Vec::from(now.payload);
        packet.payload = now.into();
        packet
    }

    pub(crate) fn on_packet(&mut self, mid: Mid, packet: &RtpPacket, face: bool, now: Instant) {
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
            self.received.entry(mid).or_default().push(got);
        }
        if face {
            self.decoders.entry(mid).or_default().take(got, now);
        }
    }

    /// Transceivers on which a keyframe is requested now.
    pub(crate) fn keyframe_requests(&mut self, now: Instant) -> Vec<Mid> {
        let blind = self.blind;
        let ask = |(mid, decoder): (&Mid, &mut Decoder)| {
            decoder.keyframe_requests(blind, now).then_some(*mid)
        };
        self.decoders.iter_mut().filter_map(ask).collect()
    }

    /// Frames decoded in all slots.
    pub(crate) fn decoded(&self) -> u64 {
        self.decoders.values().map(|decoder| decoder.decoded).sum()
    }

    /// Times decoding had to be given up, in all slots.
    pub(crate) fn frozen(&self) -> u64 {
        self.decoders.values().map(|decoder| decoder.frozen).sum()
    }

    /// Audio and video packets received from a seat.
    pub(crate) fn from(&self, seat: u32) -> (u64, u64) {
        let of = |map: &BTreeMap<u32, From>| map.get(&seat).map_or(0, |from| from.packets);
        (of(&self.voices), of(&self.faces))
    }

    /// Checks that each slot is one stream: sequence numbers without duplicates, increasing
    /// timestamps and picture ids. `whole`: nothing may be missing. Returns the number of
    /// packets checked.
    pub(crate) fn check_streams(&self, whole: bool) -> usize {
        let mut looked = 0;
        for (mid, got) in &self.received {
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

/// Checks two packets that follow each other in one slot.
fn check_pair(mid: Mid, a: &Got, b: &Got, whole: bool) {
    let context = || format!("on {mid}: {a:?} then {b:?}");
    assert_ne!(a.seq, b.seq, "sent twice {}", context());
    if whole {
        assert_eq!(a.seq + 1, b.seq, "a gap {}", context());
    }
    let step = b.ts.wrapping_sub(a.ts).cast_signed();
    let next = a.seq + 1 == b.seq;
    let same = a.stamp.seat == b.stamp.seat && a.stamp.layer == b.stamp.layer;
    let Some(((id, tl0), (next_id, next_tl0))) = a.picture.zip(b.picture) else {
        assert!(step > 0, "timestamps do not increase {}", context());
        return;
    };
    if same && a.stamp.n == b.stamp.n {
        assert_eq!((step, id, tl0), (0, next_id, next_tl0), "{}", context());
    } else {
        assert!(step > 0, "timestamps do not increase {}", context());
        if next {
            assert_eq!(next_id, (id + 1) & 0x7FFF, "{}", context());
            assert_eq!(next_tl0, tl0.wrapping_add(1), "{}", context());
        }
    }
    if next && !same {
        assert!(b.stamp.key && b.stamp.part == 0, "not at a keyframe {}", context());
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
            // The missing packet does not arrive any more: continue at the next keyframe.
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
            assert!(got.marker, "the last packet of a frame has the marker bit");
            self.decoded += 1;
            self.shown = Some((stamp.seat, stamp.layer, now));
            self.wants = false;
        }
    }

    fn keyframe_requests(&mut self, blind: bool, now: Instant) -> bool {
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
