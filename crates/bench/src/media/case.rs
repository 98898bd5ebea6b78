//! Cases: the rooms that are measured, and who publishes and subscribes in them.

use super::packet::FrameShape;
use super::timetable::Sources;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// Name of the case, by its full size; `--quick` keeps the name and makes the rooms smaller.
    pub(super) key: &'static str,
    pub(super) rooms: usize,
    pub(super) topology: Topology,
    pub(super) audio: bool,
    pub(super) video: Option<FrameShape>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topology {
    /// One publisher, this many subscribers.
    OneTo(usize),
    /// Everybody publishes video and subscribes to all others; `heard` of them publish audio too.
    All { people: usize, heard: usize },
}

impl Case {
    pub(super) fn audio(key: &'static str, subscribers: usize) -> Self {
        Self { key, rooms: 1, topology: Topology::OneTo(subscribers), audio: true, video: None }
    }

    pub(super) fn video(key: &'static str, subscribers: usize) -> Self {
        Self {
            key,
            rooms: 1,
            topology: Topology::OneTo(subscribers),
            audio: false,
            video: Some(FrameShape::of(1_000, 30)),
        }
    }

    /// Rooms of eight: one publishes audio and 300 kbit/s of video, seven subscribe.
    pub(super) fn rooms(key: &'static str, rooms: usize) -> Self {
        Self {
            key,
            rooms,
            topology: Topology::OneTo(7),
            audio: true,
            video: Some(FrameShape::of(300, 30)),
        }
    }

    /// All to all at 150 kbit/s of video; a third of the people, at most eight, publish audio.
    pub(super) fn all(key: &'static str, people: usize) -> Self {
        Self {
            key,
            rooms: 1,
            topology: Topology::All { people, heard: people.div_ceil(3).min(8) },
            audio: true,
            video: Some(FrameShape::of(150, 15)),
        }
    }

    /// The sources of each publisher of one room.
    pub(super) fn sources(&self) -> Vec<Sources> {
        let (count, heard) = match self.topology {
            Topology::OneTo(_) => (1, 1),
            Topology::All { people, heard } => (people, heard),
        };
        let one = |place| Sources { audio: self.audio && place < heard, video: self.video };
        (0..count).map(one).collect()
    }

    /// Subscribers per room.
    pub(super) const fn subscribers(&self) -> usize {
        match self.topology {
            Topology::OneTo(subscribers) => subscribers,
            Topology::All { people, .. } => people,
        }
    }

    /// Number of subscribers that receive each publisher.
    pub(super) const fn reach(&self) -> usize {
        match self.topology {
            Topology::OneTo(subscribers) => subscribers,
            Topology::All { people, .. } => people.saturating_sub(1),
        }
    }

    pub(super) const fn is_all(&self) -> bool {
        matches!(self.topology, Topology::All { .. })
    }

    pub(super) fn describe(&self) -> String {
        let rooms =
            if self.rooms == 1 { String::new() } else { format!("{} rooms, each ", self.rooms) };
        let who = match self.topology {
            Topology::OneTo(subscribers) => format!("1 to {subscribers}"),
            Topology::All { people, heard } => format!("{people} to each other, {heard} heard"),
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
        let sources = case.sources();
        assert_eq!((sources.len(), case.subscribers(), case.reach()), (25, 25, 24));
        assert_eq!(sources.iter().filter(|sources| sources.audio).count(), 8);
        let rooms = Case::rooms("rooms25x8", 25);
        assert_eq!((rooms.sources().len(), rooms.subscribers()), (1, 7));
    }
}
