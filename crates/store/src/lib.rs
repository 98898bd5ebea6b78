//! Persistence: one file per aggregate, with its SQL next to the functions that run it.
//!
//! One SQL text serves SQLite and PostgreSQL. The allowed subset is described in
//! `migrations/0001_house.sql` and checked by a test that prepares every statement on both engines.
//! No type of the database library leaves this crate; failures are a [`Broken`].

pub mod blocks;
pub mod cohorts;
mod db;
mod error;
pub mod guests;
pub mod homes;
mod inspect;
pub mod invitations;
pub mod keepsakes;
pub mod mails;
pub mod members;
mod migrate;
pub mod notes;
pub mod rounds;
mod row;
pub mod runs;
mod serving;
pub mod sessions;
pub mod shares;
pub mod sign_ins;
pub mod sits;
pub mod step_ins;
mod tx;

pub use db::{Engine, Store};
pub use error::{Broken, Cause};
pub use inspect::{DatabaseState, inspect_database};
pub use migrate::schema_fingerprint;
pub use row::{Args, Column, Row, Value};
pub use serving::{ServingLease, ServingNo};
pub use tx::{PendingCommit, Tx, format_placeholders};
