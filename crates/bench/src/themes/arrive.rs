//! Number of shares that move to another theme when shares arrive one by one.

use std::collections::BTreeMap;
use std::io;

use sitwith_core::themes::{IncrementalClustering, Vector};

use super::circles::Circle;
use super::sample_vectors;
use super::score::score_clusters;
use crate::os::Stopwatch;
use crate::stats::{as_float, median_of};

/// Arrivals are counted while a circle grows between these sizes.
const SHARES_FROM: usize = 8;
const SHARES_TO: usize = 40;
/// Number of circles.
const CIRCLES: usize = 24;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arrivals {
    pub(super) arrivals: usize,
    /// Mean fraction of the texts present that change their theme at an arrival.
    pub(super) moved_share: f64,
    /// The same when all are clustered anew at each arrival.
    pub(super) moved_share_gathered: f64,
    pub(super) worst_share: f64,
    /// Fraction of the arrivals after which nothing had moved.
    pub(super) still_share: f64,
    /// ARI before and after the last full clustering.
    pub(super) ari_before: f64,
    pub(super) ari_after: f64,
}

fn group_of(clustering: &IncrementalClustering) -> BTreeMap<u128, u32> {
    let groups = clustering.clusters();
    let keys = groups.iter().flat_map(|group| group.keys.iter().map(|key| (*key, group.number)));
    keys.collect()
}

/// Lets circles grow share by share.
pub(super) fn measure_arrivals(circles: &[Circle]) -> io::Result<Arrivals> {
    let mut seen = Arrivals::default();
    let mut sums = [0.0; 4];
    let filling = circles.iter().filter(|circle| (12..=100).contains(&circle.size));
    let mut filling: Vec<&Circle> = filling.collect();
    filling.sort_by_key(|circle| std::cmp::Reverse(circle.size.min(30)));
    filling.truncate(CIRCLES);
    for circle in &filling {
        let mut live = IncrementalClustering::new();
        let mut anew = IncrementalClustering::new();
        let answers = circle.vectors.iter().take(SHARES_TO);
        for (key, vector) in (0_u128..).zip(answers) {
            let moved = add_share(&mut live, key, vector, false)?;
            let moved_anew = add_share(&mut anew, key, vector, true)?;
            if key < SHARES_FROM as u128 {
                continue;
            }
            seen.arrivals += 1;
            sums[0] += moved;
            sums[1] += moved_anew;
            sums[2] += if moved == 0.0 { 1.0 } else { 0.0 };
            seen.worst_share = seen.worst_share.max(moved);
        }
        let labels: Vec<&String> = circle.labels.iter().take(SHARES_TO).collect();
        let groups = |clustering: &IncrementalClustering| {
            group_of(clustering).into_values().collect::<Vec<_>>()
        };
        seen.ari_before += score_clusters(&labels, &groups(&live)).ari;
        live.recluster();
        seen.ari_after += score_clusters(&labels, &groups(&live)).ari;
    }
    let arrivals = as_float(seen.arrivals.max(1));
    seen.moved_share = sums[0] / arrivals;
    seen.moved_share_gathered = sums[1] / arrivals;
    seen.still_share = sums[2] / arrivals;
    seen.ari_before /= as_float(filling.len().max(1));
    seen.ari_after /= as_float(filling.len().max(1));
    Ok(seen)
}

/// Adds one share; returns the fraction of the others that moved.
fn add_share(
    clustering: &mut IncrementalClustering,
    key: u128,
    vector: &Vector,
    gathers: bool,
) -> io::Result<f64> {
    let before = group_of(clustering);
    clustering.add(key, vector.clone()).map_err(io::Error::other)?;
    if gathers {
        clustering.recluster();
    }
    let after = group_of(clustering);
    let moved = before.iter().filter(|(key, group)| after.get(key) != Some(group)).count();
    Ok(as_float(moved) / as_float(before.len().max(1)))
}

/// Median time of one arrival in a round of `count` shares, in ms.
pub(super) fn crowd_ms(circles: &[Circle], count: usize) -> io::Result<f64> {
    let mut clustering = IncrementalClustering::new();
    let mut times = Vec::new();
    for (key, vector) in (0_u128..).zip(sample_vectors(circles, count)?) {
        let stopwatch = Stopwatch::start();
        clustering.add(key, vector).map_err(io::Error::other)?;
        times.push(stopwatch.secs() * 1_000.0);
    }
    let last = times.len() - times.len() / 10;
    Ok(median_of(times.get(last..).unwrap_or_default()))
}
