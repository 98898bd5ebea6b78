//! How connections are called (the ufrag of ICE): `w`, the worker, `x`, and chance. Every check of
//! a path (a STUN binding request) begins with that name, so a datagram whose sender is not known
//! finds its worker and its connection.

use str0m::ice::StunMessage;

/// The longest name that is looked at.
const NAME_MAX: usize = 32;

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
