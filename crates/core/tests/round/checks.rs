//! What must hold in every round.

use std::collections::BTreeSet;

use sitwith_core::id::ShareId;
use sitwith_core::round::release::{PICTURE_INTERVAL_MIN, batch_size};
use sitwith_core::round::{
    Picture, READ_WAIT, Round, RoundInput, RoundOutput, RoundStep, StoredRound, ThemeLabel,
};

use super::world::World;

/// How many have to say a similar thing before it is shown as a theme.
const THEME_LEAST: usize = 3;

/// The ids of a picture in the order in which they stand, without what has a history: the
/// numbers and dyes of themes.
pub(super) fn order(picture: &Picture) -> (Vec<Vec<ShareId>>, Vec<ShareId>) {
    let themes = picture.themes.iter();
    let ids = |patches: &[sitwith_core::round::Patch]| patches.iter().map(|p| p.id).collect();
    (themes.map(|theme| ids(&theme.patches)).collect(), ids(&picture.alone))
}

impl World {
    pub(super) fn is_in_picture(&self, id: ShareId) -> bool {
        let (themes, alone) = order(self.round.picture());
        alone.contains(&id) || themes.concat().contains(&id)
    }

    /// Every batch hides whoever is in it, and keeps as many back.
    pub(super) fn check_effects(&mut self, effects: &[RoundOutput]) {
        for effect in effects {
            match effect {
                RoundOutput::SharesReleased { shares, .. } => self.check_batch(shares),
                RoundOutput::SharesSewn(sewn) if self.step == RoundStep::Posed => {
                    self.count_moves(sewn);
                }
                _ => {}
            }
        }
    }

    fn check_batch(&self, shares: &[ShareId]) {
        let unsigned = |id: &&ShareId| self.rows[id].signed_by.is_none();
        let shown = shares.iter().filter(unsigned).count();
        for id in shares {
            assert_eq!(self.rows[id].shown_in, None, "it was shown before");
        }
        let held = self.rows.values().filter(|row| row.shown_in.is_none());
        let back = held.filter(|row| row.signed_by.is_none()).count() - shown;
        if self.round.step() == RoundStep::Posed {
            assert!(!self.facts.reads_first);
            let least = batch_size(self.round.people_count());
            assert!(shown >= least && back >= least, "{shown} shown, {back} stay");
        } else {
            assert_eq!(back, 0, "everything is shown at last");
            let before = self.rows.values().filter(|row| row.shown_in.is_some());
            let all_together = before.count() + shares.len() < THEME_LEAST;
            let hides = shown == 0 || shown >= THEME_LEAST || all_together;
            let is_first = !self.rows.values().any(|row| row.shown_in.is_some());
            assert!(hides || is_first || self.is_lessened, "{shown} in the last");
        }
    }

    /// How much of what was shown moved to another group.
    fn count_moves(&mut self, sewn: &[(ShareId, Option<u32>)]) {
        let shown = self.rows.values().filter(|row| row.shown_in.is_some()).count();
        let moved = sewn.iter().filter(|(id, theme)| {
            let row = &self.rows[id];
            row.shown_in.is_some() && row.theme.is_some() && row.theme != *theme
        });
        let (moved, shown) = (moved.count(), shown.max(1));
        let part = |count: usize| f64::from(u32::try_from(count).unwrap());
        self.tally.moved += part(moved) / part(shown);
    }

    /// The picture changes by itself in its own time only.
    pub(super) fn check_time(&mut self, input: &RoundInput) {
        if matches!(input, RoundInput::ShareWithdrawn(_) | RoundInput::EditTheme(_))
            || self.step == RoundStep::Opened
        {
            return;
        }
        let before = self.pictured_at.replace(self.now);
        let is_soon = before.is_some_and(|before| before + PICTURE_INTERVAL_MIN > self.now);
        assert!(!is_soon || self.round.step() != RoundStep::Posed, "again after {before:?}");
    }

    /// Nothing is shown twice, before its time, changed, or in a theme of fewer than three.
    pub(super) fn check_picture(&mut self) {
        let picture = self.round.picture();
        let (themes, alone) = order(picture);
        let shown = [themes.concat(), alone].concat();
        let once: BTreeSet<_> = shown.iter().copied().collect();
        assert_eq!(once.len(), shown.len(), "something is shown twice");
        let is_read_first = self.facts.reads_first && self.step == RoundStep::Closed;
        let due = self.rows.values().filter(|row| {
            let is_due = row.shown_in.is_some() || self.round.is_gathered();
            is_due && !row.is_set_aside
        });
        let due: BTreeSet<_> = due.map(|row| row.id).collect();
        assert_eq!(once, due, "read first: {is_read_first}");
        for theme in &picture.themes {
            assert!(theme.patches.len() >= THEME_LEAST);
            if let ThemeLabel::Quote(id) = theme.label {
                let quoted = theme.patches.iter().find(|patch| patch.id == id);
                assert!(quoted.is_some_and(|quoted| quoted.may_show_beyond));
            }
        }
        let patches = picture.themes.iter().flat_map(|theme| &theme.patches);
        for patch in patches.chain(&picture.alone) {
            let row = &self.rows[&patch.id];
            assert_eq!(patch.words.as_bytes(), row.words.as_str().as_bytes());
            assert_eq!(
                (&patch.signed_by, patch.may_read_aloud, patch.may_show_beyond),
                (&row.signed_by, row.may_read_aloud, row.may_show_beyond)
            );
        }
        for (place, theme) in picture.themes.iter().enumerate() {
            for near in picture.themes.iter().skip(place + 1).take(3) {
                assert_ne!(theme.dye, near.dye, "neighbours");
            }
        }
        self.tally.themes += u64::try_from(picture.themes.len()).unwrap();
    }

    /// Whoever came first is nowhere in what is opened: the same answers, given in the order of
    /// other chance, make the same quilt.
    pub(super) fn check_opened(&mut self) {
        self.tally.opened += 1;
        if self.is_edited {
            return;
        }
        let mut shares: Vec<_> = self.rows.values().cloned().collect();
        for place in (1..shares.len()).rev() {
            let other = self.dice.below(place + 1);
            shares.swap(place, other);
        }
        let mut other = Round::new(self.facts.clone(), StoredRound::default(), self.now);
        for share in shares {
            other.handle(RoundInput::ShareAdded(share), self.now);
        }
        other.handle(RoundInput::Close, self.now);
        other.handle(RoundInput::Open, self.now + READ_WAIT);
        assert_eq!(order(other.picture()), order(self.round.picture()));
    }

    /// Nobody's words are lost, and all that was not set aside is shown.
    pub(super) fn check_end(&mut self) {
        assert_eq!(self.round.step(), RoundStep::Opened);
        let held: BTreeSet<_> = self.round.shares().map(|share| share.id).collect();
        let kept: BTreeSet<_> = self.rows.keys().copied().collect();
        assert_eq!(held, kept);
        for share in self.round.shares() {
            assert_eq!(*share, self.rows[&share.id]);
            assert!(share.shown_in.is_some());
        }
        self.check_picture();
        let times = self.rows.keys().map(|id| id.number() >> 80);
        assert_eq!(times.max().unwrap_or(0), 0, "ids hold no time");
    }
}
