//! The loudest voices of a room, and who speaks: from the levels that browsers write beside each
//! packet of sound (RFC 6464), so that it works when what is said is sealed.
//!
//! Levels come in dB below full: 0 is as loud as can be, 127 is silence. In here they are dBov,
//! so that louder is more.

use std::time::{Duration, Instant};

use sitwith_core::sit::media::{ALL_VOICES_TO, LOUDEST, VOICE_SLOTS_MAX};

/// From here on a voice is loud: it takes a place among the loudest and holds it.
pub const LOUD: f32 = -45.0;
/// Who was this loud and falls below it no longer speaks.
pub const HUSHED: f32 = -54.0;
/// Who was loud keeps their place for so long.
pub const HOLD: Duration = Duration::from_secs(2);
/// Without any packet (a browser sends hardly any in silence) a voice is taken for silent.
pub const SILENT_AFTER: Duration = Duration::from_millis(400);
/// Who speaks is told at most this often.
pub const TELL_EVERY: Duration = Duration::from_millis(300);
/// How often the loudest are looked for.
pub const PICK_EVERY: Duration = Duration::from_millis(100);
/// The most seats that are told to speak.
pub const SPEAKERS_MAX: usize = 4;
/// How fast loudness rises and falls towards what is heard.
const RISE: Duration = Duration::from_millis(80);
const FALL: Duration = Duration::from_millis(500);
/// What a packet without a level counts for: somebody is there, and nobody knows how loud.
const UNKNOWN: f32 = -60.0;
const SILENCE: f32 = -127.0;
/// How much louder another has to be to take the place of one who is not loud.
const LOUDER: f32 = 6.0;

#[derive(Clone, Copy, Debug)]
struct Voice {
    seat: u32,
    always: bool,
    level: f32,
    at: Option<Instant>,
    loud_at: Option<Instant>,
    speaks: bool,
}

impl Voice {
    fn new(seat: u32) -> Self {
        Self { seat, always: false, level: SILENCE, at: None, loud_at: None, speaks: false }
    }

    /// How loud it is now, if nothing came since.
    fn level(&self, now: Instant) -> f32 {
        match self.at {
            Some(at) if now.saturating_duration_since(at) < SILENT_AFTER => self.level,
            _ => SILENCE,
        }
    }

    fn holds(&self, now: Instant) -> bool {
        self.loud_at.is_some_and(|at| now.saturating_duration_since(at) < HOLD)
    }
}

/// The voices of one room.
#[derive(Clone, Debug, Default)]
pub struct Loud {
    voices: Vec<Voice>,
    chosen: Vec<u32>,
    all: bool,
    told: Vec<u32>,
    told_at: Option<Instant>,
    picked_at: Option<Instant>,
}

impl Loud {
    /// These voices may be heard, `always` never left out, in a room of so many people. To be
    /// called when rules or givers change; then [`Self::pick`].
    pub fn allow(&mut self, voices: &[u32], always: &[u32], people: u32) {
        self.voices.retain(|voice| voices.contains(&voice.seat));
        for &seat in voices {
            if !self.voices.iter().any(|voice| voice.seat == seat) {
                self.voices.push(Voice::new(seat));
            }
        }
        // In the order of the rules, so that who matters most comes first where nobody is loud.
        let place = |seat: u32| voices.iter().position(|one| *one == seat);
        self.voices.sort_by_key(|voice| place(voice.seat));
        for voice in &mut self.voices {
            voice.always = always.contains(&voice.seat);
        }
        self.all = people <= ALL_VOICES_TO;
        self.picked_at = None;
    }

    /// A packet of this seat's sound came. Seats that may not be heard are not listened to.
    pub fn heard(&mut self, seat: u32, level: Option<u8>, now: Instant) {
        let Some(voice) = self.voices.iter_mut().find(|voice| voice.seat == seat) else {
            return;
        };
        let came = level.map_or(UNKNOWN, |level| -f32::from(level.min(127)));
        let before = voice.level(now);
        let over = if came > before { RISE } else { FALL };
        // A late first packet counts as one of 20 ms.
        let gone = voice.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let gone = gone.clamp(Duration::ZERO, Duration::from_millis(100));
        // From silence it begins near what is heard: else the first word would be lost.
        let from = if before <= SILENCE { came.min(UNKNOWN) } else { before };
        let share = 1.0 - (-gone.as_secs_f32() / over.as_secs_f32()).exp();
        voice.level = from + (came - from) * share;
        voice.at = Some(now);
        if voice.level >= LOUD {
            voice.loud_at = Some(now);
        }
    }

    /// Looks for the loudest, if it is time; whether others are chosen now.
    pub fn pick(&mut self, now: Instant) -> bool {
        if self.pick_at().is_some_and(|at| now < at) {
            return false;
        }
        self.picked_at = Some(now);
        let before = std::mem::take(&mut self.chosen);
        let may = |seat: &u32| self.voices.iter().any(|voice| voice.seat == *seat);
        let mut chosen: Vec<u32> = before.iter().copied().filter(may).collect();
        if self.all {
            chosen.extend(self.voices.iter().map(|voice| voice.seat));
        } else {
            chosen = self.loudest(&chosen, now);
        }
        let mut seen = Vec::with_capacity(chosen.len());
        for seat in chosen {
            if !seen.contains(&seat) && seen.len() < VOICE_SLOTS_MAX {
                seen.push(seat);
            }
        }
        self.chosen = seen;
        let same = |seat: &u32| self.chosen.contains(seat);
        before.len() != self.chosen.len() || !before.iter().all(same)
    }

    /// Always those of `always`, then the loudest others, those held before first.
    fn loudest(&self, before: &[u32], now: Instant) -> Vec<u32> {
        let always = self.voices.iter().filter(|voice| voice.always);
        let mut chosen: Vec<u32> = always.map(|voice| voice.seat).collect();
        let worth = |voice: &Voice| {
            let held = before.contains(&voice.seat);
            let worth = voice.level(now) + if held { LOUDER } else { 0.0 };
            // Nobody who was loud just now loses their place to one who is louder.
            (held && voice.holds(now), worth)
        };
        let mut others: Vec<&Voice> = self.voices.iter().filter(|voice| !voice.always).collect();
        others.sort_by(|a, b| {
            let (a, b) = (worth(a), worth(b));
            b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
        });
        chosen.extend(others.into_iter().take(LOUDEST).map(|voice| voice.seat));
        chosen
    }

    /// The seats that are forwarded.
    pub fn chosen(&self) -> &[u32] {
        &self.chosen
    }

    /// When [`Self::pick`] has something to do; none where everybody is forwarded or nobody.
    pub fn pick_at(&self) -> Option<Instant> {
        (!self.voices.is_empty()).then_some(())?;
        Some(self.picked_at? + PICK_EVERY)
    }

    /// Who speaks, loudest first, if it is others than told before and it is time to tell.
    pub fn speak(&mut self, now: Instant) -> Option<&[u32]> {
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        if since(self.told_at).is_some_and(|gone| gone < TELL_EVERY) {
            return None;
        }
        for voice in &mut self.voices {
            let level = voice.level(now);
            let edge = if voice.speaks { HUSHED } else { LOUD };
            voice.speaks = level >= edge;
        }
        let speak = |voice: &&Voice| voice.speaks && self.chosen.contains(&voice.seat);
        let mut speakers: Vec<&Voice> = self.voices.iter().filter(speak).collect();
        speakers.sort_by(|a, b| b.level(now).total_cmp(&a.level(now)));
        speakers.truncate(SPEAKERS_MAX);
        let same = |seat: &u32| speakers.iter().any(|voice| voice.seat == *seat);
        if self.told.len() == speakers.len() && self.told.iter().all(same) {
            return None;
        }
        self.told = speakers.iter().map(|voice| voice.seat).collect();
        self.told_at = Some(now);
        Some(&self.told)
    }
}

#[cfg(test)]
mod tests;
