//! Memory over a long sit of 25 people, in real time. Everybody publishes audio and simulcast video
//! in two layers and subscribes to the others. Each second one thing changes: somebody leaves or
//! rejoins, turns video off or on, or requests larger or smaller video.

mod person;
mod rows;

use std::io;
use std::time::{Duration, Instant};

use serde_json::json;
use sitwith_core::sit::media::{ALL_VOICES_ROOM_MAX, LOUDEST_VOICES};

use self::person::Person;
use self::rows::{LongSit, MemorySample, Traffic};
use super::home::Home;
use super::machine::Machine;
use super::measure::peer_settings;
use super::peer::PeerSettings;
use super::server::Signalling as _;
use crate::Common;
use crate::document::{Document, log_line};
use crate::os::{self, Stopwatch, cpu_s};
use crate::stats::as_float;

const PEOPLE: u32 = 25;
/// Intervals of changes and of memory samples.
const CHANGE_EVERY: Duration = Duration::from_secs(1);
const SAMPLE_EVERY: Duration = Duration::from_secs(10);
/// Changes until somebody who left rejoins.
const REJOIN_AFTER: u32 = 6;
/// Changes until somebody's video goes on again, and until large video is requested small again:
/// eight of each at any time, so that memory does not swing.
const REVERT_AFTER: u32 = 24;
/// Renegotiation rounds of all before the measurement.
const ROUNDS: u32 = 4;
/// Requested video heights, in pixels.
const SMALL: u16 = 120;
const LARGE: u16 = 360;
/// One subscriber in three sends congestion control feedback.
const PACED_EVERY: u32 = 3;
/// Pause between polls: latency is not measured here.
const POLL_PAUSE: Duration = Duration::from_millis(1);

struct Sit {
    home: Home,
    settings: PeerSettings,
    began: Instant,
    people: Vec<Option<Person>>,
    /// By seat: video is off.
    hidden: Vec<bool>,
    changes: u32,
    joins: u32,
    offers: u32,
    traffic: Traffic,
}

pub(super) fn run_long(machine: Machine, minutes: u64, common: &Common) -> io::Result<()> {
    let mut document = Document::begin("media-long", "A long sit of 25 people", common.quick);
    document.describe_machine("scheduling", machine.describe());
    log_line(&format!("A sit of {minutes} min on {}: {}.", machine.host, machine.describe()));
    let mut sit = Sit::begin(Home::start(machine, false)?, peer_settings(machine.host))?;
    let (stopwatch, end) = (Stopwatch::start(), as_float(minutes) * 60.0);
    let (mut change_at, mut sample_at) = (os::read_clock(), os::read_clock() + SAMPLE_EVERY);
    let before = (sit.home.program().cpu_s(), cpu_s(std::process::id()));
    let (mut memory, mut traffic) = (Vec::new(), std::mem::take(&mut sit.traffic));
    while stopwatch.secs() < end {
        sit.poll();
        let now = os::read_clock();
        if now >= change_at {
            change_at += CHANGE_EVERY;
            sit.change()?;
        }
        if now >= sample_at {
            sample_at += SAMPLE_EVERY;
            let since = std::mem::take(&mut sit.traffic);
            memory.push(sit.sample_memory(stopwatch.secs(), &since));
            traffic.add(&since);
        }
        os::pause_for(POLL_PAUSE);
    }
    let since = std::mem::take(&mut sit.traffic);
    memory.push(sit.sample_memory(stopwatch.secs(), &since));
    traffic.add(&since);
    let share = |now: f64, before: f64| (now - before) / stopwatch.secs();
    let long_sit = LongSit {
        minutes,
        memory,
        traffic,
        joins: sit.joins,
        changes: sit.changes,
        offers: sit.offers,
        unconnected: sit.present() - sit.connected(),
        home_cpu: share(sit.home.program().cpu_s(), before.0),
        client_cpu: share(cpu_s(std::process::id()), before.1),
    };
    rows::add_rows(&mut document, &long_sit);
    document.finish(common)
}

impl Sit {
    fn begin(mut home: Home, settings: PeerSettings) -> io::Result<Self> {
        home.open_room(0, usize::try_from(PEOPLE).unwrap_or(0))?;
        let mut sit = Self {
            home,
            settings,
            began: os::read_clock(),
            people: Vec::new(),
            hidden: Vec::new(),
            changes: 0,
            joins: 0,
            offers: 0,
            traffic: Traffic::default(),
        };
        for seat in 0..PEOPLE {
            sit.people.push(None);
            sit.hidden.push(false);
            sit.join(seat)?;
            sit.poll();
        }
        // Those who joined first were offered too few transceivers for all later publishers.
        for _ in 0..ROUNDS {
            let end = os::read_clock() + CHANGE_EVERY;
            while os::read_clock() < end {
                sit.poll();
                os::pause_for(POLL_PAUSE);
            }
            for seat in 0..PEOPLE {
                sit.request_offer(seat)?;
            }
        }
        Ok(sit)
    }

    /// Everybody receives and sends; adds up what each subscriber should receive.
    fn poll(&mut self) {
        let here = u32::try_from(self.present()).unwrap_or(PEOPLE).max(1);
        let heard = match u32::try_from(LOUDEST_VOICES) {
            Ok(loudest) if here > ALL_VOICES_ROOM_MAX => f64::from(loudest) / f64::from(here),
            _ => 1.0,
        };
        let [unpaced_all, paced_all] = [false, true].map(|is_paced| {
            let here = self.people.iter().flatten();
            here.filter(|person| person.is_connected() && person.is_paced == is_paced).count()
        });
        for (person, hidden) in self.people.iter_mut().zip(&self.hidden) {
            let Some(person) = person else { continue };
            let polled = person.poll(self.began);
            let [unpaced, paced] =
                [(unpaced_all, false), (paced_all, true)].map(|(all, is_paced)| {
                    let is_own = person.is_connected() && person.is_paced == is_paced;
                    as_float(all.saturating_sub(usize::from(is_own)))
                });
            let frames = if *hidden { 0 } else { polled.frames_sent };
            self.traffic.packets += u64::from(polled.packets_received);
            self.traffic.audio.expected += f64::from(polled.audio_sent) * heard * (unpaced + paced);
            self.traffic.audio.received += f64::from(polled.audio_received);
            self.traffic.unpaced.expected += f64::from(frames) * unpaced;
            self.traffic.paced.expected += f64::from(frames) * paced;
            let own = match person.is_paced {
                true => &mut self.traffic.paced,
                false => &mut self.traffic.unpaced,
            };
            own.received += f64::from(polled.frames_received);
        }
    }

    fn sample_memory(&self, secs: f64, since: &Traffic) -> MemorySample {
        let mb = as_float(self.home.program().memory_bytes()) / 1_048_576.0;
        log_line(&format!(
            "{secs:>6.0} s: {mb:.2} MB, {} here, {} connected, {}",
            self.present(),
            self.connected(),
            since.describe()
        ));
        MemorySample { secs, mb }
    }

    fn join(&mut self, seat: u32) -> io::Result<()> {
        let is_paced = seat.is_multiple_of(PACED_EVERY);
        let person = Person::join(&mut self.home, &self.settings, seat, is_paced)?;
        self.joins += 1;
        if let Some(slot) = seat_mut(&mut self.people, seat) {
            *slot = Some(person);
        }
        self.rules()
    }

    /// Allows audio of all who are present, and video of those who have it on.
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

    /// Makes the next change, of another kind and to another person than the last.
    fn change(&mut self) -> io::Result<()> {
        self.changes += 1;
        let n = self.changes;
        let whose = |n: u32| n.wrapping_mul(7) % PEOPLE;
        let before = |changes: u32| whose(n.saturating_sub(changes));
        match n % 3 {
            0 => {
                if let Some(person) = seat_mut(&mut self.people, whose(n)).and_then(Option::take) {
                    person.leave(&mut self.home)?;
                    self.rules()?;
                }
            }
            1 => {
                for (seat, is_off) in [(whose(n), true), (before(REVERT_AFTER), false)] {
                    if let Some(hidden) = seat_mut(&mut self.hidden, seat) {
                        *hidden = is_off;
                    }
                }
                self.rules()?;
            }
            _ => {
                self.request_height(whose(n), LARGE)?;
                self.request_height(before(REVERT_AFTER), SMALL)?;
            }
        }
        let back = before(REJOIN_AFTER);
        if seat_mut(&mut self.people, back).is_some_and(|slot| slot.is_none()) {
            self.join(back)?;
        }
        self.request_offer(n % PEOPLE)
    }

    /// Renegotiates, as the page does when there are more publishers than transceivers.
    fn request_offer(&mut self, seat: u32) -> io::Result<()> {
        if let Some(person) = seat_mut(&mut self.people, seat).and_then(Option::as_mut) {
            self.offers += u32::from(person.request_offer(&mut self.home)?);
        }
        Ok(())
    }

    fn request_height(&mut self, seat: u32, tall: u16) -> io::Result<()> {
        let person = seat_mut(&mut self.people, seat).and_then(Option::as_mut);
        person.map_or(Ok(()), |person| person.request_height(&mut self.home, tall))
    }

    fn present(&self) -> usize {
        self.people.iter().flatten().count()
    }

    fn connected(&self) -> usize {
        let here = self.people.iter().flatten();
        here.filter(|person| person.is_connected()).count()
    }
}

fn seat_mut<T>(list: &mut [T], seat: u32) -> Option<&mut T> {
    list.get_mut(usize::try_from(seat).ok()?)
}
