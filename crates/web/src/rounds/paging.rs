//! Pagination of a quilt: whatever people write, no page outgrows a slow link.

use sitwith_core::round::{Patch, Picture, Theme};

pub(super) const PATCHES_MAX: usize = 120;
/// Maximum size of a page's answers, in bytes: with the shell a page stays under 100 KB.
const PAGE_BYTES_MAX: usize = 64_000;
/// Markup around an answer, and around a theme without its answers, in bytes.
const PATCH_BYTES: usize = 230;
const THEME_BYTES: usize = 900;
/// Number of answers from which a page ends before a theme that does not fit as a whole.
const PATCHES_BEFORE_BREAK: usize = PATCHES_MAX / 2;

/// The part of a theme, or of the answers that stand alone, on this page.
#[derive(Debug, PartialEq)]
pub(super) struct QuiltPageTheme<'a> {
    /// The theme; `None` for answers that stand alone.
    pub theme: Option<&'a Theme>,
    pub patches: &'a [Patch],
    /// True if the page before has earlier answers of it.
    pub goes_on: bool,
}

#[derive(Debug, PartialEq)]
pub(super) struct QuiltPage<'a> {
    /// Index of its first answer among all.
    pub from: usize,
    /// Themes in the quilt's order, then answers that stand alone.
    pub themes: Vec<QuiltPageTheme<'a>>,
}

impl QuiltPage<'_> {
    fn count_patches(&self) -> usize {
        self.themes.iter().map(|piece| piece.patches.len()).sum()
    }
}

/// Splits a picture into pages; at least one.
pub(super) fn paginate_quilt(picture: &Picture) -> Vec<QuiltPage<'_>> {
    let themes = picture.themes.iter();
    let themes = themes.map(|theme| (Some(theme), theme.patches.as_slice()));
    let all = themes.chain([(None, picture.alone.as_slice())]);
    let mut leaves = vec![QuiltPage { from: 0, themes: Vec::new() }];
    let (mut bytes, mut place) = (0, 0);
    for (theme, patches) in all {
        let mut rest = patches;
        let whole = THEME_BYTES + patches.iter().map(patch_bytes).sum::<usize>();
        while !rest.is_empty() {
            let leaf = leaves.last().map_or(0, QuiltPage::count_patches);
            let is_begun = rest.len() < patches.len();
            let ends_before = leaf >= PATCHES_BEFORE_BREAK
                && !is_begun
                && (leaf + rest.len() > PATCHES_MAX || bytes + whole > PAGE_BYTES_MAX);
            let fits = if ends_before {
                0
            } else {
                count_fitting(
                    rest,
                    PATCHES_MAX - leaf,
                    PAGE_BYTES_MAX.saturating_sub(bytes + THEME_BYTES),
                )
            };
            // A page always has its first answer: no answer is too long to be read.
            let fits = if leaf == 0 { fits.max(1) } else { fits };
            let (here, later) = rest.split_at(fits.min(rest.len()));
            if let Some(leaf) = leaves.last_mut().filter(|_| !here.is_empty()) {
                leaf.themes.push(QuiltPageTheme { theme, patches: here, goes_on: is_begun });
            }
            bytes += THEME_BYTES + here.iter().map(patch_bytes).sum::<usize>();
            place += here.len();
            rest = later;
            if !rest.is_empty() {
                leaves.push(QuiltPage { from: place, themes: Vec::new() });
                bytes = 0;
            }
        }
    }
    leaves
}

/// Returns the number of answers that fit, at most `most` and at most `bytes`.
fn count_fitting(patches: &[Patch], most: usize, bytes: usize) -> usize {
    let mut taken = 0;
    let fit = patches.iter().take(most).take_while(|patch| {
        taken += patch_bytes(patch);
        taken <= bytes
    });
    fit.count()
}

fn patch_bytes(patch: &Patch) -> usize {
    let by = patch.signed_by.as_deref().map_or(0, escaped_len);
    PATCH_BYTES + escaped_len(&patch.words) + by
}

/// Returns the length of a text once escaped for HTML, in bytes.
pub(super) fn escaped_len(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' => 6,
            b'&' => 5,
            b'<' | b'>' => 4,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture_picture;
    use super::*;

    #[test]
    fn a_small_circle_stands_on_one_page() {
        for n in [0, 1, 12, 40, 100] {
            assert_eq!(paginate_quilt(&fixture_picture(n)).len(), 1, "{n}");
        }
    }

    #[test]
    fn every_answer_stands_on_one_page_in_the_quilt_s_order() {
        let picture = fixture_picture(1_000);
        let leaves = paginate_quilt(&picture);
        assert!(leaves.len() > 8);
        let shown = leaves.iter().flat_map(|leaf| &leaf.themes);
        let shown: Vec<_> = shown.flat_map(|piece| piece.patches).collect();
        let themes = picture.themes.iter().flat_map(|theme| &theme.patches);
        let all: Vec<_> = themes.chain(&picture.alone).collect();
        assert_eq!(shown, all);
        let mut place = 0;
        for leaf in &leaves {
            assert_eq!(leaf.from, place);
            place += leaf.count_patches();
            assert!((1..=PATCHES_MAX).contains(&leaf.count_patches()));
        }
    }

    #[test]
    fn long_answers_make_shorter_pages() {
        let mut picture = fixture_picture(300);
        let long: std::sync::Arc<str> = "\"".repeat(1_000).into();
        for theme in &mut picture.themes {
            for patch in &mut theme.patches {
                patch.words = long.clone();
            }
        }
        for leaf in paginate_quilt(&picture) {
            let patches = leaf.themes.iter().flat_map(|piece| piece.patches);
            let bytes: usize = patches.map(patch_bytes).sum();
            assert!(bytes <= PAGE_BYTES_MAX, "{bytes}");
        }
    }
}
