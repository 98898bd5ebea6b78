//! How often a whole picture is asked for. A whole picture costs everybody who sees it: one
//! browser that cannot decode must not make the giver send nothing else.

use std::time::{Duration, Instant};

/// A giver is asked for a whole picture at most this often.
pub const THROTTLE: Duration = Duration::from_millis(300);
/// A browser that asks again and again is heard at least this often.
pub const PATIENCE_MAX: Duration = Duration::from_secs(10);
/// Who has not asked for so long is believed at once again.
pub const PATIENCE_BACK: Duration = Duration::from_secs(5);

/// For one layer of one face: holds requests together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keyframes {
    asked: Option<Instant>,
    wanted: bool,
}

impl Keyframes {
    /// Somebody needs a whole picture. True: ask the giver now; otherwise it is remembered until
    /// [`Self::due`].
    pub fn want(&mut self, now: Instant) -> bool {
        self.wanted = true;
        self.due(now)
    }

    /// Whether the giver is to be asked now because somebody still waits.
    pub fn due(&mut self, now: Instant) -> bool {
        if !self.wanted || self.wake_at().is_some_and(|at| now < at) {
            return false;
        }
        self.wanted = false;
        self.asked = Some(now);
        true
    }

    /// A whole picture came: nobody waits any more.
    pub fn came(&mut self) {
        self.wanted = false;
    }

    /// When [`Self::due`] wants to be asked; none when nobody waits.
    pub fn wake_at(&self) -> Option<Instant> {
        let asked = self.asked?;
        self.wanted.then_some(asked + THROTTLE)
    }
}

/// For one browser and one slot: how long it is made to wait when it keeps asking.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// When it last asked, heard or not.
    asked: Option<Instant>,
    /// When it was last heard.
    heard: Option<Instant>,
    gap: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { asked: None, heard: None, gap: THROTTLE }
    }
}

impl Patience {
    /// The browser asks for a whole picture: whether it is heard.
    pub fn ask(&mut self, now: Instant) -> bool {
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        if since(self.asked).is_none_or(|gone| gone >= PATIENCE_BACK) {
            *self = Self::default();
        }
        self.asked = Some(now);
        if since(self.heard).is_some_and(|gone| gone < self.gap) {
            return false;
        }
        if self.heard.is_some() {
            self.gap = (self.gap * 2).min(PATIENCE_MAX);
        }
        self.heard = Some(now);
        true
    }

    /// The slot carries something else now: the browser has every reason to ask.
    pub fn fresh(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pure::beginning;

    const MS: Duration = Duration::from_millis(1);

    proptest! {
        #[test]
        fn a_giver_is_never_asked_more_often_than_the_throttle(
            steps in prop::collection::vec((0u32..200, any::<bool>()), 1..300),
        ) {
            let mut now = beginning();
            let mut frames = Keyframes::default();
            let mut asked: Option<Instant> = None;
            for (ms, want) in steps {
                now += MS * ms;
                let ask = if want { frames.want(now) } else { frames.due(now) };
                if ask {
                    prop_assert!(asked.is_none_or(|at| now - at >= THROTTLE));
                    asked = Some(now);
                } else if want {
                    // Not forgotten: it wakes up, and then asks.
                    let at = frames.wake_at().unwrap();
                    prop_assert!(at > now && at <= now + THROTTLE);
                    let mut later = frames;
                    prop_assert!(later.due(at));
                }
            }
        }
    }

    #[test]
    fn a_whole_picture_that_came_ends_the_waiting() {
        let now = beginning();
        let mut frames = Keyframes::default();
        assert!(frames.want(now));
        assert!(!frames.want(now + MS * 10));
        frames.came();
        assert_eq!(frames.wake_at(), None);
        assert!(!frames.due(now + MS * 1_000));
    }

    #[test]
    fn who_can_never_decode_is_heard_seldom() {
        let start = beginning();
        let mut patience = Patience::default();
        // As Chromium with a wrong key: every 450 ms, for ten minutes.
        let heard = (0..1_333u32).filter(|n| patience.ask(start + MS * 450 * *n)).count();
        assert!(heard <= 66, "{heard}");
        assert!(heard >= 55, "{heard}");
    }

    #[test]
    fn who_asks_now_and_then_is_always_heard() {
        let start = beginning();
        let mut patience = Patience::default();
        for n in 0..100 {
            assert!(patience.ask(start + PATIENCE_BACK * n));
        }
    }

    #[test]
    fn a_new_picture_in_the_slot_gives_patience_back() {
        let start = beginning();
        let mut patience = Patience::default();
        let _heard = (0..50).filter(|n| patience.ask(start + MS * 450 * *n)).count();
        let now = start + MS * 450 * 50;
        assert!(!patience.ask(now));
        patience.fresh();
        assert!(patience.ask(now));
    }
}
