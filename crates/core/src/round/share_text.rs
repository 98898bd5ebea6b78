//! The text of a share, stored and shown verbatim.

use std::fmt;
use std::sync::Arc;

use crate::name::is_visible_char;

/// Maximum length of a share, in characters.
pub const SHARE_CHARS_MAX: usize = 1_000;

/// The text of a share. It is never printed, so that no log holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareText(Arc<str>);

/// Reason a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareTextNo {
    /// It has no visible character.
    #[error("there is nothing to read in it")]
    Nothing,
    /// It is longer than [`SHARE_CHARS_MAX`].
    #[error("it is longer than an answer can be")]
    TooLong,
}

impl ShareText {
    /// Trims a typed text and removes control characters. CRLF, which browsers send for a new line,
    /// becomes LF.
    pub fn new(typed: &str) -> Result<Self, ShareTextNo> {
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
        if !words.chars().any(|sign| !sign.is_whitespace() && is_visible_char(sign)) {
            return Err(ShareTextNo::Nothing);
        }
        if words.chars().count() > SHARE_CHARS_MAX {
            return Err(ShareTextNo::TooLong);
        }
        Ok(Self(words.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as a shared pointer, without copying.
    pub fn to_arc(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for ShareText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(typed: &str) -> Result<String, ShareTextNo> {
        ShareText::new(typed).map(|words| words.as_str().to_owned())
    }

    #[test]
    fn words_stay_as_they_were_written() {
        for typed in
            ["rest", "two\nlines  and two spaces", "מנוחה \u{200F}!", "👩\u{200D}👧 e\u{301}"]
        {
            assert_eq!(words(typed).as_deref(), Ok(typed));
        }
        assert_eq!(words(" \n around\t"), Ok("around".to_owned()));
        assert_eq!(words("a\r\nb\rc\td\0e\u{7}"), Ok("a\nb\nc de".to_owned()));
    }

    #[test]
    fn there_is_something_to_read_and_not_too_much() {
        for nothing in ["", " \n\t ", "\u{200D}\u{FE0F}", "\0\u{1B}", "\u{3164}"] {
            assert_eq!(words(nothing), Err(ShareTextNo::Nothing), "{nothing:?}");
        }
        assert!(words(&"é".repeat(SHARE_CHARS_MAX)).is_ok());
        assert_eq!(words(&"é".repeat(SHARE_CHARS_MAX + 1)), Err(ShareTextNo::TooLong));
        assert!(words(&format!("{}  \r\n ", "a".repeat(SHARE_CHARS_MAX))).is_ok());
    }

    proptest! {
        #[test]
        fn what_was_kept_reads_back_the_same(typed in any::<String>()) {
            if let Ok(kept) = ShareText::new(&typed) {
                prop_assert_eq!(ShareText::new(kept.as_str()), Ok(kept.clone()));
                let signs = |text: &str| -> Vec<char> {
                    let signs = text.chars().filter(|sign| !sign.is_control());
                    signs.filter(|sign| !sign.is_whitespace()).collect()
                };
                prop_assert_eq!(signs(kept.as_str()), signs(&typed), "nothing else is changed");
            }
        }
    }
}
