//! Earlier runs of the Tuesday sit, with attendances and private notes.

use sitwith_app::home::Home;
use sitwith_core::id::{MemberId, RunId};
use sitwith_core::note::{AfterNote, CheckIn};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sits::{Run, Sit};
use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, Tx, notes, runs};

use super::people::build_members;
use super::sits::{PAST_WEEKS, find_tuesday_sit};

/// Private notes: number of weeks ago, index of the member, check-in, how it was afterwards, and a
/// line of text.
const NOTES: [(usize, usize, CheckIn, AfterNote, &str); 11] = [
    (
        1,
        2,
        CheckIn::Heavy,
        AfterNote::Comfort,
        "Nearly did not come. Somebody's kettle was on, and it \
        was the kindest sound of the week.",
    ),
    (
        2,
        2,
        CheckIn::Tired,
        AfterNote::Neither,
        "Slept through the second bell. That was the sit today.",
    ),
    (
        6,
        2,
        CheckIn::StirredUp,
        AfterNote::Insight,
        "I was angry at being tired. When I let the tired be \
        tired there was nothing left to be angry at.",
    ),
    (4, 2, CheckIn::Numb, AfterNote::Hard, "Felt the chair. Not much else. It counts."),
    (1, 3, CheckIn::AllRight, AfterNote::Comfort, "The long out-breath, again."),
    (3, 3, CheckIn::Heavy, AfterNote::Hard, "Mother's birthday. I stayed until the end."),
    (
        1,
        4,
        CheckIn::Light,
        AfterNote::Insight,
        "What I call laziness is mostly grief sitting down.",
    ),
    (2, 5, CheckIn::Tired, AfterNote::Comfort, ""),
    (5, 5, CheckIn::StirredUp, AfterNote::Insight, "The wish to fix it is in my jaw."),
    (1, 6, CheckIn::Heavy, AfterNote::Comfort, "Came late, was in time."),
    (
        2,
        7,
        CheckIn::AllRight,
        AfterNote::Neither,
        "A hundred breaths, perhaps four of them noticed.",
    ),
];
/// Random part of the ids of earlier runs, fixed so that they are the same each time.
const RUN_ID_RANDOM: [u8; 10] = *b"a tuesday.";
/// Time between the end of a sit and the notes about it.
const NOTE_DELAY: Span = Span::from_mins(3);

/// Inserts the runs of the last weeks, unless they are there already.
pub(super) async fn insert_past_runs(home: &Home) -> Result<(), Broken> {
    let Some(sit) = find_tuesday_sit(home).await? else {
        return Ok(());
    };
    let mut tx = home.store.read().await?;
    let is_lived = runs::find_last_run(&mut tx, sit.id).await?.is_some();
    drop(tx);
    if is_lived {
        return Ok(());
    }
    let (sit, now) = (&sit, home.clock.now());
    home.store
        .write(|mut tx| async move {
            write_past_runs(&mut tx, sit, now).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await
}

async fn write_past_runs(tx: &mut Tx, sit: &Sit, now: Instant) -> Result<(), Broken> {
    let length = sit.plan.length();
    let begin = now - Span::from_days(7 * (PAST_WEEKS + 1));
    let past = sit.rule.occurrences_from(begin).map(|time| time.at);
    let past: Vec<_> = past.take_while(|at| *at + length < now).collect();
    let people: Vec<MemberId> = build_members(now).iter().map(|member| member.id).collect();
    for (weeks_ago, at) in (1..).zip(past.iter().rev().copied()) {
        let run = RunId::new(at, RUN_ID_RANDOM);
        let facts = sit.run_facts(at);
        runs::open_run(tx, &Run { id: run, sit: sit.id, facts, over_at: None }).await?;
        runs::record_attendance(tx, run, &attendance_in_week(&people, weeks_ago)).await?;
        runs::mark_over(tx, run, at + length).await?;
        for (_, place, came, after, line) in NOTES.iter().filter(|note| note.0 == weeks_ago) {
            let Some(member) = people.get(*place) else {
                continue;
            };
            let line = Some(*line).filter(|line| !line.is_empty());
            let written_at = at + length + NOTE_DELAY;
            notes::save_check_in(tx, (run, *member), Some(*came), at).await?;
            notes::save_afterthought(tx, (run, *member), Some(*after), line, written_at).await?;
        }
    }
    Ok(())
}

/// Returns the attendances of a week (sitter, quiet): most members come, not always the same ones.
fn attendance_in_week(people: &[MemberId], weeks_ago: usize) -> Vec<(Sitter, bool)> {
    let is_here = |place: usize| place == 0 || (place * 3 + weeks_ago * 5) % 7 > 1;
    let is_quiet = |place: usize| (place + weeks_ago).is_multiple_of(6);
    (0..)
        .zip(people)
        .filter(|(place, _)| is_here(*place))
        .map(|(place, member)| (Sitter::Member(*member), is_quiet(place)))
        .collect()
}
