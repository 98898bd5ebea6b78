//! Members: names, email addresses, time zones and roles.

use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Role, Roles};
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

/// Every statement of this file, for the test that prepares them on both engines.
pub const STATEMENTS: &[&str] = &[
    EXPORT,
    INSERT,
    FIND,
    FIND_BY_EMAIL,
    LIST,
    CHANGE,
    SET_ROLES,
    COUNT_KEEPERS,
    LEADS_SITS,
    DELETE,
];

const INSERT: &str = "INSERT INTO member (id, name, email, email_key, zone, listener_since_ms, \
    guide_since_ms, keeper_since_ms, shows_usually_since_ms, joined_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT * FROM member WHERE id = $1";
const FIND_BY_EMAIL: &str = "SELECT * FROM member WHERE email_key = $1";
const LIST: &str = "SELECT * FROM member ORDER BY joined_ms, id";
const CHANGE: &str = "UPDATE member SET name = $2, zone = $3, \
    shows_usually_since_ms = CASE WHEN $4 = 0 THEN NULL \
    ELSE COALESCE(shows_usually_since_ms, $5) END WHERE id = $1";
const SET_ROLES: &str = "UPDATE member SET \
    listener_since_ms = CASE WHEN $2 = 0 THEN NULL ELSE COALESCE(listener_since_ms, $5) END, \
    guide_since_ms = CASE WHEN $3 = 0 THEN NULL ELSE COALESCE(guide_since_ms, $5) END, \
    keeper_since_ms = CASE WHEN $4 = 0 THEN NULL ELSE COALESCE(keeper_since_ms, $5) END \
    WHERE id = $1";
const COUNT_KEEPERS: &str =
    "SELECT COUNT(*) AS keepers FROM member WHERE keeper_since_ms IS NOT NULL AND id <> $1";
const LEADS_SITS: &str =
    "SELECT COUNT(*) AS sits FROM sit WHERE guide_id = $1 AND ended_ms IS NULL";
const DELETE: &str = "DELETE FROM member WHERE id = $1";
/// What a member takes with them.
pub const EXPORT: &str = "SELECT name, email, zone, joined_ms, listener_since_ms, guide_since_ms,
    keeper_since_ms, shows_usually_since_ms FROM member WHERE id = $1";

/// Normalizes the email address that identifies a member: trimmed and lower case. A `+` suffix is
/// kept: it is part of the address.
pub fn normalize_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Inserts a member. Returns `false` when the address is taken.
pub async fn insert_member(tx: &mut Tx, member: &Member) -> Result<bool, Broken> {
    let since = |has: bool| has.then_some(member.joined_at);
    let args = args![
        member.id,
        &member.name,
        &member.email,
        normalize_email(&member.email),
        &member.zone,
        since(member.roles.listener),
        since(member.roles.guide),
        since(member.roles.keeper),
        since(member.shows_usually),
        member.joined_at,
    ];
    Ok(tx.execute(INSERT, args).await? == 1)
}

pub async fn find_member(tx: &mut Tx, id: MemberId) -> Result<Option<Member>, Broken> {
    let row = tx.fetch_optional(FIND, args![id]).await?;
    row.as_ref().map(read_member).transpose()
}

/// Returns the member with this normalized address, see [`normalize_email`].
pub async fn find_by_email(tx: &mut Tx, email_key: &str) -> Result<Option<Member>, Broken> {
    let row = tx.fetch_optional(FIND_BY_EMAIL, args![email_key]).await?;
    row.as_ref().map(read_member).transpose()
}

/// Returns all members in the order they joined.
pub async fn list_members(tx: &mut Tx) -> Result<Vec<Member>, Broken> {
    tx.fetch_all(LIST, args![]).await?.iter().map(read_member).collect()
}

/// Updates what members set themselves: name, zone, and the consent to be shown as someone who
/// usually comes.
pub async fn update_profile(tx: &mut Tx, member: &Member, now: Instant) -> Result<(), Broken> {
    let args = args![member.id, &member.name, &member.zone, member.shows_usually, now];
    tx.execute(CHANGE, args).await.map(drop)
}

/// Replaces a member's roles.
pub async fn set_roles(
    tx: &mut Tx,
    id: MemberId,
    roles: Roles,
    now: Instant,
) -> Result<(), Broken> {
    let args = args![id, roles.listener, roles.guide, roles.keeper, now];
    tx.execute(SET_ROLES, args).await.map(drop)
}

/// Returns `true` if there is a keeper other than this member.
pub async fn has_other_keeper(tx: &mut Tx, id: MemberId) -> Result<bool, Broken> {
    let row = tx.fetch_one(COUNT_KEEPERS, args![id]).await?;
    Ok(row.get::<i64>("keepers")? > 0)
}

/// Returns `true` if this member leads a sit that has not ended.
pub async fn leads_sits(tx: &mut Tx, id: MemberId) -> Result<bool, Broken> {
    let row = tx.fetch_one(LEADS_SITS, args![id]).await?;
    Ok(row.get::<i64>("sits")? > 0)
}

/// Erases a member. Foreign keys erase what is only theirs, and their name in other rows. The sits
/// they lead must have been handed over.
pub async fn erase_member(tx: &mut Tx, id: MemberId) -> Result<(), Broken> {
    tx.execute(DELETE, args![id]).await.map(drop)
}

/// Reads a row of `member`.
pub(crate) fn read_member(row: &Row) -> Result<Member, Broken> {
    let is_set = |column| Ok(row.get::<Option<Instant>>(column)?.is_some());
    let mut roles = Roles::default();
    for (role, column) in [
        (Role::Listener, "listener_since_ms"),
        (Role::Guide, "guide_since_ms"),
        (Role::Keeper, "keeper_since_ms"),
    ] {
        if is_set(column)? {
            roles = roles.with(role);
        }
    }
    Ok(Member {
        id: row.get("id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        zone: row.get("zone")?,
        roles,
        shows_usually: is_set("shows_usually_since_ms")?,
        joined_at: row.get("joined_ms")?,
    })
}
