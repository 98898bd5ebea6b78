//! BERTopic, the library people use for this: from PyPI, in an environment of its own below
//! `target`, with the versions of `peers/bertopic.txt`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::Found;
use super::draw::Circle;
use super::score::{Score, score};
use super::vectors::folder;
use crate::report::say;
use crate::watch::{Watch, pause};

/// How long it may take; the quick way does not wait for all of it.
const LIMIT_S: f64 = 3_000.0;
const QUICK_LIMIT_S: f64 = 22.0;

pub(super) struct Peer {
    program: Child,
    out: PathBuf,
    limit_s: f64,
    watch: Watch,
}

fn environment() -> PathBuf {
    folder().join("bertopic")
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The environment's Python; it is made and filled when `fetches`.
fn python(fetches: bool) -> Option<PathBuf> {
    let python = environment().join("bin/python");
    let is_filled = environment().join("filled");
    if is_filled.exists() {
        return Some(python);
    }
    if !fetches {
        return None;
    }
    say("BERTopic is fetched once, into target/bench/bertopic");
    let runs = |command: &mut Command| {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    };
    let made = runs(Command::new("python3").args(["-m", "venv"]).arg(environment()));
    let pip = ["-m", "pip", "install", "--quiet", "--no-deps", "-r"];
    let filled = made && runs(Command::new(&python).args(pip).arg(peers().join("bertopic.txt")));
    (filled && fs::write(is_filled, "").is_ok()).then_some(python)
}

impl Peer {
    /// Starts it on these circles, if it is here.
    pub(super) fn start(circles: &[Circle], quick: bool) -> Option<Self> {
        let Some(python) = python(!quick) else {
            say(
                "BERTopic is not on this machine and is left out (a run without --quick fetches it).",
            );
            return None;
        };
        match start(&python, circles, quick) {
            Ok(peer) => Some(peer),
            Err(error) => {
                say(&format!("BERTopic could not be started: {error}"));
                None
            }
        }
    }

    /// Waits for it and scores what it found; says what it is.
    pub(super) fn finish(&mut self, circles: &[Circle], found: &mut [Found]) -> Option<String> {
        let mut told = 0;
        loop {
            let has_ended = self.program.try_wait().is_ok_and(|status| status.is_some());
            let done = fs::read_to_string(&self.out).unwrap_or_default().lines().count();
            if done > told {
                told = done;
                say(&format!("BERTopic has read {done} of {} circles", circles.len()));
            }
            if has_ended || self.watch.secs() > self.limit_s {
                break;
            }
            pause(500);
        }
        let _ended = self.program.kill().is_ok() && self.program.wait().is_ok();
        let text = fs::read_to_string(&self.out).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        let mut name = None;
        for line in lines {
            let line: Value = line;
            name = line.get("name").and_then(Value::as_str).map(str::to_owned).or(name);
            let place = line
                .get("circle")
                .and_then(Value::as_u64)
                .and_then(|place| usize::try_from(place).ok());
            let Some((circle, found)) = place.and_then(|at| circles.get(at).zip(found.get_mut(at)))
            else {
                continue;
            };
            let scored = ["default", "tuned", "reassigned"]
                .map(|way| of(line.get(way).unwrap_or(&Value::Null), circle));
            found.peers = Some(scored);
        }
        name
    }
}

/// Its groups, scored. Those it calls outliers are one group, as its own measures take them.
fn of(groups: &Value, circle: &Circle) -> Score {
    let groups = groups.as_array().cloned().unwrap_or_default();
    let groups: Vec<i64> = groups.iter().filter_map(Value::as_i64).collect();
    score(&circle.labels, &groups)
}

fn start(python: &Path, circles: &[Circle], quick: bool) -> io::Result<Peer> {
    let given = folder().join(format!("circles-{}.json", std::process::id()));
    let numbers = given.with_extension("f32");
    let out = given.with_extension("out");
    let told = circles.iter().zip(0..).map(|(circle, place): (_, usize)| {
        json!({ "circle": place, "size": circle.size, "texts": circle.texts })
    });
    // The quick way may not come to the end: what is told most about goes first.
    let mut told: Vec<Value> = told.collect();
    if quick {
        told.sort_by_key(|circle| circle.get("size").and_then(Value::as_u64) != Some(30));
    }
    fs::write(&given, Value::Array(told).to_string())?;
    let vectors = circles.iter().flat_map(|circle| &circle.vectors);
    fs::write(
        &numbers,
        vectors.flat_map(sitwith_core::themes::Vector::to_bytes).collect::<Vec<_>>(),
    )?;
    fs::write(&out, "")?;
    let program = Command::new(python)
        .arg(peers().join("bertopic_peer.py"))
        .args([&given, &numbers, &out])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(Peer {
        program,
        out,
        limit_s: if quick { QUICK_LIMIT_S } else { LIMIT_S },
        watch: Watch::start(),
    })
}
