//! One connection: an up or a down. Whatever goes wrong in it, by a fault or by ill will, ends
//! this connection and no other.

use std::fmt;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use str0m::bwe::BweKind;
use str0m::media::Mid;
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpPacket;
use str0m::{Event, IceConnectionState, Input, Output, Rtc, RtcError};

use crate::hub::down::Down;
use crate::hub::measure::Fares;
use crate::hub::route::At;
use crate::hub::up::Up;
use crate::hub::{Outputs, Send};
use crate::pure::bucket::Bucket;

/// How many datagrams a second are taken from one up. A large face and a voice are 250.
const UP_PER_SECOND: u32 = 2_000;
/// How many from one down: word about the line, twenty times a second, and checks of the path.
const DOWN_PER_SECOND: u32 = 500;
/// A burst may be as much as comes in half a second.
const BURST: u32 = 2;
/// A connection that does not come about within this is given up.
pub(super) const COME_WITHIN: Duration = Duration::from_secs(30);
/// The most that one connection may want to say at one time.
const SAY_MAX: usize = 20_000;

/// What a connection is for, and what belongs to that.
#[derive(Debug)]
pub(super) enum Part {
    /// It gives.
    Up(Up),
    /// It gets.
    Down(Box<Down>),
}

/// One connection.
pub(super) struct Peer {
    rtc: Rtc,
    /// Which room it is in.
    pub(super) room: u32,
    /// Whose it is.
    pub(super) seat: u32,
    /// What it is for.
    pub(super) part: Part,
    /// How it is called.
    pub(super) names: Vec<String>,
    /// Where it has been heard from.
    pub(super) addresses: Vec<At>,
    /// How much more may come in.
    pub(super) bucket: Bucket,
    /// When it was made.
    pub(super) since: Instant,
    /// Whether it has come about.
    pub(super) connected: bool,
    /// Whether it is over.
    pub(super) over: bool,
    /// Whether it waits to be asked what it has to say.
    pub(super) stirred: bool,
}

/// What connections have said, until it is seen to. The lists are used again and again.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Sound and pictures.
    pub(super) packets: Vec<RtpPacket>,
    /// Everything else.
    pub(super) words: Vec<Word>,
}

/// Something a connection says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Word {
    /// It has come about.
    Connected,
    /// Its browser waits for a whole picture on this line.
    Keyframe(Mid),
    /// Its line carries so many bit/s.
    Carries(u64),
    /// How its line fares.
    Fares(Fares),
    /// A check of a path from there was answered.
    Path(At),
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer")
            .field("seat", &self.seat)
            .field("connected", &self.connected)
            .finish_non_exhaustive()
    }
}

impl Peer {
    pub(super) fn new(
        (rtc, name): (Rtc, String),
        who: (u32, u32),
        part: Part,
        now: Instant,
    ) -> Self {
        let per_second = match part {
            Part::Up(_) => UP_PER_SECOND,
            Part::Down(_) => DOWN_PER_SECOND,
        };
        Self {
            rtc,
            room: who.0,
            seat: who.1,
            part,
            names: vec![name],
            addresses: vec![],
            bucket: Bucket::new(per_second, per_second / BURST),
            since: now,
            connected: false,
            over: false,
            stirred: false,
        }
    }

    /// Does something with the connection. A fault in it, told or not, ends it.
    ///
    /// A panic is caught here because what runs inside reads bytes of strangers: nothing but the
    /// connection is touched in it, and the connection is not used again afterwards.
    pub(super) fn with<T>(
        &mut self,
        what: impl FnOnce(&mut Rtc, &mut Part) -> Result<T, RtcError>,
    ) -> Option<T> {
        if self.over {
            return None;
        }
        let done = catch_unwind(AssertUnwindSafe(|| what(&mut self.rtc, &mut self.part)));
        let done = match done {
            Ok(Ok(done)) if self.rtc.is_alive() => return Some(done),
            Ok(Ok(done)) => Some(done),
            Ok(Err(_)) | Err(_) => None,
        };
        self.over = true;
        done
    }

    /// A datagram came, and then whatever it makes the connection say. When it is due next.
    pub(super) fn hear(
        &mut self,
        (proto, from, to): (Protocol, SocketAddr, SocketAddr),
        bytes: &[u8],
        now: Instant,
        said: (&mut Outputs, &mut Said),
    ) -> Option<Instant> {
        // What is no datagram at all is no fault of the connection: anybody could have sent it.
        let receive = Receive::new(proto, from, to, bytes).ok()?;
        self.with(|rtc, _| {
            rtc.handle_input(Input::Receive(now, receive))?;
            drain(rtc, said)
        })
        .map(|(due, lost)| self.after(due, lost))
    }

    /// Time has passed, or something was done with the connection: what it has to say now. When
    /// it is due next.
    pub(super) fn wake(
        &mut self,
        now: Instant,
        said: (&mut Outputs, &mut Said),
    ) -> Option<Instant> {
        self.with(|rtc, _| {
            rtc.handle_input(Input::Timeout(now))?;
            drain(rtc, said)
        })
        .map(|(due, lost)| self.after(due, lost))
    }

    fn after(&mut self, due: Instant, lost: bool) -> Instant {
        self.over |= lost;
        // Until it has come about it is looked at again when it should have.
        if self.connected { due } else { due.min(self.since + COME_WITHIN) }
    }

    /// Says goodbye, so that the browser knows at once.
    pub(super) fn leave(&mut self, now: Instant, out: &mut Outputs) {
        let mut said = Said::default();
        self.with(|rtc, _| {
            rtc.close()?;
            rtc.handle_input(Input::Timeout(now))?;
            drain(rtc, (out, &mut said)).map(|_| ())
        });
        self.over = true;
    }

    /// The connection and what belongs to it, for the way of a packet.
    pub(super) fn down(&mut self) -> Option<&mut Down> {
        match &mut self.part {
            Part::Down(down) => Some(down),
            Part::Up(_) => None,
        }
    }

    /// What belongs to an up.
    pub(super) fn up(&mut self) -> Option<&mut Up> {
        match &mut self.part {
            Part::Up(up) => Some(up),
            Part::Down(_) => None,
        }
    }
}

/// Takes out all that a connection has to say. When it is due next, and whether it is lost.
fn drain(
    rtc: &mut Rtc,
    (out, said): (&mut Outputs, &mut Said),
) -> Result<(Instant, bool), RtcError> {
    let mut lost = false;
    for _ in 0..SAY_MAX {
        match rtc.poll_output()? {
            Output::Timeout(due) => return Ok((due, lost)),
            Output::Transmit(transmit) => {
                // Answers to checks of a path begin with two bits of zero.
                if transmit.contents.first().is_some_and(|first| *first < 4) {
                    let from = At::new(transmit.proto, transmit.destination);
                    said.words.push(Word::Path(from));
                }
                out.sends.push(Send {
                    proto: transmit.proto,
                    to: transmit.destination,
                    bytes: transmit.contents,
                });
            }
            Output::Event(event) => match event {
                Event::RtpPacket(packet) => said.packets.push(packet),
                Event::Connected => said.words.push(Word::Connected),
                Event::KeyframeRequest(request) => said.words.push(Word::Keyframe(request.mid)),
                Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                    said.words.push(Word::Carries(estimate.as_u64()));
                }
                Event::PeerStats(line) => said.words.push(Word::Fares(Fares {
                    bits: line.bwe_tx.map(|bits| bits.as_u64()),
                    trip: line.rtt,
                    loss: line.egress_loss_fraction,
                    sent: line.bytes_tx,
                })),
                Event::IceConnectionStateChange(IceConnectionState::Disconnected)
                | Event::Closed => lost = true,
                _ => {}
            },
        }
    }
    // Nothing says so much at once: it would never end.
    Err(RtcError::Io(std::io::Error::other("no end")))
}
