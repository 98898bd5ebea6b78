//! A member's own account: name, time zone, what others may see, export, and leaving the home.

use sitwith_core::member::{Member, Role};
use sitwith_core::name::{NameNo, parse_name};
use sitwith_store::{Broken, members};

use crate::access::AsMember;
use crate::fail::Fail;
use crate::home::Home;
use crate::noun::{Erase, Export, MemberDeparture, Noun};
use crate::nouns::{self, Exported};
use crate::zones;

/// A member's changes to their profile.
#[derive(Clone, Debug)]
pub struct ProfileChange<'a> {
    pub name: &'a str,
    /// Time zone for their times (IANA name); empty for the browser's own.
    pub zone: &'a str,
    /// True if others in the home may see that they usually come to a sit.
    pub shows_usually: bool,
}

/// What members hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "members",
    tables: &["member"],
    job: None,
    forget: None,
    erase: Erase::InWrite(|tx, member| Box::pin(members::erase_member(tx, member))),
    export: Export::Rows(&[("member", members::EXPORT)]),
};

/// Refusals of [`change_profile`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileNo {
    /// The name is empty or too long.
    Name(NameNo),
    /// There is no such time zone.
    NoSuchZone,
}

/// Refusals of [`leave_home`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveHomeNo {
    /// Nobody else is a keeper of the home.
    LastKeeper,
    /// They lead sits that have not ended.
    LeadsSits,
}

/// Changes a member's profile.
pub async fn change_profile(
    home: &Home,
    who: &Member,
    wishes: &ProfileChange<'_>,
) -> Result<(), Fail<ProfileNo>> {
    let name = parse_name(wishes.name).map_err(|no| Fail::No(ProfileNo::Name(no)))?;
    let zone = Some(wishes.zone.trim()).filter(|zone| !zone.is_empty());
    if zone.is_some_and(|zone| !zones::is_zone(zone)) {
        return Err(Fail::No(ProfileNo::NoSuchZone));
    }
    let member = Member {
        name,
        zone: zone.map(str::to_owned),
        shows_usually: wishes.shows_usually,
        ..who.clone()
    };
    let (member, now) = (&member, home.clock.now());
    home.store
        .write(|mut tx| async move {
            members::update_profile(&mut tx, member, now).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    Ok(())
}

/// Leaves the home: erases everything that is theirs alone, including their sessions.
pub async fn leave_home(home: &Home, who: &Member) -> Result<(), Fail<LeaveHomeNo>> {
    let (id, is_keeper) = (who.id, who.roles.has(Role::Keeper));
    home.store
        .write(|mut tx| async move {
            if is_keeper && !members::has_other_keeper(&mut tx, id).await? {
                return Err(Fail::No(LeaveHomeNo::LastKeeper));
            }
            if members::leads_sits(&mut tx, id).await? {
                return Err(Fail::No(LeaveHomeNo::LeadsSits));
            }
            nouns::erase_rows(&mut tx, id).await?;
            Ok::<_, Fail<LeaveHomeNo>>(tx.done(()))
        })
        .await?;
    Ok(nouns::let_go(home, MemberDeparture { member: id, by_keeper: false }).await?)
}

/// Everything of a member's that the home keeps.
pub async fn export_member(home: &Home, who: &AsMember) -> Result<Exported, Broken> {
    nouns::gather_export(home, who.id).await
}
