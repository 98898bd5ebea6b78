//! What a noun hands out to the home: its jobs, what it forgets, and what it does with the rows of
//! a member. Every noun answers every field, with `None` or `NoMember` where there is nothing.

use std::future::Future;
use std::pin::Pin;

use serde_json::Value;
use sitwith_core::id::MemberId;
use sitwith_core::time::Instant;
use sitwith_store::{Broken, Tx};

use crate::home::Home;

/// A noun of the home. It stands beside its use cases and is named in [`crate::nouns`].
pub struct Noun {
    /// Its name, in the log and in tests.
    pub name: &'static str,
    /// Its tables. Every table belongs to one noun.
    pub tables: &'static [&'static str],
    /// What it does by itself.
    pub job: Option<Job>,
    /// What it forgets once an hour.
    pub forget: Option<Forget>,
    /// How its rows of a member who leaves are erased.
    pub erase: Erase,
    /// What a member takes with them.
    pub export: Export,
}

/// Does what is due now. Returns when to look again; `None` when nothing waits.
pub type Job = for<'a> fn(&'a Home) -> Doing<'a, Option<Instant>>;
/// Erases what has had its time at this instant. Returns how many rows.
pub type Forget = for<'a> fn(&'a mut Tx, Instant) -> Doing<'a, u64>;
/// Erases in the write that erases the member.
pub type EraseInWrite = for<'a> fn(&'a mut Tx, MemberId) -> Doing<'a, ()>;
/// Erases, or lets go of somebody, once that write is kept.
pub type EraseAfter = for<'a> fn(&'a Home, MemberDeparture) -> Doing<'a, ()>;
/// A member's rows as JSON objects.
pub type ExportRows = for<'a> fn(&'a Home, &'a mut Tx, MemberId) -> Doing<'a, Vec<Value>>;

/// An asynchronous function of a noun at work.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Broken>> + Send + 'a>>;

/// How the rows of a member who leaves are erased. A test compares it with the foreign keys.
pub enum Erase {
    /// None of its rows refers to a member.
    NoMember,
    /// Foreign keys erase the rows, or the member in them.
    ByKeys,
    /// In the write that erases the member. Foreign keys may do the rest.
    InWrite(EraseInWrite),
    /// Once that write is kept. Foreign keys may do the rest.
    After(EraseAfter),
    /// Both.
    InWriteAndAfter(EraseInWrite, EraseAfter),
}

/// What a member takes with them.
pub enum Export {
    /// None of its rows is about a member.
    NoMember,
    /// The rows of these statements about the member `$1`, each under its name.
    Rows(&'static [(&'static str, &'static str)]),
    /// The rows that this function finds, under this name.
    By(&'static str, ExportRows),
    /// Rows about a member that are not handed out, and why.
    Withheld(&'static str),
}

/// A member leaves the home.
#[derive(Clone, Copy, Debug)]
pub struct MemberDeparture {
    /// Who.
    pub member: MemberId,
    /// Whether a keeper took their place away; else they left by themselves.
    pub by_keeper: bool,
}
