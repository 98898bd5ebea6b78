//! What a theme is called, and so that nobody takes a machine's words for a person's.

use std::borrow::Cow;

use sitwith_core::round::{Label, Patch, Theme};

/// So many characters of a quote stand in a title; what is longer is cut there, and stands whole
/// among the answers.
pub(super) const QUOTE_MAX: usize = 120;
/// What a theme is called while its answers share no words.
pub(super) const WORDLESS: &str = "These say a similar thing";

/// A title, and whose words it is in.
#[derive(Debug, PartialEq)]
pub(super) enum Title<'a> {
    /// The guide's own name for it.
    Named(&'a str),
    /// An answer, whole: it stands in the title and need not stand below it again.
    Whole(&'a Patch),
    /// The beginning of an answer that is too long for a title.
    Begun(String),
    /// Words that several answers share, found by the machine.
    Shared(String),
    /// Nothing anybody said.
    Wordless,
}

/// The title of a theme.
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

/// A theme's name in plain letters, as a keepsake has it. What a machine found says so.
pub(super) fn plain(theme: &Theme) -> String {
    match title(theme) {
        Title::Named(name) => name.to_owned(),
        Title::Whole(patch) => format!("“{}”", patch.words),
        Title::Begun(words) => format!("“{words}”"),
        Title::Shared(words) => format!("Words they share: {words}"),
        Title::Wordless => WORDLESS.to_owned(),
    }
}

/// The beginning of words, ended between two of them.
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
