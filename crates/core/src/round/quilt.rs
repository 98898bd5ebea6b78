//! Layout of a picture as a quilt: the column span of each patch.
//!
//! A theme is a block of six columns: its title spans all, a short share takes two, a middling one
//! three or four, a long one all six, and the last in a row grows to fill it. On a wide screen the
//! quilt has twelve columns, and a big theme (seven of them) is paired with a small one (five).
//! Space left over is filled with pattern patches, never text.
//!
//! Nothing is moved for the layout: shares and themes stay in reading order.

/// Number of columns of a block.
pub const BLOCK_COLUMNS: u8 = 6;
/// Number of columns of the quilt on a wide screen.
pub const QUILT_COLUMNS: u8 = 12;
/// Columns spanned by the big and the small block of a pair on a wide screen.
pub const PAIR_COLUMNS: [u8; 2] = [7, 5];
/// Maximum length of a short share, in characters; three of them fit in a row.
pub const SHORT_CHARS_MAX: usize = 40;
/// Maximum length of a middling share, in characters; two of them fit in a row.
pub const MIDDLING_CHARS_MAX: usize = 80;
/// Maximum length of a rather long share, in characters; a short one fits beside it. Longer ones
/// have a row of their own.
pub const RATHER_LONG_CHARS_MAX: usize = 120;
/// Maximum difference in rows between the blocks of a pair: else there would be more pattern than
/// words.
pub const PATTERN_ROWS_MAX: usize = 3;

/// The pattern of a patch without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Waves.
    Waves,
    /// Stars.
    Stars,
    /// Plus signs.
    Plus,
}

impl Pattern {
    const ALL: [Self; 3] = [Self::Waves, Self::Stars, Self::Plus];
}

/// The layout of one theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuiltBlock {
    /// Number of [`QUILT_COLUMNS`] columns it spans on a wide screen: 7, 5 or all 12.
    pub wide_columns: u8,
    /// Number of [`BLOCK_COLUMNS`] columns each patch spans, in order: 2 to 6.
    pub spans: Vec<u8>,
    /// Pattern patches after the shares, on a wide screen only, each with its span.
    pub patterns: Vec<(Pattern, u8)>,
}

/// Lays out blocks, each given by the lengths of its shares in characters. The shares that stand
/// alone can be the last block.
pub fn lay_out_blocks(blocks: &[Vec<usize>]) -> Vec<QuiltBlock> {
    let mut laid: Vec<QuiltBlock> = blocks
        .iter()
        .map(|lengths| QuiltBlock {
            wide_columns: QUILT_COLUMNS,
            spans: lay_out_spans(lengths),
            patterns: Vec::new(),
        })
        .collect();
    let (mut place, mut pairs) = (0, 0);
    while let Some([one, two]) = laid.get_mut(place..place + 2) {
        let is_pair = pair_blocks(one, two, pairs);
        pairs += usize::from(is_pair);
        place += 1 + usize::from(is_pair);
    }
    laid
}

/// Returns the span, in columns of six, of each share with these lengths in characters, row by row.
pub fn lay_out_spans(lengths: &[usize]) -> Vec<u8> {
    let mut rows: Vec<Vec<u8>> = Vec::new();
    for length in lengths {
        let width = span_of_length(*length);
        match rows.last_mut() {
            Some(row) if row.iter().sum::<u8>() + width <= BLOCK_COLUMNS => row.push(width),
            _ => rows.push(vec![width]),
        }
    }
    // A short share alone in the last row, below a full one, looks lost.
    if let [.., before, last] = rows.as_mut_slice()
        && last.iter().sum::<u8>() < BLOCK_COLUMNS / 2
        && before.len() > 2
    {
        last.splice(0..0, before.pop());
    }
    for row in &mut rows {
        let taken: u8 = row.iter().sum();
        if let Some(last) = row.last_mut() {
            *last += BLOCK_COLUMNS - taken;
        }
    }
    rows.concat()
}

const fn span_of_length(length: usize) -> u8 {
    if length <= SHORT_CHARS_MAX {
        2
    } else if length <= MIDDLING_CHARS_MAX {
        3
    } else if length <= RATHER_LONG_CHARS_MAX {
        4
    } else {
        BLOCK_COLUMNS
    }
}

/// Puts two blocks side by side if their heights are similar enough. Returns true if it did.
fn pair_blocks(one: &mut QuiltBlock, two: &mut QuiltBlock, pairs: usize) -> bool {
    let heights = [count_rows(one), count_rows(two)];
    let missing = heights[0].abs_diff(heights[1]);
    if missing > PATTERN_ROWS_MAX {
        return false;
    }
    // If both have the same height, the big one alternates between left and right.
    let one_is_big = heights[0] > heights[1] || (missing == 0 && pairs.is_multiple_of(2));
    let (big, small) = if one_is_big { (one, two) } else { (two, one) };
    [big.wide_columns, small.wide_columns] = PAIR_COLUMNS;
    let lower = if count_rows(big) < count_rows(small) { big } else { small };
    lower.patterns = fill_pattern(missing, pairs);
    true
}

fn count_rows(block: &QuiltBlock) -> usize {
    let columns: usize = block.spans.iter().map(|span| usize::from(*span)).sum();
    columns / usize::from(BLOCK_COLUMNS)
}

/// Returns this many rows of pattern patches, two a row, wide and narrow ones in turn.
fn fill_pattern(rows: usize, pairs: usize) -> Vec<(Pattern, u8)> {
    let kinds = Pattern::ALL.into_iter().cycle().skip(pairs % 3);
    let spans = [4, 2, 2, 4, 3, 3].into_iter().cycle().skip(pairs % 3 * 2);
    kinds.zip(spans).take(rows * 2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_answers_share_a_row_and_long_ones_have_their_own() {
        assert!(lay_out_spans(&[]).is_empty());
        assert_eq!(lay_out_spans(&[10]), [6]);
        assert_eq!(lay_out_spans(&[10, 10]), [2, 4]);
        assert_eq!(lay_out_spans(&[10, 10, 10]), [2, 2, 2]);
        assert_eq!(lay_out_spans(&[60, 60]), [3, 3]);
        assert_eq!(lay_out_spans(&[100, 10]), [4, 2]);
        assert_eq!(lay_out_spans(&[10, 500, 10, 60]), [6, 6, 2, 4]);
    }

    #[test]
    fn no_short_answer_is_left_alone_below_a_full_row() {
        assert_eq!(lay_out_spans(&[10, 10, 10, 10]), [2, 4, 2, 4]);
        assert_eq!(lay_out_spans(&[60, 60, 10]), [3, 3, 6], "two cannot spare one");
    }

    #[test]
    fn a_big_theme_is_paired_with_a_small_one() {
        let wide = |blocks: &[Vec<usize>]| -> Vec<u8> {
            lay_out_blocks(blocks).iter().map(|block| block.wide_columns).collect()
        };
        let (small, big, huge) = (vec![10; 3], vec![200; 3], vec![200; 9]);
        assert!(wide(&[]).is_empty());
        assert_eq!(wide(std::slice::from_ref(&small)), [12]);
        assert_eq!(wide(&[big.clone(), small.clone()]), [7, 5]);
        assert_eq!(wide(&[small.clone(), big.clone()]), [5, 7]);
        assert_eq!(wide(&[huge, big, small.clone()]), [12, 7, 5]);
        let alike = vec![small; 5];
        assert_eq!(wide(&alike), [7, 5, 5, 7, 12]);
    }

    #[test]
    fn what_is_left_over_beside_a_big_theme_becomes_pattern() {
        let blocks = lay_out_blocks(&[vec![200; 3], vec![10; 3]]);
        assert!(blocks[0].patterns.is_empty());
        let columns: u8 = blocks[1].patterns.iter().map(|(_, span)| span).sum();
        assert_eq!(columns, 2 * BLOCK_COLUMNS);
    }

    /// Spans fill rows one after the other, none over the edge.
    fn fills(spans: impl Iterator<Item = u8>) -> bool {
        let mut taken = 0;
        for span in spans {
            taken += span;
            if span < 2 || taken > BLOCK_COLUMNS {
                return false;
            }
            taken %= BLOCK_COLUMNS;
        }
        taken == 0
    }

    proptest! {
        #[test]
        fn rows_always_fill_exactly(
            blocks in prop::collection::vec(prop::collection::vec(0_usize..1_001, 0..40), 0..61),
        ) {
            let laid = lay_out_blocks(&blocks);
            prop_assert_eq!(laid.len(), blocks.len());
            let mut taken = 0;
            let mut row: Vec<usize> = Vec::new();
            for (block, lengths) in laid.iter().zip(&blocks) {
                prop_assert_eq!(block.spans.len(), lengths.len());
                prop_assert!(fills(block.spans.iter().copied()));
                prop_assert!(fills(block.patterns.iter().map(|(_, span)| *span)));
                for (span, length) in block.spans.iter().zip(lengths) {
                    prop_assert!(*span >= span_of_length(*length), "an answer never shrinks");
                }
                taken += block.wide_columns;
                let pattern: u8 = block.patterns.iter().map(|(_, span)| span).sum();
                row.push(count_rows(block) + usize::from(pattern / BLOCK_COLUMNS));
                if taken == QUILT_COLUMNS {
                    prop_assert!(row.iter().all(|height| *height == row[0]), "{:?}", row);
                    taken = 0;
                    row.clear();
                }
                prop_assert!(taken < QUILT_COLUMNS);
            }
            prop_assert_eq!(taken, 0);
        }
    }
}
