//! A long sit of 25 people, in real time: everybody gives sound and a face in two layers and gets
//! those of the others; every second something changes: somebody leaves or comes again, a face is
//! turned on or off, somebody wants to see more or less. What is asked is one thing: does the
//! memory of the forwarding stay where it is?

mod person;
mod tell;

use std::io;
use std::time::{Duration, Instant};

use serde_json::json;

use sitwith_core::sit::media::{ALL_VOICES_TO, LOUDEST};

use self::person::Person;
use self::tell::{Flow, Look, Told};
use super::as_float;
use super::home::Home;
use super::machine::{Machine, load_average};
use super::measure::common;
use super::peer::Common;
use super::server::Talk as _;
use crate::report::{Report, say};
use crate::watch::{self, Watch, cpu_s};

/// How many people there are.
const PEOPLE: u32 = 25;
/// How often something changes, and how often memory is looked at.
const CHANGE_EVERY: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Somebody who left comes again after so many changes.
const BACK_AFTER: u32 = 6;
/// A face that went off comes on again, and who wants to see more wants less, after so many: it is
/// always eight, so that what is held does not swing.
const CALMS_AFTER: u32 = 24;
/// How often all ask for more lines before it begins.
const ROUNDS: u32 = 4;
/// How tall faces are wanted, in pixels.
const SMALL: u16 = 120;
const LARGE: u16 = 360;
/// Every so many one tells how the line fares.
const PACED_EVERY: u32 = 3;
/// Between two looks for packets: what is asked is not how late they come.
const REST: Duration = Duration::from_millis(1);

/// The sit, as its people bring it about.
struct Sit {
    home: Home,
    common: Common,
    began: Instant,
    people: Vec<Option<Person>>,
    /// Whose face is off.
    hidden: Vec<bool>,
    changes: u32,
    comings: u32,
    offers: u32,
    flow: Flow,
}

/// Lives it, and says what memory it took.
pub(super) fn run(machine: Machine, minutes: u64) -> io::Result<Report> {
    say(&format!(
        "25 people come and go, minutes: {minutes}. On {}: {}.",
        machine.here,
        machine.words()
    ));
    let load = load_average();
    let mut sit = Sit::begin(Home::start(machine, false)?, common(machine.here))?;
    let (watch, end) = (Watch::start(), as_float(minutes) * 60.0);
    let (mut change_at, mut look_at) = (watch::now(), watch::now() + LOOK_EVERY);
    let before = (sit.home.program().cpu_s(), cpu_s(std::process::id()));
    let (mut looks, mut flow) = (Vec::new(), std::mem::take(&mut sit.flow));
    while watch.secs() < end {
        sit.turn();
        let now = watch::now();
        if now >= change_at {
            change_at += CHANGE_EVERY;
            sit.change()?;
        }
        if now >= look_at {
            look_at += LOOK_EVERY;
            let since = std::mem::take(&mut sit.flow);
            looks.push(sit.look(watch.secs(), &since));
            flow.add(&since);
        }
        watch::pause_for(REST);
    }
    let since = std::mem::take(&mut sit.flow);
    looks.push(sit.look(watch.secs(), &since));
    flow.add(&since);
    let share = |now: f64, before: f64| (now - before) / watch.secs();
    Ok(tell::report(&Told {
        minutes,
        machine,
        looks,
        flow,
        comings: sit.comings,
        changes: sit.changes,
        offers: sit.offers,
        left_out: sit.here() - sit.connected(),
        home_cpu: share(sit.home.program().cpu_s(), before.0),
        client_cpu: share(cpu_s(std::process::id()), before.1),
        load: (load, load_average()),
    }))
}

impl Sit {
    fn begin(mut home: Home, common: Common) -> io::Result<Self> {
        home.open_room(0, usize::try_from(PEOPLE).unwrap_or(0))?;
        let mut sit = Self {
            home,
            common,
            began: watch::now(),
            people: Vec::new(),
            hidden: Vec::new(),
            changes: 0,
            comings: 0,
            offers: 0,
            flow: Flow::default(),
        };
        for seat in 0..PEOPLE {
            sit.people.push(None);
            sit.hidden.push(false);
            sit.comes(seat)?;
            sit.turn();
        }
        // There are as many lines as people give by now, so those who came first ask for more.
        for _ in 0..ROUNDS {
            let end = watch::now() + CHANGE_EVERY;
            while watch::now() < end {
                sit.turn();
                watch::pause_for(REST);
            }
            for seat in 0..PEOPLE {
                sit.asks(seat)?;
            }
        }
        Ok(sit)
    }

    /// Everybody reads and sends, and it is counted what should come of that to whom.
    fn turn(&mut self) {
        let here = u32::try_from(self.here()).unwrap_or(PEOPLE).max(1);
        let heard = match u32::try_from(LOUDEST) {
            Ok(loudest) if here > ALL_VOICES_TO => f64::from(loudest) / f64::from(here),
            _ => 1.0,
        };
        let [free_all, paced_all] = [false, true].map(|is_paced| {
            let here = self.people.iter().flatten();
            here.filter(|person| person.is_connected() && person.is_paced == is_paced).count()
        });
        for (person, hidden) in self.people.iter_mut().zip(&self.hidden) {
            let Some(person) = person else { continue };
            let turn = person.turn(self.began);
            let [free, paced] = [(free_all, false), (paced_all, true)].map(|(all, is_paced)| {
                let is_own = person.is_connected() && person.is_paced == is_paced;
                as_float(all.saturating_sub(usize::from(is_own)))
            });
            let pictures = if *hidden { 0 } else { turn.pictures_sent };
            self.flow.packets += u64::from(turn.packets_came);
            self.flow.sound.due += f64::from(turn.sounds_sent) * heard * (free + paced);
            self.flow.sound.came += f64::from(turn.sounds_came);
            self.flow.free.due += f64::from(pictures) * free;
            self.flow.paced.due += f64::from(pictures) * paced;
            let own = match person.is_paced {
                true => &mut self.flow.paced,
                false => &mut self.flow.free,
            };
            own.came += f64::from(turn.pictures_came);
        }
    }

    /// Looks at the memory, and says how it goes.
    fn look(&self, secs: f64, since: &Flow) -> Look {
        let mb = as_float(self.home.program().memory_bytes()) / 1_048_576.0;
        say(&format!(
            "{secs:>6.0} s: {mb:.2} MB, {} here, {} connected, {}",
            self.here(),
            self.connected(),
            since.words()
        ));
        Look { secs, mb }
    }

    fn comes(&mut self, seat: u32) -> io::Result<()> {
        let is_paced = seat.is_multiple_of(PACED_EVERY);
        let person = Person::comes(&mut self.home, &self.common, seat, is_paced)?;
        self.comings += 1;
        if let Some(place) = place(&mut self.people, seat) {
            *place = Some(person);
        }
        self.rules()
    }

    /// Who is there may be heard, and seen if they like.
    fn rules(&mut self) -> io::Result<()> {
        let here = (0..PEOPLE).zip(&self.people).zip(&self.hidden);
        let here = here.filter(|((_, person), _)| person.is_some());
        let here: Vec<(u32, bool)> = here.map(|((seat, _), hidden)| (seat, *hidden)).collect();
        let voices: Vec<u32> = here.iter().map(|(seat, _)| *seat).collect();
        let faces = here.iter().filter(|(_, hidden)| !hidden);
        let faces: Vec<u32> = faces.map(|(seat, _)| *seat).collect();
        self.home.ask(&json!({
            "do": "rules", "room": 0, "given": voices, "faces": faces, "people": here.len(),
        }))?;
        Ok(())
    }

    /// Something changes: another thing each time, with another person.
    fn change(&mut self) -> io::Result<()> {
        self.changes += 1;
        let n = self.changes;
        let whose = |n: u32| n.wrapping_mul(7) % PEOPLE;
        let before = |changes: u32| whose(n.saturating_sub(changes));
        match n % 3 {
            0 => {
                if let Some(person) = place(&mut self.people, whose(n)).and_then(Option::take) {
                    person.leaves(&mut self.home)?;
                    self.rules()?;
                }
            }
            1 => {
                for (seat, is_off) in [(whose(n), true), (before(CALMS_AFTER), false)] {
                    if let Some(hidden) = place(&mut self.hidden, seat) {
                        *hidden = is_off;
                    }
                }
                self.rules()?;
            }
            _ => {
                self.wants(whose(n), LARGE)?;
                self.wants(before(CALMS_AFTER), SMALL)?;
            }
        }
        let back = before(BACK_AFTER);
        if place(&mut self.people, back).is_some_and(|place| place.is_none()) {
            self.comes(back)?;
        }
        self.asks(n % PEOPLE)
    }

    /// Asks for more lines, as their page does when more people give than it has lines for.
    fn asks(&mut self, seat: u32) -> io::Result<()> {
        if let Some(person) = place(&mut self.people, seat).and_then(Option::as_mut) {
            self.offers += u32::from(person.asks(&mut self.home)?);
        }
        Ok(())
    }

    fn wants(&mut self, seat: u32, tall: u16) -> io::Result<()> {
        let person = place(&mut self.people, seat).and_then(Option::as_mut);
        person.map_or(Ok(()), |person| person.wants(&mut self.home, tall))
    }

    fn here(&self) -> usize {
        self.people.iter().flatten().count()
    }

    fn connected(&self) -> usize {
        let here = self.people.iter().flatten();
        here.filter(|person| person.is_connected()).count()
    }
}

fn place<T>(list: &mut [T], seat: u32) -> Option<&mut T> {
    list.get_mut(usize::try_from(seat).ok()?)
}
