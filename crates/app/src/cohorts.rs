//! Cohorts, as far as they hand anything out. Who belongs to one is asked in [`crate::access`].

use sitwith_store::cohorts::EXPORT;

use crate::noun::{Erase, Export, Noun};

/// What cohorts hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "cohorts",
    tables: &["cohort", "cohort_guide", "cohort_member"],
    job: None,
    forget: None,
    erase: Erase::ByKeys,
    export: Export::Rows(&[("cohorts", EXPORT)]),
};
