//! Titles of themes, which show whose words they are, so that nobody takes a machine's for a
//! person's.

use std::borrow::Cow;

use sitwith_core::round::{Label, Patch, Theme};

/// Maximum length of a quote in a title, in characters. A longer one is shortened, and shown in
/// full among the answers.
pub(super) const QUOTE_MAX: usize = 120;
/// Title of a theme whose answers share no words.
pub(super) const WORDLESS: &str = "These say a similar thing";

/// A title by its origin.
#[derive(Debug, PartialEq)]
pub(super) enum Title<'a> {
    /// A name given by the guide.
    Named(&'a str),
    /// A whole answer: it is not repeated below the title.
    Whole(&'a Patch),
    /// The beginning of an answer that is too long for a title.
    Begun(String),
    /// Words that several answers share, found by the machine.
    Shared(String),
    /// No words of anybody.
    Wordless,
}

pub(super) fn title(theme: &Theme) -> Title<'_> {
    match &theme.label {
        Label::Named(name) => Title::Named(name),
        Label::Quote(share) => {
            let quoted = theme.patches.iter().find(|patch| patch.id == *share);
            quoted.map_or(Title::Wordless, |patch| match begun(&patch.words) {
                Cow::Borrowed(_) => Title::Whole(patch),
                Cow::Owned(begun) => Title::Begun(begun),
            })
        }
        Label::Shared(words) if !words.is_empty() => Title::Shared(words.join(", ")),
        Label::Shared(_) | Label::Wordless => Title::Wordless,
    }
}

/// Returns a theme's name as plain text, for a keepsake. A name found by the machine says so.
pub(super) fn plain(theme: &Theme) -> String {
    match title(theme) {
        Title::Named(name) => name.to_owned(),
        Title::Whole(patch) => format!("“{}”", patch.words),
        Title::Begun(words) => format!("“{words}”"),
        Title::Shared(words) => format!("Words they share: {words}"),
        Title::Wordless => WORDLESS.to_owned(),
    }
}

/// Shortens words to [`QUOTE_MAX`], between two of them.
fn begun(words: &str) -> Cow<'_, str> {
    if words.chars().count() <= QUOTE_MAX {
        return Cow::Borrowed(words);
    }
    let start: String = words.chars().take(QUOTE_MAX).collect();
    let whole = start.rsplit_once(char::is_whitespace).map_or(start.as_str(), |(whole, _)| whole);
    Cow::Owned(format!("{} …", whole.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::picture;
    use super::*;

    #[test]
    fn a_long_quote_is_ended_between_two_words() {
        let words = "one two ".repeat(40);
        let begun = begun(&words);
        assert!(begun.ends_with(" …"), "{begun}");
        assert!(begun.chars().count() <= QUOTE_MAX + 2);
        assert!(words.starts_with(begun.trim_end_matches(" …")));
        assert_eq!(super::begun("short"), "short");
    }

    #[test]
    fn a_name_says_whose_words_it_is_in() {
        let mut picture = picture(40);
        let theme = &mut picture.themes[0];
        theme.label = Label::Quote(theme.patches[0].id);
        assert!(plain(theme).starts_with('“'));
        theme.label = Label::Shared(vec!["rest".into(), "care".into()]);
        assert_eq!(plain(theme), "Words they share: rest, care");
        theme.label = Label::Named("Rest".into());
        assert_eq!(plain(theme), "Rest");
        theme.label = Label::Wordless;
        assert_eq!(plain(theme), WORDLESS);
    }
}
