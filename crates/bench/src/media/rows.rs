//! The media benchmark's document: rows, ratios, targets and charts.

use super::Sizes;
use super::measure::{Results, Sample};
use super::server::Server;
use crate::document::{Chart, Document, Metric};

const fn lower_is_better(name: &'static str, unit: &'static str) -> Metric {
    Metric { name, unit, higher_is_better: false }
}

const fn higher_is_better(name: &'static str, unit: &'static str) -> Metric {
    Metric { name, unit, higher_is_better: true }
}

const CPU: Metric = lower_is_better("cpu_s_per_million_packets", "s");
const P50: Metric = lower_is_better("p50_ms", "ms");
const P99: Metric = lower_is_better("p99_ms", "ms");
const PACKETS: Metric = higher_is_better("packets_per_s", "1/s");
const DELIVERED: Metric = higher_is_better("delivered_share", "");
const JOINS: Metric = higher_is_better("joins_per_s", "1/s");
const JOIN_CPU: Metric = lower_is_better("join_cpu_ms", "ms");
const BLOCK: Metric = lower_is_better("block_ms", "ms");
const MEMORY: Metric = lower_is_better("memory_kb_per_subscriber", "KB");

/// CPU of a million packets, in seconds, and beside the floor.
const CPU_TARGET_S: f64 = 8.0;
const FLOOR_TARGET: f64 = 1.5;
/// CPU beside the better of Janus's two modes.
const JANUS_TARGETS: [(&str, f64); 5] = [
    ("audio50", 0.5),
    ("audio200", 0.5),
    ("rooms25x8", 0.5),
    ("video200", 0.77),
    ("video50", 0.77),
];
const P99_TARGETS_MS: [(&str, f64); 2] = [("audio200", 5.0), ("audio600", 10.0)];
const MEMORY_TARGETS_KB: [(&str, f64); 2] = [("audio200", 100.0), ("video200", 300.0)];
const JOINS_TARGET: f64 = 250.0;
const BLOCK_TARGET_MS: f64 = 200.0;
const DELIVERED_MIN: f64 = 0.99;

const JANUS: [&str; 2] = ["janus, one loop", "janus, threads"];

/// Sizes of the cases, and what is known of the machine after the run.
pub(super) fn add_parameters(document: &mut Document, sizes: &Sizes, all: &[Results]) {
    document.set_parameter("passes", sizes.passes);
    document.set_parameter("seconds", sizes.counted.as_secs_f64());
    let cases = sizes.plan.iter().map(|(case, _)| format!("{}: {}", case.key, case.describe()));
    document.set_parameter("sizes", cases.collect::<Vec<_>>().join("; "));
    let samples = || all.iter().flat_map(|results| &results.samples);
    let stolen = samples().map(|sample| sample.stolen).fold(0.0, f64::max);
    document.describe_machine("stolen_share_max", stolen);
    if let Some(version) = samples().find_map(|sample| sample.version.clone()) {
        document.describe_machine("janus", version);
    }
}

pub(super) fn add_rows(document: &mut Document, all: &[Results]) {
    for results in all {
        add_results(document, results);
    }
    document.add_ratios(CPU, "floor", &["floor"]);
    for metric in [CPU, P99, JOIN_CPU, MEMORY] {
        document.add_ratios(metric, "janus", &JANUS);
    }
    for (case, target) in JANUS_TARGETS {
        document.set_ratio_target(CPU, case, "janus", target);
    }
    for case in ["audio200", "video200", "rooms25x8"] {
        document.set_target(CPU, case, CPU_TARGET_S);
        document.set_ratio_target(CPU, case, "floor", FLOOR_TARGET);
        document.set_target(BLOCK, case, BLOCK_TARGET_MS);
    }
    for (metric, targets) in [(P99, P99_TARGETS_MS), (MEMORY, MEMORY_TARGETS_KB)] {
        for (case, target) in targets {
            document.set_target(metric, case, target);
        }
    }
    document.set_target(JOINS, "audio200", JOINS_TARGET);
}

fn add_results(document: &mut Document, results: &Results) {
    let (case, server) = (results.case.key, results.server.name());
    if let Some(failure) = &results.failure {
        document.notes.push(format!("{case} with {server} could not be measured: {failure}"));
    }
    let mut add = |metric: Metric, value: fn(&Sample) -> f64| {
        let values = results.samples.iter().map(value);
        // A server that cannot block media has no time for it.
        let values: Vec<f64> =
            values.filter(|value| metric.name != BLOCK.name || *value > 0.0).collect();
        document.add_row(metric, case, server, &values);
    };
    add(CPU, Sample::cpu);
    add(PACKETS, Sample::packets_per_s);
    if results.server == Server::Floor {
        return;
    }
    add(P50, |sample| sample.p50_ms);
    add(P99, |sample| sample.p99_ms);
    add(DELIVERED, |sample| sample.delivered);
    add(JOINS, |sample| sample.joins_per_s);
    add(JOIN_CPU, |sample| sample.join_cpu_ms);
    add(BLOCK, |sample| sample.block_ms);
    add(MEMORY, |sample| sample.kb_per_subscriber);
    note_latency(document, case, server);
    let delivered = document.row(DELIVERED, case, server).map_or(1.0, |row| row.median);
    // Paced subscribers miss video on purpose while their downlink is not known to carry it.
    if delivered < DELIVERED_MIN && results.server != Server::HomePaced {
        let text = format!("{case} with {server}: only {:.2} % delivered", delivered * 100.0);
        document.notes.push(text);
    }
}

/// The figure shows the latency beside the CPU.
fn note_latency(document: &mut Document, case: &str, server: &str) {
    let p99 = document.row(P99, case, server).map_or(0.0, |row| row.median);
    let mut rows = document.rows.iter_mut().rev();
    let cpu = |row: &&mut crate::document::Row| {
        row.metric == CPU.name && row.case == case && row.server == server
    };
    if let Some(row) = rows.find(cpu) {
        row.note = format!("p99 {p99:.1} ms");
    }
}

pub(super) fn add_charts(document: &mut Document, sizes: &Sizes) {
    let titles = [
        ("audio200", "audio"),
        ("video200", "video of 1 Mbit/s"),
        ("rooms25x8", "small rooms, audio and video"),
        ("all25", "all to all"),
    ];
    for (key, title) in titles {
        let Some((case, _)) = sizes.plan.iter().find(|(case, _)| case.key == key) else {
            continue;
        };
        document.charts.push(Chart {
            title: format!("CPU of a million packets: {title} ({})", case.describe()),
            metric: CPU.name.to_owned(),
            case: Some(key.to_owned()),
            target: Some(CPU_TARGET_S),
            ..Chart::default()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::case::Case;
    use crate::media::janus::Mode;

    fn build_results(server: Server, cpu_s: f64) -> Results {
        let mut results = Results::new(Case::audio("audio200", 200), server);
        results.samples.push(Sample {
            received: 1_000_000,
            cpu_s,
            secs: 5.0,
            delivered: if server == Server::Home { 0.98 } else { 1.0 },
            p99_ms: cpu_s / 2.0,
            ..Sample::default()
        });
        results
    }

    fn document_of(all: &[Results]) -> Document {
        let mut document = Document::begin("media", "media", true);
        add_rows(&mut document, all);
        document
    }

    #[test]
    fn cpu_is_compared_with_the_floor_and_the_better_mode_of_janus() {
        let document = document_of(&[
            build_results(Server::Home, 9.0),
            build_results(Server::Janus(Mode::OneLoop), 20.0),
            build_results(Server::Janus(Mode::Threads), 30.0),
            build_results(Server::Floor, 6.0),
        ]);
        let row = document.row(CPU, "audio200", "sitwith").unwrap();
        let ratios: Vec<_> =
            row.ratios.iter().map(|ratio| (ratio.to.as_str(), ratio.value, ratio.target)).collect();
        assert_eq!(ratios, [("floor", 1.5, Some(1.5)), ("janus", 0.45, Some(0.5))]);
        assert_eq!((row.median, row.note.as_str()), (9.0, "p99 4.5 ms"));
        assert_eq!(document.notes, ["audio200 with sitwith: only 98.00 % delivered"]);
        assert!(document.row(BLOCK, "audio200", "sitwith").is_none());
    }

    #[test]
    fn without_janus_the_rest_is_reported() {
        let document =
            document_of(&[build_results(Server::Home, 9.0), build_results(Server::Floor, 6.0)]);
        assert!(document.rows.iter().all(|row| !row.server.contains("janus")));
        assert_eq!(document.row(CPU, "audio200", "sitwith").unwrap().ratios.len(), 1);
    }
}
