//! Closing, clustering, opening, and the guide's edits.

use std::collections::BTreeMap;

use super::super::edit::{Edit, EditNo};
use super::super::share::{Read, Share, Step};
use super::{Effect, READ_WAIT, READ_WAIT_MOST, Round};
use crate::id::ShareId;
use crate::themes::THEME_MIN;
use crate::time::Instant;

impl Round {
    /// Checks that the guide may make this edit now.
    pub fn may_edit(&self, edit: &Edit) -> Result<(), EditNo> {
        let theme = |number: &u32| {
            let mut themes = self.picture.themes.iter();
            match themes.any(|theme| theme.number == *number) {
                true => Ok(()),
                false => Err(EditNo::NoTheme),
            }
        };
        let shown = |id: &ShareId| match self.shares.get(id) {
            Some(share) if self.is_visible(share) => Ok(()),
            _ => Err(EditNo::NoShare),
        };
        let is_early = !self.is_gathered;
        match edit {
            Edit::Merge { .. } | Edit::Split { .. } | Edit::Gather if is_early => {
                Err(EditNo::TooEarly)
            }
            Edit::Rename { theme: number, .. } => theme(number),
            Edit::Merge { from, into } => theme(from).and_then(|()| theme(into)),
            Edit::Split { shares } => shares.iter().try_for_each(shown),
            Edit::Aside { share } => shown(share),
            Edit::Back { share } => match self.shares.get(share) {
                Some(share) if share.aside => Ok(()),
                _ => Err(EditNo::NoShare),
            },
            Edit::Gather => Ok(()),
        }
    }

    pub(super) fn edit(&mut self, edit: Edit, out: &mut Vec<Effect>) {
        if self.may_edit(&edit).is_err() {
            return;
        }
        match edit {
            Edit::Rename { theme, name } => {
                if let Some(kept) = self.themes.get_mut(&theme) {
                    kept.name = name;
                }
            }
            Edit::Merge { from, into } => self.merge(from, into),
            Edit::Split { shares } => self.split(&shares),
            Edit::Aside { share } => self.set_aside(share, true, out),
            Edit::Back { share } => self.set_aside(share, false, out),
            Edit::Gather => self.gather(),
        }
        self.keep_sewn(out);
        self.show();
        self.keep_themes(out);
    }

    fn merge(&mut self, from: u32, into: u32) {
        for share in self.shares.values_mut() {
            if share.theme == Some(from) {
                share.theme = Some(into);
            }
        }
        self.sew_as_kept();
    }

    fn split(&mut self, shares: &[ShareId]) {
        let taken = self.shares.values().filter_map(|share| share.theme);
        let new = taken.max().map_or(0, |most| most.saturating_add(1));
        let mut distinct = shares.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let theme = (distinct.len() >= THEME_MIN).then_some(new);
        for id in &distinct {
            if let Some(share) = self.shares.get_mut(id) {
                share.theme = theme;
            }
        }
        self.sew_as_kept();
    }

    fn set_aside(&mut self, id: ShareId, aside: bool, out: &mut Vec<Effect>) {
        if let Some(share) = self.shares.get_mut(&id) {
            share.aside = aside;
            out.push(Effect::Aside(id, aside));
        }
        self.sew_as_kept();
    }

    pub(super) fn close(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.step == Step::Posed {
            self.step = Step::Closed;
            self.closed_at = Some(now);
            out.push(Effect::Stepped(Step::Closed));
        }
    }

    pub(super) fn open(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.close(now, out);
        if self.step != Step::Closed {
            return;
        }
        if !self.is_gathered {
            self.gather_all(out);
        }
        self.release_all(out);
        self.keep_sewn(out);
        self.keep_themes(out);
        self.step = Step::Opened;
        out.push(Effect::Stepped(Step::Opened));
    }

    /// Instant at which the shares are clustered: once the round has closed and all are embedded or
    /// waited for long enough.
    pub(super) fn gathers_at(&self) -> Option<Instant> {
        let is_waiting = self.step == Step::Closed && !self.is_gathered;
        let closed_at = self.closed_at.filter(|_| is_waiting)?;
        if self.unread == 0 {
            return Some(closed_at);
        }
        let waited_for = closed_at.max(self.read_at) + READ_WAIT;
        Some(waited_for.min(closed_at + READ_WAIT_MOST))
    }

    pub(super) fn gather_if_due(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.gathers_at().is_some_and(|at| at <= now) {
            if self.facts.reads_first {
                self.gather_all(out);
            } else {
                self.open(now, out);
            }
        }
    }

    fn gather_all(&mut self, out: &mut Vec<Effect>) {
        self.is_gathered = true;
        self.gather();
        self.keep_sewn(out);
        self.show();
        self.keep_themes(out);
    }

    pub(super) fn gather(&mut self) {
        self.fill_cloth();
        self.cloth.gather();
        for share in self.shares.values_mut().filter(|share| !share.aside) {
            share.theme = None;
        }
        self.note_groups();
    }

    /// Adds a batch to the clusters; shown shares hardly move.
    pub(super) fn sew_in(&mut self, batch: u32) {
        for share in self.shares.values() {
            if let Read::Vector(vector) = &share.read
                && share.shown_in == Some(batch)
            {
                self.cloth.add(share.id, vector);
            }
        }
        self.note_groups();
    }

    /// Rebuilds the clusters of all visible shares from their assigned themes, so that the same
    /// rows always make the same picture, whatever came and went before.
    pub(super) fn sew_as_kept(&mut self) {
        self.fill_cloth();
        let held = self.shares.values().filter(|share| self.cloth.holds(share.id));
        let of: Vec<_> = held.map(|share| (share.id, share.theme)).collect();
        self.cloth.set(&of, &self.order);
    }

    fn fill_cloth(&mut self) {
        for share in self.shares.values() {
            match &share.read {
                Read::Vector(vector) if self.is_visible(share) => {
                    if !self.cloth.holds(share.id) {
                        self.cloth.add(share.id, vector);
                    }
                }
                _ => self.cloth.remove(share.id),
            }
        }
    }

    fn note_groups(&mut self) {
        let mut of = BTreeMap::new();
        for group in self.cloth.groups() {
            for id in group.shares {
                of.insert(id, group.number);
            }
        }
        for share in self.shares.values_mut().filter(|share| !share.aside) {
            if self.cloth.holds(share.id) {
                share.theme = of.get(&share.id).copied();
            }
        }
    }

    /// Reports the shares whose group has changed since the last report.
    pub(super) fn keep_sewn(&mut self, out: &mut Vec<Effect>) {
        let now: BTreeMap<ShareId, Option<u32>> =
            self.shares.values().map(|share: &Share| (share.id, share.theme)).collect();
        let sewn: Vec<_> = now
            .iter()
            .filter(|(id, theme)| self.kept_sewn.get(id).copied().flatten() != **theme)
            .map(|(id, theme)| (*id, *theme))
            .collect();
        self.kept_sewn = now;
        if !sewn.is_empty() {
            out.push(Effect::Sewn(sewn));
        }
    }
}
