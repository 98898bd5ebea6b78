//! One connection of the load client: publisher or subscriber, with a socket of its own.

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

/// Receive buffer, for packets that arrive while the client handles others.
const RECEIVE_BYTES: usize = 512 * 1024;
/// Audio level of publishers, in dBov.
const LOUDNESS: i8 = -20;

/// Shared by all connections of one client.
#[derive(Clone, Debug)]
pub(super) struct PeerSettings {
    pub(super) host: IpAddr,
    /// Made once: generating one per connection would measure the client.
    pub(super) cert: Option<DtlsCert>,
}

#[derive(Debug)]
pub(super) enum PeerEvent {
    Connected,
    /// One of our packets.
    Packet(std::sync::Arc<[u8]>),
    KeyframeWanted,
}

/// A published stream.
#[derive(Clone, Copy, Debug)]
struct Track {
    kind: MediaKind,
    /// Simulcast layer from the smallest up; 0 without simulcast.
    layer: usize,
    ssrc: Ssrc,
    pt: Pt,
    seq: u64,
}

pub(super) struct Peer {
    rtc: Rtc,
    pub(super) socket: UdpSocket,
    local_addr: SocketAddr,
    pub(super) timeout_at: Instant,
    tracks: Vec<Track>,
}

impl Peer {
    /// A new connection; with `is_paced` it negotiates transport-wide congestion control feedback.
    pub(super) fn new(settings: &PeerSettings, is_paced: bool, now: Instant) -> io::Result<Self> {
        let socket = UdpSocket::bind((settings.host, 0))?;
        socket.set_nonblocking(true)?;
        rustix::net::sockopt::set_socket_recv_buffer_size(&socket, RECEIVE_BYTES)?;
        let local_addr = socket.local_addr()?;
        let mut config = RtcConfig::new()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true);
        if let Some(cert) = &settings.cert {
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
        let candidate = Candidate::host(local_addr, "udp").map_err(io::Error::other)?;
        rtc.add_local_candidate(candidate);
        Ok(Self { rtc, socket, local_addr, timeout_at: now, tracks: Vec::new() })
    }

    /// Offers to publish; `answer` maps the offer to the SDP answer.
    pub(super) fn publish(
        &mut self,
        kinds: &[MediaKind],
        answer: impl FnOnce(String) -> io::Result<String>,
    ) -> io::Result<()> {
        self.publish_layers(kinds, &[], answer)
    }

    /// The same, with video in simulcast layers of these names, the smallest first.
    pub(super) fn publish_layers(
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
            change.apply().ok_or_else(|| io::Error::other("nothing to offer"))?;
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
            return Err(io::Error::other("the offered stream was not accepted"));
        };
        self.tracks.push(Track { kind, layer, ssrc, pt, seq: 0 });
        Ok(())
    }

    /// Accepts an SDP offer and returns the answer.
    pub(super) fn accept_offer(&mut self, offer: &str) -> io::Result<String> {
        let offer = SdpOffer::from_sdp_string(offer).map_err(io::Error::other)?;
        let answer = self.rtc.sdp_api().accept_offer(offer);
        Ok(answer.map_err(io::Error::other)?.to_sdp_string())
    }

    /// Sends one packet; returns whether the stream is negotiated.
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

    /// The same for one simulcast layer.
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

    /// Handles a received datagram.
    pub(super) fn receive(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) {
        // Undecryptable packets count as lost.
        if let Ok(received) = Receive::new(Protocol::Udp, from, self.local_addr, bytes) {
            let _taken = self.rtc.handle_input(Input::Receive(now, received)).is_ok();
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        let _taken = self.rtc.handle_input(Input::Timeout(now)).is_ok();
    }

    /// Sends str0m's pending datagrams and reports its events.
    pub(super) fn poll_events(&mut self, mut emit: impl FnMut(PeerEvent)) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.timeout_at = at;
                    return;
                }
                Ok(Output::Transmit(sent)) => {
                    // A full socket buffer drops it, as a network would.
                    let _sent = self.socket.send_to(&sent.contents, sent.destination).is_ok();
                }
                Ok(Output::Event(Event::Connected)) => emit(PeerEvent::Connected),
                Ok(Output::Event(Event::KeyframeRequest(_))) => emit(PeerEvent::KeyframeWanted),
                Ok(Output::Event(Event::RtpPacket(packet))) => {
                    if packet::sent_at(&packet.payload).is_some() {
                        emit(PeerEvent::Packet(packet.payload));
                    }
                }
                Ok(Output::Event(_)) => {}
                Err(_) => return,
            }
        }
    }
}
