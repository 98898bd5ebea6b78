//! What opens a door: 32 random bytes for whoever holds them, a hash for the database.
//!
//! With 256 bits of chance a plain SHA-256 is enough at rest: there is nothing to guess.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use sitwith_wire::dice::Dice;

/// How many letters a secret has when it is written down.
pub(crate) const LETTERS: usize = 43;

/// A fresh secret, as letters that fit in a cookie or an address.
pub(crate) fn fresh(dice: &Dice) -> String {
    URL_SAFE_NO_PAD.encode(dice.bytes::<32>())
}

/// Whether this could be one of our secrets: what is not costs no look into the database.
pub(crate) fn is_one(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == LETTERS && text.bytes().all(is_letter)
}

/// What is kept of a secret.
pub(crate) fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// What is kept of a short code: together with a secret that is not kept, so that nobody who
/// reads the database can try all codes.
pub(crate) fn hash_with(secret: &str, code: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(secret.as_bytes());
    hash.update(b":");
    hash.update(code.as_bytes());
    hash.finalize().into()
}

/// A mark that only whoever has the key can make.
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
