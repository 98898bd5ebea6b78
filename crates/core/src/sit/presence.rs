//! The seats of a room: who has which seat, who is named, who is only counted.
//!
//! One person has one seat, however many connections they have. A seat whose connections are all
//! lost is kept for [`SEAT_GRACE`], so that a short network outage does not count as leaving.

use std::collections::{BTreeMap, VecDeque};

use super::conn::ConnId;
use crate::id::{GuestId, MemberId};
use crate::member::Person;
use crate::time::{Instant, Span};

/// Time for which a seat is kept after its last connection is lost.
pub const SEAT_GRACE: Span = Span::from_secs(15);
/// Maximum number of people in a room in which everybody sees the names of all.
pub const NAMED_ROOM_MAX: u32 = 200;
/// In a room that grew larger, names come back once at most this many people are left.
pub const NAMED_AGAIN_MAX: u32 = 160;
/// Number of seats of a circle, the part of a larger room that each person sees; fixed for the sit.
pub const CIRCLE_SEATS: u32 = 24;
/// Maximum number of guides named in a large room.
pub const NAMED_GUIDES_MAX: usize = 12;
/// Maximum number of connections of one person; the oldest is closed for a new one.
pub const CONNS_PER_SITTER_MAX: usize = 4;
const DYE_COUNT: u128 = 7;

/// A seat as others see it: number, name and dye.
pub type NamedSeat<'a> = (u32, &'a str, u8);

/// Counts of the people in the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PresenceCount {
    /// Everybody present, including quiet people.
    pub present: u32,
    /// Quiet people among them, who are not named.
    pub quiet: u32,
}

/// A person in a sit.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Sitter {
    /// A person with an account.
    Member(MemberId),
    /// A person who came by a link.
    Guest(GuestId),
}

impl Sitter {
    /// The sitter for a person; `None` for a stranger.
    pub const fn from_person(who: &Person) -> Option<Self> {
        match who {
            Person::Stranger => None,
            Person::Guest(guest) => Some(Self::Guest(guest.id)),
            Person::Member(member) => Some(Self::Member(member.id)),
        }
    }

    /// The dye of this person's seat in every sit of the home: 0 to 6.
    pub fn dye(self) -> u8 {
        let number = match self {
            Self::Member(id) => id.number(),
            Self::Guest(id) => id.number(),
        };
        // The lower bits of an id are random, the upper ones time.
        u8::try_from((number ^ (number >> 64)) % DYE_COUNT).unwrap_or(0)
    }
}

/// One person's seat in the room.
#[derive(Debug)]
pub struct Seat {
    /// The person on this seat.
    pub who: Sitter,
    /// Display name.
    pub name: Box<str>,
    /// True for a guide.
    pub is_guide: bool,
    /// True if they are counted but not named.
    pub is_quiet: bool,
    dye: u8,
    /// They have entered, and have neither left nor been disconnected for longer than the grace
    /// time.
    is_present: bool,
    /// Others have been told the name.
    is_shown: bool,
    /// The next tick must look at this seat.
    is_marked: bool,
    /// The first open connection; nearly everybody has exactly one.
    first_conn: Option<ConnId>,
    more_conns: Vec<ConnId>,
    lost_at: Option<Instant>,
}

impl Seat {
    /// The open connections of this person.
    pub fn conns(&self) -> impl Iterator<Item = ConnId> {
        self.first_conn.iter().chain(&self.more_conns).copied()
    }

    /// Dye of this seat, 0 to 6.
    pub const fn dye(&self) -> u8 {
        self.dye
    }

    /// Returns true if the person has entered, and has neither left nor been disconnected for
    /// longer than the grace time.
    pub const fn is_here(&self) -> bool {
        self.is_present
    }

    /// Returns true if others may see the name.
    pub const fn is_named(&self) -> bool {
        self.is_present && !self.is_quiet
    }
}

/// Changes of the seats since they were last taken.
#[derive(Debug, Default)]
pub struct SeatMoves {
    /// Seats to show with their name.
    pub came: Vec<u32>,
    /// Seats no longer shown.
    pub went: Vec<u32>,
    /// Seats that have become empty.
    pub emptied: Vec<u32>,
    /// All seats that may have changed.
    pub changed: Vec<u32>,
    /// True if a guide is among them.
    pub has_guide: bool,
}

/// A person who sat by name and has left.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The person.
    pub sitter: Sitter,
    /// Display name.
    pub name: Box<str>,
    /// Number of their seat, which somebody else may have since.
    pub seat: u32,
}

/// All seats of a room.
#[derive(Debug, Default)]
pub struct Seats {
    seats: Vec<Option<Seat>>,
    free: Vec<u32>,
    by_who: BTreeMap<Sitter, u32>,
    changed: Vec<u32>,
    /// Seats vacated since they were last taken.
    vacated_seats: Vec<u32>,
    /// People among them who sat by name and were no guides, since they were last taken.
    departures: Vec<Departure>,
    /// Seats whose connections are all lost, oldest loss first.
    lost: VecDeque<(Instant, u32)>,
    count: PresenceCount,
    guides_here: u32,
}

/// Result of entering.
#[derive(Debug, PartialEq, Eq)]
pub struct SeatTaken {
    /// Number of the seat.
    pub seat: u32,
    /// True if they were not in the room before.
    pub is_new: bool,
    /// Oldest connection, to be closed because there were too many.
    pub evicted_conn: Option<ConnId>,
}

impl Seats {
    /// Counts of the people present.
    pub const fn count(&self) -> PresenceCount {
        self.count
    }

    /// Returns true if a guide is present.
    pub const fn has_guide(&self) -> bool {
        self.guides_here > 0
    }

    /// The seat with this number.
    pub fn get(&self, seat: u32) -> Option<&Seat> {
        self.seats.get(usize::try_from(seat).ok()?)?.as_ref()
    }

    /// Number of a person's seat.
    pub fn seat_of(&self, who: Sitter) -> Option<u32> {
        self.by_who.get(&who).copied()
    }

    /// Returns true if seats have changed since changes were last taken.
    pub const fn has_moves(&self) -> bool {
        !self.changed.is_empty()
    }

    fn get_mut(&mut self, seat: u32) -> Option<&mut Seat> {
        self.seats.get_mut(usize::try_from(seat).ok()?)?.as_mut()
    }

    /// A person enters by a connection. They get the seat they still have, with the quiet they
    /// chose, or a new one.
    pub fn enter(&mut self, who: Sitter, name: &str, guide: bool, line: ConnId) -> SeatTaken {
        let (seat, is_new) = match self.by_who.get(&who) {
            Some(seat) => (*seat, false),
            None => (self.sit_down(who, name), true),
        };
        let taken = self.get_mut(seat).expect("the seat was found or made");
        let was_here = std::mem::replace(&mut taken.is_present, true);
        let was_guide = std::mem::replace(&mut taken.is_guide, guide);
        if *taken.name != *name {
            taken.name = name.into();
            taken.is_shown = false;
        }
        taken.lost_at = None;
        let oldest = taken.first_conn;
        let mut evicted = None;
        if oldest.is_none() {
            taken.first_conn = Some(line);
        } else {
            taken.more_conns.push(line);
            if taken.more_conns.len() >= CONNS_PER_SITTER_MAX {
                evicted = oldest;
                taken.first_conn = Some(taken.more_conns.remove(0));
            }
        }
        let quiet = taken.is_quiet;
        if was_here {
            self.guides_here += u32::from(guide);
            self.guides_here -= u32::from(was_guide);
        } else {
            self.count.present += 1;
            self.count.quiet += u32::from(quiet);
            self.guides_here += u32::from(guide);
        }
        self.mark_changed(seat);
        SeatTaken { seat, is_new, evicted_conn: evicted }
    }

    fn sit_down(&mut self, who: Sitter, name: &str) -> u32 {
        let seat = Seat {
            who,
            name: name.into(),
            is_guide: false,
            is_quiet: false,
            dye: who.dye(),
            is_present: false,
            is_shown: false,
            is_marked: false,
            first_conn: None,
            more_conns: Vec::new(),
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

    /// Sets whether a person is counted but not named. Returns true if that is a change.
    pub fn set_quiet(&mut self, seat: u32, quiet: bool) -> bool {
        let Some(taken) = self.get_mut(seat).filter(|taken| taken.is_quiet != quiet) else {
            return false;
        };
        taken.is_quiet = quiet;
        if taken.is_present {
            if quiet {
                self.count.quiet += 1;
            } else {
                self.count.quiet -= 1;
            }
        }
        self.mark_changed(seat);
        true
    }

    /// Removes a connection of this seat. Returns true if it was the last one.
    pub fn lose_conn(&mut self, seat: u32, line: ConnId, now: Instant) -> bool {
        let Some(taken) = self.get_mut(seat) else {
            return false;
        };
        if taken.first_conn == Some(line) {
            taken.first_conn = (!taken.more_conns.is_empty()).then(|| taken.more_conns.remove(0));
        } else {
            taken.more_conns.retain(|other| *other != line);
        }
        let last = taken.first_conn.is_none() && taken.is_present;
        if last {
            taken.lost_at = Some(now);
            self.lost.push_back((now, seat));
        }
        last
    }

    /// A person leaves. Returns their connections, which are to be closed.
    pub fn vacate_seat(&mut self, seat: u32) -> Vec<ConnId> {
        let Some(taken) = self.get_mut(seat) else {
            return Vec::new();
        };
        let lines = taken.conns().collect();
        taken.first_conn = None;
        taken.more_conns.clear();
        self.stand_up(seat);
        lines
    }

    fn stand_up(&mut self, seat: u32) {
        let Some(taken) = self.get_mut(seat).filter(|taken| taken.is_present) else {
            return;
        };
        taken.is_present = false;
        taken.lost_at = None;
        let (quiet, guide) = (taken.is_quiet, taken.is_guide);
        let (who, name) = (taken.who, taken.name.clone());
        if !quiet && !guide {
            self.departures.push(Departure { sitter: who, name, seat });
        }
        self.count.present -= 1;
        self.count.quiet -= u32::from(quiet);
        self.guides_here -= u32::from(guide);
        self.vacated_seats.push(seat);
        self.mark_changed(seat);
    }

    /// Takes the seats vacated since the last call. Called after every input, so that the list
    /// stays short.
    pub fn vacated_seats(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.vacated_seats)
    }

    /// Takes the people among them who sat by name and were no guides. Called as often.
    pub fn departures(&mut self) -> Vec<Departure> {
        std::mem::take(&mut self.departures)
    }

    /// Instant at which the next seat is given up, if nobody comes back.
    pub fn grace_ends_at(&self) -> Option<Instant> {
        self.lost.front().map(|(lost_at, _)| *lost_at + SEAT_GRACE)
    }

    /// Gives up the seats whose grace time is over.
    pub fn end_grace(&mut self, now: Instant) {
        while let Some((lost_at, seat)) = self.lost.front().copied() {
            if lost_at + SEAT_GRACE > now {
                break;
            }
            self.lost.pop_front();
            if self.get(seat).is_some_and(|taken| taken.lost_at == Some(lost_at)) {
                self.stand_up(seat);
            }
        }
    }

    fn mark_changed(&mut self, seat: u32) {
        let Some(taken) = self.get_mut(seat) else {
            return;
        };
        if !std::mem::replace(&mut taken.is_marked, true) {
            self.changed.push(seat);
        }
    }

    /// Takes the changes since the last call. A person who came and went in between leaves no
    /// trace.
    pub fn take_moves(&mut self) -> SeatMoves {
        let mut moves =
            SeatMoves { changed: std::mem::take(&mut self.changed), ..SeatMoves::default() };
        moves.changed.sort_unstable();
        for number in &moves.changed {
            let Some(seat) = self.get_mut(*number) else {
                continue;
            };
            seat.is_marked = false;
            moves.has_guide |= seat.is_guide;
            let shows = seat.is_named();
            let was_shown = std::mem::replace(&mut seat.is_shown, shows);
            if shows && !was_shown {
                moves.came.push(*number);
            }
            if !shows && was_shown {
                moves.went.push(*number);
            }
            if !seat.is_present {
                moves.emptied.push(*number);
            }
        }
        for number in &moves.emptied {
            self.free_seat(*number);
        }
        moves
    }

    fn free_seat(&mut self, number: u32) {
        let place = usize::try_from(number).ok().and_then(|place| self.seats.get_mut(place));
        if let Some(seat) = place.and_then(Option::take) {
            self.by_who.remove(&seat.who);
            self.free.push(number);
        }
    }

    /// All taken seats with their numbers.
    pub fn taken_seats(&self) -> impl Iterator<Item = (u32, &Seat)> {
        (0..).zip(&self.seats).filter_map(|(number, seat)| Some((number, seat.as_ref()?)))
    }

    /// The taken seats of one circle.
    pub fn circle_seats(&self, circle: u32) -> impl Iterator<Item = (u32, &Seat)> {
        let first = circle.saturating_mul(CIRCLE_SEATS);
        (first..first.saturating_add(CIRCLE_SEATS))
            .filter_map(|number| Some((number, self.get(number)?)))
    }

    /// The named ones of these seats, as others see them.
    pub fn collect_named<'a>(seats: impl Iterator<Item = (u32, &'a Seat)>) -> Vec<NamedSeat<'a>> {
        let named = seats.filter(|(_, seat)| seat.is_named());
        named.map(|(number, seat)| (number, &*seat.name, seat.dye)).collect()
    }
}

#[cfg(test)]
mod tests;
