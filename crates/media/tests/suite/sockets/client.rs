//! One connection of a browser over a real socket.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use sitwith_media::NumberedSdpOffer;
use sitwith_media::pure::frames::{StreamDeframer, frame_header};
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};

/// Interval of audio packets; every fifth time video is sent too.
const EVERY: Duration = Duration::from_millis(20);

/// The monotonic clock.
#[expect(clippy::disallowed_methods, reason = "browsers on real sockets live in real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Transport of a connection.
pub(crate) enum Transport {
    Udp(UdpSocket),
    Tcp(TcpStream, StreamDeframer),
}

impl Transport {
    /// A UDP socket on this machine.
    pub(crate) fn udp() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        Self::Udp(socket)
    }

    /// A TCP connection to the home.
    pub(crate) fn tcp(home: SocketAddr) -> Self {
        let stream = TcpStream::connect(home).unwrap();
        stream.set_nonblocking(true).unwrap();
        Self::Tcp(stream, StreamDeframer::new())
    }

    fn at(&self) -> SocketAddr {
        match self {
            Self::Udp(socket) => socket.local_addr().unwrap(),
            Self::Tcp(stream, _) => stream.local_addr().unwrap(),
        }
    }

    fn proto(&self) -> Protocol {
        match self {
            Self::Udp(_) => Protocol::Udp,
            Self::Tcp(..) => Protocol::Tcp,
        }
    }

    fn send(&mut self, to: SocketAddr, bytes: &[u8]) {
        match self {
            Self::Udp(socket) => {
                let _sent = socket.send_to(bytes, to);
            }
            Self::Tcp(stream, _) => {
                let framed = [&frame_header(bytes.len()).unwrap(), bytes].concat();
                let _sent = stream.write_all(&framed);
            }
        }
    }

    /// Receives everything available.
    fn receive(&mut self) -> Vec<(SocketAddr, Vec<u8>)> {
        let (mut all, mut bytes) = (vec![], vec![0; 65_536]);
        match self {
            Self::Udp(socket) => {
                while let Ok((count, from)) = socket.recv_from(&mut bytes) {
                    all.push((from, bytes[..count].to_vec()));
                }
            }
            Self::Tcp(stream, frames) => {
                let from = stream.peer_addr().unwrap();
                loop {
                    match stream.read(&mut bytes) {
                        Ok(0) => break,
                        Ok(count) => frames
                            .read_chunk(&bytes[..count], &mut |packet| {
                                all.push((from, packet.to_vec()));
                            })
                            .unwrap(),
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        }
        all
    }
}

/// One connection.
pub(crate) struct Client {
    pub(crate) seat: u32,
    rtc: Rtc,
    transport: Transport,
    wake: Instant,
    pub(crate) is_connected: bool,
    pub(crate) is_closed: bool,
    mids: Option<(Mid, Mid)>,
    next: Instant,
    n: u32,
    /// Number of the offer in use, and numbers of voice and face slots.
    pub(crate) offer: Option<(u32, (usize, usize))>,
    /// Audio and video packets received, by seat.
    pub(crate) received: BTreeMap<u32, (u32, u32)>,
}

impl Client {
    pub(crate) fn new(seat: u32, transport: Transport) -> Self {
        let now = now();
        let mut rtc = Rtc::builder()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .build(now);
        let candidate = match transport.proto() {
            Protocol::Udp => Candidate::host(transport.at(), Protocol::Udp).unwrap(),
            _ => Candidate::builder()
                .tcp()
                .host(transport.at())
                .tcptype(TcpType::Active)
                .build()
                .unwrap(),
        };
        rtc.add_local_candidate(candidate);
        Self {
            seat,
            rtc,
            transport,
            wake: now,
            is_connected: false,
            is_closed: false,
            mids: None,
            next: now,
            n: 0,
            offer: None,
            received: BTreeMap::new(),
        }
    }

    /// Offers audio and video.
    pub(crate) fn offer(&mut self) -> (String, SdpPendingOffer) {
        let mut api = self.rtc.sdp_api();
        let sound = api.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let face = api.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
        self.mids = Some((sound, face));
        let (offer, pending) = api.apply().unwrap();
        (offer.to_sdp_string(), pending)
    }

    pub(crate) fn answered(&mut self, pending: SdpPendingOffer, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
    }

    /// Answers an offer of the home.
    pub(crate) fn answer(&mut self, offer: &NumberedSdpOffer) -> String {
        let slots = |kind| offer.sdp.matches(kind).count();
        self.offer = Some((offer.number, (slots("m=audio"), slots("m=video"))));
        let offer = SdpOffer::from_sdp_string(&offer.sdp).unwrap();
        let answer = self.rtc.sdp_api().accept_offer(offer).unwrap();
        answer.to_sdp_string()
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        match &self.transport {
            Transport::Udp(socket) => socket.as_fd(),
            Transport::Tcp(stream, _) => stream.as_fd(),
        }
    }

    /// Audio and video packets received from a seat.
    pub(crate) fn from(&self, seat: u32) -> (u32, u32) {
        self.received.get(&seat).copied().unwrap_or_default()
    }

    /// Does everything that is due.
    pub(crate) fn turn(&mut self) {
        let now = now();
        for (from, bytes) in self.transport.receive() {
            self.receive_datagram(from, &bytes, now);
        }
        self.publish_due(now);
        if self.wake <= now {
            self.handle_input(Input::Timeout(now), now);
        }
    }

    fn receive_datagram(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) {
        let to = self.transport.at();
        if let Ok(receive) = Receive::new(self.transport.proto(), from, to, bytes) {
            self.handle_input(Input::Receive(now, receive), now);
        }
    }

    fn handle_input(&mut self, input: Input<'_>, now: Instant) {
        if self.is_closed || self.rtc.handle_input(input).is_err() {
            self.wake = now + Duration::from_secs(3_600);
            return;
        }
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.wake = at;
                    return;
                }
                Ok(Output::Transmit(out)) => self.transport.send(out.destination, &out.contents),
                Ok(Output::Event(event)) => self.event(event),
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Connected => self.is_connected = true,
            Event::Closed => self.is_closed = true,
            Event::RtpPacket(packet) => {
                let mut direct = self.rtc.direct_api();
                let Some(mid) = direct.stream_rx(&packet.header.ssrc).map(|rx| rx.mid()) else {
                    return;
                };
                let is_face = self.rtc.media(mid).unwrap().kind() == MediaKind::Video;
                let body = packet.payload.get(if is_face { 4 } else { 0 }..);
                let Some(seat) = body.and_then(|body| body.get(1..5)) else {
                    return;
                };
                let seat = u32::from_be_bytes(seat.try_into().unwrap());
                let received = self.received.entry(seat).or_default();
                if is_face { received.1 += 1 } else { received.0 += 1 }
            }
            _ => {}
        }
    }

    /// Sends audio, and every fifth time a keyframe, each with the seat in its payload.
    fn publish_due(&mut self, now: Instant) {
        let Some((sound, face)) = self.mids else {
            return;
        };
        while self.is_connected && self.next <= now {
            self.next = now.max(self.next + EVERY);
            self.n += 1;
            let mut body = vec![0; 60];
            body[1..5].copy_from_slice(&self.seat.to_be_bytes());
            self.write(sound, MediaKind::Audio, body.clone(), now);
            if self.n.is_multiple_of(5) {
                let [high, low] = u16::try_from(self.n & 0x7fff).unwrap().to_be_bytes();
                let mut picture = vec![0x90, 0x80, 0x80 | high, low];
                body.resize(900, 0);
                picture.extend(body);
                self.write(face, MediaKind::Video, picture, now);
            }
        }
    }

    fn write(&mut self, mid: Mid, kind: MediaKind, body: Vec<u8>, now: Instant) {
        let is_sound = kind == MediaKind::Audio;
        let params = self.rtc.codec_config();
        let of = |p: &&str0m::format::PayloadParams| p.spec().codec.is_audio() == is_sound;
        let pt = params.find(|p| of(&p)).unwrap().pt();
        let ticks = if is_sound { 960 } else { 1_800 };
        let time = self.n.wrapping_mul(ticks);
        let seq = if is_sound { self.n } else { self.n / 5 };
        let write = RtpWrite::new(pt, u64::from(seq).into(), time, now, body).marker(true);
        let ext = ExtensionValues {
            audio_level: is_sound.then_some(-20),
            voice_activity: is_sound.then_some(true),
            ..ExtensionValues::default()
        };
        let mut direct = self.rtc.direct_api();
        direct.stream_tx_by_mid(mid, None).unwrap().write_rtp(write.ext_vals(ext));
        self.handle_input(Input::Timeout(now), now);
    }
}
