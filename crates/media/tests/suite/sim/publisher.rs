//! A browser's microphone and camera, with a stamp in each packet.

use std::time::{Duration, Instant};

use str0m::Rtc;
use str0m::media::{MediaKind, Mid, Pt, Rid};
use str0m::rtp::{ExtensionValues, RedEncoder, RedundantBlock, RtpWrite, Ssrc};

/// Length of a stamp in bytes.
pub(crate) const STAMP: usize = 24;
/// Length of the VP8 descriptor with one byte of the VP8 payload header.
pub(crate) const DESCRIPTOR: usize = 7;
/// Limit of a video payload in bytes.
const PACKET: usize = 1_100;

/// Identity of a packet, written into its payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) seat: u32,
    pub(crate) layer: u8,
    /// Index of the packet within its frame, and the number of packets.
    pub(crate) part: u8,
    pub(crate) parts: u8,
    pub(crate) key: bool,
    /// Number of the audio packet, or of the frame in its layer.
    pub(crate) n: u32,
    /// Time of creation in microseconds since the start.
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

/// Tracks to publish.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tracks {
    pub(crate) sound: bool,
    /// Simulcast layers of a face: 0 for no face, 1 for no simulcast, or 2.
    pub(crate) layers: u8,
}

impl Tracks {
    pub(crate) const SOUND: Self = Self { sound: true, layers: 0 };
    pub(crate) const BOTH: Self = Self { sound: true, layers: 2 };
}

/// A microphone.
#[derive(Debug)]
pub(crate) struct Microphone {
    stream: (Pt, Ssrc),
    pub(crate) on: bool,
    pub(crate) every: Duration,
    pub(crate) level: i8,
    pub(crate) bytes: usize,
    /// Next sequence number, and its step.
    pub(crate) seq: u64,
    pub(crate) stride: u64,
    pub(crate) ts: u32,
    pub(crate) n: u32,
    /// With RED, its payload type and the previous payload.
    pub(crate) red: Option<(Pt, Vec<u8>)>,
    next: Instant,
}

/// One simulcast layer of a camera.
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
    /// Keyframes made so far.
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
pub(crate) struct Publisher {
    seat: u32,
    start: Instant,
    pub(crate) sound: Option<Microphone>,
    pub(crate) camera: Option<Camera>,
}

/// Rids and bitrates of the layers, in bit/s.
pub(crate) const RIDS: [(&str, u64); 2] = [("q", 100_000), ("h", 350_000)];

impl Publisher {
    /// A publisher whose tracks are negotiated. Initial numbers depend on the seat.
    pub(crate) fn new(
        rtc: &mut Rtc,
        seat: u32,
        (audio, video): (Option<Mid>, Option<Mid>),
        gives: Tracks,
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
        let sound = audio.map(|mid| Microphone {
            stream: stream(rtc, mid, None, MediaKind::Audio),
            on: true,
            every: Duration::from_millis(20),
            level: -30,
            bytes: 60,
            seq: 100 + shake % 30_000,
            stride: 1,
            ts: seat.wrapping_mul(1_000_003),
            n: 0,
            red: None,
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

    /// Starts once connected, out of step with other seats.
    pub(crate) fn start_sending(&mut self, now: Instant) {
        let shake = Duration::from_micros(u64::from(self.seat) * 3_137 % 20_000);
        if let Some(sound) = &mut self.sound {
            sound.next = now + shake;
        }
        if let Some(camera) = &mut self.camera {
            camera.next = now + shake * 2;
        }
    }

    /// When the next packet is made.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let sound = self.sound.as_ref().map(|sound| sound.next);
        let camera = self.camera.as_ref().map(|camera| camera.next);
        sound.into_iter().chain(camera).min()
    }

    /// Makes what is due; true when something was written.
    pub(crate) fn make_due(&mut self, rtc: &mut Rtc, now: Instant) -> bool {
        let stamp = Stamp {
            seat: self.seat,
            at: u64::try_from((now - self.start).as_micros()).unwrap(),
            ..Stamp::default()
        };
        let mut wrote = false;
        if let Some(sound) = self.sound.as_mut().filter(|sound| sound.next <= now) {
            wrote |= sound.make_due(rtc, stamp, now);
        }
        if let Some(camera) = self.camera.as_mut().filter(|camera| camera.next <= now) {
            camera.next += camera.every;
            if camera.on {
                for (layer, at) in camera.layers.iter_mut().zip(0u8..) {
                    layer.make_due(rtc, Stamp { layer: at, ..stamp }, camera.every, now);
                }
                wrote = true;
            }
        }
        wrote
    }

    /// Sends audio as RED with one redundant block from now on.
    pub(crate) fn enable_red(&mut self, rtc: &Rtc) {
        let red = rtc.codec_config().params().iter().find_map(|one| one.red());
        let sound = self.sound.as_mut().expect("it gives sound");
        sound.red = Some((red.expect("it was agreed on"), Vec::new()));
    }

    /// Stops publishing.
    pub(crate) fn stop(&mut self) {
        self.sound.iter_mut().for_each(|sound| sound.on = false);
        self.camera.iter_mut().for_each(|camera| camera.on = false);
    }

    /// Payload type and SSRC of each stream.
    pub(crate) fn streams(&self) -> Vec<(Pt, Ssrc)> {
        let layers = self.camera.iter().flat_map(|camera| &camera.layers);
        let sound = self.sound.iter().map(|sound| sound.stream);
        sound.chain(layers.map(|layer| layer.stream)).collect()
    }

    /// Handles a keyframe request.
    pub(crate) fn request_keyframe(&mut self, rid: Option<Rid>) {
        let layers = self.camera.iter_mut().flat_map(|camera| &mut camera.layers);
        for layer in layers {
            layer.wants_key |= rid.is_none() || layer.rid == rid;
        }
    }
}

impl Microphone {
    fn make_due(&mut self, rtc: &mut Rtc, stamp: Stamp, now: Instant) -> bool {
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
        let (kind, payload) = match &mut self.red {
            None => (self.stream.0, payload),
            Some((kind, last)) => {
                let whole = red_payload(*self.stream.0, ticks, last, &payload);
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

/// A RED payload (RFC 2198) with the previous payload, if there is one.
fn red_payload(kind: u8, ticks: u32, last: &[u8], payload: &[u8]) -> Vec<u8> {
    let before = RedundantBlock { timestamp_offset: ticks, pt: kind, payload: last.to_vec() };
    let before = if last.is_empty() { vec![] } else { vec![before] };
    RedEncoder::encode(kind, payload, &before)
}

impl Layer {
    /// Makes one frame in as many packets as it needs. A keyframe is four times as large.
    fn make_due(&mut self, rtc: &mut Rtc, stamp: Stamp, every: Duration, now: Instant) {
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
            // X and S; I, L and T; PictureID; TL0PICIDX; TID; frame type.
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
