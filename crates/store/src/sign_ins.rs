//! Sign-in requests: address and browser of a request, valid for ten minutes.

use sitwith_core::id::{InvitationId, MemberId, SignInId};
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

/// Every statement of this file, for the test that prepares them on both engines.
pub const STATEMENTS: &[&str] =
    &[INSERT, FIND_BY_LINK, FIND_BY_BROWSER, TRY, USE, DROP_OF_BROWSER, FORGET];

const INSERT: &str = "INSERT INTO sign_in (id, email_key, member_id, invitation_id, name, email, \
    link_hash, code_hash, browser_hash, to_path, asked_ms, tries, used_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, NULL)";
const FIND_BY_LINK: &str = "SELECT * FROM sign_in WHERE link_hash = $1";
const FIND_BY_BROWSER: &str =
    "SELECT * FROM sign_in WHERE browser_hash = $1 ORDER BY asked_ms DESC, id DESC LIMIT 1";
const TRY: &str = "UPDATE sign_in SET tries = tries + 1 WHERE id = $1";
const USE: &str = "UPDATE sign_in SET used_ms = $2 WHERE id = $1 AND used_ms IS NULL";
const DROP_OF_BROWSER: &str = "DELETE FROM sign_in WHERE browser_hash = $1";
const FORGET: &str = "DELETE FROM sign_in WHERE asked_ms <= $1";

/// A sign-in request.
#[derive(Clone, PartialEq, Eq)]
pub struct SignIn {
    pub id: SignInId,
    /// The normalized address.
    pub email_key: String,
    /// The member with this address, if there is one.
    pub member: Option<MemberId>,
    /// The invitation being accepted, if any.
    pub invitation: Option<InvitationId>,
    /// Name of the new member.
    pub name: Option<String>,
    /// The address as typed; only with an invitation.
    pub email: Option<String>,
    /// Hash of the mailed link's token.
    pub link_hash: [u8; 32],
    /// Hash of the mailed code, salted with the browser's token.
    pub code_hash: [u8; 32],
    /// Hash of the browser's token.
    pub browser_hash: [u8; 32],
    /// Path to redirect to after signing in.
    pub to_path: String,
    pub asked_at: Instant,
    /// Number of codes tried so far.
    pub tries: u32,
    /// When it was used; it works once.
    pub used_at: Option<Instant>,
}

/// Sign-in requests are private: keep them out of logs.
impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignIn({})", self.id)
    }
}

/// Inserts a request and deletes earlier ones of the same browser: only the newest mail is valid.
pub async fn insert_sign_in(tx: &mut Tx, asked: &SignIn) -> Result<(), Broken> {
    tx.execute(DROP_OF_BROWSER, args![asked.browser_hash]).await?;
    let args = args![
        asked.id,
        &asked.email_key,
        asked.member,
        asked.invitation,
        &asked.name,
        &asked.email,
        asked.link_hash,
        asked.code_hash,
        asked.browser_hash,
        &asked.to_path,
        asked.asked_at,
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Returns the request whose link token has this hash.
pub async fn find_by_link(tx: &mut Tx, link_hash: [u8; 32]) -> Result<Option<SignIn>, Broken> {
    let row = tx.fetch_optional(FIND_BY_LINK, args![link_hash]).await?;
    row.as_ref().map(read_sign_in).transpose()
}

/// Returns the newest request of the browser whose token has this hash.
pub async fn find_by_browser(
    tx: &mut Tx,
    browser_hash: [u8; 32],
) -> Result<Option<SignIn>, Broken> {
    let row = tx.fetch_optional(FIND_BY_BROWSER, args![browser_hash]).await?;
    row.as_ref().map(read_sign_in).transpose()
}

/// Counts an attempt at the code.
pub async fn count_attempt(tx: &mut Tx, id: SignInId) -> Result<(), Broken> {
    tx.execute(TRY, args![id]).await.map(drop)
}

/// Marks a request as used. Returns `false` when it already was.
pub async fn mark_used(tx: &mut Tx, id: SignInId, now: Instant) -> Result<bool, Broken> {
    Ok(tx.execute(USE, args![id, now]).await? == 1)
}

/// Erases requests made at or before this instant. Returns the number of rows erased.
pub async fn forget_sign_ins(tx: &mut Tx, asked_until: Instant) -> Result<u64, Broken> {
    tx.execute(FORGET, args![asked_until]).await
}

fn read_sign_in(row: &Row) -> Result<SignIn, Broken> {
    Ok(SignIn {
        id: row.get("id")?,
        email_key: row.get("email_key")?,
        member: row.get("member_id")?,
        invitation: row.get("invitation_id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        link_hash: row.get("link_hash")?,
        code_hash: row.get("code_hash")?,
        browser_hash: row.get("browser_hash")?,
        to_path: row.get("to_path")?,
        asked_at: row.get("asked_ms")?,
        tries: row.get("tries")?,
        used_at: row.get("used_ms")?,
    })
}
