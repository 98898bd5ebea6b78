//! The hand: an opaque author key of shares, derived from the round and the person with a key that
//! never leaves the home. The same person has a different hand in every round. It is compared and
//! never shown.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use sitwith_core::id::RoundId;
use sitwith_core::round::Lots;
use sitwith_core::sit::presence::Sitter;
use sitwith_store::shares::Hand;

/// Separates hands from anything else derived from the home's key.
const HAND: &[u8] = b"sitwith hand 1\n";
/// Separates lots, which decide whose words are shown first.
const LOTS: &[u8] = b"sitwith lots 1\n";

/// Derives a person's hand in a round.
pub(crate) fn hand(key: &[u8; 32], round: RoundId, who: Sitter) -> Hand {
    let who = match who {
        Sitter::Member(id) => format!("member {id}"),
        Sitter::Guest(id) => format!("guest {id}"),
    };
    mac(key, HAND, &format!("{round}\n{who}"))
}

/// Derives the random seed of a round's lots.
pub(crate) fn lots(key: &[u8; 32], round: RoundId) -> Lots {
    let drawn = mac(key, LOTS, &round.to_string());
    Lots(*drawn.first_chunk().expect("32 bytes hold 16"))
}

/// Hashes a form's key for storage.
pub(crate) fn key_hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

fn mac(key: &[u8; 32], purpose: &[u8], words: &str) -> [u8; 32] {
    // Two steps, so that the key of one purpose reveals nothing about another's.
    let own = step(key, purpose);
    step(&own, words.as_bytes())
}

fn step(key: &[u8; 32], words: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(words);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use sitwith_core::id::{GuestId, MemberId};
    use sitwith_core::time::Instant;

    use super::*;

    fn round(number: u8) -> RoundId {
        RoundId::new(Instant::from_ms(0), [number; 10])
    }

    #[test]
    fn a_person_has_one_hand_in_a_round_and_another_in_the_next() {
        let ben = Sitter::Member(MemberId::new(Instant::from_ms(0), [2; 10]));
        let gil = Sitter::Guest(GuestId::new(Instant::from_ms(0), [2; 10]));
        let key = [7; 32];
        assert_eq!(hand(&key, round(1), ben), hand(&key, round(1), ben));
        assert_ne!(hand(&key, round(1), ben), hand(&key, round(2), ben));
        assert_ne!(hand(&key, round(1), ben), hand(&key, round(1), gil));
        assert_ne!(hand(&key, round(1), ben), hand(&[8; 32], round(1), ben));
    }

    #[test]
    fn lots_are_drawn_anew_in_every_round() {
        assert_eq!(lots(&[7; 32], round(1)), lots(&[7; 32], round(1)));
        assert_ne!(lots(&[7; 32], round(1)), lots(&[7; 32], round(2)));
    }
}
