//! Sitwith's media forwarding in a process of its own, controlled over standard input in place of
//! the room.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use sitwith_core::id::RunId;
use sitwith_core::sit::media::{ForwarderEvent, MediaRules, MediaSlots, MediaWants, WantedFaces};
use sitwith_core::time::Instant;
use sitwith_media::{RandomSource, Sfu, SfuSettings};
use sitwith_wire::dice::Dice;

use super::machine::Machine;
use super::server::{Seat, Signalling};
use crate::room::program::Program;

/// The latest slots of each room.
type Carried = Arc<Mutex<BTreeMap<RunId, MediaSlots>>>;

/// The running process.
pub(super) struct Home {
    program: Program,
    is_paced: bool,
    people: Vec<usize>,
    publishers: Vec<Vec<u32>>,
}

impl Home {
    pub(super) fn start(machine: Machine, is_paced: bool) -> io::Result<Self> {
        let program = std::env::current_exe()?;
        let mut command = machine.server_command(&program.to_string_lossy());
        command.arg("media-home").arg(machine.host.to_string());
        Ok(Self {
            program: Program::start(&mut command)?,
            is_paced,
            people: Vec::new(),
            publishers: Vec::new(),
        })
    }

    /// Sends a command and waits for its reply.
    pub(super) fn ask(&mut self, what: &Value) -> io::Result<Value> {
        self.program.send_line(&what.to_string())?;
        let reply: Value =
            serde_json::from_str(&self.program.await_line("reply")?).map_err(io::Error::other)?;
        match reply.get("no") {
            Some(why) => Err(io::Error::other(format!("refused: {why}"))),
            None => Ok(reply),
        }
    }

    /// Allows the media of these seats in the room, and no other.
    fn set_rules(&mut self, room: usize, given: &[u32]) -> io::Result<()> {
        let people = self.people.get(room).copied().unwrap_or(0);
        self.ask(&json!({"do": "rules", "room": room, "given": given, "people": people}))?;
        Ok(())
    }
}

impl Signalling for Home {
    fn program(&self) -> &Program {
        &self.program
    }

    fn open_room(&mut self, room: usize, people: usize) -> io::Result<()> {
        self.people.push(people);
        self.publishers.push(Vec::new());
        self.set_rules(room, &[])
    }

    fn publish(&mut self, seat: Seat, offer: &str) -> io::Result<String> {
        if let Some(publishers) = self.publishers.get_mut(seat.room) {
            publishers.push(seat.number);
        }
        let reply =
            self.ask(&json!({"do": "up", "room": seat.room, "seat": seat.number, "sdp": offer}))?;
        sdp_of(&reply)
    }

    fn allow_media(&mut self, room: usize) -> io::Result<()> {
        let given = self.publishers.get(room).cloned().unwrap_or_default();
        self.set_rules(room, &given)
    }

    fn block_media(&mut self, room: usize) -> io::Result<bool> {
        self.set_rules(room, &[])?;
        Ok(true)
    }

    fn forwarded_sources(&mut self, room: usize) -> io::Result<Option<(u64, u64)>> {
        let reply = self.ask(&json!({"do": "slots", "room": room}))?;
        let count = |name: &str| reply.get(name).and_then(Value::as_u64).unwrap_or(0);
        Ok(Some((count("voices"), count("faces"))))
    }

    fn subscribe(&mut self, seat: Seat) -> io::Result<(String, Value)> {
        let reply = self.ask(&json!({
            "do": "down", "room": seat.room, "seat": seat.number, "paced": self.is_paced,
        }))?;
        Ok((sdp_of(&reply)?, reply.get("n").cloned().unwrap_or_default()))
    }

    fn send_answer(&mut self, seat: Seat, name: &Value, answer: &str) -> io::Result<()> {
        self.ask(&json!({
            "do": "answer", "room": seat.room, "seat": seat.number, "n": name, "sdp": answer,
        }))?;
        Ok(())
    }
}

/// The SDP in a reply.
pub(super) fn sdp_of(reply: &Value) -> io::Result<String> {
    let found = reply.get("sdp").and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| io::Error::other("the reply has no SDP"))
}

/// Serves until its standard input ends: one command per line, one reply each.
pub(crate) fn serve_media(host: IpAddr) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let (media, mut told) = Sfu::start(sfu_settings(host)).map_err(io::Error::other)?;
        let port = media.listen_addrs().map_or(0, |(udp, _)| udp.port());
        writeln!(io::stdout(), "port {port}")?;
        let slots = Carried::default();
        let updated = slots.clone();
        tokio::spawn(async move {
            while let Some((room, told)) = told.recv().await {
                if let ForwarderEvent::SlotsChanged(slots) = told {
                    let mut known = updated.lock().unwrap_or_else(PoisonError::into_inner);
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
            let reply = handle_command(&media, &slots, &line).await;
            let reply = reply.unwrap_or_else(|no| json!({"no": no}));
            writeln!(io::stdout(), "reply {reply}")?;
        }
        Ok(())
    })
}

fn sfu_settings(host: IpAddr) -> SfuSettings {
    let dice = Dice::real();
    let fill = move |bytes: &mut [u8]| {
        for part in bytes.chunks_mut(16) {
            let chance: [u8; 16] = dice.bytes();
            part.copy_from_slice(chance.get(..part.len()).unwrap_or_default());
        }
    };
    SfuSettings {
        public: vec![host],
        workers: 1,
        ..SfuSettings::new(SocketAddr::from((host, 0)), RandomSource(Arc::new(fill)))
    }
}

/// Executes one command.
async fn handle_command(media: &Sfu, slots: &Carried, line: &str) -> Result<Value, String> {
    let asked: Value = serde_json::from_str(line).map_err(|no| no.to_string())?;
    let number = |name: &str| {
        let found = asked.get(name).and_then(Value::as_u64);
        found.and_then(|number| u32::try_from(number).ok())
    };
    let word = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default();
    let room = run_id(number("room").unwrap_or(0));
    let seat = number("seat").unwrap_or(0);
    match word("do") {
        "rules" => {
            let list = |name: &str| -> Option<Vec<u32>> {
                let seats = asked.get(name).and_then(Value::as_array)?.iter();
                let seats = seats.filter_map(Value::as_u64);
                Some(seats.filter_map(|seat| u32::try_from(seat).ok()).collect())
            };
            let seats = list("given").unwrap_or_default();
            let rules = MediaRules {
                voices: seats.clone(),
                faces: list("faces").unwrap_or_else(|| seats.clone()),
                // A single publisher is the guide; of several the loudest are forwarded.
                always: if seats.len() == 1 { seats } else { Vec::new() },
                people: number("people").unwrap_or(0),
                ..MediaRules::default()
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
            let offer = media
                .create_down_sdp_offer(room, seat, is_paced.unwrap_or(false), number("have"))
                .await;
            let offer = offer.map_err(|no| no.to_string())?;
            // Without an offer the browser has everything already.
            Ok(offer.map_or(json!({}), |it| json!({"sdp": it.sdp, "n": it.number})))
        }
        "wants" => {
            let wants = MediaWants {
                faces: WantedFaces::All(25),
                tile_px: u16::try_from(number("tall").unwrap_or(0)).unwrap_or(0),
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
            let taken = media.apply_down_sdp_answer(room, seat, n, word("sdp").to_owned()).await;
            taken.map_err(|no| no.to_string())?;
            Ok(json!({}))
        }
        other => Err(format!("unknown command {other}")),
    }
}

/// The run id that stands for a room number.
fn run_id(room: u32) -> RunId {
    let mut chance = [0; 10];
    if let Some(last) = chance.last_chunk_mut() {
        *last = room.to_be_bytes();
    }
    RunId::new(Instant::from_ms(0), chance)
}
