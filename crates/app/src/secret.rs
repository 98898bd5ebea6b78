//! Bearer secrets: 32 random bytes for the holder, a hash for the database.
//!
//! At 256 bits of entropy a plain SHA-256 is enough at rest: there is nothing to guess.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use sitwith_wire::dice::Dice;

/// Length of an encoded secret, in characters.
pub(crate) const LETTERS: usize = 43;

/// Generates a secret, encoded for cookies and URLs.
pub(crate) fn fresh(dice: &Dice) -> String {
    URL_SAFE_NO_PAD.encode(dice.bytes::<32>())
}

/// True if the text has the form of a secret. Anything else needs no database query.
pub(crate) fn is_one(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == LETTERS && text.bytes().all(is_letter)
}

/// Hashes a secret for storage.
pub(crate) fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Hashes a short code for storage, together with a secret that is not stored, so that nobody who
/// reads the database can try all codes.
pub(crate) fn hash_with(secret: &str, code: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(secret.as_bytes());
    hash.update(b":");
    hash.update(code.as_bytes());
    hash.finalize().into()
}

/// Returns the HMAC of a text under this key.
pub(crate) fn mark(key: &[u8; 32], words: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(words.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_secret_is_one_and_no_two_are_the_same() {
        let dice = Dice::seeded(1);
        let (one, other) = (fresh(&dice), fresh(&dice));
        assert!(is_one(&one));
        assert_ne!(hash(&one), hash(&other));
        assert!(!is_one(""));
        assert!(!is_one(&format!("{one}x")));
        assert!(!is_one(&"%".repeat(LETTERS)));
    }

    #[test]
    fn a_code_hashes_otherwise_for_every_browser() {
        assert_ne!(hash_with("a", "123456"), hash_with("b", "123456"));
    }
}
