//! Who leads a sit: naming its co-guides and its stand-in, and stepping in when none of its guides
//! is there.

use sitwith_core::id::{MemberId, SitId};
use sitwith_core::member::{Member, Person};
use sitwith_core::sits::Leader;
use sitwith_store::{Broken, Tx, members, sits, step_ins};

use super::open_run;
use crate::access::{AsGuide, LeadsSit};
use crate::fail::{Fail, Refused};
use crate::home::Home;

/// How many co-guides a sit has at most.
pub const CO_GUIDES_MAX: usize = 12;

/// Who is to lead a sit beside its maker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leading {
    /// They lead it as its maker does.
    pub co_guides: Vec<MemberId>,
    /// Leads it when none of the others can come.
    pub stand_in: Option<MemberId>,
}

/// Why nobody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameGuidesNo {
    /// More than [`CO_GUIDES_MAX`].
    TooMany,
}

/// Why a guide does not step in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepInNo {
    /// Somebody who leads it is there.
    Led,
    /// Nobody is in it now: its door is closed, or it is over.
    NotLiving,
}

/// The guides of the home, who may be named on a sit, by name. Keepers lead every sit unnamed.
pub async fn guides_of_home(home: &Home, _guide: &AsGuide) -> Result<Vec<Leader>, Broken> {
    let mut tx = home.store.read().await?;
    guides(&mut tx).await
}

async fn guides(tx: &mut Tx) -> Result<Vec<Leader>, Broken> {
    let mut guides = members::list(tx).await?;
    guides.retain(|member| member.roles.guide);
    guides.sort_by_cached_key(|member| (member.name.to_lowercase(), member.id));
    let leader = |member: Member| Leader { id: member.id, name: member.name };
    Ok(guides.into_iter().map(leader).collect())
}

/// Names who leads a sit beside its maker, in place of those who were named. Whoever is no guide
/// any more is left out; whoever is named as both is a co-guide.
pub async fn name_guides(
    home: &Home,
    led: &LeadsSit,
    leading: &Leading,
) -> Result<(), Fail<NameGuidesNo>> {
    if leading.co_guides.len() > CO_GUIDES_MAX {
        return Err(Fail::No(NameGuidesNo::TooMany));
    }
    let id = led.sit().id;
    home.store
        .write(|mut tx| async move {
            let found = sits::find(&mut tx, id).await?;
            let mut sit = found.filter(|sit| sit.ended_at.is_none()).ok_or(Refused::Missing)?;
            let mut named = guides(&mut tx).await?;
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

/// A guide who is none of the sit's guides leads its run from now on, because none of those is
/// there. Everybody is told of them as of any guide, when they come in by the room's page.
pub async fn step_in(home: &Home, guide: &AsGuide, id: SitId) -> Result<(), Fail<StepInNo>> {
    let who = Person::Member((**guide).clone());
    let opened = open_run(home, &who, id).await;
    let opened = opened.map_err(|fail| fail.map_no(|_closed| StepInNo::NotLiving))?;
    if opened.is_guide() {
        return Ok(());
    }
    let (run, guide, now) = (opened.run.id, guide.id, home.clock.now());
    let living = home.live.reach(run).await;
    let living = living.map_err(|fail| fail.map_no(|_over| StepInNo::NotLiving))?;
    if living.roll(0).await?.has_guide {
        return Err(Fail::No(StepInNo::Led));
    }
    home.store
        .write(|mut tx| async move {
            step_ins::insert(&mut tx, run, guide, now).await?;
            Ok::<_, Broken>(tx.done(()))
        })
        .await?;
    Ok(())
}
