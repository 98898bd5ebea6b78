//! How connections are called (the ufrag of ICE): `w`, the worker, `x`, and chance. Every check of
//! a path (a STUN binding request) begins with that name, so a datagram whose sender is not known
//! finds its worker and its connection.

use std::fmt::Write;

use str0m::ice::StunMessage;

use crate::settings::Chance;

/// The longest name that is looked at.
const NAME_MAX: usize = 32;

/// A new name.
pub(super) fn name(worker: u16, chance: &Chance) -> String {
    format!("w{worker}x{}", hex::<8>(chance))
}

/// A new word that proves a name: 128 bits.
pub(super) fn word(chance: &Chance) -> String {
    hex::<16>(chance)
}

fn hex<const N: usize>(chance: &Chance) -> String {
    let mut bytes = [0; N];
    (chance.0)(&mut bytes);
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _always = write!(text, "{byte:02x}");
        text
    })
}

/// The name of the connection a STUN message is for; none when it is no such message.
pub(super) fn name_in(bytes: &[u8]) -> Option<String> {
    // STUN begins with two bits of zero, and has a header of 20 bytes.
    if bytes.len() < 20 || bytes.first().is_none_or(|first| *first > 3) {
        return None;
    }
    let message = StunMessage::parse(bytes).ok()?;
    let (name, _) = message.split_username()?;
    (name.len() <= NAME_MAX).then(|| name.to_owned())
}

/// Which worker has the connection that a STUN message is for.
pub fn worker_of(bytes: &[u8]) -> Option<u16> {
    let name = name_in(bytes)?;
    let (worker, _) = name.strip_prefix('w')?.split_once('x')?;
    worker.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn only_checks_of_a_path_have_a_name() {
        assert_eq!(worker_of(&[]), None);
        assert_eq!(worker_of(&[0; 19]), None);
        assert_eq!(worker_of(&[0; 200]), None);
        assert_eq!(worker_of(&[0x80; 200]), None);
        assert_eq!(worker_of(&[0xFF; 1_500]), None);
    }

    #[test]
    fn a_name_says_its_worker() {
        let chance = Chance(Arc::new(|bytes: &mut [u8]| bytes.fill(0xAB)));
        assert_eq!(name(12, &chance), "w12xabababababababab");
        assert_eq!(word(&chance).len(), 32);
    }
}
