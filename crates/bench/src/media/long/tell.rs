//! What a long sit is told by: memory at each minute, how fast it grows, and what flowed.

use super::super::as_float;
use super::super::machine::Machine;
use crate::report::{Bar, Chart, Report};

/// Until then it may grow: everybody comes, lists get their size. Of a short sit the first half.
const SETTLES_SECS: f64 = 60.0;

/// Memory at one instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) secs: f64,
    pub(super) mb: f64,
}

/// What should have come, and what came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    pub(super) due: f64,
    pub(super) came: f64,
}

impl Part {
    fn add(&mut self, other: Self) {
        self.due += other.due;
        self.came += other.came;
    }

    /// Nothing is all there is where nothing was due.
    fn share(self) -> f64 {
        if self.due > 0.0 { self.came / self.due } else { 1.0 }
    }
}

/// What flowed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flow {
    pub(super) packets: u64,
    pub(super) sound: Part,
    /// Pictures to those who tell nothing of their line.
    pub(super) free: Part,
    /// Pictures to those who do.
    pub(super) paced: Part,
}

impl Flow {
    pub(super) fn add(&mut self, other: &Self) {
        self.packets += other.packets;
        self.sound.add(other.sound);
        self.free.add(other.free);
        self.paced.add(other.paced);
    }

    pub(super) fn words(&self) -> String {
        format!(
            "{} packets came: sound {:.1} %, pictures {:.1} %, to paced lines {:.1} %",
            self.packets,
            self.sound.share() * 100.0,
            self.free.share() * 100.0,
            self.paced.share() * 100.0
        )
    }
}

/// All that there is to tell.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) minutes: u64,
    pub(super) machine: Machine,
    pub(super) looks: Vec<Look>,
    pub(super) flow: Flow,
    pub(super) comings: u32,
    pub(super) changes: u32,
    pub(super) offers: u32,
    /// How many were there at the end, and not connected.
    pub(super) left_out: usize,
    /// Parts of one core.
    pub(super) home_cpu: f64,
    pub(super) client_cpu: f64,
    /// Before and after.
    pub(super) load: (f64, f64),
}

/// How fast it grows, in KB a minute: the line that fits best.
fn growth_kb(looks: &[Look]) -> f64 {
    let count = as_float(looks.len()).max(1.0);
    let mean = |of: &dyn Fn(&Look) -> f64| looks.iter().map(of).sum::<f64>() / count;
    let (secs, mb) = (mean(&|look| look.secs), mean(&|look| look.mb));
    let both = looks.iter().map(|look| (look.secs - secs) * (look.mb - mb));
    let own = looks.iter().map(|look| (look.secs - secs).powi(2));
    both.sum::<f64>() / own.sum::<f64>().max(1e-9) * 1_024.0 * 60.0
}

/// What was held at the end of each minute.
fn by_minute(looks: &[Look], minutes: u64) -> Vec<(u64, f64)> {
    let at = |minute: u64| {
        let end = as_float(minute) * 60.0;
        let near = |look: &&Look| (look.secs - end).abs();
        let look = looks.iter().min_by(|a, b| near(a).total_cmp(&near(b)))?;
        Some((minute, look.mb))
    };
    (1..=minutes).filter_map(at).collect()
}

/// The figures, the table and the picture.
pub(super) fn report(told: &Told) -> Report {
    let last = told.looks.last().map_or(0.0, |look| look.secs);
    let from = SETTLES_SECS.min(last / 2.0);
    let settled = told.looks.iter().filter(|look| look.secs >= from);
    let settled: Vec<Look> = settled.copied().collect();
    let most = settled.iter().map(|look| look.mb).fold(0.0, f64::max);
    let least = settled.iter().map(|look| look.mb).fold(most, f64::min);
    let flow = &told.flow;
    let mut report = Report::new("A long sit of 25 people");
    report.text("long25_how", &told.machine.words());
    report.number("long25_minutes", as_float(told.minutes));
    let by_minute = by_minute(&told.looks, told.minutes);
    for (minute, mb) in &by_minute {
        report.number(&format!("long25_mb_at_minute_{minute}"), *mb);
        let what = format!("memory after {minute} min");
        report.row([what, format!("{mb:.2} MB"), String::new(), String::new()]);
    }
    let growth = growth_kb(&settled);
    for (key, what, value, unit) in [
        ("least_mb", "the least after the first", least, " MB"),
        ("most_mb", "the most after the first", most, " MB"),
        ("growth_kb_per_minute", "growth in a minute after it", growth, " KB"),
        ("packets", "packets that came", as_float(flow.packets), ""),
        ("sound_share", "sound that came", flow.sound.share(), ""),
        ("picture_share", "pictures that came", flow.free.share(), ""),
        ("paced_picture_share", "pictures to paced lines", flow.paced.share(), ""),
        ("changes", "changes", f64::from(told.changes), ""),
        ("comings", "comings", f64::from(told.comings), ""),
        ("more_lines", "offers of more lines", f64::from(told.offers), ""),
        ("left_out", "there at the end and not connected", as_float(told.left_out), ""),
        ("home_cpu", "cores of the home", told.home_cpu, ""),
        ("client_cpu", "cores of the client", told.client_cpu, ""),
        ("load_before", "load average before", told.load.0, ""),
        ("load_after", "load average after", told.load.1, ""),
    ] {
        report.number(&format!("long25_{key}"), value);
        let value = match key {
            "packets" | "changes" | "comings" | "more_lines" | "left_out" => format!("{value:.0}"),
            _ => format!("{value:.3}{unit}"),
        };
        report.row([what.to_owned(), value, String::new(), String::new()]);
    }
    report.chart(chart(by_minute));
    report
}

fn chart(by_minute: Vec<(u64, f64)>) -> Chart {
    let bars = by_minute.into_iter().map(|(minute, mb)| Bar {
        name: format!("minute {minute}"),
        value: mb,
        label: format!("{mb:.2} MB"),
        is_ours: true,
    });
    Chart {
        title: "Memory of the forwarding at the end of each minute".to_owned(),
        target: None,
        bars: bars.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn look(secs: f64, mb: f64) -> Look {
        Look { secs, mb }
    }

    #[test]
    fn growth_is_that_of_the_line_that_fits_best() {
        let flat: Vec<Look> = (0..10).map(|n| look(f64::from(n) * 10.0, 40.0)).collect();
        assert!(growth_kb(&flat).abs() < 0.001);
        let grows = (0..10).map(|n| look(f64::from(n) * 60.0, 40.0 + f64::from(n)));
        let grows: Vec<Look> = grows.collect();
        assert!((growth_kb(&grows) - 1_024.0).abs() < 0.01);
    }

    #[test]
    fn a_minute_is_told_by_the_look_nearest_to_its_end() {
        let looks = [look(50.0, 1.0), look(61.0, 2.0), look(119.0, 3.0)];
        assert_eq!(by_minute(&looks, 2), [(1, 2.0), (2, 3.0)]);
        assert_eq!(by_minute(&[], 2), []);
    }

    #[test]
    fn what_came_is_a_part_of_what_was_due() {
        let mut part = Part::default();
        assert!((part.share() - 1.0).abs() < 1e-9);
        part.add(Part { due: 8.0, came: 6.0 });
        assert!((part.share() - 0.75).abs() < 1e-9);
    }
}
