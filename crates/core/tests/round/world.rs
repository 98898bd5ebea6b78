//! The home, the people and what happens to them.

use std::collections::BTreeMap;

use sitwith_core::id::{RoundId, ShareId};
use sitwith_core::round::{
    DrawSeed, Round, RoundInput, RoundOutput, RoundSettings, RoundStep, Share, ShareEmbedding,
    StoredRound, StoredTheme, ThemeEdit,
};
use sitwith_core::time::{Instant, Span};

use super::words::{THOUGHTS, chance_id, read, thoughts, written};
use super::{Dice, Kind};

const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);
/// How long people answer.
const ANSWERS: Span = Span::from_mins(6);
/// How long the guide edits afterwards.
const EDITS: Span = Span::from_mins(2);

fn ms(ms: i64) -> Span {
    Span::from_ms(ms)
}

#[derive(Clone, Copy)]
enum Event {
    Act(usize),
    Read(ShareId),
    Guide,
    Close,
    Open,
    Kill,
}

/// Somebody. What they wrote is known to the simulation alone.
#[derive(Clone, Default)]
pub(super) struct Person {
    pub(super) here: bool,
    pub(super) share: Option<ShareId>,
    passed: bool,
    thought: usize,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    rounds: u64,
    pub(super) shares: u64,
    pub(super) withdrawn: u64,
    pub(super) batches: u64,
    pub(super) themes: u64,
    pub(super) kills: u64,
    pub(super) edits: u64,
    pub(super) opened: u64,
    /// Answers that came, and how much of what was shown moved for them.
    pub(super) arrivals: f64,
    pub(super) moved: f64,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.rounds += 1;
        self.shares += other.shares;
        self.withdrawn += other.withdrawn;
        self.batches += other.batches;
        self.themes += other.themes;
        self.kills += other.kills;
        self.edits += other.edits;
        self.opened += other.opened;
        self.arrivals += other.arrivals;
        self.moved += other.moved;
    }
}

pub(super) struct World {
    pub(super) now: Instant,
    pub(super) dice: Dice,
    kind: Kind,
    pub(super) facts: RoundSettings,
    pub(super) round: Round,
    /// The database.
    pub(super) rows: BTreeMap<ShareId, Share>,
    pub(super) themes: Vec<StoredTheme>,
    pub(super) step: RoundStep,
    closed_at: Option<Instant>,
    passed: u32,
    people: Vec<Person>,
    thoughts: Vec<Vec<f32>>,
    events: BTreeMap<(Instant, u64), Event>,
    count: u64,
    /// Somebody took back or signed an answer that waited: fewer than a batch may be left.
    pub(super) is_lessened: bool,
    pub(super) is_edited: bool,
    pub(super) is_killed: bool,
    /// When the picture last changed by itself.
    pub(super) pictured_at: Option<Instant>,
    pub(super) tally: Tally,
}

impl World {
    pub(super) fn new(seed: u64, kind: Kind) -> Self {
        let mut dice = Dice::new(seed);
        let facts = RoundSettings {
            id: RoundId::new(EIGHT, [1; 10]),
            reads_first: dice.one_in(4),
            draw_seed: DrawSeed(u128::from(dice.next()).to_be_bytes()),
        };
        let people = dice.range(2, kind.people_max);
        let thoughts = thoughts(&mut dice);
        let mut world = Self {
            now: EIGHT,
            round: Round::new(facts.clone(), StoredRound::default(), EIGHT),
            kind,
            facts,
            rows: BTreeMap::new(),
            themes: Vec::new(),
            step: RoundStep::Posed,
            closed_at: None,
            passed: 0,
            people: Vec::new(),
            thoughts,
            events: BTreeMap::new(),
            count: 0,
            is_lessened: false,
            is_edited: false,
            is_killed: false,
            pictured_at: None,
            tally: Tally::default(),
            dice,
        };
        for person in 0..usize::try_from(people).unwrap() {
            let thought = world.dice.below(THOUGHTS);
            world.people.push(Person { thought, ..Person::default() });
            let first = world.dice.range(0, ANSWERS.ms() / 2);
            world.after(ms(first), Event::Act(person));
        }
        world.after(ANSWERS, Event::Close);
        if world.facts.reads_first {
            world.after(ANSWERS + EDITS, Event::Open);
        }
        if kind.is_killed {
            for _ in 0..world.dice.range(1, 4) {
                let at = world.dice.range(0, (ANSWERS + EDITS).ms());
                world.after(ms(at), Event::Kill);
            }
        }
        world
    }

    fn after(&mut self, wait: Span, event: Event) {
        self.count += 1;
        self.events.insert((self.now + wait, self.count), event);
    }

    pub(super) fn run(&mut self) {
        let end = EIGHT + ANSWERS + EDITS + EDITS;
        loop {
            let event_at = self.events.keys().next().map(|(at, _)| *at);
            let due = [event_at, self.round.wake_at()];
            let Some(next) = due.into_iter().flatten().min().filter(|next| *next < end) else {
                break;
            };
            self.now = self.now.max(next);
            if self.round.wake_at().is_some_and(|due| due <= self.now) {
                let kills = self.tally.kills;
                self.tell(&RoundInput::Tick);
                let rests = self.round.wake_at().is_none_or(|due| due > self.now);
                assert!(rests || self.tally.kills > kills, "it would never rest");
            }
            while let Some(entry) = self.events.first_entry() {
                if entry.key().0 > self.now {
                    break;
                }
                let event = entry.remove();
                self.happen(event);
            }
        }
        self.check_end();
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act(person) => self.act(person),
            Event::Read(id) => self.have_read(id),
            Event::Guide => self.guide(),
            Event::Close => {
                self.tell(&RoundInput::Close);
                if self.kind.is_lively {
                    self.after(ms(1_000), Event::Guide);
                }
            }
            Event::Open => self.tell(&RoundInput::Open),
            Event::Kill => self.kill(),
        }
    }

    /// Gives the machine what was kept; keeps what it says; looks at what is shown.
    fn tell(&mut self, input: &RoundInput) {
        let before = self.round.picture().clone();
        let effects = self.round.handle(input.clone(), self.now);
        if self.kind.is_killed && self.dice.one_in(150) {
            // Killed before any of it was kept, and so before anybody saw it. Whoever asked for it
            // asks once more.
            match input {
                RoundInput::Close => self.after(ms(1_000), Event::Close),
                RoundInput::Open => self.after(ms(1_000), Event::Open),
                _ => {}
            }
            return self.kill();
        }
        self.check_effects(&effects);
        for effect in effects {
            self.keep(effect);
        }
        if *before != **self.round.picture() {
            self.check_time(input);
            self.check_picture();
        }
    }

    fn keep(&mut self, effect: RoundOutput) {
        match effect {
            RoundOutput::SharesReleased { batch, shares } => {
                for id in shares {
                    self.row(id).shown_in = Some(batch);
                }
                self.tally.batches += 1;
            }
            RoundOutput::SharesSewn(sewn) => {
                for (id, theme) in sewn {
                    self.row(id).theme = theme;
                }
            }
            RoundOutput::ShareSetAside(id, aside) => self.row(id).is_set_aside = aside,
            RoundOutput::ThemesChanged(themes) => self.themes = themes,
            RoundOutput::StepChanged(step) => {
                self.step = step;
                if step == RoundStep::Closed {
                    self.closed_at = Some(self.now);
                } else {
                    self.check_opened();
                }
            }
            RoundOutput::NewsReady => {}
        }
    }

    fn row(&mut self, id: ShareId) -> &mut Share {
        self.rows.get_mut(&id).expect("what is kept is there")
    }

    /// The home is killed; another begins from what was kept.
    fn kill(&mut self) {
        self.tally.kills += 1;
        self.is_killed = true;
        let kept = StoredRound {
            step: self.step,
            closed_at: self.closed_at,
            shares: self.rows.values().cloned().collect(),
            themes: self.themes.clone(),
            passed: self.passed,
        };
        self.round = Round::new(self.facts.clone(), kept, self.now);
        // It is shown anew, and may go on at once.
        self.pictured_at = None;
        self.check_picture();
    }

    fn act(&mut self, person: usize) {
        let wait = self.dice.range(1_000, 90_000);
        self.after(ms(wait), Event::Act(person));
        let is_posed = self.round.step() == RoundStep::Posed;
        if !self.people[person].here || self.dice.one_in(6) {
            self.people[person].here = !self.people[person].here;
            let here = self.people.iter().filter(|person| person.here).count();
            return self.tell(&RoundInput::PeopleCounted(u32::try_from(here).unwrap()));
        }
        match self.people[person].share {
            None if is_posed && self.dice.one_in(8) => self.pass(person),
            None if is_posed => self.answer(person),
            None => {}
            Some(id) if self.dice.one_in(4) => {
                // Sent once more after a cut: it is there already.
                let share = self.rows[&id].clone();
                self.tell(&RoundInput::ShareAdded(share));
            }
            Some(id) if self.kind.is_lively => self.turn(person, id),
            Some(_) => {}
        }
    }

    fn pass(&mut self, person: usize) {
        if !self.people[person].passed {
            self.people[person].passed = true;
            self.passed += 1;
            self.tell(&RoundInput::PersonPassed);
        }
    }

    fn answer(&mut self, person: usize) {
        let mut share = written(chance_id(&mut self.dice), &mut self.dice);
        if self.kind.is_lively && self.dice.one_in(8) {
            share.signed_by = Some("Ana".into());
        }
        self.people[person].share = Some(share.id);
        self.tally.shares += 1;
        self.tally.arrivals += 1.0;
        self.rows.insert(share.id, share.clone());
        let wait = self.dice.range(15, 3_000);
        self.after(ms(wait), Event::Read(share.id));
        self.tell(&RoundInput::ShareAdded(share));
    }

    /// Somebody takes words back, or changes them.
    fn turn(&mut self, person: usize, id: ShareId) {
        let is_waiting = self.rows[&id].shown_in.is_none();
        if self.dice.one_in(6) {
            self.people[person].share = None;
            self.rows.remove(&id);
            self.is_lessened |= is_waiting;
            self.tally.withdrawn += 1;
            self.tell(&RoundInput::ShareWithdrawn(id));
            assert!(!self.is_in_picture(id), "what was withdrawn is shown");
        } else if self.round.may_change(id).is_ok() {
            let mut share = written(id, &mut self.dice);
            share.signed_by = self.dice.one_in(8).then(|| "Ana".into());
            self.is_lessened |= share.signed_by.is_some();
            self.rows.insert(id, share.clone());
            self.after(ms(500), Event::Read(id));
            self.tell(&RoundInput::ShareChanged(share));
        }
    }

    fn have_read(&mut self, id: ShareId) {
        let author = self.people.iter().find(|person| person.share == Some(id));
        let Some(thought) = author.map(|author| author.thought) else {
            return;
        };
        let made = read(&self.thoughts, thought, &mut self.dice);
        let row = self.row(id);
        if row.embedding == ShareEmbedding::Pending {
            row.embedding = made.clone();
            self.tell(&RoundInput::ShareRead(id, made));
        }
    }

    /// A guide edits what she likes.
    fn guide(&mut self) {
        if self.now < EIGHT + ANSWERS + EDITS + EDITS - ms(20_000) {
            let wait = self.dice.range(2_000, 20_000);
            self.after(ms(wait), Event::Guide);
        }
        let themes: Vec<u32> = self.round.picture().themes.iter().map(|t| t.number).collect();
        let shares: Vec<ShareId> = self.rows.keys().copied().collect();
        if shares.is_empty() {
            return;
        }
        let mut one = || *self.dice.pick(&shares);
        let (first, some) = (one(), [one(), one(), one()]);
        let edit = match (self.dice.range(0, 6), themes.as_slice()) {
            (0, [.., last]) => ThemeEdit::Rename { theme: *last, name: Some("Rest".into()) },
            (1 | 2, [into, from, ..]) => ThemeEdit::Merge { from: *from, into: *into },
            (3, _) => ThemeEdit::Split { shares: some[..self.dice.below(3) + 1].to_vec() },
            (4, _) => ThemeEdit::SetAside { share: first },
            (5, _) => ThemeEdit::PutBack { share: first },
            _ => ThemeEdit::Regather,
        };
        if self.round.may_edit(&edit).is_ok() {
            self.is_edited = true;
            self.tally.edits += 1;
            self.tell(&RoundInput::EditTheme(edit));
        }
    }
}
