//! Bearer secrets: 32 random bytes for the holder, a hash for the database.
//!
//! At 256 bits of entropy a plain SHA-256 is enough at rest: there is nothing to guess.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use sitwith_wire::dice::Dice;

/// Length of an encoded secret, in characters.
pub(crate) const SECRET_CHARS: usize = 43;

/// Generates a secret, encoded for cookies and URLs.
pub(crate) fn generate_secret(dice: &Dice) -> String {
    URL_SAFE_NO_PAD.encode(dice.bytes::<32>())
}

/// True if the text has the form of a secret. Anything else needs no database query.
pub(crate) fn looks_like_secret(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == SECRET_CHARS && text.bytes().all(is_letter)
}

/// Hashes a secret for storage.
pub(crate) fn hash_secret(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Hashes a short code for storage, together with a secret that is not stored, so that nobody who
/// reads the database can try all codes.
pub(crate) fn hash_code(secret: &str, code: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(secret.as_bytes());
    hash.update(b":");
    hash.update(code.as_bytes());
    hash.finalize().into()
}

/// Returns the HMAC of a text under this key.
pub(crate) fn sign_text(key: &[u8; 32], words: &str) -> String {
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
        let (one, other) = (generate_secret(&dice), generate_secret(&dice));
        assert!(looks_like_secret(&one));
        assert_ne!(hash_secret(&one), hash_secret(&other));
        assert!(!looks_like_secret(""));
        assert!(!looks_like_secret(&format!("{one}x")));
        assert!(!looks_like_secret(&"%".repeat(SECRET_CHARS)));
    }

    #[test]
    fn a_code_hashes_otherwise_for_every_browser() {
        assert_ne!(hash_code("a", "123456"), hash_code("b", "123456"));
    }
}
