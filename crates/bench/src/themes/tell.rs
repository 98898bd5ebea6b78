//! The figures of themes, told: keys for programs, a table and a picture for people.

use std::collections::BTreeSet;

use super::score::Score;
use super::{Found, Measured, as_float};
use crate::report::{Bar, Chart, Report};

/// What ours is meant to reach beside the best that BERTopic was tuned to.
const AIMS: [(usize, f64); 4] = [(30, 1.3), (100, 1.25), (1_000, 1.05), (5_000, 0.9)];
/// The same for AMI.
const AMI_AIM: (usize, f64) = (5_000, 0.98);
const GATHER_AIMS_MS: [(usize, f64); 3] = [(40, 1.0), (1_000, 100.0), (5_000, 1_500.0)];
const EMBED_AIM_MS: f64 = 15.0;
const MOVED_AIM: f64 = 0.01;
/// The three ways of the peer.
const WAYS: [&str; 3] = ["default", "tuned", "reassigned"];

/// The middles of some circles.
struct Means {
    ours: Score,
    peers: Option<[Score; 3]>,
    circles: usize,
    themes: f64,
}

fn mean(found: &[&Found], figure: impl Fn(&Found) -> f64) -> f64 {
    found.iter().map(|found| figure(found)).sum::<f64>() / as_float(found.len().max(1))
}

impl Means {
    /// Where the peer came to an end, both are looked at on the same circles only.
    fn of(found: &[&Found]) -> Self {
        let measured: Vec<&Found> = found.iter().copied().filter(|f| f.peers.is_some()).collect();
        let peer = |way: usize, figure: fn(&Score) -> f64| {
            mean(&measured, |found| {
                found.peers.as_ref().and_then(|peers| peers.get(way)).map_or(0.0, figure)
            })
        };
        let peers = [0, 1, 2].map(|way| Score {
            ari: peer(way, |score| score.ari),
            ami: peer(way, |score| score.ami),
        });
        let of = if measured.is_empty() { found } else { &measured };
        Self {
            ours: Score {
                ari: mean(of, |found| found.ours.ari),
                ami: mean(of, |found| found.ours.ami),
            },
            peers: (!measured.is_empty()).then_some(peers),
            circles: of.len(),
            themes: mean(of, |found| found.themes),
        }
    }

    /// The better of the two tuned ways, for each figure.
    fn best(&self) -> Option<Score> {
        let [_, tuned, reassigned] = self.peers.as_ref()?;
        Some(Score { ari: tuned.ari.max(reassigned.ari), ami: tuned.ami.max(reassigned.ami) })
    }
}

/// Everything as one report.
pub(super) fn report(measured: &Measured) -> Report {
    let mut report = Report::new("Themes beside BERTopic");
    let peer = measured.peer.as_deref().unwrap_or("not measured");
    report.text("peer", peer);
    report.number("quick", if measured.is_quick { 1.0 } else { 0.0 });
    let sizes: BTreeSet<usize> = measured.found.iter().map(|found| found.size).collect();
    let head =
        ["ARI / AMI", "ours", "BERTopic: default, tuned, reassigned", "ours beside its best"];
    report.row(head.map(str::to_owned));
    let mut bars = Vec::new();
    for size in sizes {
        let of_size = measured.found.iter().filter(|found| found.size == size);
        let of_size: Vec<&Found> = of_size.collect();
        let means = Means::of(&of_size);
        put(&mut report, size, &means);
        bars.push(bar("Sitwith", size, means.ours.ari, true));
        if let Some(best) = means.best() {
            bars.push(bar("BERTopic", size, best.ari, false));
        }
        let sets: BTreeSet<&str> = of_size.iter().map(|found| found.set.as_str()).collect();
        for set in sets {
            let of_set = of_size.iter().copied().filter(|found| found.set == set);
            let means = Means::of(&of_set.collect::<Vec<_>>());
            report.number(&format!("ari_{size}_{set}"), means.ours.ari);
            if let Some(best) = means.best() {
                report.number(&format!("bertopic_ari_{size}_{set}"), best.ari);
            }
            report.row(cells(&format!("  {set}"), &means, ""));
        }
    }
    report.chart(Chart {
        title: "Agreement with people's labels (ARI): 1 is the same, 0 is chance".to_owned(),
        target: None,
        bars,
    });
    speed(&mut report, measured);
    arrivals(&mut report, measured);
    report
}

fn bar(name: &str, size: usize, value: f64, is_ours: bool) -> Bar {
    Bar {
        name: format!("{name}, {size} answers"),
        value: value.max(0.0),
        label: format!("{value:.3}"),
        is_ours,
    }
}

fn put(report: &mut Report, size: usize, means: &Means) {
    report.number(&format!("ari_{size}"), means.ours.ari);
    report.number(&format!("ami_{size}"), means.ours.ami);
    report.number(&format!("circles_{size}"), as_float(means.circles));
    report.number(&format!("themes_{size}"), means.themes);
    let mut aim = String::new();
    if let (Some(peers), Some(best)) = (&means.peers, means.best()) {
        report.number(&format!("bertopic_ari_{size}"), best.ari);
        report.number(&format!("bertopic_ami_{size}"), best.ami);
        for (way, score) in WAYS.iter().zip(peers) {
            report.number(&format!("bertopic_{way}_ari_{size}"), score.ari);
            report.number(&format!("bertopic_{way}_ami_{size}"), score.ami);
        }
        let ratio = means.ours.ari / best.ari;
        report.number(&format!("ari_ratio_{size}"), ratio);
        aim = format!("{ratio:.2} x");
        if let Some((_, least)) = AIMS.iter().find(|(at, _)| *at == size) {
            aim = format!("{aim}, target {least} x");
        }
        if AMI_AIM.0 == size {
            let ratio = means.ours.ami / best.ami;
            report.number(&format!("ami_ratio_{size}"), ratio);
            aim = format!("{aim}; AMI {ratio:.2} x, target {} x", AMI_AIM.1);
        }
    }
    report.row(cells(&format!("{size} answers"), means, &aim));
}

fn cells(name: &str, means: &Means, aim: &str) -> [String; 4] {
    let pair = |score: &Score| format!("{:.3} / {:.3}", score.ari, score.ami);
    let peers = means.peers.as_ref().map(|peers| peers.each_ref().map(pair).join(", "));
    [
        name.to_owned(),
        format!("{} ({} circles, {:.1} themes)", pair(&means.ours), means.circles, means.themes),
        peers.unwrap_or_else(|| "not measured".to_owned()),
        aim.to_owned(),
    ]
}

fn speed(report: &mut Report, measured: &Measured) {
    report.number("embed_ms", measured.embed_ms);
    report.row([
        "one answer read".to_owned(),
        format!("{:.1} ms", measured.embed_ms),
        String::new(),
        format!("target {EMBED_AIM_MS} ms"),
    ]);
    for (size, ms) in &measured.gather_ms {
        report.number(&format!("gather{size}_ms"), *ms);
        let aim = GATHER_AIMS_MS.iter().find(|(at, _)| at == size);
        report.row([
            format!("gathering {size}"),
            format!("{ms:.2} ms"),
            String::new(),
            aim.map_or_else(String::new, |(_, ms)| format!("target {ms} ms")),
        ]);
    }
    let mean_ms = |size: usize| {
        let of_size = measured.found.iter().filter(|found| found.size == size);
        mean(&of_size.collect::<Vec<_>>(), |found| found.gather_ms)
    };
    report.number("gather30_ms", mean_ms(30));
    report.number("arrival_ms", measured.crowd_arrival_ms);
    report.row([
        "one more in a crowd".to_owned(),
        format!("{:.2} ms", measured.crowd_arrival_ms),
        String::new(),
        String::new(),
    ]);
}

fn arrivals(report: &mut Report, measured: &Measured) {
    let seen = measured.arrivals;
    report.number("arrivals", as_float(seen.arrivals));
    report.number("moved_share_per_arrival", seen.moved_share);
    report.number("moved_share_gathered_each_time", seen.moved_share_gathered);
    report.number("moved_share_worst", seen.worst_share);
    report.number("still_arrivals_share", seen.still_share);
    report.number("ari_live", seen.ari_before);
    report.number("ari_live_gathered", seen.ari_after);
    report.row([
        "moved at an arrival".to_owned(),
        format!("{:.2} %", seen.moved_share * 100.0),
        format!("{:.2} % when gathered anew each time", seen.moved_share_gathered * 100.0),
        format!("target {:.0} %", MOVED_AIM * 100.0),
    ]);
    report.row([
        "picture before the end".to_owned(),
        format!("{:.3}", seen.ari_before),
        format!("{:.3} once gathered", seen.ari_after),
        String::new(),
    ]);
}
