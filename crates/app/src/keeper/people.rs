//! The members of the home and their roles.

use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Roles};
use sitwith_core::time::Span;
use sitwith_store::{Broken, mails, members};

use crate::access::AsKeeper;
use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;
use crate::noun::MemberDeparture;
use crate::nouns;

/// Period over which undelivered mails are counted for the keeper.
const GIVEN_UP_MAILS_SHOWN: Span = Span::from_days(7);

/// Refusals of changing or removing a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChangeNo {
    /// The home would have no keeper left.
    LastKeeper,
    /// Keepers cannot remove themselves; they leave by their own page.
    Oneself,
}

/// Lists all members in the order they joined.
pub async fn list_members(home: &Home, _keeper: &AsKeeper) -> Result<Vec<Member>, Broken> {
    let mut tx = home.store.read().await?;
    members::list_members(&mut tx).await
}

/// Sets a member's roles. It takes effect with their next request, since roles are read with every
/// request.
pub async fn set_roles(
    home: &Home,
    _keeper: &AsKeeper,
    id: MemberId,
    roles: Roles,
) -> Result<(), Fail<MemberChangeNo>> {
    let now = home.clock.now();
    home.store
        .write(|mut tx| async move {
            if members::find_member(&mut tx, id).await?.is_none() {
                return Err(Refused::Missing.into());
            }
            if !roles.keeper && !members::has_other_keeper(&mut tx, id).await? {
                return Err(Fail::No(MemberChangeNo::LastKeeper));
            }
            members::set_roles(&mut tx, id, roles, now).await?;
            Ok(tx.done(()))
        })
        .await
}

/// Returns the member to be removed, for the confirmation page.
pub async fn find_member(home: &Home, _keeper: &AsKeeper, id: MemberId) -> Result<Member, Denied> {
    let mut tx = home.store.read().await?;
    Ok(members::find_member(&mut tx, id).await?.ok_or(Refused::Missing)?)
}

/// Removes a member: erases everything that is theirs alone, including their sessions. A keeper
/// takes over the sits they led. Nobody is notified.
pub async fn remove_member(
    home: &Home,
    keeper: &AsKeeper,
    id: MemberId,
) -> Result<(), Fail<MemberChangeNo>> {
    if id == keeper.id {
        return Err(Fail::No(MemberChangeNo::Oneself));
    }
    home.store
        .write(|mut tx| async move {
            if members::find_member(&mut tx, id).await?.is_none() {
                return Err(Refused::Missing.into());
            }
            nouns::erase_rows(&mut tx, id).await?;
            Ok::<_, Fail<MemberChangeNo>>(tx.done(()))
        })
        .await?;
    Ok(nouns::let_go(home, MemberDeparture { member: id, by_keeper: true }).await?)
}

/// Counts the mails given up within the last seven days.
pub async fn count_given_up_mails(home: &Home) -> Result<i64, Broken> {
    let mut tx = home.store.read().await?;
    mails::count_given_up(&mut tx, home.clock.now() - GIVEN_UP_MAILS_SHOWN).await
}
