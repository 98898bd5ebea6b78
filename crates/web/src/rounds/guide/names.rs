//! Where a theme's name is from, and how it stands in a list.

use sitwith_core::round::{Label, Patch, Theme};

use super::super::named;

/// So many characters of a name stand in a list.
const SHORT_CHARS: usize = 48;

/// The answer whose words name the theme, if its name is a quote.
pub(super) fn quoted(theme: &Theme) -> Option<&Patch> {
    match &theme.label {
        Label::Quote(share) => theme.patches.iter().find(|patch| patch.id == *share),
        Label::Named(_) | Label::Shared(_) | Label::Wordless => None,
    }
}

/// A theme's name, shortened where many stand in a list.
pub(super) fn short(theme: &Theme) -> String {
    let name = named::plain(theme);
    if name.chars().count() <= SHORT_CHARS {
        return name;
    }
    let start: String = name.chars().take(SHORT_CHARS).collect();
    let whole = start.rsplit_once(' ').map_or(start.as_str(), |(words, _)| words);
    format!("{whole} …")
}

/// Where the name is from, in words for whoever guides.
pub(super) const fn origin(theme: &Theme) -> &'static str {
    match &theme.label {
        Label::Named(_) => "Your name for it. Emptied, its own words come back.",
        Label::Quote(_) => "Called by the answer nearest to the others. Our own machine chose it.",
        Label::Shared(_) => "Called by words that its answers share. Our own machine chose them.",
        Label::Wordless => "Our own machine found these alike, and no words that they share.",
    }
}
