//! What is measured: how many give and take what.

use super::packet::Cut;
use super::timetable::Gives;

/// Rooms with people in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// What the figures are called; the number in it is that of the whole measurement.
    pub(super) key: &'static str,
    pub(super) rooms: usize,
    pub(super) shape: Shape,
    pub(super) sound: bool,
    pub(super) picture: Option<Cut>,
}

/// Who is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One gives, so many take.
    OneTo(usize),
    /// So many see each other, so many of them are heard.
    All { people: usize, heard: usize },
}

impl Case {
    pub(super) fn sound(key: &'static str, takers: usize) -> Self {
        Self { key, rooms: 1, shape: Shape::OneTo(takers), sound: true, picture: None }
    }

    pub(super) fn picture(key: &'static str, takers: usize) -> Self {
        Self {
            key,
            rooms: 1,
            shape: Shape::OneTo(takers),
            sound: false,
            picture: Some(Cut::of(1_000, 30)),
        }
    }

    /// Rooms of eight: one gives sound and 300 kbit/s of picture, seven take.
    pub(super) fn rooms(key: &'static str, rooms: usize) -> Self {
        Self { key, rooms, shape: Shape::OneTo(7), sound: true, picture: Some(Cut::of(300, 30)) }
    }

    /// So many see each other small (150 kbit/s), a third of them are heard.
    pub(super) fn all(key: &'static str, people: usize) -> Self {
        Self {
            key,
            rooms: 1,
            shape: Shape::All { people, heard: people.div_ceil(3).min(8) },
            sound: true,
            picture: Some(Cut::of(150, 15)),
        }
    }

    /// What each giver of a room gives.
    pub(super) fn gives(&self) -> Vec<Gives> {
        let (count, heard) = match self.shape {
            Shape::OneTo(_) => (1, 1),
            Shape::All { people, heard } => (people, heard),
        };
        let one = |place| Gives { sound: self.sound && place < heard, picture: self.picture };
        (0..count).map(one).collect()
    }

    /// How many take in each room.
    pub(super) const fn takers(&self) -> usize {
        match self.shape {
            Shape::OneTo(takers) => takers,
            Shape::All { people, .. } => people,
        }
    }

    /// How many get what one gives.
    pub(super) const fn reach(&self) -> usize {
        match self.shape {
            Shape::OneTo(takers) => takers,
            Shape::All { people, .. } => people.saturating_sub(1),
        }
    }

    /// Whether those who give also take.
    pub(super) const fn is_all(&self) -> bool {
        matches!(self.shape, Shape::All { .. })
    }

    /// In words.
    pub(super) fn words(&self) -> String {
        let rooms =
            if self.rooms == 1 { String::new() } else { format!("{} rooms, each ", self.rooms) };
        let who = match self.shape {
            Shape::OneTo(takers) => format!("1 to {takers}"),
            Shape::All { people, heard } => format!("{people} to each other, {heard} heard"),
        };
        format!("{rooms}{who}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_to_all_reaches_everybody_else() {
        let case = Case::all("all25", 25);
        let gives = case.gives();
        assert_eq!((gives.len(), case.takers(), case.reach()), (25, 25, 24));
        assert_eq!(gives.iter().filter(|gives| gives.sound).count(), 8);
        let rooms = Case::rooms("rooms25x8", 25);
        assert_eq!((rooms.gives().len(), rooms.takers()), (1, 7));
    }
}
