//! BERTopic from PyPI, in a virtual environment below `target`, with the versions of
//! `peers/bertopic.txt`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::CircleResult;
use super::circles::Circle;
use super::score::{Score, score_clusters};
use crate::document::{log_line, output_folder};
use crate::os::{Stopwatch, pause_ms};

/// Time limit, in seconds; a quick run does not wait for all circles.
const LIMIT_S: f64 = 3_000.0;
const QUICK_LIMIT_S: f64 = 22.0;

pub(super) struct Peer {
    program: Child,
    out: PathBuf,
    limit_s: f64,
    stopwatch: Stopwatch,
}

fn environment_folder() -> PathBuf {
    output_folder().join("bertopic")
}

fn peers_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The environment's Python; `fetches` allows creating it.
fn find_python(fetches: bool) -> Option<PathBuf> {
    let python = environment_folder().join("bin/python");
    let is_filled = environment_folder().join("filled");
    if is_filled.exists() {
        return Some(python);
    }
    if !fetches {
        return None;
    }
    log_line("Installing BERTopic into target/bench/bertopic");
    let runs = |command: &mut Command| {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    };
    let made = runs(Command::new("python3").args(["-m", "venv"]).arg(environment_folder()));
    let pip = ["-m", "pip", "install", "--quiet", "--no-deps", "-r"];
    let filled =
        made && runs(Command::new(&python).args(pip).arg(peers_folder().join("bertopic.txt")));
    (filled && fs::write(is_filled, "").is_ok()).then_some(python)
}

impl Peer {
    /// Starts it on these circles, if it is installed.
    pub(super) fn start(circles: &[Circle], quick: bool) -> Option<Self> {
        let Some(python) = find_python(!quick) else {
            log_line(
                "BERTopic is not installed and is left out (a run without --quick fetches it).",
            );
            return None;
        };
        match start_bertopic(&python, circles, quick) {
            Ok(peer) => Some(peer),
            Err(error) => {
                log_line(&format!("BERTopic could not be started: {error}"));
                None
            }
        }
    }

    /// Waits for it and scores its clusters; returns its name and version.
    pub(super) fn finish(
        &mut self,
        circles: &[Circle],
        results: &mut [CircleResult],
    ) -> Option<String> {
        let mut reported = 0;
        loop {
            let has_ended = self.program.try_wait().is_ok_and(|status| status.is_some());
            let done = fs::read_to_string(&self.out).unwrap_or_default().lines().count();
            if done > reported {
                reported = done;
                log_line(&format!("BERTopic has clustered {done} of {} circles", circles.len()));
            }
            if has_ended || self.stopwatch.secs() > self.limit_s {
                break;
            }
            pause_ms(500);
        }
        let _ended = self.program.kill().is_ok() && self.program.wait().is_ok();
        let text = fs::read_to_string(&self.out).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        let mut name = None;
        for line in lines {
            let line: Value = line;
            name = line.get("name").and_then(Value::as_str).map(str::to_owned).or(name);
            let index = line
                .get("circle")
                .and_then(Value::as_u64)
                .and_then(|index| usize::try_from(index).ok());
            let Some((circle, result)) =
                index.and_then(|at| circles.get(at).zip(results.get_mut(at)))
            else {
                continue;
            };
            let scored = ["default", "tuned", "reassigned"]
                .map(|way| score_groups(line.get(way).unwrap_or(&Value::Null), circle));
            result.peers = Some(scored);
        }
        name
    }
}

/// Outliers count as one cluster, as in BERTopic's own evaluation.
fn score_groups(groups: &Value, circle: &Circle) -> Score {
    let groups = groups.as_array().cloned().unwrap_or_default();
    let groups: Vec<i64> = groups.iter().filter_map(Value::as_i64).collect();
    score_clusters(&circle.labels, &groups)
}

fn start_bertopic(python: &Path, circles: &[Circle], quick: bool) -> io::Result<Peer> {
    let given = output_folder().join(format!("circles-{}.json", std::process::id()));
    let numbers = given.with_extension("f32");
    let out = given.with_extension("out");
    let reported = circles.iter().zip(0..).map(|(circle, index): (_, usize)| {
        json!({ "circle": index, "size": circle.size, "texts": circle.texts })
    });
    // A quick run may be cut off: circles of 30 go first.
    let mut reported: Vec<Value> = reported.collect();
    if quick {
        reported.sort_by_key(|circle| circle.get("size").and_then(Value::as_u64) != Some(30));
    }
    fs::write(&given, Value::Array(reported).to_string())?;
    let vectors = circles.iter().flat_map(|circle| &circle.vectors);
    fs::write(
        &numbers,
        vectors.flat_map(sitwith_core::themes::Vector::to_bytes).collect::<Vec<_>>(),
    )?;
    fs::write(&out, "")?;
    let program = Command::new(python)
        .arg(peers_folder().join("bertopic_peer.py"))
        .args([&given, &numbers, &out])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(Peer {
        program,
        out,
        limit_s: if quick { QUICK_LIMIT_S } else { LIMIT_S },
        stopwatch: Stopwatch::start(),
    })
}
