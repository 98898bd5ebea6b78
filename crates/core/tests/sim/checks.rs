//! What must hold in every sit.

use std::collections::BTreeSet;

use sitwith_core::sit::bell::Strike;
use sitwith_core::sit::lag::FrameClass;
use sitwith_core::sit::room::{ConnId, RoomOutput};
use sitwith_core::sit::run::CHANGE_LEAD;
use sitwith_core::time::{Instant, Span};

use super::people::{Frame, Tab, TimelineFrame};
use super::world::{World, ms};

/// The longest a frame takes on a good line.
const GOOD: Span = Span::from_ms(500);
/// A browser leaves a bell alone from so long before its strike.
const BINDS: Span = Span::from_ms(70);
/// Presence is told within one tick and two seconds.
const CONVERGES: Span = Span::from_ms(2_250);

impl World {
    /// No byte sent while somebody sits quietly holds their name; in silence nothing is sent but
    /// what a silence needs.
    pub(super) fn check_words(&mut self, class: FrameClass, text: &str) {
        for person in &self.people {
            if person.is_hushed || !person.is_here {
                assert!(!text.contains(&person.name), "{} is named in {text}", person.name);
            }
        }
        if self.room.is_silent(self.now) {
            let allowed = ["here", "timeline", "presence", "bells", "over", "media", "caption"];
            let allowed = allowed.iter().any(|k| text.starts_with(&format!(r#"{{"k":"{k}""#)));
            assert!(allowed, "{text} disturbs the silence");
            // Whoever cannot hear a guide who speaks into the silence may read it.
            assert_eq!(class == FrameClass::Momentary, text.starts_with(r#"{"k":"caption""#));
        }
        if class == FrameClass::Media {
            self.media.told_at = Some(self.now);
        }
        if class == FrameClass::Feather {
            self.media.told_feather(text);
            self.tally.turns += u64::from(text.contains(r#""lies":"held""#));
        }
        if class == FrameClass::Bells {
            assert!(!text.contains('Q'), "{text} is anonymous");
        }
    }

    /// Counts every moment; looks at one browser at each.
    pub(super) fn check_some(&mut self) {
        self.check_count();
        self.check_rules();
        if self.tabs.is_empty() {
            return;
        }
        let tab = self.dice.below(self.tabs.len());
        self.check_lead(tab);
        self.check_presence(tab, CONVERGES + GOOD);
    }

    fn check_count(&self) {
        let here = self.people.iter().filter(|person| person.is_here);
        let (n, quiet) =
            here.fold((0, 0), |(n, quiet), person| (n + 1, quiet + u32::from(person.is_hushed)));
        let count = self.room.count();
        assert_eq!((count.present, count.quiet), (n, quiet), "at {:?}", self.now);
    }

    /// Just before a bell: whoever is there on a good line is about to ring exactly that.
    pub(super) fn check_bells_before(&mut self, next: Instant) {
        let strikes = &self.room.timeline().strikes;
        let due: Vec<Strike> = strikes
            .iter()
            .filter(|strike| strike.at - BINDS >= self.now && strike.at - BINDS < next)
            .cloned()
            .collect();
        for strike in due {
            self.tally.bells += 1;
            for tab in 0..self.tabs.len() {
                if let Some(timeline) = self.steady(tab, strike.at - BINDS) {
                    let rings = timeline.strikes.contains(&strike);
                    assert!(rings, "tab {tab} does not ring {strike:?}");
                }
            }
        }
    }

    /// The timeline of a tab that has been there on a good line for a while before `now`.
    fn steady(&self, tab: usize, now: Instant) -> Option<&TimelineFrame> {
        let line = &self.lines[self.tabs[tab].line?];
        let is_steady = line.is_good && !line.is_cut && line.opened_at + GOOD < now;
        let timeline = self.tabs[tab].timeline.as_deref();
        is_steady.then(|| timeline.expect("it has had a timeline"))
    }

    /// What is nearer than the lead, less the time on the line, is the same in every browser,
    /// however lately something was changed. The rest is the same once it has come through.
    fn check_lead(&mut self, tab: usize) {
        let Some(timeline) = self.steady(tab, self.now) else {
            return;
        };
        let until = self.now + CHANGE_LEAD - GOOD;
        let near = |strikes: &[Strike]| -> Vec<Strike> {
            let near = strikes.iter().filter(|strike| self.now < strike.at && strike.at <= until);
            near.cloned().collect()
        };
        assert_eq!(near(&timeline.strikes), near(&self.truth.strikes), "tab {tab}");
        self.tally.looks += 1;
    }

    fn check_presence(&self, tab: usize, within: Span) {
        if self.moved_at + within >= self.now || self.steady(tab, self.now - within).is_none() {
            return;
        }
        self.check_same_people(&self.tabs[tab]);
    }

    fn check_same_people(&self, tab: &Tab) {
        let here = self.people.iter().filter(|person| person.is_here);
        let named = here.filter(|person| !person.is_hushed).map(|person| person.name.as_str());
        let named: BTreeSet<_> = named.collect();
        let seen: BTreeSet<_> = tab.names.values().map(String::as_str).collect();
        assert_eq!(seen, named);
        let person = &self.people[tab.person];
        if person.is_here && !person.is_hushed {
            assert_eq!(tab.names[&tab.seat], person.name);
        }
        let count = self.room.count();
        assert_eq!((tab.n, tab.quiet), (count.present, count.quiet));
    }

    fn check_same_timeline(&self, tab: &Tab) {
        let timeline = tab.timeline.as_deref().expect("it has had a timeline");
        let ahead = |timeline: &TimelineFrame| -> Vec<Strike> {
            let ahead = timeline.strikes.iter().filter(|strike| strike.at >= self.now);
            ahead.cloned().collect()
        };
        assert_eq!(ahead(timeline), ahead(&self.truth));
        let bare =
            |timeline: &TimelineFrame| TimelineFrame { strikes: Vec::new(), ..timeline.clone() };
        assert_eq!(bare(timeline), bare(&self.truth));
    }

    /// Every browser knows where the feather is, and what its person may do.
    fn check_same_feather(&mut self, tab: usize, id: ConnId) {
        let effects = self.room.resend_missed(id, FrameClass::Feather, self.now);
        for effect in effects {
            let RoomOutput::Send { text, .. } = effect else {
                continue;
            };
            let Ok(Frame::Feather(truth)) = serde_json::from_str(&text) else { panic!("{text}") };
            assert_eq!(self.tabs[tab].feather.as_ref(), Some(&truth), "tab {tab}");
        }
    }

    /// Every browser has the newest word on voices and faces.
    fn check_same_media(&mut self, tab: usize, id: ConnId) {
        for effect in self.room.resend_missed(id, FrameClass::Media, self.now) {
            let RoomOutput::Send { text, .. } = effect else {
                continue;
            };
            let Ok(Frame::Media { v }) = serde_json::from_str(&text) else { panic!("{text}") };
            assert_eq!(self.tabs[tab].media, Some(v), "tab {tab}");
        }
    }

    /// When everything has settled, every browser holds what the room holds.
    pub(super) fn check_all(&mut self) {
        self.check_count();
        for number in 0..self.tabs.len() {
            let tab = &self.tabs[number];
            let Some(line) = tab.line else { continue };
            let line = &self.lines[line];
            assert!(!line.is_cut);
            if line.opened_at + ms(5_000) < self.now {
                self.check_same_timeline(tab);
                self.check_same_people(tab);
                if let Some(id) = line.id {
                    self.check_same_feather(number, id);
                    if self.media.told_at.is_none_or(|at| at + ms(5_000) < self.now) {
                        self.check_same_media(number, id);
                    }
                }
            }
        }
        for line in &self.lines {
            let sent = |class| line.sent.get(&class).copied().unwrap_or(0);
            assert!(sent(FrameClass::Personal) <= 1);
            let changes = u32::try_from(self.room.changes().len()).unwrap();
            assert!(sent(FrameClass::Timeline) <= changes + 1);
        }
    }
}
