//! How the bells reached the browsers: counted without knowing whose, and told to guides.

use super::{Effect, LineId, Room, To, send};
use crate::sit::bell::Heard;
use crate::sit::frame;
use crate::sit::lag::Class;
use crate::time::{Instant, Span};

/// A bell may be reported so long before or after its strike.
pub const REPORT_WITHIN: Span = Span::from_secs(30);
/// Guides are told how a bell was heard at most once in so long.
pub const BELLS_EVERY: Span = Span::from_secs(1);
/// A browser less sure of its clock than this counts as having heard, not as in time.
pub const UNSURE_MS: f64 = 250.0;

/// The reports of one strike.
#[derive(Debug)]
pub(super) struct Reports {
    pub(super) id: Box<str>,
    pub(super) heard: Heard,
    pub(super) is_told: bool,
}

impl Room {
    /// One browser's report of a bell, counted once a line and strike.
    pub(super) fn report(&mut self, line: LineId, id: &str, late: f64, unc: f64, now: Instant) {
        let mut near =
            self.timeline.strikes.iter().filter(|strike| {
                strike.at >= now - REPORT_WITHIN && strike.at <= now + REPORT_WITHIN
            });
        let Some(strike) = near.find(|strike| &*strike.id == id) else {
            return;
        };
        let (id, at) = (strike.id.clone(), strike.at);
        let Some(held) = self.line_mut(line).filter(|held| held.reported < at) else {
            return;
        };
        held.reported = at;
        let fresh = || Reports { id, heard: Heard::default(), is_told: false };
        let reports = self.heard.entry(at).or_insert_with(fresh);
        // Not a number is not in time either.
        let off = if unc.abs() <= UNSURE_MS && late.is_finite() { late } else { f64::MAX };
        reports.heard.count(off);
        reports.is_told = false;
        if !self.guides.is_empty() {
            self.bells_due = self.bells_due.or(Some(now + BELLS_EVERY));
        }
    }

    pub(super) fn tell_bells(&mut self, lines: &[LineId], again: bool, out: &mut Vec<Effect>) {
        if lines.is_empty() {
            return;
        }
        for reports in self.heard.values_mut().filter(|reports| again || !reports.is_told) {
            reports.is_told = true;
            let text = frame::bells(&reports.id, reports.heard);
            out.push(send(Class::Bells, To::Many(lines.to_vec()), text));
        }
    }

    /// Tells guides what is new, and forgets bells long past.
    pub(super) fn tick_bells(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.bells_due.is_none_or(|due| due > now) {
            return;
        }
        self.bells_due = None;
        let guides: Vec<_> = self.guides.iter().copied().collect();
        self.tell_bells(&guides, false, out);
        self.heard = self.heard.split_off(&(now - REPORT_WITHIN - REPORT_WITHIN));
    }
}
