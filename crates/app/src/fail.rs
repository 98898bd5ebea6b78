//! The three ways a use case can end without doing what was asked.
//!
//! [`Refused`] is what every use case may answer, and one page says each of them. A *No* is a
//! refusal of one use case alone: it has its own enum, and the web floor turns each into words.
//! *Broken* is a fault outside our will (the database, the mail); it is logged once, at the
//! boundary where it is met, with a short code the person sees too.

use serde::{Deserialize, Serialize};
use sitwith_core::time::Span;
use sitwith_store::Broken;

/// An expected refusal that any use case may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// There is no such thing, or none for this person: the two look the same.
    Missing,
    /// Members may, and we do not know who this is.
    SignIn,
    /// It is somebody else's to do.
    NotYours,
    /// A guide took this person out of the sit.
    Removed,
    /// Its words have vanished.
    Gone,
    /// Too much was asked in too short a time; how long to wait.
    TooFast(Span),
}

/// Why a proof is not given: a refusal, or a fault met while asking.
#[derive(Debug)]
pub enum Denied {
    /// An expected refusal.
    Refused(Refused),
    /// Something failed outside our will.
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

/// Why a use case did not do what was asked. `N` are the refusals that are its own.
#[derive(Debug)]
pub enum Fail<N> {
    /// A refusal that any use case may give.
    Refused(Refused),
    /// A refusal of this use case alone.
    No(N),
    /// Something failed outside our will.
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
    /// The refusal of this use case alone; whatever any use case may answer is the error.
    ///
    /// # Errors
    /// [`Denied`] when it was no refusal of its own.
    pub fn own(self) -> Result<N, Denied> {
        match self {
            Self::Refused(refused) => Err(Denied::Refused(refused)),
            Self::No(no) => Ok(no),
            Self::Broken(broken) => Err(Denied::Broken(broken)),
        }
    }

    /// The same failure with its refusal said in another use case's words.
    pub fn map_no<M>(self, say: impl FnOnce(N) -> M) -> Fail<M> {
        match self {
            Self::Refused(refused) => Fail::Refused(refused),
            Self::No(no) => Fail::No(say(no)),
            Self::Broken(broken) => Fail::Broken(broken),
        }
    }
}
