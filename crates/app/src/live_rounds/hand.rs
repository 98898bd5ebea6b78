//! The hand: an opaque author key of shares, derived from the round and the person with a key that
//! never leaves the home. The same person has a different hand in every round. It is compared and
//! never shown.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use sitwith_core::id::RoundId;
use sitwith_core::round::DrawSeed;
use sitwith_core::sit::presence::Sitter;
use sitwith_store::shares::Hand;

/// Separates hands from anything else derived from the home's key.
const HAND_PURPOSE: &[u8] = b"sitwith hand 1\n";
/// Separates lots, which decide whose words are shown first.
const LOTS_PURPOSE: &[u8] = b"sitwith lots 1\n";

/// Derives a person's hand in a round.
pub(crate) fn derive_hand(key: &[u8; 32], round: RoundId, who: Sitter) -> Hand {
    let who = match who {
        Sitter::Member(id) => format!("member {id}"),
        Sitter::Guest(id) => format!("guest {id}"),
    };
    derive_mac(key, HAND_PURPOSE, &format!("{round}\n{who}"))
}

/// Derives the random seed of a round's lots.
pub(crate) fn derive_lots(key: &[u8; 32], round: RoundId) -> DrawSeed {
    let drawn = derive_mac(key, LOTS_PURPOSE, &round.to_string());
    DrawSeed(*drawn.first_chunk().expect("32 bytes hold 16"))
}

/// Hashes a form's key for storage.
pub(crate) fn hash_form_key(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

fn derive_mac(key: &[u8; 32], purpose: &[u8], words: &str) -> [u8; 32] {
    // Two steps, so that the key of one purpose reveals nothing about another's.
    let own = hmac_sha256(key, purpose);
    hmac_sha256(&own, words.as_bytes())
}

fn hmac_sha256(key: &[u8; 32], words: &[u8]) -> [u8; 32] {
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
        assert_eq!(derive_hand(&key, round(1), ben), derive_hand(&key, round(1), ben));
        assert_ne!(derive_hand(&key, round(1), ben), derive_hand(&key, round(2), ben));
        assert_ne!(derive_hand(&key, round(1), ben), derive_hand(&key, round(1), gil));
        assert_ne!(derive_hand(&key, round(1), ben), derive_hand(&[8; 32], round(1), ben));
    }

    #[test]
    fn lots_are_drawn_anew_in_every_round() {
        assert_eq!(derive_lots(&[7; 32], round(1)), derive_lots(&[7; 32], round(1)));
        assert_ne!(derive_lots(&[7; 32], round(1)), derive_lots(&[7; 32], round(2)));
    }
}
