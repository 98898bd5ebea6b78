//! Large rooms: a count and a circle instead of everybody's name, and what a storm of people
//! coming at once costs.

use std::collections::BTreeMap;
use std::rc::Rc;

use sitwith_core::id::{GuestId, MemberId};
use sitwith_core::sit::frame::ClientMessage;
use sitwith_core::sit::plan::{Phase, PhaseKind, Plan};
use sitwith_core::sit::presence::{CIRCLE_SEATS, NAMED_AGAIN_MAX, NAMED_ROOM_MAX, Sitter};
use sitwith_core::sit::room::{ConnId, EnterRoom, Room, RoomInput, RoomOutput};
use sitwith_core::sit::run::RunFacts;
use sitwith_core::time::Instant;

use super::people::{Frame, Tab};
use super::world::{EIGHT, ms};

/// A room whose lines all take every frame at once.
struct Hall {
    room: Room,
    now: Instant,
    tabs: Vec<Tab>,
    frames: u64,
    bytes: u64,
    frames_most: BTreeMap<u32, u64>,
}

impl Hall {
    fn new() -> Self {
        let plan = Plan { phases: vec![Phase::new(PhaseKind::Silence, 3_600)], ..Plan::default() };
        let facts = RunFacts { plan, planned_at: EIGHT, is_led: false, begins_itself: true };
        let room = Room::new(facts, Vec::new(), EIGHT);
        let frames_most = BTreeMap::new();
        Self { room, now: EIGHT, tabs: Vec::new(), frames: 0, bytes: 0, frames_most }
    }

    fn enter(&mut self, number: u32, guide: bool, quiet: bool) {
        let mut chance = [0; 10];
        chance[..4].copy_from_slice(&number.to_be_bytes());
        let who = if guide {
            Sitter::Member(MemberId::new(EIGHT, chance))
        } else {
            Sitter::Guest(GuestId::new(EIGHT, chance))
        };
        let name = format!("Q{number}z").into();
        let line = ConnId::new(number, 0);
        self.tabs.push(Tab::default());
        let (wish, have) = (None, 1);
        self.tell(RoomInput::SitterEntered(EnterRoom {
            conn: line,
            who,
            name,
            guide,
            quiet,
            quiet_wish: wish,
            timeline_seq: have,
        }));
    }

    fn tell(&mut self, input: RoomInput) {
        for effect in self.room.handle(input, self.now) {
            let RoomOutput::Send { to, text, .. } = effect else {
                continue;
            };
            let frame: Rc<Frame> = Rc::new(serde_json::from_str(&text).unwrap());
            for line in to.conns() {
                self.frames += 1;
                self.bytes += text.len() as u64;
                *self.frames_most.entry(line.index()).or_default() += 1;
                let tab = usize::try_from(line.index()).unwrap();
                assert!(!self.tabs[tab].apply(&frame), "nobody loses track");
            }
        }
    }

    fn pass(&mut self, span_ms: i64) {
        let end = self.now + ms(span_ms);
        while let Some(due) = self.room.wake_at().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.tell(RoomInput::Tick);
        }
        self.now = end;
    }

    fn leave(&mut self, number: u32) {
        self.tell(RoomInput::MessageReceived(ConnId::new(number, 0), ClientMessage::Leave));
    }

    /// Ten thousand people would come within two seconds.
    fn storm(people: u32) -> Self {
        let mut hall = Self::new();
        for number in 0..people {
            hall.enter(number, false, false);
            if number % (people / 2_000).max(1) == 0 {
                hall.pass(2_000 / i64::from(people.min(2_000)));
            }
        }
        hall.pass(6_000);
        hall
    }
}

#[test]
fn everybody_is_named_up_to_two_hundred_and_then_a_circle_is() {
    let mut hall = Hall::new();
    for number in 0..NAMED_ROOM_MAX {
        hall.enter(number, number == 7, number % 10 == 3);
    }
    hall.pass(500);
    assert!(hall.tabs.iter().all(|tab| tab.names.len() == 180 && tab.n == 200));
    assert!(hall.tabs.iter().all(|tab| tab.quiet == 20 && tab.guides.is_none()));
    hall.enter(200, false, false);
    hall.pass(3_000);
    for tab in &hall.tabs {
        assert!(!tab.names.is_empty() && tab.names.len() <= CIRCLE_SEATS as usize);
        assert_eq!((tab.n, tab.quiet), (201, 20));
        let guides: Vec<_> = tab.guides.as_ref().unwrap().values().collect();
        assert_eq!(guides, ["Q7z"]);
    }
    // The circle is the same for all who are in it, and nobody quiet is.
    assert_eq!(hall.tabs[0].names, hall.tabs[23].names);
    assert_ne!(hall.tabs[0].names, hall.tabs[24].names);
    assert!(!hall.tabs[0].names.contains_key(&3));
}

#[test]
fn names_come_back_only_when_the_room_is_clearly_smaller() {
    let mut hall = Hall::new();
    for number in 0..=NAMED_ROOM_MAX {
        hall.enter(number, false, false);
    }
    hall.pass(3_000);
    for number in NAMED_AGAIN_MAX + 1..=NAMED_ROOM_MAX {
        hall.leave(number);
        hall.pass(100);
    }
    hall.pass(3_000);
    assert_eq!(hall.tabs[0].n, NAMED_AGAIN_MAX + 1);
    assert_eq!(hall.tabs[0].names.len(), CIRCLE_SEATS as usize);
    hall.leave(NAMED_AGAIN_MAX);
    hall.pass(3_000);
    assert_eq!(hall.tabs[0].names.len(), NAMED_AGAIN_MAX as usize);
    assert_eq!(hall.tabs[0].names, hall.tabs[159].names);
}

#[test]
fn somebody_who_goes_quiet_in_a_large_room_is_named_to_nobody_soon() {
    let mut hall = Hall::new();
    for number in 0..300 {
        hall.enter(number, false, false);
    }
    hall.pass(3_000);
    hall.tell(RoomInput::MessageReceived(ConnId::new(5, 0), ClientMessage::Quiet { on: true }));
    hall.pass(2_250);
    assert!(hall.tabs.iter().all(|tab| !tab.names.contains_key(&5)));
    hall.pass(2_000);
    assert!(hall.tabs.iter().all(|tab| (tab.n, tab.quiet) == (300, 1)));
}

#[test]
fn a_storm_costs_each_the_same_however_many_come() {
    let cost = |people: u32| {
        let hall = Hall::storm(people);
        assert!(hall.tabs.iter().all(|tab| tab.n == people), "the count came through");
        let most = *hall.frames_most.values().max().unwrap();
        let (frames, bytes) = (hall.frames / u64::from(people), hall.bytes / u64::from(people));
        eprintln!("{people}: {frames} frames ({most} at most), {bytes} bytes a person");
        (most, bytes)
    };
    let (few_most, few_bytes) = cost(1_000);
    let (many_most, many_bytes) = cost(16_000);
    assert!(many_most <= few_most.max(12), "{many_most} frames to one person");
    assert!(many_bytes <= few_bytes + 200 && many_bytes < 3_000, "{many_bytes} bytes a person");
}
