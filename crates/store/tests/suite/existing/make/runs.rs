//! Runs: living and over, led and not, every change a guide can make, who sat, and their notes.

use sitwith_core::id::RunId;
use sitwith_core::note::{AfterNote, CheckIn};
use sitwith_core::sit::bell::Bell;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::run::{RunAction, RunChange};
use sitwith_core::sits::Run;
use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, Tx, notes, runs};
use sitwith_testkit::people::{all_members, ana, ben, cleo, dora, kim};

use super::people::{gil, hana, uma};
use super::{NOW, ago, plan};

/// The run of this number, of the sit of that place, planned for then.
pub(super) fn run(number: u8, place: usize, planned_at: Instant) -> Run {
    let sit = plan::all().remove(place);
    let facts = sit.run_facts(planned_at);
    Run { id: RunId::new(planned_at, [number; 10]), sit: sit.id, facts, over_at: None }
}

/// A run of the weekly sit that is over.
pub(super) fn last_week() -> Run {
    run(1, 0, ago(7))
}

/// The run of the weekly sit that people sit in now.
pub(super) fn tonight() -> Run {
    run(2, 0, NOW - Span::from_mins(20))
}

/// A run of each sit, and an earlier one that nobody came to.
pub(super) async fn runs(tx: &mut Tx) -> Result<(), Broken> {
    let teacherless = run(3, 1, ago(1));
    let all = [last_week(), tonight(), teacherless.clone(), run(4, 2, ago(15)), run(5, 0, ago(14))];
    for run in &all {
        assert_eq!(&runs::open_run(tx, run).await?, run);
    }
    changes(tx, &last_week(), &every_change()).await?;
    changes(tx, &tonight(), &[RunAction::Begin, RunAction::Pause]).await?;
    changes(tx, &teacherless, &[RunAction::BeginAlone]).await?;
    let member = |member: sitwith_core::member::Member| Sitter::Member(member.id);
    let came = [
        (member(ana()), false),
        (member(ben()), false),
        (member(cleo()), true),
        (Sitter::Guest(gil().id), false),
        (Sitter::Guest(hana().id), true),
    ];
    assert_eq!(runs::record_attendance(tx, last_week().id, &came).await?, 5);
    assert_eq!(runs::record_attendance(tx, tonight().id, &[(member(ben()), false)]).await?, 1);
    for run in [&all[0], &all[2], &all[3], &all[4]] {
        runs::mark_over(tx, run.id, run.facts.planned_at + Span::from_mins(50)).await?;
    }
    every_note(tx).await
}

fn every_change() -> Vec<RunAction> {
    let mut all = vec![
        RunAction::Begin,
        RunAction::BeginAlone,
        RunAction::Hold,
        RunAction::GoOn,
        RunAction::Extend { s: 180 },
        RunAction::Shorten { s: 60 },
        RunAction::Skip,
        RunAction::Back,
        RunAction::Silence { s: 90 },
        RunAction::Pause,
        RunAction::Close,
    ];
    all.extend(Bell::ALL.map(|bell| RunAction::Ring { bell }));
    all
}

/// Changes a minute apart: Ana's, then one of somebody who has left, then nobody's in particular.
async fn changes(tx: &mut Tx, run: &Run, all: &[RunAction]) -> Result<(), Broken> {
    for (place, what) in (0_u32..).zip(all) {
        let at = run.facts.planned_at + Span::from_mins(i64::from(place));
        let by = match place {
            1 => Some(uma().id),
            2 => None,
            _ => Some(ana().id),
        };
        runs::append_change(tx, run.id, place, &RunChange { at, what: *what }, by).await?;
    }
    Ok(())
}

/// Each check-in and each after-note in some note, with and without a line.
async fn every_note(tx: &mut Tx) -> Result<(), Broken> {
    let now = ago(6);
    let run = last_week().id;
    let members = all_members();
    for (member, came) in members.iter().zip(CheckIn::ALL) {
        notes::save_check_in(tx, (run, member.id), Some(came), now).await?;
    }
    for (member, after) in members.iter().zip(AfterNote::ALL) {
        let line = Some("  'Why not?'\n\u{1f327} \\ % _ ");
        notes::save_afterthought(tx, (run, member.id), Some(after), line, now).await?;
    }
    notes::save_check_in(tx, (tonight().id, kim().id), Some(CheckIn::Light), NOW).await?;
    notes::save_afterthought(tx, (tonight().id, ben().id), None, Some("Only a line"), NOW).await?;
    notes::save_check_in(tx, (tonight().id, dora().id), None, NOW).await
}
