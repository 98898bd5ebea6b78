//! The mail relay: the keeper's settings and the connection pool.

use std::fmt;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::outgoing::{OutgoingMail, parse_address};
use super::{MailFailure, MailNo};

/// Maximum number of pooled connections to the relay.
const RELAY_CONNECTIONS_MAX: u32 = 4;
/// Maximum wait for the relay's reply to one command.
const RELAY_REPLY_TIMEOUT: Duration = Duration::from_secs(30);

/// Encryption of the connection to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// No encryption: only for a relay on the same machine.
    None,
    /// Starts in plain text and must upgrade to TLS before anything is sent (port 587).
    Starttls,
    /// TLS from the first byte (port 465).
    Tls,
}

impl Security {
    /// All kinds, safest first.
    pub const ALL: [Self; 3] = [Self::Tls, Self::Starttls, Self::None];

    /// Returns the stored form, which forms use too.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Starttls => "starttls",
            Self::Tls => "tls",
        }
    }

    /// Parses the stored form.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|security| security.word() == word)
    }
}

/// Connection settings of the mail relay.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    host: String,
    port: u16,
    security: Security,
    login: Option<(String, String)>,
    hello_name: Option<String>,
    trusted_pem: Option<String>,
}

impl Relay {
    /// Creates the settings of a relay that requires no login.
    pub fn new(host: impl Into<String>, port: u16, security: Security) -> Self {
        Self { host: host.into(), port, security, login: None, hello_name: None, trusted_pem: None }
    }

    /// Sets the credentials.
    #[must_use]
    pub fn login(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.login = Some((name.into(), password.into()));
        self
    }

    /// Sets the host name for `EHLO`: the home's own.
    #[must_use]
    pub fn hello_name(mut self, name: impl Into<String>) -> Self {
        self.hello_name = Some(name.into());
        self
    }

    /// Adds a trusted root certificate (PEM), for a relay with a certificate of its own.
    #[must_use]
    pub fn trust_certificate(mut self, certificate: impl Into<String>) -> Self {
        self.trusted_pem = Some(certificate.into());
        self
    }

    fn tls(&self) -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let mut tls = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.trusted_pem {
            tls = tls.add_root_certificate(Certificate::from_pem(pem.as_bytes())?);
        }
        tls.build_rustls()
    }
}

/// The login stays out of logs.
impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{}, {})", self.host, self.port, self.security.word())
    }
}

/// The connection pool of one relay.
pub(super) struct RelayTransport(AsyncSmtpTransport<Tokio1Executor>);

impl RelayTransport {
    pub(super) fn new(relay: &Relay) -> Result<Self, MailNo> {
        let pool = PoolConfig::new().max_size(RELAY_CONNECTIONS_MAX);
        let mut line = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&relay.host)
            .port(relay.port)
            .timeout(Some(RELAY_REPLY_TIMEOUT))
            .pool_config(pool)
            .tls(match relay.security {
                Security::None => Tls::None,
                Security::Starttls => Tls::Required(relay.tls().map_err(classify_error)?),
                Security::Tls => Tls::Wrapper(relay.tls().map_err(classify_error)?),
            });
        if let Some((name, password)) = &relay.login {
            line = line.credentials(Credentials::new(name.clone(), password.clone()));
        }
        if let Some(name) = &relay.hello_name {
            line = line.hello_name(ClientId::Domain(name.clone()));
        }
        Ok(Self(line.build()))
    }

    pub(super) async fn send(&self, letter: &OutgoingMail, raw: &[u8]) -> Result<String, MailNo> {
        let from = parse_address(&letter.from.address)?;
        let to = parse_address(&letter.to)?;
        let envelope = Envelope::new(Some(from), vec![to]).map_err(|error| MailNo {
            why: MailFailure::NotAnAddress,
            code: None,
            reply: error.to_string(),
        })?;
        // The library terminates the last line itself; a terminated one would get an empty line.
        let raw = raw.strip_suffix(b"\r\n").unwrap_or(raw);
        let answer = self.0.send_raw(&envelope, raw).await.map_err(classify_error)?;
        let words = answer.message().collect::<Vec<_>>().join(" ");
        Ok(format!("{} {words}", answer.code()))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is the shape map_err wants")]
fn classify_error(error: lettre::transport::smtp::Error) -> MailNo {
    let why = if error.is_permanent() {
        MailFailure::Refused
    } else if error.is_transient() {
        MailFailure::TryLater
    } else if error.is_tls() || error.is_client() {
        MailFailure::Insecure
    } else {
        MailFailure::Unreachable
    };
    let code = error.status().map(u16::from);
    MailNo { why, code, reply: error.to_string() }
}
