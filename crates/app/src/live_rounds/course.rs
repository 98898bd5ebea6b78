//! When a round closes and when its words vanish, as functions of the running order.

use sitwith_core::id::RunId;
use sitwith_core::sit::run::{LAPSES_AFTER, RUN_LENGTH_MAX, RunFacts, Timeline};
use sitwith_core::time::Instant;
use sitwith_store::Broken;
use sitwith_store::rounds::RoundRow;

use super::{LONE_ROUND_WORDS_KEPT, RUN_WORDS_KEPT, UNOPENED_ROUND_KEPT, read_timeline};
use crate::base::Base;

/// Returns when the round of this phase closes by itself: with the last segment of its phase, or
/// with the run. `None` while that is unknown, since the sit is held or waits.
pub(crate) fn closes_at(timeline: &Timeline, phase: u16) -> Option<Instant> {
    let stretch = timeline.segments.iter().rev().find(|segment| segment.phase == Some(phase));
    let ends_at = match stretch {
        Some(stretch) => stretch.ends_at,
        // The phase is no longer part of the running order.
        None => Some(Instant::from_ms(i64::MIN)),
    };
    [ends_at, timeline.ends_at()].into_iter().flatten().min()
}

/// As [`closes_at`], for the running order in the database.
pub(crate) async fn read_closes_at(
    base: &Base,
    run: RunId,
    phase: u16,
) -> Result<Option<Instant>, Broken> {
    let timeline = read_timeline(base, run).await?;
    Ok(timeline.and_then(|timeline| closes_at(&timeline, phase)))
}

/// Returns when the words of a run's rounds vanish; `None` while the run's end is unknown.
pub(crate) fn vanishes_with_run(timeline: &Timeline) -> Option<Instant> {
    timeline.ends_at().map(|over| over + RUN_WORDS_KEPT)
}

/// Upper bound on the lifetime of a run's words, even if the run was held and the server went down.
pub(crate) fn vanishes_at_latest(facts: &RunFacts) -> Instant {
    facts.planned_at + LAPSES_AFTER + RUN_LENGTH_MAX + RUN_WORDS_KEPT
}

/// Returns when the words of a round that stands alone vanish.
pub(crate) fn vanishes_alone(row: &RoundRow) -> Option<Instant> {
    let closes_at = row.closes_at?;
    let closed_at = row.closed_at.unwrap_or(closes_at);
    Some(match row.opened_at {
        Some(opened_at) => opened_at + LONE_ROUND_WORDS_KEPT,
        None if row.reads_first => closed_at + UNOPENED_ROUND_KEPT,
        None => closed_at + LONE_ROUND_WORDS_KEPT,
    })
}

#[cfg(test)]
mod tests {
    use sitwith_core::sit::plan::{Phase, PhaseKind, Plan};
    use sitwith_core::sit::run::{CHANGE_LEAD, RunAction, RunChange, build_timeline};
    use sitwith_core::time::Span;

    use super::*;

    const PLANNED: Instant = Instant::from_ms(1_790_000_000_000);

    fn facts() -> RunFacts {
        let phases = vec![
            Phase::new(PhaseKind::Arrive, 60),
            Phase::new(PhaseKind::Round, 600),
            Phase::new(PhaseKind::Close, 60),
        ];
        RunFacts { plan: Plan::new(phases), planned_at: PLANNED, is_led: true, begins_itself: true }
    }

    fn after(changes: &[(i64, RunAction)]) -> Timeline {
        let changes: Vec<_> = changes
            .iter()
            .map(|(s, what)| RunChange { at: PLANNED + Span::from_secs(*s), what: *what })
            .collect();
        build_timeline(&facts(), &changes)
    }

    #[test]
    fn a_round_closes_with_its_phase() {
        let planned = PLANNED + Span::from_secs(660);
        assert_eq!(closes_at(&after(&[]), 1), Some(planned));
        let longer = after(&[(100, RunAction::Extend { s: 60 })]);
        assert_eq!(closes_at(&longer, 1), Some(planned + Span::from_secs(60)));
        let cut = after(&[(100, RunAction::Skip)]);
        let cut_at = PLANNED + Span::from_secs(100) + CHANGE_LEAD;
        assert_eq!(closes_at(&cut, 1), Some(cut_at));
    }

    #[test]
    fn nobody_knows_when_a_held_round_closes() {
        assert_eq!(closes_at(&after(&[(100, RunAction::Hold)]), 1), None);
        let goes_on = after(&[(100, RunAction::Hold), (160, RunAction::GoOn)]);
        let at = closes_at(&goes_on, 1).expect("it goes on");
        assert_eq!(at.since(PLANNED).secs(), 720);
    }

    #[test]
    fn a_phase_that_is_gone_through_again_closes_with_its_last_end() {
        let back = after(&[(100, RunAction::Back)]);
        let at = closes_at(&back, 1).expect("it comes again");
        assert!(at > PLANNED + Span::from_secs(660));
    }

    #[test]
    fn a_phase_that_fell_out_is_closed() {
        let closing = after(&[(10, RunAction::Close)]);
        let at = closes_at(&closing, 1).expect("it is closed");
        assert!(at <= PLANNED + Span::from_secs(12));
    }

    #[test]
    fn no_words_outlast_a_sit_that_was_held_when_the_home_went_off() {
        let held = after(&[(100, RunAction::Hold)]);
        assert_eq!(vanishes_with_run(&held), None);
        let at_last = vanishes_at_latest(&facts());
        let longest = vanishes_with_run(&after(&[])).expect("its end is known");
        assert!(at_last > longest);
        assert!(at_last <= PLANNED + Span::from_mins(11 * 60));
    }
}
