//! Proofs that a person may see or lead a round: those who may see or lead its sit or its run.

use sitwith_core::id::RoundId;
use sitwith_core::member::{Member, Person};
use sitwith_store::rounds::{self, RoundRow};
use sitwith_store::{Broken, Tx};

use super::{Access, SeesSit};
use crate::fail::{Denied, Refused};

/// Proof that a person may see a round.
#[derive(Clone, Debug)]
pub struct SeesRound {
    row: RoundRow,
    sit_proof: SeesSit,
    leads: bool,
}

/// Proof that a person may close, open and review a round.
#[derive(Clone, Debug)]
pub struct LeadsRound {
    who: Member,
    row: RoundRow,
}

impl Access<'_> {
    /// Proves that this person may see a round.
    ///
    /// # Errors
    /// As for [`Access::sit`].
    pub async fn round(&self, id: RoundId) -> Result<SeesRound, Denied> {
        let mut tx = self.store.read().await?;
        let row = self.round_row(&mut tx, id).await?;
        let sees = self.sit(&mut tx, row.sit).await?;
        let leads = self.leads_round(&mut tx, &sees, &row).await?;
        Ok(SeesRound { row, sit_proof: sees, leads })
    }

    /// Proves that this person may lead a round.
    ///
    /// # Errors
    /// As for [`Access::led_sit`].
    pub async fn led_round(&self, id: RoundId) -> Result<LeadsRound, Denied> {
        self.guide()?;
        Ok(self.round(id).await?.prove_lead()?)
    }

    /// Returns the round for somebody who may have shared words in it. They can withdraw those
    /// words even after a guide removed them from the sit.
    ///
    /// # Errors
    /// As for [`Access::sit_even_if_removed`].
    pub(crate) async fn round_even_if_removed(&self, id: RoundId) -> Result<RoundRow, Denied> {
        let mut tx = self.store.read().await?;
        let row = self.round_row(&mut tx, id).await?;
        self.sit_even_if_removed(&mut tx, row.sit).await?;
        Ok(row)
    }

    async fn round_row(&self, tx: &mut Tx, id: RoundId) -> Result<RoundRow, Denied> {
        // Strangers must not learn which rounds exist.
        let no = if *self.who == Person::Stranger { Refused::SignIn } else { Refused::Missing };
        Ok(rounds::find_round(tx, id).await?.ok_or(no)?)
    }

    async fn leads_round(
        &self,
        tx: &mut Tx,
        sees: &SeesSit,
        row: &RoundRow,
    ) -> Result<bool, Broken> {
        match row.at {
            Some((run, _)) => Ok(self.run_proof(tx, sees, run).await?.is_some()),
            None => Ok(sees.leads()),
        }
    }
}

impl SeesRound {
    /// The proof that this person may see the round's sit.
    pub const fn sit_proof(&self) -> &SeesSit {
        &self.sit_proof
    }

    /// True if they may also lead it.
    pub const fn leads(&self) -> bool {
        self.leads
    }

    /// Proves that they may lead it.
    ///
    /// # Errors
    /// [`Refused::NotYours`].
    pub fn prove_lead(&self) -> Result<LeadsRound, Refused> {
        let who = self.sit_proof.who().member().filter(|_| self.leads);
        let who = who.cloned().ok_or(Refused::NotYours)?;
        Ok(LeadsRound { who, row: self.row.clone() })
    }

    pub(crate) const fn row(&self) -> &RoundRow {
        &self.row
    }
}

impl LeadsRound {
    /// The person the proof is about.
    pub const fn who(&self) -> &Member {
        &self.who
    }

    /// The round's id.
    pub const fn id(&self) -> RoundId {
        self.row.id
    }

    pub(crate) const fn row(&self) -> &RoundRow {
        &self.row
    }
}
