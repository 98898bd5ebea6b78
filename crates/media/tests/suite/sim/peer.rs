//! One connection of a browser: a str0m agent with real keys, and a link in each direction.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};

use super::link::SimLink;
use super::publisher::{Publisher, RIDS, Tracks};
use super::subscriber::Subscriber;

/// Address of the home.
pub(crate) const HOME: ([u8; 4], u16) = ([10, 0, 0, 1], 7_000);

/// Direction of a connection.
#[derive(Debug)]
pub(crate) enum Part {
    Up(Publisher),
    Down(Subscriber),
    /// Not negotiated yet.
    None,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) seat: u32,
    pub(crate) room: usize,
    pub(crate) rtc: Rtc,
    pub(crate) part: Part,
    pub(crate) at: SocketAddr,
    pub(crate) proto: Protocol,
    pub(crate) paced: bool,
    pub(crate) wake: Instant,
    pub(crate) connected: Option<Instant>,
    /// Closed by the home, or lost.
    pub(crate) lost: bool,
    /// The browser vanished without a word.
    pub(crate) gone: bool,
    /// Number of the offer in use, and numbers of its audio and video sections.
    pub(crate) offer_number: u32,
    pub(crate) slots: (usize, usize),
    pub(crate) uplink: SimLink,
    pub(crate) downlink: SimLink,
    /// Keyframe requests received.
    pub(crate) asked: u64,
}

/// A datagram to the home.
pub(crate) type Out = Vec<u8>;

impl Peer {
    /// `red`: it negotiates RED.
    pub(crate) fn new(
        seat: u32,
        at: SocketAddr,
        proto: Protocol,
        (paced, red): (bool, bool),
        now: Instant,
    ) -> Self {
        let mut config = Rtc::builder()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, red)
            .enable_vp8(true);
        if !paced {
            use str0m::rtp::{Extension, ExtensionMap};
            let mut map = ExtensionMap::empty();
            map.set(1, Extension::AudioLevel);
            map.set(4, Extension::RtpMid);
            map.set(10, Extension::RtpStreamId);
            map.set(11, Extension::RepairedRtpStreamId);
            config = config.set_extension_map(map);
        }
        let mut rtc = config.build(now);
        let candidate = match proto {
            Protocol::Udp => Candidate::host(at, Protocol::Udp),
            _ => Candidate::builder().tcp().host(at).tcptype(str0m::net::TcpType::Active).build(),
        };
        rtc.add_local_candidate(candidate.unwrap());
        Self {
            seat,
            room: 0,
            rtc,
            part: Part::None,
            at,
            proto,
            paced,
            wake: now,
            connected: None,
            lost: false,
            gone: false,
            offer_number: 0,
            slots: (0, 0),
            uplink: SimLink::default(),
            downlink: SimLink::default(),
            asked: 0,
        }
    }

    /// Offers its tracks.
    pub(crate) fn offer(
        &mut self,
        gives: Tracks,
    ) -> (str0m::change::SdpOffer, str0m::change::SdpPendingOffer, (Option<Mid>, Option<Mid>)) {
        let mut api = self.rtc.sdp_api();
        let way = Direction::SendOnly;
        let audio = gives.sound.then(|| api.add_media(MediaKind::Audio, way, None, None, None));
        let mut simulcast = Simulcast::new();
        for (rid, _) in RIDS.iter().take(usize::from(gives.layers)) {
            simulcast.add_send_layer(SimulcastLayer::new(rid));
        }
        let simulcast = (gives.layers > 1).then_some(simulcast);
        let video =
            (gives.layers > 0).then(|| api.add_media(MediaKind::Video, way, None, None, simulcast));
        let (offer, pending) = api.apply().unwrap();
        (offer, pending, (audio, video))
    }

    pub(crate) fn subscriber_mut(&mut self) -> &mut Subscriber {
        match &mut self.part {
            Part::Down(subscriber) => subscriber,
            _ => panic!("it gets nothing"),
        }
    }

    pub(crate) fn subscriber(&self) -> &Subscriber {
        match &self.part {
            Part::Down(subscriber) => subscriber,
            _ => panic!("it gets nothing"),
        }
    }

    pub(crate) fn publisher_mut(&mut self) -> &mut Publisher {
        match &mut self.part {
            Part::Up(publisher) => publisher,
            _ => panic!("it gives nothing"),
        }
    }

    /// When something is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        if self.gone {
            return None;
        }
        let given = match &self.part {
            Part::Up(publisher) if self.connected.is_some() => publisher.next_due(),
            _ => None,
        };
        let wake = (!self.lost).then_some(self.wake);
        wake.into_iter().chain(given).min()
    }

    /// Does what is due.
    pub(crate) fn run(&mut self, now: Instant, out: &mut Vec<Out>) {
        if self.connected.is_some()
            && let Part::Up(publisher) = &mut self.part
        {
            while publisher.next_due().is_some_and(|at| at <= now) {
                publisher.make_due(&mut self.rtc, now);
                let _gone = self.rtc.handle_input(Input::Timeout(now));
                Self::drain(&mut self.rtc, &mut self.wake, now, out);
            }
        }
        let ask = match &mut self.part {
            Part::Down(subscriber) => subscriber.keyframe_requests(now),
            _ => Vec::new(),
        };
        for mid in ask {
            let mut direct = self.rtc.direct_api();
            if let Some(rx) = direct.stream_rx_by_mid(mid, None) {
                rx.request_keyframe(KeyframeRequestKind::Pli);
            }
        }
        let _gone = self.rtc.handle_input(Input::Timeout(now));
        self.handle_outputs(now, out);
    }

    /// Handles a datagram.
    pub(crate) fn receive(&mut self, bytes: &[u8], now: Instant, out: &mut Vec<Out>) {
        let home = SocketAddr::from(HOME);
        let Ok(receive) = Receive::new(self.proto, home, self.at, bytes) else {
            return;
        };
        if self.gone || self.rtc.handle_input(Input::Receive(now, receive)).is_err() {
            return;
        }
        self.handle_outputs(now, out);
    }

    fn handle_outputs(&mut self, now: Instant, out: &mut Vec<Out>) {
        for event in Self::drain(&mut self.rtc, &mut self.wake, now, out) {
            match event {
                Event::Connected => {
                    self.connected = Some(now);
                    if let Part::Up(publisher) = &mut self.part {
                        publisher.start_sending(now);
                    }
                }
                Event::RtpPacket(packet) => {
                    let mut direct = self.rtc.direct_api();
                    let rx = direct.stream_rx(&packet.header.ssrc);
                    let Some(mid) = rx.map(|rx| rx.mid()) else {
                        continue;
                    };
                    let face = self.rtc.media(mid).is_some_and(|m| m.kind() == MediaKind::Video);
                    let params = self.rtc.codec_config().params();
                    let red = params.iter().find_map(|one| one.red());
                    if let Part::Down(subscriber) = &mut self.part {
                        let packet = subscriber.unwrap_red(packet, red);
                        subscriber.on_packet(mid, &packet, face, now);
                    }
                }
                Event::KeyframeRequest(request) => {
                    self.asked += 1;
                    if let Part::Up(publisher) = &mut self.part {
                        publisher.request_keyframe(request.rid);
                    }
                }
                Event::Closed => self.lost = true,
                _ => {}
            }
        }
    }

    fn drain(rtc: &mut Rtc, wake: &mut Instant, now: Instant, out: &mut Vec<Out>) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            match rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    *wake = at.max(now + std::time::Duration::from_micros(100));
                    return events;
                }
                Ok(Output::Transmit(transmit)) => out.push(transmit.contents.to_vec()),
                Ok(Output::Event(event)) => events.push(event),
                Err(_) => {
                    *wake = now + std::time::Duration::from_secs(3_600);
                    return events;
                }
            }
        }
    }
}
