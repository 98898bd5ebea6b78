//! A home with a media server on this machine, and the SDP of a browser that connects to it.

use std::net::Ipv4Addr;
use std::sync::Arc;

use sitwith_app::media::forward_media_events;
use sitwith_core::id::RunId;
use sitwith_core::sit::media::ForwarderEvent;
use sitwith_media::{RandomSource, Sfu, SfuSettings};
use sitwith_wire::dice::Dice;
use tokio::sync::mpsc::Receiver;

use crate::TestHome;

/// SDP offer of a browser that publishes audio.
pub const SDP_OFFER: &str = "v=0\r\n\
o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n\
s=-\r\n\
t=0 0\r\n\
a=group:BUNDLE 0\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n\
c=IN IP4 0.0.0.0\r\n\
a=rtcp:9 IN IP4 0.0.0.0\r\n\
a=ice-ufrag:abcd\r\n\
a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n\
a=ice-options:trickle\r\n\
a=fingerprint:sha-256 \
00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:\
00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
a=setup:actpass\r\n\
a=mid:0\r\n\
a=sendonly\r\n\
a=rtcp-mux\r\n\
a=rtpmap:111 opus/48000/2\r\n\
a=fmtp:111 minptime=10;useinbandfec=1\r\n\
a=ssrc:1001 cname:abc\r\n";

/// Returns the same browser's SDP answer to an offer of the home: it accepts everything, with its
/// own ICE credentials and fingerprint.
pub fn answer_sdp_offer(offer: &str) -> String {
    let mut answer = String::new();
    for line in offer.lines() {
        let own = |start: &str| SDP_OFFER.lines().find(|line| line.starts_with(start));
        let start = ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:"];
        let start = start.iter().find(|start| line.starts_with(**start));
        let line = match line {
            "a=sendonly" => "a=recvonly",
            "a=setup:actpass" => "a=setup:active",
            "a=ice-lite" => continue,
            line if line.starts_with("a=candidate:") || line.starts_with("a=ssrc") => continue,
            line => start.and_then(|start| own(start)).unwrap_or(line),
        };
        answer.push_str(line);
        answer.push_str("\r\n");
    }
    answer
}

/// Starts a media server on a free port of the loopback address, with one worker.
pub fn start_sfu() -> (Sfu, Receiver<(RunId, ForwarderEvent)>) {
    let dice = Dice::seeded(5);
    let chance = RandomSource(Arc::new(move |bytes: &mut [u8]| {
        for byte in bytes {
            let [chance] = dice.bytes::<1>();
            *byte = chance;
        }
    }));
    let settings = SfuSettings {
        public: vec![Ipv4Addr::LOCALHOST.into()],
        workers: 1,
        ..SfuSettings::new((Ipv4Addr::LOCALHOST, 0).into(), chance)
    };
    Sfu::start(settings).expect("a free port")
}

impl TestHome {
    /// Gives the home a media server and feeds its events to the live sits.
    pub fn start_media(&mut self) {
        let (media, told) = start_sfu();
        self.rebuild(|parts| parts.media = media);
        drop(tokio::spawn(forward_media_events(self.home.live.clone(), told)));
    }
}
