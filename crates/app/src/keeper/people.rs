//! The people of the home, and what they may do.

use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Role, Roles};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
use sitwith_store::{Broken, mails, members};

use crate::fail::Fail;
use crate::home::Home;
use crate::rounds;

/// How far back the keeper is told of letters that could not be sent.
const GIVEN_UP_SHOWN: Span = Span::from_days(7);

/// Why somebody's roles are not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolesNo {
    /// Only the keeper may.
    NotKeeper,
    /// There is no such member.
    NoSuchMember,
    /// Nobody would look after the home any more.
    LastKeeper,
    /// One leaves by one's own page.
    Oneself,
}

/// Everyone, in the order they came.
pub async fn members(home: &Home, who: &Member) -> Result<Vec<Member>, Fail<RolesNo>> {
    keeper(who)?;
    let mut tx = home.store.read().await?;
    Ok(members::list(&mut tx).await?)
}

/// Sets what a member may do. It holds from their next step on: roles are read anew with every
/// request.
pub async fn set_roles(
    home: &Home,
    who: &Member,
    id: MemberId,
    roles: Roles,
) -> Result<(), Fail<RolesNo>> {
    keeper(who)?;
    let now = home.clock.now();
    home.store
        .write(|mut tx| async move {
            if members::find(&mut tx, id).await?.is_none() {
                return Err(Fail::No(RolesNo::NoSuchMember));
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
pub async fn member(home: &Home, who: &Member, id: MemberId) -> Result<Member, Fail<RolesNo>> {
    keeper(who)?;
    let mut tx = home.store.read().await?;
    let member = members::find(&mut tx, id).await?;
    member.ok_or(Fail::No(RolesNo::NoSuchMember))
}

/// Takes somebody's place in the home away: everything that is theirs alone is erased, their
/// sessions with it. Sits they led go on in the hands of a keeper. Nobody is told.
pub async fn say_goodbye(home: &Home, who: &Member, id: MemberId) -> Result<(), Fail<RolesNo>> {
    keeper(who)?;
    if id == who.id {
        return Err(Fail::No(RolesNo::Oneself));
    }
    home.store
        .write(|mut tx| async move {
            if members::find(&mut tx, id).await?.is_none() {
                return Err(Fail::No(RolesNo::NoSuchMember));
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

fn keeper(who: &Member) -> Result<(), Fail<RolesNo>> {
    if who.roles.has(Role::Keeper) { Ok(()) } else { Err(Fail::No(RolesNo::NotKeeper)) }
}
