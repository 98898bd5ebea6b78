//! Credentials for a TURN server that shares a secret with the home (coturn's `use-auth-secret`):
//! valid until they expire, without a list of users on the TURN server.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde::Serialize;
use sha1::Sha1;

/// Lifetime of a TURN credential, in seconds. Longer than the longest sit, so that no relay ends
/// within one.
pub const CREDENTIAL_TTL_S: u64 = 6 * 60 * 60;

/// A TURN server with a shared secret.
#[derive(Clone, PartialEq, Eq)]
pub struct TurnServer {
    /// Its URLs, such as `turn:turn.example.org:3478` or `turns:turn.example.org:443`.
    pub urls: Vec<String>,
    /// Shared secret.
    pub secret: String,
}

impl fmt::Debug for TurnServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// An `RTCIceServer` for a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TurnCredential {
    /// URLs of the server.
    pub urls: Vec<String>,
    /// Expiry in seconds since 1970, and the nonce.
    pub username: String,
    /// HMAC-SHA1 of the user name under the shared secret, in Base64.
    pub credential: String,
}

impl TurnServer {
    /// Issues a credential valid from `now_s` (seconds since 1970). The random nonce only makes
    /// user names unique; it says nothing about who uses them.
    pub fn issue_credential(&self, now_s: u64, nonce: &str) -> TurnCredential {
        let username = format!("{}:{nonce}", now_s.saturating_add(CREDENTIAL_TTL_S));
        let mut mac = Hmac::<Sha1>::new_from_slice(self.secret.as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(username.as_bytes());
        TurnCredential {
            urls: self.urls.clone(),
            credential: STANDARD.encode(mac.finalize().into_bytes()),
            username,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn_server(secret: &str) -> TurnServer {
        TurnServer {
            urls: vec!["turn:turn.example.org:3478".to_owned()],
            secret: secret.to_owned(),
        }
    }

    #[test]
    fn a_credential_names_its_expiry_and_is_signed_with_the_secret() {
        let credential = turn_server("north").issue_credential(1_000, "abc");
        assert_eq!(credential.username, "22600:abc");
        assert_eq!(credential.urls, ["turn:turn.example.org:3478"]);
        // printf 22600:abc | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(credential.credential, "E7XTfswQsTiewQuafKFE8xy24VQ=");
        assert_ne!(
            credential.credential,
            turn_server("south").issue_credential(1_000, "abc").credential
        );
    }

    #[test]
    fn debug_output_hides_the_secret() {
        assert!(!format!("{:?}", turn_server("opensesame")).contains("opensesame"));
    }
}
