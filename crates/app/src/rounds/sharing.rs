//! Sharing, passing, withdrawing. A share is stored before it is acknowledged; the same form sent
//! twice makes one share, and resending the form of withdrawn words does not bring them back.

use std::collections::BTreeSet;
use std::sync::Arc;

use sitwith_core::id::{RoundId, ShareId};
use sitwith_core::member::Person;
use sitwith_core::round::{self, RoundInput, RoundStep, ShareText, ShareTextNo};
use sitwith_core::safety;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Instant;
use sitwith_store::rounds::RoundRow;
use sitwith_store::shares::{self, Hand, ShareRow};
use sitwith_store::{Broken, Tx, rounds};

use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;
use crate::live_rounds::LiveRound;
use crate::live_rounds::hand::{derive_hand, hash_form_key};

/// Maximum number of times one person may share or change their share in one round.
pub const SHARE_CHANGES_MAX: u32 = 60;
/// Maximum length of a form's key, in bytes.
pub const FORM_KEY_BYTES_MAX: usize = 64;
/// Maximum number of names of those present that are looked for in a share.
const MASKED_NAMES_MAX: usize = 200;

/// A share as submitted. No `Debug`, since it contains the person's words.
#[derive(Clone)]
pub struct ShareDraft {
    /// The words as typed.
    pub words: String,
    /// True if the person signs with their name.
    pub signed: bool,
    /// True if the words may be read aloud.
    pub aloud: bool,
    /// True if the words may be shown with others.
    pub beyond: bool,
    /// The form's random key, one per page: submitting the same key again changes nothing.
    pub key: String,
    /// True if the person has reviewed the names and numbers found in it.
    pub is_reviewed: bool,
}

/// Result of submitting a share.
#[derive(Clone, PartialEq, Eq)]
pub enum ShareOutcome {
    /// Stored. Others see it with the next batch.
    Kept,
    /// It contains names of people present, or contact details: nothing is stored yet.
    NeedsReview {
        /// The words with those parts masked.
        masked: String,
    },
}

/// Refusals of [`submit_share`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmitShareNo {
    /// The round takes no more shares.
    Closed,
    /// The words are empty.
    Empty,
    /// The words are longer than a share can be.
    TooLong,
    /// Others already see these words: they can be withdrawn, not changed.
    AlreadyShown,
    /// The round is full, or this person changed their share too often.
    Busy,
    /// The form has no valid key: it was not made by one of our pages.
    NoKey,
}

/// Submits a share. When this returns [`ShareOutcome::Kept`], it is stored.
///
/// It completes even if the caller disconnects meanwhile.
pub async fn submit_share(
    home: &Home,
    who: &Person,
    id: RoundId,
    offering: ShareDraft,
) -> Result<ShareOutcome, Fail<SubmitShareNo>> {
    let sees = home.access(who).round(id).await?;
    let sitter = Sitter::from_person(who).ok_or(Refused::SignIn)?;
    let words = ShareText::new(&offering.words).map_err(|no| {
        Fail::No(match no {
            ShareTextNo::Nothing => SubmitShareNo::Empty,
            ShareTextNo::TooLong => SubmitShareNo::TooLong,
        })
    })?;
    if offering.key.is_empty() || offering.key.len() > FORM_KEY_BYTES_MAX {
        return Err(Fail::No(SubmitShareNo::NoKey));
    }
    let living = home.rounds.open(id).await?.ok_or(Fail::No(SubmitShareNo::Closed))?;
    if living.step() != RoundStep::Posed {
        return Err(Fail::No(SubmitShareNo::Closed));
    }
    if !offering.is_reviewed {
        let own_name = who.name().filter(|_| offering.signed);
        let guide_name = &sees.sit_proof().sit().guide_name;
        let names = names_present(home, sees.row(), guide_name, own_name).await?;
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        if let Some(masked) = safety::mask_words(words.as_str(), &names) {
            return Ok(ShareOutcome::NeedsReview { masked });
        }
    }
    let offered = KeyedShare {
        hand: derive_hand(&home.settings().ticket_key, id, sitter),
        key_hash: hash_form_key(&offering.key),
        share: round::Share {
            signed_by: who.name().filter(|_| offering.signed).map(Arc::from),
            may_read_aloud: offering.aloud,
            may_show_beyond: offering.beyond,
            ..round::Share::new(random_share_id(home), words)
        },
    };
    let rounds = home.rounds.clone();
    let kept = tokio::spawn(async move {
        let held = rounds.hold(id).await?;
        let held = held.ok_or(Fail::No(SubmitShareNo::Closed))?;
        held.round.accept_share(offered).await
    });
    kept.await.map_err(|error| Broken::new("sharing", error.to_string()))??;
    Ok(ShareOutcome::Kept)
}

/// Passes: keeps the words private, or asks to see the others' without sharing. The home treats
/// both alike. A share already given stays.
pub async fn pass_round(home: &Home, who: &Person, id: RoundId) -> Result<(), Denied> {
    let sees = home.access(who).round(id).await?;
    let row = sees.row();
    if row.vanished_at.is_some() && row.keeps == round::Keeps::Nothing {
        return Err(Refused::Gone.into());
    }
    let sitter = Sitter::from_person(who).ok_or(Refused::SignIn)?;
    let hand = derive_hand(&home.settings().ticket_key, id, sitter);
    let fresh = random_share_id(home);
    let (rounds, store) = (home.rounds.clone(), home.store.clone());
    let kept = tokio::spawn(async move {
        let held = rounds.hold(id).await?;
        let is_new = store
            .write(|mut tx| async move {
                let is_new = rounds::find_round(&mut tx, id).await?.is_some()
                    && shares::find_share(&mut tx, id, &hand).await?.is_none();
                if is_new {
                    shares::put_share(&mut tx, id, &hand, &pass_row(fresh)).await?;
                }
                Ok::<_, Broken>(tx.done(is_new))
            })
            .await?;
        match held {
            Some(held) if is_new => held.round.apply_inputs(vec![RoundInput::PersonPassed]).await,
            _ => Ok(()),
        }
    });
    kept.await.map_err(|error| Broken::new("passing", error.to_string()))?.map_err(Denied::from)
}

/// Withdraws a person's words at any time: the row, the vector, and their patch in the picture and
/// in the kept quilt. The person counts as having passed from then on.
pub async fn withdraw_share(home: &Home, who: &Person, id: RoundId) -> Result<(), Denied> {
    let row = home.access(who).round_even_if_removed(id).await?;
    if row.vanished_at.is_some() && row.keeps == round::Keeps::Nothing {
        return Err(Refused::Gone.into());
    }
    let sitter = Sitter::from_person(who).ok_or(Refused::SignIn)?;
    Ok(withdraw_hand(home, id, sitter, WithdrawScope::All).await?)
}

/// Which of somebody's words are withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WithdrawScope {
    All,
    /// Only signed ones. If unsigned words went, too, when a keeper removes a member, the keeper
    /// would learn whose they were.
    Signed,
}

/// Withdraws the words of somebody who leaves the home, in every round that still has some.
pub(super) async fn withdraw_everywhere(
    home: &Home,
    who: Sitter,
    which: WithdrawScope,
) -> Result<(), Broken> {
    let mut tx = home.store.read().await?;
    let with_words = rounds::list_with_words(&mut tx).await?;
    drop(tx);
    for id in with_words {
        withdraw_hand(home, id, who, which).await?;
    }
    Ok(())
}

async fn withdraw_hand(
    home: &Home,
    id: RoundId,
    who: Sitter,
    which: WithdrawScope,
) -> Result<(), Broken> {
    let hand = derive_hand(&home.settings().ticket_key, id, who);
    let fresh = random_share_id(home);
    let (rounds, store) = (home.rounds.clone(), home.store.clone());
    let kept = tokio::spawn(async move {
        let held = rounds.hold(id).await?;
        let withdrawn = store
            .write(|mut tx| async move {
                let own = shares::find_share(&mut tx, id, &hand).await?;
                let own = own.filter(|own| {
                    own.words.is_some() && (which == WithdrawScope::All || own.signed.is_some())
                });
                if own.is_some() {
                    shares::put_share(&mut tx, id, &hand, &pass_row(fresh)).await?;
                }
                Ok::<_, Broken>(tx.done(own.map(|own| own.id)))
            })
            .await?;
        match (held, withdrawn) {
            (Some(held), Some(share)) => {
                let inputs = vec![RoundInput::ShareWithdrawn(share), RoundInput::PersonPassed];
                held.round.apply_inputs(inputs).await
            }
            _ => Ok(()),
        }
    });
    let kept = kept.await.map_err(|error| Broken::new("withdrawing", error.to_string()))?;
    home.rounds.fold_soon();
    kept
}

/// A share with the keys that identify its author and its form.
struct KeyedShare {
    hand: Hand,
    key_hash: [u8; 32],
    share: round::Share,
}

/// Result of storing a share.
enum PutOutcome {
    /// The form was already handled.
    AlreadyTaken,
    New,
    /// Changed words, under the id they had.
    Changed(ShareId),
}

impl LiveRound {
    /// Stores a share, feeds it to the machine, then acknowledges it. The caller must hold the
    /// round.
    async fn accept_share(
        self: &Arc<Self>,
        offered: KeyedShare,
    ) -> Result<(), Fail<SubmitShareNo>> {
        let now = self.tools.base.clock.now();
        if self.has_closed(now).await? {
            return Err(Fail::No(SubmitShareNo::Closed));
        }
        let may_share = self.query(round::Round::may_share);
        let (id, offered) = (self.id(), &offered);
        let put = self
            .tools
            .base
            .store
            .write(|mut tx| async move {
                let put = put_share(&mut tx, id, offered, may_share).await?;
                Ok::<_, Fail<SubmitShareNo>>(tx.done(put))
            })
            .await;
        let share = offered.share.clone();
        let (input, read) = match put {
            Ok(PutOutcome::AlreadyTaken) => return Ok(()),
            Ok(PutOutcome::New) => (RoundInput::ShareAdded(share), offered.share.id),
            Ok(PutOutcome::Changed(known)) => {
                // The replaced words must leave the database files, too.
                self.tools.fold_soon();
                (RoundInput::ShareChanged(round::Share { id: known, ..share }), known)
            }
            Err(fail) => {
                if matches!(fail, Fail::Broken(_)) {
                    // The connection broke around the commit: the rows decide.
                    self.release();
                }
                return Err(fail);
            }
        };
        // It is stored: acknowledge it whatever fails from here on.
        match self.apply_inputs(vec![input]).await {
            Ok(()) => self.queue_reading(read),
            Err(broken) => self.log(&broken, "a round broke off after a share was kept"),
        }
        Ok(())
    }

    async fn has_closed(&self, now: Instant) -> Result<bool, Broken> {
        let closes_at = self.closes_at().await?;
        Ok(self.step() != RoundStep::Posed || closes_at.is_some_and(|closes_at| closes_at <= now))
    }
}

async fn put_share(
    tx: &mut Tx,
    id: RoundId,
    offered: &KeyedShare,
    may_share: Result<(), round::ShareNo>,
) -> Result<PutOutcome, Fail<SubmitShareNo>> {
    let hand = &offered.hand;
    let row = rounds::find_round(tx, id).await?;
    if row.is_none_or(|row| row.closed_at.is_some()) {
        return Err(Fail::No(SubmitShareNo::Closed));
    }
    if shares::knows_form_key(tx, id, hand, offered.key_hash).await? {
        return Ok(PutOutcome::AlreadyTaken);
    }
    let own = shares::find_share(tx, id, hand).await?;
    let own = own.filter(|own| own.words.is_some());
    if own.as_ref().is_some_and(|own| own.shown_in.is_some()) {
        return Err(Fail::No(SubmitShareNo::AlreadyShown));
    }
    let known = own.map(|own| own.id);
    match may_share {
        Err(round::ShareNo::Closed) => return Err(Fail::No(SubmitShareNo::Closed)),
        Err(_no) if known.is_none() => return Err(Fail::No(SubmitShareNo::Busy)),
        _ => {}
    }
    if shares::count_form_keys(tx, id, hand).await? >= SHARE_CHANGES_MAX {
        return Err(Fail::No(SubmitShareNo::Busy));
    }
    shares::record_form_key(tx, id, hand, offered.key_hash).await?;
    let share = &offered.share;
    let row = ShareRow {
        id: known.unwrap_or(share.id),
        words: Some(share.words.as_str().to_owned()),
        signed: share.signed_by.as_deref().map(str::to_owned),
        aloud: share.may_read_aloud,
        beyond: share.may_show_beyond,
        ..pass_row(share.id)
    };
    shares::put_share(tx, id, hand, &row).await?;
    Ok(known.map_or(PutOutcome::New, PutOutcome::Changed))
}

/// Returns a purely random id, without a timestamp.
fn random_share_id(home: &Home) -> ShareId {
    ShareId::new(Instant::from_ms(0), home.dice.bytes())
}

/// The row of a pass: without words.
const fn pass_row(id: ShareId) -> ShareRow {
    ShareRow {
        id,
        words: None,
        signed: None,
        aloud: false,
        beyond: false,
        aside: false,
        read_as: None,
        vector: None,
        theme: None,
        shown_in: None,
    }
}

/// Returns the visible names of those present, to look for them in a share. When a person signs,
/// their own name is left out.
async fn names_present(
    home: &Home,
    row: &RoundRow,
    guide_name: &str,
    own_name: Option<&str>,
) -> Result<BTreeSet<String>, Broken> {
    let named = match row.at.and_then(|(run, _)| home.live.find_anywhere(run)) {
        Some(sit) => sit.roll(MASKED_NAMES_MAX).await?.named,
        None => Vec::new(),
    };
    let mut names: BTreeSet<_> = named.into_iter().map(|(_, name, _)| name).collect();
    names.insert(guide_name.to_owned());
    if let Some(own_name) = own_name {
        names.remove(own_name);
    }
    Ok(names)
}
