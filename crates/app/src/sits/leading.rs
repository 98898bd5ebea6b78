//! Who leads a sit: its co-guides and its stand-in, and stepping in when none of its guides is
//! there.

use sitwith_core::id::{MemberId, SitId};
use sitwith_core::member::{Member, Person};
use sitwith_core::sits::Leader;
use sitwith_store::{Broken, Tx, members, sits, step_ins};

use super::open_run;
use crate::access::{AsGuide, LeadsSit};
use crate::fail::{Fail, Refused};
use crate::home::Home;

/// Maximum number of co-guides of a sit.
pub const CO_GUIDES_MAX: usize = 12;

/// The leaders of a sit besides its maker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SitLeaders {
    /// They lead the sit as its maker does.
    pub co_guides: Vec<MemberId>,
    /// Leads the sit when none of the others can come.
    pub stand_in: Option<MemberId>,
}

/// Refusals of [`name_guides`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameGuidesNo {
    /// More than [`CO_GUIDES_MAX`].
    TooMany,
}

/// Refusals of [`step_in`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepInNo {
    /// Somebody who leads the sit is there.
    Led,
    /// No run lives now: the door is closed, or the run is over.
    NotLiving,
}

/// Lists the home's guides, who may be named on a sit, sorted by name. Keepers lead every sit
/// without being named.
pub async fn list_home_guides(home: &Home, _guide: &AsGuide) -> Result<Vec<Leader>, Broken> {
    let mut tx = home.store.read().await?;
    list_guides(&mut tx).await
}

async fn list_guides(tx: &mut Tx) -> Result<Vec<Leader>, Broken> {
    let mut guides = members::list_members(tx).await?;
    guides.retain(|member| member.roles.guide);
    guides.sort_by_cached_key(|member| (member.name.to_lowercase(), member.id));
    let leader = |member: Member| Leader { id: member.id, name: member.name };
    Ok(guides.into_iter().map(leader).collect())
}

/// Sets who leads a sit besides its maker, replacing those named before. People who are no longer
/// guides are left out; a person named as both becomes a co-guide.
pub async fn name_guides(
    home: &Home,
    led: &LeadsSit,
    leading: &SitLeaders,
) -> Result<(), Fail<NameGuidesNo>> {
    if leading.co_guides.len() > CO_GUIDES_MAX {
        return Err(Fail::No(NameGuidesNo::TooMany));
    }
    let id = led.sit().id;
    home.store
        .write(|mut tx| async move {
            let found = sits::find_sit(&mut tx, id).await?;
            let mut sit = found.filter(|sit| sit.ended_at.is_none()).ok_or(Refused::Missing)?;
            let mut named = list_guides(&mut tx).await?;
            named.retain(|guide| guide.id != sit.guide);
            let is_co_guide = |guide: &Leader| leading.co_guides.contains(&guide.id);
            let (co_guides, rest): (Vec<_>, Vec<_>) = named.into_iter().partition(is_co_guide);
            sit.co_guides = co_guides;
            sit.stand_in = rest.into_iter().find(|guide| leading.stand_in == Some(guide.id));
            sits::set_guides(&mut tx, &sit).await?;
            Ok::<_, Fail<NameGuidesNo>>(tx.done(()))
        })
        .await
}

/// Lets a guide who does not lead the sit lead its current run, if none of its leaders is there.
/// People who enter by the room's page see them as any other guide.
pub async fn step_in(home: &Home, guide: &AsGuide, id: SitId) -> Result<(), Fail<StepInNo>> {
    let who = Person::Member((**guide).clone());
    let opened = open_run(home, &who, id).await;
    let opened = opened.map_err(|fail| fail.map_no(|_closed| StepInNo::NotLiving))?;
    if opened.is_guide() {
        return Ok(());
    }
    let (run, guide, now) = (opened.run.id, guide.id, home.clock.now());
    let living = home.live.open_anywhere(run).await;
    let living = living.map_err(|fail| fail.map_no(|_over| StepInNo::NotLiving))?;
    if living.roll(0).await?.has_guide {
        return Err(Fail::No(StepInNo::Led));
    }
    home.store
        .write(|mut tx| async move {
            step_ins::insert_step_in(&mut tx, run, guide, now).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    Ok(())
}
