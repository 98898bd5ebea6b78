//! Send times of each publisher: audio every 20 ms, video at its frame rate, publishers spread
//! evenly over the interval.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::packet::{AUDIO_INTERVAL, FrameShape};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Audio,
    Video,
}

/// The streams of one publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sources {
    pub(super) audio: bool,
    pub(super) video: Option<FrameShape>,
}

/// Due time, publisher, kind.
type Due = Reverse<(Duration, usize, Kind)>;

#[derive(Clone, Debug)]
pub(super) struct Timetable {
    sources: Vec<Sources>,
    due: BinaryHeap<Due>,
}

impl Timetable {
    pub(super) fn new(all: Vec<Sources>, from: Duration) -> Self {
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX).max(1);
        let mut due = BinaryHeap::new();
        for (index, (publisher, sources)) in (0..count).zip(all.iter().enumerate()) {
            if sources.audio {
                due.push(Reverse((from + AUDIO_INTERVAL * index / count, publisher, Kind::Audio)));
            }
            if let Some(shape) = sources.video {
                due.push(Reverse((from + shape.every * index / count, publisher, Kind::Video)));
            }
        }
        Self { sources: all, due }
    }

    pub(super) fn next_at(&self) -> Option<Duration> {
        self.due.peek().map(|Reverse((at, _, _))| *at)
    }

    /// The next publisher and kind due at `now`.
    pub(super) fn next(&mut self, now: Duration) -> Option<(usize, Kind)> {
        if self.next_at()? > now {
            return None;
        }
        let Reverse((at, publisher, kind)) = self.due.pop()?;
        let shape = self.sources.get(publisher).and_then(|sources| sources.video);
        let every = match kind {
            Kind::Audio => AUDIO_INTERVAL,
            Kind::Video => shape.map_or(AUDIO_INTERVAL, |shape| shape.every),
        };
        self.due.push(Reverse((at + every, publisher, kind)));
        Some((publisher, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_sends_as_often_as_they_should_and_not_all_at_once() {
        let sources = Sources { audio: true, video: Some(FrameShape::of(300, 30)) };
        let mut table = Timetable::new(vec![sources; 4], Duration::ZERO);
        let (mut audio, mut frames, mut at_once) = ([0; 4], [0; 4], 0);
        for ms in 0..1_000 {
            let mut now = 0;
            while let Some((publisher, kind)) = table.next(Duration::from_millis(ms)) {
                match kind {
                    Kind::Audio => audio[publisher] += 1,
                    Kind::Video => frames[publisher] += 1,
                }
                now += 1;
            }
            at_once = at_once.max(now);
        }
        assert_eq!(audio, [50; 4]);
        assert!(frames.iter().all(|count| (29..=31).contains(count)));
        assert!(at_once <= 3, "{at_once}");
    }

    #[test]
    fn whoever_gives_nothing_is_never_due() {
        let sources = Sources { audio: false, video: None };
        assert_eq!(Timetable::new(vec![sources], Duration::ZERO).next_at(), None);
    }
}
