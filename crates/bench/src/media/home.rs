//! The home's own forwarding: hosted by a program of its own, which is told over its standard
//! input what the room would tell it.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use sitwith_core::id::RunId;
use sitwith_core::sit::media::{Rules, Slots, Told, WantedFaces, Wants};
use sitwith_core::time::Instant;
use sitwith_media::{RandomSource, Sfu, SfuSettings};
use sitwith_wire::dice::Dice;

use super::machine::Machine;
use super::server::{Seat, Talk};
use crate::room::program::Program;

/// Whom the slots of each room carry.
type Carried = Arc<Mutex<BTreeMap<RunId, Slots>>>;

/// The forwarding that runs.
pub(super) struct Home {
    program: Program,
    is_paced: bool,
    people: Vec<usize>,
    givers: Vec<Vec<u32>>,
}

impl Home {
    pub(super) fn start(machine: Machine, is_paced: bool) -> io::Result<Self> {
        let program = std::env::current_exe()?;
        let mut command = machine.server(&program.to_string_lossy());
        command.arg("media-home").arg(machine.here.to_string());
        Ok(Self {
            program: Program::start(&mut command)?,
            is_paced,
            people: Vec::new(),
            givers: Vec::new(),
        })
    }

    /// Gives an order, and waits for the answer.
    pub(super) fn ask(&mut self, what: &Value) -> io::Result<Value> {
        self.program.say(&what.to_string())?;
        let heard: Value =
            serde_json::from_str(&self.program.hear("heard")?).map_err(io::Error::other)?;
        match heard.get("no") {
            Some(why) => Err(io::Error::other(format!("the home says: {why}"))),
            None => Ok(heard),
        }
    }

    /// What these give goes through in the room, and nothing else.
    fn rule(&mut self, room: usize, given: &[u32]) -> io::Result<()> {
        let people = self.people.get(room).copied().unwrap_or(0);
        self.ask(&json!({"do": "rules", "room": room, "given": given, "people": people}))?;
        Ok(())
    }
}

impl Talk for Home {
    fn program(&self) -> &Program {
        &self.program
    }

    fn open_room(&mut self, room: usize, people: usize) -> io::Result<()> {
        self.people.push(people);
        self.givers.push(Vec::new());
        self.rule(room, &[])
    }

    fn give(&mut self, seat: Seat, offer: &str) -> io::Result<String> {
        if let Some(givers) = self.givers.get_mut(seat.room) {
            givers.push(seat.number);
        }
        let heard =
            self.ask(&json!({"do": "up", "room": seat.room, "seat": seat.number, "sdp": offer}))?;
        sdp(&heard)
    }

    fn let_through(&mut self, room: usize) -> io::Result<()> {
        let given = self.givers.get(room).cloned().unwrap_or_default();
        self.rule(room, &given)
    }

    fn cut(&mut self, room: usize) -> io::Result<bool> {
        self.rule(room, &[])?;
        Ok(true)
    }

    fn carried(&mut self, room: usize) -> io::Result<Option<(u64, u64)>> {
        let heard = self.ask(&json!({"do": "slots", "room": room}))?;
        let count = |name: &str| heard.get(name).and_then(Value::as_u64).unwrap_or(0);
        Ok(Some((count("voices"), count("faces"))))
    }

    fn take(&mut self, seat: Seat) -> io::Result<(String, Value)> {
        let heard = self.ask(&json!({
            "do": "down", "room": seat.room, "seat": seat.number, "paced": self.is_paced,
        }))?;
        Ok((sdp(&heard)?, heard.get("n").cloned().unwrap_or_default()))
    }

    fn answer(&mut self, seat: Seat, name: &Value, answer: &str) -> io::Result<()> {
        self.ask(&json!({
            "do": "answer", "room": seat.room, "seat": seat.number, "n": name, "sdp": answer,
        }))?;
        Ok(())
    }
}

/// The words of a browser or of the home, out of an answer.
pub(super) fn sdp(heard: &Value) -> io::Result<String> {
    let found = heard.get("sdp").and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| io::Error::other("the home has no words"))
}

/// Serves until its standard input ends: one order a line, one answer each.
pub(crate) fn serve(here: IpAddr) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let (media, mut told) = Sfu::start(settings(here)).map_err(io::Error::other)?;
        let port = media.listen_addrs().map_or(0, |(udp, _)| udp.port());
        writeln!(io::stdout(), "port {port}")?;
        let slots = Carried::default();
        let heard_of = slots.clone();
        tokio::spawn(async move {
            while let Some((room, told)) = told.recv().await {
                if let Told::Slots(slots) = told {
                    let mut known = heard_of.lock().unwrap_or_else(PoisonError::into_inner);
                    known.insert(room, slots);
                }
            }
        });
        let (asked, mut asks) = tokio::sync::mpsc::channel::<String>(16);
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if asked.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        while let Some(line) = asks.recv().await {
            let heard = obey(&media, &slots, &line).await;
            let heard = heard.unwrap_or_else(|no| json!({"no": no}));
            writeln!(io::stdout(), "heard {heard}")?;
        }
        Ok(())
    })
}

fn settings(here: IpAddr) -> SfuSettings {
    let dice = Dice::real();
    let fill = move |bytes: &mut [u8]| {
        for part in bytes.chunks_mut(16) {
            let chance: [u8; 16] = dice.bytes();
            part.copy_from_slice(chance.get(..part.len()).unwrap_or_default());
        }
    };
    SfuSettings {
        public: vec![here],
        workers: 1,
        ..SfuSettings::new(SocketAddr::from((here, 0)), RandomSource(Arc::new(fill)))
    }
}

/// Does what one line asks for.
async fn obey(media: &Sfu, slots: &Carried, line: &str) -> Result<Value, String> {
    let asked: Value = serde_json::from_str(line).map_err(|no| no.to_string())?;
    let number = |name: &str| {
        let found = asked.get(name).and_then(Value::as_u64);
        found.and_then(|number| u32::try_from(number).ok())
    };
    let word = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default();
    let room = run(number("room").unwrap_or(0));
    let seat = number("seat").unwrap_or(0);
    match word("do") {
        "rules" => {
            let list = |name: &str| -> Option<Vec<u32>> {
                let seats = asked.get(name).and_then(Value::as_array)?.iter();
                let seats = seats.filter_map(Value::as_u64);
                Some(seats.filter_map(|seat| u32::try_from(seat).ok()).collect())
            };
            let seats = list("given").unwrap_or_default();
            let rules = Rules {
                voices: seats.clone(),
                faces: list("faces").unwrap_or_else(|| seats.clone()),
                // Whoever alone gives guides; among many the loudest are heard.
                always: if seats.len() == 1 { seats } else { Vec::new() },
                people: number("people").unwrap_or(0),
                ..Rules::default()
            };
            media.set_rules(room, Arc::new(rules));
            Ok(json!({}))
        }
        "slots" => {
            let known = slots.lock().unwrap_or_else(PoisonError::into_inner);
            let of_room = known.get(&room).cloned().unwrap_or_default();
            let count = |slots: &[Option<u32>]| slots.iter().flatten().count();
            Ok(json!({"voices": count(&of_room.voices), "faces": count(&of_room.faces)}))
        }
        "up" => {
            let answer = media.connect_up(room, seat, word("sdp").to_owned(), false).await;
            Ok(json!({"sdp": answer.map_err(|no| no.to_string())?}))
        }
        "down" => {
            let is_paced = asked.get("paced").and_then(Value::as_bool);
            let offer =
                media.offer_down(room, seat, is_paced.unwrap_or(false), number("have")).await;
            let offer = offer.map_err(|no| no.to_string())?;
            // None: it has all there is.
            Ok(offer.map_or(json!({}), |it| json!({"sdp": it.sdp, "n": it.number})))
        }
        "wants" => {
            let wants = Wants {
                faces: WantedFaces::All(25),
                tall: u16::try_from(number("tall").unwrap_or(0)).unwrap_or(0),
            };
            media.set_wants(room, seat, wants);
            Ok(json!({}))
        }
        "close" => {
            media.close_seat(room, seat);
            Ok(json!({}))
        }
        "answer" => {
            let n = number("n").unwrap_or(0);
            let taken = media.answer_down(room, seat, n, word("sdp").to_owned()).await;
            taken.map_err(|no| no.to_string())?;
            Ok(json!({}))
        }
        other => Err(format!("nobody knows what {other} is")),
    }
}

/// The name of a room.
fn run(room: u32) -> RunId {
    let mut chance = [0; 10];
    if let Some(last) = chance.last_chunk_mut() {
        *last = room.to_be_bytes();
    }
    RunId::new(Instant::from_ms(0), chance)
}
