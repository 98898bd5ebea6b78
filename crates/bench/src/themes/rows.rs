//! The themes benchmark's document: agreement by circle size, times, and movement on arrival.

use std::collections::BTreeSet;

use super::score::Score;
use super::{CircleResult, Measured};
use crate::document::{Chart, Document, Metric};
use crate::stats::as_float;

const ARI: Metric = Metric { name: "ari", unit: "", higher_is_better: true };
const AMI: Metric = Metric { name: "ami", unit: "", higher_is_better: true };
const THEMES: Metric = Metric { name: "themes", unit: "", higher_is_better: true };
const GATHER: Metric = Metric { name: "gather_ms", unit: "ms", higher_is_better: false };
const EMBED: Metric = Metric { name: "embed_ms", unit: "ms", higher_is_better: false };
const ARRIVAL: Metric = Metric { name: "arrival_ms", unit: "ms", higher_is_better: false };
const MOVED: Metric = Metric { name: "moved_share", unit: "", higher_is_better: false };

/// ARI beside the better of BERTopic's two tuned ways, by circle size.
const ARI_TARGETS: [(usize, f64); 4] = [(30, 1.3), (100, 1.25), (1_000, 1.05), (5_000, 0.9)];
const AMI_TARGET: (usize, f64) = (5_000, 0.98);
const GATHER_TARGETS_MS: [(usize, f64); 3] = [(40, 1.0), (1_000, 100.0), (5_000, 1_500.0)];
const EMBED_TARGET_MS: f64 = 15.0;
const MOVED_TARGET: f64 = 0.01;

const WAYS: [&str; 3] = ["bertopic, default", "bertopic, tuned", "bertopic, reassigned"];

pub(super) fn add_rows(document: &mut Document, measured: &Measured) {
    let peer = measured.peer.as_deref().unwrap_or("not measured");
    document.describe_machine("bertopic", peer);
    let sizes: BTreeSet<usize> = measured.results.iter().map(|result| result.size).collect();
    for size in sizes {
        let of_size = measured.results.iter().filter(|result| result.size == size);
        let of_size: Vec<&CircleResult> = of_size.collect();
        add_scores(document, &case_of(size), &of_size);
        let datasets: BTreeSet<&str> = of_size.iter().map(|r| r.dataset.as_str()).collect();
        for dataset in datasets {
            let of_dataset = of_size.iter().copied().filter(|result| result.dataset == dataset);
            let case = format!("{}, {dataset}", case_of(size));
            add_scores(document, &case, &of_dataset.collect::<Vec<_>>());
        }
    }
    for metric in [ARI, AMI] {
        document.add_ratios(metric, "bertopic", &["bertopic"]);
    }
    for (size, target) in ARI_TARGETS {
        document.set_ratio_target(ARI, &case_of(size), "bertopic", target);
    }
    document.set_ratio_target(AMI, &case_of(AMI_TARGET.0), "bertopic", AMI_TARGET.1);
    document.charts.push(Chart {
        title: "Agreement with human labels (ARI): 1 is identical, 0 is chance".to_owned(),
        metric: ARI.name.to_owned(),
        servers: vec!["sitwith".to_owned(), "bertopic".to_owned()],
        ..Chart::default()
    });
    add_times(document, measured);
    add_arrivals(document, measured);
}

fn case_of(size: usize) -> String {
    format!("{size} texts")
}

fn mean_of(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / as_float(values.len().max(1))
}

type Figure = fn(&Score) -> f64;

/// Mean scores over the circles. Where BERTopic finished only some of them, both are scored on
/// those alone. `bertopic` is the better of its two tuned ways.
fn add_scores(document: &mut Document, case: &str, results: &[&CircleResult]) {
    let has_peers = |result: &&&CircleResult| result.peers.is_some();
    let finished: Vec<&CircleResult> = results.iter().filter(has_peers).copied().collect();
    let scored = if finished.is_empty() { results } else { &finished };
    let figures: [(Metric, Figure); 2] = [(ARI, |score| score.ari), (AMI, |score| score.ami)];
    for (metric, figure) in figures {
        let own = mean_of(scored.iter().map(|result| figure(&result.own)));
        document.add_row(metric, case, "sitwith", &[own]);
        if finished.is_empty() {
            continue;
        }
        let of_way = |way: usize| {
            let scores = finished.iter().filter_map(|result| result.peers.as_ref()?.get(way));
            mean_of(scores.map(figure))
        };
        for (way, name) in WAYS.iter().enumerate() {
            document.add_row(metric, case, name, &[of_way(way)]);
        }
        document.add_row(metric, case, "bertopic", &[of_way(1).max(of_way(2))]);
    }
    document.add_row(THEMES, case, "sitwith", &[mean_of(scored.iter().map(|r| r.themes))]);
    let of_case = document.rows.iter_mut().filter(|row| row.case == case);
    of_case.for_each(|row| row.note = format!("{} circles", scored.len()));
}

fn add_times(document: &mut Document, measured: &Measured) {
    document.add_row(EMBED, "", "sitwith", &measured.embed.embed_ms);
    document.add_row(EMBED, "", "floor", &measured.embed.floor_ms);
    document.add_ratios(EMBED, "floor", &["floor"]);
    document.set_target(EMBED, "", EMBED_TARGET_MS);
    for times in &measured.gather {
        document.add_row(GATHER, &case_of(times.size), "sitwith", &times.gather_ms);
        document.add_row(GATHER, &case_of(times.size), "floor", &times.floor_ms);
    }
    let of_thirty = measured.results.iter().filter(|result| result.size == 30);
    let gather_ms: Vec<f64> = of_thirty.map(|result| result.gather_ms).collect();
    document.add_row(GATHER, &case_of(30), "sitwith", &gather_ms);
    document.add_ratios(GATHER, "floor", &["floor"]);
    for (size, target) in GATHER_TARGETS_MS {
        document.set_target(GATHER, &case_of(size), target);
    }
    document.add_row(ARRIVAL, "", "sitwith", &[measured.crowd_arrival_ms]);
}

fn add_arrivals(document: &mut Document, measured: &Measured) {
    let seen = &measured.arrivals;
    document.set_parameter("arrivals", seen.arrivals);
    document.add_row(MOVED, "per arrival", "sitwith", &[seen.moved_share]);
    document.set_target(MOVED, "per arrival", MOVED_TARGET);
    document.add_row(MOVED, "gathered each time", "sitwith", &[seen.moved_share_gathered]);
    document.add_row(MOVED, "worst arrival", "sitwith", &[seen.worst_share]);
    let still = Metric { name: "still_arrivals_share", unit: "", higher_is_better: true };
    document.add_row(still, "", "sitwith", &[seen.still_share]);
    document.add_row(ARI, "before the last gathering", "sitwith", &[seen.ari_before]);
    document.add_row(ARI, "after the last gathering", "sitwith", &[seen.ari_after]);
}
