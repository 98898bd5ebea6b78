//! Property tests: after any changes the timeline is consistent and no bell is disturbed.

use proptest::prelude::*;

use super::*;

fn any_phase() -> impl Strategy<Value = Phase> {
    let bell = || proptest::option::of(proptest::sample::select(Bell::ALL.to_vec()));
    let kind = proptest::sample::select(PhaseKind::ALL.to_vec());
    let every = proptest::option::of(30_u32..200);
    (kind, 5_u32..900, bell(), bell(), every).prop_map(|(kind, length, opens, closes, every)| {
        Phase::new(kind, length).with_bells(opens, closes).with_interval_bell(every)
    })
}

fn any_what() -> impl Strategy<Value = RunAction> {
    prop_oneof![
        Just(RunAction::Begin),
        Just(RunAction::BeginAlone),
        Just(RunAction::Hold),
        Just(RunAction::GoOn),
        (1_u32..900).prop_map(|s| RunAction::Extend { s }),
        (1_u32..900).prop_map(|s| RunAction::Shorten { s }),
        Just(RunAction::Skip),
        Just(RunAction::Back),
        (10_u32..300).prop_map(|s| RunAction::Silence { s }),
        proptest::sample::select(Bell::ALL.to_vec()).prop_map(|bell| RunAction::Ring { bell }),
        Just(RunAction::Close),
        Just(RunAction::Pause),
    ]
}

fn any_facts() -> impl Strategy<Value = RunFacts> {
    let phases = proptest::collection::vec(any_phase(), 1..8);
    (phases, any::<bool>(), any::<bool>()).prop_map(|(phases, led, begins_itself)| RunFacts {
        plan: Plan::new(phases),
        planned_at: EIGHT,
        is_led: led,
        begins_itself,
    })
}

fn before(timeline: &Timeline, until: Instant) -> Vec<Strike> {
    timeline.strikes.iter().filter(|strike| strike.at < until).cloned().collect()
}

/// Invariants of every timeline.
fn is_sound(timeline: &Timeline) -> Result<(), TestCaseError> {
    for pair in timeline.segments.windows(2) {
        prop_assert_eq!(pair[0].ends_at, Some(pair[1].starts_at));
    }
    for segment in &timeline.segments {
        prop_assert!(segment.ends_at.is_none_or(|end| segment.starts_at <= end));
    }
    let last = timeline.segments.last().unwrap();
    prop_assert_eq!(last.ends_at.filter(|_| timeline.over_at.is_some()), timeline.over_at);
    for pair in timeline.strikes.windows(2) {
        prop_assert!(pair[0].at < pair[1].at);
    }
    let mut ids: Vec<_> = timeline.strikes.iter().map(|strike| &strike.id).collect();
    ids.sort();
    ids.dedup();
    prop_assert_eq!(ids.len(), timeline.strikes.len());
    prop_assert!(timeline.strikes.len() <= STRIKES_MAX);
    prop_assert!(timeline.pause.is_none_or(|(from, to)| from <= to && to <= from + PAUSE_LENGTH));
    Ok(())
}

proptest! {
    #[test]
    fn changes_that_may_be_made_break_no_bell(
        facts in any_facts(),
        wishes in proptest::collection::vec((0_i64..200_000, any_what()), 0..25),
    ) {
        let mut changes = Vec::new();
        let mut now = EIGHT - secs(30);
        for (wait, what) in wishes {
            now += Span::from_ms(wait);
            let change = RunChange { at: now, what };
            let before_it = build_timeline(&facts, &changes);
            if let Ok(after) = check_change(&facts, &changes, change) {
                changes.push(change);
                prop_assert_eq!(&after, &build_timeline(&facts, &changes));
                // Nothing within the lead moves, and new strikes are at least that far ahead.
                prop_assert_eq!(before(&before_it, now + CHANGE_LEAD), before(&after, now + CHANGE_LEAD));
                prop_assert_eq!(after.seq, before_it.seq + 1);
                is_sound(&after)?;
            }
        }
    }

    #[test]
    fn any_changes_at_all_give_a_sound_timeline(
        facts in any_facts(),
        changes in proptest::collection::vec((-2_000_000_i64..9_000_000, any_what()), 0..40),
    ) {
        let change = |(ms, what)| RunChange { at: EIGHT + Span::from_ms(ms), what };
        let changes: Vec<_> = changes.into_iter().map(change).collect();
        is_sound(&build_timeline(&facts, &changes))?;
    }
}
