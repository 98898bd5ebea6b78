//! Pagination of a quilt: whatever people write, no page outgrows a slow link.

use sitwith_core::round::{Patch, Picture, Theme};

pub(super) const PATCHES_MAX: usize = 120;
/// Maximum size of a page's answers, in bytes: with the shell a page stays under 100 KB.
const BYTES_MAX: usize = 64_000;
/// Markup around an answer, and around a theme without its answers, in bytes.
const PATCH_BYTES: usize = 230;
const THEME_BYTES: usize = 900;
/// Number of answers from which a page ends before a theme that does not fit as a whole.
const FULL_ENOUGH: usize = PATCHES_MAX / 2;

/// The part of a theme, or of the answers that stand alone, on this page.
#[derive(Debug, PartialEq)]
pub(super) struct Piece<'a> {
    /// The theme; `None` for answers that stand alone.
    pub theme: Option<&'a Theme>,
    pub patches: &'a [Patch],
    /// True if the page before has earlier answers of it.
    pub goes_on: bool,
}

#[derive(Debug, PartialEq)]
pub(super) struct Leaf<'a> {
    /// Index of its first answer among all.
    pub from: usize,
    /// Themes in the quilt's order, then answers that stand alone.
    pub pieces: Vec<Piece<'a>>,
}

impl Leaf<'_> {
    fn patches(&self) -> usize {
        self.pieces.iter().map(|piece| piece.patches.len()).sum()
    }
}

/// Splits a picture into pages; at least one.
pub(super) fn leaves(picture: &Picture) -> Vec<Leaf<'_>> {
    let themes = picture.themes.iter();
    let themes = themes.map(|theme| (Some(theme), theme.patches.as_slice()));
    let all = themes.chain([(None, picture.alone.as_slice())]);
    let mut leaves = vec![Leaf { from: 0, pieces: Vec::new() }];
    let (mut bytes, mut place) = (0, 0);
    for (theme, patches) in all {
        let mut rest = patches;
        let whole = THEME_BYTES + patches.iter().map(patch_bytes).sum::<usize>();
        while !rest.is_empty() {
            let leaf = leaves.last().map_or(0, Leaf::patches);
            let is_begun = rest.len() < patches.len();
            let ends_before = leaf >= FULL_ENOUGH
                && !is_begun
                && (leaf + rest.len() > PATCHES_MAX || bytes + whole > BYTES_MAX);
            let fits = if ends_before {
                0
            } else {
                fitting(rest, PATCHES_MAX - leaf, BYTES_MAX.saturating_sub(bytes + THEME_BYTES))
            };
            // A page always has its first answer: no answer is too long to be read.
            let fits = if leaf == 0 { fits.max(1) } else { fits };
            let (here, later) = rest.split_at(fits.min(rest.len()));
            if let Some(leaf) = leaves.last_mut().filter(|_| !here.is_empty()) {
                leaf.pieces.push(Piece { theme, patches: here, goes_on: is_begun });
            }
            bytes += THEME_BYTES + here.iter().map(patch_bytes).sum::<usize>();
            place += here.len();
            rest = later;
            if !rest.is_empty() {
                leaves.push(Leaf { from: place, pieces: Vec::new() });
                bytes = 0;
            }
        }
    }
    leaves
}

/// Returns the number of answers that fit, at most `most` and at most `bytes`.
fn fitting(patches: &[Patch], most: usize, bytes: usize) -> usize {
    let mut taken = 0;
    let fit = patches.iter().take(most).take_while(|patch| {
        taken += patch_bytes(patch);
        taken <= bytes
    });
    fit.count()
}

fn patch_bytes(patch: &Patch) -> usize {
    let by = patch.signed.as_deref().map_or(0, escaped_len);
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
    use super::super::fixture::picture;
    use super::*;

    #[test]
    fn a_small_circle_stands_on_one_page() {
        for n in [0, 1, 12, 40, 100] {
            assert_eq!(leaves(&picture(n)).len(), 1, "{n}");
        }
    }

    #[test]
    fn every_answer_stands_on_one_page_in_the_quilt_s_order() {
        let picture = picture(1_000);
        let leaves = leaves(&picture);
        assert!(leaves.len() > 8);
        let shown = leaves.iter().flat_map(|leaf| &leaf.pieces);
        let shown: Vec<_> = shown.flat_map(|piece| piece.patches).collect();
        let themes = picture.themes.iter().flat_map(|theme| &theme.patches);
        let all: Vec<_> = themes.chain(&picture.alone).collect();
        assert_eq!(shown, all);
        let mut place = 0;
        for leaf in &leaves {
            assert_eq!(leaf.from, place);
            place += leaf.patches();
            assert!((1..=PATCHES_MAX).contains(&leaf.patches()));
        }
    }

    #[test]
    fn long_answers_make_shorter_pages() {
        let mut picture = picture(300);
        let long: std::sync::Arc<str> = "\"".repeat(1_000).into();
        for theme in &mut picture.themes {
            for patch in &mut theme.patches {
                patch.words = long.clone();
            }
        }
        for leaf in leaves(&picture) {
            let patches = leaf.pieces.iter().flat_map(|piece| piece.patches);
            let bytes: usize = patches.map(patch_bytes).sum();
            assert!(bytes <= BYTES_MAX, "{bytes}");
        }
    }
}
