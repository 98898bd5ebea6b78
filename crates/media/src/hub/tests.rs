//! Settings and packets for the tests of the hub's machines.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::hub::{HubSettings, MediaPacket, TrackKind};
use crate::settings::RandomSource;

pub(super) fn hub_settings(worker: u16) -> HubSettings {
    HubSettings {
        worker,
        udp: vec![SocketAddr::from(([192, 0, 2, 1], 9))],
        tcp: vec![],
        peers_max: 9,
        random: RandomSource(Arc::new(|bytes: &mut [u8]| bytes.fill(7))),
    }
}

/// A packet of seat 1 in face slot 0.
pub(super) fn face_packet(seq: u64, layer: u8) -> MediaPacket {
    MediaPacket {
        kind: TrackKind::Face,
        slot: 0,
        seat: 1,
        layer,
        stream: 1,
        seq,
        timestamp: 0,
        marker: false,
        keyframe: false,
        red: false,
        level: None,
        voice_activity: None,
        rotation: 0,
        payload: Arc::from([0x10, 0, 0]),
    }
}
