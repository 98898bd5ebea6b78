//! The round as a sans-I/O state machine: [`Round::handle`] takes an input and the current time,
//! and returns effects to store and announce. [`Round::wake_at`] returns when the next tick is due.
//!
//! * here: handling of inputs, and the timing of batches and announcements; inputs and effects are
//!   in `machine/words.rs`, queries in `machine/asked.rs`;
//! * `machine/sewing.rs`: closing, clustering, and the guide's edits;
//! * `machine/showing.rs`: the picture; `machine/cloth.rs`: clusters; `machine/dyes.rs`: dyes.
//!
//! While the round is posed, shares wait and are shown in batches ([`super::release`]). When it
//! closes, all are clustered, and shown at once or after the guide has read them.

mod asked;
mod cloth;
mod dyes;
mod sewing;
mod showing;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::cloth::Cloth;
pub use self::words::{Effect, Input, Kept};
use super::picture::Picture;
use super::release::{Waiting, picture_every};
use super::share::{Facts, KeptTheme, Read, Share, Step};
use crate::id::ShareId;
use crate::time::{Instant, Span};

/// After a round closes, maximum time since the last embedding for which shares without one are
/// waited for. Shares embedded later stand alone until the guide clusters again.
pub const READ_WAIT: Span = Span::from_secs(20);
/// Maximum total time for which they are waited for: 5,000 shares of the last minute take less than
/// half of it at 15 ms each.
pub const READ_WAIT_MOST: Span = Span::from_mins(3);

/// A round, from posing it until its words vanish.
#[derive(Debug)]
pub struct Round {
    facts: Facts,
    step: Step,
    closed_at: Option<Instant>,
    shares: BTreeMap<ShareId, Share>,
    waiting: Waiting,
    /// Number of shares without an embedding, and instant of the last embedding.
    unread: usize,
    read_at: Instant,
    passed: u32,
    here: u32,
    batch: u32,
    cloth: Cloth,
    /// The shares were clustered since the round closed.
    is_gathered: bool,
    themes: BTreeMap<u32, KeptTheme>,
    /// Numbers of the shown themes in the order of the quilt.
    order: Vec<u32>,
    /// The state last reported to be stored.
    kept_themes: Vec<KeptTheme>,
    kept_sewn: BTreeMap<ShareId, Option<u32>>,
    picture: Arc<Picture>,
    /// What browsers were last told: version, number of shares, step.
    told: (u32, u32, Step),
    told_at: Instant,
}

impl Round {
    /// Restores a round from its stored state; a new one from [`Kept::default`]. `now` is the
    /// current time.
    pub fn new(facts: Facts, kept: Kept, now: Instant) -> Self {
        let mut round = Self {
            facts,
            step: kept.step,
            closed_at: kept.closed_at,
            shares: BTreeMap::new(),
            waiting: Waiting::default(),
            unread: 0,
            read_at: now,
            passed: kept.passed,
            here: 0,
            batch: 0,
            cloth: Cloth::default(),
            is_gathered: false,
            themes: BTreeMap::new(),
            order: Vec::new(),
            kept_themes: Vec::new(),
            kept_sewn: BTreeMap::new(),
            picture: Arc::new(Picture::default()),
            told: (0, 0, kept.step),
            told_at: now - picture_every(0),
        };
        round.restore(kept, now);
        round
    }

    fn restore(&mut self, kept: Kept, now: Instant) {
        // Themes of a closed round are stored before it is opened only if the guide reads first.
        let is_being_read = self.step == Step::Closed && self.facts.reads_first;
        let is_sewn =
            !kept.themes.is_empty() || kept.shares.iter().any(|share| share.theme.is_some());
        self.is_gathered = self.step == Step::Opened || (is_being_read && is_sewn);
        self.order = kept.themes.iter().map(|theme| theme.number).collect();
        self.kept_themes.clone_from(&kept.themes);
        for theme in kept.themes {
            self.themes.insert(theme.number, theme);
        }
        for share in kept.shares {
            self.batch = self.batch.max(share.shown_in.map_or(0, |batch| batch + 1));
            self.put(share);
        }
        self.kept_sewn = self.shares.values().map(|s| (s.id, s.theme)).collect();
        self.sew_as_kept();
        if is_being_read && !self.is_gathered && self.unread == 0 {
            self.is_gathered = true;
            self.gather();
        }
        // Start above any version that a browser may hold from before a restart.
        self.picture = Arc::new(Picture {
            v: u32::try_from(now.ms() / 1_000).unwrap_or(0),
            ..Picture::default()
        });
        self.show();
        self.told = self.news();
    }

    /// Handles an input at `now`; returns effects in order.
    pub fn handle(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        let mut out = Vec::new();
        match input {
            Input::Shared(share) => self.shared(share),
            Input::Changed(share) => self.changed(share),
            Input::Withdrawn(id) => self.withdrawn(id, &mut out),
            Input::Passed => self.passed = self.passed.saturating_add(1),
            Input::Read(id, read) => self.read(id, read, now),
            // A batch never grows smaller because somebody left.
            Input::People(here) => self.here = self.here.max(here),
            Input::Close => self.close(now, &mut out),
            Input::Open => self.open(now, &mut out),
            Input::Edit(edit) => self.edit(edit, &mut out),
            Input::Tick => {}
        }
        self.release(now, &mut out);
        self.gather_if_due(now, &mut out);
        self.tell(now, &mut out);
        out
    }

    /// Instant at which the next [`Input::Tick`] is due.
    pub fn wake_at(&self) -> Option<Instant> {
        let has_news = self.may_release() || self.told != self.news();
        let tells_at = has_news.then(|| self.tells_at());
        [self.gathers_at(), tells_at].into_iter().flatten().min()
    }

    /// Inserts a new or restored share.
    fn put(&mut self, share: Share) {
        if share.read == Read::NotYet {
            self.unread += 1;
        } else if share.shown_in.is_none() {
            self.waiting.add(&share);
        }
        self.shares.insert(share.id, share);
    }

    fn take(&mut self, id: ShareId) -> Option<Share> {
        let share = self.shares.remove(&id)?;
        self.waiting.remove(id);
        if share.read == Read::NotYet {
            self.unread -= 1;
        }
        Some(share)
    }

    fn shared(&mut self, share: Share) {
        if self.may_share().is_ok() && !self.shares.contains_key(&share.id) {
            self.put(fresh(share));
        }
    }

    fn changed(&mut self, share: Share) {
        if self.may_change(share.id).is_ok() {
            self.take(share.id);
            self.put(fresh(share));
        }
    }

    fn withdrawn(&mut self, id: ShareId, out: &mut Vec<Effect>) {
        let Some(share) = self.take(id) else {
            return;
        };
        if self.is_visible(&share) {
            self.cloth.remove(id);
            self.sew_as_kept();
            self.show();
            self.keep_themes(out);
        }
    }

    fn read(&mut self, id: ShareId, read: Read, now: Instant) {
        let Some(mut share) = self.shares.get(&id).cloned() else {
            return;
        };
        if share.read == Read::NotYet && read != Read::NotYet {
            self.read_at = now;
            self.take(id);
            share.read = read;
            let is_seen = self.is_visible(&share);
            self.put(share);
            if is_seen {
                // It was opened without an embedding and stays where it is; its language mark may
                // change.
                self.show();
            }
        }
    }

    /// Returns true if others, or the guide who reads first, see this share.
    fn is_visible(&self, share: &Share) -> bool {
        !share.aside && (self.is_gathered || share.shown_in.is_some())
    }

    fn may_release(&self) -> bool {
        self.step == Step::Posed && !self.facts.reads_first && self.waiting.is_due(self.people())
    }

    /// Shows a batch, if one is due and the last picture has been shown long enough.
    fn release(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if !self.may_release() || now < self.tells_at() {
            return;
        }
        let batch = self.batch;
        let shares = self.waiting.draw(self.people(), batch, self.facts.lots);
        self.mark_shown(shares, out);
        self.sew_in(batch);
        self.sew_as_kept();
        self.keep_sewn(out);
        self.show();
        self.keep_themes(out);
    }

    /// Shows all shares held back.
    fn release_all(&mut self, out: &mut Vec<Effect>) {
        self.waiting.clear();
        let held = self.shares.values().filter(|share| share.shown_in.is_none());
        let held: Vec<_> = held.map(|share| share.id).collect();
        self.mark_shown(held, out);
    }

    fn mark_shown(&mut self, shares: Vec<ShareId>, out: &mut Vec<Effect>) {
        if shares.is_empty() {
            return;
        }
        let batch = self.batch;
        for id in &shares {
            if let Some(share) = self.shares.get_mut(id) {
                share.shown_in = Some(batch);
            }
        }
        self.batch += 1;
        out.push(Effect::Released { batch, shares });
    }

    /// Picture version, number of shares and step, of which browsers are told.
    fn news(&self) -> (u32, u32, Step) {
        (self.picture.v, self.offered(), self.step)
    }

    fn tells_at(&self) -> Instant {
        self.told_at + picture_every(self.people())
    }

    /// Announces news: a new step at once, the rest at most once per picture interval.
    fn tell(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let news = self.news();
        let is_new_step = news.2 != self.told.2;
        if news != self.told && (is_new_step || now >= self.tells_at()) {
            self.told = news;
            self.told_at = now;
            out.push(Effect::Told);
        }
    }
}

/// A share as new: not shown, no theme, whatever the input says.
fn fresh(share: Share) -> Share {
    Share { theme: None, aside: false, shown_in: None, ..share }
}
