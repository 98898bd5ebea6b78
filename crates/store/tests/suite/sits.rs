//! Sits, runs and notes come back as they were kept, on both engines.

use jiff::civil::{date, time};
use sitwith_core::calendar::{CalendarRule, Repeats, RuleException};
use sitwith_core::id::{RunId, SitId};
use sitwith_core::note::{AfterNote, CheckIn};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::run::{RunAction, RunChange};
use sitwith_core::sit::templates::plan_templates;
use sitwith_core::sits::{OpenTo, Run, Sit};
use sitwith_core::time::Span;
use sitwith_store::{Broken, Store, guests, members, notes, runs, sits};
use sitwith_testkit::{on_both_engines, people};

/// A weekly sit with a day off and a moved day.
pub(crate) fn sit(number: u8) -> Sit {
    let ana = people::ana();
    let (.., plan) = plan_templates().into_iter().nth(3).expect("there are plans");
    let moved = date(2026, 12, 2).at(20, 15, 30, 0);
    Sit {
        id: SitId::new(people::BEGIN, [number; 10]),
        title: "Tuesdays – 'quoted', 100 %".to_owned(),
        words: "Two\nlines.".to_owned(),
        rule: CalendarRule {
            zone: "America/Toronto".to_owned(),
            day: date(2026, 11, 17),
            wall_time: time(19, 30, 0, 0),
            repeats: Repeats::Weekly,
            ends_on: Some(date(2027, 3, 30)),
            exceptions: vec![
                RuleException { day: date(2026, 11, 24), moved_to: None },
                RuleException { day: date(2026, 12, 1), moved_to: Some(moved) },
            ],
        },
        open_to: OpenTo::Link,
        is_shown: true,
        is_led: true,
        begins_itself: false,
        link: format!("secret{number}"),
        plan,
        guide: ana.id,
        guide_name: ana.name,
        made_at: people::BEGIN,
        changed_at: people::BEGIN,
        sequence: 0,
        ended_at: None,
        co_guides: Vec::new(),
        stand_in: None,
        cohort: None,
    }
}

fn run(sit: &Sit, number: u8, weeks: i64) -> Run {
    let planned_at = people::BEGIN + Span::from_days(7 * weeks);
    let id = RunId::new(planned_at, [number; 10]);
    Run { id, sit: sit.id, facts: sit.run_facts(planned_at), over_at: None }
}

/// Members, and these sits.
pub(crate) async fn moved_in(store: &Store, kept: &[Sit]) {
    let written: Result<(), Broken> = store
        .write(|mut tx| async move {
            for member in people::all_members() {
                members::insert_member(&mut tx, &member).await?;
            }
            for sit in kept {
                sits::insert_sit(&mut tx, sit).await?;
            }
            Ok(tx.done(()))
        })
        .await;
    written.expect("people and sits move in");
}

#[tokio::test]
async fn a_sit_comes_back_as_it_was_kept_and_as_it_was_changed() {
    on_both_engines(|store| async move {
        let mut kept = sit(1);
        moved_in(&store, std::slice::from_ref(&kept)).await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(sits::find_sit(&mut tx, kept.id).await.unwrap(), Some(kept.clone()));
        assert_eq!(sits::find_by_link(&mut tx, "secret1").await.unwrap(), Some(kept.clone()));
        assert_eq!(sits::find_by_link(&mut tx, "secret").await.unwrap(), None);
        drop(tx);
        kept.rule.repeats = Repeats::EveryMinutes { every_mins: 5 };
        kept.rule.exceptions.truncate(1);
        kept.rule.ends_on = None;
        kept.sequence = 1;
        kept.link = "another".to_owned();
        kept.ended_at = Some(people::BEGIN);
        let changed = &kept;
        let written: Result<(), Broken> = store
            .write(|mut tx| async move {
                sits::update_sit(&mut tx, changed).await?;
                Ok(tx.done(()))
            })
            .await;
        written.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(sits::find_sit(&mut tx, kept.id).await.unwrap(), Some(kept));
        assert_eq!(sits::list_current_sits(&mut tx).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_run_is_opened_once_with_its_plan_and_its_changes_in_order() {
    on_both_engines(|store| async move {
        let sit = sit(1);
        moved_in(&store, std::slice::from_ref(&sit)).await;
        let (first, second) = (run(&sit, 1, 1), run(&sit, 2, 1));
        let (first, second) = (&first, &second);
        let began = RunChange { at: people::BEGIN, what: RunAction::Begin };
        let longer = RunChange { at: people::BEGIN, what: RunAction::Extend { s: 180 } };
        let written: Result<(), Broken> = store
            .write(|mut tx| async move {
                assert_eq!(&runs::open_run(&mut tx, first).await?, first);
                assert_eq!(&runs::open_run(&mut tx, second).await?, first, "the first one stays");
                let ana = Some(people::ana().id);
                runs::append_change(&mut tx, first.id, 0, &began, ana).await?;
                runs::append_change(&mut tx, first.id, 1, &longer, None).await?;
                Ok(tx.done(()))
            })
            .await;
        written.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(runs::list_changes(&mut tx, first.id).await.unwrap(), [began, longer]);
        assert_eq!(runs::find_last_run(&mut tx, sit.id).await.unwrap().as_ref(), Some(first));
        assert_eq!(runs::list_unfinished_runs(&mut tx).await.unwrap().len(), 1);
        assert_eq!(runs::find_run(&mut tx, second.id).await.unwrap(), None);
        drop(tx);
        let again = store.write(|mut tx| async move {
            runs::append_change(&mut tx, first.id, 1, &began, None).await?;
            Ok::<_, Broken>(tx.done(()))
        });
        assert!(again.await.is_err(), "a place is taken once");
    })
    .await;
}

#[tokio::test]
async fn who_sat_is_counted_over_runs_and_quiet_once_is_quiet() {
    on_both_engines(|store| async move {
        let sit = sit(1);
        moved_in(&store, std::slice::from_ref(&sit)).await;
        let (first, second) = (run(&sit, 1, 1), run(&sit, 2, 2));
        let (first, second) = (&first, &second);
        let (ben, cleo) = (people::ben().id, people::cleo().id);
        let (ben, cleo) = (Sitter::Member(ben), Sitter::Member(cleo));
        let guest = &people::build_guest("Gil", sit.id);
        // Erased meanwhile: that must not hold up the others.
        let (gil, nobody) = (Sitter::Guest(guest.id), people::build_guest("Nobody", sit.id).id);
        let nobody = Sitter::Guest(nobody);
        let over_at = people::BEGIN + Span::from_days(20);
        let written: Result<(), Broken> = store
            .write(|mut tx| async move {
                guests::insert_guest(&mut tx, guest).await?;
                for run in [first, second] {
                    runs::open_run(&mut tx, run).await?;
                    let came = [(ben, false), (nobody, false), (ben, false)];
                    assert_eq!(runs::record_attendance(&mut tx, run.id, &came).await?, 1);
                    runs::mark_over(&mut tx, run.id, over_at).await?;
                }
                let came = [(cleo, false), (gil, true), (cleo, true), (gil, true)];
                assert_eq!(runs::record_attendance(&mut tx, second.id, &came).await?, 2);
                assert_eq!(runs::record_attendance(&mut tx, second.id, &[(cleo, false)]).await?, 0);
                runs::mark_over(&mut tx, second.id, over_at + Span::from_days(1)).await?;
                Ok(tx.done(()))
            })
            .await;
        written.unwrap();
        let mut tx = store.read().await.unwrap();
        let sat = runs::list_attendance(&mut tx, &[first.id, second.id]).await.unwrap();
        let said: Vec<_> =
            sat.iter().map(|sat| (sat.name.as_str(), sat.run_count, sat.quiet_count)).collect();
        assert_eq!(said, [("Ben", 2, 0), ("Cleo", 1, 1)]);
        assert_eq!(runs::list_attendance(&mut tx, &[]).await.unwrap(), []);
        let before = second.facts.planned_at;
        let earlier = runs::list_earlier_runs(&mut tx, sit.id, before, 4).await.unwrap();
        assert_eq!(earlier.iter().map(|run| run.id).collect::<Vec<_>>(), [first.id]);
        let (last, title) =
            runs::find_last_led_run(&mut tx, people::ana().id, false).await.unwrap().unwrap();
        assert_eq!((last.id, last.came_count, title), (second.id, 3, sit.title.clone()));
        let kept = runs::find_run(&mut tx, second.id).await.unwrap().unwrap();
        assert_eq!(kept.over_at, Some(over_at), "the first end counts");
    })
    .await;
}

#[tokio::test]
async fn a_note_is_its_members_alone_and_stays_as_it_was_written() {
    on_both_engines(|store| async move {
        let (one, other) = (sit(1), sit(2));
        moved_in(&store, &[one.clone(), other.clone()]).await;
        let (first, second) = (run(&one, 1, 1), run(&other, 2, 2));
        let (first, second) = (&first, &second);
        let (ben, cleo) = (people::ben().id, people::cleo().id);
        let line = "  'Why not?'\n\u{1f327} \\ % _ ";
        let written: Result<(), Broken> = store
            .write(|mut tx| async move {
                runs::open_run(&mut tx, first).await?;
                runs::open_run(&mut tx, second).await?;
                let now = people::BEGIN;
                notes::save_check_in(&mut tx, (first.id, ben), Some(CheckIn::Numb), now).await?;
                let after = Some(AfterNote::Hard);
                notes::save_afterthought(&mut tx, (first.id, ben), after, Some(line), now).await?;
                notes::save_afterthought(&mut tx, (second.id, ben), None, Some("Two"), now).await?;
                notes::save_check_in(&mut tx, (second.id, cleo), Some(CheckIn::Light), now).await?;
                Ok(tx.done(()))
            })
            .await;
        written.unwrap();
        let mut tx = store.read().await.unwrap();
        let own = notes::list_notes(&mut tx, ben, None, 9).await.unwrap();
        assert_eq!(own.iter().map(|note| note.run).collect::<Vec<_>>(), [second.id, first.id]);
        assert_eq!(own[1].check_in, Some(CheckIn::Numb));
        assert_eq!(own[1].own_words.as_deref(), Some(line));
        let of_one = notes::list_notes(&mut tx, ben, Some(one.id), 9).await.unwrap();
        assert_eq!(of_one.len(), 1);
        assert_eq!(notes::list_notes(&mut tx, ben, None, 1).await.unwrap().len(), 1);
        assert_eq!(notes::find_note(&mut tx, first.id, cleo).await.unwrap(), None);
    })
    .await;
}
