//! Writes the frames of a room: the machines' effects become text here and nowhere else. A text is
//! written once and shared by all its recipients.

use std::sync::Arc;

use super::announcer::Announcement;
use super::bells::BellCounted;
use super::feather::FeatherShown;
use super::media::{FloorControl, FloorEffect};
use super::order::RunningOrder;
use super::scene::RoomScene;
use super::{ConnId, Recipients, RoomOutput, RoundTold};
use crate::sit::frame;
use crate::sit::lag::FrameClass;
use crate::sit::presence::{NAMED_GUIDES_MAX, NamedSeat, Seats};
use crate::sit::spoken::VisibleFeather;
use crate::time::{Instant, Span};

/// Time for which the timeline frame is reused for newcomers; a new one leaves out past strikes.
const TIMELINE_REUSED_FOR: Span = Span::from_secs(10);

/// Frames shared by newcomers.
#[derive(Debug, Default)]
pub(super) struct FrameCache {
    /// The timeline frame, and when it was written.
    timeline_frame: Option<(Instant, Arc<str>)>,
    /// The media frame and its version.
    media_frame: Option<(u32, Arc<str>)>,
}

impl FrameCache {
    /// The running order has changed: drops the frame.
    pub(super) fn forget_timeline(&mut self) {
        self.timeline_frame = None;
    }

    pub(super) fn timeline_frame(
        &mut self,
        order: &RunningOrder,
        to: Recipients,
        now: Instant,
    ) -> RoomOutput {
        let written = self.timeline_frame.take().filter(|(at, _)| *at + TIMELINE_REUSED_FOR > now);
        let (at, text) =
            written.unwrap_or_else(|| (now, frame::write_timeline(order.timeline(), now)));
        self.timeline_frame = Some((at, Arc::clone(&text)));
        send_frame(FrameClass::Timeline, to, text)
    }

    fn media_frame(&mut self, floor: &FloorControl, to: Recipients) -> RoomOutput {
        let (v, shown) = floor.shown_media();
        let written = self.media_frame.take().filter(|(written, _)| *written == v);
        let (_, text) = written.unwrap_or_else(|| (v, frame::media::write_media(v, shown)));
        self.media_frame = Some((v, Arc::clone(&text)));
        send_frame(FrameClass::Media, to, text)
    }

    /// Converts an effect of floor control; `None` if it is about a seat that is empty by now.
    pub(super) fn floor_output(
        &mut self,
        effect: FloorEffect,
        floor: &FloorControl,
        seats: &Seats,
    ) -> Option<RoomOutput> {
        Some(match effect {
            FloorEffect::SetRules(rules) => RoomOutput::SetMediaRules(rules),
            FloorEffect::SetWants { seat, wants } => RoomOutput::SetMediaWants { seat, wants },
            FloorEffect::CloseSeat(seat) => RoomOutput::CloseSeat(seat),
            FloorEffect::ShowMedia { to } => self.media_frame(floor, to),
            FloorEffect::ShowSpeaking { to } => {
                send_frame(FrameClass::Speak, to, frame::media::write_speak(floor.told_speaking()))
            }
            FloorEffect::ShowDownlink { carries, to } => {
                send_frame(FrameClass::Personal, to, frame::media::write_downlink(carries))
            }
            FloorEffect::PassCaption { seat, words, to } => {
                let name = &seats.get(seat)?.name;
                let text = frame::media::write_caption(seat, name, words.trim());
                send_frame(FrameClass::Momentary, Recipients::Many(to), text)
            }
            FloorEffect::PassSealed { from, sealed, to } => send_frame(
                FrameClass::Momentary,
                Recipients::Many(to),
                frame::media::write_seal(from, &sealed),
            ),
            FloorEffect::AskMute { to } => send_frame(
                FrameClass::Momentary,
                Recipients::Many(to),
                frame::media::write_asked_mute(),
            ),
        })
    }
}

fn send_frame(class: FrameClass, to: Recipients, text: Arc<str>) -> RoomOutput {
    RoomOutput::Send { class, to, text }
}

/// The first frame of a connection.
pub(super) fn send_here(conn: ConnId, scene: &RoomScene<'_>) -> Option<RoomOutput> {
    let number = scene.conns.seat_of(conn)?;
    let seat = scene.seats.get(number)?;
    let text =
        frame::write_here(number, scene.now, scene.timeline().seq, seat.is_quiet, seat.is_guide);
    Some(send_frame(FrameClass::Personal, Recipients::One(conn), text))
}

pub(super) fn send_announcements(
    told: Vec<Announcement>,
    seats: &Seats,
    out: &mut Vec<RoomOutput>,
) {
    let needs_guides = |one: &Announcement| {
        matches!(one, Announcement::Circle { .. } | Announcement::Count { has_guides: true, .. })
    };
    let guides = if told.iter().any(needs_guides) { named_guides(seats) } else { Vec::new() };
    let count = seats.count();
    for one in told {
        let (to, text) = match one {
            Announcement::Delta { v, came, went, to } => {
                let came = came.iter().filter_map(|seat| Some((*seat, seats.get(*seat)?)));
                (to, frame::write_delta(v, count, &Seats::collect_named(came), &went))
            }
            Announcement::Snapshot { v, to } => {
                (to, frame::write_snapshot(v, count, &Seats::collect_named(seats.taken_seats())))
            }
            Announcement::Circle { v, circle, to } => {
                let neighbours = Seats::collect_named(seats.circle_seats(circle));
                (to, frame::write_circle(v, count, &neighbours, &guides))
            }
            Announcement::Count { has_guides, to } => {
                (to, frame::write_count(count, has_guides.then_some(&*guides)))
            }
        };
        out.push(send_frame(FrameClass::Presence, Recipients::Many(to), text));
    }
}

/// The guides, who are named in every room.
fn named_guides(seats: &Seats) -> Vec<NamedSeat<'_>> {
    let mut guides = Seats::collect_named(seats.taken_seats().filter(|(_, seat)| seat.is_guide));
    guides.truncate(NAMED_GUIDES_MAX);
    guides
}

/// Sends guides the counts of one bell.
pub(super) fn send_bell_count(BellCounted { id, heard, to }: BellCounted) -> RoomOutput {
    send_frame(FrameClass::Bells, Recipients::Many(to), frame::write_bells(&id, heard))
}

/// Writes the feather's state, once for all people with the same status.
pub(super) fn send_feather(
    told: Option<&VisibleFeather>,
    shown: Vec<FeatherShown>,
    out: &mut Vec<RoomOutput>,
) {
    let Some(feather) = told else { return };
    out.extend(shown.into_iter().map(|FeatherShown { status: you, to }| {
        send_frame(FrameClass::Feather, Recipients::Many(to), frame::write_feather(feather, you))
    }));
}

/// Sends the state of the written round.
pub(super) fn send_round(told: RoundTold, to: Recipients) -> RoomOutput {
    send_frame(FrameClass::Round, to, frame::write_round(told))
}

/// Asks a guide's browser to make a new key that this seat must not get.
pub(super) fn send_rekey(guide: ConnId, without: u32) -> RoomOutput {
    send_frame(FrameClass::Momentary, Recipients::One(guide), frame::media::write_rekey(without))
}

/// Tells a connection why its request was refused.
pub(super) fn send_not_now(conn: ConnId, why: &str) -> RoomOutput {
    send_frame(FrameClass::Momentary, Recipients::One(conn), frame::write_not_now(why))
}

pub(super) fn send_me_too(to: Vec<ConnId>) -> RoomOutput {
    send_frame(FrameClass::Momentary, Recipients::Many(to), frame::write_me_too())
}

pub(super) fn send_over(to: Recipients) -> RoomOutput {
    send_frame(FrameClass::Over, to, frame::write_over())
}
