//! What rounds hand out. No column of a share says whose it is: a member's shares are found by
//! their hand, round by round.

use serde_json::{Value, json};
use sitwith_core::id::MemberId;
use sitwith_core::sit::presence::Sitter;
use sitwith_store::{Broken, Tx, rounds, shares};

use super::sharing::{WithdrawScope, withdraw_everywhere};
use super::vanish::{EMPTIED_ROUND_KEPT, vanish_due};
use crate::home::Home;
use crate::live_rounds::hand::derive_hand;
use crate::noun::{Erase, Export, Noun};

/// What rounds hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "rounds",
    tables: &["round", "share", "share_key", "theme"],
    job: Some(|home| Box::pin(vanish_due(home))),
    forget: Some(|tx, now| Box::pin(rounds::forget_rounds(tx, now - EMPTIED_ROUND_KEPT))),
    erase: Erase::After(|home, departure| {
        let which = if departure.by_keeper { WithdrawScope::Signed } else { WithdrawScope::All };
        Box::pin(withdraw_everywhere(home, Sitter::Member(departure.member), which))
    }),
    export: Export::By("shares", |home, tx, member| Box::pin(export_shares(home, tx, member))),
};

/// A member's own words in every round in which they still stand.
async fn export_shares(home: &Home, tx: &mut Tx, member: MemberId) -> Result<Vec<Value>, Broken> {
    let key = home.settings().ticket_key;
    let mut exported = Vec::new();
    for id in rounds::list_with_words(tx).await? {
        let own =
            shares::find_share(tx, id, &derive_hand(&key, id, Sitter::Member(member))).await?;
        let words = own.and_then(|own| Some((own.words?, own.signed)));
        if let (Some((words, signed)), Some(round)) = (words, rounds::find_round(tx, id).await?) {
            exported.push(json!({ "prompt": round.prompt, "words": words, "signed": signed }));
        }
    }
    Ok(exported)
}
