//! Incoming media of one face slot: bitrate and recent packets of each simulcast layer, and the
//! keyframe requests for it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::hub::MediaPacket;
use crate::hub::up::LAYERS;
use crate::pure::allocator::FaceLayer;
use crate::pure::keyframes::KeyframeThrottle;

/// A layer without packets for this time is not received any more.
const LAYER_TIMEOUT: Duration = Duration::from_millis(1_600);
/// Recent packets kept of each layer: as many may overtake the first packet of a keyframe.
const RECENT_PACKETS: usize = 8;
/// Assumed bitrates of the layers until they are measured, in bit/s.
const ASSUMED_BPS: [u64; LAYERS] = [150_000, 500_000, 1_500_000];

/// Bitrate of one layer.
#[derive(Clone, Copy, Debug, Default)]
struct LayerMeter {
    /// Bytes since the last measurement.
    bytes: u64,
    bps: u64,
    last_packet_at: Option<Instant>,
}

/// State of one face slot's incoming video.
#[derive(Clone, Debug, Default)]
pub(super) struct FaceFeed {
    meters: [LayerMeter; LAYERS],
    recent: [VecDeque<MediaPacket>; LAYERS],
    keyframes: [KeyframeThrottle; LAYERS],
}

/// The layers that are received, with their bitrates.
#[derive(Clone, Copy, Debug)]
pub(super) struct LiveLayers {
    layers: [FaceLayer; LAYERS],
    count: usize,
}

impl LiveLayers {
    pub(super) fn as_slice(&self) -> &[FaceLayer] {
        self.layers.get(..self.count).unwrap_or_default()
    }
}

impl FaceFeed {
    /// Counts a packet; true when its layer was not received before.
    pub(super) fn count_packet(&mut self, packet: &MediaPacket, now: Instant) -> bool {
        if packet.keyframe
            && let Some(keyframes) = self.keyframes.get_mut(usize::from(packet.layer))
        {
            keyframes.on_keyframe();
        }
        let Some(meter) = self.meters.get_mut(usize::from(packet.layer)) else {
            return false;
        };
        let is_new = !meter.is_live(now);
        if is_new {
            *meter = LayerMeter::default();
        }
        meter.bytes += packet.payload.len() as u64;
        meter.last_packet_at = Some(now);
        is_new
    }

    /// Keeps a packet that was forwarded, see [`Self::recent_packets`].
    pub(super) fn keep_recent(&mut self, packet: &MediaPacket) {
        let Some(recent) = self.recent.get_mut(usize::from(packet.layer)) else {
            return;
        };
        if recent.len() >= RECENT_PACKETS {
            recent.pop_front();
        }
        recent.push_back(packet.clone());
    }

    /// The last packets of a layer, oldest first.
    pub(super) fn recent_packets(&self, layer: u8) -> impl Iterator<Item = &MediaPacket> {
        self.recent.get(usize::from(layer)).into_iter().flatten()
    }

    /// Updates the bitrates from the bytes counted over `elapsed`.
    pub(super) fn measure(&mut self, elapsed: Duration) {
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
        for meter in &mut self.meters {
            let bps = meter.bytes * 8 * 1_000 / ms;
            // Keyframes are rare and large: average with the previous value.
            meter.bps = if meter.bps == 0 { bps } else { (meter.bps + bps) / 2 };
            meter.bytes = 0;
        }
    }

    /// The layers that are received at `now`.
    pub(super) fn live_layers(&self, now: Instant) -> LiveLayers {
        let mut live = LiveLayers { layers: [FaceLayer { layer: 0, bps: 0 }; LAYERS], count: 0 };
        let meters = self.meters.iter().zip(ASSUMED_BPS).zip(0_u8..);
        for ((meter, assumed), layer) in meters.filter(|((meter, _), _)| meter.is_live(now)) {
            let bps = if meter.bps == 0 { assumed } else { meter.bps };
            if let Some(entry) = live.layers.get_mut(live.count) {
                *entry = FaceLayer { layer, bps };
                live.count += 1;
            }
        }
        live
    }

    /// Requests a keyframe of a layer; true when the publisher is to be asked now.
    pub(super) fn request_keyframe(&mut self, layer: u8, now: Instant) -> Option<bool> {
        Some(self.keyframes.get_mut(usize::from(layer))?.request(now))
    }

    /// The layers whose publisher is to be asked for a keyframe now.
    pub(super) fn take_due_keyframes(&mut self, now: Instant) -> impl Iterator<Item = u8> {
        let layers = self.keyframes.iter_mut().zip(0_u8..);
        layers.filter_map(move |(keyframes, layer)| keyframes.take_due(now).then_some(layer))
    }

    /// When [`Self::take_due_keyframes`] is due.
    pub(super) fn next_keyframe_request(&self) -> Option<Instant> {
        self.keyframes.iter().filter_map(KeyframeThrottle::wake_at).min()
    }
}

impl LayerMeter {
    fn is_live(&self, now: Instant) -> bool {
        let since = |at: Instant| now.saturating_duration_since(at);
        self.last_packet_at.is_some_and(|at| since(at) < LAYER_TIMEOUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::tests::face_packet;
    use crate::pure::test_epoch;

    #[test]
    fn a_layer_is_measured_and_forgotten_when_nothing_arrives() {
        let (mut feed, now) = (FaceFeed::default(), test_epoch());
        let packet = face_packet(1, 0);
        assert!(feed.count_packet(&packet, now));
        assert!(!feed.count_packet(&packet, now));
        let layers = feed.live_layers(now);
        assert_eq!(layers.as_slice(), [FaceLayer { layer: 0, bps: ASSUMED_BPS[0] }]);
        feed.measure(Duration::from_millis(500));
        let bps = 2 * packet.payload.len() as u64 * 8 * 2;
        assert_eq!(feed.live_layers(now).as_slice(), [FaceLayer { layer: 0, bps }]);
        let later = now + LAYER_TIMEOUT;
        assert!(feed.live_layers(later).as_slice().is_empty());
        assert!(feed.count_packet(&packet, later), "it begins again");
    }

    #[test]
    fn only_the_last_packets_of_each_layer_are_kept() {
        let mut feed = FaceFeed::default();
        for seq in 0..20 {
            feed.keep_recent(&face_packet(seq, 1));
        }
        feed.keep_recent(&face_packet(5, 200));
        let seqs: Vec<u64> = feed.recent_packets(1).map(|packet| packet.seq).collect();
        assert_eq!(seqs, (12..20).collect::<Vec<_>>());
        assert_eq!(feed.recent_packets(0).count(), 0);
    }

    #[test]
    fn a_keyframe_answers_all_requests_for_its_layer() {
        let (mut feed, now) = (FaceFeed::default(), test_epoch());
        assert_eq!(feed.request_keyframe(0, now), Some(true));
        assert_eq!(feed.request_keyframe(0, now), Some(false), "it is throttled");
        assert_eq!(feed.request_keyframe(9, now), None);
        let due = feed.next_keyframe_request().expect("a request waits");
        feed.count_packet(&MediaPacket { keyframe: true, ..face_packet(1, 0) }, now);
        assert_eq!(feed.next_keyframe_request(), None);
        assert_eq!(feed.take_due_keyframes(due).count(), 0);
    }
}
