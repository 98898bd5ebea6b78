//! The round as a sans-I/O state machine: [`Round::handle`] takes an input and the current time,
//! and returns effects to store and announce. [`Round::wake_at`] returns when the next tick is due.
//!
//! * here: handling of inputs, and the timing of batches and announcements; inputs and effects are
//!   in `machine/io.rs`, queries in `machine/queries.rs`;
//! * `machine/sewing.rs`: closing, clustering, and the guide's edits;
//! * `machine/showing.rs`: the picture; `machine/cloth.rs`: clusters; `machine/dyes.rs`: dyes.
//!
//! While the round is posed, shares wait and are shown in batches ([`super::release`]). When it
//! closes, all are clustered, and shown at once or after the guide has read them.

mod cloth;
mod dyes;
mod io;
mod queries;
mod sewing;
mod showing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::cloth::Cloth;
pub use self::io::{RoundInput, RoundOutput, StoredRound};
use super::picture::Picture;
use super::release::{WaitingShares, picture_interval};
use super::share::{RoundSettings, RoundStep, Share, ShareEmbedding, StoredTheme};
use crate::id::ShareId;
use crate::time::{Instant, Span};

/// After a round closes, maximum time since the last embedding for which shares without one are
/// waited for. Shares embedded later stand alone until the guide clusters again.
pub const READ_WAIT: Span = Span::from_secs(20);
/// Maximum total time for which they are waited for: 5,000 shares of the last minute take less than
/// half of it at 15 ms each.
pub const READ_WAIT_MAX: Span = Span::from_mins(3);

/// A round, from posing it until its words vanish.
#[derive(Debug)]
pub struct Round {
    facts: RoundSettings,
    step: RoundStep,
    closed_at: Option<Instant>,
    shares: BTreeMap<ShareId, Share>,
    waiting: WaitingShares,
    /// Number of shares without an embedding, and instant of the last embedding.
    unread: usize,
    read_at: Instant,
    passed: u32,
    people_here: u32,
    next_batch: u32,
    cloth: Cloth,
    /// The shares were clustered since the round closed.
    is_gathered: bool,
    themes: BTreeMap<u32, StoredTheme>,
    /// Numbers of the shown themes in the order of the quilt.
    order: Vec<u32>,
    /// The state last reported to be stored.
    kept_themes: Vec<StoredTheme>,
    kept_sewn: BTreeMap<ShareId, Option<u32>>,
    picture: Arc<Picture>,
    /// What browsers were last told: version, number of shares, step.
    told_news: (u32, u32, RoundStep),
    told_at: Instant,
}

impl Round {
    /// Restores a round from its stored state; a new one from [`StoredRound::default`]. `now` is
    /// the current time.
    pub fn new(facts: RoundSettings, kept: StoredRound, now: Instant) -> Self {
        let mut round = Self {
            facts,
            step: kept.step,
            closed_at: kept.closed_at,
            shares: BTreeMap::new(),
            waiting: WaitingShares::default(),
            unread: 0,
            read_at: now,
            passed: kept.passed,
            people_here: 0,
            next_batch: 0,
            cloth: Cloth::default(),
            is_gathered: false,
            themes: BTreeMap::new(),
            order: Vec::new(),
            kept_themes: Vec::new(),
            kept_sewn: BTreeMap::new(),
            picture: Arc::new(Picture::default()),
            told_news: (0, 0, kept.step),
            told_at: now - picture_interval(0),
        };
        round.restore(kept, now);
        round
    }

    fn restore(&mut self, kept: StoredRound, now: Instant) {
        // Themes of a closed round are stored before it is opened only if the guide reads first.
        let is_being_read = self.step == RoundStep::Closed && self.facts.reads_first;
        let is_sewn =
            !kept.themes.is_empty() || kept.shares.iter().any(|share| share.theme.is_some());
        self.is_gathered = self.step == RoundStep::Opened || (is_being_read && is_sewn);
        self.order = kept.themes.iter().map(|theme| theme.number).collect();
        self.kept_themes.clone_from(&kept.themes);
        for theme in kept.themes {
            self.themes.insert(theme.number, theme);
        }
        for share in kept.shares {
            self.next_batch = self.next_batch.max(share.shown_in.map_or(0, |batch| batch + 1));
            self.insert_share(share);
        }
        self.kept_sewn = self.shares.values().map(|s| (s.id, s.theme)).collect();
        self.restore_cloth();
        if is_being_read && !self.is_gathered && self.unread == 0 {
            self.is_gathered = true;
            self.regroup_shares();
        }
        // Start above any version that a browser may hold from before a restart.
        self.picture = Arc::new(Picture {
            version: u32::try_from(now.ms() / 1_000).unwrap_or(0),
            ..Picture::default()
        });
        self.rebuild_picture();
        self.told_news = self.current_news();
    }

    /// Handles an input at `now`; returns effects in order.
    pub fn handle(&mut self, input: RoundInput, now: Instant) -> Vec<RoundOutput> {
        let mut out = Vec::new();
        match input {
            RoundInput::ShareAdded(share) => self.add_share(share),
            RoundInput::ShareChanged(share) => self.replace_share(share),
            RoundInput::ShareWithdrawn(id) => self.withdraw_share(id, &mut out),
            RoundInput::PersonPassed => self.passed = self.passed.saturating_add(1),
            RoundInput::ShareRead(id, read) => self.set_embedding(id, read, now),
            // A batch never grows smaller because somebody left.
            RoundInput::PeopleCounted(here) => self.people_here = self.people_here.max(here),
            RoundInput::Close => self.close_sharing(now, &mut out),
            RoundInput::Open => self.open_shares(now, &mut out),
            RoundInput::EditTheme(edit) => self.apply_edit(edit, &mut out),
            RoundInput::Tick => {}
        }
        self.release_batch(now, &mut out);
        self.gather_if_due(now, &mut out);
        self.tell_news(now, &mut out);
        out
    }

    /// Instant at which the next [`RoundInput::Tick`] is due.
    pub fn wake_at(&self) -> Option<Instant> {
        let has_news = self.may_release() || self.told_news != self.current_news();
        let tells_at = has_news.then(|| self.news_due());
        [self.gather_due(), tells_at].into_iter().flatten().min()
    }

    /// Inserts a new or restored share.
    fn insert_share(&mut self, share: Share) {
        if share.embedding == ShareEmbedding::Pending {
            self.unread += 1;
        } else if share.shown_in.is_none() {
            self.waiting.add(&share);
        }
        self.shares.insert(share.id, share);
    }

    fn take_share(&mut self, id: ShareId) -> Option<Share> {
        let share = self.shares.remove(&id)?;
        self.waiting.remove(id);
        if share.embedding == ShareEmbedding::Pending {
            self.unread -= 1;
        }
        Some(share)
    }

    fn add_share(&mut self, share: Share) {
        if self.may_share().is_ok() && !self.shares.contains_key(&share.id) {
            self.insert_share(reset_share(share));
        }
    }

    fn replace_share(&mut self, share: Share) {
        if self.may_change(share.id).is_ok() {
            self.take_share(share.id);
            self.insert_share(reset_share(share));
        }
    }

    fn withdraw_share(&mut self, id: ShareId, out: &mut Vec<RoundOutput>) {
        let Some(share) = self.take_share(id) else {
            return;
        };
        if self.is_visible(&share) {
            self.cloth.remove(id);
            self.restore_cloth();
            self.rebuild_picture();
            self.report_themes(out);
        }
    }

    fn set_embedding(&mut self, id: ShareId, read: ShareEmbedding, now: Instant) {
        let Some(mut share) = self.shares.get(&id).cloned() else {
            return;
        };
        if share.embedding == ShareEmbedding::Pending && read != ShareEmbedding::Pending {
            self.read_at = now;
            self.take_share(id);
            share.embedding = read;
            let is_seen = self.is_visible(&share);
            self.insert_share(share);
            if is_seen {
                // It was opened without an embedding and stays where it is; its language mark may
                // change.
                self.rebuild_picture();
            }
        }
    }

    /// Returns true if others, or the guide who reads first, see this share.
    fn is_visible(&self, share: &Share) -> bool {
        !share.is_set_aside && (self.is_gathered || share.shown_in.is_some())
    }

    fn may_release(&self) -> bool {
        self.step == RoundStep::Posed
            && !self.facts.reads_first
            && self.waiting.is_due(self.people_count())
    }

    /// Shows a batch, if one is due and the last picture has been shown long enough.
    fn release_batch(&mut self, now: Instant, out: &mut Vec<RoundOutput>) {
        if !self.may_release() || now < self.news_due() {
            return;
        }
        let batch = self.next_batch;
        let shares = self.waiting.draw_batch(self.people_count(), batch, self.facts.draw_seed);
        self.mark_shown(shares, out);
        self.sew_batch(batch);
        self.restore_cloth();
        self.report_sewn(out);
        self.rebuild_picture();
        self.report_themes(out);
    }

    /// Shows all shares held back.
    fn release_all(&mut self, out: &mut Vec<RoundOutput>) {
        self.waiting.clear();
        let held = self.shares.values().filter(|share| share.shown_in.is_none());
        let held: Vec<_> = held.map(|share| share.id).collect();
        self.mark_shown(held, out);
    }

    fn mark_shown(&mut self, shares: Vec<ShareId>, out: &mut Vec<RoundOutput>) {
        if shares.is_empty() {
            return;
        }
        let batch = self.next_batch;
        for id in &shares {
            if let Some(share) = self.shares.get_mut(id) {
                share.shown_in = Some(batch);
            }
        }
        self.next_batch += 1;
        out.push(RoundOutput::SharesReleased { batch, shares });
    }

    /// Picture version, number of shares and step, of which browsers are told.
    fn current_news(&self) -> (u32, u32, RoundStep) {
        (self.picture.version, self.share_count(), self.step)
    }

    fn news_due(&self) -> Instant {
        self.told_at + picture_interval(self.people_count())
    }

    /// Announces news: a new step at once, the rest at most once per picture interval.
    fn tell_news(&mut self, now: Instant, out: &mut Vec<RoundOutput>) {
        let news = self.current_news();
        let is_new_step = news.2 != self.told_news.2;
        if news != self.told_news && (is_new_step || now >= self.news_due()) {
            self.told_news = news;
            self.told_at = now;
            out.push(RoundOutput::NewsReady);
        }
    }
}

/// A share as new: not shown, no theme, whatever the input says.
fn reset_share(share: Share) -> Share {
    Share { theme: None, is_set_aside: false, shown_in: None, ..share }
}
