//! Invitations: how somebody becomes a member, or a member takes on a role.
//!
//! A keeper makes an invitation for one role; it can be taken once, within [`LASTS`], and the
//! keeper can revoke it. The invited person proves their email address by the same mail that signs
//! people in.

use sitwith_core::id::{InvitationId, MemberId};
use sitwith_core::member::{Member, Role, Roles};
use sitwith_core::time::Span;
use sitwith_store::members::{self, email_key};
use sitwith_store::{Broken, Tx, invitations};

pub use sitwith_store::invitations::Invitation;

use crate::access::AsKeeper;
use crate::fail::Fail;
use crate::home::Home;
use crate::secret;

/// Lifetime of an invitation.
pub const LASTS: Span = Span::from_days(14);
/// Maximum length of an invitation's note, in characters.
pub const WORDS_MAX: usize = 120;

/// Refusals of making or revoking an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteNo {
    /// The note is too long.
    WordsTooLong,
    /// It does not exist or was already taken.
    NotOpen,
}

/// Refusals of taking an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeNo {
    /// It was used, has expired or was revoked.
    NotOpen,
}

/// A person who takes an invitation, with a verified email address.
pub(crate) struct Welcomed<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
}

/// Makes an invitation. Returns the token that follows `/invitations/` in its link.
pub async fn make(
    home: &Home,
    who: &AsKeeper,
    role: Role,
    words: &str,
) -> Result<String, Fail<InviteNo>> {
    let words = words.trim();
    if words.chars().count() > WORDS_MAX {
        return Err(Fail::No(InviteNo::WordsTooLong));
    }
    let now = home.clock.now();
    let invitation = Invitation {
        id: InvitationId::new(now, home.dice.bytes()),
        role,
        words: words.to_owned(),
        made_by: Some(who.id),
        made_at: now,
        ends_at: now + LASTS,
        used_at: None,
        used_by: None,
        revoked_at: None,
    };
    let token = secret::fresh(&home.dice);
    let (invitation, hash) = (&invitation, secret::hash(&token));
    home.store
        .write(|mut tx| async move {
            invitations::insert(&mut tx, invitation, hash).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    Ok(token)
}

/// Lists all invitations, the newest first.
pub async fn list(home: &Home, _keeper: &AsKeeper) -> Result<Vec<Invitation>, Broken> {
    let mut tx = home.store.read().await?;
    invitations::list(&mut tx).await
}

/// Revokes an invitation.
pub async fn revoke(
    home: &Home,
    _keeper: &AsKeeper,
    id: InvitationId,
) -> Result<(), Fail<InviteNo>> {
    let now = home.clock.now();
    home.store
        .write(|mut tx| async move {
            if !invitations::revoke(&mut tx, id, now).await? {
                return Err(Fail::No(InviteNo::NotOpen));
            }
            Ok(tx.done(()))
        })
        .await
}

/// Returns the invitation of this link while it can be taken. Does not consume it.
pub async fn look(home: &Home, token: &str) -> Result<Option<Invitation>, Broken> {
    let mut tx = home.store.read().await?;
    open(&mut tx, home, token).await
}

/// Gives a signed-in member the role of an invitation.
pub async fn take(home: &Home, who: &Member, token: &str) -> Result<Role, Fail<TakeNo>> {
    let (id, email, name) = (who.id, &who.email, &who.name);
    home.store
        .write(|mut tx| async move {
            let invitation = open(&mut tx, home, token).await?;
            let invitation = invitation.ok_or(Fail::No(TakeNo::NotOpen))?;
            let newcomer = Welcomed { name, email };
            let taken = welcome(&mut tx, home, invitation.id, &newcomer).await?;
            if taken != Some(id) {
                return Err(Fail::No(TakeNo::NotOpen));
            }
            Ok(tx.done(invitation.role))
        })
        .await
}

/// Returns the invitation of this token while it can be taken.
pub(crate) async fn open(
    tx: &mut Tx,
    home: &Home,
    token: &str,
) -> Result<Option<Invitation>, Broken> {
    let invitation = invitations::find_by_token(tx, secret::hash(token)).await?;
    Ok(invitation.filter(|invitation| invitation.is_open(home.clock.now())))
}

/// Consumes an invitation: creates a member, or gives the role to the member with this email
/// address. Returns `None` if it can no longer be taken.
pub(crate) async fn welcome(
    tx: &mut Tx,
    home: &Home,
    invitation: InvitationId,
    newcomer: &Welcomed<'_>,
) -> Result<Option<MemberId>, Broken> {
    let now = home.clock.now();
    let Some(invitation) = invitations::find(tx, invitation).await? else {
        return Ok(None);
    };
    if !invitation.is_open(now) {
        return Ok(None);
    }
    let known = members::find_by_email(tx, &email_key(newcomer.email)).await?;
    let id = match known {
        Some(member) => {
            let roles = member.roles.and(invitation.role);
            members::set_roles(tx, member.id, roles, now).await?;
            member.id
        }
        None => {
            let id = MemberId::new(now, home.dice.bytes());
            let member = Member {
                id,
                name: newcomer.name.to_owned(),
                email: newcomer.email.to_owned(),
                zone: None,
                roles: Roles::default().and(invitation.role),
                shows_usually: false,
                joined_at: now,
            };
            members::insert(tx, &member).await?;
            id
        }
    };
    let is_taken = invitations::take(tx, invitation.id, id, now).await?;
    Ok(is_taken.then_some(id))
}
