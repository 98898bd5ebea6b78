//! When to probe whether a link carries more. BWE probes when its target rises, so between probes
//! the target is lowered to the estimate. The interval grows while probes fail, to spare thin
//! links.

use std::time::{Duration, Instant};

/// First and longest interval between probes.
const INTERVAL_MIN: Duration = Duration::from_secs(1);
const INTERVAL_MAX: Duration = Duration::from_secs(8);
/// Growth of the estimate that makes a probe a success, in percent.
const SUCCESS_PERCENT: u64 = 110;
/// Failed probes after which BWE is reset: it may be in a state in which it does not probe.
const FAILED_PROBES_MAX: u32 = 3;

/// Probes of one link.
#[derive(Clone, Debug)]
pub struct BitrateProber {
    probed_at: Option<Instant>,
    interval: Duration,
    /// Estimate at the last probe, in bit/s.
    estimate_before: u64,
    /// Probes since the estimate grew.
    failed_probes: u32,
    /// The target was lowered since the last probe.
    is_lowered: bool,
}

/// Target to set on BWE, in bit/s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeAdvice {
    /// No more than the estimate.
    Hold(u64),
    /// Probe up to this bitrate.
    Probe(u64),
    /// Probe up to this bitrate after resetting BWE: the last `FAILED_PROBES_MAX` probes raised
    /// nothing.
    ResetAndProbe(u64),
}

impl ProbeAdvice {
    /// The target in bit/s.
    pub fn target_bps(self) -> u64 {
        match self {
            Self::Hold(bps) | Self::Probe(bps) | Self::ResetAndProbe(bps) => bps,
        }
    }
}

impl Default for BitrateProber {
    fn default() -> Self {
        Self {
            probed_at: None,
            interval: INTERVAL_MIN,
            estimate_before: 0,
            failed_probes: 0,
            is_lowered: false,
        }
    }
}

impl BitrateProber {
    /// Advice for a link with this estimate, on which one more layer needs `needed` (both in
    /// bit/s). To be called from time to time.
    pub fn advise(&mut self, estimate: u64, needed: u64, now: Instant) -> ProbeAdvice {
        if estimate.saturating_mul(100) >= self.estimate_before.saturating_mul(SUCCESS_PERCENT) {
            self.interval = INTERVAL_MIN;
            self.failed_probes = 0;
        }
        let waits = |at: Instant| now.saturating_duration_since(at) < self.interval;
        if !self.is_lowered || self.probed_at.is_some_and(waits) {
            self.is_lowered = true;
            return ProbeAdvice::Hold(estimate.min(needed));
        }
        if self.probed_at.is_some() {
            self.interval = (self.interval * 3 / 2).min(INTERVAL_MAX);
        }
        self.failed_probes += 1;
        self.probed_at = Some(now);
        self.estimate_before = estimate;
        self.is_lowered = false;
        // At least twice the estimate, so that BWE makes one probe cluster and not two.
        let more = needed.max(estimate.saturating_mul(2));
        if self.failed_probes > FAILED_PROBES_MAX {
            ProbeAdvice::ResetAndProbe(more)
        } else {
            ProbeAdvice::Probe(more)
        }
    }

    /// Delays the next probe: nothing more is needed, or the link has no headroom.
    pub fn postpone(&mut self, now: Instant) {
        self.probed_at = Some(now);
        self.is_lowered = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::test_epoch;

    /// Advises twice a second for `seconds`; the half seconds in which it probed.
    fn probe_times(
        prober: &mut BitrateProber,
        estimate: u64,
        from: Instant,
        seconds: u32,
    ) -> Vec<u32> {
        let advices = (0..seconds * 2).filter(|half| {
            let now = from + Duration::from_millis(500) * *half;
            !matches!(prober.advise(estimate, 500, now), ProbeAdvice::Hold(_))
        });
        advices.collect()
    }

    #[test]
    fn each_probe_follows_a_lower_target_and_failed_probes_grow_rare() {
        let mut prober = BitrateProber::default();
        let start = test_epoch();
        assert_eq!(prober.advise(100, 500, start), ProbeAdvice::Hold(100));
        let at = probe_times(&mut prober, 100, start, 120);
        let waits: Vec<u32> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(waits.iter().all(|interval| *interval >= 2), "{waits:?}");
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert_eq!(waits.last(), Some(&16), "{waits:?}");
    }

    #[test]
    fn a_successful_probe_is_soon_followed_by_another() {
        let mut prober = BitrateProber::default();
        let start = test_epoch();
        probe_times(&mut prober, 100, start, 60);
        let later = start + Duration::from_secs(60);
        let at = probe_times(&mut prober, 200, later, 4);
        assert!(at.len() >= 2, "{at:?}");
    }

    #[test]
    fn after_some_failed_probes_each_further_one_resets_the_estimator() {
        let mut prober = BitrateProber::default();
        let start = test_epoch();
        let mut advices = vec![];
        for half in 0..60 {
            let now = start + Duration::from_millis(500) * half;
            advices.push(prober.advise(400, 500, now));
        }
        advices.retain(|advice| !matches!(advice, ProbeAdvice::Hold(_)));
        let (first, then) = advices.split_at(FAILED_PROBES_MAX as usize);
        assert!(first.iter().all(|advice| *advice == ProbeAdvice::Probe(800)), "{first:?}");
        assert!(then.iter().all(|advice| *advice == ProbeAdvice::ResetAndProbe(800)), "{then:?}");
    }

    #[test]
    fn a_postponed_probe_waits_for_the_interval() {
        let mut prober = BitrateProber::default();
        let start = test_epoch();
        prober.postpone(start);
        assert_eq!(prober.advise(100, 500, start), ProbeAdvice::Hold(100));
        assert_eq!(prober.advise(100, 500, start + INTERVAL_MIN), ProbeAdvice::Probe(500));
    }
}
