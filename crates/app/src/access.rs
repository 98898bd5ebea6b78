//! Permission checks, all in one place. [`Access`] returns proofs: values that no other
//! code can construct, and that use cases take instead of checking roles themselves.
//!
//! * [`AsMember`], [`AsGuide`], [`AsKeeper`]: a person's role in the home;
//! * [`SeesSit`], [`LeadsSit`], [`LeadsRun`]: permission for one sit, or one run of it;
//! * [`InCohort`]: membership of a cohort. Nothing else checks that.
//!
//! A proof is valid only for the moment of the check: every act asks again and no proof is stored.

use std::ops::Deref;

use sitwith_core::id::{CohortId, MemberId, RunId, SitId};
use sitwith_core::member::{Member, Person, Role};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::sits::Sit;
use sitwith_store::{Broken, Store, Tx, blocks, cohorts, runs, sits, step_ins};

mod round;

pub use self::round::{LeadsRound, SeesRound};

use crate::base::Base;
use crate::fail::{Denied, Refused};

/// Checks the permissions of one person.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    store: &'a Store,
    who: &'a Person,
}

/// Proof that a person is a member of the home.
#[derive(Clone, Debug)]
pub struct AsMember(Member);

/// Proof that a person is a guide of the home. Keepers are guides, too.
#[derive(Clone, Debug)]
pub struct AsGuide(Member);

/// Proof that a person is a keeper of the home.
#[derive(Clone, Debug)]
pub struct AsKeeper(Member);

/// Proof that a person may see a sit and enter it.
#[derive(Clone, Debug)]
pub struct SeesSit {
    who: Person,
    sit: Sit,
}

/// Proof that a person may change a sit and lead it.
#[derive(Clone, Debug)]
pub struct LeadsSit {
    who: Member,
    sit: Sit,
}

/// Proof that a person may lead one run of a sit: they lead the sit, or stepped in.
#[derive(Clone, Debug)]
pub struct LeadsRun {
    who: MemberId,
    run: RunId,
}

/// Proof that a person belongs to a cohort, as a member or a guide, or is a keeper.
#[derive(Clone, Debug)]
pub struct InCohort {
    who: Member,
    cohort: CohortId,
}

/// The sits one person may see, for filtering lists.
#[derive(Clone, Debug)]
pub struct VisibleSits<'a> {
    who: &'a Person,
    cohorts: Vec<CohortId>,
    removed: Vec<SitId>,
}

impl Base {
    /// Returns the permission checks for this person in this home.
    pub const fn access<'a>(&'a self, who: &'a Person) -> Access<'a> {
        Access { store: &self.store, who }
    }
}

impl<'a> Access<'a> {
    /// Proves that this is a member.
    ///
    /// # Errors
    /// [`Refused::SignIn`].
    pub fn member(&self) -> Result<AsMember, Refused> {
        self.who.member().cloned().map(AsMember).ok_or(Refused::SignIn)
    }

    /// Proves that this is a guide; keepers are guides, too.
    ///
    /// # Errors
    /// [`Refused::SignIn`], [`Refused::NotYours`].
    pub fn guide(&self) -> Result<AsGuide, Refused> {
        self.with_role(Role::Guide).map(AsGuide)
    }

    /// Proves that this is a keeper.
    ///
    /// # Errors
    /// [`Refused::SignIn`], [`Refused::NotYours`].
    pub fn keeper(&self) -> Result<AsKeeper, Refused> {
        self.with_role(Role::Keeper).map(AsKeeper)
    }

    fn with_role(&self, role: Role) -> Result<Member, Refused> {
        let AsMember(member) = self.member()?;
        if member.roles.has(role) { Ok(member) } else { Err(Refused::NotYours) }
    }

    /// Proves that this person may see a sit: it is open for them, and no guide took them out.
    ///
    /// # Errors
    /// [`Refused::SignIn`] for strangers, [`Refused::Missing`], [`Refused::Removed`].
    pub async fn sit(&self, tx: &mut Tx, id: SitId) -> Result<SeesSit, Denied> {
        let sit = self.sit_even_if_removed(tx, id).await?;
        match Sitter::from_person(self.who) {
            Some(who) if blocks::is_blocked(tx, id, who).await? => Err(Refused::Removed.into()),
            _ => Ok(SeesSit { who: self.who.clone(), sit }),
        }
    }

    /// Returns the sit if it is open for this person, even if a guide removed them from it: what is
    /// their own in it stays theirs.
    ///
    /// # Errors
    /// [`Refused::SignIn`] for strangers, [`Refused::Missing`].
    pub async fn sit_even_if_removed(&self, tx: &mut Tx, id: SitId) -> Result<Sit, Denied> {
        // Strangers must not learn which sits exist.
        let no = if *self.who == Person::Stranger { Refused::SignIn } else { Refused::Missing };
        let sit = sits::find_sit(tx, id).await?.ok_or(no)?;
        // Only the sit of a cohort depends on more than the sit's own row.
        let cohorts = if sit.cohort.is_some() { self.cohort_ids(tx).await? } else { Vec::new() };
        if sit.is_open_for(self.who, &cohorts) { Ok(sit) } else { Err(no.into()) }
    }

    /// Returns a sit whose existence and times this person may know.
    ///
    /// # Errors
    /// As for [`Access::sit`].
    pub async fn shown_sit(&self, tx: &mut Tx, id: SitId) -> Result<Sit, Denied> {
        match sits::find_sit(tx, id).await? {
            Some(sit) if sit.is_shown_to(self.who) => Ok(sit),
            _ => self.sit(tx, id).await.map(|sees| sees.sit),
        }
    }

    /// Proves that this person may change a sit and lead it.
    ///
    /// # Errors
    /// [`Refused::NotYours`] also for guides who do not lead this sit; otherwise as for
    /// [`Access::guide`] and [`Access::sit`].
    pub async fn led_sit(&self, id: SitId) -> Result<LeadsSit, Denied> {
        self.guide()?;
        let mut tx = self.store.read().await?;
        Ok(self.sit(&mut tx, id).await?.prove_lead()?)
    }

    /// Proves that this person may lead this run of a sit they see; `None` if they may not.
    pub(crate) async fn run_proof(
        &self,
        tx: &mut Tx,
        sees: &SeesSit,
        run: RunId,
    ) -> Result<Option<LeadsRun>, Broken> {
        let Ok(AsGuide(guide)) = self.guide() else {
            return Ok(None);
        };
        let may = sees.leads() || step_ins::has_stepped_in(tx, run, guide.id).await?;
        Ok(may.then_some(LeadsRun { who: guide.id, run }))
    }

    /// Proves that this person may lead this run.
    ///
    /// # Errors
    /// As for [`Access::led_sit`].
    pub async fn led_run(&self, id: RunId) -> Result<LeadsRun, Denied> {
        self.guide()?;
        let mut tx = self.store.read().await?;
        let run = runs::find_run(&mut tx, id).await?.ok_or(Refused::Missing)?;
        let sees = self.sit(&mut tx, run.sit).await?;
        Ok(self.run_proof(&mut tx, &sees, id).await?.ok_or(Refused::NotYours)?)
    }

    /// Checks that this person may lead a sit or its last run.
    ///
    /// # Errors
    /// As for [`Access::led_sit`].
    pub async fn check_leads_now(&self, id: SitId) -> Result<(), Denied> {
        self.guide()?;
        let mut tx = self.store.read().await?;
        let sees = self.sit(&mut tx, id).await?;
        let run = if sees.leads() { None } else { runs::find_last_run(&mut tx, id).await? };
        let stepped_in = match run {
            Some(run) => self.run_proof(&mut tx, &sees, run.id).await?.is_some(),
            None => false,
        };
        if sees.leads() || stepped_in { Ok(()) } else { Err(Refused::NotYours.into()) }
    }

    /// Proves that this person belongs to a cohort.
    ///
    /// # Errors
    /// [`Refused::SignIn`], [`Refused::Missing`].
    pub async fn cohort(&self, tx: &mut Tx, id: CohortId) -> Result<InCohort, Denied> {
        let AsMember(who) = self.member()?;
        let is_there = cohorts::find_cohort(tx, id).await?.is_some();
        let may = who.roles.has(Role::Keeper) || self.cohort_ids(tx).await?.contains(&id);
        if is_there && may {
            Ok(InCohort { who, cohort: id })
        } else {
            Err(Refused::Missing.into())
        }
    }

    /// Loads which sits this person may see, for filtering a list.
    pub async fn visible_sits(&self, tx: &mut Tx) -> Result<VisibleSits<'a>, Broken> {
        let removed = match self.who.member() {
            Some(member) => blocks::list_blocked_sits(tx, member.id).await?,
            None => Vec::new(),
        };
        Ok(VisibleSits { who: self.who, cohorts: self.cohort_ids(tx).await?, removed })
    }

    async fn cohort_ids(&self, tx: &mut Tx) -> Result<Vec<CohortId>, Broken> {
        match self.who.member() {
            Some(member) => cohorts::list_cohort_ids(tx, member.id).await,
            None => Ok(Vec::new()),
        }
    }
}

impl VisibleSits<'_> {
    /// True if this sit is shown in a list. A door that stays closed for somebody is not shown to
    /// them.
    pub fn shows(&self, sit: &Sit) -> bool {
        (sit.is_open_for(self.who, &self.cohorts) || sit.is_shown_to(self.who))
            && !self.removed.contains(&sit.id)
    }
}

impl SeesSit {
    /// The person the proof is about.
    pub const fn who(&self) -> &Person {
        &self.who
    }

    /// The sit the proof is about.
    pub const fn sit(&self) -> &Sit {
        &self.sit
    }

    /// True if they may also lead it.
    pub fn leads(&self) -> bool {
        self.who.member().is_some_and(|member| self.sit.is_led_by(member))
    }

    /// Proves that they may lead it.
    ///
    /// # Errors
    /// [`Refused::NotYours`].
    pub fn prove_lead(&self) -> Result<LeadsSit, Refused> {
        let member = self.who.member().filter(|member| self.sit.is_led_by(member));
        let who = member.cloned().ok_or(Refused::NotYours)?;
        Ok(LeadsSit { who, sit: self.sit.clone() })
    }
}

impl LeadsSit {
    /// The member the proof is about.
    pub const fn who(&self) -> &Member {
        &self.who
    }

    /// The sit the proof is about.
    pub const fn sit(&self) -> &Sit {
        &self.sit
    }
}

impl LeadsRun {
    /// The member the proof is about.
    pub const fn who(&self) -> MemberId {
        self.who
    }

    /// The run the proof is about.
    pub const fn run(&self) -> RunId {
        self.run
    }
}

impl InCohort {
    /// The member the proof is about.
    pub const fn who(&self) -> &Member {
        &self.who
    }

    /// The cohort the proof is about.
    pub const fn cohort(&self) -> CohortId {
        self.cohort
    }
}

impl Deref for AsMember {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.0
    }
}

impl Deref for AsGuide {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.0
    }
}

impl Deref for AsKeeper {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.0
    }
}
