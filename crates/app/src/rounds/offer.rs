//! Sharing, passing, withdrawing. A share is in the database before it is acknowledged; the same
//! form sent twice makes one share, and a form of withdrawn words does not bring them back.

use std::collections::BTreeSet;
use std::sync::Arc;

use sitwith_core::id::{RoundId, ShareId};
use sitwith_core::member::Person;
use sitwith_core::round::{self, Input, Step, Words, WordsNo};
use sitwith_core::safety;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Instant;
use sitwith_store::rounds::RoundRow;
use sitwith_store::shares::{self, Hand, ShareRow};
use sitwith_store::{Broken, Tx, rounds};

use crate::fail::{Denied, Fail, Refused};
use crate::home::Home;
use crate::live_rounds::LiveRound;
use crate::live_rounds::hand::{hand, key_hash};

/// How often one person may offer, change and offer anew in one round.
pub const CHANGES_MAX: u32 = 60;
/// The longest key of a form, in bytes.
pub const KEY_MAX: usize = 64;
/// So many names of those present are looked for in somebody's words.
const NAMES_LOOKED_FOR: usize = 200;

/// What somebody offers. It has no `Debug`: their words are in it.
#[derive(Clone)]
pub struct Offering {
    /// The words, as they were typed.
    pub words: String,
    /// Whether to put one's name under them.
    pub signed: bool,
    /// Whether they may be read aloud.
    pub aloud: bool,
    /// Whether they may be shown with others.
    pub beyond: bool,
    /// The form's own key, random for each page: the same key again changes nothing.
    pub key: String,
    /// Whether the writer has looked at the names and numbers in it and wants it so.
    pub looked: bool,
}

/// What became of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Shared {
    /// It is kept. Others see it with the next batch.
    Kept,
    /// There are names of those present or ways to reach somebody in it: nothing is kept yet, and
    /// this is how it would read without them.
    Look {
        /// The words, masked.
        masked: String,
    },
}

/// Why words are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareNo {
    /// The round takes no more answers.
    Closed,
    /// There is nothing to read in it.
    Empty,
    /// It is longer than an answer can be.
    TooLong,
    /// Others see these words already: they can be withdrawn, not changed.
    AlreadyShown,
    /// The round holds as many answers as it can, or this person changed theirs very often.
    Busy,
    /// The form has no key: it was not made on a page of ours.
    NoKey,
}

/// Offers words. When this returns [`Shared::Kept`], they are in the database.
///
/// It is carried through also when the caller goes away in the middle.
pub async fn share(
    home: &Home,
    who: &Person,
    id: RoundId,
    offering: Offering,
) -> Result<Shared, Fail<ShareNo>> {
    let sees = home.access(who).round(id).await?;
    let sitter = Sitter::of(who).ok_or(Refused::SignIn)?;
    let words = Words::new(&offering.words).map_err(|no| {
        Fail::No(match no {
            WordsNo::Nothing => ShareNo::Empty,
            WordsNo::TooLong => ShareNo::TooLong,
        })
    })?;
    if offering.key.is_empty() || offering.key.len() > KEY_MAX {
        return Err(Fail::No(ShareNo::NoKey));
    }
    let living = home.rounds.open(id).await?.ok_or(Fail::No(ShareNo::Closed))?;
    if living.step() != Step::Posed {
        return Err(Fail::No(ShareNo::Closed));
    }
    if !offering.looked {
        let own_name = who.name().filter(|_| offering.signed);
        let guide_name = &sees.sees().sit().guide_name;
        let names = names_present(home, sees.row(), guide_name, own_name).await?;
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        if let Some(masked) = safety::mask(words.as_str(), &names) {
            return Ok(Shared::Look { masked });
        }
    }
    let offered = Offered {
        hand: hand(&home.settings().ticket_key, id, sitter),
        key_hash: key_hash(&offering.key),
        share: round::Share {
            signed: who.name().filter(|_| offering.signed).map(Arc::from),
            aloud: offering.aloud,
            beyond: offering.beyond,
            ..round::Share::new(share_id(home), words)
        },
    };
    let rounds = home.rounds.clone();
    let kept = tokio::spawn(async move {
        let held = rounds.hold(id).await?;
        let held = held.ok_or(Fail::No(ShareNo::Closed))?;
        held.round.share(offered).await
    });
    kept.await.map_err(|error| Broken::new("sharing", error.to_string()))??;
    Ok(Shared::Kept)
}

/// Passes, keeps the words for oneself, or asks to see what was said without having answered:
/// the same for the home. Whoever has answered stays so.
pub async fn pass(home: &Home, who: &Person, id: RoundId) -> Result<(), Denied> {
    let sees = home.access(who).round(id).await?;
    let row = sees.row();
    if row.vanished_at.is_some() && row.keeps == round::Keeps::Nothing {
        return Err(Refused::Gone.into());
    }
    let sitter = Sitter::of(who).ok_or(Refused::SignIn)?;
    let hand = hand(&home.settings().ticket_key, id, sitter);
    let fresh = share_id(home);
    let (rounds, store) = (home.rounds.clone(), home.store.clone());
    let kept = tokio::spawn(async move {
        let held = rounds.hold(id).await?;
        let is_new = store
            .write(|mut tx| async move {
                let is_new = rounds::find(&mut tx, id).await?.is_some()
                    && shares::of_hand(&mut tx, id, &hand).await?.is_none();
                if is_new {
                    shares::put(&mut tx, id, &hand, &a_pass(fresh)).await?;
                }
                Ok::<_, Broken>(tx.done(is_new))
            })
            .await?;
        match held {
            Some(held) if is_new => held.round.turn(vec![Input::Passed]).await,
            _ => Ok(()),
        }
    });
    kept.await.map_err(|error| Broken::new("passing", error.to_string()))?.map_err(Denied::from)
}

/// Takes one's words back, at any time: the row, the vector, the place in the picture and in the
/// quilt that was kept. Whoever had answered has passed from then on.
pub async fn withdraw(home: &Home, who: &Person, id: RoundId) -> Result<(), Denied> {
    let row = home.access(who).own_in_round(id).await?;
    if row.vanished_at.is_some() && row.keeps == round::Keeps::Nothing {
        return Err(Refused::Gone.into());
    }
    let sitter = Sitter::of(who).ok_or(Refused::SignIn)?;
    Ok(withdraw_hand(home, id, sitter, Which::All).await?)
}

/// Which of somebody's words are taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// All of them.
    All,
    /// Those with the name under them. Were unsigned words to go when the keeper says goodbye to
    /// somebody, the keeper would know whose they were.
    Signed,
}

/// Somebody leaves the home: their words are taken back in every round in which they still stand.
pub(crate) async fn withdraw_everywhere(
    home: &Home,
    who: Sitter,
    which: Which,
) -> Result<(), Broken> {
    let mut tx = home.store.read().await?;
    let with_words = rounds::with_words(&mut tx).await?;
    drop(tx);
    for id in with_words {
        withdraw_hand(home, id, who, which).await?;
    }
    Ok(())
}

async fn withdraw_hand(home: &Home, id: RoundId, who: Sitter, which: Which) -> Result<(), Broken> {
    let hand = hand(&home.settings().ticket_key, id, who);
    let fresh = share_id(home);
    let (rounds, store) = (home.rounds.clone(), home.store.clone());
    let kept = tokio::spawn(async move {
        let held = rounds.hold(id).await?;
        let withdrawn = store
            .write(|mut tx| async move {
                let own = shares::of_hand(&mut tx, id, &hand).await?;
                let own = own.filter(|own| {
                    own.words.is_some() && (which == Which::All || own.signed.is_some())
                });
                if own.is_some() {
                    shares::put(&mut tx, id, &hand, &a_pass(fresh)).await?;
                }
                Ok::<_, Broken>(tx.done(own.map(|own| own.id)))
            })
            .await?;
        match (held, withdrawn) {
            (Some(held), Some(share)) => {
                let inputs = vec![Input::Withdrawn(share), Input::Passed];
                held.round.turn(inputs).await
            }
            _ => Ok(()),
        }
    });
    let kept = kept.await.map_err(|error| Broken::new("withdrawing", error.to_string()))?;
    home.rounds.fold_soon();
    kept
}

/// What is given to a living round.
struct Offered {
    hand: Hand,
    key_hash: [u8; 32],
    share: round::Share,
}

/// What the database made of it.
enum Put {
    /// The form had been taken before.
    Known,
    /// New words.
    New,
    /// Changed words, under the name they had.
    Changed(ShareId),
}

impl LiveRound {
    /// Keeps a share, then lets the machine know, then acknowledges. To be called while held.
    async fn share(self: &Arc<Self>, offered: Offered) -> Result<(), Fail<ShareNo>> {
        let now = self.tools.base.clock.now();
        if self.has_closed(now).await? {
            return Err(Fail::No(ShareNo::Closed));
        }
        let may_share = self.ask(round::Round::may_share);
        let (id, offered) = (self.id(), &offered);
        let put = self
            .tools
            .base
            .store
            .write(|mut tx| async move {
                let put = put(&mut tx, id, offered, may_share).await?;
                Ok::<_, Fail<ShareNo>>(tx.done(put))
            })
            .await;
        let share = offered.share.clone();
        let (input, read) = match put {
            Ok(Put::Known) => return Ok(()),
            Ok(Put::New) => (Input::Shared(share), offered.share.id),
            Ok(Put::Changed(known)) => {
                // What stood there before is to leave the files too.
                self.tools.fold_soon();
                (Input::Changed(round::Share { id: known, ..share }), known)
            }
            Err(fail) => {
                if matches!(fail, Fail::Broken(_)) {
                    // Cut in the very moment of keeping: the rows say what is true.
                    self.let_go();
                }
                return Err(fail);
            }
        };
        // It is kept: whatever breaks from here on, it is acknowledged.
        match self.turn(vec![input]).await {
            Ok(()) => self.wants_reading(read),
            Err(broken) => self.log(&broken, "a round broke off after a share was kept"),
        }
        Ok(())
    }

    async fn has_closed(&self, now: Instant) -> Result<bool, Broken> {
        let closes_at = self.closes_at().await?;
        Ok(self.step() != Step::Posed || closes_at.is_some_and(|closes_at| closes_at <= now))
    }
}

async fn put(
    tx: &mut Tx,
    id: RoundId,
    offered: &Offered,
    may_share: Result<(), round::ShareNo>,
) -> Result<Put, Fail<ShareNo>> {
    let hand = &offered.hand;
    let row = rounds::find(tx, id).await?;
    if row.is_none_or(|row| row.closed_at.is_some()) {
        return Err(Fail::No(ShareNo::Closed));
    }
    if shares::knows_key(tx, id, hand, offered.key_hash).await? {
        return Ok(Put::Known);
    }
    let own = shares::of_hand(tx, id, hand).await?;
    let own = own.filter(|own| own.words.is_some());
    if own.as_ref().is_some_and(|own| own.shown_in.is_some()) {
        return Err(Fail::No(ShareNo::AlreadyShown));
    }
    let known = own.map(|own| own.id);
    match may_share {
        Err(round::ShareNo::Closed) => return Err(Fail::No(ShareNo::Closed)),
        Err(_no) if known.is_none() => return Err(Fail::No(ShareNo::Busy)),
        _ => {}
    }
    if shares::keys(tx, id, hand).await? >= CHANGES_MAX {
        return Err(Fail::No(ShareNo::Busy));
    }
    shares::take_key(tx, id, hand, offered.key_hash).await?;
    let share = &offered.share;
    let row = ShareRow {
        id: known.unwrap_or(share.id),
        words: Some(share.words.as_str().to_owned()),
        signed: share.signed.as_deref().map(str::to_owned),
        aloud: share.aloud,
        beyond: share.beyond,
        ..a_pass(share.id)
    };
    shares::put(tx, id, hand, &row).await?;
    Ok(known.map_or(Put::New, Put::Changed))
}

/// A name made of chance alone: it tells nothing of when.
fn share_id(home: &Home) -> ShareId {
    ShareId::new(Instant::from_ms(0), home.dice.bytes())
}

/// A row without words.
const fn a_pass(id: ShareId) -> ShareRow {
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

/// The names of those present whom others may see, for looking for them in somebody's words. One's
/// own name is not looked for when one signs.
async fn names_present(
    home: &Home,
    row: &RoundRow,
    guide_name: &str,
    own_name: Option<&str>,
) -> Result<BTreeSet<String>, Broken> {
    let named = match row.at.and_then(|(run, _)| home.live.seek(run)) {
        Some(sit) => sit.roll(NAMES_LOOKED_FOR).await?.named,
        None => Vec::new(),
    };
    let mut names: BTreeSet<_> = named.into_iter().map(|(_, name, _)| name).collect();
    names.insert(guide_name.to_owned());
    if let Some(own_name) = own_name {
        names.remove(own_name);
    }
    Ok(names)
}
