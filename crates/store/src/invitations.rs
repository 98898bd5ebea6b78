//! Invitations: for one person and one role, valid for a while.

use sitwith_core::id::{InvitationId, MemberId};
use sitwith_core::member::Role;
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

/// Every statement of this file, for the test that prepares them on both engines.
pub const STATEMENTS: &[&str] = &[EXPORT, INSERT, FIND, FIND_BY_TOKEN, LIST, USE, REVOKE, FORGET];

const INSERT: &str = "INSERT INTO invitation (id, token_hash, role, words, made_by, made_ms, \
    ends_ms, used_ms, used_by, revoked_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, NULL)";
const FIND: &str = "SELECT * FROM invitation WHERE id = $1";
const FIND_BY_TOKEN: &str = "SELECT * FROM invitation WHERE token_hash = $1";
const LIST: &str = "SELECT * FROM invitation ORDER BY made_ms DESC, id DESC";
const USE: &str = "UPDATE invitation SET used_ms = $2, used_by = $3 \
    WHERE id = $1 AND used_ms IS NULL AND revoked_ms IS NULL AND ends_ms > $2";
const REVOKE: &str = "UPDATE invitation SET revoked_ms = $2 \
    WHERE id = $1 AND used_ms IS NULL AND revoked_ms IS NULL";
const FORGET: &str = "DELETE FROM invitation WHERE ends_ms <= $1";
/// What a member takes with them: the invitations they made, and the one they accepted.
pub const EXPORT: &str = "SELECT role, CASE WHEN made_by = $1 THEN words END AS words,
    CASE WHEN made_by = $1 THEN 'made' ELSE 'accepted' END AS what, made_ms, ends_ms, used_ms,
    revoked_ms FROM invitation WHERE made_by = $1 OR used_by = $1 ORDER BY made_ms, id";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub role: Role,
    /// The keeper's note about the person it is for.
    pub words: String,
    pub made_by: Option<MemberId>,
    pub made_at: Instant,
    /// When it expires.
    pub ends_at: Instant,
    /// When it was accepted.
    pub used_at: Option<Instant>,
    pub used_by: Option<MemberId>,
    /// When the keeper revoked it.
    pub revoked_at: Option<Instant>,
}

impl Invitation {
    /// Returns `true` if it can still be accepted.
    pub fn is_open(&self, now: Instant) -> bool {
        self.used_at.is_none() && self.revoked_at.is_none() && now < self.ends_at
    }
}

pub async fn insert_invitation(
    tx: &mut Tx,
    invitation: &Invitation,
    token_hash: [u8; 32],
) -> Result<(), Broken> {
    let args = args![
        invitation.id,
        token_hash,
        invitation.role.word(),
        &invitation.words,
        invitation.made_by,
        invitation.made_at,
        invitation.ends_at,
    ];
    tx.execute(INSERT, args).await.map(drop)
}

pub async fn find_invitation(tx: &mut Tx, id: InvitationId) -> Result<Option<Invitation>, Broken> {
    let row = tx.fetch_optional(FIND, args![id]).await?;
    row.as_ref().map(read_invitation).transpose()
}

/// Returns the invitation whose token has this hash.
pub async fn find_by_token(
    tx: &mut Tx,
    token_hash: [u8; 32],
) -> Result<Option<Invitation>, Broken> {
    let row = tx.fetch_optional(FIND_BY_TOKEN, args![token_hash]).await?;
    row.as_ref().map(read_invitation).transpose()
}

/// Returns all invitations, newest first.
pub async fn list_invitations(tx: &mut Tx) -> Result<Vec<Invitation>, Broken> {
    tx.fetch_all(LIST, args![]).await?.iter().map(read_invitation).collect()
}

/// Marks an invitation as accepted. Returns `false` when it no longer can be.
pub async fn accept_invitation(
    tx: &mut Tx,
    id: InvitationId,
    by: MemberId,
    now: Instant,
) -> Result<bool, Broken> {
    Ok(tx.execute(USE, args![id, now, by]).await? == 1)
}

/// Revokes an invitation. Returns `false` when it was accepted already.
pub async fn revoke_invitation(
    tx: &mut Tx,
    id: InvitationId,
    now: Instant,
) -> Result<bool, Broken> {
    Ok(tx.execute(REVOKE, args![id, now]).await? == 1)
}

/// Erases invitations that expired at or before this instant. Returns the number of rows erased.
pub async fn forget_invitations(tx: &mut Tx, ended_until: Instant) -> Result<u64, Broken> {
    tx.execute(FORGET, args![ended_until]).await
}

fn read_invitation(row: &Row) -> Result<Invitation, Broken> {
    Ok(Invitation {
        id: row.get("id")?,
        role: row.parse_column("role", Role::from_word)?,
        words: row.get("words")?,
        made_by: row.get("made_by")?,
        made_at: row.get("made_ms")?,
        ends_at: row.get("ends_ms")?,
        used_at: row.get("used_ms")?,
        used_by: row.get("used_by")?,
        revoked_at: row.get("revoked_ms")?,
    })
}
