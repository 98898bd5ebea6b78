//! What the log must not say: a whole sign-in, a note and a refusal, and none of it is there.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use sitwith_app::live::ticket::Ticket;
use sitwith_app::live::{EnterOptions, SitSocket, TrySendOutcome};
use sitwith_app::sits::open_run;
use sitwith_core::id::SitId;
use sitwith_core::member::Person;
use sitwith_testkit::{TestHome, people};
use tracing_subscriber::fmt::MakeWriter;

use super::{TO_THE_OPEN_DOOR, a_sit, letter};

/// Everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The lines without the database's: those come late, from another thread, and name
    /// statements only.
    fn own_lines(&self) -> Vec<String> {
        let text = self.text();
        text.lines().filter(|line| !line.contains(" sqlx")).map(str::to_owned).collect()
    }

    fn begin() -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(writer)
            .init();
        log
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A line that takes what it is offered.
struct Still;

impl SitSocket for Still {
    fn try_send(&self, _frame: &bytes::Bytes) -> TrySendOutcome {
        TrySendOutcome::Accepted
    }

    fn close(&self, _code: u16, _why: &'static str) {}
}

/// Ana takes Cleo out of the sit, with a note.
async fn takes_somebody_out(home: &TestHome, sit: SitId) {
    let (ana, cleo) = (people::ana(), people::cleo());
    let opened = open_run(&home.home, &Person::Member(ana.clone()), sit).await;
    let (run, now) = (opened.unwrap().run.id, home.home.clock.now());
    let ticket = Ticket::new(&Person::Member(cleo), run, false, now).unwrap();
    let ticket = ticket.seal(&home.home.settings().ticket_key);
    let (line, coming) = (Arc::new(Still), EnterOptions::default());
    let entered = home.home.live.enter(&ticket, line, coming);
    assert!(entered.await.is_ok());
    let form = [("seat", "0"), ("name", "Cleo"), ("note", "a-note-for-the-keeper")];
    let mut ana = home.browser_of(&ana).await;
    let out = ana.post(&format!("/sits/{sit}/removals"), &form).await;
    assert_eq!(out.status, 303);
}

// One test: the log of a program is one, and other tests of this binary may write to it.
#[tokio::test]
async fn neither_help_nor_a_secret_nor_a_word_of_anybody_reaches_the_log() {
    let log = Log::begin();
    let home = TestHome::new().await;
    let (sit, link) = a_sit(&home).await;
    home.advance(TO_THE_OPEN_DOOR);
    assert!(!log.text().is_empty(), "the log is read at its finest");

    let mut browser = home.browser_of(&people::ben()).await;
    let before = log.own_lines();
    browser.get("/help").await;
    browser.get("/help?country=Canada").await;
    assert_eq!(log.own_lines(), before, "help leaves no line");

    let mut browser = home.browser();
    browser.set_header("user-agent", "Tell-Tale/1.0");
    browser.post("/sign-in", &[("email", "ben@example.org")]).await;
    let asked = browser.cookies()["__Host-asked"].clone();
    let (digits, token) = letter(&home).await;
    browser.post("/sign-in/code", &[("digits", "000001")]).await;
    browser.post("/sign-in/code", &[("digits", &digits)]).await;
    let session = browser.cookies()["__Host-sit"].clone();
    browser.post("/you", &[("name", "Benjamin the Secret")]).await;
    browser.post(&format!("/sits/{sit}/arrive"), &[("how", "heavy")]).await;
    let note = [("after", "comfort"), ("line", "nobody-reads-this-line")];
    let noted = browser.post(&format!("/sits/{sit}/note"), &note).await;
    assert_eq!(noted.status, 303);
    assert!(browser.get("/you").await.body.contains("nobody-reads-this-line"), "it is kept");
    let mut guest = home.browser();
    guest.post(&format!("/come/{link}"), &[("name", "Gil-the-Guest")]).await;
    guest.get(&format!("/sits/{sit}/room")).await;
    takes_somebody_out(&home, sit).await;
    browser.get("/keeper").await;
    browser.get("/nowhere/secret-path").await;

    let text = log.text();
    let digits_plain = digits.replace(' ', "");
    for secret in [
        asked.as_str(),
        &digits,
        &digits_plain,
        &token,
        &session,
        &link,
        "ben@example.org",
        "Benjamin",
        "Gil-the-Guest",
        "heavy",
        "comfort",
        "nobody-reads-this-line",
        "a-note-for-the-keeper",
        "192.0.2.7",
        "Tell-Tale",
        "secret-path",
    ] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}
