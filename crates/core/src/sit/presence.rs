//! The seats of a room: who sits where, who is named, who is only counted.
//!
//! One person has one seat, however many connections they hold. A seat whose connections are all
//! lost is kept for [`GRACE`], so that a short loss of the network is not a leaving.

use std::collections::{BTreeMap, VecDeque};

use super::room::LineId;
use crate::id::{GuestId, MemberId};
use crate::member::Person;
use crate::time::{Instant, Span};

/// How long a seat is kept for somebody whose line is lost.
pub const GRACE: Span = Span::from_secs(15);
/// The most people in a room in which everybody who wishes it is named to everybody.
pub const NAMES_MAX: u32 = 200;
/// Once there were more, names come back when no more than this are left.
pub const NAMES_AGAIN: u32 = 160;
/// The most seats of a circle, which is what each sees in a larger room; fixed for the sit.
pub const CIRCLE_MAX: u32 = 24;
/// The most guides named in a large room.
pub const GUIDES_MAX: usize = 12;
/// The most lines one person holds; the oldest makes room.
pub const LINES_MAX: usize = 4;
/// How many plant dyes there are to colour a seat with.
const DYES: u128 = 7;

/// A seat as others see it: its number, its name, its dye.
pub type Named<'a> = (u32, &'a str, u8);

/// How many people are in the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Everybody present, quiet ones too.
    pub n: u32,
    /// Those of them who are not named.
    pub quiet: u32,
}

/// Who sits.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Sitter {
    /// One with an account.
    Member(MemberId),
    /// One who came by a link.
    Guest(GuestId),
}

impl Sitter {
    /// Who this is as a sitter; strangers are nobody.
    pub const fn of(who: &Person) -> Option<Self> {
        match who {
            Person::Stranger => None,
            Person::Guest(guest) => Some(Self::Guest(guest.id)),
            Person::Member(member) => Some(Self::Member(member.id)),
        }
    }

    /// The dye this person's seat has in every sit of the home: 0 to 6.
    pub fn dye(self) -> u8 {
        let number = match self {
            Self::Member(id) => id.number(),
            Self::Guest(id) => id.number(),
        };
        // The lower bits of an id are chance, the upper ones time.
        u8::try_from((number ^ (number >> 64)) % DYES).unwrap_or(0)
    }
}

/// One person's place in the room.
#[derive(Debug)]
pub struct Seat {
    /// Who sits here.
    pub who: Sitter,
    /// What they are called.
    pub name: Box<str>,
    /// Whether they lead.
    pub guide: bool,
    /// Whether they are counted but not named.
    pub quiet: bool,
    dye: u8,
    /// Whether they are here: entered, and neither left nor lost for longer than the grace.
    here: bool,
    /// Whether the others have been told the name.
    shown: bool,
    /// Whether this seat waits to be looked at by the next tick.
    touched: bool,
    /// The open line; nearly everybody has one.
    line: Option<LineId>,
    more: Vec<LineId>,
    lost_at: Option<Instant>,
}

impl Seat {
    /// The open lines of this person.
    pub fn lines(&self) -> impl Iterator<Item = LineId> {
        self.line.iter().chain(&self.more).copied()
    }

    /// The dye of this seat: 0 to 6.
    pub const fn dye(&self) -> u8 {
        self.dye
    }

    /// Whether somebody sits here: entered, and neither left nor lost for longer than the grace.
    pub const fn is_here(&self) -> bool {
        self.here
    }

    /// Whether the others may see the name.
    pub const fn is_named(&self) -> bool {
        self.here && !self.quiet
    }
}

/// What others see of the seats since the last look.
#[derive(Debug, Default)]
pub struct Moves {
    /// Seats to be shown with their name.
    pub came: Vec<u32>,
    /// Seats no longer to be shown.
    pub went: Vec<u32>,
    /// Seats that are empty now.
    pub emptied: Vec<u32>,
    /// Every seat that was looked at.
    pub touched: Vec<u32>,
    /// Whether a guide is among them.
    pub has_guide: bool,
}

/// Somebody who sat by name, and has left.
#[derive(Clone, Debug)]
pub struct Left {
    /// Who it was.
    pub who: Sitter,
    /// What they were called.
    pub name: Box<str>,
    /// Where they sat. Somebody else may sit there since.
    pub seat: u32,
}

/// All seats of a room.
#[derive(Debug, Default)]
pub struct Seats {
    seats: Vec<Option<Seat>>,
    free: Vec<u32>,
    by_who: BTreeMap<Sitter, u32>,
    touched: Vec<u32>,
    /// Seats somebody has got up from, since that was last asked.
    stood_up: Vec<u32>,
    /// Those of them who sat by name and did not lead, since that was last asked.
    left: Vec<Left>,
    /// Seats whose lines are lost, in the order of losing.
    lost: VecDeque<(Instant, u32)>,
    count: Count,
    guides_here: u32,
}

/// What came of somebody entering.
#[derive(Debug, PartialEq, Eq)]
pub struct Entering {
    /// Their seat.
    pub seat: u32,
    /// Whether they were not in the room before.
    pub is_new: bool,
    /// The line that had to make room, when they held too many.
    pub evicted: Option<LineId>,
}

impl Seats {
    /// How many are here.
    pub const fn count(&self) -> Count {
        self.count
    }

    /// Whether a guide is here.
    pub const fn has_guide(&self) -> bool {
        self.guides_here > 0
    }

    /// One seat.
    pub fn get(&self, seat: u32) -> Option<&Seat> {
        self.seats.get(usize::try_from(seat).ok()?)?.as_ref()
    }

    /// The seat of somebody.
    pub fn of(&self, who: Sitter) -> Option<u32> {
        self.by_who.get(&who).copied()
    }

    /// Whether some seat waits to be looked at.
    pub const fn has_moves(&self) -> bool {
        !self.touched.is_empty()
    }

    fn get_mut(&mut self, seat: u32) -> Option<&mut Seat> {
        self.seats.get_mut(usize::try_from(seat).ok()?)?.as_mut()
    }

    /// Somebody enters by a line. A seat they still have is theirs, with the quiet they chose.
    pub fn enter(&mut self, who: Sitter, name: &str, guide: bool, line: LineId) -> Entering {
        let (seat, is_new) = match self.by_who.get(&who) {
            Some(seat) => (*seat, false),
            None => (self.sit_down(who, name), true),
        };
        let taken = self.get_mut(seat).expect("the seat was found or made");
        let was_here = std::mem::replace(&mut taken.here, true);
        let was_guide = std::mem::replace(&mut taken.guide, guide);
        if *taken.name != *name {
            taken.name = name.into();
            taken.shown = false;
        }
        taken.lost_at = None;
        let oldest = taken.line;
        let mut evicted = None;
        if oldest.is_none() {
            taken.line = Some(line);
        } else {
            taken.more.push(line);
            if taken.more.len() >= LINES_MAX {
                evicted = oldest;
                taken.line = Some(taken.more.remove(0));
            }
        }
        let quiet = taken.quiet;
        if was_here {
            self.guides_here += u32::from(guide);
            self.guides_here -= u32::from(was_guide);
        } else {
            self.count.n += 1;
            self.count.quiet += u32::from(quiet);
            self.guides_here += u32::from(guide);
        }
        self.touch(seat);
        Entering { seat, is_new, evicted }
    }

    fn sit_down(&mut self, who: Sitter, name: &str) -> u32 {
        let seat = Seat {
            who,
            name: name.into(),
            guide: false,
            quiet: false,
            dye: who.dye(),
            here: false,
            shown: false,
            touched: false,
            line: None,
            more: Vec::new(),
            lost_at: None,
        };
        let number = self.free.pop().unwrap_or_else(|| {
            self.seats.push(None);
            u32::try_from(self.seats.len() - 1).expect("a home has a limit of sitters")
        });
        let place = usize::try_from(number).ok().and_then(|place| self.seats.get_mut(place));
        *place.expect("the number is free or was just made") = Some(seat);
        self.by_who.insert(who, number);
        number
    }

    /// Somebody wishes to be counted but not named, or named again. Whether that is a change.
    pub fn hush(&mut self, seat: u32, quiet: bool) -> bool {
        let Some(taken) = self.get_mut(seat).filter(|taken| taken.quiet != quiet) else {
            return false;
        };
        taken.quiet = quiet;
        if taken.here {
            if quiet {
                self.count.quiet += 1;
            } else {
                self.count.quiet -= 1;
            }
        }
        self.touch(seat);
        true
    }

    /// A line of this seat is gone. Whether it was the last one.
    pub fn lose(&mut self, seat: u32, line: LineId, now: Instant) -> bool {
        let Some(taken) = self.get_mut(seat) else {
            return false;
        };
        if taken.line == Some(line) {
            taken.line = (!taken.more.is_empty()).then(|| taken.more.remove(0));
        } else {
            taken.more.retain(|other| *other != line);
        }
        let last = taken.line.is_none() && taken.here;
        if last {
            taken.lost_at = Some(now);
            self.lost.push_back((now, seat));
        }
        last
    }

    /// Somebody leaves. Their lines, which are theirs no longer.
    pub fn leave(&mut self, seat: u32) -> Vec<LineId> {
        let Some(taken) = self.get_mut(seat) else {
            return Vec::new();
        };
        let lines = taken.lines().collect();
        taken.line = None;
        taken.more.clear();
        self.stand_up(seat);
        lines
    }

    fn stand_up(&mut self, seat: u32) {
        let Some(taken) = self.get_mut(seat).filter(|taken| taken.here) else {
            return;
        };
        taken.here = false;
        taken.lost_at = None;
        let (quiet, guide) = (taken.quiet, taken.guide);
        let (who, name) = (taken.who, taken.name.clone());
        if !quiet && !guide {
            self.left.push(Left { who, name, seat });
        }
        self.count.n -= 1;
        self.count.quiet -= u32::from(quiet);
        self.guides_here -= u32::from(guide);
        self.stood_up.push(seat);
        self.touch(seat);
    }

    /// The seats somebody has got up from since this was last asked. It is asked after everything
    /// that happens, so that it stays short.
    pub fn stood_up(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.stood_up)
    }

    /// Who of those sat by name and did not lead; asked as often.
    pub fn left(&mut self) -> Vec<Left> {
        std::mem::take(&mut self.left)
    }

    /// When the next seat is given up, if nobody comes back.
    pub fn grace_ends_at(&self) -> Option<Instant> {
        self.lost.front().map(|(lost_at, _)| *lost_at + GRACE)
    }

    /// Gives up the seats whose grace is over.
    pub fn end_grace(&mut self, now: Instant) {
        while let Some((lost_at, seat)) = self.lost.front().copied() {
            if lost_at + GRACE > now {
                break;
            }
            self.lost.pop_front();
            if self.get(seat).is_some_and(|taken| taken.lost_at == Some(lost_at)) {
                self.stand_up(seat);
            }
        }
    }

    fn touch(&mut self, seat: u32) {
        let Some(taken) = self.get_mut(seat) else {
            return;
        };
        if !std::mem::replace(&mut taken.touched, true) {
            self.touched.push(seat);
        }
    }

    /// Looks at everything that moved since the last look. Somebody who came and went in
    /// between leaves no trace.
    pub fn moves(&mut self) -> Moves {
        let mut moves = Moves { touched: std::mem::take(&mut self.touched), ..Moves::default() };
        moves.touched.sort_unstable();
        for number in &moves.touched {
            let Some(seat) = self.get_mut(*number) else {
                continue;
            };
            seat.touched = false;
            moves.has_guide |= seat.guide;
            let shows = seat.is_named();
            let was_shown = std::mem::replace(&mut seat.shown, shows);
            if shows && !was_shown {
                moves.came.push(*number);
            }
            if !shows && was_shown {
                moves.went.push(*number);
            }
            if !seat.here {
                moves.emptied.push(*number);
            }
        }
        for number in &moves.emptied {
            self.empty(*number);
        }
        moves
    }

    fn empty(&mut self, number: u32) {
        let place = usize::try_from(number).ok().and_then(|place| self.seats.get_mut(place));
        if let Some(seat) = place.and_then(Option::take) {
            self.by_who.remove(&seat.who);
            self.free.push(number);
        }
    }

    /// Every seat that is taken, with its number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Seat)> {
        (0..).zip(&self.seats).filter_map(|(number, seat)| Some((number, seat.as_ref()?)))
    }

    /// The seats of one circle.
    pub fn circle(&self, circle: u32) -> impl Iterator<Item = (u32, &Seat)> {
        let first = circle.saturating_mul(CIRCLE_MAX);
        (first..first.saturating_add(CIRCLE_MAX))
            .filter_map(|number| Some((number, self.get(number)?)))
    }

    /// These seats as others see them; those who are not named are left out.
    pub fn named<'a>(seats: impl Iterator<Item = (u32, &'a Seat)>) -> Vec<Named<'a>> {
        let named = seats.filter(|(_, seat)| seat.is_named());
        named.map(|(number, seat)| (number, &*seat.name, seat.dye)).collect()
    }
}

#[cfg(test)]
mod tests;
