//! Rewrites sequence numbers, timestamps and VP8 picture ids, so that the browser sees one
//! continuous stream per slot while the slot switches between sources and pauses. Losses on the way
//! from the source remain gaps, which retransmissions of the source may still fill.

use std::time::Instant;

/// Largest jump of a source's sequence number that is passed on. After a larger one the browser's
/// SRTP rollover counter could differ from ours, and nothing could be decrypted any more.
pub const GAP_MAX: u64 = 2_000;
/// Packets this far behind the newest are dropped.
pub const LATE_MAX: u64 = 512;
/// Smallest timestamp step between two sources: this fraction of a second.
const SWITCH_STEPS_PER_SECOND: u32 = 50;
/// VP8 PictureID has 15 bits.
const PICTURE_ID_MASK: u16 = 0x7FFF;
/// Length of the replay window in words of 64 packets.
const WINDOW_WORDS: usize = 8;

/// Numbers of one packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RtpNumbers {
    /// Extended sequence number.
    pub seq: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// VP8 PictureID, 15 bits.
    pub picture_id: Option<u16>,
    /// VP8 TL0PICIDX.
    pub tl0_pic_idx: Option<u8>,
}

/// Offsets from incoming to outgoing numbers while one source is carried without a pause.
#[derive(Clone, Copy, Debug)]
struct SourceMapping {
    /// First incoming sequence number.
    first: u64,
    /// Highest incoming sequence number.
    highest: u64,
    /// Outgoing minus incoming, wrapping.
    seq: u64,
    timestamp: u32,
    picture_id: u16,
    tl0_pic_idx: u8,
}

/// Outgoing stream of one slot.
#[derive(Clone, Debug)]
pub struct RtpRewriter {
    clock_rate: u32,
    source: Option<u64>,
    mapping: Option<SourceMapping>,
    /// Newest packet sent, and when.
    last: Option<(RtpNumbers, Instant)>,
    last_picture_id: u16,
    last_tl0_pic_idx: u8,
    next_seq: u64,
    /// Bit 0 of word 0 stands for the newest packet sent. No number is sent twice: with another
    /// payload, that would reuse an SRTP keystream.
    sent_window: [u64; WINDOW_WORDS],
}

impl RtpRewriter {
    /// A stream that starts at sequence number `first`, with a clock of `clock_rate` Hz.
    pub fn new(first: u16, clock_rate: u32) -> Self {
        Self {
            clock_rate,
            source: None,
            mapping: None,
            last: None,
            last_picture_id: 0,
            last_tl0_pic_idx: 0,
            next_seq: u64::from(first),
            sent_window: [0; WINDOW_WORDS],
        }
    }

    /// Switches to another source; any id that differs between publishers, layers and connections.
    /// The same source starts over after a pause. The caller makes sure that a face's next packet
    /// starts a keyframe.
    pub fn switch_source(&mut self, source: u64) {
        self.source = Some(source);
        self.mapping = None;
    }

    /// Drops all packets until the next [`Self::switch_source`].
    pub fn pause(&mut self) {
        self.source = None;
        self.mapping = None;
    }

    /// Current source.
    pub fn current_source(&self) -> Option<u64> {
        self.source
    }

    /// Outgoing numbers of a packet; none when it must not be sent: it belongs to another source,
    /// to the time before the switch, is too late, or was sent already.
    pub fn rewrite(
        &mut self,
        source: u64,
        incoming: &RtpNumbers,
        now: Instant,
    ) -> Option<RtpNumbers> {
        if self.source != Some(source) {
            return None;
        }
        let mut mapping = match self.mapping {
            Some(mapping) if incoming.seq <= mapping.highest.saturating_add(GAP_MAX) => mapping,
            _ => self.continue_from_last(incoming, now),
        };
        if incoming.seq < mapping.first || incoming.seq.saturating_add(LATE_MAX) <= mapping.highest
        {
            return None;
        }
        let out = RtpNumbers {
            seq: incoming.seq.wrapping_add(mapping.seq),
            timestamp: incoming.timestamp.wrapping_add(mapping.timestamp),
            picture_id: incoming
                .picture_id
                .map(|id| id.wrapping_add(mapping.picture_id) & PICTURE_ID_MASK),
            tl0_pic_idx: incoming.tl0_pic_idx.map(|id| id.wrapping_add(mapping.tl0_pic_idx)),
        };
        mapping.highest = mapping.highest.max(incoming.seq);
        self.mapping = Some(mapping);
        self.mark_sent(&out, now).then_some(out)
    }

    /// A mapping that continues where the last one ended.
    fn continue_from_last(&self, incoming: &RtpNumbers, now: Instant) -> SourceMapping {
        let (timestamp, picture_id, tl0_pic_idx) = match &self.last {
            None => (
                incoming.timestamp,
                incoming.picture_id.unwrap_or_default(),
                incoming.tl0_pic_idx.unwrap_or_default(),
            ),
            Some((last, at)) => (
                last.timestamp.wrapping_add(self.elapsed_ticks(*at, now)),
                self.last_picture_id.wrapping_add(1),
                self.last_tl0_pic_idx.wrapping_add(1),
            ),
        };
        SourceMapping {
            first: incoming.seq,
            highest: incoming.seq,
            seq: self.next_seq.wrapping_sub(incoming.seq),
            timestamp: timestamp.wrapping_sub(incoming.timestamp),
            picture_id: picture_id.wrapping_sub(incoming.picture_id.unwrap_or_default()),
            tl0_pic_idx: tl0_pic_idx.wrapping_sub(incoming.tl0_pic_idx.unwrap_or_default()),
        }
    }

    /// Timestamp step between two packets of different mappings.
    fn elapsed_ticks(&self, from: Instant, now: Instant) -> u32 {
        let elapsed = now.saturating_duration_since(from);
        let ticks = elapsed.as_micros().saturating_mul(u128::from(self.clock_rate)) / 1_000_000;
        // Timestamps wrap: after a pause of half a day any step is right.
        let ticks = u32::try_from(ticks & u128::from(u32::MAX)).unwrap_or_default();
        ticks.max(self.clock_rate / SWITCH_STEPS_PER_SECOND)
    }

    /// Notes a packet in the replay window; false when it was sent before.
    fn mark_sent(&mut self, out: &RtpNumbers, now: Instant) -> bool {
        if out.seq >= self.next_seq {
            self.shift_window(out.seq - self.next_seq + 1);
            self.next_seq = out.seq + 1;
            self.last = Some((*out, now));
            self.last_picture_id = out.picture_id.unwrap_or(self.last_picture_id);
            self.last_tl0_pic_idx = out.tl0_pic_idx.unwrap_or(self.last_tl0_pic_idx);
        }
        let back = self.next_seq - 1 - out.seq;
        let Some(word) =
            usize::try_from(back / 64).ok().and_then(|at| self.sent_window.get_mut(at))
        else {
            return false;
        };
        let bit = 1 << (back % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Shifts the replay window by a number of packets.
    fn shift_window(&mut self, by: u64) {
        if by == 1 {
            let mut carry = 0;
            for word in &mut self.sent_window {
                let next = *word >> 63;
                *word = (*word << 1) | carry;
                carry = next;
            }
            return;
        }
        let (words, bits) = (by / 64, u32::try_from(by % 64).unwrap_or_default());
        let words = usize::try_from(words).unwrap_or(WINDOW_WORDS).min(WINDOW_WORDS);
        self.sent_window.copy_within(..WINDOW_WORDS - words, words);
        self.sent_window.iter_mut().take(words).for_each(|word| *word = 0);
        let mut carry = 0;
        for word in &mut self.sent_window {
            let next = word.checked_shr(64 - bits).unwrap_or_default();
            *word = (*word << bits) | carry;
            carry = next;
        }
    }
}

#[cfg(test)]
mod tests;
