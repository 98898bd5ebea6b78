//! Cohorts: their names, members and guides.

use sitwith_core::cohort::Cohort;
use sitwith_core::id::{CohortId, MemberId};
use sitwith_core::time::Instant;

use crate::{Broken, Tx, args};

/// Every statement of this file.
pub const STATEMENTS: &[&str] =
    &[EXPORT, INSERT, FIND, ADD_MEMBER, REMOVE_MEMBER, ADD_GUIDE, OF_MEMBER];

const INSERT: &str = "INSERT INTO cohort (id, name, made_ms) VALUES ($1, $2, $3)";
const FIND: &str = "SELECT id, name, made_ms FROM cohort WHERE id = $1";
const ADD_MEMBER: &str = "INSERT INTO cohort_member (cohort_id, member_id, joined_ms)
    VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const REMOVE_MEMBER: &str = "DELETE FROM cohort_member WHERE cohort_id = $1 AND member_id = $2";
const ADD_GUIDE: &str = "INSERT INTO cohort_guide (cohort_id, member_id)
    VALUES ($1, $2) ON CONFLICT DO NOTHING";
const OF_MEMBER: &str = "SELECT cohort_id FROM cohort_member WHERE member_id = $1
    UNION SELECT cohort_id FROM cohort_guide WHERE member_id = $1 ORDER BY cohort_id";
/// What a member takes with them: the cohorts they belong to.
pub const EXPORT: &str = "SELECT cohort.name AS cohort, 'member' AS part, cohort_member.joined_ms
    FROM cohort_member JOIN cohort ON cohort.id = cohort_member.cohort_id
    WHERE cohort_member.member_id = $1
    UNION ALL SELECT cohort.name, 'guide', CAST(NULL AS BIGINT)
    FROM cohort_guide JOIN cohort ON cohort.id = cohort_guide.cohort_id
    WHERE cohort_guide.member_id = $1 ORDER BY cohort, part";

/// Inserts a cohort without members or guides.
pub async fn insert_cohort(tx: &mut Tx, cohort: &Cohort) -> Result<(), Broken> {
    let values = args![cohort.id, &cohort.name, cohort.made_at];
    tx.execute(INSERT, values).await.map(drop)
}

/// Returns the cohort with this id.
pub async fn find_cohort(tx: &mut Tx, id: CohortId) -> Result<Option<Cohort>, Broken> {
    let row = tx.fetch_optional(FIND, args![id]).await?;
    let row = row.as_ref();
    row.map(|row| {
        Ok(Cohort { id: row.get("id")?, name: row.get("name")?, made_at: row.get("made_ms")? })
    })
    .transpose()
}

/// Adds a member to a cohort; one who is in it already keeps their place.
pub async fn add_member(
    tx: &mut Tx,
    cohort: CohortId,
    member: MemberId,
    joined_at: Instant,
) -> Result<(), Broken> {
    tx.execute(ADD_MEMBER, args![cohort, member, joined_at]).await.map(drop)
}

/// Removes a member from a cohort.
pub async fn remove_member(tx: &mut Tx, cohort: CohortId, member: MemberId) -> Result<(), Broken> {
    tx.execute(REMOVE_MEMBER, args![cohort, member]).await.map(drop)
}

/// Adds a guide to a cohort.
pub async fn add_guide(tx: &mut Tx, cohort: CohortId, member: MemberId) -> Result<(), Broken> {
    tx.execute(ADD_GUIDE, args![cohort, member]).await.map(drop)
}

/// Returns the cohorts this member belongs to, as a member or a guide.
pub async fn list_cohort_ids(tx: &mut Tx, member: MemberId) -> Result<Vec<CohortId>, Broken> {
    let rows = tx.fetch_all(OF_MEMBER, args![member]).await?;
    rows.iter().map(|row| row.get("cohort_id")).collect()
}
