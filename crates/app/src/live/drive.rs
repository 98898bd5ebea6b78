//! The task that drives a living sit: it advances the room's time and sends what the room wants, in
//! order.
//!
//! A frame for many sockets is sent in chunks by several tasks, so that a large sit uses all cores
//! and holds none of them for long. The next frame waits until the previous one has been sent, so
//! that every socket sees all frames in the same order. A socket that cannot take a frame is
//! recorded in [`Lags`](sitwith_core::sit::lag::Lags) and gets a fresh frame once it has drained.

use std::sync::Arc;

use bytes::Bytes;
use sitwith_core::sit::lag::Class;
use sitwith_core::sit::room::{Effect, Input, LineId, To, code};
use sitwith_core::time::Instant;
use tokio::task::JoinSet;

use super::sit::State;
use super::{CHUNK, Line, LiveSit, OVER_KEPT, Offer, text_frame};
use crate::events::Event;

/// A socket to which a frame is sent.
type Target = (LineId, Arc<dyn Line>);

/// Drives a sit until it has been over for [`OVER_KEPT`], or the home stops. Database writes run in
/// parallel, so that a slow database delays no frame; they are awaited before this returns.
pub(super) async fn drive(sit: Arc<LiveSit>) {
    let mut keeping = JoinSet::new();
    while let Some(wake_at) = sit.turn().await {
        sit.keep(&mut keeping, false);
        tokio::select! {
            () = sit.base.clock.sleep_until(wake_at) => {}
            () = sit.wake.notified() => {}
            Some(_kept) = keeping.join_next() => {}
        }
    }
    while keeping.join_next().await.is_some() {}
    sit.keep(&mut keeping, true);
    while keeping.join_next().await.is_some() {}
}

impl LiveSit {
    /// Does everything that is due. Returns when to run again; `None` once the sit has ended.
    async fn turn(&self) -> Option<Instant> {
        loop {
            let now = self.base.clock.now();
            let (effects, drained) = {
                let mut state = self.state();
                self.let_time_pass(&mut state, now);
                (std::mem::take(&mut state.outbox), std::mem::take(&mut state.drained))
            };
            if effects.is_empty() && drained.is_empty() {
                break;
            }
            for effect in effects {
                self.carry_out(effect).await;
            }
            for line in drained {
                self.bring_up_to_date(line, now).await;
            }
        }
        let mut state = self.state();
        let now = self.base.clock.now();
        let over_at = state.room.timeline().ends_at();
        let kept_until = over_at.map(|over| over + OVER_KEPT);
        state.ends |= kept_until.is_some_and(|until| until <= now);
        if state.ends && state.outbox.is_empty() {
            for line in state.table.ids() {
                drop(self.take(&mut state, line));
            }
            return None;
        }
        let due = [state.room.wake_at(), state.lags.wake_at(), state.came_due(), kept_until];
        Some(due.into_iter().flatten().min().unwrap_or(now + OVER_KEPT))
    }

    async fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Send { class, to, text } => self.send(class, &to, &text).await,
            Effect::Close { line, code, why } => self.close(line, code, why),
            Effect::Came { who, quiet } => *self.state().came.entry(who).or_default() |= quiet,
            Effect::Wanted(what) => self.state().wanted = Some(what),
            Effect::Asked { line, what } => self.state().ask(line, what),
            Effect::Posing(phase) => {
                self.base.publish(Event::PhaseBegan { run: self.run(), phase });
            }
            Effect::Over => {
                let mut state = self.state();
                state.over = state.room.timeline().ends_at();
            }
            // Never put into the outbox: see `live/media.rs`.
            Effect::Rules(_) | Effect::Wants { .. } | Effect::CloseSeat(_) => {}
        }
    }

    fn close(&self, line: LineId, code: u16, why: &'static str) {
        let mut state = self.state();
        let taken = self.take(&mut state, line);
        if taken.is_some() {
            // To the room this socket is lost, unless the room itself closed it.
            self.tell(&mut state, Input::Lost(line), self.base.clock.now());
        }
        drop(state);
        if let Some(taken) = taken {
            taken.close(code, why);
        }
    }

    /// Sends a frame to its sockets and records which of them could not take it.
    async fn send(&self, class: Class, to: &To, text: &str) {
        let mut targets: Vec<Target> = {
            let state = self.state();
            let lines = to.lines().iter().filter(|line| !state.lags.waits(**line, class));
            lines.filter_map(|id| Some((*id, Arc::clone(state.table.get(*id)?)))).collect()
        };
        let frame = text_frame(text);
        let mut refused = Vec::new();
        if targets.len() <= CHUNK {
            refused = offer(&targets, &frame);
        } else {
            let mut tasks = Vec::with_capacity(targets.len() / CHUNK + 1);
            while !targets.is_empty() {
                let chunk = targets.split_off(targets.len().saturating_sub(CHUNK));
                let frame = Bytes::clone(&frame);
                tasks.push(tokio::spawn(async move { offer(&chunk, &frame) }));
            }
            for task in tasks {
                refused.extend(task.await.expect("a line does not panic"));
            }
        }
        if refused.is_empty() {
            return;
        }
        let now = self.base.clock.now();
        let mut state = self.state();
        for (line, offer) in refused {
            match offer {
                Offer::Gone => self.lose(&mut state, line, now),
                _ if state.table.get(line).is_some() => state.lags.missed(line, class, now),
                _ => {}
            }
        }
    }

    /// Sends a drained socket what it missed, built from the current state.
    async fn bring_up_to_date(&self, line: LineId, now: Instant) {
        let effects: Vec<Effect> = {
            let mut state = self.state();
            let missed = state.lags.drained(line);
            missed.flat_map(|class| state.room.afresh(line, class, now)).collect()
        };
        for effect in effects {
            self.carry_out(effect).await;
        }
    }
}

impl LiveSit {
    /// Lets the room do what is due, and closes sockets that are stuck.
    fn let_time_pass(&self, state: &mut State, now: Instant) {
        for line in state.lags.stuck(now).collect::<Vec<_>>() {
            let (code, why) = (code::TOO_SLOW, "the line was too slow");
            state.outbox.push_back(Effect::Close { line, code, why });
        }
        if state.room.wake_at().is_some_and(|due| due <= now) {
            let effects = state.room.handle(Input::Tick, now);
            self.take_in(state, effects);
        }
    }
}

/// Tries to send a frame to each of these sockets; returns those that did not take it.
fn offer(targets: &[Target], frame: &Bytes) -> Vec<(LineId, Offer)> {
    let offers = targets.iter().map(|(id, line)| (*id, line.offer(frame)));
    offers.filter(|(_, offer)| *offer != Offer::Taken).collect()
}
