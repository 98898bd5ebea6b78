//! The lines between browsers and the home: slow, stalling, cut, and noticed late.

use std::collections::BTreeMap;
use std::rc::Rc;

use sitwith_core::sit::frame::ClientMessage;
use sitwith_core::sit::lag::FrameClass;
use sitwith_core::sit::room::{ConnId, EnterRoom, RoomInput, close_code};
use sitwith_core::time::{Instant, Span};

use super::people::Frame;
use super::world::{Event, World, ms};

/// One line between a tab and the home.
pub(super) struct Line {
    pub(super) tab: usize,
    pub(super) opened_at: Instant,
    pub(super) latency: Span,
    pub(super) is_good: bool,
    pub(super) bytes_per_s: i64,
    /// How much the line holds before it takes no more, in bytes.
    pub(super) holds: i64,
    /// When everything that was taken will be through.
    pub(super) through_at: Instant,
    pub(super) arrives_at: Instant,
    pub(super) will_drain: bool,
    /// Nothing comes through any more, and nobody knows yet.
    pub(super) is_cut: bool,
    /// The home's number for it, while the home believes it open.
    pub(super) id: Option<ConnId>,
    /// Frames that went down this line, by class.
    pub(super) sent: BTreeMap<FrameClass, u32>,
}

impl World {
    pub(super) fn connect(&mut self, tab: usize) {
        if self.tabs[tab].line.is_some() || self.tabs[tab].is_over {
            return;
        }
        if self.room.timeline().is_over(self.now) {
            self.tabs[tab].is_over = true;
            return;
        }
        self.tally.entries += 1;
        let line = self.new_line(tab);
        // The home gives places to lines as they come, and never the same life twice.
        let free = (0..).find(|index| self.by_id.keys().all(|id| id.index() != *index)).unwrap();
        let id = ConnId::new(free, u32::try_from(self.lines.len()).unwrap());
        let person = &mut self.people[self.tabs[tab].person];
        let have = self.tabs[tab].timeline.as_ref().map_or(0, |timeline| timeline.seq);
        // A browser that comes back says what was chosen in the room; a fresh page has a ticket
        // of its own that says so.
        let wish = (have > 0).then_some(person.quiet);
        let quiet = person.quiet;
        person.is_hushed = wish.unwrap_or(quiet || (person.is_here && person.is_hushed));
        let enter = EnterRoom {
            conn: id,
            who: person.who,
            name: person.name.as_str().into(),
            guide: person.guide,
            quiet,
            quiet_wish: wish,
            timeline_seq: have,
        };
        (person.is_here, person.lost_at) = (true, None);
        person.lines += 1;
        self.lines.push(Line { id: Some(id), ..line });
        self.by_id.insert(id, self.lines.len() - 1);
        self.tabs[tab].line = Some(self.lines.len() - 1);
        self.tabs[tab].v = None;
        self.moved_at = self.now;
        self.tell(RoomInput::SitterEntered(enter));
    }

    pub(super) fn new_line(&mut self, tab: usize) -> Line {
        let is_good = self.settles || !self.kind.bad_lines || self.dice.one_in(2);
        let latency = if is_good { self.dice.range(2, 400) } else { self.dice.range(20, 3_000) };
        Line {
            tab,
            opened_at: self.now,
            latency: ms(latency),
            is_good,
            bytes_per_s: if is_good { 1_000_000 } else { self.dice.range(300, 20_000) },
            holds: if is_good { 1_000_000 } else { self.dice.range(500, 5_000) },
            through_at: self.now,
            arrives_at: self.now,
            will_drain: false,
            is_cut: false,
            id: None,
            sent: BTreeMap::new(),
        }
    }

    pub(super) fn cut(&mut self, line: usize) {
        self.lines[line].is_cut = true;
        let (home, browser) = (self.dice.range(0, 60_000), self.dice.range(100, 6_000));
        self.after(ms(home), Event::Lost { line });
        self.after(ms(browser), Event::Closed { line, code: 1006 });
    }

    /// The browser learns that its line is closed.
    pub(super) fn closed(&mut self, line: usize, code: u16) {
        let tab = self.lines[line].tab;
        self.lines[line].is_cut = true;
        if self.tabs[tab].line != Some(line) {
            return;
        }
        self.tabs[tab].line = None;
        match code {
            close_code::LEFT => {}
            close_code::OVER => self.tabs[tab].is_over = true,
            _ => {
                let wait = self.dice.range(200, 4_000);
                self.after(ms(wait), Event::Connect { tab });
            }
        }
    }

    pub(super) fn say(&mut self, line: usize, said: ClientMessage) {
        if !self.lines[line].is_cut {
            self.after(self.lines[line].latency, Event::ClientMessage { line, said });
        }
    }

    pub(super) fn said(&mut self, line: usize, said: ClientMessage) {
        let Some(id) = self.lines[line].id else {
            return;
        };
        let number = self.tabs[self.lines[line].tab].person;
        self.note_media(number, &said);
        let person = &mut self.people[number];
        match said {
            ClientMessage::Quiet { on } => {
                person.is_hushed = on;
                self.moved_at = self.now;
            }
            ClientMessage::Leave => {
                (person.is_here, person.lost_at) = (false, None);
                self.moved_at = self.now;
            }
            _ => {}
        }
        self.tell(RoomInput::MessageReceived(id, said));
    }

    /// The home notices that a line is lost.
    pub(super) fn lose(&mut self, line: usize) {
        if let Some(id) = self.forget(line) {
            self.tell(RoomInput::ConnLost(id));
        }
    }

    pub(super) fn forget(&mut self, line: usize) -> Option<ConnId> {
        let id = self.lines[line].id.take()?;
        self.by_id.remove(&id);
        self.lags.remove_conn(id);
        let person = &mut self.people[self.tabs[self.lines[line].tab].person];
        person.lines -= 1;
        if person.lines == 0 && person.is_here {
            person.lost_at = Some(self.now);
        }
        Some(id)
    }

    pub(super) fn close(&mut self, id: ConnId, code: u16) {
        let Some(line) = self.by_id.get(&id).copied() else {
            return;
        };
        self.forget(line);
        if !self.lines[line].is_cut {
            self.after(self.lines[line].latency, Event::Closed { line, code });
        }
        self.tell(RoomInput::ConnLost(id));
    }

    pub(super) fn offer(&mut self, id: ConnId, class: FrameClass, frame: &Rc<Frame>, bytes: i64) {
        if self.lags.is_waiting_for(id, class) {
            return;
        }
        let line = *self.by_id.get(&id).expect("a frame goes to a line that is open");
        let now = self.now;
        let held = &mut self.lines[line];
        let waiting_ms = held.through_at.since(now).ms().max(0);
        if waiting_ms * held.bytes_per_s > held.holds * 1_000 {
            self.lags.mark_missed(id, class, now);
            self.tally.behind += 1;
            if !held.is_cut && !held.will_drain {
                held.will_drain = true;
                self.after(ms(waiting_ms), Event::Drained { line });
            }
            return;
        }
        *held.sent.entry(class).or_default() += 1;
        held.through_at = held.through_at.max(now) + ms(bytes * 1_000 / held.bytes_per_s);
        if held.is_cut {
            held.through_at += ms(10_000_000);
            return;
        }
        let stalls = !held.is_good && !self.settles && self.dice.one_in(20);
        if stalls {
            held.through_at += ms(self.dice.range(1_000, 40_000));
        }
        held.arrives_at = held.arrives_at.max(held.through_at + held.latency);
        let wait = held.arrives_at.since(now);
        self.after(wait, Event::Frame { line, frame: Rc::clone(frame) });
    }

    pub(super) fn arrive(&mut self, line: usize, frame: &Rc<Frame>) {
        let tab = self.lines[line].tab;
        if self.lines[line].is_cut || self.tabs[tab].line != Some(line) {
            return;
        }
        self.tally.frames += 1;
        let lost_track = self.tabs[tab].apply(frame);
        assert!(!lost_track, "nobody ever has to ask who is here: the home knows who missed it");
    }
}
