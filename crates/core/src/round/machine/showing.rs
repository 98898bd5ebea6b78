//! Builds the picture of a round: the same shares and themes always give the same picture.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::label::choose_label;
use super::super::picture::{Patch, Picture, Theme};
use super::super::share::{Share, ShareEmbedding, StoredTheme};
use super::{Round, RoundOutput, dyes};
use crate::id::ShareId;
use crate::themes::THEME_MIN;

impl Round {
    /// Rebuilds the picture. Its version grows only if something has changed.
    pub(super) fn rebuild_picture(&mut self) {
        let groups = self.theme_groups();
        let order: Vec<u32> = groups.iter().map(|(number, _)| *number).collect();
        let mut given = self.themes.values().map(|t| (t.number, t.dye)).collect();
        dyes::assign_dyes(&order, &mut given);
        self.store_dyes(&order, &given);
        self.order = order;
        let themes: Vec<_> =
            groups.into_iter().map(|(number, shares)| self.build_theme(number, &shares)).collect();
        let sewn: BTreeSet<ShareId> =
            themes.iter().flat_map(|theme| theme.patches.iter().map(|patch| patch.id)).collect();
        let shown = || self.shares.values().filter(|share| self.is_visible(share));
        let alone = shown().filter(|share| !sewn.contains(&share.id));
        let alone: Vec<_> = alone.map(build_patch).collect();
        let is_compared = |share: &Share| {
            !matches!(share.embedding, ShareEmbedding::Pending | ShareEmbedding::Unavailable)
        };
        let is_sewn = shown().next().is_none() || shown().any(is_compared);
        let before = &self.picture;
        if (&before.themes, &before.alone, before.sewn) != (&themes, &alone, is_sewn) {
            self.picture = Arc::new(Picture {
                version: before.version.saturating_add(1),
                themes,
                alone,
                sewn: is_sewn,
            });
        }
    }

    /// The groups that are themes, similar ones next to each other. Their shares are ordered by
    /// centrality, followed by those without an embedding that the guide added.
    fn theme_groups(&self) -> Vec<(u32, Vec<ShareId>)> {
        let mut beside: BTreeMap<u32, Vec<ShareId>> = BTreeMap::new();
        for share in self.shares.values() {
            if let Some(theme) = share.theme
                && self.is_visible(share)
                && !self.cloth.has_share(share.id)
            {
                beside.entry(theme).or_default().push(share.id);
            }
        }
        let mut groups: Vec<_> = self
            .cloth
            .groups()
            .into_iter()
            .map(|group| {
                let mut shares = group.shares;
                shares.extend(beside.remove(&group.number).unwrap_or_default());
                (group.number, shares)
            })
            .collect();
        groups.extend(beside);
        groups.retain(|(_, shares)| shares.len() >= THEME_MIN);
        groups
    }

    fn build_theme(&self, number: u32, shares: &[ShareId]) -> Theme {
        let shares: Vec<_> = shares.iter().filter_map(|id| self.shares.get(id)).collect();
        let kept = self.themes.get(&number);
        Theme {
            number,
            dye: kept.map_or(0, |kept| kept.dye),
            label: choose_label(kept.and_then(|kept| kept.name.as_ref()), &shares),
            patches: shares.into_iter().map(build_patch).collect(),
        }
    }

    fn store_dyes(&mut self, order: &[u32], given: &BTreeMap<u32, u8>) {
        for number in order {
            let dye = given.get(number).copied().unwrap_or(0);
            let kept = self.themes.entry(*number).or_insert(StoredTheme {
                number: *number,
                dye,
                name: None,
            });
            kept.dye = dye;
        }
    }

    /// Reports the themes to store. A theme keeps its dye and name as long as a share is assigned
    /// to it.
    pub(super) fn report_themes(&mut self, out: &mut Vec<RoundOutput>) {
        let alive: BTreeSet<u32> = self.shares.values().filter_map(|share| share.theme).collect();
        let first = self.themes.keys().next().copied();
        self.themes.retain(|number, theme| {
            let is_alive = alive.contains(number);
            if !is_alive {
                theme.name = None;
            }
            // One stays even if a guide took all of them apart: it says after a restart that the
            // shares were clustered.
            is_alive || (self.is_gathered && Some(*number) == first)
        });
        let places = self.order.iter().chain(self.themes.keys());
        let mut once = BTreeSet::new();
        let places = places.filter(|number| once.insert(**number));
        let themes = places.filter_map(|number| self.themes.get(number).cloned());
        let themes: Vec<_> = themes.collect();
        if self.kept_themes != themes {
            self.kept_themes.clone_from(&themes);
            out.push(RoundOutput::ThemesChanged(themes));
        }
    }
}

fn build_patch(share: &Share) -> Patch {
    Patch {
        id: share.id,
        words: share.words.to_arc(),
        signed_by: share.signed_by.clone(),
        may_read_aloud: share.may_read_aloud,
        may_show_beyond: share.may_show_beyond,
        is_other_language: share.embedding == ShareEmbedding::OtherLanguage,
    }
}
