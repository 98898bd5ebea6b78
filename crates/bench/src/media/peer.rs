//! One connection of the load client: it gives or it takes, over a socket of its own.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpOffer};
use str0m::config::DtlsCert;
use str0m::media::{Direction, MediaKind, Mid, Pt, Rid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{Extension, ExtensionMap, ExtensionValues, RtpWrite, Ssrc};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use super::packet;

/// Room for what comes while the client is busy with somebody else.
const RECEIVE_BYTES: usize = 512 * 1024;
/// How loud whoever gives says to be, in -dBov.
const LOUDNESS: i8 = -20;

/// What all connections of one client share.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) here: IpAddr,
    /// Made once: a certificate for each would measure the client.
    pub(super) cert: Option<DtlsCert>,
}

/// What one connection has to say after it was fed.
#[derive(Debug)]
pub(super) enum Heard {
    /// The connection is up.
    Connected,
    /// A packet of ours came, with its bytes.
    Packet(std::sync::Arc<[u8]>),
    /// Somebody needs a key.
    KeyWanted,
}

/// A line of sound or picture that is given.
#[derive(Clone, Copy, Debug)]
struct Track {
    kind: MediaKind,
    /// Counted from the smallest; 0 where there are none.
    layer: usize,
    ssrc: Ssrc,
    pt: Pt,
    seq: u64,
}

/// One connection.
pub(super) struct Peer {
    rtc: Rtc,
    pub(super) socket: UdpSocket,
    here: SocketAddr,
    pub(super) wakes: Instant,
    tracks: Vec<Track>,
}

impl Peer {
    /// A connection of which nobody knows yet. `is_paced`: it tells how its line fares.
    pub(super) fn new(common: &Common, is_paced: bool, now: Instant) -> io::Result<Self> {
        let socket = UdpSocket::bind((common.here, 0))?;
        socket.set_nonblocking(true)?;
        rustix::net::sockopt::set_socket_recv_buffer_size(&socket, RECEIVE_BYTES)?;
        let here = socket.local_addr()?;
        let mut config = RtcConfig::new()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true);
        if let Some(cert) = &common.cert {
            config = config.set_dtls_cert(cert.clone());
        }
        let mut map = ExtensionMap::empty();
        map.set(1, Extension::AudioLevel);
        if is_paced {
            map.set(3, Extension::TransportSequenceNumber);
        }
        map.set(4, Extension::RtpMid);
        map.set(10, Extension::RtpStreamId);
        map.set(11, Extension::RepairedRtpStreamId);
        let mut rtc = config.set_extension_map(map).build(now);
        let candidate = Candidate::host(here, "udp").map_err(io::Error::other)?;
        rtc.add_local_candidate(candidate);
        Ok(Self { rtc, socket, here, wakes: now, tracks: Vec::new() })
    }

    /// Offers to give; `answer` makes an answer of the offer.
    pub(super) fn give(
        &mut self,
        kinds: &[MediaKind],
        answer: impl FnOnce(String) -> io::Result<String>,
    ) -> io::Result<()> {
        self.give_layers(kinds, &[], answer)
    }

    /// The same, with pictures in layers of these names, the smallest first.
    pub(super) fn give_layers(
        &mut self,
        kinds: &[MediaKind],
        names: &[&str],
        answer: impl FnOnce(String) -> io::Result<String>,
    ) -> io::Result<()> {
        let mut change = self.rtc.sdp_api();
        let added = kinds.iter().map(|kind| {
            let layers = (*kind == MediaKind::Video && !names.is_empty()).then(|| {
                let mut layers = Simulcast::new();
                for name in names {
                    layers.add_send_layer(SimulcastLayer::new(name));
                }
                layers
            });
            let mid = change.add_media(*kind, Direction::SendOnly, None, None, layers);
            (mid, *kind)
        });
        let added: Vec<(Mid, MediaKind)> = added.collect();
        let (offer, pending) =
            change.apply().ok_or_else(|| io::Error::other("there is nothing to offer"))?;
        let answer = answer(offer.to_sdp_string())?;
        let answer = SdpAnswer::from_sdp_string(&answer).map_err(io::Error::other)?;
        self.rtc.sdp_api().accept_answer(pending, answer).map_err(io::Error::other)?;
        for (mid, kind) in added {
            if kind == MediaKind::Audio || names.is_empty() {
                self.add_track(mid, kind, (0, None))?;
                continue;
            }
            for (layer, name) in names.iter().enumerate() {
                self.add_track(mid, kind, (layer, Some(Rid::from(*name))))?;
            }
        }
        Ok(())
    }

    fn add_track(
        &mut self,
        mid: Mid,
        kind: MediaKind,
        (layer, rid): (usize, Option<Rid>),
    ) -> io::Result<()> {
        let is_sound = kind == MediaKind::Audio;
        let known = self.rtc.codec_config();
        let pt = known.find(|found| found.spec().codec.is_audio() == is_sound);
        let pt = pt.map(str0m::format::PayloadParams::pt);
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, rid);
        let ssrc = stream.map(|stream| stream.ssrc());
        let (Some(pt), Some(ssrc)) = (pt, ssrc) else {
            return Err(io::Error::other("what was offered was not taken"));
        };
        self.tracks.push(Track { kind, layer, ssrc, pt, seq: 0 });
        Ok(())
    }

    /// Takes what is offered; the answer.
    pub(super) fn take(&mut self, offer: &str) -> io::Result<String> {
        let offer = SdpOffer::from_sdp_string(offer).map_err(io::Error::other)?;
        let answer = self.rtc.sdp_api().accept_offer(offer);
        Ok(answer.map_err(io::Error::other)?.to_sdp_string())
    }

    /// Sends one packet of what it gives. Whether there is a line for it.
    pub(super) fn send(
        &mut self,
        kind: MediaKind,
        time: u32,
        is_last: bool,
        now: Instant,
        payload: Vec<u8>,
    ) -> bool {
        self.send_layer((kind, 0), (time, is_last), now, payload)
    }

    /// The same, of one layer.
    pub(super) fn send_layer(
        &mut self,
        (kind, layer): (MediaKind, usize),
        (time, is_last): (u32, bool),
        now: Instant,
        payload: Vec<u8>,
    ) -> bool {
        let mut tracks = self.tracks.iter_mut();
        let track = tracks.find(|track| track.kind == kind && track.layer == layer);
        let Some(track) = track else {
            return false;
        };
        track.seq += 1;
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx(&track.ssrc) else {
            return false;
        };
        let mut write = RtpWrite::new(track.pt, track.seq.into(), time, now, payload)
            .marker(is_last)
            .nackable(kind == MediaKind::Video);
        if kind == MediaKind::Audio {
            write = write.ext_vals(ExtensionValues {
                audio_level: Some(LOUDNESS),
                voice_activity: Some(true),
                ..ExtensionValues::default()
            });
        }
        stream.write_rtp(write);
        true
    }

    /// A datagram came in.
    pub(super) fn feed(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) {
        // What cannot be read, or breaks the connection, is a packet that was not delivered.
        if let Ok(received) = Receive::new(Protocol::Udp, from, self.here, bytes) {
            let _taken = self.rtc.handle_input(Input::Receive(now, received)).is_ok();
        }
    }

    /// Time has passed.
    pub(super) fn wake(&mut self, now: Instant) {
        let _taken = self.rtc.handle_input(Input::Timeout(now)).is_ok();
    }

    /// Sends what there is to send and tells what was heard, until there is nothing more.
    pub(super) fn drain(&mut self, mut tell: impl FnMut(Heard)) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.wakes = at;
                    return;
                }
                Ok(Output::Transmit(sent)) => {
                    // A full socket loses it, as a network would.
                    let _sent = self.socket.send_to(&sent.contents, sent.destination).is_ok();
                }
                Ok(Output::Event(Event::Connected)) => tell(Heard::Connected),
                Ok(Output::Event(Event::KeyframeRequest(_))) => tell(Heard::KeyWanted),
                Ok(Output::Event(Event::RtpPacket(packet))) => {
                    if packet::sent_at(&packet.payload).is_some() {
                        tell(Heard::Packet(packet.payload));
                    }
                }
                Ok(Output::Event(_)) => {}
                Err(_) => return,
            }
        }
    }
}
