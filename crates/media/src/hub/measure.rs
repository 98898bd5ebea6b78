//! What is known of each paced line, and what is asked of it.

use std::time::Duration;

use str0m::bwe::Bitrate;

use crate::hub::Hub;
use crate::hub::build::FIRST_ESTIMATE;
use crate::hub::peer::Part;
use crate::pure::tries::Ask;

/// What a line without faces is taken to carry. The library fills every line it measures with 50
/// kbit/s of nothing, unless it carries less: in a silent sit that would be all there is.
const RESTING: Bitrate = Bitrate::kbps(1);
/// Faces are not paced by an estimate that lies below what the line was seen to carry, in
/// hundredths of that.
const FREE_BELOW: u64 = 90;

/// How a line fares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fares {
    /// What it is estimated to carry, in bit/s.
    pub(super) bits: Option<u64>,
    /// How long the last packet there and word of it back were on their way.
    pub(super) trip: Option<Duration>,
    /// How much of what was sent in the last second is lost, of one.
    pub(super) loss: Option<f32>,
    /// How many bytes of sound and picture were sent in all.
    pub(super) sent: u64,
}

/// What is needed of a line, in bit/s.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needs {
    /// For all that is wanted.
    pub(super) wish: u64,
    /// For one layer more than is given, if more is wanted.
    pub(super) next: Option<u64>,
    /// No face is wanted.
    pub(super) rests: bool,
}

impl Hub {
    /// A line fares like this.
    pub(super) fn fares(&mut self, id: u32, fares: Fares) {
        let now = self.now;
        let Some(down) = self.peers.get_mut(id).and_then(|peer| peer.down()) else {
            return;
        };
        if down.rests {
            return;
        }
        down.trust.seen(fares.trip, fares.loss, now);
        down.trust.sent(fares.sent, now);
        if let Some(bits) = fares.bits {
            self.carries(id, bits);
        }
    }

    /// A line is estimated to carry so many bit/s.
    pub(super) fn carries(&mut self, id: u32, bits: u64) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let room = peer.room;
        let Some(down) = peer.down().filter(|down| !down.rests) else {
            return;
        };
        down.paces = bits;
        let carries = down.trust.carries(bits, now);
        if down.estimate.replace(carries) == Some(carries) {
            self.ease(id);
        } else {
            self.aim_one(room, id);
        }
    }

    /// Faces go out at once while what paces them takes the line for fuller than it is, and not a
    /// moment later: those that wait are let go.
    fn ease(&mut self, id: u32) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let Some(down) = peer.down() else { return };
        let carries = down.estimate.unwrap_or(FIRST_ESTIMATE.as_u64());
        let below = down.paces.saturating_mul(100) < carries.saturating_mul(FREE_BELOW);
        let free = !down.rests && below && down.trust.has_room(now);
        if down.free == free {
            return;
        }
        peer.with(|rtc, part| {
            if let Part::Down(down) = part {
                down.let_free(rtc, free);
            }
            Ok(())
        });
        self.stir(id);
    }

    /// Says to what measures and paces a line how much is needed of it.
    pub(super) fn measure(&mut self, id: u32, needs: Needs) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let Some(down) = peer.down() else { return };
        let rests = needs.rests;
        let turns = std::mem::replace(&mut down.rests, rests) != rests;
        let carries = down.estimate.unwrap_or(FIRST_ESTIMATE.as_u64());
        let has_room = down.trust.has_room(now);
        let mut wish = needs.wish;
        let mut anew = turns.then_some(carries);
        match needs.next.filter(|_| !rests) {
            Some(next) if has_room => match down.tries.ask(carries, next, now) {
                Ask::Anew(bits) if down.layers.gives_nothing() => {
                    wish = bits;
                    anew = Some(carries.min(down.paces));
                }
                Ask::Less(bits) | Ask::More(bits) | Ask::Anew(bits) => wish = bits,
            },
            // One that is full is left in peace.
            Some(next) => {
                down.tries.rest(now);
                wish = carries.min(next);
            }
            None => down.tries.rest(now),
        }
        let mut anew = anew.map(Bitrate::from);
        let mut wish = Bitrate::from(wish);
        if rests {
            wish = RESTING;
            anew = anew.map(|_| RESTING);
        }
        if let Some(anew) = anew {
            down.trust.assume(anew.as_u64());
        }
        peer.with(|rtc, _| {
            let mut bwe = rtc.bwe();
            if let Some(anew) = anew {
                bwe.reset(anew);
            }
            bwe.set_bitrate(Bitrate::ZERO, wish);
            Ok(())
        });
        self.stir(id);
        self.ease(id);
    }
}
