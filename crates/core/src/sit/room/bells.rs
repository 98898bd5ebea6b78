//! Anonymous counts of how bells reached the browsers, for guides.

use std::collections::{BTreeMap, BTreeSet};

use super::ConnId;
use super::scene::RoomScene;
use crate::sit::bell::BellTally;
use crate::time::{Instant, Span};

/// Maximum time between a strike and its report, before or after.
pub const REPORT_WITHIN: Span = Span::from_secs(30);
/// Minimum time between two counts sent to guides.
pub const BELL_COUNTS_INTERVAL_MIN: Span = Span::from_secs(1);
/// A browser whose clock is less certain than this, in milliseconds, counts as having heard the
/// bell but not as on time.
pub const CLOCK_UNSURE_MS: f64 = 250.0;

#[derive(Debug)]
struct StrikeReports {
    id: Box<str>,
    heard: BellTally,
    is_told: bool,
}

/// One browser's report: id of the strike, offset of the scheduled bell and uncertainty of the
/// clock in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct BellReport<'a> {
    pub(super) id: &'a str,
    pub(super) late_ms: f64,
    pub(super) uncertainty_ms: f64,
}

/// Counts of one bell, to be sent to guides.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BellCounted {
    pub(super) id: Box<str>,
    pub(super) heard: BellTally,
    pub(super) to: Vec<ConnId>,
}

/// Counts of reports, by the instant of the strike.
#[derive(Debug, Default)]
pub(super) struct BellCounts {
    by_strike: BTreeMap<Instant, StrikeReports>,
    /// The last strike that each connection reported, by connection index: the generation of the
    /// index, and the instant of the strike.
    reported: Vec<(u32, Instant)>,
    due: Option<Instant>,
}

impl BellCounts {
    /// Counts a report, at most one per connection and strike.
    pub(super) fn handle(&mut self, conn: ConnId, report: BellReport<'_>, scene: &RoomScene<'_>) {
        let now = scene.now;
        let is_near = |at: Instant| at >= now - REPORT_WITHIN && at <= now + REPORT_WITHIN;
        let mut strikes = scene.timeline().strikes.iter();
        let Some(strike) = strikes.find(|it| is_near(it.at) && *it.id == *report.id) else {
            return;
        };
        if !self.is_first(conn, strike.at) {
            return;
        }
        let fresh =
            || StrikeReports { id: strike.id.clone(), heard: BellTally::default(), is_told: false };
        let reports = self.by_strike.entry(strike.at).or_insert_with(fresh);
        // NaN is not on time either.
        let is_sure = report.uncertainty_ms.abs() <= CLOCK_UNSURE_MS && report.late_ms.is_finite();
        reports.heard.add_report(if is_sure { report.late_ms } else { f64::MAX });
        reports.is_told = false;
        if !scene.conns.guide_conns().is_empty() {
            self.due = self.due.or(Some(now + BELL_COUNTS_INTERVAL_MIN));
        }
    }

    /// Records that a connection reports this strike. Returns false if it has reported it or a
    /// later one.
    fn is_first(&mut self, conn: ConnId, at: Instant) -> bool {
        let Ok(index) = usize::try_from(conn.index()) else {
            return false;
        };
        if self.reported.len() <= index {
            self.reported.resize(index + 1, (0, Instant::from_ms(i64::MIN)));
        }
        let Some(last) = self.reported.get_mut(index) else {
            return false;
        };
        let is_first = last.0 != conn.generation() || last.1 < at;
        if is_first {
            *last = (conn.generation(), at);
        }
        is_first
    }

    pub(super) const fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Returns new counts for guides, and drops those of bells long past.
    pub(super) fn tick(&mut self, guides: &BTreeSet<ConnId>, now: Instant) -> Vec<BellCounted> {
        if self.due.is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.due = None;
        let to: Vec<_> = guides.iter().copied().collect();
        let told = self.tell_guides(&to, false);
        self.by_strike = self.by_strike.split_off(&(now - REPORT_WITHIN - REPORT_WITHIN));
        told
    }

    /// Returns all counts again for one connection.
    pub(super) fn repeat_counts(&mut self, conn: ConnId) -> Vec<BellCounted> {
        self.tell_guides(&[conn], true)
    }

    fn tell_guides(&mut self, to: &[ConnId], is_again: bool) -> Vec<BellCounted> {
        let counts = self.by_strike.values_mut().filter(|one| is_again || !one.is_told);
        let told = counts.filter(|_| !to.is_empty()).map(|one| {
            one.is_told = true;
            BellCounted { id: one.id.clone(), heard: one.heard, to: to.to_vec() }
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sit::bell::Bell;
    use crate::sit::plan::{Phase, PhaseKind, Plan};
    use crate::sit::room::order::RunningOrder;
    use crate::sit::room::presence::RoomPresence;
    use crate::sit::run::RunFacts;

    const EIGHT: Instant = Instant::from_ms(1_790_000_000_000);

    fn order() -> RunningOrder {
        let phase = Phase::new(PhaseKind::Silence, 600).with_bells(Some(Bell::Large), None);
        let plan = Plan::new(vec![phase]);
        let facts = RunFacts { plan, planned_at: EIGHT, is_led: false, begins_itself: true };
        RunningOrder::new(facts, Vec::new())
    }

    #[test]
    fn each_connection_is_counted_once_a_strike() {
        let (order, people) = (order(), RoomPresence::default());
        let scene = RoomScene::new(EIGHT, &order, &people);
        let report = |late, unc| BellReport { id: "0.0", late_ms: late, uncertainty_ms: unc };
        let mut bells = BellCounts::default();
        let (first, next) = (ConnId::new(3, 0), ConnId::new(3, 1));
        bells.handle(first, report(2.0, 1.0), &scene);
        bells.handle(first, report(2.0, 1.0), &scene);
        bells.handle(next, report(40.0, 1.0), &scene);
        bells.handle(ConnId::new(0, 0), report(f64::NAN, 1.0), &scene);
        bells.handle(ConnId::new(1, 0), report(1.0, CLOCK_UNSURE_MS + 1.0), &scene);
        bells.handle(
            ConnId::new(2, 0),
            BellReport { id: "9.0", late_ms: 0.0, uncertainty_ms: 0.0 },
            &scene,
        );
        let told = bells.repeat_counts(first);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].heard, BellTally { reported: 4, within_15_ms: 1, within_50_ms: 2 });
        assert_eq!((&*told[0].id, &*told[0].to), ("0.0", &[first][..]));
        assert_eq!(bells.due(), None, "no guide is here to be told");
    }

    #[test]
    fn a_report_far_from_its_strike_is_not_counted() {
        let (order, people) = (order(), RoomPresence::default());
        let mut bells = BellCounts::default();
        for at in [EIGHT - REPORT_WITHIN, EIGHT + REPORT_WITHIN] {
            for ms in [-1, 1] {
                let scene = RoomScene::new(at + Span::from_ms(ms), &order, &people);
                let conn = ConnId::new(u32::from(ms > 0), u32::from(at > EIGHT));
                bells.handle(
                    conn,
                    BellReport { id: "0.0", late_ms: 0.0, uncertainty_ms: 0.0 },
                    &scene,
                );
            }
        }
        assert_eq!(bells.repeat_counts(ConnId::new(0, 0))[0].heard.reported, 2);
    }
}
