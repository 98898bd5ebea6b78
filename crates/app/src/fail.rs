//! The two ways a use case can end without doing what was asked.
//!
//! A *No* is an expected refusal: each use case has its own enum of them, and the web floor turns
//! each into words for the person. *Broken* is a fault outside our will (the database, the mail);
//! it is logged once, at the boundary where it is met, with a short code the person sees too.

use sitwith_store::Broken;

/// Why a use case did not do what was asked.
#[derive(Debug)]
pub enum Fail<N> {
    /// An expected refusal.
    No(N),
    /// Something failed outside our will.
    Broken(Broken),
}

impl<N> From<Broken> for Fail<N> {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl<N> Fail<N> {
    /// The same failure with its refusal said in another use case's words.
    pub fn map_no<M>(self, say: impl FnOnce(N) -> M) -> Fail<M> {
        match self {
            Self::No(no) => Fail::No(say(no)),
            Self::Broken(broken) => Fail::Broken(broken),
        }
    }
}

/// For use cases that never refuse: only something broken can stop them.
pub type Never = std::convert::Infallible;
