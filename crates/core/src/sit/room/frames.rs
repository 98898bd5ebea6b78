//! Writes the frames of a room: the machines' effects become text here and nowhere else. A text is
//! written once and shared by all its recipients.

use std::sync::Arc;

use super::bells::BellCounted;
use super::feather::FeatherShown;
use super::media::{FloorControl, FloorEffect};
use super::order::RunningOrder;
use super::scene::Scene;
use super::telling::Announcement;
use super::{Effect, LineId, RoundTold, To};
use crate::sit::frame;
use crate::sit::lag::Class;
use crate::sit::presence::{GUIDES_MAX, Named, Seats};
use crate::sit::spoken::Feather;
use crate::time::{Instant, Span};

/// Time for which the timeline frame is reused for newcomers; a new one leaves out past strikes.
const WRITTEN_FOR: Span = Span::from_secs(10);

/// Frames shared by newcomers.
#[derive(Debug, Default)]
pub(super) struct FrameCache {
    /// The timeline frame, and when it was written.
    timeline: Option<(Instant, Arc<str>)>,
    /// The media frame and its version.
    media: Option<(u32, Arc<str>)>,
}

impl FrameCache {
    /// The running order has changed: drops the frame.
    pub(super) fn forget_timeline(&mut self) {
        self.timeline = None;
    }

    pub(super) fn timeline(&mut self, order: &RunningOrder, to: To, now: Instant) -> Effect {
        let written = self.timeline.take().filter(|(at, _)| *at + WRITTEN_FOR > now);
        let (at, text) = written.unwrap_or_else(|| (now, frame::timeline(order.timeline(), now)));
        self.timeline = Some((at, Arc::clone(&text)));
        send(Class::Timeline, to, text)
    }

    fn media(&mut self, floor: &FloorControl, to: To) -> Effect {
        let (v, shown) = floor.shown();
        let written = self.media.take().filter(|(written, _)| *written == v);
        let (_, text) = written.unwrap_or_else(|| (v, frame::media::media(v, shown)));
        self.media = Some((v, Arc::clone(&text)));
        send(Class::Media, to, text)
    }

    /// Converts an effect of floor control; `None` if it is about a seat that is empty by now.
    pub(super) fn floor(
        &mut self,
        effect: FloorEffect,
        floor: &FloorControl,
        seats: &Seats,
    ) -> Option<Effect> {
        Some(match effect {
            FloorEffect::Rules(rules) => Effect::Rules(rules),
            FloorEffect::Wants { seat, wants } => Effect::Wants { seat, wants },
            FloorEffect::CloseSeat(seat) => Effect::CloseSeat(seat),
            FloorEffect::Show { to } => self.media(floor, to),
            FloorEffect::Speaking { to } => {
                send(Class::Speak, to, frame::media::speak(floor.told_speaking()))
            }
            FloorEffect::Carries { carries, to } => {
                send(Class::Personal, to, frame::media::line(carries))
            }
            FloorEffect::Caption { seat, words, to } => {
                let name = &seats.get(seat)?.name;
                let text = frame::media::caption(seat, name, words.trim());
                send(Class::Passing, To::Many(to), text)
            }
            FloorEffect::Sealed { from, sealed, to } => {
                send(Class::Passing, To::Many(to), frame::media::seal(from, &sealed))
            }
            FloorEffect::MuteAsked { to } => {
                send(Class::Passing, To::Many(to), frame::media::asked_mute())
            }
        })
    }
}

fn send(class: Class, to: To, text: Arc<str>) -> Effect {
    Effect::Send { class, to, text }
}

/// The first frame of a connection.
pub(super) fn here(conn: LineId, scene: &Scene<'_>) -> Option<Effect> {
    let number = scene.conns.seat_of(conn)?;
    let seat = scene.seats.get(number)?;
    let text = frame::here(number, scene.now, scene.timeline().seq, seat.quiet, seat.guide);
    Some(send(Class::Personal, To::One(conn), text))
}

pub(super) fn write_announcements(told: Vec<Announcement>, seats: &Seats, out: &mut Vec<Effect>) {
    let needs_guides = |one: &Announcement| {
        matches!(one, Announcement::Circle { .. } | Announcement::Count { has_guides: true, .. })
    };
    let guides = if told.iter().any(needs_guides) { guides(seats) } else { Vec::new() };
    let count = seats.count();
    for one in told {
        let (to, text) = match one {
            Announcement::Delta { v, came, went, to } => {
                let came = came.iter().filter_map(|seat| Some((*seat, seats.get(*seat)?)));
                (to, frame::delta(v, count, &Seats::named(came), &went))
            }
            Announcement::Snapshot { v, to } => {
                (to, frame::snapshot(v, count, &Seats::named(seats.iter())))
            }
            Announcement::Circle { v, circle, to } => {
                let neighbours = Seats::named(seats.circle(circle));
                (to, frame::circle(v, count, &neighbours, &guides))
            }
            Announcement::Count { has_guides, to } => {
                (to, frame::count(count, has_guides.then_some(&*guides)))
            }
        };
        out.push(send(Class::Presence, To::Many(to), text));
    }
}

/// The guides, who are named in every room.
fn guides(seats: &Seats) -> Vec<Named<'_>> {
    let mut guides = Seats::named(seats.iter().filter(|(_, seat)| seat.guide));
    guides.truncate(GUIDES_MAX);
    guides
}

/// Sends guides the counts of one bell.
pub(super) fn bell(BellCounted { id, heard, to }: BellCounted) -> Effect {
    send(Class::Bells, To::Many(to), frame::bells(&id, heard))
}

/// Writes the feather's state, once for all people with the same status.
pub(super) fn write_feather(
    told: Option<&Feather>,
    shown: Vec<FeatherShown>,
    out: &mut Vec<Effect>,
) {
    let Some(feather) = told else { return };
    out.extend(shown.into_iter().map(|FeatherShown { you, to }| {
        send(Class::Feather, To::Many(to), frame::feather(feather, you))
    }));
}

/// Sends the state of the written round.
pub(super) fn round(told: RoundTold, to: To) -> Effect {
    send(Class::Round, to, frame::round(told))
}

/// Asks a guide's browser to make a new key that this seat must not get.
pub(super) fn rekey(guide: LineId, without: u32) -> Effect {
    send(Class::Passing, To::One(guide), frame::media::rekey(without))
}

/// Tells a connection why its request was refused.
pub(super) fn not_now(conn: LineId, why: &str) -> Effect {
    send(Class::Passing, To::One(conn), frame::not_now(why))
}

pub(super) fn me_too(to: Vec<LineId>) -> Effect {
    send(Class::Passing, To::Many(to), frame::me_too())
}

pub(super) fn over(to: To) -> Effect {
    send(Class::Over, to, frame::over())
}
