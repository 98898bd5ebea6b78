//! Errors of use cases.
//!
//! [`Refused`] is a refusal that any use case may return; each maps to one page. A *No* is a
//! refusal of one use case alone: it has its own enum, and the web crate words each variant.
//! *Broken* is a fault outside our control (the database, the mail); it is logged once, at the
//! boundary that handles it, with a short code that the person sees, too.

use serde::{Deserialize, Serialize};
use sitwith_core::time::Span;
use sitwith_store::Broken;

/// An expected refusal that any use case may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// There is no such thing, or not for this person: the two look the same.
    Missing,
    /// Members only, and this browser is not signed in.
    SignIn,
    /// Somebody else's to do.
    NotYours,
    /// A guide removed this person from the sit.
    Removed,
    /// Its words have vanished.
    Gone,
    /// Rate limited; holds the time to wait.
    TooFast(Span),
}

/// Why no proof is given: a refusal, or a fault during the check.
#[derive(Debug)]
pub enum Denied {
    /// An expected refusal.
    Refused(Refused),
    /// A fault outside our control.
    Broken(Broken),
}

impl From<Refused> for Denied {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Broken> for Denied {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// Error of a use case. `N` is the enum of its own refusals.
#[derive(Debug)]
pub enum Fail<N> {
    /// A refusal that any use case may give.
    Refused(Refused),
    /// A refusal of this use case only.
    No(N),
    /// A fault outside our control.
    Broken(Broken),
}

impl<N> From<Refused> for Fail<N> {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl<N> From<Broken> for Fail<N> {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl<N> From<Denied> for Fail<N> {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refused) => Self::Refused(refused),
            Denied::Broken(broken) => Self::Broken(broken),
        }
    }
}

impl<N> Fail<N> {
    /// Returns the use case's own refusal.
    ///
    /// # Errors
    /// [`Denied`] for everything that is not a refusal of its own.
    pub fn into_own_refusal(self) -> Result<N, Denied> {
        match self {
            Self::Refused(refused) => Err(Denied::Refused(refused)),
            Self::No(no) => Ok(no),
            Self::Broken(broken) => Err(Denied::Broken(broken)),
        }
    }

    /// Maps the use case's own refusal to that of another.
    pub fn map_no<M>(self, say: impl FnOnce(N) -> M) -> Fail<M> {
        match self {
            Self::Refused(refused) => Fail::Refused(refused),
            Self::No(no) => Fail::No(say(no)),
            Self::Broken(broken) => Fail::Broken(broken),
        }
    }
}
