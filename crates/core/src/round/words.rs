//! Somebody's own words, as they are kept and shown: exactly as they were written.

use std::fmt;
use std::sync::Arc;

use crate::name::is_seen;

/// The most characters of one share.
pub const WORDS_MAX: usize = 1_000;

/// Somebody's own words. They are never printed: no log is to hold them.
#[derive(Clone, PartialEq, Eq)]
pub struct Words(Arc<str>);

/// Why what was typed cannot be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsNo {
    /// There is nothing to read in it.
    #[error("there is nothing to read in it")]
    Nothing,
    /// It is longer than [`WORDS_MAX`].
    #[error("it is longer than an answer can be")]
    TooLong,
}

impl Words {
    /// The words as they were typed, without the space around them and without control characters.
    /// A browser sends a new line as two signs: it becomes one.
    pub fn new(typed: &str) -> Result<Self, WordsNo> {
        let mut words = String::with_capacity(typed.len());
        let mut signs = typed.chars().peekable();
        while let Some(sign) = signs.next() {
            match sign {
                '\r' if signs.peek() == Some(&'\n') => {}
                '\r' => words.push('\n'),
                '\t' => words.push(' '),
                '\n' => words.push(sign),
                _ if sign.is_control() => {}
                _ => words.push(sign),
            }
        }
        let words = words.trim();
        if !words
            .chars()
            .any(|sign| !sign.is_whitespace() && is_seen(sign))
        {
            return Err(WordsNo::Nothing);
        }
        if words.chars().count() > WORDS_MAX {
            return Err(WordsNo::TooLong);
        }
        Ok(Self(words.into()))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The words, to be held by several.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(..)")
    }
}
