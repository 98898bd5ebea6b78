//! How much of a quilt stands on one page: whatever people write, no page grows past what a poor
//! line can carry.

use sitwith_core::round::{Patch, Picture, Theme};

/// Answers on one page at most.
pub(super) const PATCHES_MAX: usize = 120;
/// Bytes of one page's answers at most: with the shell around them it stays under 100 KB.
const BYTES_MAX: usize = 64_000;
/// What an answer takes beside its words, and a theme beside its answers.
const PATCH_BYTES: usize = 230;
const THEME_BYTES: usize = 900;
/// A page this full is ended before a theme that would not fit whole.
const FULL_ENOUGH: usize = PATCHES_MAX / 2;

/// A theme (or the answers that stand alone) as far as it stands on this page.
#[derive(Debug, PartialEq)]
pub(super) struct Piece<'a> {
    /// Which theme; `None` for the answers that stand alone.
    pub theme: Option<&'a Theme>,
    /// Its answers on this page.
    pub patches: &'a [Patch],
    /// Whether earlier answers of it stand on the page before.
    pub goes_on: bool,
}

/// One page of a quilt.
#[derive(Debug, PartialEq)]
pub(super) struct Leaf<'a> {
    /// The place of its first answer among all.
    pub from: usize,
    /// Themes and loners in the order of the quilt.
    pub pieces: Vec<Piece<'a>>,
}

impl Leaf<'_> {
    fn patches(&self) -> usize {
        self.pieces.iter().map(|piece| piece.patches.len()).sum()
    }
}

/// All pages of a picture; at least one.
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
            // The first answer of a page always stands there: nothing is too long to be read.
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

/// How many of these fit, by number and by bytes.
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

/// How many bytes a text has on a page.
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
