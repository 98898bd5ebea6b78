//! What a browser gives: sound and a face as encoders make them, with a stamp in each packet.

use std::time::{Duration, Instant};

use str0m::Rtc;
use str0m::media::{MediaKind, Mid, Pt, Rid};
use str0m::rtp::{ExtensionValues, RedEncoder, RedundantBlock, RtpWrite, Ssrc};

/// The bytes of a stamp.
pub(crate) const STAMP: usize = 24;
/// The descriptor that stands before a picture's bytes, with one byte of the picture's own head.
pub(crate) const DESCRIPTOR: usize = 7;
/// The most bytes in a packet of a picture.
const PACKET: usize = 1_100;

/// What a packet says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) seat: u32,
    pub(crate) layer: u8,
    /// The place in its picture, and of how many.
    pub(crate) part: u8,
    pub(crate) parts: u8,
    pub(crate) key: bool,
    /// Which packet of sound, or which picture of its layer.
    pub(crate) n: u32,
    /// When it was given, in microseconds since the beginning.
    pub(crate) at: u64,
}

impl Stamp {
    fn write(&self, to: &mut [u8]) {
        to[..4].copy_from_slice(&self.seat.to_be_bytes());
        to[4..8].copy_from_slice(&[self.layer, self.part, self.parts, u8::from(self.key)]);
        to[8..12].copy_from_slice(&self.n.to_be_bytes());
        to[12..20].copy_from_slice(&self.at.to_be_bytes());
        to[20..24].copy_from_slice(b"SITS");
    }

    pub(crate) fn read(from: &[u8]) -> Option<Self> {
        let from = from.get(..STAMP)?;
        let word = |at: usize| u32::from_be_bytes(from[at..at + 4].try_into().unwrap());
        (&from[20..24] == b"SITS").then_some(Self {
            seat: word(0),
            layer: from[4],
            part: from[5],
            parts: from[6],
            key: from[7] != 0,
            n: word(8),
            at: u64::from(word(12)) << 32 | u64::from(word(16)),
        })
    }
}

/// What is to be given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gives {
    pub(crate) sound: bool,
    /// How many layers of a face: none, one without layers, or two.
    pub(crate) layers: u8,
}

impl Gives {
    pub(crate) const SOUND: Self = Self { sound: true, layers: 0 };
    pub(crate) const BOTH: Self = Self { sound: true, layers: 2 };
}

/// A microphone.
#[derive(Debug)]
pub(crate) struct Sound {
    stream: (Pt, Ssrc),
    pub(crate) on: bool,
    pub(crate) every: Duration,
    pub(crate) level: i8,
    pub(crate) bytes: usize,
    /// Its next number, and how far it moves with each.
    pub(crate) seq: u64,
    pub(crate) stride: u64,
    pub(crate) ts: u32,
    pub(crate) n: u32,
    /// Each piece repeats the one before: how that is marked, and the last piece.
    pub(crate) repeats: Option<(Pt, Vec<u8>)>,
    next: Instant,
}

/// One layer of a camera's picture.
#[derive(Debug)]
pub(crate) struct Layer {
    stream: (Pt, Ssrc),
    rid: Option<Rid>,
    pub(crate) on: bool,
    pub(crate) bits: u64,
    pub(crate) seq: u64,
    pub(crate) ts: u32,
    pub(crate) picture: u16,
    pub(crate) tl0: u8,
    pub(crate) n: u32,
    pub(crate) wants_key: bool,
    /// How many whole pictures were made.
    pub(crate) keys: u32,
}

/// A camera.
#[derive(Debug)]
pub(crate) struct Camera {
    pub(crate) on: bool,
    pub(crate) layers: Vec<Layer>,
    pub(crate) every: Duration,
    next: Instant,
}

/// A browser's microphone and camera.
#[derive(Debug)]
pub(crate) struct Giver {
    seat: u32,
    start: Instant,
    pub(crate) sound: Option<Sound>,
    pub(crate) camera: Option<Camera>,
}

/// The names of layers, and their bit/s.
pub(crate) const RIDS: [(&str, u64); 2] = [("q", 100_000), ("h", 350_000)];

impl Giver {
    /// After what it gives was agreed on: `first` shakes the numbers it begins with.
    pub(crate) fn new(
        rtc: &mut Rtc,
        seat: u32,
        (audio, video): (Option<Mid>, Option<Mid>),
        gives: Gives,
        (start, now): (Instant, Instant),
    ) -> Self {
        let shake = u64::from(seat).wrapping_mul(7_919);
        let stream = |rtc: &mut Rtc, mid: Mid, rid: Option<Rid>, kind: MediaKind| {
            let of = |p: &&str0m::format::PayloadParams| {
                p.spec().codec.is_audio() == (kind == MediaKind::Audio)
            };
            let pt = rtc.codec_config().find(|p| of(&p)).unwrap().pt();
            let mut direct = rtc.direct_api();
            let tx = direct.stream_tx_by_mid(mid, rid).expect("it was agreed on");
            (pt, tx.ssrc())
        };
        let sound = audio.map(|mid| Sound {
            stream: stream(rtc, mid, None, MediaKind::Audio),
            on: true,
            every: Duration::from_millis(20),
            level: -30,
            bytes: 60,
            seq: 100 + shake % 30_000,
            stride: 1,
            ts: seat.wrapping_mul(1_000_003),
            n: 0,
            repeats: None,
            next: now,
        });
        let camera = video.map(|mid| {
            let layers = RIDS.iter().take(usize::from(gives.layers)).enumerate();
            let layers = layers.map(|(at, (rid, bits))| {
                let at = u32::try_from(at).unwrap();
                let rid = (gives.layers > 1).then(|| Rid::from(*rid));
                Layer {
                    stream: stream(rtc, mid, rid, MediaKind::Video),
                    rid,
                    on: true,
                    bits: *bits,
                    seq: 1 + shake * u64::from(at + 1) % 30_000,
                    ts: seat.wrapping_mul(9_999_991).wrapping_add(at * 77_777),
                    picture: u16::try_from((seat * 331 + at * 1_500) & 0x7FFF).unwrap(),
                    tl0: u8::try_from((seat * 17 + at) & 0xFF).unwrap(),
                    n: 0,
                    wants_key: true,
                    keys: 0,
                }
            });
            Camera {
                on: true,
                layers: layers.collect(),
                every: Duration::from_millis(66),
                next: now,
            }
        });
        Self { seat, start, sound, camera }
    }

    /// The line is open: only now anything is made, in step with nobody else.
    pub(crate) fn begin(&mut self, now: Instant) {
        let shake = Duration::from_micros(u64::from(self.seat) * 3_137 % 20_000);
        if let Some(sound) = &mut self.sound {
            sound.next = now + shake;
        }
        if let Some(camera) = &mut self.camera {
            camera.next = now + shake * 2;
        }
    }

    /// When the next packet is made.
    pub(crate) fn due(&self) -> Option<Instant> {
        let sound = self.sound.as_ref().map(|sound| sound.next);
        let camera = self.camera.as_ref().map(|camera| camera.next);
        sound.into_iter().chain(camera).min()
    }

    /// Makes what is due. True when something was written.
    pub(crate) fn make(&mut self, rtc: &mut Rtc, now: Instant) -> bool {
        let stamp = Stamp {
            seat: self.seat,
            at: u64::try_from((now - self.start).as_micros()).unwrap(),
            ..Stamp::default()
        };
        let mut wrote = false;
        if let Some(sound) = self.sound.as_mut().filter(|sound| sound.next <= now) {
            wrote |= sound.make(rtc, stamp, now);
        }
        if let Some(camera) = self.camera.as_mut().filter(|camera| camera.next <= now) {
            camera.next += camera.every;
            if camera.on {
                for (layer, at) in camera.layers.iter_mut().zip(0u8..) {
                    layer.make(rtc, Stamp { layer: at, ..stamp }, camera.every, now);
                }
                wrote = true;
            }
        }
        wrote
    }

    /// Each piece of its sound repeats the one before from now on.
    pub(crate) fn repeat(&mut self, rtc: &Rtc) {
        let red = rtc.codec_config().params().iter().find_map(|one| one.red());
        let sound = self.sound.as_mut().expect("it gives sound");
        sound.repeats = Some((red.expect("it was agreed on"), Vec::new()));
    }

    /// Gives nothing more.
    pub(crate) fn stop(&mut self) {
        self.sound.iter_mut().for_each(|sound| sound.on = false);
        self.camera.iter_mut().for_each(|camera| camera.on = false);
    }

    /// The type and number of each stream.
    pub(crate) fn streams(&self) -> Vec<(Pt, Ssrc)> {
        let layers = self.camera.iter().flat_map(|camera| &camera.layers);
        let sound = self.sound.iter().map(|sound| sound.stream);
        sound.chain(layers.map(|layer| layer.stream)).collect()
    }

    /// A whole picture is asked for.
    pub(crate) fn key(&mut self, rid: Option<Rid>) {
        let layers = self.camera.iter_mut().flat_map(|camera| &mut camera.layers);
        for layer in layers {
            layer.wants_key |= rid.is_none() || layer.rid == rid;
        }
    }
}

impl Sound {
    fn make(&mut self, rtc: &mut Rtc, stamp: Stamp, now: Instant) -> bool {
        self.next += self.every;
        let ticks = u32::try_from(self.every.as_millis()).unwrap() * 48;
        self.ts = self.ts.wrapping_add(ticks);
        if !self.on {
            return false;
        }
        self.seq += self.stride;
        self.n += 1;
        let mut payload = vec![0; self.bytes.max(STAMP)];
        Stamp { n: self.n, ..stamp }.write(&mut payload);
        let ext = ExtensionValues {
            audio_level: Some(self.level),
            voice_activity: Some(self.level > -50),
            ..ExtensionValues::default()
        };
        let (kind, payload) = match &mut self.repeats {
            None => (self.stream.0, payload),
            Some((kind, last)) => {
                let whole = folded(*self.stream.0, ticks, last, &payload);
                *last = payload;
                (*kind, whole)
            }
        };
        let write = RtpWrite::new(kind, self.seq.into(), self.ts, now, payload);
        let mut direct = rtc.direct_api();
        if let Some(tx) = direct.stream_tx(&self.stream.1) {
            tx.write_rtp(write.ext_vals(ext));
        }
        true
    }
}

/// A piece of sound with the one before, if there was one (RFC 2198).
fn folded(kind: u8, ticks: u32, last: &[u8], payload: &[u8]) -> Vec<u8> {
    let before = RedundantBlock { timestamp_offset: ticks, pt: kind, payload: last.to_vec() };
    let before = if last.is_empty() { vec![] } else { vec![before] };
    RedEncoder::encode(kind, payload, &before)
}

impl Layer {
    /// One picture: in as many packets as it needs, four times as large when it is a whole one.
    fn make(&mut self, rtc: &mut Rtc, stamp: Stamp, every: Duration, now: Instant) {
        let millis = u64::try_from(every.as_millis()).unwrap();
        self.ts = self.ts.wrapping_add(u32::try_from(millis).unwrap() * 90);
        if !self.on {
            return;
        }
        let key = std::mem::take(&mut self.wants_key);
        self.keys += u32::from(key);
        self.n += 1;
        self.picture = (self.picture + 1) & 0x7FFF;
        self.tl0 = self.tl0.wrapping_add(1);
        let bytes = self.bits * millis / 8_000 * if key { 4 } else { 1 };
        let parts = usize::try_from(bytes).unwrap().div_ceil(PACKET).max(1);
        for part in 0..parts {
            self.seq += 1;
            let length = usize::try_from(bytes).unwrap() / parts;
            let mut payload = vec![0; length.max(DESCRIPTOR + STAMP)];
            let [high, low] = self.picture.to_be_bytes();
            let first = if part == 0 { 0x90 } else { 0x80 };
            // X and S; I, L and T; the picture's number; TL0PICIDX; TID; whole or not.
            let head = [first, 0xE0, 0x80 | high, low, self.tl0, 0, u8::from(!key)];
            payload[..DESCRIPTOR].copy_from_slice(&head);
            let stamp = Stamp {
                part: u8::try_from(part).unwrap(),
                parts: u8::try_from(parts).unwrap(),
                key,
                n: self.n,
                ..stamp
            };
            stamp.write(&mut payload[DESCRIPTOR..]);
            let write = RtpWrite::new(self.stream.0, self.seq.into(), self.ts, now, payload);
            let mut direct = rtc.direct_api();
            if let Some(tx) = direct.stream_tx(&self.stream.1) {
                tx.write_rtp(write.marker(part + 1 == parts).nackable(true));
            }
        }
    }
}
