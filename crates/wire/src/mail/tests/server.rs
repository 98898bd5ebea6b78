//! A real SMTP server for the duration of a test: aiosmtpd, run by `tests/smtp_server.py`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::super::{Mail, Relay, Security};

/// An independent SMTP server for the duration of a test.
pub(super) struct Server {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    pub(super) port: u16,
    pub(super) certificate: String,
}

impl Server {
    /// Starts it; `None` where it is not installed.
    pub(super) fn start(ways: &[&str]) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_server.py");
        let mut child = Command::new(python_command())
            .arg(script)
            .args(ways)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .ok()?;
        let out = child.stdout.take().expect("its output is ours");
        let mut lines = BufReader::new(out).lines();
        let mut next = || lines.next()?.ok();
        let Some(port) = next().and_then(|line| line.parse().ok()) else {
            println!("the SMTP server (aiosmtpd) was not there: this test ran without it");
            drop(child.wait());
            return None;
        };
        let certificate = next().expect("the path of its certificate");
        let certificate = std::fs::read_to_string(certificate).unwrap_or_default();
        Some(Self { child, lines, port, certificate })
    }

    pub(super) fn mail(&self, security: Security) -> Mail {
        let relay = Relay::new("localhost", self.port, security)
            .login("keeper", "right")
            .hello_name("example.org")
            .trust_certificate(&self.certificate);
        Mail::relay(&relay).expect("a relay")
    }

    /// Returns the next mail it accepted, decoded from the transport.
    pub(super) fn taken(&mut self) -> Taken {
        let line = self.lines.next().expect("it says what it took").expect("text");
        Taken::of(&line)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Returns the Python interpreter of the tool environment that `./check` creates, else the
/// machine's.
#[expect(clippy::disallowed_methods, reason = "a test is told where its tools are")]
fn python_command() -> String {
    std::env::var("SITWITH_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// A mail it accepted.
pub(super) struct Taken {
    pub(super) login: String,
    pub(super) is_secure: bool,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) raw: String,
}

impl Taken {
    /// Parses a line of the server's output: login, `yes` or `no` for TLS, sender, recipient, and
    /// the mail in hexadecimal.
    fn of(line: &str) -> Self {
        let parts: Vec<&str> = line.split('\t').collect();
        let [login, secure, from, to, hex] = parts[..] else { panic!("{line}") };
        let byte = |place| u8::from_str_radix(&hex[place..place + 2], 16).expect("hexadecimal");
        let bytes = (0..hex.len()).step_by(2).map(byte).collect();
        let raw = String::from_utf8(bytes).expect("text");
        let own = str::to_owned;
        Self { login: own(login), is_secure: secure == "yes", from: own(from), to: own(to), raw }
    }
}
