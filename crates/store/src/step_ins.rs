//! Guides who stepped in to a run: they lead it without being a guide of the sit.

use sitwith_core::id::{MemberId, RunId};
use sitwith_core::time::Instant;

use crate::{Broken, Tx, args};

/// Every statement of this file.
pub const STATEMENTS: &[&str] = &[INSERT, HAS];

const INSERT: &str = "INSERT INTO step_in (run_id, member_id, at_ms)
    VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const HAS: &str = "SELECT at_ms FROM step_in WHERE run_id = $1 AND member_id = $2";

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
