//! The quilt: each theme has one dye, a deep patch with its title and pale ones with its answers;
//! answers that belong to no theme have a sewn place of their own. The same markup reads as a list.
//!
//! The span of each patch is computed in `core::round::quilt`; its classes are in
//! `static/round/quilt.css`.

use maud::{Markup, html};
use sitwith_app::rounds::{RoundView, SewnBy};
use sitwith_core::round::quilt::{Pattern, QuiltBlock, lay_out_blocks};
use sitwith_core::round::{Patch, Picture, RoundStep, Theme};

use super::paging::{QuiltPage, QuiltPageTheme, paginate_quilt};
use super::theme_title::{self, ThemeTitle};
use crate::phrases;

/// Maximum length of an answer set in large type, in characters; only the most central one is.
const LARGE_CHARS_MAX: usize = 110;
/// Minimum span of an answer set in large type, in columns: a narrow patch would break its words.
const LARGE_SPAN_MIN: u8 = 3;

/// View options of the quilt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct QuiltView {
    /// True for a list.
    pub list: bool,
    /// Index of the first answer of its page.
    pub from: usize,
}

/// Returns the class of a dye.
pub(super) const fn dye_class(dye: u8) -> &'static str {
    match dye % 7 {
        0 => "d-indigo",
        1 => "d-woad",
        2 => "d-lichen",
        3 => "d-weld",
        4 => "d-madder",
        5 => "d-rosehip",
        _ => "d-walnut",
    }
}

/// Returns the number of answers in a picture.
pub(super) fn count_shares(picture: &Picture) -> usize {
    let sewn: usize = picture.themes.iter().map(|theme| theme.patches.len()).sum();
    sewn + picture.alone.len()
}

/// Says how many answers there are, and how they are grouped.
pub(super) fn lead_text(seen: &RoundView, picture: &Picture) -> String {
    let count = count_shares(picture);
    let answers = match count {
        0 if seen.is_kept_quilt => return "Nothing of this round was kept.".to_owned(),
        0 if seen.step == RoundStep::Opened => {
            return "Nobody offered words this time. That is a round, too.".to_owned();
        }
        0 => {
            return "Answers are shown a few together. The first ones are still on their way."
                .to_owned();
        }
        1 => "One answer".to_owned(),
        count => format!("{} answers", phrases::capitalize_first(&phrases::number_in_words(count))),
    };
    let so_far = if seen.step == RoundStep::Opened { "from this circle" } else { "so far" };
    let how = if !picture.sewn {
        "They are not grouped: this home has no model that could lay similar \
         ones side by side."
    } else if picture.themes.is_empty() && count < 3 {
        ""
    } else if picture.themes.is_empty() {
        "No three of them say a similar thing; each has a place of its own."
    } else {
        "Those that say a similar thing are sewn side by side."
    };
    if seen.is_kept_quilt {
        return format!(
            "{answers} that stayed: their authors said that they may be shown with others."
        );
    }
    format!("{answers} {so_far}. {how}").trim_end().to_owned()
}

/// Renders one page of the quilt.
pub(super) fn render_quilt(seen: &RoundView, picture: &Picture, manner: QuiltView) -> Markup {
    let leaves = paginate_quilt(picture);
    let place = leaves.iter().rposition(|leaf| leaf.from <= manner.from);
    let place = place.unwrap_or(0);
    let before = place.checked_sub(1).and_then(|before| leaves.get(before));
    let next = leaves.get(place + 1);
    html! {
        @if let Some(leaf) = leaves.get(place).filter(|leaf| !leaf.themes.is_empty()) {
            (quilt_page_links(seen, manner, (before, next), "Pages of the quilt"))
            div class={ "bed" @if manner.list { " aslist" } } id="r-quilt" {
                div class="quilt sewn" {
                    @for (piece, block) in
                        leaf.themes.iter().zip(lay_out_blocks(&share_lengths(leaf)))
                    {
                        (theme_section(piece, &block))
                    }
                }
            }
            @if next.is_some() { (quilt_page_links(seen, manner, (before, next), "More pages")) }
        }
    }
}

fn quilt_page_links(
    seen: &RoundView,
    manner: QuiltView,
    (before, next): (Option<&QuiltPage<'_>>, Option<&QuiltPage<'_>>),
    label: &str,
) -> Markup {
    let to = |leaf: &QuiltPage<'_>| {
        let list = if manner.list { "&list=1" } else { "" };
        format!("/rounds/{}?from={}{list}", seen.facts.id, leaf.from)
    };
    html! {
        @if before.is_some() || next.is_some() {
            nav class="qpages row" aria-label=(label) {
                @if let Some(leaf) = before {
                    a class="b b-2" data-part href=(to(leaf)) { "The answers before" }
                }
                @if let Some(leaf) = next {
                    a class="b b-2" data-part href=(to(leaf)) { "More answers" }
                }
            }
        }
    }
}

/// Returns the length of each answer of each theme, in characters, for the layout.
fn share_lengths(leaf: &QuiltPage<'_>) -> Vec<Vec<usize>> {
    let of = |piece: &QuiltPageTheme<'_>| {
        let below = shares_below_title(piece);
        below.map(|patch| patch.words.chars().count()).collect()
    };
    leaf.themes.iter().map(of).collect()
}

/// Returns the answers below the title, without one that is the whole title.
pub(super) fn shares_below_title<'a>(
    piece: &QuiltPageTheme<'a>,
) -> impl Iterator<Item = &'a Patch> {
    let in_title = piece.theme.and_then(|theme| match theme_title::theme_title(theme) {
        ThemeTitle::Whole(patch) => Some(patch.id),
        _ => None,
    });
    piece.patches.iter().filter(move |patch| Some(patch.id) != in_title)
}

fn theme_section(piece: &QuiltPageTheme<'_>, block: &QuiltBlock) -> Markup {
    let wide = format!("w{}", block.wide_columns);
    let (id, dye) = match piece.theme {
        Some(theme) => (format!("r-t{}", theme.number), dye_class(theme.dye)),
        None => ("r-alone".to_owned(), "alone d-plain"),
    };
    html! {
        section class={ "blk " (wide) " " (dye) } aria-labelledby=(id) {
            @match piece.theme {
                Some(theme) => (theme_heading(theme, &id, piece.goes_on)),
                None => h2 id=(id) class="vh" { "Answers that stand by themselves" },
            }
            ul {
                @for (place, (patch, span)) in
                    shares_below_title(piece).zip(&block.spans).enumerate()
                {
                    @let is_large = place == 0 && !piece.goes_on && *span >= LARGE_SPAN_MIN;
                    li class={ "s" (span) } { (share_patch(patch, is_large)) }
                }
            }
            @for (pattern, span) in &block.patterns {
                div class={ "bit " (pattern_class(*pattern)) " s" (span) } aria-hidden="true" {}
            }
        }
    }
}

const fn pattern_class(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Waves => "wave",
        Pattern::Stars => "star",
        Pattern::Plus => "plus",
    }
}

/// Renders a theme's title: people's words in the serif face, the machine's in the sans.
fn theme_heading(theme: &Theme, id: &str, goes_on: bool) -> Markup {
    html! {
        h2 id=(id) tabindex="-1" {
            @match theme_title::theme_title(theme) {
                ThemeTitle::Named(name) => span class="v" dir="auto" { (name) },
                ThemeTitle::Whole(patch) if goes_on => span class="v" dir="auto" {
                    "“" (patch.words) "”"
                },
                ThemeTitle::Whole(patch) => {
                    span class="qt v" id={ "p-" (patch.id) } data-patch=(patch.id) {
                        span dir="auto" { "“" (patch.words) "”" }
                        (signature(patch))
                    }
                },
                ThemeTitle::Shortened(words) => span class="v" dir="auto" { "“" (words) "”" },
                ThemeTitle::Shared(words) => span class="machine" {
                    (words) small { "words that they share" }
                },
                ThemeTitle::Wordless => span class="machine" { (theme_title::WORDLESS) },
            }
            @if goes_on { small { "continued" } }
        }
    }
}

fn share_patch(patch: &Patch, may_be_large: bool) -> Markup {
    let large = may_be_large && patch.words.chars().count() <= LARGE_CHARS_MAX;
    html! {
        div class={ "q" @if large { " big" } } id={ "p-" (patch.id) } data-patch=(patch.id) {
            span dir="auto" { (patch.words) }
            (signature(patch))
        }
    }
}

fn signature(patch: &Patch) -> Markup {
    html! {
        @if let Some(name) = &patch.signed_by { small class="by" { bdi { (name) } } }
    }
}

/// Says who named the groups, and which answers could not be compared.
pub(super) fn quilt_footnotes(seen: &RoundView, picture: &Picture) -> Markup {
    let alone = picture.alone.iter();
    let foreign = alone.filter(|patch| patch.is_other_language).count();
    let others = picture.alone.len() - foreign;
    html! {
        @if count_shares(picture) > 0 {
            p class="measure" data-script hidden {
                "Touch a patch to say " em class="v it" { "mine too" }
                ". It sews a thread round it for you. Nothing is counted."
            }
            p class="soft measure" {
                @if !picture.themes.is_empty() { (naming_note(seen)) " " }
                @if picture.sewn && !picture.themes.is_empty() { (alone_note(others)) }
                @if foreign > 0 { " " (foreign_note(foreign)) }
            }
        }
    }
}

fn naming_note(seen: &RoundView) -> Markup {
    html! {
        "The names of the groups were suggested by our own machine"
        @if seen.sewn_by == SewnBy::ReadOver {
            " and read over by " bdi { (seen.facts.guide_name) }
        }
        "."
    }
}

fn alone_note(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "One answer stands by itself, and has its own place.".to_owned(),
        count => format!(
            "{} answers stand by themselves, and have their own places.",
            phrases::capitalize_first(&phrases::number_in_words(count))
        ),
    }
}

fn foreign_note(count: usize) -> String {
    match count {
        1 => "One answer is in a language that our machine does not read, so it was not sewn to \
              others."
            .to_owned(),
        count => format!(
            "{} answers are in languages that our machine does not read, so they were not sewn to \
             others.",
            phrases::capitalize_first(&phrases::number_in_words(count))
        ),
    }
}
