//! The home and the lines: what `sitwith_app::live` does with a room, and what networks do.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use sitwith_core::id::{GuestId, MemberId};
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::format::{self, Formats};
use sitwith_core::sit::frame::{self, ClientMessage};
use sitwith_core::sit::lag::LaggingConns;
use sitwith_core::sit::plan::{Phase, PhaseCourse, PhaseKind, Plan};
use sitwith_core::sit::presence::{SEAT_GRACE, Sitter};
use sitwith_core::sit::room::{ConnId, Room, RoomInput, close_code};
use sitwith_core::sit::run::{RunAction, RunChange, RunFacts, build_timeline};
use sitwith_core::sit::spoken::FeatherAction;
use sitwith_core::time::{Instant, Span};

use super::media::Media;
use super::net::Line;
use super::people::{Frame, Person, Tab, TimelineFrame};
use super::{Dice, Kind};

/// When the sits are planned.
pub(super) const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);
/// How long people do things; then everything is left to settle.
const BUSY: Span = Span::from_mins(12);
/// How long everything is left to settle.
const SETTLES: Span = Span::from_secs(90);

pub(super) fn ms(ms: i64) -> Span {
    Span::from_ms(ms)
}

#[derive(Clone)]
pub(super) enum Event {
    Act {
        person: usize,
    },
    Guide {
        person: usize,
    },
    Connect {
        tab: usize,
    },
    /// A frame comes through.
    Frame {
        line: usize,
        frame: Rc<Frame>,
    },
    /// The home's close, or the loss of the line, is noticed by the browser.
    Closed {
        line: usize,
        code: u16,
    },
    /// What the browser said comes through.
    ClientMessage {
        line: usize,
        said: ClientMessage,
    },
    /// The home notices that the line is lost.
    Lost {
        line: usize,
    },
    Drained {
        line: usize,
    },
    Kept {
        change: RunChange,
        life: u32,
    },
    Kill,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) sits: u64,
    pub(super) entries: u64,
    pub(super) changes: u64,
    pub(super) refusals: u64,
    pub(super) bells: u64,
    pub(super) frames: u64,
    pub(super) behind: u64,
    pub(super) kills: u64,
    pub(super) looks: u64,
    pub(super) pauses: u64,
    pub(super) turns: u64,
    pub(super) heard: u64,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.sits += 1;
        self.entries += other.entries;
        self.changes += other.changes;
        self.refusals += other.refusals;
        self.bells += other.bells;
        self.frames += other.frames;
        self.behind += other.behind;
        self.kills += other.kills;
        self.looks += other.looks;
        self.pauses += other.pauses;
        self.turns += other.turns;
        self.heard += other.heard;
    }
}

pub(super) struct World {
    pub(super) now: Instant,
    pub(super) dice: Dice,
    pub(super) kind: Kind,
    pub(super) facts: RunFacts,
    /// The database.
    pub(super) kept: Vec<RunChange>,
    pub(super) room: Room,
    pub(super) lags: LaggingConns,
    /// Which life of the home this is: a change asked of an earlier one is not shown by it.
    pub(super) life: u32,
    /// The home is changing something: one at a time.
    pub(super) changing: bool,
    pub(super) people: Vec<Person>,
    pub(super) tabs: Vec<Tab>,
    pub(super) lines: Vec<Line>,
    pub(super) by_id: BTreeMap<ConnId, usize>,
    pub(super) events: BTreeMap<(Instant, u64), Event>,
    pub(super) count: u64,
    /// When presence last moved, and when a change was last shown.
    pub(super) moved_at: Instant,
    pub(super) truth: Rc<TimelineFrame>,
    pub(super) settles: bool,
    pub(super) media: Media,
    pub(super) tally: Tally,
}

impl World {
    pub(super) fn new(seed: u64, kind: Kind) -> Self {
        let mut dice = Dice::new(seed);
        let facts = facts(&mut dice);
        let now = EIGHT - ms(60_000);
        let people = (0..dice.range(2, kind.people_max)).map(|n| person(n, &mut dice)).collect();
        let room =
            Room::new(facts.clone(), Vec::new(), now).with_formats(Arc::new(Formats::shipped()));
        let mut world = Self {
            now,
            dice,
            kind,
            truth: truth(&room),
            room,
            facts,
            kept: Vec::new(),
            lags: LaggingConns::default(),
            life: 0,
            changing: false,
            people,
            tabs: Vec::new(),
            lines: Vec::new(),
            by_id: BTreeMap::new(),
            events: BTreeMap::new(),
            count: 0,
            moved_at: now,
            settles: false,
            media: Media::default(),
            tally: Tally::default(),
        };
        for person in 0..world.people.len() {
            let first = world.dice.range(0, 120_000);
            world.after(ms(first), Event::Act { person });
            if world.people[person].guide {
                world.after(ms(first + 2_000), Event::Guide { person });
            }
        }
        if kind.is_killed {
            for _ in 0..world.dice.range(1, 3) {
                let at = world.dice.range(0, BUSY.ms());
                world.after(ms(at), Event::Kill);
            }
        }
        world
    }

    pub(super) fn after(&mut self, wait: Span, event: Event) {
        self.count += 1;
        self.events.insert((self.now + wait, self.count), event);
    }

    pub(super) fn run(&mut self) {
        let busy_until = self.now + BUSY;
        self.run_until(busy_until);
        self.settle();
        self.run_until(busy_until + SETTLES);
        self.check_all();
    }

    fn run_until(&mut self, end: Instant) {
        loop {
            let event_at = self.events.keys().next().map(|(at, _)| *at);
            let due = [event_at, self.room.wake_at(), self.lags.wake_at()];
            let Some(next) = due.into_iter().flatten().min().filter(|next| *next < end) else {
                self.now = end;
                return;
            };
            self.check_bells_before(next);
            self.now = self.now.max(next);
            self.let_time_pass();
            while self.events.keys().next().is_some_and(|(at, _)| *at <= self.now) {
                let (_, event) = self.events.pop_first().unwrap();
                self.happen(event);
            }
            self.check_some();
        }
    }

    fn let_time_pass(&mut self) {
        for id in self.lags.stuck_conns(self.now).collect::<Vec<_>>() {
            self.close(id, close_code::TOO_SLOW);
        }
        for person in &mut self.people {
            if person.lost_at.is_some_and(|lost| lost + SEAT_GRACE <= self.now) {
                person.lost_at = None;
                person.is_here = false;
                self.moved_at = self.now;
            }
        }
        if self.room.wake_at().is_some_and(|due| due <= self.now) {
            self.tell(RoomInput::Tick);
            assert!(self.room.wake_at().is_none_or(|due| due > self.now), "it would never rest");
        }
    }

    /// Lines that are cut or far behind are lost for good, those whose tab is open come back on
    /// good ones, nobody does anything any more.
    fn settle(&mut self) {
        self.settles = true;
        let soon = self.now + ms(1_000);
        for line in 0..self.lines.len() {
            let held = &mut self.lines[line];
            if held.is_cut || held.arrives_at.max(held.through_at) > soon {
                held.is_cut = true;
                let tab = held.tab;
                self.lose(line);
                if self.tabs[tab].line == Some(line) {
                    self.tabs[tab].line = None;
                    self.after(ms(10), Event::Connect { tab });
                }
            } else {
                held.bytes_per_s = 1_000_000;
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act { person } => self.act(person),
            Event::Guide { person } => self.guide(person),
            Event::Connect { tab } => self.connect(tab),
            Event::Frame { line, frame } => self.arrive(line, &frame),
            Event::Closed { line, code } => self.closed(line, code),
            Event::ClientMessage { line, said } => self.said(line, said),
            Event::Lost { line } => self.lose(line),
            Event::Drained { line } => self.drained(line),
            Event::Kept { change, life } => self.show(change, life),
            Event::Kill => self.kill(),
        }
    }

    /// Somebody comes, leaves, loses the line, opens a tab, goes quiet, makes a gesture.
    fn act(&mut self, person: usize) {
        if self.settles {
            return;
        }
        let wait = self.dice.range(500, 60_000);
        self.after(ms(wait), Event::Act { person });
        let open: Vec<_> = (0..self.tabs.len())
            .filter(|tab| self.tabs[*tab].person == person && self.tabs[*tab].line.is_some())
            .collect();
        let Some(tab) = open.first().copied() else {
            self.tabs.push(Tab { person, ..Tab::default() });
            return self.connect(self.tabs.len() - 1);
        };
        let line = self.tabs[tab].line.unwrap();
        if self.dice.one_in(3) {
            let said = self.in_a_round();
            return self.say(line, said);
        }
        if self.dice.one_in(3) {
            let said = self.of_media();
            return self.say(line, said);
        }
        match self.dice.range(0, 9) {
            0 => self.say(line, ClientMessage::Leave),
            1 | 2 => self.cut(line),
            3 if open.len() < 3 => {
                self.tabs.push(Tab { person, ..Tab::default() });
                self.connect(self.tabs.len() - 1);
            }
            4 | 5 => {
                let on = !self.people[person].quiet;
                self.people[person].quiet = on;
                self.say(line, ClientMessage::Quiet { on });
            }
            6 => {
                // The page is loaded anew: the browser closes the line properly.
                let tab = self.lines[line].tab;
                self.lines[line].is_cut = true;
                self.after(ms(5), Event::Lost { line });
                self.tabs[tab] = Tab { person, ..Tab::default() };
                self.after(ms(300), Event::Connect { tab });
            }
            7 => {
                let strikes = &self.room.timeline().strikes;
                if let Some(strike) = strikes.first().cloned() {
                    self.say(line, ClientMessage::Bell { id: strike.id, late: 1.0, unc: 5.0 });
                }
            }
            _ => self.say(line, ClientMessage::MeToo),
        }
    }

    /// What somebody says in a spoken round, and what anybody may ask for.
    fn in_a_round(&mut self) -> ClientMessage {
        let acts = [
            FeatherAction::Take,
            FeatherAction::Take,
            FeatherAction::Lay,
            FeatherAction::Pass,
            FeatherAction::Give,
            FeatherAction::Skip,
            FeatherAction::Again,
        ];
        if self.dice.one_in(6) {
            return ClientMessage::Pause;
        }
        ClientMessage::Feather { act: *self.dice.pick(&acts), to: Some(self.dice.secs(0, 12)) }
    }

    /// A guide changes something, if it may be changed.
    fn guide(&mut self, person: usize) {
        if self.settles {
            return;
        }
        let wait = self.dice.range(200, 90_000);
        self.after(ms(wait), Event::Guide { person });
        let s = self.dice.secs(1, 120);
        let bell = *self.dice.pick(&Bell::ALL);
        let what = match self.dice.range(0, 14) {
            0..=3 => RunAction::Begin,
            4 => RunAction::Hold,
            5 | 6 => RunAction::GoOn,
            7 => RunAction::Extend { s },
            8 => RunAction::Shorten { s },
            9 => RunAction::Skip,
            10 => RunAction::Back,
            11 => RunAction::Silence { s: s + 10 },
            12 | 13 => RunAction::Ring { bell },
            _ if self.dice.one_in(4) => RunAction::Close,
            _ => RunAction::Skip,
        };
        self.wish(what);
    }
}

pub(super) fn truth(room: &Room) -> Rc<TimelineFrame> {
    assert_eq!(*room.timeline(), build_timeline(room.facts(), room.changes()));
    let text = frame::write_timeline(room.timeline(), Instant::from_ms(0));
    match serde_json::from_str(&text).unwrap() {
        Frame::Timeline(timeline) => Rc::new(timeline),
        other => panic!("{other:?} is not a timeline"),
    }
}

fn facts(dice: &mut Dice) -> RunFacts {
    let phases = (0..dice.range(1, 6)).map(|_| {
        let kind = *dice.pick(&PhaseKind::ALL);
        let bell = |dice: &mut Dice| dice.one_in(2).then(|| *dice.pick(&Bell::ALL));
        let mut phase = Phase::new(kind, dice.secs(5, 240));
        phase.opens_with = bell(dice);
        phase.closes_with = bell(dice);
        phase = phase.with_interval_bell(dice.one_in(3).then(|| dice.secs(30, 60)));
        if let PhaseCourse::Round(round) = &mut phase.course {
            let (format, _) = *dice.pick(&format::SHIPPED_FORMATS);
            round.format = Some(format.into());
        }
        phase
    });
    let plan = Plan { phases: phases.collect(), ..Plan::default() };
    assert_eq!(plan.check(), Ok(()));
    RunFacts { plan, planned_at: EIGHT, is_led: !dice.one_in(3), begins_itself: dice.one_in(2) }
}

fn person(number: i64, dice: &mut Dice) -> Person {
    let chance = [u8::try_from(number).unwrap(); 10];
    let who = if dice.one_in(2) {
        Sitter::Member(MemberId::new(EIGHT, chance))
    } else {
        Sitter::Guest(GuestId::new(EIGHT, chance))
    };
    let quiet = dice.one_in(3);
    Person {
        who,
        name: format!("Q{number:02}z"),
        guide: number == 0 || dice.one_in(8),
        quiet,
        is_hushed: quiet,
        lines: 0,
        lost_at: None,
        is_here: false,
        on: (false, false),
        raised: false,
    }
}
