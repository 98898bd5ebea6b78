//! The nouns of the home, and what is gathered from them. A new noun is one line of [`NOUNS`]; what
//! it hands out stands beside its use cases.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use sitwith_core::id::MemberId;
use sitwith_core::time::Instant;
use sitwith_store::{Broken, Tx, export_rows};

use crate::home::Home;
use crate::noun::{Erase, Export, MemberDeparture, Noun};
use crate::{cohorts, door, mail, notices, rounds, settings_store, sits, you};

/// All nouns, in the order in which their work is done.
pub const NOUNS: &[&Noun] = &[
    &door::guests::NOUN,
    &door::sign_in::NOUN,
    &door::sessions::NOUN,
    &door::invitations::NOUN,
    &sits::NOUN,
    &sits::notes::NOUN,
    &sits::blocks::NOUN,
    &rounds::NOUN,
    &rounds::KEEPSAKES,
    &cohorts::NOUN,
    &mail::NOUN,
    &notices::NOUN,
    &settings_store::NOUN,
    // The last: rows of others refer to its rows.
    &you::NOUN,
];

/// Does what is due in every noun. Returns when to look again, if anything waits.
pub(crate) async fn run_due_jobs(home: &Home) -> Result<Option<Instant>, Broken> {
    let mut next_at: Option<Instant> = None;
    for job in NOUNS.iter().filter_map(|noun| noun.job) {
        next_at = [next_at, job(home).await?].into_iter().flatten().min();
    }
    Ok(next_at)
}

/// Erases what has had its time at this instant. Returns how many rows of which noun.
pub(crate) async fn forget_rows(
    tx: &mut Tx,
    now: Instant,
) -> Result<BTreeMap<&'static str, u64>, Broken> {
    let mut rows = BTreeMap::new();
    for (noun, forget) in NOUNS.iter().filter_map(|noun| Some((noun.name, noun.forget?))) {
        rows.insert(noun, forget(tx, now).await?);
    }
    Ok(rows)
}

/// Erases a member, and what is theirs alone. [`let_go`] follows when this is kept.
pub(crate) async fn erase_rows(tx: &mut Tx, member: MemberId) -> Result<(), Broken> {
    for noun in NOUNS {
        if let Erase::InWrite(erase) | Erase::InWriteAndAfter(erase, _) = &noun.erase {
            erase(tx, member).await?;
        }
    }
    Ok(())
}

/// What follows when the rows of a member are erased.
pub(crate) async fn let_go(home: &Home, departure: MemberDeparture) -> Result<(), Broken> {
    for noun in NOUNS {
        if let Erase::After(erase) | Erase::InWriteAndAfter(_, erase) = &noun.erase {
            erase(home, departure).await?;
        }
    }
    Ok(())
}

/// What a member takes with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Rows as JSON objects, under the name of what they are.
    pub rows: BTreeMap<&'static str, Vec<Value>>,
    /// What is not handed out, by the name of its noun, and why.
    pub withheld: BTreeMap<&'static str, &'static str>,
}

/// Gathers what a member takes with them.
pub(crate) async fn gather_export(home: &Home, member: MemberId) -> Result<Exported, Broken> {
    let mut tx = home.store.read().await?;
    let mut exported = Exported::default();
    for noun in NOUNS {
        match &noun.export {
            Export::NoMember => {}
            Export::Rows(statements) => {
                for (name, sql) in *statements {
                    exported.rows.insert(*name, export_rows(&mut tx, sql, member).await?);
                }
            }
            Export::By(name, export) => {
                exported.rows.insert(*name, export(home, &mut tx, member).await?);
            }
            Export::Withheld(why) => {
                exported.withheld.insert(noun.name, *why);
            }
        }
    }
    Ok(exported)
}

#[cfg(test)]
mod tests;
