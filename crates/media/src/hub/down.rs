//! What a browser gets: its lines, and what goes into each.

use std::time::{Duration, Instant};

use sitwith_core::sit::media::Carries;
use str0m::Rtc;
use str0m::change::SdpPendingOffer;
use str0m::format::Codec;
use str0m::media::{Direction, Mid, Pt};
use str0m::rtp::{RtpWrite, Ssrc};

use crate::hub::Sort;
use crate::hub::build::{FIRST_ESTIMATE, KEPT_FOR, KEPT_PACKETS};
use crate::hub::load::Load;
use crate::pure::keyframes::Patience;
use crate::pure::layers::Layers;
use crate::pure::rewrite::Rewrite;
use crate::pure::tries::Tries;
use crate::pure::trust::Trust;

/// Ticks a second of voices and of faces.
const VOICE_CLOCK: u32 = 48_000;
const FACE_CLOCK: u32 = 90_000;
/// How much of what a face sent may be sent again, when much is lost.
const AGAIN: Option<f32> = Some(0.25);
/// When a face waits for so long to be sent because its line is slow, it is let go.
const WAITS_MAX: Duration = Duration::from_millis(250);
/// Where the line may have room after all it waits longer: letting it go costs a whole picture.
const WAITS_IN_DOUBT: Duration = Duration::from_secs(1);
/// A face that was let go does not come back before this.
const RESTS: Duration = Duration::from_secs(2);

/// An offer that is not answered yet.
pub(super) struct Pending {
    pub(super) n: u32,
    pub(super) sdp: String,
    pub(super) offer: Option<SdpPendingOffer>,
    pub(super) voices: Vec<Mid>,
    pub(super) faces: Vec<Mid>,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("n", &self.n).finish_non_exhaustive()
    }
}

/// What belongs to a down connection.
#[derive(Debug)]
pub(super) struct Down {
    /// Whether it tells how its line fares.
    pub(super) paced: bool,
    /// The offer it goes by; 0 before the first answer.
    pub(super) n: u32,
    /// The offer that is not answered yet.
    pub(super) pending: Option<Pending>,
    /// What its line carries, in bit/s, as far as is known; and what it is taken to carry by what
    /// paces it.
    pub(super) estimate: Option<u64>,
    pub(super) paces: u64,
    /// How far estimates of its line are to be believed.
    pub(super) trust: Trust,
    /// When more of it is asked for.
    pub(super) tries: Tries,
    /// Faces go out at once: what paces them takes the line for fuller than it is.
    pub(super) free: bool,
    /// It gets no face now: its line is not measured, and not filled either.
    pub(super) rests: bool,
    /// How its line is divided.
    pub(super) layers: Layers,
    /// What was told of its line, and when.
    pub(super) told: (Carries, Option<Instant>),
    voices: Vec<Out>,
    faces: Vec<Out>,
    types: Types,
}

/// The numbers that mark sound and pictures on this connection.
#[derive(Clone, Copy, Debug, Default)]
struct Types {
    sound: Option<Pt>,
    repeated: Option<Pt>,
    picture: Option<Pt>,
}

/// One line of a down.
#[derive(Debug)]
struct Out {
    mid: Mid,
    ssrc: Ssrc,
    /// Whom it carries.
    seat: Option<u32>,
    /// The layer that is wanted; none: nothing.
    want: Option<u8>,
    /// The layer and stream that are carried.
    carries: Option<(u8, u32)>,
    rewrite: Rewrite,
    patience: Patience,
    /// Its line was too slow: nothing before this.
    rests: Option<Instant>,
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    /// It goes out.
    Sent,
    /// It goes out, and a whole picture begins with it.
    Began,
    /// It does not concern this browser.
    Nothing,
    /// A whole picture is needed first.
    Waits,
}

impl Down {
    pub(super) fn new(paced: bool) -> Self {
        Self {
            paced,
            n: 0,
            pending: None,
            estimate: None,
            paces: FIRST_ESTIMATE.as_u64(),
            trust: Trust::new(FIRST_ESTIMATE.as_u64()),
            tries: Tries::default(),
            free: false,
            rests: false,
            layers: Layers::default(),
            told: (Carries::All, None),
            voices: vec![],
            faces: vec![],
            types: Types::default(),
        }
    }

    /// How many lines for voices and faces there are.
    pub(super) fn lines(&self) -> (usize, usize) {
        (self.voices.len(), self.faces.len())
    }

    /// An offer was answered: its lines are there from now on, as many as the browser took.
    pub(super) fn agreed(
        &mut self,
        rtc: &mut Rtc,
        pending: &Pending,
        chance: &mut dyn FnMut() -> u16,
    ) {
        self.n = pending.n;
        self.let_free(rtc, false);
        let params = rtc.codec_config().params();
        let of = |codec: Codec| params.iter().find(|one| one.spec().codec == codec);
        self.types = Types {
            sound: of(Codec::Opus).map(|one| one.pt()),
            // None where the browser did not answer that it understands it.
            repeated: of(Codec::Opus).and_then(|one| one.red()),
            picture: of(Codec::Vp8).map(|one| one.pt()),
        };
        let lines = pending.voices.iter().map(|mid| (Sort::Voice, *mid));
        let lines = lines.chain(pending.faces.iter().map(|mid| (Sort::Face, *mid)));
        for (sort, mid) in lines {
            // A line the browser did not take has no stream, but keeps its place among the slots.
            let ssrc = prepare(rtc, sort, mid).unwrap_or_else(|| 0.into());
            let (outs, clock) = match sort {
                Sort::Voice => (&mut self.voices, VOICE_CLOCK),
                Sort::Face => (&mut self.faces, FACE_CLOCK),
            };
            outs.push(Out {
                mid,
                ssrc,
                seat: None,
                want: (sort == Sort::Voice).then_some(0),
                carries: None,
                // Well below the first rollover, so that who joins late can decrypt.
                rewrite: Rewrite::new(chance() & 0x3FFF, clock),
                patience: Patience::default(),
                rests: None,
            });
        }
    }

    /// Faces go out at once from now on, or as what paces them lets them.
    pub(super) fn let_free(&mut self, rtc: &mut Rtc, free: bool) {
        if std::mem::replace(&mut self.free, free) == free {
            return;
        }
        let mut api = rtc.direct_api();
        for out in &self.faces {
            if let Some(stream) = api.stream_tx(&out.ssrc) {
                stream.set_unpaced(free);
            }
        }
    }

    fn out(&mut self, sort: Sort, slot: usize) -> Option<&mut Out> {
        match sort {
            Sort::Voice => self.voices.get_mut(slot),
            Sort::Face => self.faces.get_mut(slot),
        }
    }

    /// A slot carries somebody else from now on, or nobody. What still waits of whom it carried
    /// is let go.
    pub(super) fn carry(&mut self, rtc: &mut Rtc, (sort, slot): (Sort, usize), seat: Option<u32>) {
        let Some(out) = self.out(sort, slot) else {
            return;
        };
        if out.seat == seat {
            return;
        }
        let before = std::mem::replace(&mut out.seat, seat);
        out.patience.fresh();
        out.rests = None;
        if sort == Sort::Face {
            out.want = None;
        }
        out.carries = None;
        out.rewrite.pause();
        // Though nothing is carried just now: something may still wait, or be asked for again.
        if before.is_some() {
            let_go(rtc, out.mid);
        }
    }

    /// Which layer of this face is wanted from now on. True when it is another than what is sent,
    /// so that a whole picture is needed.
    pub(super) fn aim(&mut self, slot: usize, want: Option<u8>) -> bool {
        let Some(out) = self.faces.get_mut(slot) else {
            return false;
        };
        out.want = want;
        if want.is_none() && out.carries.take().is_some() {
            out.rewrite.pause();
        }
        want.is_some_and(|want| out.carries.is_none_or(|(layer, _)| layer != want))
    }

    /// One packet for this browser.
    pub(super) fn take(&mut self, rtc: &mut Rtc, load: &Load, now: Instant) -> Became {
        let packet = &load.packet;
        let paced = self.paced;
        // A line that cannot carry all has no room for saying things twice either.
        let roomy = self.told.0 == Carries::All;
        let types = self.types;
        let may_wait =
            if paced && self.trust.may_have_room(now) { WAITS_IN_DOUBT } else { WAITS_MAX };
        let Some(out) = self.out(packet.sort, usize::from(packet.slot)) else {
            return Became::Nothing;
        };
        // The room's table has said whose this slot is; it is asked again here.
        if out.seat != Some(packet.seat) {
            return Became::Nothing;
        }
        let came = (packet.layer, packet.stream);
        let first = out.carries != Some(came);
        let mut began = false;
        if first {
            if out.want != Some(packet.layer) || out.rests.is_some_and(|until| now < until) {
                return Became::Nothing;
            }
            if packet.sort == Sort::Face && !packet.key {
                return Became::Waits;
            }
            out.carries = Some(came);
            out.rewrite.begin(u64::from(packet.stream));
            began = packet.sort == Sort::Face;
        }
        let source = u64::from(packet.stream);
        let Some(numbers) = out.rewrite.write(source, &load.numbers, now) else {
            return Became::Nothing;
        };
        // What was said before somebody could be heard is not repeated to anybody.
        let repeated = types.repeated.filter(|_| roomy && !first);
        let repeated = repeated.filter(|_| types.sound.is_some_and(|pt| load.repeats(*pt)));
        let (kind, payload) = match (packet.sort, packet.red, repeated) {
            (Sort::Face, ..) => (types.picture, Some(packet.payload.clone())),
            (Sort::Voice, true, Some(red)) => (Some(red), Some(packet.payload.clone())),
            (Sort::Voice, true, None) => (types.sound, load.plain()),
            (Sort::Voice, false, _) => (types.sound, Some(packet.payload.clone())),
        };
        let (Some(kind), Some(payload)) = (kind, payload) else {
            return Became::Nothing;
        };
        let (ssrc, mid) = (out.ssrc, out.mid);
        let mut api = rtc.direct_api();
        let Some(stream) = api.stream_tx(&ssrc) else {
            return Became::Nothing;
        };
        let waits = paced && packet.sort == Sort::Face && {
            let oldest = stream.queue_info().and_then(|queue| queue.first_unsent());
            oldest.is_some_and(|at| now.saturating_duration_since(at) > may_wait)
        };
        if waits {
            out.carries = None;
            out.rewrite.pause();
            out.rests = Some(now + RESTS);
            let_go(rtc, mid);
            return Became::Sent;
        }
        let mut write = RtpWrite::new(kind, numbers.seq.into(), numbers.ts, now, payload)
            .marker(packet.marker)
            .ext_vals(load.beside())
            .nackable(packet.sort == Sort::Face);
        if let Some(patch) = load.patch(&numbers) {
            write = write.vp8_patch(patch);
        }
        stream.write_rtp(write);
        if began { Became::Began } else { Became::Sent }
    }

    /// The browser waits for a whole picture on this line: the slot and the layer to ask for, if
    /// it is to be heard.
    pub(super) fn waits(&mut self, mid: Mid, now: Instant) -> Option<(u8, u8)> {
        let slot = self.faces.iter().position(|out| out.mid == mid)?;
        let out = self.faces.get_mut(slot)?;
        let layer = out.carries.map(|(layer, _)| layer).or(out.want)?;
        let heard = out.patience.ask(now);
        heard.then_some((u8::try_from(slot).ok()?, layer))
    }
}

/// Makes a line ready to be written to; none when the browser did not take it.
fn prepare(rtc: &mut Rtc, sort: Sort, mid: Mid) -> Option<Ssrc> {
    let media = rtc.media(mid)?;
    if media.disabled() || !media.direction().is_sending() {
        return None;
    }
    let mut api = rtc.direct_api();
    let stream = api.stream_tx_by_mid(mid, None)?;
    match sort {
        // Sound is never sent again: what it repeats comes with the next packet.
        Sort::Voice => stream.set_rtx_cache(1, Duration::ZERO, None),
        Sort::Face => stream.set_rtx_cache(KEPT_PACKETS, KEPT_FOR, AGAIN),
    }
    Some(stream.ssrc())
}

/// Lets go what waits to be sent on this line, and what is kept to be sent again.
fn let_go(rtc: &mut Rtc, mid: Mid) {
    // The library empties a line when it stops being one that sends; nothing of this is offered
    // to the browser.
    let mut api = rtc.sdp_api();
    api.set_direction(mid, Direction::Inactive);
    api.set_direction(mid, Direction::SendOnly);
}
