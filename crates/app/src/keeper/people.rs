//! The people of the home, and what they may do.

use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Roles};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
use sitwith_store::{Broken, mails, members};

use crate::access::AsKeeper;
use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;
use crate::rounds;

/// How far back the keeper is told of letters that could not be sent.
const GIVEN_UP_SHOWN: Span = Span::from_days(7);

/// Why somebody's roles are not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolesNo {
    /// Nobody would look after the home any more.
    LastKeeper,
    /// One leaves by one's own page.
    Oneself,
}

/// Everyone, in the order they came.
pub async fn members(home: &Home, _keeper: &AsKeeper) -> Result<Vec<Member>, Broken> {
    let mut tx = home.store.read().await?;
    members::list(&mut tx).await
}

/// Sets what a member may do. It holds from their next step on: roles are read anew with every
/// request.
pub async fn set_roles(
    home: &Home,
    _keeper: &AsKeeper,
    id: MemberId,
    roles: Roles,
) -> Result<(), Fail<RolesNo>> {
    let now = home.clock.now();
    home.store
        .write(|mut tx| async move {
            if members::find(&mut tx, id).await?.is_none() {
                return Err(Refused::Missing.into());
            }
            if !roles.keeper && !members::has_other_keeper(&mut tx, id).await? {
                return Err(Fail::No(RolesNo::LastKeeper));
            }
            members::set_roles(&mut tx, id, roles, now).await?;
            Ok(tx.done(()))
        })
        .await
}

/// One of the members, to say goodbye to.
pub async fn member(home: &Home, _keeper: &AsKeeper, id: MemberId) -> Result<Member, Denied> {
    let mut tx = home.store.read().await?;
    Ok(members::find(&mut tx, id).await?.ok_or(Refused::Missing)?)
}

/// Takes somebody's place in the home away: everything that is theirs alone is erased, their
/// sessions with it. Sits they led go on in the hands of a keeper. Nobody is told.
pub async fn say_goodbye(
    home: &Home,
    keeper: &AsKeeper,
    id: MemberId,
) -> Result<(), Fail<RolesNo>> {
    if id == keeper.id {
        return Err(Fail::No(RolesNo::Oneself));
    }
    home.store
        .write(|mut tx| async move {
            if members::find(&mut tx, id).await?.is_none() {
                return Err(Refused::Missing.into());
            }
            members::erase(&mut tx, id).await?;
            Ok::<_, Fail<RolesNo>>(tx.done(()))
        })
        .await?;
    home.live.let_go(Sitter::Member(id));
    rounds::withdraw_everywhere(home, Sitter::Member(id), rounds::Which::Signed).await?;
    Ok(())
}

/// How many letters could not be sent in the last days.
pub async fn letters_given_up(home: &Home) -> Result<i64, Broken> {
    let mut tx = home.store.read().await?;
    mails::count_given_up(&mut tx, home.clock.now() - GIVEN_UP_SHOWN).await
}
