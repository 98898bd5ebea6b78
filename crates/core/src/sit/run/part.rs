//! The parts of a run: their lengths and the times of their bells.

use super::{INTERVAL_GUARD, STRIKES_MAX, Segment};
use crate::sit::bell::{Bell, Strike};
use crate::sit::breath::Breath;
use crate::sit::kind::PhaseKind;
use crate::sit::plan::Phase;
use crate::time::{Instant, Span};

#[derive(Clone)]
pub(super) struct PlannedPart {
    pub(super) key: Box<str>,
    pub(super) phase: Option<u16>,
    pub(super) kind: PhaseKind,
    pub(super) title: Box<str>,
    pub(super) length: Span,
    pub(super) opens_with: Option<Bell>,
    pub(super) closes_with: Option<Bell>,
    pub(super) every: Option<Span>,
    pub(super) breath: Option<Breath>,
}

pub(super) struct StartedPart {
    pub(super) item: PlannedPart,
    pub(super) starts_at: Instant,
    /// Length without pauses; `None` while it waits for its guide.
    pub(super) length: Option<Span>,
    pub(super) pauses: Vec<(Instant, Option<Instant>)>,
    /// Strikes before this instant are fixed: a change never alters the past.
    frozen_until: Instant,
    frozen_strikes: Vec<Strike>,
    /// It ends without its closing bell: the guide went back or restarted.
    pub(super) skips_closing_bell: bool,
}

impl PlannedPart {
    pub(super) fn of_phase(index: usize, phase: &Phase) -> Self {
        Self {
            key: index.to_string().into(),
            phase: u16::try_from(index).ok(),
            kind: phase.kind(),
            title: phase.title.as_str().into(),
            length: phase.length(),
            opens_with: phase.opens_with,
            closes_with: phase.closes_with,
            every: phase.interval_bell_s().map(|secs| Span::from_secs(i64::from(secs))),
            breath: phase.breath(),
        }
    }

    /// An inserted silence that is not in the plan.
    pub(super) fn inserted_silence(key: String, secs: u32) -> Self {
        let kind = PhaseKind::Silence;
        Self {
            key: key.into(),
            phase: None,
            kind,
            title: kind.row().title.into(),
            length: Span::from_secs(i64::from(secs)),
            opens_with: Some(Bell::Middle),
            closes_with: Some(Bell::Middle),
            every: None,
            breath: None,
        }
    }

    /// The same part again with a new key, so that its bells are different strikes.
    pub(super) fn repeated(&self, number: usize) -> Self {
        let first = self.key.split('-').next().unwrap_or_default();
        Self { key: format!("{first}-{number}").into(), ..self.clone() }
    }
}

impl StartedPart {
    pub(super) fn new(item: PlannedPart, starts_at: Instant) -> Self {
        let length = Some(item.length);
        let settled_at = Instant::from_ms(i64::MIN);
        let (pauses, settled) = (Vec::new(), Vec::new());
        Self {
            item,
            starts_at,
            length,
            pauses,
            frozen_until: settled_at,
            frozen_strikes: settled,
            skips_closing_bell: false,
        }
    }

    pub(super) fn is_held(&self) -> bool {
        self.pauses.last().is_some_and(|(_, to)| to.is_none())
    }

    pub(super) fn ends_at(&self) -> Option<Instant> {
        self.instant_at(self.length?)
    }

    /// Instant at which the part has run for `passed`, pauses excluded; `None` after an open pause.
    fn instant_at(&self, passed: Span) -> Option<Instant> {
        let mut at = self.starts_at + passed;
        for (from, to) in &self.pauses {
            if at < *from {
                break;
            }
            at += (*to)?.since(*from);
        }
        Some(at)
    }

    /// Time the part has run at `now`, pauses excluded.
    pub(super) fn elapsed(&self, now: Instant) -> Span {
        let held =
            self.pauses.iter().map(|(from, to)| to.unwrap_or(now).min(now).since((*from).min(now)));
        now.since(self.starts_at) - held.sum()
    }

    /// Fixes every strike before `now`.
    pub(super) fn freeze_strikes(&mut self, now: Instant) {
        let ends_at = self.ends_at();
        self.frozen_strikes = self.strikes(ends_at, now);
        self.frozen_until = now;
    }

    /// The strikes of this part before `until`, if it ends at `ends_at`.
    pub(super) fn strikes(&self, ends_at: Option<Instant>, until: Instant) -> Vec<Strike> {
        let mut strikes = self.frozen_strikes.clone();
        let mut ring = |name: &str, at: Option<Instant>, bell: Option<Bell>| {
            let (Some(at), Some(bell)) = (at, bell) else {
                return;
            };
            if at >= self.frozen_until && at < until {
                strikes.push(Strike { id: format!("{}.{name}", self.item.key).into(), at, bell });
            }
        };
        ring("0", Some(self.starts_at), self.item.opens_with);
        for (k, at) in self.interval_bells(ends_at) {
            ring(&k.to_string(), Some(at), Some(Bell::Soft));
        }
        if !self.skips_closing_bell {
            ring("c", ends_at, self.item.closes_with);
        }
        strikes
    }

    /// The interval bells, numbered from 1.
    fn interval_bells(&self, ends_at: Option<Instant>) -> impl Iterator<Item = (usize, Instant)> {
        let every = self.item.every.filter(|every| *every > Span::ZERO);
        let latest = ends_at.map(|end| end - INTERVAL_GUARD);
        (1..=STRIKES_MAX).map_while(move |k| {
            let passed = Span::from_ms(every?.ms().checked_mul(i64::try_from(k).ok()?)?);
            let at = self.instant_at(passed)?;
            let within = self.length.is_some_and(|length| passed < length);
            (within && latest.is_some_and(|latest| at <= latest)).then_some((k, at))
        })
    }
}

impl StartedPart {
    /// Starts a hold now, or at the end of the current pause.
    pub(super) fn start_hold(&mut self, now: Instant) {
        let kept_until = self.pauses.last().and_then(|(_, to)| *to);
        self.pauses.push((kept_until.map_or(now, |to| to.max(now)), None));
    }

    pub(super) fn end_hold(&mut self, now: Instant) {
        if let Some((from, to @ None)) = self.pauses.last_mut() {
            *to = Some(now.max(*from));
        }
    }

    /// Cuts off pauses at `now`, where the part ends.
    pub(super) fn end_pauses(&mut self, now: Instant) {
        self.end_hold(now);
        for (from, to) in &mut self.pauses {
            *from = (*from).min(now);
            *to = to.map(|to| to.min(now));
        }
    }
}

impl From<StartedPart> for Segment {
    fn from(part: StartedPart) -> Self {
        let ends_at = part.ends_at();
        Self {
            key: part.item.key,
            phase: part.item.phase,
            kind: part.item.kind,
            title: part.item.title,
            starts_at: part.starts_at,
            ends_at,
            breath: part.item.breath,
            pauses: part.pauses,
        }
    }
}
