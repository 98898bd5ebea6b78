//! How connections are made: what is offered and taken, under which name, at which addresses.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::config::CryptoProvider;
use str0m::crypto::from_feature_flags;
use str0m::format::CodecConfig;
use str0m::ice::IceCreds;
use str0m::net::{Protocol, TcpType};
use str0m::rtp::{Extension, ExtensionMap};
use str0m::{Candidate, Rtc, RtcConfig};

use crate::hub::HubSettings;
use crate::hub::names;
use crate::settings::Chance;

/// What a paced line is taken to carry before anything is known of it: sound and small faces, on
/// a poor line too.
pub(super) const FIRST_ESTIMATE: Bitrate = Bitrate::kbps(400);
/// How often it is looked how a paced line fares.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How many packets of one face are kept to be sent again. Two seconds of a large one.
pub(super) const KEPT_PACKETS: usize = 256;
/// How long they are kept.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(2);
/// How often it is said which time of a face belongs to which time of day.
const REPORT_FACES: Duration = Duration::from_secs(3);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A browser gives.
    Up,
    /// A browser gets, and tells nothing of its line.
    Down,
    /// A browser gets, and tells how its line fares.
    PacedDown,
}

/// Makes connections.
#[derive(Debug)]
pub(super) struct Builder {
    up: RtcConfig,
    down: RtcConfig,
    paced: RtcConfig,
    worker: u16,
    udp: Vec<SocketAddr>,
    tcp: Vec<SocketAddr>,
    chance: Chance,
}

impl Builder {
    pub(super) fn new(settings: HubSettings) -> Self {
        let crypto = Arc::new(from_feature_flags());
        // One certificate for all of a worker's connections: it is new at every start, and making
        // one for each would cost more than everything else about a connection.
        let base = |crypto: &Arc<CryptoProvider>| {
            let config = RtcConfig::new()
                .set_crypto_provider(crypto.clone())
                .set_rtp_mode(true)
                .set_ice_lite(true)
                .set_send_buffer_video(KEPT_PACKETS)
                .set_send_buffer_audio(1)
                .set_rtcp_report_interval_video(REPORT_FACES)
                .clear_codecs()
                .enable_opus(true, true)
                .enable_vp8(true);
            match crypto.dtls_provider.generate_certificate() {
                Some(certificate) => config.set_dtls_cert(certificate),
                None => config,
            }
        };
        let base = base(&crypto);
        let mut down = base.clone().set_extension_map(extensions(false, false));
        without_feedback(down.codec_config());
        Self {
            up: base.clone().set_extension_map(extensions(true, true)),
            paced: base
                .set_extension_map(extensions(true, false))
                .set_stats_interval(Some(LOOK_EVERY))
                .enable_bwe(Some(FIRST_ESTIMATE)),
            down,
            worker: settings.worker,
            udp: settings.udp,
            tcp: settings.tcp,
            chance: settings.chance,
        }
    }

    /// A connection and its name.
    pub(super) fn build(&self, way: Way, now: Instant) -> (Rtc, String) {
        let creds = self.creds();
        let name = creds.ufrag.clone();
        let config = match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
            Way::PacedDown => &self.paced,
        };
        let mut rtc = config.clone().set_local_ice_credentials(creds).build(now);
        for at in &self.udp {
            if let Ok(candidate) = Candidate::host(*at, Protocol::Udp) {
                rtc.add_local_candidate(candidate);
            }
        }
        for at in &self.tcp {
            let candidate = Candidate::builder().tcp().host(*at).tcptype(TcpType::Passive).build();
            if let Ok(candidate) = candidate {
                rtc.add_local_candidate(candidate);
            }
        }
        (rtc, name)
    }

    /// A name and a word to prove it with.
    pub(super) fn creds(&self) -> IceCreds {
        IceCreds { ufrag: names::name(self.worker, &self.chance), pass: names::word(&self.chance) }
    }

    /// The address browsers were told that a datagram from there came to.
    pub(super) fn local(&self, proto: Protocol, from: SocketAddr) -> Option<SocketAddr> {
        let told = match proto {
            Protocol::Udp => &self.udp,
            _ => &self.tcp,
        };
        let fits = |at: &&SocketAddr| at.is_ipv4() == from.is_ipv4();
        told.iter().find(fits).or(told.first()).copied()
    }
}

/// What stands beside each packet: how loud it is, which line it is of, how a picture is turned;
/// `count` so that the line can be judged, `layers` so that layers can be told apart.
fn extensions(count: bool, layers: bool) -> ExtensionMap {
    let mut map = ExtensionMap::empty();
    map.set(1, Extension::AudioLevel);
    map.set(4, Extension::RtpMid);
    map.set(13, Extension::VideoOrientation);
    if count {
        map.set(3, Extension::TransportSequenceNumber);
    }
    if layers {
        map.set(10, Extension::RtpStreamId);
        map.set(11, Extension::RepairedRtpStreamId);
    }
    map
}

/// Asks for no word about the line.
fn without_feedback(codecs: &mut CodecConfig) {
    let mut params = codecs.params().to_vec();
    for one in &mut params {
        one.set_fb_transport_cc(false);
        one.set_fb_remb(false);
    }
    *codecs = CodecConfig::new_from_payload_params(params);
}
