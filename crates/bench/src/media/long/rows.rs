//! The long sit's document: memory by minute, its growth, and the traffic.

use crate::document::{Chart, Document, Metric};
use crate::stats::as_float;

/// Memory before this time is not counted as growth, in seconds: people join and buffers get
/// their size. Of a shorter sit the first half.
const SETTLING_S: f64 = 60.0;

const MEMORY: Metric = Metric { name: "memory_mb", unit: "MB", higher_is_better: false };

/// Resident memory at one time.
#[derive(Clone, Copy, Debug)]
pub(super) struct MemorySample {
    pub(super) secs: f64,
    pub(super) mb: f64,
}

/// Expected and received packets or frames.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Received {
    pub(super) expected: f64,
    pub(super) received: f64,
}

impl Received {
    fn add(&mut self, other: Self) {
        self.expected += other.expected;
        self.received += other.received;
    }

    /// The received share; 1 if nothing was expected.
    fn share(self) -> f64 {
        if self.expected > 0.0 { self.received / self.expected } else { 1.0 }
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traffic {
    pub(super) packets: u64,
    pub(super) audio: Received,
    /// Video frames to subscribers without congestion control feedback.
    pub(super) unpaced: Received,
    /// Video frames to subscribers with it.
    pub(super) paced: Received,
}

impl Traffic {
    pub(super) fn add(&mut self, other: &Self) {
        self.packets += other.packets;
        self.audio.add(other.audio);
        self.unpaced.add(other.unpaced);
        self.paced.add(other.paced);
    }

    pub(super) fn describe(&self) -> String {
        format!(
            "{} packets received: audio {:.1} %, video {:.1} %, paced video {:.1} %",
            self.packets,
            self.audio.share() * 100.0,
            self.unpaced.share() * 100.0,
            self.paced.share() * 100.0
        )
    }
}

/// Everything that was measured.
#[derive(Clone, Debug)]
pub(super) struct LongSit {
    pub(super) minutes: u64,
    pub(super) memory: Vec<MemorySample>,
    pub(super) traffic: Traffic,
    pub(super) joins: u32,
    pub(super) changes: u32,
    pub(super) offers: u32,
    /// People who were present and not connected at the end.
    pub(super) unconnected: usize,
    /// CPU of the server and of the client, in cores.
    pub(super) home_cpu: f64,
    pub(super) client_cpu: f64,
}

/// Slope of the least-squares line through the samples, in KB per minute.
fn growth_kb(samples: &[MemorySample]) -> f64 {
    let count = as_float(samples.len()).max(1.0);
    let mean = |of: &dyn Fn(&MemorySample) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (secs, mb) = (mean(&|sample| sample.secs), mean(&|sample| sample.mb));
    let products = samples.iter().map(|sample| (sample.secs - secs) * (sample.mb - mb));
    let squares = samples.iter().map(|sample| (sample.secs - secs).powi(2));
    products.sum::<f64>() / squares.sum::<f64>().max(1e-9) * 1_024.0 * 60.0
}

/// The sample nearest to the end of each minute.
fn memory_by_minute(samples: &[MemorySample], minutes: u64) -> Vec<(u64, f64)> {
    let at = |minute: u64| {
        let end = as_float(minute) * 60.0;
        let distance = |sample: &&MemorySample| (sample.secs - end).abs();
        let sample = samples.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        Some((minute, sample.mb))
    };
    (1..=minutes).filter_map(at).collect()
}

pub(super) fn add_rows(document: &mut Document, sit: &LongSit) {
    document.set_parameter("minutes", sit.minutes);
    for (minute, mb) in memory_by_minute(&sit.memory, sit.minutes) {
        document.add_row(MEMORY, &format!("minute {minute}"), "sitwith", &[mb]);
    }
    let last = sit.memory.last().map_or(0.0, |sample| sample.secs);
    let from = SETTLING_S.min(last / 2.0);
    let settled = sit.memory.iter().filter(|sample| sample.secs >= from);
    let settled: Vec<MemorySample> = settled.copied().collect();
    let memory: Vec<f64> = settled.iter().map(|sample| sample.mb).collect();
    document.add_row(MEMORY, "settled", "sitwith", &memory);
    let traffic = &sit.traffic;
    for (name, unit, value) in [
        ("memory_growth_kb_per_minute", "KB", growth_kb(&settled)),
        ("home_cpu_cores", "", sit.home_cpu),
        ("client_cpu_cores", "", sit.client_cpu),
        ("unconnected_people", "", as_float(sit.unconnected)),
    ] {
        let metric = Metric { name, unit, higher_is_better: false };
        document.add_row(metric, "", "sitwith", &[value]);
    }
    for (name, value) in [
        ("packets", as_float(traffic.packets)),
        ("audio_share", traffic.audio.share()),
        ("video_share", traffic.unpaced.share()),
        ("paced_video_share", traffic.paced.share()),
        ("changes", f64::from(sit.changes)),
        ("joins", f64::from(sit.joins)),
        ("renegotiations", f64::from(sit.offers)),
    ] {
        let metric = Metric { name, unit: "", higher_is_better: true };
        document.add_row(metric, "", "sitwith", &[value]);
    }
    document.charts.push(Chart {
        title: "Memory of the forwarding at the end of each minute".to_owned(),
        metric: MEMORY.name.to_owned(),
        ..Chart::default()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn memory_sample(secs: f64, mb: f64) -> MemorySample {
        MemorySample { secs, mb }
    }

    #[test]
    fn growth_is_the_slope_of_the_line_that_fits_best() {
        let flat: Vec<_> = (0..10).map(|n| memory_sample(f64::from(n) * 10.0, 40.0)).collect();
        assert!(growth_kb(&flat).abs() < 0.001);
        let rising = (0..10).map(|n| memory_sample(f64::from(n) * 60.0, 40.0 + f64::from(n)));
        let rising: Vec<_> = rising.collect();
        assert!((growth_kb(&rising) - 1_024.0).abs() < 0.01);
    }

    #[test]
    fn a_minute_is_represented_by_the_sample_nearest_to_its_end() {
        let samples =
            [memory_sample(50.0, 1.0), memory_sample(61.0, 2.0), memory_sample(119.0, 3.0)];
        assert_eq!(memory_by_minute(&samples, 2), [(1, 2.0), (2, 3.0)]);
        assert_eq!(memory_by_minute(&[], 2), []);
    }

    #[test]
    fn received_is_a_share_of_expected() {
        let mut received = Received::default();
        assert!((received.share() - 1.0).abs() < 1e-9);
        received.add(Received { expected: 8.0, received: 6.0 });
        assert!((received.share() - 0.75).abs() < 1e-9);
    }
}
