//! The task that drives a living sit: it advances the room's time and sends what the room wants, in
//! order.
//!
//! A frame for many sockets is sent in chunks by several tasks, so that a large sit uses all cores
//! and holds none of them for long. The next frame waits until the previous one has been sent, so
//! that every socket sees all frames in the same order. A socket that cannot take a frame is
//! recorded in [`LaggingConns`](sitwith_core::sit::lag::LaggingConns) and gets a fresh frame once
//! it has drained.

use std::sync::Arc;

use bytes::Bytes;
use sitwith_core::sit::lag::FrameClass;
use sitwith_core::sit::room::{ConnId, Recipients, RoomInput, RoomOutput, close_code};
use sitwith_core::time::Instant;
use tokio::task::JoinSet;

use super::sit::SitState;
use super::{LiveSit, OVER_SIT_KEPT, SOCKETS_PER_TASK, SitSocket, TrySendOutcome, text_frame};
use crate::events::Event;

/// A socket to which a frame is sent.
type FrameTarget = (ConnId, Arc<dyn SitSocket>);

/// Drives a sit until it has been over for [`OVER_SIT_KEPT`], or the home stops. Database writes
/// run in parallel, so that a slow database delays no frame; they are awaited before this returns.
pub(super) async fn drive_sit(sit: Arc<LiveSit>) {
    let mut keeping = JoinSet::new();
    while let Some(wake_at) = sit.handle_due().await {
        sit.keep_pending(&mut keeping, false);
        tokio::select! {
            () = sit.base.clock.sleep_until(wake_at) => {}
            () = sit.wake.notified() => {}
            Some(_kept) = keeping.join_next() => {}
        }
    }
    while keeping.join_next().await.is_some() {}
    sit.keep_pending(&mut keeping, true);
    while keeping.join_next().await.is_some() {}
}

impl LiveSit {
    /// Does everything that is due. Returns when to run again; `None` once the sit has ended.
    async fn handle_due(&self) -> Option<Instant> {
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
        let kept_until = over_at.map(|over| over + OVER_SIT_KEPT);
        state.is_ending |= kept_until.is_some_and(|until| until <= now);
        if state.is_ending && state.outbox.is_empty() {
            for line in state.sockets.ids() {
                drop(self.take_socket(&mut state, line));
            }
            return None;
        }
        let due = [state.room.wake_at(), state.lags.wake_at(), state.attendance_due(), kept_until];
        Some(due.into_iter().flatten().min().unwrap_or(now + OVER_SIT_KEPT))
    }

    async fn carry_out(&self, effect: RoomOutput) {
        match effect {
            RoomOutput::Send { class, to, text } => self.send_frame(class, &to, &text).await,
            RoomOutput::CloseConn { conn: line, code, why } => self.close_socket(line, code, why),
            RoomOutput::RecordAttendance { who, quiet } => {
                *self.state().attendance.entry(who).or_default() |= quiet;
            }
            RoomOutput::MakeChange(what) => self.state().wanted_change = Some(what),
            RoomOutput::RequestChange { conn: line, what } => {
                self.state().queue_asked_change(line, what);
            }
            RoomOutput::PoseRound(phase) => {
                self.base.publish(Event::PhaseBegan { run: self.run(), phase });
            }
            RoomOutput::EndRun => {
                let mut state = self.state();
                state.over_at = state.room.timeline().ends_at();
            }
            // Never put into the outbox: see `live/media.rs`.
            RoomOutput::SetMediaRules(_)
            | RoomOutput::SetMediaWants { .. }
            | RoomOutput::CloseSeat(_) => {}
        }
    }

    fn close_socket(&self, line: ConnId, code: u16, why: &'static str) {
        let mut state = self.state();
        let taken = self.take_socket(&mut state, line);
        if taken.is_some() {
            // To the room this socket is lost, unless the room itself closed it.
            self.feed_room(&mut state, RoomInput::ConnLost(line), self.base.clock.now());
        }
        drop(state);
        if let Some(taken) = taken {
            taken.close(code, why);
        }
    }

    /// Sends a frame to its sockets and records which of them could not take it.
    async fn send_frame(&self, class: FrameClass, to: &Recipients, text: &str) {
        let mut targets: Vec<FrameTarget> = {
            let state = self.state();
            let lines = to.conns().iter().filter(|line| !state.lags.is_waiting_for(**line, class));
            lines.filter_map(|id| Some((*id, Arc::clone(state.sockets.get(*id)?)))).collect()
        };
        let frame = text_frame(text);
        let mut refused = Vec::new();
        if targets.len() <= SOCKETS_PER_TASK {
            refused = try_send_all(&targets, &frame);
        } else {
            let mut tasks = Vec::with_capacity(targets.len() / SOCKETS_PER_TASK + 1);
            while !targets.is_empty() {
                let chunk = targets.split_off(targets.len().saturating_sub(SOCKETS_PER_TASK));
                let frame = Bytes::clone(&frame);
                tasks.push(tokio::spawn(async move { try_send_all(&chunk, &frame) }));
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
                TrySendOutcome::Gone => self.drop_socket(&mut state, line, now),
                _ if state.sockets.get(line).is_some() => state.lags.mark_missed(line, class, now),
                _ => {}
            }
        }
    }

    /// Sends a drained socket what it missed, built from the current state.
    async fn bring_up_to_date(&self, line: ConnId, now: Instant) {
        let effects: Vec<RoomOutput> = {
            let mut state = self.state();
            let missed = state.lags.take_missed(line);
            missed.flat_map(|class| state.room.resend_missed(line, class, now)).collect()
        };
        for effect in effects {
            self.carry_out(effect).await;
        }
    }
}

impl LiveSit {
    /// Lets the room do what is due, and closes sockets that are stuck.
    fn let_time_pass(&self, state: &mut SitState, now: Instant) {
        for line in state.lags.stuck_conns(now).collect::<Vec<_>>() {
            let (code, why) = (close_code::TOO_SLOW, "the line was too slow");
            state.outbox.push_back(RoomOutput::CloseConn { conn: line, code, why });
        }
        if state.room.wake_at().is_some_and(|due| due <= now) {
            let effects = state.room.handle(RoomInput::Tick, now);
            self.apply_effects(state, effects);
        }
    }
}

/// Tries to send a frame to each of these sockets; returns those that did not take it.
fn try_send_all(targets: &[FrameTarget], frame: &Bytes) -> Vec<(ConnId, TrySendOutcome)> {
    let offers = targets.iter().map(|(id, line)| (*id, line.try_send(frame)));
    offers.filter(|(_, offer)| *offer != TrySendOutcome::Accepted).collect()
}
