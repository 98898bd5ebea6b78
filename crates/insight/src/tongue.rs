//! Whether a text is one the model can read: in one of its languages, and with a word to go by.

use crate::Read;
use crate::pieces::Pieces;

/// The languages a model reads.
pub(crate) struct Tongue {
    languages: Vec<String>,
}

impl Tongue {
    pub(crate) fn new(languages: &[String]) -> Self {
        Self {
            languages: languages.to_vec(),
        }
    }

    /// Why the text is not read; `None` if it is.
    pub(crate) fn of(&self, _text: &str, _pieces: &Pieces) -> Option<Read> {
        debug_assert!(!self.languages.is_empty());
        None
    }
}
