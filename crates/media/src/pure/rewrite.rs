//! Sequence numbers, times and picture numbers of what goes into one slot of one down connection.
//!
//! A slot carries now this source and now that one, and pauses between; the browser must see one
//! stream without gaps. What the source lost on its way to us stays a gap, so that it can still
//! be filled when the source repairs it.

use std::time::Instant;

/// The most packets a source may skip and still be followed. More, and the browser could count
/// the rollovers of sequence numbers differently from us, and could decrypt nothing any more.
pub const GAP_MAX: u64 = 2_000;
/// How far behind the newest packet one may come and still be sent.
pub const LATE_MAX: u64 = 512;
/// The step of time between the last packet of one source and the first of another, at least:
/// a fiftieth of a second.
const STEP_PER_SECOND: u32 = 50;
/// VP8 picture numbers have 15 bits.
const PICTURE_MASK: u16 = 0x7FFF;
/// Words of the memory of what was sent.
const WORDS: usize = 8;

/// The numbers of one packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The extended sequence number.
    pub seq: u64,
    /// The time, in ticks of the clock of its kind.
    pub ts: u32,
    /// VP8's PictureID (15 bits).
    pub picture: Option<u16>,
    /// VP8's TL0PICIDX.
    pub tl0: Option<u8>,
}

/// What stays the same between what comes in and what goes out, as long as one source is carried
/// without a break.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The first packet that came in.
    first: u64,
    /// The highest that came in.
    highest: u64,
    /// Out minus in, each in its own ring.
    seq: u64,
    ts: u32,
    picture: u16,
    tl0: u8,
}

/// One slot's stream.
#[derive(Clone, Debug)]
pub struct Rewrite {
    clock: u32,
    source: Option<u64>,
    run: Option<Run>,
    /// The numbers of the newest packet sent, and when.
    last: Option<(Numbers, Instant)>,
    last_picture: u16,
    last_tl0: u8,
    next: u64,
    /// Which of the last packets were sent: bit 0 of word 0 is the newest. The same number is
    /// never sent twice: under SRTP that could give away the key.
    sent: [u64; WORDS],
}

impl Rewrite {
    /// A stream whose first packet has the sequence number `first`, of a clock with so many ticks
    /// a second.
    pub fn new(first: u16, clock: u32) -> Self {
        Self {
            clock,
            source: None,
            run: None,
            last: None,
            last_picture: 0,
            last_tl0: 0,
            next: u64::from(first),
            sent: [0; WORDS],
        }
    }

    /// From the next packet on the slot carries `source`: any number that is another for another
    /// giver, layer or connection. With the source it carries already, it begins anew after a
    /// pause. The caller sees to it that the next packet starts a whole picture.
    pub fn begin(&mut self, source: u64) {
        self.source = Some(source);
        self.run = None;
    }

    /// Nothing is carried until [`Self::begin`].
    pub fn pause(&mut self) {
        self.source = None;
        self.run = None;
    }

    /// What the slot carries.
    pub fn source(&self) -> Option<u64> {
        self.source
    }

    /// The numbers a packet of `source` goes out with; none when it must not: it is of another
    /// source, of before the switch or pause, far too late, or was sent already.
    pub fn write(&mut self, source: u64, came: &Numbers, now: Instant) -> Option<Numbers> {
        if self.source != Some(source) {
            return None;
        }
        let mut run = match self.run {
            Some(run) if came.seq <= run.highest.saturating_add(GAP_MAX) => run,
            _ => self.start(came, now),
        };
        if came.seq < run.first || came.seq.saturating_add(LATE_MAX) <= run.highest {
            return None;
        }
        let out = Numbers {
            seq: came.seq.wrapping_add(run.seq),
            ts: came.ts.wrapping_add(run.ts),
            picture: came.picture.map(|id| id.wrapping_add(run.picture) & PICTURE_MASK),
            tl0: came.tl0.map(|id| id.wrapping_add(run.tl0)),
        };
        run.highest = run.highest.max(came.seq);
        self.run = Some(run);
        self.mark(&out, now).then_some(out)
    }

    /// A run that continues where the last one ended.
    fn start(&self, came: &Numbers, now: Instant) -> Run {
        let (ts, picture, tl0) = match &self.last {
            None => (came.ts, came.picture.unwrap_or_default(), came.tl0.unwrap_or_default()),
            Some((last, at)) => (
                last.ts.wrapping_add(self.ticks(*at, now)),
                self.last_picture.wrapping_add(1),
                self.last_tl0.wrapping_add(1),
            ),
        };
        Run {
            first: came.seq,
            highest: came.seq,
            seq: self.next.wrapping_sub(came.seq),
            ts: ts.wrapping_sub(came.ts),
            picture: picture.wrapping_sub(came.picture.unwrap_or_default()),
            tl0: tl0.wrapping_sub(came.tl0.unwrap_or_default()),
        }
    }

    /// The ticks between two packets of different runs.
    fn ticks(&self, from: Instant, now: Instant) -> u32 {
        let gone = now.saturating_duration_since(from);
        let ticks = gone.as_micros().saturating_mul(u128::from(self.clock)) / 1_000_000;
        // Times are a ring: a pause of half a day may come out anywhere on it.
        let ticks = u32::try_from(ticks & u128::from(u32::MAX)).unwrap_or_default();
        ticks.max(self.clock / STEP_PER_SECOND)
    }

    /// Writes down that this is sent; false when it was already.
    fn mark(&mut self, out: &Numbers, now: Instant) -> bool {
        if out.seq >= self.next {
            self.shift(out.seq - self.next + 1);
            self.next = out.seq + 1;
            self.last = Some((*out, now));
            self.last_picture = out.picture.unwrap_or(self.last_picture);
            self.last_tl0 = out.tl0.unwrap_or(self.last_tl0);
        }
        let back = self.next - 1 - out.seq;
        let Some(word) = usize::try_from(back / 64).ok().and_then(|at| self.sent.get_mut(at))
        else {
            return false;
        };
        let bit = 1 << (back % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Moves the memory of what was sent by so many packets.
    fn shift(&mut self, by: u64) {
        if by == 1 {
            let mut carry = 0;
            for word in &mut self.sent {
                let next = *word >> 63;
                *word = (*word << 1) | carry;
                carry = next;
            }
            return;
        }
        let (words, bits) = (by / 64, u32::try_from(by % 64).unwrap_or_default());
        let words = usize::try_from(words).unwrap_or(WORDS).min(WORDS);
        self.sent.copy_within(..WORDS - words, words);
        self.sent.iter_mut().take(words).for_each(|word| *word = 0);
        let mut carry = 0;
        for word in &mut self.sent {
            let next = word.checked_shr(64 - bits).unwrap_or_default();
            *word = (*word << bits) | carry;
            carry = next;
        }
    }
}

#[cfg(test)]
mod tests;
