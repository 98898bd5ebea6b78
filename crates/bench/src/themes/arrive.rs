//! What moves when answers arrive one by one.

use std::collections::BTreeMap;
use std::io;

use sitwith_core::themes::{Sewing, Vector};

use super::draw::Circle;
use super::score::score;
use super::{as_float, some};
use crate::watch::{Watch, median};

/// Circles are watched from so many answers to so many, as they fill.
const FROM: usize = 8;
const TO: usize = 40;
/// So many circles are watched.
const WATCHED: usize = 24;

/// What was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arrivals {
    pub(super) arrivals: usize,
    /// The part of the answers shown that changed their theme, for each arrival.
    pub(super) moved_share: f64,
    /// The same when everything is gathered anew each time.
    pub(super) moved_share_gathered: f64,
    pub(super) worst_share: f64,
    /// The part of the arrivals after which nobody had moved.
    pub(super) still_share: f64,
    /// How far the picture agrees with the labels before the last gathering, and after.
    pub(super) ari_before: f64,
    pub(super) ari_after: f64,
}

fn group_of(sewing: &Sewing) -> BTreeMap<u128, u32> {
    let groups = sewing.groups();
    let keys = groups.iter().flat_map(|group| group.keys.iter().map(|key| (*key, group.number)));
    keys.collect()
}

/// Watches circles fill.
pub(super) fn watch(circles: &[Circle]) -> io::Result<Arrivals> {
    let mut seen = Arrivals::default();
    let mut sums = [0.0; 4];
    let filling = circles.iter().filter(|circle| (12..=100).contains(&circle.size));
    let mut filling: Vec<&Circle> = filling.collect();
    filling.sort_by_key(|circle| std::cmp::Reverse(circle.size.min(30)));
    filling.truncate(WATCHED);
    for circle in &filling {
        let mut live = Sewing::new();
        let mut anew = Sewing::new();
        let answers = circle.vectors.iter().take(TO);
        for (key, vector) in (0_u128..).zip(answers) {
            let moved = arrive(&mut live, key, vector, false)?;
            let moved_anew = arrive(&mut anew, key, vector, true)?;
            if key < FROM as u128 {
                continue;
            }
            seen.arrivals += 1;
            sums[0] += moved;
            sums[1] += moved_anew;
            sums[2] += if moved == 0.0 { 1.0 } else { 0.0 };
            seen.worst_share = seen.worst_share.max(moved);
        }
        let labels: Vec<&String> = circle.labels.iter().take(TO).collect();
        let groups = |sewing: &Sewing| group_of(sewing).into_values().collect::<Vec<_>>();
        seen.ari_before += score(&labels, &groups(&live)).ari;
        live.gather();
        seen.ari_after += score(&labels, &groups(&live)).ari;
    }
    let arrivals = as_float(seen.arrivals.max(1));
    seen.moved_share = sums[0] / arrivals;
    seen.moved_share_gathered = sums[1] / arrivals;
    seen.still_share = sums[2] / arrivals;
    seen.ari_before /= as_float(filling.len().max(1));
    seen.ari_after /= as_float(filling.len().max(1));
    Ok(seen)
}

/// Lets one arrive and says which part of those who were there moved.
fn arrive(sewing: &mut Sewing, key: u128, vector: &Vector, gathers: bool) -> io::Result<f64> {
    let before = group_of(sewing);
    sewing.add(key, vector.clone()).map_err(io::Error::other)?;
    if gathers {
        sewing.gather();
    }
    let after = group_of(sewing);
    let moved = before.iter().filter(|(key, group)| after.get(key) != Some(group)).count();
    Ok(as_float(moved) / as_float(before.len().max(1)))
}

/// How long one more answer takes in a round of so many.
pub(super) fn crowd_ms(circles: &[Circle], many: usize) -> io::Result<f64> {
    let mut sewing = Sewing::new();
    let mut times = Vec::new();
    for (key, vector) in (0_u128..).zip(some(circles, many)?) {
        let watch = Watch::start();
        sewing.add(key, vector).map_err(io::Error::other)?;
        times.push(watch.secs() * 1_000.0);
    }
    let last = times.len() - times.len() / 10;
    Ok(median(times.get(last..).unwrap_or_default()))
}
