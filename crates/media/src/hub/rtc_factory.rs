//! Building str0m agents: codecs, header extensions, feedback, candidates and ICE credentials.

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

use crate::hub::{HubSettings, ufrag};
use crate::settings::RandomSource;

/// Initial estimate of a paced down: enough for audio and small faces, and not too much for a poor
/// mobile link.
pub(super) const INITIAL_ESTIMATE: Bitrate = Bitrate::kbps(400);
/// Interval of `PeerStats` events on paced downs.
const STATS_INTERVAL: Duration = Duration::from_millis(200);
/// Packets in the RTX cache of a face: two seconds of a large one.
pub(super) const RTX_CACHE_PACKETS: usize = 256;
/// Age at which packets leave the RTX cache.
pub(super) const RTX_CACHE_AGE: Duration = Duration::from_secs(2);
/// Interval of RTCP sender reports for video.
const VIDEO_REPORT_INTERVAL: Duration = Duration::from_secs(3);

/// Purpose of a connection, which decides its codecs and extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionKind {
    /// The browser publishes.
    Up,
    /// The browser subscribes and sends no transport-wide feedback.
    UnpacedDown,
    /// The browser subscribes and sends transport-wide feedback.
    PacedDown,
}

/// Builds agents from one prepared configuration for each kind of connection.
#[derive(Debug)]
pub(super) struct RtcFactory {
    up: RtcConfig,
    unpaced_down: RtcConfig,
    paced_down: RtcConfig,
    worker: u16,
    udp: Vec<SocketAddr>,
    tcp: Vec<SocketAddr>,
    random: RandomSource,
}

impl RtcFactory {
    pub(super) fn new(settings: HubSettings) -> Self {
        let crypto = Arc::new(from_feature_flags());
        let base = base_config(&crypto);
        let mut unpaced_down = base.clone().set_extension_map(extension_map(false, false));
        remove_feedback(unpaced_down.codec_config());
        Self {
            up: base.clone().set_extension_map(extension_map(true, true)),
            paced_down: base
                .set_extension_map(extension_map(true, false))
                .set_stats_interval(Some(STATS_INTERVAL))
                .enable_bwe(Some(INITIAL_ESTIMATE)),
            unpaced_down,
            worker: settings.worker,
            udp: settings.udp,
            tcp: settings.tcp,
            random: settings.random,
        }
    }

    /// Builds an agent; returns it with its ufrag.
    pub(super) fn build_rtc(&self, kind: ConnectionKind, now: Instant) -> (Rtc, String) {
        let credentials = self.new_credentials();
        let ufrag = credentials.ufrag.clone();
        let config = match kind {
            ConnectionKind::Up => &self.up,
            ConnectionKind::UnpacedDown => &self.unpaced_down,
            ConnectionKind::PacedDown => &self.paced_down,
        };
        let mut rtc = config.clone().set_local_ice_credentials(credentials).build(now);
        for addr in &self.udp {
            if let Ok(candidate) = Candidate::host(*addr, Protocol::Udp) {
                rtc.add_local_candidate(candidate);
            }
        }
        for addr in &self.tcp {
            let candidate =
                Candidate::builder().tcp().host(*addr).tcptype(TcpType::Passive).build();
            if let Ok(candidate) = candidate {
                rtc.add_local_candidate(candidate);
            }
        }
        (rtc, ufrag)
    }

    /// A new ufrag and its password.
    pub(super) fn new_credentials(&self) -> IceCreds {
        IceCreds {
            ufrag: ufrag::new_ufrag(self.worker, &self.random),
            pass: ufrag::new_password(&self.random),
        }
    }

    /// A random initial sequence number.
    pub(super) fn random_seq(&self) -> u16 {
        let mut bytes = [0; 2];
        (self.random.0)(&mut bytes);
        u16::from_be_bytes(bytes)
    }

    /// The local candidate of the same transport and address family as a remote address.
    pub(super) fn local_candidate_for(
        &self,
        proto: Protocol,
        from: SocketAddr,
    ) -> Option<SocketAddr> {
        let candidates = match proto {
            Protocol::Udp => &self.udp,
            _ => &self.tcp,
        };
        let same_family = |addr: &&SocketAddr| addr.is_ipv4() == from.is_ipv4();
        candidates.iter().find(same_family).or(candidates.first()).copied()
    }
}

/// The part of the configuration that all kinds share, with one DTLS certificate for all of a
/// worker's connections: generating one each would dominate the cost of a connection.
fn base_config(crypto: &Arc<CryptoProvider>) -> RtcConfig {
    let config = RtcConfig::new()
        .set_crypto_provider(crypto.clone())
        .set_rtp_mode(true)
        .set_ice_lite(true)
        .set_send_buffer_video(RTX_CACHE_PACKETS)
        .set_send_buffer_audio(1)
        .set_rtcp_report_interval_video(VIDEO_REPORT_INTERVAL)
        .clear_codecs()
        .enable_opus(true, true)
        .enable_vp8(true);
    match crypto.dtls_provider.generate_certificate() {
        Some(certificate) => config.set_dtls_cert(certificate),
        None => config,
    }
}

/// Header extensions: audio level, mid and rotation always; `twcc` adds transport-wide sequence
/// numbers, `simulcast` adds rid and repaired rid.
fn extension_map(twcc: bool, simulcast: bool) -> ExtensionMap {
    let mut map = ExtensionMap::empty();
    map.set(1, Extension::AudioLevel);
    map.set(4, Extension::RtpMid);
    map.set(13, Extension::VideoOrientation);
    if twcc {
        map.set(3, Extension::TransportSequenceNumber);
    }
    if simulcast {
        map.set(10, Extension::RtpStreamId);
        map.set(11, Extension::RepairedRtpStreamId);
    }
    map
}

/// Negotiates neither transport-cc nor REMB.
fn remove_feedback(codecs: &mut CodecConfig) {
    let mut params = codecs.params().to_vec();
    for payload in &mut params {
        payload.set_fb_transport_cc(false);
        payload.set_fb_remb(false);
    }
    *codecs = CodecConfig::new_from_payload_params(params);
}
