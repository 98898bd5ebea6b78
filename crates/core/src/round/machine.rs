//! The round, without any input or output of its own: [`Round::handle`] takes what happened and
//! when, and hands out what is to be kept and told. [`Round::wake_at`] says when it next wants to
//! be asked.
//!
//! * here: what comes in, and when something is shown or told; what goes in and out is in
//!   `machine/words.rs`, what can be asked in `machine/asked.rs`;
//! * `machine/sewing.rs`: closing, gathering, and what the guide changes;
//! * `machine/showing.rs`: the picture; `machine/cloth.rs`: themes by meaning; `machine/dyes.rs`.
//!
//! Posed, answers wait and are shown in batches ([`super::release`]); when the round closes, all
//! are gathered, and shown at once or after the guide has read them.

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

/// When a round closes, answers that the model has not read yet are waited for as long as it goes
/// on reading, and so long after the last. What it reads later stands alone until the guide
/// gathers again.
pub const READ_WAIT: Span = Span::from_secs(20);
/// They are waited for so long at most: five thousand answers of a last minute take a model that
/// reads one in 15 ms less than half of it.
pub const READ_WAIT_MOST: Span = Span::from_mins(3);

/// A round, from its posing to the vanishing of its words.
#[derive(Debug)]
pub struct Round {
    facts: Facts,
    step: Step,
    closed_at: Option<Instant>,
    shares: BTreeMap<ShareId, Share>,
    waiting: Waiting,
    /// How many were not read yet, and when one was read last.
    unread: usize,
    read_at: Instant,
    passed: u32,
    here: u32,
    /// The next batch.
    batch: u32,
    cloth: Cloth,
    /// Whether everything was gathered since the round closed.
    is_gathered: bool,
    themes: BTreeMap<u32, KeptTheme>,
    /// The shown themes in the order of the quilt.
    order: Vec<u32>,
    /// What was handed out to be kept last.
    kept_themes: Vec<KeptTheme>,
    kept_sewn: BTreeMap<ShareId, Option<u32>>,
    picture: Arc<Picture>,
    /// What the browsers know: version, how many offered, step; and since when.
    told: (u32, u32, Step),
    told_at: Instant,
}

impl Round {
    /// The round as it was kept; a new one from [`Kept::default`]. `now` is when it is opened.
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
        // Only where the guide reads first, themes of a closed round are kept before it is opened.
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
        // A version is never older than one that a browser holds from before a restart.
        self.picture = Arc::new(Picture {
            v: u32::try_from(now.ms() / 1_000).unwrap_or(0),
            ..Picture::default()
        });
        self.show();
        self.told = self.news();
    }

    /// Takes what happened at `now`; hands out what is to be done, in order.
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

    /// When the round wants an [`Input::Tick`].
    pub fn wake_at(&self) -> Option<Instant> {
        let has_news = self.may_release() || self.told != self.news();
        let tells_at = has_news.then(|| self.tells_at());
        [self.gathers_at(), tells_at].into_iter().flatten().min()
    }

    /// Holds a share, in one way for those that come and those that were kept.
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
                // It was opened unread, and stays where it is; but what it is can be said.
                self.show();
            }
        }
    }

    /// Whether others see this share, or the guide who reads first.
    fn is_visible(&self, share: &Share) -> bool {
        !share.aside && (self.is_gathered || share.shown_in.is_some())
    }

    fn may_release(&self) -> bool {
        self.step == Step::Posed && !self.facts.reads_first && self.waiting.is_due(self.people())
    }

    /// Shows a batch, if one is due and the last picture stood long enough.
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

    /// Shows what was held back, all together.
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

    /// What browsers are told of.
    fn news(&self) -> (u32, u32, Step) {
        (self.picture.v, self.offered(), self.step)
    }

    fn tells_at(&self) -> Instant {
        self.told_at + picture_every(self.people())
    }

    /// Tells of something new: a new step at once, the rest not too often.
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

/// A share as it comes: not shown, not sewn, whatever is said of it.
fn fresh(share: Share) -> Share {
    Share { theme: None, aside: false, shown_in: None, ..share }
}
