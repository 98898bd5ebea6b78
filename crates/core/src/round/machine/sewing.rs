//! Closing, clustering, opening, and the guide's edits.

use std::collections::BTreeMap;

use super::super::edit::{ThemeEdit, ThemeEditNo};
use super::super::share::{RoundStep, Share, ShareEmbedding};
use super::{READ_WAIT, READ_WAIT_MAX, Round, RoundOutput};
use crate::id::ShareId;
use crate::themes::THEME_MIN;
use crate::time::Instant;

impl Round {
    /// Checks that the guide may make this edit now.
    pub fn may_edit(&self, edit: &ThemeEdit) -> Result<(), ThemeEditNo> {
        let theme = |number: &u32| {
            let mut themes = self.picture.themes.iter();
            match themes.any(|theme| theme.number == *number) {
                true => Ok(()),
                false => Err(ThemeEditNo::ThemeMissing),
            }
        };
        let shown = |id: &ShareId| match self.shares.get(id) {
            Some(share) if self.is_visible(share) => Ok(()),
            _ => Err(ThemeEditNo::ShareMissing),
        };
        let is_early = !self.is_gathered;
        match edit {
            ThemeEdit::Merge { .. } | ThemeEdit::Split { .. } | ThemeEdit::Regather if is_early => {
                Err(ThemeEditNo::NotGathered)
            }
            ThemeEdit::Rename { theme: number, .. } => theme(number),
            ThemeEdit::Merge { from, into } => theme(from).and_then(|()| theme(into)),
            ThemeEdit::Split { shares } => shares.iter().try_for_each(shown),
            ThemeEdit::SetAside { share } => shown(share),
            ThemeEdit::PutBack { share } => match self.shares.get(share) {
                Some(share) if share.is_set_aside => Ok(()),
                _ => Err(ThemeEditNo::ShareMissing),
            },
            ThemeEdit::Regather => Ok(()),
        }
    }

    pub(super) fn apply_edit(&mut self, edit: ThemeEdit, out: &mut Vec<RoundOutput>) {
        if self.may_edit(&edit).is_err() {
            return;
        }
        match edit {
            ThemeEdit::Rename { theme, name } => {
                if let Some(kept) = self.themes.get_mut(&theme) {
                    kept.name = name;
                }
            }
            ThemeEdit::Merge { from, into } => self.merge_themes(from, into),
            ThemeEdit::Split { shares } => self.split_shares(&shares),
            ThemeEdit::SetAside { share } => self.set_aside(share, true, out),
            ThemeEdit::PutBack { share } => self.set_aside(share, false, out),
            ThemeEdit::Regather => self.regroup_shares(),
        }
        self.report_sewn(out);
        self.rebuild_picture();
        self.report_themes(out);
    }

    fn merge_themes(&mut self, from: u32, into: u32) {
        for share in self.shares.values_mut() {
            if share.theme == Some(from) {
                share.theme = Some(into);
            }
        }
        self.restore_cloth();
    }

    fn split_shares(&mut self, shares: &[ShareId]) {
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
        self.restore_cloth();
    }

    fn set_aside(&mut self, id: ShareId, aside: bool, out: &mut Vec<RoundOutput>) {
        if let Some(share) = self.shares.get_mut(&id) {
            share.is_set_aside = aside;
            out.push(RoundOutput::ShareSetAside(id, aside));
        }
        self.restore_cloth();
    }

    pub(super) fn close_sharing(&mut self, now: Instant, out: &mut Vec<RoundOutput>) {
        if self.step == RoundStep::Posed {
            self.step = RoundStep::Closed;
            self.closed_at = Some(now);
            out.push(RoundOutput::StepChanged(RoundStep::Closed));
        }
    }

    pub(super) fn open_shares(&mut self, now: Instant, out: &mut Vec<RoundOutput>) {
        self.close_sharing(now, out);
        if self.step != RoundStep::Closed {
            return;
        }
        if !self.is_gathered {
            self.gather_all(out);
        }
        self.release_all(out);
        self.report_sewn(out);
        self.report_themes(out);
        self.step = RoundStep::Opened;
        out.push(RoundOutput::StepChanged(RoundStep::Opened));
    }

    /// Instant at which the shares are clustered: once the round has closed and all are embedded or
    /// waited for long enough.
    pub(super) fn gather_due(&self) -> Option<Instant> {
        let is_waiting = self.step == RoundStep::Closed && !self.is_gathered;
        let closed_at = self.closed_at.filter(|_| is_waiting)?;
        if self.unread == 0 {
            return Some(closed_at);
        }
        let waited_for = closed_at.max(self.read_at) + READ_WAIT;
        Some(waited_for.min(closed_at + READ_WAIT_MAX))
    }

    pub(super) fn gather_if_due(&mut self, now: Instant, out: &mut Vec<RoundOutput>) {
        if self.gather_due().is_some_and(|at| at <= now) {
            if self.facts.reads_first {
                self.gather_all(out);
            } else {
                self.open_shares(now, out);
            }
        }
    }

    fn gather_all(&mut self, out: &mut Vec<RoundOutput>) {
        self.is_gathered = true;
        self.regroup_shares();
        self.report_sewn(out);
        self.rebuild_picture();
        self.report_themes(out);
    }

    pub(super) fn regroup_shares(&mut self) {
        self.fill_cloth();
        self.cloth.recluster();
        for share in self.shares.values_mut().filter(|share| !share.is_set_aside) {
            share.theme = None;
        }
        self.record_groups();
    }

    /// Adds a batch to the clusters; shown shares hardly move.
    pub(super) fn sew_batch(&mut self, batch: u32) {
        for share in self.shares.values() {
            if let ShareEmbedding::Vector(vector) = &share.embedding
                && share.shown_in == Some(batch)
            {
                self.cloth.add(share.id, vector);
            }
        }
        self.record_groups();
    }

    /// Rebuilds the clusters of all visible shares from their assigned themes, so that the same
    /// rows always make the same picture, whatever came and went before.
    pub(super) fn restore_cloth(&mut self) {
        self.fill_cloth();
        let held = self.shares.values().filter(|share| self.cloth.has_share(share.id));
        let of: Vec<_> = held.map(|share| (share.id, share.theme)).collect();
        self.cloth.restore(&of, &self.order);
    }

    fn fill_cloth(&mut self) {
        for share in self.shares.values() {
            match &share.embedding {
                ShareEmbedding::Vector(vector) if self.is_visible(share) => {
                    if !self.cloth.has_share(share.id) {
                        self.cloth.add(share.id, vector);
                    }
                }
                _ => self.cloth.remove(share.id),
            }
        }
    }

    fn record_groups(&mut self) {
        let mut of = BTreeMap::new();
        for group in self.cloth.groups() {
            for id in group.shares {
                of.insert(id, group.number);
            }
        }
        for share in self.shares.values_mut().filter(|share| !share.is_set_aside) {
            if self.cloth.has_share(share.id) {
                share.theme = of.get(&share.id).copied();
            }
        }
    }

    /// Reports the shares whose group has changed since the last report.
    pub(super) fn report_sewn(&mut self, out: &mut Vec<RoundOutput>) {
        let now: BTreeMap<ShareId, Option<u32>> =
            self.shares.values().map(|share: &Share| (share.id, share.theme)).collect();
        let sewn: Vec<_> = now
            .iter()
            .filter(|(id, theme)| self.kept_sewn.get(id).copied().flatten() != **theme)
            .map(|(id, theme)| (*id, *theme))
            .collect();
        self.kept_sewn = now;
        if !sewn.is_empty() {
            out.push(RoundOutput::SharesSewn(sewn));
        }
    }
}
