//! Passes for a TURN server that shares a secret with us (coturn's `use-auth-secret`): whoever
//! holds one may go over it until its time is over, and no list of people is kept there.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde::Serialize;
use sha1::Sha1;

/// How long a pass is good, in seconds: longer than the longest sit, so that nobody loses the
/// sound in the middle of one.
pub const PASS_S: u64 = 6 * 60 * 60;

/// A TURN server that browsers may go over.
#[derive(Clone, PartialEq, Eq)]
pub struct Turn {
    /// Its addresses, as in `turn:turn.example.org:3478` or `turns:turn.example.org:443`.
    pub urls: Vec<String>,
    /// The secret it shares with us.
    pub secret: String,
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// What a browser needs to go over the TURN server, in the words browsers have for it
/// (`RTCIceServer`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TurnPass {
    /// Where the server is.
    pub urls: Vec<String>,
    /// Until when the pass is good, in seconds since 1970, and the mark.
    pub username: String,
    /// Shows that we gave the pass.
    pub credential: String,
}

impl Turn {
    /// A pass from `now_s` (seconds since 1970) on. The mark tells passes apart, and nothing about
    /// whom they are for: it is chance.
    pub fn pass(&self, now_s: u64, mark: &str) -> TurnPass {
        let username = format!("{}:{mark}", now_s.saturating_add(PASS_S));
        let mut mac = Hmac::<Sha1>::new_from_slice(self.secret.as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(username.as_bytes());
        TurnPass {
            urls: self.urls.clone(),
            credential: STANDARD.encode(mac.finalize().into_bytes()),
            username,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(secret: &str) -> Turn {
        Turn { urls: vec!["turn:turn.example.org:3478".to_owned()], secret: secret.to_owned() }
    }

    #[test]
    fn a_pass_says_until_when_it_is_good_and_is_signed_with_the_secret() {
        let pass = turn("north").pass(1_000, "abc");
        assert_eq!(pass.username, "22600:abc");
        assert_eq!(pass.urls, ["turn:turn.example.org:3478"]);
        // printf 22600:abc | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(pass.credential, "E7XTfswQsTiewQuafKFE8xy24VQ=");
        assert_ne!(pass.credential, turn("south").pass(1_000, "abc").credential);
    }

    #[test]
    fn the_secret_is_never_shown() {
        assert!(!format!("{:?}", turn("opensesame")).contains("opensesame"));
    }
}
