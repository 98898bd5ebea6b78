//! The keeper's notice, if there is one.

use sitwith_core::id::MemberId;
use sitwith_core::notice::Notice;
use sitwith_core::time::Instant;

use crate::{Broken, Tx, args};

const PUT: &str = "INSERT INTO notice (id, words, ends_on, ends_ms, by_id)
    VALUES (1, $1, $2, $3, $4)
    ON CONFLICT (id) DO UPDATE SET words = excluded.words, ends_on = excluded.ends_on,
    ends_ms = excluded.ends_ms, by_id = excluded.by_id";
const FIND: &str = "SELECT notice.words, notice.ends_on, notice.ends_ms, member.name AS by_name
    FROM notice LEFT JOIN member ON member.id = notice.by_id";
const CLEAR: &str = "DELETE FROM notice";
const FORGET: &str = "DELETE FROM notice WHERE ends_ms <= $1";
/// What a member takes with them: the notice they wrote.
pub const EXPORT: &str = "SELECT words, ends_on FROM notice WHERE by_id = $1";

/// Every statement of this file.
pub const STATEMENTS: &[&str] = &[PUT, FIND, CLEAR, FORGET, EXPORT];

/// A notice as keepers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedNotice {
    pub notice: Notice,
    /// Name of the keeper who wrote it; none when they have left the home.
    pub by_name: Option<String>,
}

/// Stores a notice in the place of the one before.
pub async fn put_notice(tx: &mut Tx, notice: &Notice, by: MemberId) -> Result<(), Broken> {
    let values = args![&notice.words, notice.ends_on.to_string(), notice.ends_at, by];
    tx.execute(PUT, values).await.map(drop)
}

pub async fn find_notice(tx: &mut Tx) -> Result<Option<PostedNotice>, Broken> {
    let row = tx.fetch_optional(FIND, args![]).await?;
    row.map(|row| {
        let notice = Notice {
            words: row.get("words")?,
            ends_on: row.parse_column("ends_on", |day| day.parse().ok())?,
            ends_at: row.get("ends_ms")?,
        };
        Ok(PostedNotice { notice, by_name: row.get("by_name")? })
    })
    .transpose()
}

/// Erases the notice.
pub async fn clear_notice(tx: &mut Tx) -> Result<(), Broken> {
    tx.execute(CLEAR, args![]).await.map(drop)
}

/// Erases a notice that has ended at this instant. Returns how many.
pub async fn forget_notices(tx: &mut Tx, now: Instant) -> Result<u64, Broken> {
    tx.execute(FORGET, args![now]).await
}
