//! One connection, an up or a down, around its str0m agent. Whatever fails in it, by fault or by
//! malice, closes this connection and no other.

use std::fmt;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use str0m::bwe::{Bitrate, BweKind};
use str0m::media::Mid;
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpPacket;
use str0m::{Event, IceConnectionState, Input, Output, Rtc, RtcError};

use crate::hub::demux::TransportAddr;
use crate::hub::down::DownTracks;
use crate::hub::link::{LinkDemand, LinkStats};
use crate::hub::up::UpTracks;
use crate::hub::{ForwardingTable, HubOutputs, OutboundDatagram};
use crate::pure::bucket::TokenBucket;

/// Rate limit of datagrams from one up, per second. A large face and a voice send 250.
const UP_DATAGRAMS_PER_SECOND: u32 = 2_000;
/// Rate limit of datagrams from one down, per second: feedback 20 times a second, and STUN.
const DOWN_DATAGRAMS_PER_SECOND: u32 = 500;
/// A burst may be this fraction of a second's rate.
const BURST_DIVISOR: u32 = 2;
/// Time a connection may take to become connected.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// Limit of outputs taken from one agent in a row; more is a loop without end.
const OUTPUTS_MAX: usize = 20_000;

/// Direction of a connection and its state.
#[derive(Debug)]
pub(super) enum PeerRole {
    Up(UpTracks),
    Down(Box<DownTracks>),
}

/// One connection.
pub(super) struct Peer {
    rtc: Rtc,
    /// Index of its room.
    pub(super) room: u32,
    pub(super) seat: u32,
    pub(super) role: PeerRole,
    /// Its ufrags, oldest first.
    pub(super) ufrags: Vec<String>,
    /// Validated source addresses, oldest first.
    pub(super) addrs: Vec<TransportAddr>,
    /// Rate limit of incoming datagrams.
    pub(super) bucket: TokenBucket,
    created_at: Instant,
    pub(super) is_connected: bool,
    pub(super) is_closed: bool,
    /// It is in the poll queue.
    pub(super) is_poll_queued: bool,
}

/// Events of connections that wait to be handled. The lists' allocations are reused.
#[derive(Debug, Default)]
pub(super) struct PeerEvents {
    pub(super) packets: Vec<RtpPacket>,
    pub(super) others: Vec<PeerEvent>,
}

/// An event of a connection, other than a packet.
#[derive(Clone, Copy, Debug)]
pub(super) enum PeerEvent {
    /// ICE and DTLS are complete.
    Connected,
    /// The browser sent a PLI or FIR for this transceiver.
    KeyframeRequested(Mid),
    /// BWE has a new estimate, in bit/s.
    EstimateChanged(u64),
    /// Statistics of the link are due.
    StatsReported(LinkStats),
    /// A binding request from this address was answered.
    AddrValidated(TransportAddr),
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer")
            .field("seat", &self.seat)
            .field("is_connected", &self.is_connected)
            .finish_non_exhaustive()
    }
}

impl Peer {
    /// A connection that is not negotiated yet; `owner` is the index of its room, and the seat.
    pub(super) fn new(
        (rtc, ufrag): (Rtc, String),
        owner: (u32, u32),
        role: PeerRole,
        now: Instant,
    ) -> Self {
        let per_second = match role {
            PeerRole::Up(_) => UP_DATAGRAMS_PER_SECOND,
            PeerRole::Down(_) => DOWN_DATAGRAMS_PER_SECOND,
        };
        Self {
            rtc,
            room: owner.0,
            seat: owner.1,
            role,
            ufrags: vec![ufrag],
            addrs: vec![],
            bucket: TokenBucket::new(per_second, per_second / BURST_DIVISOR),
            created_at: now,
            is_connected: false,
            is_closed: false,
            is_poll_queued: false,
        }
    }

    /// Runs `action` on the agent. An error or a panic in it closes the connection; then, and when
    /// it was closed before, the result is none.
    ///
    /// The panic is caught because str0m parses bytes of strangers here. Nothing outside the
    /// connection is touched inside, and the agent is not used again afterwards.
    pub(super) fn with_rtc<T>(
        &mut self,
        action: impl FnOnce(&mut Rtc, &mut PeerRole) -> Result<T, RtcError>,
    ) -> Option<T> {
        if self.is_closed {
            return None;
        }
        let result = catch_unwind(AssertUnwindSafe(|| action(&mut self.rtc, &mut self.role)));
        let value = match result {
            Ok(Ok(value)) if self.rtc.is_alive() => return Some(value),
            Ok(Ok(value)) => Some(value),
            Ok(Err(_)) | Err(_) => None,
        };
        self.is_closed = true;
        value
    }

    /// Feeds a datagram and drains the agent; returns when it wants to be polled next.
    pub(super) fn receive(
        &mut self,
        (proto, from, to): (Protocol, SocketAddr, SocketAddr),
        bytes: &[u8],
        now: Instant,
        sinks: (&mut HubOutputs, &mut PeerEvents),
    ) -> Option<Instant> {
        // Malformed datagrams do not close the connection: their source address can be forged.
        let receive = Receive::new(proto, from, to, bytes).ok()?;
        self.with_rtc(|rtc, _| {
            rtc.handle_input(Input::Receive(now, receive))?;
            drain_outputs(rtc, sinks)
        })
        .map(|(due, is_lost)| self.next_poll(due, is_lost))
    }

    /// Advances the agent to `now` and drains it; returns when it wants to be polled next.
    pub(super) fn poll(
        &mut self,
        now: Instant,
        sinks: (&mut HubOutputs, &mut PeerEvents),
    ) -> Option<Instant> {
        self.with_rtc(|rtc, _| {
            rtc.handle_input(Input::Timeout(now))?;
            drain_outputs(rtc, sinks)
        })
        .map(|(due, is_lost)| self.next_poll(due, is_lost))
    }

    fn next_poll(&mut self, due: Instant, is_lost: bool) -> Instant {
        self.is_closed |= is_lost;
        if self.is_connected { due } else { due.min(self.created_at + CONNECT_TIMEOUT) }
    }

    /// True once it is closed, or did not connect in time.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.is_closed || !self.is_connected && self.created_at + CONNECT_TIMEOUT <= now
    }

    /// Closes the connection with a DTLS alert, so that the browser notices at once.
    pub(super) fn disconnect(&mut self, now: Instant, outputs: &mut HubOutputs) {
        if let PeerRole::Up(up) = &mut self.role {
            up.is_dismissed = true;
        }
        let mut events = PeerEvents::default();
        self.with_rtc(|rtc, _| {
            rtc.close()?;
            rtc.handle_input(Input::Timeout(now))?;
            drain_outputs(rtc, (outputs, &mut events)).map(|_| ())
        });
        self.is_closed = true;
    }

    /// Binds the slots of a down to a table; none when the connection is closed.
    pub(super) fn bind_slots(&mut self, table: &ForwardingTable) -> Option<()> {
        let own_seat = self.seat;
        self.with_rtc(|rtc, role| {
            if let PeerRole::Down(down) = role {
                down.bind_slots(rtc, table, own_seat);
            }
            Ok(())
        })
    }

    /// Sends a PLI for a layer of an up's face; false when there is no such layer.
    pub(super) fn send_pli(&mut self, layer: u8) -> bool {
        let sent = self.with_rtc(|rtc, role| {
            Ok(match role {
                PeerRole::Up(up) => up.send_pli(rtc, layer),
                PeerRole::Down(_) => false,
            })
        });
        sent == Some(true)
    }

    /// Passes a down's demand to BWE.
    pub(super) fn apply_demand(&mut self, demand: LinkDemand, now: Instant) {
        self.with_rtc(|rtc, role| {
            if let PeerRole::Down(down) = role {
                let target = down.link.on_demand(demand, now);
                let mut bwe = rtc.bwe();
                if let Some(reset) = target.reset {
                    bwe.reset(reset);
                }
                bwe.set_bitrate(Bitrate::ZERO, target.desired);
            }
            Ok(())
        });
        self.update_pacing(now);
    }

    /// Lets a down's faces bypass the pacer, or not; true when that changed, so that the
    /// connection is to be polled: queued packets can go.
    pub(super) fn update_pacing(&mut self, now: Instant) -> bool {
        let Some(down) = self.down_mut() else {
            return false;
        };
        let is_unpaced = down.link.bypasses_pacer(now);
        if down.is_unpaced() == is_unpaced {
            return false;
        }
        self.with_rtc(|rtc, role| {
            if let PeerRole::Down(down) = role {
                down.set_unpaced(rtc, is_unpaced);
            }
            Ok(())
        });
        true
    }

    pub(super) fn down_mut(&mut self) -> Option<&mut DownTracks> {
        match &mut self.role {
            PeerRole::Down(down) => Some(down),
            PeerRole::Up(_) => None,
        }
    }

    pub(super) fn up_mut(&mut self) -> Option<&mut UpTracks> {
        match &mut self.role {
            PeerRole::Up(up) => Some(up),
            PeerRole::Down(_) => None,
        }
    }
}

/// Drains an agent; returns when it wants to be polled next, and whether the connection is lost.
fn drain_outputs(
    rtc: &mut Rtc,
    (outputs, events): (&mut HubOutputs, &mut PeerEvents),
) -> Result<(Instant, bool), RtcError> {
    let mut is_lost = false;
    for _ in 0..OUTPUTS_MAX {
        match rtc.poll_output()? {
            Output::Timeout(due) => return Ok((due, is_lost)),
            Output::Transmit(transmit) => {
                // A STUN message starts with two zero bits: this one answers a binding request.
                if transmit.contents.first().is_some_and(|first| *first < 4) {
                    let addr = TransportAddr::new(transmit.proto, transmit.destination);
                    events.others.push(PeerEvent::AddrValidated(addr));
                }
                outputs.datagrams.push(OutboundDatagram {
                    proto: transmit.proto,
                    to: transmit.destination,
                    bytes: transmit.contents,
                });
            }
            Output::Event(event) => match event {
                Event::RtpPacket(packet) => events.packets.push(packet),
                Event::Connected => events.others.push(PeerEvent::Connected),
                Event::KeyframeRequest(request) => {
                    events.others.push(PeerEvent::KeyframeRequested(request.mid));
                }
                Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                    events.others.push(PeerEvent::EstimateChanged(estimate.as_u64()));
                }
                Event::PeerStats(stats) => {
                    events.others.push(PeerEvent::StatsReported(LinkStats {
                        estimate_bps: stats.bwe_tx.map(|bits| bits.as_u64()),
                        rtt: stats.rtt,
                        loss: stats.egress_loss_fraction,
                        bytes_sent: stats.bytes_tx,
                    }));
                }
                Event::IceConnectionStateChange(IceConnectionState::Disconnected)
                | Event::Closed => is_lost = true,
                _ => {}
            },
        }
    }
    Err(RtcError::Io(std::io::Error::other("the agent never ran out of outputs")))
}
