//! Guides who stepped in to a run: they lead it without being a guide of the sit.

use sitwith_core::id::{MemberId, RunId};
use sitwith_core::time::Instant;

use crate::{Broken, Tx, args};

/// Every statement of this file.
pub const STATEMENTS: &[&str] = &[EXPORT, INSERT, HAS];

const INSERT: &str = "INSERT INTO step_in (run_id, member_id, at_ms)
    VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const HAS: &str = "SELECT at_ms FROM step_in WHERE run_id = $1 AND member_id = $2";
/// What a member takes with them: the runs they stepped in to.
pub const EXPORT: &str = "SELECT sit.title AS sit, run.planned_ms, step_in.at_ms
    FROM step_in JOIN run ON run.id = step_in.run_id JOIN sit ON sit.id = run.sit_id
    WHERE step_in.member_id = $1 ORDER BY step_in.at_ms, run.id";

/// Records that this guide stepped in to a run. Idempotent.
pub async fn insert_step_in(
    tx: &mut Tx,
    run: RunId,
    member: MemberId,
    at: Instant,
) -> Result<(), Broken> {
    tx.execute(INSERT, args![run, member, at]).await.map(drop)
}

/// Returns `true` if this guide stepped in to a run.
pub async fn has_stepped_in(tx: &mut Tx, run: RunId, member: MemberId) -> Result<bool, Broken> {
    Ok(tx.fetch_optional(HAS, args![run, member]).await?.is_some())
}
