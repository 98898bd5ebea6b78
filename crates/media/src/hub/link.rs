//! Congestion control of one down: which bitrate its link is estimated to carry, what str0m's
//! bandwidth estimator (BWE) is asked for, and whether faces bypass its pacer. Without str0m's
//! state; [`crate::hub::peer`] applies the decisions.

use std::time::{Duration, Instant};

use sitwith_core::sit::media::DownlinkCapacity;
use str0m::bwe::Bitrate;

use crate::hub::rtc_factory::INITIAL_ESTIMATE;
use crate::pure::estimate::LinkEstimator;
use crate::pure::probe::{BitrateProber, ProbeAdvice};

/// Target while no face is wanted. str0m pads every link to 50 kbit/s unless its target is lower,
/// and in a silent sit that padding would be all the traffic there is.
const IDLE_BITRATE: Bitrate = Bitrate::kbps(1);
/// Faces bypass the pacer while its target is below this share of the estimate, in percent.
const UNPACED_BELOW_PERCENT: u64 = 90;
/// Minimum interval of `ForwarderEvent::DownlinkChanged` events of one link.
const REPORT_INTERVAL_MIN: Duration = Duration::from_secs(2);

/// Statistics of a down, as str0m reports them.
#[derive(Clone, Copy, Debug)]
pub(super) struct LinkStats {
    /// BWE estimate in bit/s.
    pub(super) estimate_bps: Option<u64>,
    /// Round-trip time of the last packet with feedback.
    pub(super) rtt: Option<Duration>,
    /// Fraction of packets lost in the last second, 0 to 1.
    pub(super) loss: Option<f32>,
    /// Media bytes sent since the connection was made.
    pub(super) bytes_sent: u64,
}

/// Bitrates a down needs for what it subscribed to.
#[derive(Clone, Copy, Debug)]
pub(super) struct LinkDemand {
    /// For every wanted face in its largest layer, in bit/s.
    pub(super) full_bps: u64,
    /// For one layer more than is sent, in bit/s; none when all that is wanted is sent.
    pub(super) next_step_bps: Option<u64>,
    /// No face is wanted.
    pub(super) is_idle: bool,
    /// Faces are wanted and none is sent.
    pub(super) sends_no_face: bool,
}

/// New parameters for BWE.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct BweTarget {
    /// Restart BWE with this estimate.
    pub(super) reset: Option<Bitrate>,
    /// Bitrate that BWE probes up to.
    pub(super) desired: Bitrate,
}

/// Congestion control of one down.
#[derive(Debug)]
pub(super) struct DownLink {
    /// The browser sends transport-wide feedback.
    pub(super) is_paced: bool,
    /// Estimate in bit/s, once there is one.
    estimate_bps: Option<u64>,
    /// Target of str0m's pacer in bit/s: the raw BWE estimate.
    pacer_bps: u64,
    estimator: LinkEstimator,
    prober: BitrateProber,
    /// No face is wanted: the link is neither estimated nor padded.
    is_idle: bool,
    /// Last report and its time.
    reported: (DownlinkCapacity, Option<Instant>),
}

impl DownLink {
    pub(super) fn new(is_paced: bool) -> Self {
        let initial = INITIAL_ESTIMATE.as_u64();
        Self {
            is_paced,
            estimate_bps: None,
            pacer_bps: initial,
            estimator: LinkEstimator::new(initial),
            prober: BitrateProber::default(),
            is_idle: false,
            reported: (DownlinkCapacity::AllWanted, None),
        }
    }

    /// The bitrate that may be allocated, in bit/s; none while it is not limited.
    pub(super) fn budget_bps(&self) -> Option<u64> {
        self.estimate_bps.filter(|_| self.is_paced)
    }

    /// True while all that was wanted fits, as far as reported.
    pub(super) fn carries_all(&self) -> bool {
        self.reported.0 == DownlinkCapacity::AllWanted
    }

    /// True if the link had headroom lately, so that a growing queue may drain.
    pub(super) fn had_headroom(&self, now: Instant) -> bool {
        self.is_paced && self.estimator.had_headroom_recently(now)
    }

    /// Feeds statistics; returns an estimate to feed to [`Self::on_estimate`].
    pub(super) fn on_stats(&mut self, stats: LinkStats, now: Instant) -> Option<u64> {
        if self.is_idle {
            return None;
        }
        self.estimator.on_rtt_and_loss(stats.rtt, stats.loss, now);
        self.estimator.on_bytes_sent(stats.bytes_sent, now);
        stats.estimate_bps
    }

    /// Feeds a BWE estimate; true when the link's estimate changed, none when it was ignored.
    pub(super) fn on_estimate(&mut self, bwe_bps: u64, now: Instant) -> Option<bool> {
        if self.is_idle {
            return None;
        }
        self.pacer_bps = bwe_bps;
        let estimate = self.estimator.estimate(bwe_bps, now);
        Some(self.estimate_bps.replace(estimate) != Some(estimate))
    }

    /// True when faces are to bypass the pacer: it is slower than a link that has headroom.
    pub(super) fn bypasses_pacer(&self, now: Instant) -> bool {
        let is_slow = self.pacer_bps.saturating_mul(100)
            < self.known_bps().saturating_mul(UNPACED_BELOW_PERCENT);
        !self.is_idle && is_slow && self.estimator.has_headroom(now)
    }

    /// Notes how much of the subscription fits; returns it when it is to be reported.
    pub(super) fn report(
        &mut self,
        carries: DownlinkCapacity,
        now: Instant,
    ) -> Option<DownlinkCapacity> {
        let since = |at| now.saturating_duration_since(at);
        let is_due = self.reported.1.is_none_or(|at| since(at) >= REPORT_INTERVAL_MIN);
        if !self.is_paced || self.reported.0 == carries || !is_due {
            return None;
        }
        self.reported = (carries, Some(now));
        Some(carries)
    }

    /// Decides what to ask of BWE for this demand.
    pub(super) fn on_demand(&mut self, demand: LinkDemand, now: Instant) -> BweTarget {
        let toggles = std::mem::replace(&mut self.is_idle, demand.is_idle) != demand.is_idle;
        let estimate = self.known_bps();
        let mut desired = demand.full_bps;
        let mut reset = toggles.then_some(estimate);
        match demand.next_step_bps.filter(|_| !demand.is_idle) {
            Some(next) if self.estimator.has_headroom(now) => {
                let advice = self.prober.advise(estimate, next, now);
                desired = advice.target_bps();
                if matches!(advice, ProbeAdvice::ResetAndProbe(_)) && demand.sends_no_face {
                    reset = Some(estimate.min(self.pacer_bps));
                }
            }
            // A link without headroom is not probed.
            Some(next) => {
                self.prober.postpone(now);
                desired = estimate.min(next);
            }
            None => self.prober.postpone(now),
        }
        let mut target =
            BweTarget { reset: reset.map(Bitrate::from), desired: Bitrate::from(desired) };
        if demand.is_idle {
            target.desired = IDLE_BITRATE;
            target.reset = target.reset.map(|_| IDLE_BITRATE);
        }
        if let Some(reset) = target.reset {
            self.estimator.reset_to(reset.as_u64());
        }
        target
    }

    fn known_bps(&self) -> u64 {
        self.estimate_bps.unwrap_or(INITIAL_ESTIMATE.as_u64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::test_epoch;

    const SECOND: Duration = Duration::from_secs(1);
    const DEMAND: LinkDemand =
        LinkDemand { full_bps: 900_000, next_step_bps: None, is_idle: false, sends_no_face: false };
    const IDLE: LinkDemand = LinkDemand { is_idle: true, ..DEMAND };

    fn link_stats(rtt_ms: u64, estimate_bps: u64) -> LinkStats {
        LinkStats {
            estimate_bps: Some(estimate_bps),
            rtt: Some(Duration::from_millis(rtt_ms)),
            loss: Some(0.0),
            bytes_sent: 0,
        }
    }

    #[test]
    fn an_idle_link_is_not_padded_and_ignores_estimates_until_faces_are_wanted_again() {
        let (mut link, now) = (DownLink::new(true), test_epoch());
        let idle = link.on_demand(IDLE, now);
        assert_eq!(idle, BweTarget { reset: Some(IDLE_BITRATE), desired: IDLE_BITRATE });
        assert_eq!(link.on_demand(IDLE, now).reset, None, "it is reset once");
        assert_eq!(link.on_stats(link_stats(40, 9_000), now), None);
        assert_eq!(link.on_estimate(9_000, now), None);
        let busy = link.on_demand(DEMAND, now);
        assert_eq!(busy, BweTarget { reset: Some(INITIAL_ESTIMATE), desired: 900_000.into() });
    }

    #[test]
    fn faces_bypass_a_pacer_that_is_slower_than_the_link_was_seen_to_be() {
        let (mut link, now) = (DownLink::new(true), test_epoch());
        link.on_stats(link_stats(40, 900_000), now);
        assert_eq!(link.on_estimate(900_000, now), Some(true));
        assert!(!link.bypasses_pacer(now));
        assert_eq!(link.on_estimate(300_000, now), Some(false), "the estimate stays");
        assert!(link.bypasses_pacer(now));
        assert_eq!(link.budget_bps(), Some(900_000));
        link.on_demand(IDLE, now);
        assert!(!link.bypasses_pacer(now));
    }

    #[test]
    fn a_link_without_headroom_is_not_probed() {
        let (mut link, now) = (DownLink::new(true), test_epoch());
        let wants_more = LinkDemand { next_step_bps: Some(500_000), ..DEMAND };
        for n in 0..20 {
            let target = link.on_demand(wants_more, now + SECOND * n);
            assert_eq!(target, BweTarget { reset: None, desired: INITIAL_ESTIMATE });
        }
    }

    #[test]
    fn vain_probes_reset_the_estimator_of_a_link_that_shows_no_face() {
        let (mut link, now) = (DownLink::new(true), test_epoch());
        let sends_no_face = true;
        let demand = LinkDemand { next_step_bps: Some(500_000), sends_no_face, ..DEMAND };
        let resets = (0..60).filter(|n| {
            let now = now + SECOND * *n;
            link.on_stats(link_stats(40, 400_000), now);
            link.on_estimate(400_000, now);
            link.on_demand(demand, now).reset.is_some()
        });
        assert!(resets.count() > 0);
    }

    #[test]
    fn changes_are_reported_at_most_every_two_seconds() {
        let (mut link, now) = (DownLink::new(true), test_epoch());
        assert_eq!(link.report(DownlinkCapacity::AllWanted, now), None);
        assert_eq!(
            link.report(DownlinkCapacity::SomeFaces, now),
            Some(DownlinkCapacity::SomeFaces)
        );
        assert_eq!(link.report(DownlinkCapacity::AllWanted, now + SECOND), None);
        assert!(!link.carries_all());
        assert_eq!(
            link.report(DownlinkCapacity::AllWanted, now + SECOND * 2),
            Some(DownlinkCapacity::AllWanted)
        );
        assert_eq!(DownLink::new(false).report(DownlinkCapacity::SomeFaces, now), None);
    }
}
