//! Titles of themes, which show whose words they are, so that nobody takes a machine's for a
//! person's.

use std::borrow::Cow;

use sitwith_core::round::{Patch, Theme, ThemeLabel};

/// Maximum length of a quote in a title, in characters. A longer one is shortened, and shown in
/// full among the answers.
pub(super) const QUOTE_CHARS_MAX: usize = 120;
/// Title of a theme whose answers share no words.
pub(super) const WORDLESS: &str = "These say a similar thing";

/// A title by its origin.
#[derive(Debug, PartialEq)]
pub(super) enum ThemeTitle<'a> {
    /// A name given by the guide.
    Named(&'a str),
    /// A whole answer: it is not repeated below the title.
    Whole(&'a Patch),
    /// The beginning of an answer that is too long for a title.
    Shortened(String),
    /// Words that several answers share, found by the machine.
    Shared(String),
    /// No words of anybody.
    Wordless,
}

pub(super) fn theme_title(theme: &Theme) -> ThemeTitle<'_> {
    match &theme.label {
        ThemeLabel::NamedByGuide(name) => ThemeTitle::Named(name),
        ThemeLabel::Quote(share) => {
            let quoted = theme.patches.iter().find(|patch| patch.id == *share);
            quoted.map_or(ThemeTitle::Wordless, |patch| match shorten_quote(&patch.words) {
                Cow::Borrowed(_) => ThemeTitle::Whole(patch),
                Cow::Owned(begun) => ThemeTitle::Shortened(begun),
            })
        }
        ThemeLabel::SharedWords(words) if !words.is_empty() => ThemeTitle::Shared(words.join(", ")),
        ThemeLabel::SharedWords(_) | ThemeLabel::Wordless => ThemeTitle::Wordless,
    }
}

/// Returns a theme's name as plain text, for a keepsake. A name found by the machine says so.
pub(super) fn plain_title(theme: &Theme) -> String {
    match theme_title(theme) {
        ThemeTitle::Named(name) => name.to_owned(),
        ThemeTitle::Whole(patch) => format!("“{}”", patch.words),
        ThemeTitle::Shortened(words) => format!("“{words}”"),
        ThemeTitle::Shared(words) => format!("Words they share: {words}"),
        ThemeTitle::Wordless => WORDLESS.to_owned(),
    }
}

/// Shortens words to [`QUOTE_CHARS_MAX`], between two of them.
fn shorten_quote(words: &str) -> Cow<'_, str> {
    if words.chars().count() <= QUOTE_CHARS_MAX {
        return Cow::Borrowed(words);
    }
    let start: String = words.chars().take(QUOTE_CHARS_MAX).collect();
    let whole = start.rsplit_once(char::is_whitespace).map_or(start.as_str(), |(whole, _)| whole);
    Cow::Owned(format!("{} …", whole.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture_picture;
    use super::*;

    #[test]
    fn a_long_quote_is_ended_between_two_words() {
        let words = "one two ".repeat(40);
        let begun = shorten_quote(&words);
        assert!(begun.ends_with(" …"), "{begun}");
        assert!(begun.chars().count() <= QUOTE_CHARS_MAX + 2);
        assert!(words.starts_with(begun.trim_end_matches(" …")));
        assert_eq!(shorten_quote("short"), "short");
    }

    #[test]
    fn a_name_says_whose_words_it_is_in() {
        let mut picture = fixture_picture(40);
        let theme = &mut picture.themes[0];
        theme.label = ThemeLabel::Quote(theme.patches[0].id);
        assert!(plain_title(theme).starts_with('“'));
        theme.label = ThemeLabel::SharedWords(vec!["rest".into(), "care".into()]);
        assert_eq!(plain_title(theme), "Words they share: rest, care");
        theme.label = ThemeLabel::NamedByGuide("Rest".into());
        assert_eq!(plain_title(theme), "Rest");
        theme.label = ThemeLabel::Wordless;
        assert_eq!(plain_title(theme), WORDLESS);
    }
}
