//! Sessions of members' and guests' browsers. Only the hash of the browser's token is stored.

use sitwith_core::id::{GuestId, MemberId, SessionId};
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

/// Every statement of this file, for the test that prepares them on both engines.
pub const STATEMENTS: &[&str] =
    &[EXPORT, INSERT, FIND, SEE, LIST, END, END_OF_MEMBER, END_OTHERS, FORGET];

const INSERT: &str = "INSERT INTO session (id, token_hash, member_id, guest_id, made_ms, seen_ms, \
    ends_ms, browser) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const FIND: &str = "SELECT id, member_id, guest_id, made_ms, seen_ms, ends_ms, browser \
    FROM session WHERE token_hash = $1";
const SEE: &str = "UPDATE session SET seen_ms = $2 WHERE id = $1 AND seen_ms < $2";
const LIST: &str = "SELECT id, member_id, guest_id, made_ms, seen_ms, ends_ms, browser \
    FROM session WHERE member_id = $1 ORDER BY seen_ms DESC, id";
const END: &str = "DELETE FROM session WHERE id = $1";
const END_OF_MEMBER: &str = "DELETE FROM session WHERE id = $1 AND member_id = $2";
const END_OTHERS: &str = "DELETE FROM session WHERE member_id = $1 AND id <> $2";
const FORGET: &str = "DELETE FROM session WHERE ends_ms <= $1 OR seen_ms <= $2";
/// What a member takes with them.
pub const EXPORT: &str =
    "SELECT browser, made_ms, seen_ms, ends_ms FROM session WHERE member_id = $1
    ORDER BY made_ms, id";

/// The owner of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionOwner {
    Member(MemberId),
    Guest(GuestId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub owner: SessionOwner,
    pub made_at: Instant,
    /// When it was last used; updated at most once a day.
    pub seen_at: Instant,
    /// When it ends, used or not.
    pub ends_at: Instant,
    /// Name of the browser, for the list of sessions.
    pub browser: String,
}

pub async fn insert_session(
    tx: &mut Tx,
    session: &Session,
    token_hash: [u8; 32],
) -> Result<(), Broken> {
    let (member, guest) = match session.owner {
        SessionOwner::Member(member) => (Some(member), None),
        SessionOwner::Guest(guest) => (None, Some(guest)),
    };
    let args = args![
        session.id,
        token_hash,
        member,
        guest,
        session.made_at,
        session.seen_at,
        session.ends_at,
        &session.browser,
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Returns the session whose token has this hash, ended or not.
pub async fn find_session(tx: &mut Tx, token_hash: [u8; 32]) -> Result<Option<Session>, Broken> {
    let row = tx.fetch_optional(FIND, args![token_hash]).await?;
    row.as_ref().map(read_session).transpose()
}

/// Sets the time of the session's last use.
pub async fn touch_session(tx: &mut Tx, id: SessionId, now: Instant) -> Result<(), Broken> {
    tx.execute(SEE, args![id, now]).await.map(drop)
}

/// Returns a member's sessions, most recently used first.
pub async fn list_sessions(tx: &mut Tx, member: MemberId) -> Result<Vec<Session>, Broken> {
    tx.fetch_all(LIST, args![member]).await?.iter().map(read_session).collect()
}

pub async fn end_session(tx: &mut Tx, id: SessionId) -> Result<(), Broken> {
    tx.execute(END, args![id]).await.map(drop)
}

/// Ends a session of this member. Returns `false` when they have no such session.
pub async fn end_member_session(
    tx: &mut Tx,
    id: SessionId,
    member: MemberId,
) -> Result<bool, Broken> {
    Ok(tx.execute(END_OF_MEMBER, args![id, member]).await? == 1)
}

/// Ends all sessions of a member but one. Returns the number of sessions ended.
pub async fn end_other_sessions(
    tx: &mut Tx,
    member: MemberId,
    but: SessionId,
) -> Result<u64, Broken> {
    tx.execute(END_OTHERS, args![member, but]).await
}

/// Erases sessions that have ended, and those not used since `seen_until`. Returns the number of
/// rows erased.
pub async fn forget_sessions(
    tx: &mut Tx,
    now: Instant,
    seen_until: Instant,
) -> Result<u64, Broken> {
    tx.execute(FORGET, args![now, seen_until]).await
}

fn read_session(row: &Row) -> Result<Session, Broken> {
    let member: Option<MemberId> = row.get("member_id")?;
    let guest: Option<GuestId> = row.get("guest_id")?;
    let whose = match (member, guest) {
        (Some(member), None) => SessionOwner::Member(member),
        (None, Some(guest)) => SessionOwner::Guest(guest),
        _ => {
            return Err(Broken::new("reading a session", "it is nobody's or two people's"));
        }
    };
    Ok(Session {
        id: row.get("id")?,
        owner: whose,
        made_at: row.get("made_ms")?,
        seen_at: row.get("seen_ms")?,
        ends_at: row.get("ends_ms")?,
        browser: row.get("browser")?,
    })
}
