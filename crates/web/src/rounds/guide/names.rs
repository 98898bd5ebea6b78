//! A theme's name in a list, and who chose it.

use sitwith_core::round::{Label, Patch, Theme};

use super::super::named;

/// Maximum length of a name in a list, in characters.
const SHORT_CHARS: usize = 48;

/// Returns the answer that the theme is named after, if its name is a quote.
pub(super) fn quoted(theme: &Theme) -> Option<&Patch> {
    match &theme.label {
        Label::Quote(share) => theme.patches.iter().find(|patch| patch.id == *share),
        Label::Named(_) | Label::Shared(_) | Label::Wordless => None,
    }
}

/// Returns a theme's name, shortened for lists.
pub(super) fn short(theme: &Theme) -> String {
    let name = named::plain(theme);
    if name.chars().count() <= SHORT_CHARS {
        return name;
    }
    let start: String = name.chars().take(SHORT_CHARS).collect();
    let whole = start.rsplit_once(' ').map_or(start.as_str(), |(words, _)| words);
    format!("{whole} …")
}

/// Says who chose the name.
pub(super) const fn origin(theme: &Theme) -> &'static str {
    match &theme.label {
        Label::Named(_) => "Named by a guide. Empty the name, and this server names it again.",
        Label::Quote(_) => "Named after its most central answer, chosen by this server.",
        Label::Shared(_) => "Named after words that its answers share, chosen by this server.",
        Label::Wordless => "This server found these similar, but no words that they share.",
    }
}
