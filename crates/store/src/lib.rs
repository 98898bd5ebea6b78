//! Persistence: one file per noun, with its SQL next to the functions that run it. A noun is named
//! here, as a module and in [`NOUNS`].
//!
//! One SQL text serves SQLite and PostgreSQL. The allowed subset is described in
//! `migrations/0001_house.sql` and checked by a test that prepares every statement of
//! [`NOUNS`] on both engines.
//! No type of the database library leaves this crate; failures are a [`Broken`].

pub mod blocks;
pub mod cohorts;
pub mod guests;
pub mod homes;
pub mod invitations;
pub mod keepsakes;
pub mod mails;
pub mod members;
pub mod notes;
pub mod notices;
pub mod rounds;
pub mod runs;
pub mod sessions;
pub mod shares;
pub mod sign_ins;
pub mod sits;
pub mod step_ins;

mod db;
mod error;
mod inspect;
mod json;
mod migrate;
mod row;
mod serving;
mod tx;

pub use db::{Engine, Store};
pub use error::{Broken, Cause};
pub use inspect::{DatabaseState, inspect_database};
pub use json::export_rows;
pub use migrate::schema_fingerprint;
pub use row::{Args, Column, Row, Value};
pub use serving::{ServingLease, ServingNo};
pub use tx::{PendingCommit, Tx, format_placeholders};

/// The nouns with what each hands out: its name, and every statement of its file.
macro_rules! nouns {
    ($($noun:ident),+ $(,)?) => { &[$((stringify!($noun), $noun::STATEMENTS)),+] };
}

/// Every noun of the store with its statements.
pub const NOUNS: &[(&str, &[&str])] = nouns![
    blocks,
    cohorts,
    guests,
    homes,
    invitations,
    keepsakes,
    mails,
    members,
    notes,
    notices,
    rounds,
    runs,
    sessions,
    shares,
    sign_ins,
    sits,
    step_ins,
];
