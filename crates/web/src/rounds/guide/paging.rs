//! Pagination of the guide's page: whatever people write, no page outgrows a slow link.

use sitwith_core::round::{Patch, Picture, Theme};

use super::super::paging::escaped_len;
use super::super::theme_title;
use super::names;

pub(super) const PATCHES_MAX: usize = 120;
/// Maximum size of a page's answers and forms, in bytes: with the shell a page stays well under 100
/// KB.
pub(super) const PAGE_BYTES_MAX: usize = 70_000;
/// Markup around an answer, and around a theme without its answers and merge candidates, in bytes.
const PATCH_BYTES: usize = 320;
const THEME_BYTES: usize = 2_200;
/// Markup around a merge candidate's name, in bytes.
const OTHER_BYTES: usize = 40;
/// Maximum number of merge candidates: the nearest themes of the quilt.
pub(super) const OTHERS_MAX: usize = 24;

/// The part of a theme, or of the answers that stand alone, on this page.
#[derive(Debug, PartialEq)]
pub(super) struct GuidePageTheme<'a> {
    /// The theme; `None` for answers that stand alone.
    pub theme: Option<&'a Theme>,
    pub patches: &'a [Patch],
    /// True if an earlier page has earlier answers of it.
    pub goes_on: bool,
}

/// One page of a round.
#[derive(Debug, PartialEq)]
pub(super) struct GuidePage<'a> {
    /// Themes in the quilt's order, then answers that stand alone.
    pub blocks: Vec<GuidePageTheme<'a>>,
    /// Index of the next page's first answer, if there is a next page.
    pub next: Option<usize>,
}

/// Returns the page that begins with answer `from`.
pub(super) fn guide_page_from(picture: &Picture, from: usize) -> GuidePage<'_> {
    let mut blocks = Vec::new();
    let (mut place, mut patches_left, mut bytes_left) = (0, PATCHES_MAX, PAGE_BYTES_MAX);
    let themes = picture.themes.iter().map(|theme| (Some(theme), &theme.patches));
    let all = themes.chain([(None, &picture.alone)]);
    for (theme, patches) in all {
        let skipped = from.saturating_sub(place).min(patches.len());
        let rest = patches.get(skipped..).unwrap_or_default();
        place += patches.len();
        if rest.is_empty() {
            continue;
        }
        let about = theme.map_or(THEME_BYTES, |theme| theme_bytes(picture, theme));
        let fits = count_fitting(rest, bytes_left.saturating_sub(about)).min(patches_left);
        // A page always has its first answer: no answer is too long to be read.
        let fits = if blocks.is_empty() { fits.max(1) } else { fits };
        if fits > 0 {
            blocks.push(GuidePageTheme {
                theme,
                patches: rest.get(..fits).unwrap_or_default(),
                goes_on: skipped > 0,
            });
        }
        if fits < rest.len() {
            let next = Some(place - rest.len() + fits);
            return GuidePage { blocks, next };
        }
        patches_left -= fits;
        let words: usize = rest.iter().map(patch_bytes).sum();
        bytes_left = bytes_left.saturating_sub(about + words);
    }
    GuidePage { blocks, next: None }
}

/// Returns the themes this one may be merged with: its nearest neighbours in the quilt.
pub(super) fn merge_candidates<'a>(
    picture: &'a Picture,
    theme: &Theme,
) -> impl Iterator<Item = &'a Theme> + use<'a> {
    let number = theme.number;
    let themes = &picture.themes;
    let here = themes.iter().position(|other| other.number == number);
    let from = here.unwrap_or(0).saturating_sub(OTHERS_MAX / 2);
    let from = from.min(themes.len().saturating_sub(OTHERS_MAX + 1));
    themes.iter().skip(from).take(OTHERS_MAX + 1).filter(move |other| other.number != number)
}

/// Returns the number of answers that fit into `bytes`.
fn count_fitting(patches: &[Patch], bytes: usize) -> usize {
    let sums = patches.iter().scan(0_usize, |sum, patch| {
        *sum += patch_bytes(patch);
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= bytes).count()
}

fn patch_bytes(patch: &Patch) -> usize {
    let signed = patch.signed_by.as_deref().map_or(0, escaped_len);
    PATCH_BYTES + escaped_len(&patch.words) + signed
}

fn theme_bytes(picture: &Picture, theme: &Theme) -> usize {
    let own = escaped_len(&theme_title::plain_title(theme));
    let others = merge_candidates(picture, theme)
        .map(|other| OTHER_BYTES + escaped_len(&names::short_name(other)));
    THEME_BYTES + 3 * own + others.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sitwith_core::id::ShareId;
    use sitwith_core::round::ThemeLabel;
    use sitwith_core::time::Instant;

    use super::*;

    fn test_patch(number: u16, words: &str) -> Patch {
        let mut chance = [0; 10];
        chance[..2].copy_from_slice(&number.to_be_bytes());
        Patch {
            id: ShareId::new(Instant::from_ms(0), chance),
            words: Arc::from(words),
            signed_by: None,
            may_read_aloud: false,
            may_show_beyond: false,
            is_other_language: false,
        }
    }

    fn test_picture(themes: &[u16], alone: u16, words: &str) -> Picture {
        let mut numbers = 0..;
        let mut some = |count: u16| -> Vec<Patch> {
            let numbers = numbers.by_ref().take(usize::from(count));
            numbers.map(|number| test_patch(number, words)).collect()
        };
        let themes = (0..).zip(themes).map(|(number, count)| Theme {
            number,
            dye: 0,
            label: ThemeLabel::Wordless,
            patches: some(*count),
        });
        Picture { version: 1, themes: themes.collect(), alone: some(alone), sewn: true }
    }

    /// Returns all answers page by page.
    fn shares_by_page(picture: &Picture) -> Vec<Vec<ShareId>> {
        let (mut pages, mut from) = (Vec::new(), Some(0));
        while let Some(at) = from {
            let leaf = guide_page_from(picture, at);
            let blocks = leaf.blocks.iter();
            pages.push(
                blocks.flat_map(|block| block.patches.iter().map(|patch| patch.id)).collect(),
            );
            assert_ne!(leaf.next, Some(at), "it goes on");
            from = leaf.next;
        }
        pages
    }

    #[test]
    fn a_circle_stands_on_one_page() {
        let picture = test_picture(&[5, 3], 4, "I could put it down.");
        let leaf = guide_page_from(&picture, 0);
        assert_eq!(leaf.next, None);
        let counts: Vec<_> = leaf.blocks.iter().map(|block| block.patches.len()).collect();
        assert_eq!(counts, [5, 3, 4]);
        assert!(leaf.blocks[2].theme.is_none());
    }

    #[test]
    fn turning_the_pages_shows_every_answer_once_whatever_was_written() {
        let longest = "\"".repeat(1_000);
        for words in ["Rest.", longest.as_str()] {
            let picture = test_picture(&[130, 3, 3, 200], 50, words);
            let pages = shares_by_page(&picture);
            assert!(pages.len() > 1);
            let themes = picture.themes.iter().flat_map(|theme| &theme.patches);
            let all: Vec<_> = themes.chain(&picture.alone).map(|patch| patch.id).collect();
            assert_eq!(pages.concat(), all);
            assert!(pages.iter().all(|page| page.len() <= PATCHES_MAX));
        }
    }

    #[test]
    fn a_page_past_the_end_is_empty() {
        let leaf = guide_page_from(&test_picture(&[3], 0, "Rest."), 99).blocks.len();
        assert_eq!(leaf, 0);
    }

    #[test]
    fn the_nearest_themes_are_offered_and_never_the_theme_itself() {
        let picture = test_picture(&[3; 60], 0, "Rest.");
        for theme in &picture.themes {
            let offered: Vec<_> =
                merge_candidates(&picture, theme).map(|other| other.number).collect();
            assert_eq!(offered.len(), OTHERS_MAX);
            assert!(!offered.contains(&theme.number));
        }
        let two = test_picture(&[3, 3], 0, "Rest.");
        let offered: Vec<_> =
            merge_candidates(&two, &two.themes[1]).map(|other| other.number).collect();
        assert_eq!(offered, [0]);
    }
}
