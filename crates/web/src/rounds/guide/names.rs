//! A theme's name in a list, and who chose it.

use sitwith_core::round::{Patch, Theme, ThemeLabel};

use super::super::theme_title;

/// Maximum length of a name in a list, in characters.
const SHORT_CHARS: usize = 48;

/// Returns the answer that the theme is named after, if its name is a quote.
pub(super) fn quoted_share(theme: &Theme) -> Option<&Patch> {
    match &theme.label {
        ThemeLabel::Quote(share) => theme.patches.iter().find(|patch| patch.id == *share),
        ThemeLabel::NamedByGuide(_) | ThemeLabel::SharedWords(_) | ThemeLabel::Wordless => None,
    }
}

/// Returns a theme's name, shortened for lists.
pub(super) fn short_name(theme: &Theme) -> String {
    let name = theme_title::plain_title(theme);
    if name.chars().count() <= SHORT_CHARS {
        return name;
    }
    let start: String = name.chars().take(SHORT_CHARS).collect();
    let whole = start.rsplit_once(' ').map_or(start.as_str(), |(words, _)| words);
    format!("{whole} …")
}

/// Says who chose the name.
pub(super) const fn name_origin(theme: &Theme) -> &'static str {
    match &theme.label {
        ThemeLabel::NamedByGuide(_) => {
            "Named by a guide. Empty the name, and this server names it again."
        }
        ThemeLabel::Quote(_) => "Named after its most central answer, chosen by this server.",
        ThemeLabel::SharedWords(_) => {
            "Named after words that its answers share, chosen by this server."
        }
        ThemeLabel::Wordless => "This server found these similar, but no words that they share.",
    }
}
