//! ICE user fragments: `w<worker>x<16 hex digits>`. Every STUN binding request carries the ufrag of
//! its destination, so the first datagram of an unknown sender finds its worker and connection.

use std::fmt::Write;

use str0m::ice::StunMessage;

use crate::settings::RandomSource;

/// Longer ufrags are ignored, in bytes.
const UFRAG_MAX: usize = 32;

/// A new ufrag on this worker.
pub(super) fn new_ufrag(worker: u16, random: &RandomSource) -> String {
    format!("w{worker}x{}", random_hex::<8>(random))
}

/// A new ICE password of 128 bits.
pub(super) fn new_password(random: &RandomSource) -> String {
    random_hex::<16>(random)
}

fn random_hex<const N: usize>(random: &RandomSource) -> String {
    let mut bytes = [0; N];
    (random.0)(&mut bytes);
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// The ufrag of the connection a STUN message is for; none when it is no such message.
pub(super) fn ufrag_in_stun(bytes: &[u8]) -> Option<String> {
    // A STUN message starts with two zero bits and has a header of 20 bytes.
    if bytes.len() < 20 || bytes.first().is_none_or(|first| *first > 3) {
        return None;
    }
    let message = StunMessage::parse(bytes).ok()?;
    let (ufrag, _) = message.split_username()?;
    (ufrag.len() <= UFRAG_MAX).then(|| ufrag.to_owned())
}

/// The worker whose connection a STUN message is for; none when it is no such message.
pub fn worker_from_stun(bytes: &[u8]) -> Option<u16> {
    let ufrag = ufrag_in_stun(bytes)?;
    let (worker, _) = ufrag.strip_prefix('w')?.split_once('x')?;
    worker.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn only_stun_messages_name_a_worker() {
        assert_eq!(worker_from_stun(&[]), None);
        assert_eq!(worker_from_stun(&[0; 19]), None);
        assert_eq!(worker_from_stun(&[0; 200]), None);
        assert_eq!(worker_from_stun(&[0x80; 200]), None);
        assert_eq!(worker_from_stun(&[0xFF; 1_500]), None);
    }

    #[test]
    fn a_ufrag_contains_its_worker() {
        let random = RandomSource(Arc::new(|bytes: &mut [u8]| bytes.fill(0xAB)));
        assert_eq!(new_ufrag(12, &random), "w12xabababababababab");
        assert_eq!(new_password(&random).len(), 32);
    }
}
