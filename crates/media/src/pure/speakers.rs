//! Active speakers of a room, from the audio levels that browsers attach to packets (RFC 6464): it
//! works for end-to-end encrypted audio too.
//!
//! Levels arrive in -dBov (0 loudest, 127 silent) and are kept in dBov here, so that louder is
//! greater.

use std::time::{Duration, Instant};

use sitwith_core::sit::media::{ALL_VOICES_ROOM_MAX, LOUDEST_VOICES, VOICE_SLOTS_MAX};

/// Level from which a voice counts as speech and holds its slot, in dBov.
pub const SPEECH_LEVEL: f32 = -45.0;
/// Level below which a speaking voice has stopped, in dBov.
pub const SPEECH_END_LEVEL: f32 = -54.0;
/// Time for which speech holds a slot.
pub const SPEECH_HOLD: Duration = Duration::from_secs(2);
/// A voice without packets for this time is silent: browsers send hardly any in silence.
pub const SILENT_AFTER: Duration = Duration::from_millis(400);
/// Shortest time between two reports of who speaks.
pub const REPORT_INTERVAL_MIN: Duration = Duration::from_millis(300);
/// Interval at which the loudest voices are forwarded.
pub const UPDATE_INTERVAL: Duration = Duration::from_millis(100);
/// Limit of speaking seats that are reported.
pub const SPEAKERS_MAX: usize = 4;
/// Time constants of the level filter for rising and falling levels.
const ATTACK: Duration = Duration::from_millis(80);
const RELEASE: Duration = Duration::from_millis(500);
/// Level assumed for packets without one, in dBov.
const UNKNOWN_LEVEL: f32 = -60.0;
const SILENCE: f32 = -127.0;
/// A louder voice takes a slot only when this much louder, in dB.
const HYSTERESIS_DB: f32 = 6.0;

#[derive(Clone, Copy, Debug)]
struct VoiceLevel {
    seat: u32,
    is_guaranteed: bool,
    level: f32,
    measured_at: Option<Instant>,
    spoke_at: Option<Instant>,
    is_speaking: bool,
}

impl VoiceLevel {
    fn new(seat: u32) -> Self {
        Self {
            seat,
            is_guaranteed: false,
            level: SILENCE,
            measured_at: None,
            spoke_at: None,
            is_speaking: false,
        }
    }

    /// Level at `now`, if no packet has arrived since the last.
    fn level_at(&self, now: Instant) -> f32 {
        match self.measured_at {
            Some(at) if now.saturating_duration_since(at) < SILENT_AFTER => self.level,
            _ => SILENCE,
        }
    }

    fn holds_slot(&self, now: Instant) -> bool {
        self.spoke_at.is_some_and(|at| now.saturating_duration_since(at) < SPEECH_HOLD)
    }
}

/// Voices of one room.
#[derive(Clone, Debug, Default)]
pub struct ActiveSpeakers {
    voices: Vec<VoiceLevel>,
    forwarded: Vec<u32>,
    forwards_all: bool,
    reported: Vec<u32>,
    reported_at: Option<Instant>,
    updated_at: Option<Instant>,
}

impl ActiveSpeakers {
    /// Sets the seats that may be heard, those in `always` with a guaranteed slot, and the number
    /// of people in the room. To be followed by [`Self::update_forwarded`].
    pub fn set_allowed(&mut self, voices: &[u32], always: &[u32], people: u32) {
        self.voices.retain(|voice| voices.contains(&voice.seat));
        for &seat in voices {
            if !self.voices.iter().any(|voice| voice.seat == seat) {
                self.voices.push(VoiceLevel::new(seat));
            }
        }
        // In the order of the rules, which decides between silent voices.
        let rank = |seat: u32| voices.iter().position(|one| *one == seat);
        self.voices.sort_by_key(|voice| rank(voice.seat));
        for voice in &mut self.voices {
            voice.is_guaranteed = always.contains(&voice.seat);
        }
        self.forwards_all = people <= ALL_VOICES_ROOM_MAX;
        self.updated_at = None;
    }

    /// Feeds the level of a packet. Seats that may not be heard are ignored.
    pub fn on_level(&mut self, seat: u32, level: Option<u8>, now: Instant) {
        let Some(voice) = self.voices.iter_mut().find(|voice| voice.seat == seat) else {
            return;
        };
        let level_dbov = level.map_or(UNKNOWN_LEVEL, |level| -f32::from(level.min(127)));
        let before = voice.level_at(now);
        let time_constant = if level_dbov > before { ATTACK } else { RELEASE };
        // A late packet counts for at most 100 ms.
        let elapsed =
            voice.measured_at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let elapsed = elapsed.clamp(Duration::ZERO, Duration::from_millis(100));
        // From silence the filter starts close to the level, otherwise the first word would be cut
        // off.
        let from = if before <= SILENCE { level_dbov.min(UNKNOWN_LEVEL) } else { before };
        let share = 1.0 - (-elapsed.as_secs_f32() / time_constant.as_secs_f32()).exp();
        voice.level = from + (level_dbov - from) * share;
        voice.measured_at = Some(now);
        if voice.level >= SPEECH_LEVEL {
            voice.spoke_at = Some(now);
        }
    }

    /// Chooses the voices to forward if that is due; true when the choice changed.
    pub fn update_forwarded(&mut self, now: Instant) -> bool {
        if self.next_update_at().is_some_and(|at| now < at) {
            return false;
        }
        self.updated_at = Some(now);
        let before = std::mem::take(&mut self.forwarded);
        let is_allowed = |seat: &u32| self.voices.iter().any(|voice| voice.seat == *seat);
        let mut forwarded: Vec<u32> = before.iter().copied().filter(is_allowed).collect();
        if self.forwards_all {
            forwarded.extend(self.voices.iter().map(|voice| voice.seat));
        } else {
            forwarded = self.choose_loudest(&forwarded, now);
        }
        let mut seen = Vec::with_capacity(forwarded.len());
        for seat in forwarded {
            if !seen.contains(&seat) && seen.len() < VOICE_SLOTS_MAX {
                seen.push(seat);
            }
        }
        self.forwarded = seen;
        let same = |seat: &u32| self.forwarded.contains(seat);
        before.len() != self.forwarded.len() || !before.iter().all(same)
    }

    /// Seats with a guaranteed slot, then the loudest others with hysteresis for those forwarded
    /// before.
    fn choose_loudest(&self, before: &[u32], now: Instant) -> Vec<u32> {
        let always = self.voices.iter().filter(|voice| voice.is_guaranteed);
        let mut forwarded: Vec<u32> = always.map(|voice| voice.seat).collect();
        let priority = |voice: &VoiceLevel| {
            let held = before.contains(&voice.seat);
            let level = voice.level_at(now) + if held { HYSTERESIS_DB } else { 0.0 };
            // A voice that spoke within [`SPEECH_HOLD`] is not replaced by a louder one.
            (held && voice.holds_slot(now), level)
        };
        let mut others: Vec<&VoiceLevel> =
            self.voices.iter().filter(|voice| !voice.is_guaranteed).collect();
        others.sort_by(|a, b| {
            let (a, b) = (priority(a), priority(b));
            b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
        });
        forwarded.extend(others.into_iter().take(LOUDEST_VOICES).map(|voice| voice.seat));
        forwarded
    }

    /// Seats whose voices are forwarded.
    pub fn forwarded(&self) -> &[u32] {
        &self.forwarded
    }

    /// When [`Self::update_forwarded`] is due; none without voices.
    pub fn next_update_at(&self) -> Option<Instant> {
        (!self.voices.is_empty()).then_some(())?;
        Some(self.updated_at? + UPDATE_INTERVAL)
    }

    /// Seats that speak, loudest first, if they have changed and a report is due.
    pub fn take_speaking_change(&mut self, now: Instant) -> Option<&[u32]> {
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        if since(self.reported_at).is_some_and(|elapsed| elapsed < REPORT_INTERVAL_MIN) {
            return None;
        }
        for voice in &mut self.voices {
            let level = voice.level_at(now);
            let threshold = if voice.is_speaking { SPEECH_END_LEVEL } else { SPEECH_LEVEL };
            voice.is_speaking = level >= threshold;
        }
        let is_forwarded =
            |voice: &&VoiceLevel| voice.is_speaking && self.forwarded.contains(&voice.seat);
        let mut speakers: Vec<&VoiceLevel> = self.voices.iter().filter(is_forwarded).collect();
        speakers.sort_by(|a, b| b.level_at(now).total_cmp(&a.level_at(now)));
        speakers.truncate(SPEAKERS_MAX);
        let same = |seat: &u32| speakers.iter().any(|voice| voice.seat == *seat);
        if self.reported.len() == speakers.len() && self.reported.iter().all(same) {
            return None;
        }
        self.reported = speakers.iter().map(|voice| voice.seat).collect();
        self.reported_at = Some(now);
        Some(&self.reported)
    }
}

#[cfg(test)]
mod tests;
