//! Invitations: how somebody becomes a member, or a member takes on a role.
//!
//! Made by the keeper, for one role, to be taken once and within a while; the keeper can take
//! them back. Whoever takes one shows that the mail address is theirs by the same letter that
//! signs people in.

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

/// How long an invitation can be taken.
pub const LASTS: Span = Span::from_days(14);
/// The longest note on an invitation, in characters.
pub const WORDS_MAX: usize = 120;

/// Why an invitation is not made or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteNo {
    /// The note is too long.
    WordsTooLong,
    /// There is none, or it was taken already.
    NotOpen,
}

/// Why an invitation is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeNo {
    /// It was used, is too old or was taken back.
    NotOpen,
}

/// What a newcomer has said of themselves, and shown to be true of the address.
pub(crate) struct Welcomed<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
}

/// Makes an invitation; what to put behind `/invitations/` in the link.
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

/// All invitations, the newest first.
pub async fn list(home: &Home, _keeper: &AsKeeper) -> Result<Vec<Invitation>, Broken> {
    let mut tx = home.store.read().await?;
    invitations::list(&mut tx).await
}

/// Takes an invitation back.
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

/// The invitation of this link, while it can be taken. Looking uses nothing up.
pub async fn look(home: &Home, token: &str) -> Result<Option<Invitation>, Broken> {
    let mut tx = home.store.read().await?;
    open(&mut tx, home, token).await
}

/// A member who is signed in takes on the role of an invitation.
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

/// The invitation of this token, while it can be taken.
pub(crate) async fn open(
    tx: &mut Tx,
    home: &Home,
    token: &str,
) -> Result<Option<Invitation>, Broken> {
    let invitation = invitations::find_by_token(tx, secret::hash(token)).await?;
    Ok(invitation.filter(|invitation| invitation.is_open(home.clock.now())))
}

/// Uses an invitation up: makes a member, or gives the role to the one who has this address.
/// Nobody, when it could not be taken any more.
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
