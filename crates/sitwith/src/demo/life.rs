//! Earlier runs of the Tuesday sit, with attendances and private notes.

use sitwith_app::home::Home;
use sitwith_core::id::{MemberId, RunId};
use sitwith_core::note::{After, Came};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sits::{Run, Sit};
use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, Tx, notes, runs};

use super::people::everyone;
use super::sits::{WEEKS, tuesday};

/// Private notes: number of weeks ago, index of the member, check-in, how it was afterwards, and a
/// line of text.
const NOTES: [(usize, usize, Came, After, &str); 11] = [
    (
        1,
        2,
        Came::Heavy,
        After::Comfort,
        "Nearly did not come. Somebody's kettle was on, and it \
        was the kindest sound of the week.",
    ),
    (2, 2, Came::Tired, After::Neither, "Slept through the second bell. That was the sit today."),
    (
        6,
        2,
        Came::StirredUp,
        After::Insight,
        "I was angry at being tired. When I let the tired be \
        tired there was nothing left to be angry at.",
    ),
    (4, 2, Came::Numb, After::Hard, "Felt the chair. Not much else. It counts."),
    (1, 3, Came::AllRight, After::Comfort, "The long out-breath, again."),
    (3, 3, Came::Heavy, After::Hard, "Mother's birthday. I stayed until the end."),
    (1, 4, Came::Light, After::Insight, "What I call laziness is mostly grief sitting down."),
    (2, 5, Came::Tired, After::Comfort, ""),
    (5, 5, Came::StirredUp, After::Insight, "The wish to fix it is in my jaw."),
    (1, 6, Came::Heavy, After::Comfort, "Came late, was in time."),
    (2, 7, Came::AllRight, After::Neither, "A hundred breaths, perhaps four of them noticed."),
];
/// Random part of the ids of earlier runs, fixed so that they are the same each time.
const RUN_CHANCE: [u8; 10] = *b"a tuesday.";
/// Time between the end of a sit and the notes about it.
const WRITTEN_AFTER: Span = Span::from_mins(3);

/// Inserts the runs of the last weeks, unless they are there already.
pub(super) async fn live(home: &Home) -> Result<(), Broken> {
    let Some(sit) = tuesday(home).await? else {
        return Ok(());
    };
    let mut tx = home.store.read().await?;
    let is_lived = runs::last(&mut tx, sit.id).await?.is_some();
    drop(tx);
    if is_lived {
        return Ok(());
    }
    let (sit, now) = (&sit, home.clock.now());
    home.store
        .write(|mut tx| async move {
            happened(&mut tx, sit, now).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await
}

async fn happened(tx: &mut Tx, sit: &Sit, now: Instant) -> Result<(), Broken> {
    let length = sit.plan.length();
    let begin = now - Span::from_days(7 * (WEEKS + 1));
    let past = sit.rule.all_from(begin).map(|time| time.at);
    let past: Vec<_> = past.take_while(|at| *at + length < now).collect();
    let people: Vec<MemberId> = everyone(now).iter().map(|member| member.id).collect();
    for (weeks_ago, at) in (1..).zip(past.iter().rev().copied()) {
        let run = RunId::new(at, RUN_CHANCE);
        let facts = sit.facts(at);
        runs::open(tx, &Run { id: run, sit: sit.id, facts, over_at: None }).await?;
        runs::note_came(tx, run, &who_came(&people, weeks_ago)).await?;
        runs::over(tx, run, at + length).await?;
        for (_, place, came, after, line) in NOTES.iter().filter(|note| note.0 == weeks_ago) {
            let Some(member) = people.get(*place) else {
                continue;
            };
            let line = Some(*line).filter(|line| !line.is_empty());
            let written_at = at + length + WRITTEN_AFTER;
            notes::keep_came(tx, (run, *member), Some(*came), at).await?;
            notes::keep_after(tx, (run, *member), Some(*after), line, written_at).await?;
        }
    }
    Ok(())
}

/// Returns the attendances of a week (sitter, quiet): most members come, not always the same ones.
fn who_came(people: &[MemberId], weeks_ago: usize) -> Vec<(Sitter, bool)> {
    let is_here = |place: usize| place == 0 || (place * 3 + weeks_ago * 5) % 7 > 1;
    let is_quiet = |place: usize| (place + weeks_ago).is_multiple_of(6);
    (0..)
        .zip(people)
        .filter(|(place, _)| is_here(*place))
        .map(|(place, member)| (Sitter::Member(*member), is_quiet(place)))
        .collect()
}
