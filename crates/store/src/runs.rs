//! Runs: a sit while it lives, the guide's changes, and which members sat.

use sitwith_core::id::{MemberId, RunId, SitId};
use sitwith_core::sit::plan::Plan;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sit::run::{RunChange, RunFacts};
use sitwith_core::sits::Run;
use sitwith_core::time::Instant;

use crate::{Args, Broken, Row, Tx, args};

const OPEN: &str = "INSERT INTO run (id, sit_id, planned_ms, plan, led, begins_itself,
    came_count)
    VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (sit_id, planned_ms) DO NOTHING";
const FIND: &str = "SELECT * FROM run WHERE id = $1";
const FIND_PLANNED: &str = "SELECT * FROM run WHERE sit_id = $1 AND planned_ms = $2";
const LAST: &str = "SELECT * FROM run WHERE sit_id = $1 ORDER BY planned_ms DESC, id LIMIT 1";
const NOT_OVER: &str = "SELECT * FROM run WHERE over_ms IS NULL ORDER BY planned_ms, id";
const CHANGES: &str = "SELECT at_ms, what FROM run_change WHERE run_id = $1 ORDER BY place";
const APPEND: &str = "INSERT INTO run_change (run_id, place, at_ms, what, member_id)
    VALUES ($1, $2, $3, $4, $5)";
const SAT_FIRST: &str = "INSERT INTO sat (run_id, member_id, quiet)
    SELECT $1, member.id, CAST($2 AS BIGINT) FROM member WHERE member.id IN ($list)
    ON CONFLICT (run_id, member_id) DO NOTHING";
const SAT_QUIETLY: &str = "UPDATE sat SET quiet = 1
    WHERE run_id = $1 AND quiet = 0 AND member_id IN ($list)";
const SAT_GUEST: &str = "INSERT INTO sat_guest (run_id, guest_id)
    SELECT $1, guest.id FROM guest WHERE guest.id IN ($list)
    ON CONFLICT (run_id, guest_id) DO NOTHING";
/// Maximum number of attendances stored by one statement: thousands of people may enter at once.
const SITTERS_PER_STATEMENT: usize = 200;
const ADD_CAME: &str = "UPDATE run SET came_count = came_count + $2 WHERE id = $1";
const OVER: &str = "UPDATE run SET over_ms = $2 WHERE id = $1 AND over_ms IS NULL";
const CAME_TO_LAST: &str = "SELECT id, planned_ms, came_count FROM run
    WHERE sit_id = $1 AND planned_ms < $2 AND came_count > 0
    ORDER BY planned_ms DESC, id LIMIT $3";
const LAST_LED: &str = "SELECT run.id, run.planned_ms, run.came_count, sit.title
    FROM run JOIN sit ON sit.id = run.sit_id
    WHERE run.over_ms IS NOT NULL AND run.came_count > 0
    AND ($2 = 1 OR sit.guide_id = $1 OR sit.id IN
        (SELECT sit_id FROM sit_guide WHERE sit_guide.member_id = $1))
    ORDER BY run.planned_ms DESC, run.id LIMIT 1";
const SAT: &str = "SELECT member.id, member.name, member.shows_usually_since_ms,
    COUNT(*) AS times, CAST(SUM(sat.quiet) AS BIGINT) AS quiet_times
    FROM sat JOIN member ON member.id = sat.member_id WHERE sat.run_id IN ($list)
    GROUP BY member.id, member.name, member.shows_usually_since_ms ORDER BY member.id";
/// What a member takes with them: the runs they sat in.
pub const EXPORT: &str = "SELECT sit.title AS sit, run.planned_ms, sat.quiet
    FROM sat JOIN run ON run.id = sat.run_id JOIN sit ON sit.id = run.sit_id
    WHERE sat.member_id = $1 ORDER BY run.planned_ms, run.id";

/// Every statement of this file.
pub const STATEMENTS: &[&str] = &[
    EXPORT,
    OPEN,
    FIND,
    FIND_PLANNED,
    LAST,
    NOT_OVER,
    CHANGES,
    APPEND,
    SAT_FIRST,
    SAT_QUIETLY,
    SAT_GUEST,
    ADD_CAME,
    OVER,
    CAME_TO_LAST,
    LAST_LED,
    SAT,
];

/// An earlier run that had at least one sitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierRun {
    pub id: RunId,
    pub planned_at: Instant,
    /// Number of people who came, guests and quiet sitters included.
    pub came_count: u32,
}

/// A member who sat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberAttendance {
    pub member: MemberId,
    pub name: String,
    /// Others may see that they usually come.
    pub shows_usually: bool,
    /// Number of the runs they came to.
    pub run_count: u32,
    /// Number of those runs in which they sat quietly: counted, but not named.
    pub quiet_count: u32,
}

/// Opens a run, or returns the one already open for the same instant.
pub async fn open_run(tx: &mut Tx, run: &Run) -> Result<Run, Broken> {
    let facts = &run.facts;
    let plan = facts.plan.to_json();
    let values = args![run.id, run.sit, facts.planned_at, plan, facts.is_led, facts.begins_itself];
    tx.execute(OPEN, values).await?;
    let found = find_planned_run(tx, run.sit, facts.planned_at).await?;
    found.ok_or_else(|| Broken::new("opening a run", "it is not there"))
}

pub async fn find_run(tx: &mut Tx, id: RunId) -> Result<Option<Run>, Broken> {
    tx.fetch_optional(FIND, args![id]).await?.map(|row| read_run(&row)).transpose()
}

/// Returns the run of a sit planned for this instant.
pub async fn find_planned_run(tx: &mut Tx, sit: SitId, at: Instant) -> Result<Option<Run>, Broken> {
    tx.fetch_optional(FIND_PLANNED, args![sit, at]).await?.map(|row| read_run(&row)).transpose()
}

/// Returns the latest run of a sit.
pub async fn find_last_run(tx: &mut Tx, sit: SitId) -> Result<Option<Run>, Broken> {
    tx.fetch_optional(LAST, args![sit]).await?.map(|row| read_run(&row)).transpose()
}

/// Returns all runs not marked as over, to resume after a restart.
pub async fn list_unfinished_runs(tx: &mut Tx) -> Result<Vec<Run>, Broken> {
    tx.fetch_all(NOT_OVER, args![]).await?.iter().map(read_run).collect()
}

/// Returns the changes of a run, in order.
pub async fn list_changes(tx: &mut Tx, run: RunId) -> Result<Vec<RunChange>, Broken> {
    let rows = tx.fetch_all(CHANGES, args![run]).await?;
    rows.iter()
        .map(|row| {
            let what = row.parse_column("what", |text| serde_json::from_str(text).ok())?;
            Ok(RunChange { at: row.get("at_ms")?, what })
        })
        .collect()
}

/// Appends a change. `place` counts from 0 and is unique within the run.
pub async fn append_change(
    tx: &mut Tx,
    run: RunId,
    place: u32,
    change: &RunChange,
    by: Option<MemberId>,
) -> Result<(), Broken> {
    let what = serde_json::to_string(&change.what)
        .map_err(|_error| Broken::new("writing a change", "not as JSON"))?;
    tx.execute(APPEND, args![run, place, change.at, what, by]).await.map(drop)
}

/// Stores attendances (sitter, quiet) and returns the number of those that are new. Coming twice
/// counts once, also across a restart; leaving is not recorded. Someone who sat quietly for part of
/// the time is not named afterwards. People erased meanwhile are skipped.
pub async fn record_attendance(
    tx: &mut Tx,
    run: RunId,
    came: &[(Sitter, bool)],
) -> Result<u32, Broken> {
    let mut first_times = 0;
    for some in came.chunks(SITTERS_PER_STATEMENT) {
        let guests = some.iter().filter_map(|(who, _)| match who {
            Sitter::Guest(guest) => Some((*guest).into()),
            Sitter::Member(_) => None,
        });
        first_times += tx.execute_in(SAT_GUEST, args![run], guests.collect()).await?;
        for quiet in [false, true] {
            let members = some.iter().filter_map(|(who, is_quiet)| match who {
                Sitter::Member(member) if *is_quiet == quiet => Some((*member).into()),
                _ => None,
            });
            let members: Args = members.collect();
            first_times += tx.execute_in(SAT_FIRST, args![run, quiet], members.clone()).await?;
            if quiet {
                tx.execute_in(SAT_QUIETLY, args![run], members).await?;
            }
        }
    }
    let first_times = u32::try_from(first_times).unwrap_or(u32::MAX);
    if first_times > 0 {
        tx.execute(ADD_CAME, args![run, first_times]).await?;
    }
    Ok(first_times)
}

pub async fn mark_over(tx: &mut Tx, run: RunId, at: Instant) -> Result<(), Broken> {
    tx.execute(OVER, args![run, at]).await.map(drop)
}

/// Returns the runs of a sit before an instant that had at least one sitter, newest first, at most
/// `runs_max`.
pub async fn list_earlier_runs(
    tx: &mut Tx,
    sit: SitId,
    before: Instant,
    runs_max: u32,
) -> Result<Vec<EarlierRun>, Broken> {
    let rows = tx.fetch_all(CAME_TO_LAST, args![sit, before, runs_max]).await?;
    rows.iter().map(read_earlier_run).collect()
}

/// Returns the last run that is over and had at least one sitter, with the sit's title, among the
/// sits this member leads; a keeper leads all sits.
pub async fn find_last_led_run(
    tx: &mut Tx,
    member: MemberId,
    is_keeper: bool,
) -> Result<Option<(EarlierRun, String)>, Broken> {
    let row = tx.fetch_optional(LAST_LED, args![member, is_keeper]).await?;
    row.map(|row| Ok((read_earlier_run(&row)?, row.get("title")?))).transpose()
}

/// Returns the members who sat in these runs, with the number of runs each came to.
pub async fn list_attendance(
    tx: &mut Tx,
    among: &[RunId],
) -> Result<Vec<MemberAttendance>, Broken> {
    let list = among.iter().map(|run| (*run).into()).collect();
    let rows = tx.fetch_all_in(SAT, args![], list).await?;
    rows.iter()
        .map(|row| {
            let shows: Option<Instant> = row.get("shows_usually_since_ms")?;
            Ok(MemberAttendance {
                member: row.get("id")?,
                name: row.get("name")?,
                shows_usually: shows.is_some(),
                run_count: row.get("times")?,
                quiet_count: row.get("quiet_times")?,
            })
        })
        .collect()
}

fn read_earlier_run(row: &Row) -> Result<EarlierRun, Broken> {
    Ok(EarlierRun {
        id: row.get("id")?,
        planned_at: row.get("planned_ms")?,
        came_count: row.get("came_count")?,
    })
}

fn read_run(row: &Row) -> Result<Run, Broken> {
    let facts = RunFacts {
        plan: row.parse_column("plan", |text| Plan::from_json(text).ok())?,
        planned_at: row.get("planned_ms")?,
        is_led: row.get("led")?,
        begins_itself: row.get("begins_itself")?,
    };
    let over_at = row.get::<Option<Instant>>("over_ms")?;
    Ok(Run { id: row.get("id")?, sit: row.get("sit_id")?, facts, over_at })
}
