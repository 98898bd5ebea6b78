//! The result of one benchmark run: a JSON document in `target/bench/` and a short table on
//! standard output. `README.md` describes its shape.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sitwith_wire::clock::Clock;

use crate::Common;
use crate::os::load_average;
use crate::stats::median_of;

/// The server whose rows are compared between runs, and drawn in the darker colour.
const OWN: &str = "sitwith";

/// One run of one benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    /// The file's stem: `room`, `media`, `media-long`, `themes`; with `-quick` behind it.
    pub(crate) name: String,
    pub(crate) title: String,
    /// Start of the run, RFC 3339 in UTC.
    pub(crate) date: String,
    pub(crate) machine: Map<String, Value>,
    pub(crate) parameters: Map<String, Value>,
    pub(crate) rows: Vec<Row>,
    pub(crate) charts: Vec<Chart>,
    /// Notes on measurements that failed, with the reason.
    pub(crate) notes: Vec<String>,
}

/// The metric of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metric {
    /// Name with the unit last, as in `cpu_s_per_million`.
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) higher_is_better: bool,
}

/// One metric of one server in one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) metric: String,
    /// Empty where the benchmark has one case only.
    pub(crate) case: String,
    pub(crate) server: String,
    pub(crate) unit: String,
    pub(crate) higher_is_better: bool,
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// Number of measurements behind the median.
    pub(crate) runs: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<f64>,
    /// Ratios to the floor or a peer of the same run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ratios: Vec<Ratio>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
}

/// A row's median divided by that of another server in the same case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ratio {
    pub(crate) to: String,
    pub(crate) value: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<f64>,
}

/// A bar chart of some rows, drawn by `bench plot`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) metric: String,
    /// Only rows of this case, sorted by value; without it all cases in the document's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) case: Option<String>,
    /// Only rows of these servers; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) servers: Vec<String>,
    /// Draw the ratios to this server instead of the medians.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ratio_to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<f64>,
}

/// Prints a line of progress on standard error: standard output is for results.
pub(crate) fn log_line(text: &str) {
    // A closed standard error must not end the run.
    let _written = writeln!(io::stderr(), "{text}").is_ok();
}

/// The folder for results and caches, below `target`.
pub(crate) fn output_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench")
}

/// Rounds to three decimals, which is more than any figure here reproduces.
fn round_decimals(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

impl Row {
    /// The median and range of `values`, one for each pass; `None` if there is no finite value.
    pub(crate) fn new(metric: Metric, case: &str, server: &str, values: &[f64]) -> Option<Self> {
        let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        let min = finite.iter().copied().reduce(f64::min)?;
        let max = finite.iter().copied().fold(min, f64::max);
        Some(Self {
            metric: metric.name.to_owned(),
            case: case.to_owned(),
            server: server.to_owned(),
            unit: metric.unit.to_owned(),
            higher_is_better: metric.higher_is_better,
            median: round_decimals(median_of(&finite)),
            min: round_decimals(min),
            max: round_decimals(max),
            runs: finite.len(),
            target: None,
            ratios: Vec::new(),
            note: String::new(),
        })
    }

    pub(crate) fn is_own(&self) -> bool {
        self.server.starts_with(OWN)
    }

    fn has_place(&self, metric: &str, case: &str, server: &str) -> bool {
        self.metric == metric && self.case == case && self.server == server
    }

    fn table_cells(&self) -> [String; 5] {
        let targeted = |value: String, target: Option<f64>| match target {
            Some(target) => format!("{value} (target {target})"),
            None => value,
        };
        let median = format!("{} {}", self.median, self.unit);
        let range = if self.runs > 1 && self.min < self.max {
            format!(" [{} to {}]", self.min, self.max)
        } else {
            String::new()
        };
        let ratio =
            |ratio: &Ratio| targeted(format!("{:.2} x {}", ratio.value, ratio.to), ratio.target);
        let ratios: Vec<String> = self.ratios.iter().map(ratio).collect();
        [
            format!("{} {}", self.metric, self.case).trim_end().to_owned(),
            self.server.clone(),
            targeted(format!("{}{range}", median.trim_end()), self.target),
            ratios.join(", "),
            self.note.clone(),
        ]
    }
}

impl Document {
    /// Starts a run: takes the date and the machine's load before it.
    pub(crate) fn begin(name: &str, title: &str, is_quick: bool) -> Self {
        let date = jiff::Timestamp::from_millisecond(Clock::real().now().ms());
        let suffix = if is_quick { "-quick" } else { "" };
        let mut document = Self {
            name: format!("{name}{suffix}"),
            title: title.to_owned(),
            date: date.map_or_else(|_| String::new(), |date| date.to_string()),
            machine: Map::new(),
            parameters: Map::new(),
            rows: Vec::new(),
            charts: Vec::new(),
            notes: Vec::new(),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        document.describe_machine("cores", cores);
        document.describe_machine("cpu", cpu_model());
        document.describe_machine("kernel", kernel.trim());
        document.describe_machine("load_average_before", load_average());
        document
    }

    pub(crate) fn describe_machine(&mut self, key: &str, value: impl Into<Value>) {
        self.machine.insert(key.to_owned(), value.into());
    }

    pub(crate) fn set_parameter(&mut self, key: &str, value: impl Into<Value>) {
        self.parameters.insert(key.to_owned(), value.into());
    }

    /// Adds a row; without a finite value it is left out.
    pub(crate) fn add_row(&mut self, metric: Metric, case: &str, server: &str, values: &[f64]) {
        self.rows.extend(Row::new(metric, case, server, values));
    }

    /// Returns the row of this metric, case and server, if it was measured.
    pub(crate) fn row(&self, metric: Metric, case: &str, server: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.has_place(metric.name, case, server))
    }

    pub(crate) fn set_target(&mut self, metric: Metric, case: &str, target: f64) {
        let mut rows = self.rows.iter_mut();
        if let Some(row) = rows.find(|row| row.has_place(metric.name, case, OWN)) {
            row.target = Some(target);
        }
    }

    /// Gives every row of `metric` that is not one of `peers` its ratio to the best of them in
    /// the same case, under the name `to`.
    pub(crate) fn add_ratios(&mut self, metric: Metric, to: &str, peers: &[&str]) {
        let is_peer = |row: &Row| peers.contains(&row.server.as_str());
        for index in 0..self.rows.len() {
            let Some(row) = self.rows.get(index) else { continue };
            if row.metric != metric.name || is_peer(row) {
                continue;
            }
            let same_case = self
                .rows
                .iter()
                .filter(|peer| is_peer(peer) && peer.metric == row.metric && peer.case == row.case);
            let medians = same_case.map(|peer| peer.median);
            let best = medians.reduce(if metric.higher_is_better { f64::max } else { f64::min });
            let value =
                best.map(|best| round_decimals(row.median / best)).filter(|v| v.is_finite());
            let ratio = value.map(|value| Ratio { to: to.to_owned(), value, target: None });
            if let Some(row) = self.rows.get_mut(index) {
                row.ratios.extend(ratio);
            }
        }
    }

    /// Sets the target of the own row's ratio to `to`.
    pub(crate) fn set_ratio_target(&mut self, metric: Metric, case: &str, to: &str, target: f64) {
        let row = self.rows.iter_mut().find(|row| row.has_place(metric.name, case, OWN));
        let mut ratios = row.into_iter().flat_map(|row| &mut row.ratios);
        if let Some(ratio) = ratios.find(|ratio| ratio.to == to) {
            ratio.target = Some(target);
        }
    }

    /// Ends the run: writes `target/bench/NAME.json` and prints the table, or with `--json` the
    /// document.
    pub(crate) fn finish(mut self, common: &Common) -> io::Result<()> {
        self.describe_machine("load_average_after", load_average());
        let mut json = serde_json::to_string_pretty(&self)?;
        json.push('\n');
        let file = output_folder().join(format!("{}.json", self.name));
        fs::create_dir_all(output_folder())?;
        fs::write(&file, &json)?;
        log_line(&format!("Written: {}", file.display()));
        io::stdout().write_all(if common.json { json } else { self.table() }.as_bytes())
    }

    /// Reads a document that a run has written.
    pub(crate) fn read(file: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(file)?;
        serde_json::from_str(&text)
            .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))
    }

    /// The rows with a target or a ratio, or all if there are none such; and the notes.
    fn table(&self) -> String {
        let is_headline = |row: &&Row| row.target.is_some() || !row.ratios.is_empty();
        let has_headlines = self.rows.iter().any(|row| is_headline(&row));
        let shown = self.rows.iter().filter(|row| !has_headlines || is_headline(row));
        let cells: Vec<[String; 5]> = shown.map(Row::table_cells).collect();
        let mut text = format!("\n{}\n", self.title);
        text.push_str(&align_columns(&cells));
        for note in &self.notes {
            let _written = writeln!(text, "{note}");
        }
        text
    }
}

/// Lines of left-aligned columns, two spaces between them.
pub(crate) fn align_columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let cells = widths.iter().zip(row).map(|(width, cell)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn cpu_model() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let model = line.and_then(|line| line.split_once(':')).map(|(_, model)| model.trim());
    model.unwrap_or("unknown").to_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const CPU: Metric = Metric { name: "cpu_s", unit: "s", higher_is_better: false };
    const ARI: Metric = Metric { name: "ari", unit: "", higher_is_better: true };

    /// Sitwith at 3 s beside a floor of 2 s and two peers.
    pub(crate) fn sample_document() -> Document {
        let mut document = Document::begin("sample", "Names < & > bars", true);
        document.add_row(CPU, "large", "sitwith", &[3.0, 2.0, 30.000_04]);
        document.add_row(CPU, "large", "floor", &[2.0]);
        document.add_row(CPU, "large", "peer-a", &[6.0]);
        document.add_row(CPU, "large", "peer-b", &[4.0]);
        document.add_row(CPU, "large", "broken", &[f64::NAN]);
        document.add_ratios(CPU, "floor", &["floor"]);
        document.add_ratios(CPU, "peer", &["peer-a", "peer-b"]);
        document.set_target(CPU, "large", 2.5);
        document.set_ratio_target(CPU, "large", "peer", 0.5);
        document.charts.push(Chart {
            title: "CPU, as a multiple of the floor".to_owned(),
            metric: "cpu_s".to_owned(),
            case: Some("large".to_owned()),
            ratio_to: Some("floor".to_owned()),
            target: Some(1.25),
            ..Chart::default()
        });
        document
    }

    #[test]
    fn a_row_holds_the_median_the_range_and_the_ratio_to_the_best_peer() {
        let document = sample_document();
        let row = document.row(CPU, "large", "sitwith").unwrap();
        assert_eq!((row.median, row.min, row.max, row.runs), (3.0, 2.0, 30.0, 3));
        let ratios: Vec<_> = row.ratios.iter().map(|r| (r.to.as_str(), r.value)).collect();
        assert_eq!(ratios, [("floor", 1.5), ("peer", 0.75)]);
        assert!(document.row(CPU, "large", "broken").is_none());
        let mut higher = Document::begin("sample", "ARI", false);
        for (server, value) in [("sitwith", 0.6), ("a", 0.4), ("b", 0.5)] {
            higher.add_row(ARI, "30 texts", server, &[value]);
        }
        higher.add_ratios(ARI, "peer", &["a", "b"]);
        assert_eq!(higher.row(ARI, "30 texts", "sitwith").unwrap().ratios[0].value, 1.2);
    }

    #[test]
    fn a_document_is_read_back_as_it_was_written() {
        let document = sample_document();
        let json = serde_json::to_string_pretty(&document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), document);
        let table = document.table();
        let line = "cpu_s large  sitwith  3 s [2 to 30] (target 2.5)  1.50 x floor, 0.75 x peer \
                    (target 0.5)";
        assert!(table.contains(line), "{table}");
    }
}
