//! Release of shares in batches, so that no arrival can be singled out.
//!
//! While a round is posed, shares wait. When enough unsigned ones wait, all but a batch of them are
//! drawn at random and shown together; the rest is held back with the next arrivals. So an observer
//! of the picture and the door learns only that a share is by one of several people.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::share::{DrawSeed, Share};
use crate::id::ShareId;
use crate::time::Span;

/// Minimum number of unsigned shares in a batch, and of those held back.
pub const BATCH_MIN: usize = 3;
/// Maximum size of a batch of unsigned shares: larger ones would make a large round wait long and
/// hide nobody better.
pub const BATCH_MAX: usize = 25;
/// A batch has at least one share per this many people.
pub const PEOPLE_PER_BATCHED_SHARE: usize = 4;
/// While a round is posed, the number of shares is rounded down to a multiple of this.
pub const SHARE_COUNT_STEP: u32 = 3;
/// Minimum time between two versions of the picture.
pub const PICTURE_INTERVAL_MIN: Span = Span::from_secs(2);
/// In a large round, minimum time between two versions in milliseconds per person: all browsers
/// together then request at most 500 pictures a second.
pub const PICTURE_MS_PER_PERSON: i64 = 2;

/// Size of a batch of unsigned shares for this number of people.
pub fn batch_size(people: usize) -> usize {
    people.div_ceil(PEOPLE_PER_BATCHED_SHARE).clamp(BATCH_MIN, BATCH_MAX)
}

/// Minimum time between two versions of the picture for this number of people.
pub fn picture_interval(people: usize) -> Span {
    let people = i64::try_from(people).unwrap_or(i64::MAX);
    PICTURE_INTERVAL_MIN.max(Span::from_ms(people.saturating_mul(PICTURE_MS_PER_PERSON)))
}

/// The shares that wait to be shown and are embedded, or cannot be.
#[derive(Debug, Default)]
pub(super) struct WaitingShares {
    unsigned: BTreeSet<ShareId>,
    signed: BTreeSet<ShareId>,
}

impl WaitingShares {
    pub(super) fn add(&mut self, share: &Share) {
        if share.signed_by.is_some() {
            self.signed.insert(share.id);
        } else {
            self.unsigned.insert(share.id);
        }
    }

    pub(super) fn remove(&mut self, id: ShareId) {
        self.unsigned.remove(&id);
        self.signed.remove(&id);
    }

    /// Number of unsigned shares that may be shown now: whole batches, less one that is held back.
    fn due_count(&self, people: usize) -> usize {
        let batch = batch_size(people);
        (self.unsigned.len() / batch).saturating_sub(1) * batch
    }

    pub(super) fn is_due(&self, people: usize) -> bool {
        self.due_count(people) > 0
    }

    /// Removes and returns the shares to show now, by id: unsigned ones drawn at random, and all
    /// signed ones.
    pub(super) fn draw_batch(&mut self, people: usize, batch: u32, lots: DrawSeed) -> Vec<ShareId> {
        let due = self.due_count(people);
        let mut drawn: Vec<_> =
            self.unsigned.iter().map(|id| (draw_lot(lots, batch, *id), *id)).collect();
        drawn.sort_unstable();
        drawn.truncate(due);
        let mut shown: Vec<_> = drawn.into_iter().map(|(_, id)| id).collect();
        for id in &shown {
            self.unsigned.remove(id);
        }
        shown.extend(std::mem::take(&mut self.signed));
        shown.sort_unstable();
        shown
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The pseudo-random rank of a share in one drawing. Without the secret seed it reveals nothing
/// about the order of arrival; each batch is drawn independently, so that nobody loses twice by one
/// rank.
fn draw_lot(DrawSeed(chance): DrawSeed, batch: u32, id: ShareId) -> u64 {
    let mut hasher = DefaultHasher::new();
    (chance, batch, id.number()).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::ShareText;
    use crate::time::Instant;

    fn waiting(unsigned: u8, signed: u8) -> WaitingShares {
        let mut waiting = WaitingShares::default();
        for n in 0..unsigned + signed {
            let id = ShareId::new(Instant::from_ms(0), [n; 10]);
            let mut share = Share::new(id, ShareText::new("words").unwrap());
            share.signed_by = (n >= unsigned).then(|| "Ana".into());
            waiting.add(&share);
        }
        waiting
    }

    #[test]
    fn a_batch_grows_with_the_people() {
        let sizes = [0, 2, 12, 13, 40, 100, 5_000].map(batch_size);
        assert_eq!(sizes, [3, 3, 3, 4, 10, 25, 25]);
    }

    #[test]
    fn a_batch_is_never_smaller_and_as_many_stay_back() {
        for unsigned in 0..200 {
            for people in [2, 12, 40, 400] {
                let mut waiting = waiting(unsigned, 2);
                let is_due = waiting.is_due(people);
                assert_eq!(is_due, usize::from(unsigned) >= 2 * batch_size(people));
                if is_due {
                    let shown = waiting.draw_batch(people, 1, DrawSeed([7; 16]));
                    assert!(shown.len() >= batch_size(people) + 2);
                    assert!(waiting.unsigned.len() >= batch_size(people));
                    assert!(waiting.unsigned.len() < 2 * batch_size(people));
                    assert_eq!(shown.len() + waiting.unsigned.len(), usize::from(unsigned) + 2);
                    assert!(shown.is_sorted());
                }
            }
        }
    }

    #[test]
    fn lots_follow_the_chance_and_the_batch_and_not_the_ids() {
        let draw = |batch, chance| waiting(8, 0).draw_batch(4, batch, DrawSeed([chance; 16]));
        assert_eq!(draw(1, 1), draw(1, 1));
        let others = (0..20).map(|n| draw(1, n)).collect::<BTreeSet<_>>();
        assert!(others.len() > 5, "{}", others.len());
        let later = (0..20).map(|n| draw(n, 1)).collect::<BTreeSet<_>>();
        assert!(later.len() > 5, "{}", later.len());
    }

    #[test]
    fn a_picture_stands_longer_in_a_large_round() {
        assert_eq!(picture_interval(10), Span::from_secs(2));
        assert_eq!(picture_interval(1_000), Span::from_secs(2));
        assert_eq!(picture_interval(5_000), Span::from_secs(10));
    }
}
