//! [`Broken`], the one error of this crate.
//!
//! It is meant for the log. It names the operation and the engine's message, and leaves out
//! everything a person typed: PostgreSQL puts values into some of its messages.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// Alphabet of codes that are read aloud: no two characters look alike.
const CODE_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Length of such a code, in characters.
const CODE_CHARS: u32 = 6;

static FAILURE_COUNT: AtomicU32 = AtomicU32::new(0);

/// A failure outside our control. Logged once; pages show only its [`code`](Self::code).
#[derive(Clone, Debug)]
pub struct Broken {
    operation: &'static str,
    cause: Cause,
    detail: String,
    code: u64,
}

/// The cause of a failure, as far as callers distinguish it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A row with this key exists already.
    Unique,
    /// The referenced row is missing, or is still referenced.
    ForeignKey,
    /// A value violates a constraint of the table.
    Check,
    /// Two writes conflicted; the same write may succeed when retried.
    Conflict,
    /// The database cannot be reached.
    Unreachable,
    Other,
}

impl Broken {
    /// A failure of something other than the database. `words` are logged and must contain nothing
    /// a person typed.
    pub fn new(doing: &'static str, words: impl Into<String>) -> Self {
        Self::with_cause(doing, Cause::Other, words.into())
    }

    pub const fn cause(&self) -> Cause {
        self.cause
    }

    /// A short code that is both logged and shown on the page, so that the keeper can match them.
    pub fn code(&self) -> String {
        let letter = |place| {
            let index = usize::try_from((self.code >> (5 * place)) & 31).unwrap_or(0);
            char::from(CODE_ALPHABET.get(index).copied().unwrap_or(b'0'))
        };
        (0..CODE_CHARS).map(letter).collect()
    }

    /// The operation and the chain of causes, for the log.
    pub fn chain(&self) -> impl fmt::Display {
        self
    }

    pub(crate) fn from_sqlx(doing: &'static str, error: &sqlx::Error) -> Self {
        Self::with_cause(doing, classify_error(error), loggable_text(error))
    }

    fn with_cause(doing: &'static str, cause: Cause, words: String) -> Self {
        let count = FAILURE_COUNT.fetch_add(1, Ordering::Relaxed);
        let bytes = doing.bytes().chain(words.bytes()).chain(count.to_be_bytes());
        let code = crate::migrate::hash_fnv1a(bytes);
        Self { operation: doing, cause, detail: words, code }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.detail)
    }
}

impl std::error::Error for Broken {}

fn classify_error(error: &sqlx::Error) -> Cause {
    match error {
        sqlx::Error::Database(database) => match database.code().as_deref() {
            // serialization_failure, deadlock_detected; SQLITE_BUSY and its snapshot form
            Some("40001" | "40P01" | "5" | "517") => Cause::Conflict,
            // admin_shutdown, crash_shutdown, cannot_connect_now
            Some("57P01" | "57P02" | "57P03") => Cause::Unreachable,
            _ if database.is_unique_violation() => Cause::Unique,
            _ if database.is_foreign_key_violation() => Cause::ForeignKey,
            _ if database.is_check_violation() => Cause::Check,
            _ => Cause::Other,
        },
        sqlx::Error::Io(_) => Cause::Unreachable,
        _ => Cause::Other,
    }
}

/// The part of an error that may be logged.
fn loggable_text(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            let place = [database.table(), database.constraint()];
            let place = place.into_iter().flatten().collect::<Vec<_>>().join(" ");
            // Messages of classes 22 and 23 repeat values (SQLite's codes have no class).
            let words = match code.get(..2) {
                Some("22" | "23") if code.len() == 5 => "a value was refused",
                _ => database.message(),
            };
            format!("{words} ({code} {place})").replace(" )", ")")
        }
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} is of another kind"),
        sqlx::Error::Encode(_) => "a value could not be written down".to_owned(),
        sqlx::Error::Decode(_) => "a value could not be read".to_owned(),
        other => other.to_string(),
    }
}
