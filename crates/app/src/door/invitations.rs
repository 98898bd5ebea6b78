//! Invitations: how somebody becomes a member, or a member takes on a role.
//!
//! A keeper makes an invitation for one role; it can be taken once, within [`INVITATION_LASTS`],
//! and the keeper can revoke it. The invited person proves their email address by the same mail
//! that signs people in.

use sitwith_core::id::{InvitationId, MemberId};
use sitwith_core::member::{Member, Role, Roles};
use sitwith_core::time::Span;
use sitwith_store::members::{self, normalize_email};
use sitwith_store::{Broken, Tx, invitations};

pub use sitwith_store::invitations::Invitation;

use crate::access::AsKeeper;
use crate::fail::Fail;
use crate::home::Home;
use crate::noun::{Erase, Export, Noun};
use crate::secret;

/// Lifetime of an invitation.
pub const INVITATION_LASTS: Span = Span::from_days(14);
/// Maximum length of an invitation's note, in characters.
pub const INVITATION_NOTE_CHARS_MAX: usize = 120;

/// Retention of an invitation's row after its end, so that the keeper sees what became of it.
const ENDED_INVITATION_KEPT: Span = Span::from_days(30);

/// What invitations hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "invitations",
    tables: &["invitation"],
    job: None,
    forget: Some(|tx, now| {
        Box::pin(invitations::forget_invitations(tx, now - ENDED_INVITATION_KEPT))
    }),
    erase: Erase::ByKeys,
    export: Export::Rows(&[("invitations", invitations::EXPORT)]),
};

/// Refusals of making or revoking an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteNo {
    /// The note is too long.
    NoteTooLong,
    /// It does not exist or was already taken.
    NotOpen,
}

/// Refusals of taking an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeInvitationNo {
    /// It was used, has expired or was revoked.
    NotOpen,
}

/// A person who takes an invitation, with a verified email address.
pub(crate) struct Newcomer<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
}

/// Makes an invitation. Returns the token that follows `/invitations/` in its link.
pub async fn make_invitation(
    home: &Home,
    who: &AsKeeper,
    role: Role,
    words: &str,
) -> Result<String, Fail<InviteNo>> {
    let words = words.trim();
    if words.chars().count() > INVITATION_NOTE_CHARS_MAX {
        return Err(Fail::No(InviteNo::NoteTooLong));
    }
    let now = home.clock.now();
    let invitation = Invitation {
        id: InvitationId::new(now, home.dice.bytes()),
        role,
        words: words.to_owned(),
        made_by: Some(who.id),
        made_at: now,
        ends_at: now + INVITATION_LASTS,
        used_at: None,
        used_by: None,
        revoked_at: None,
    };
    let token = secret::generate_secret(&home.dice);
    let (invitation, hash) = (&invitation, secret::hash_secret(&token));
    home.store
        .write(|mut tx| async move {
            invitations::insert_invitation(&mut tx, invitation, hash).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    Ok(token)
}

/// Lists all invitations, the newest first.
pub async fn list_invitations(home: &Home, _keeper: &AsKeeper) -> Result<Vec<Invitation>, Broken> {
    let mut tx = home.store.read().await?;
    invitations::list_invitations(&mut tx).await
}

/// Revokes an invitation.
pub async fn revoke_invitation(
    home: &Home,
    _keeper: &AsKeeper,
    id: InvitationId,
) -> Result<(), Fail<InviteNo>> {
    let now = home.clock.now();
    home.store
        .write(|mut tx| async move {
            if !invitations::revoke_invitation(&mut tx, id, now).await? {
                return Err(Fail::No(InviteNo::NotOpen));
            }
            Ok(tx.done(()))
        })
        .await
}

/// Returns the invitation of this link while it can be taken. Does not consume it.
pub async fn find_invitation(home: &Home, token: &str) -> Result<Option<Invitation>, Broken> {
    let mut tx = home.store.read().await?;
    find_open_invitation(&mut tx, home, token).await
}

/// Gives a signed-in member the role of an invitation.
pub async fn take_invitation(
    home: &Home,
    who: &Member,
    token: &str,
) -> Result<Role, Fail<TakeInvitationNo>> {
    let (id, email, name) = (who.id, &who.email, &who.name);
    home.store
        .write(|mut tx| async move {
            let invitation = find_open_invitation(&mut tx, home, token).await?;
            let invitation = invitation.ok_or(Fail::No(TakeInvitationNo::NotOpen))?;
            let newcomer = Newcomer { name, email };
            let taken = redeem_invitation(&mut tx, home, invitation.id, &newcomer).await?;
            if taken != Some(id) {
                return Err(Fail::No(TakeInvitationNo::NotOpen));
            }
            Ok(tx.done(invitation.role))
        })
        .await
}

/// Returns the invitation of this token while it can be taken.
pub(crate) async fn find_open_invitation(
    tx: &mut Tx,
    home: &Home,
    token: &str,
) -> Result<Option<Invitation>, Broken> {
    let invitation = invitations::find_by_token(tx, secret::hash_secret(token)).await?;
    Ok(invitation.filter(|invitation| invitation.is_open(home.clock.now())))
}

/// Consumes an invitation: creates a member, or gives the role to the member with this email
/// address. Returns `None` if it can no longer be taken.
pub(crate) async fn redeem_invitation(
    tx: &mut Tx,
    home: &Home,
    invitation: InvitationId,
    newcomer: &Newcomer<'_>,
) -> Result<Option<MemberId>, Broken> {
    let now = home.clock.now();
    let Some(invitation) = invitations::find_invitation(tx, invitation).await? else {
        return Ok(None);
    };
    if !invitation.is_open(now) {
        return Ok(None);
    }
    let known = members::find_by_email(tx, &normalize_email(newcomer.email)).await?;
    let id = match known {
        Some(member) => {
            let roles = member.roles.with(invitation.role);
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
                roles: Roles::default().with(invitation.role),
                shows_usually: false,
                joined_at: now,
            };
            members::insert_member(tx, &member).await?;
            id
        }
    };
    let is_taken = invitations::accept_invitation(tx, invitation.id, id, now).await?;
    Ok(is_taken.then_some(id))
}
