//! A whole home in a test: fresh database, a clock moved by hand, seeded randomness, captured mail.
//!
//! A mail that was sent but not taken with [`TestHome::take_mails`] fails the test at its end.

use sitwith_app::home::{Home, HomeParts};
use sitwith_app::jobs;
use sitwith_app::limits::Limits;
use sitwith_app::settings_store::{InitialSettings, load_settings};
use sitwith_core::member::Member;
use sitwith_core::sit::format::Formats;
use sitwith_core::time::Span;
use sitwith_insight::Insight;
use sitwith_media::Sfu;
use sitwith_store::{Broken, Store, args, members};
use sitwith_wire::bus::Bus;
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;
use sitwith_wire::mail::{Mail, OutboxMail};

use crate::people;
use crate::temp::TempFolder;

/// The home's public address in tests.
pub const ADDRESS: &str = "https://sit.example.org";
/// Seed of the randomness in all tests.
const SEED: u64 = 7_747;

/// A whole home in a test.
pub struct TestHome {
    /// The home under test.
    pub home: Home,
    /// Options of the web server.
    #[cfg(feature = "web")]
    pub manner: sitwith_web::state::ServingOptions,
    /// Folder of the database; removed on drop.
    folder: Option<TempFolder>,
}

impl TestHome {
    /// Creates a home that is set up, with [`people::all_members`] in it.
    pub async fn new() -> Self {
        let home = Self::fresh().await;
        home.set_up().await;
        home
    }

    /// Creates a home that is not set up.
    pub async fn fresh() -> Self {
        let folder = TempFolder::new();
        let store = Store::open(&folder.database()).await.expect("a fresh database opens");
        let mut home = Self::on_store(store).await;
        home.folder = Some(folder);
        home
    }

    /// Creates a home that is not set up, on a database that the test has opened, as with
    /// [`on_both_engines`](crate::on_both_engines()).
    pub async fn on_store(store: Store) -> Self {
        Self::on_store_with_insight(store, Insight::none()).await
    }

    /// Creates a home that is set up, with [`people::all_members`] in it, and embeds shares with
    /// `insight`.
    pub async fn with_insight(insight: Insight) -> Self {
        let folder = TempFolder::new();
        let store = Store::open(&folder.database()).await.expect("a fresh database opens");
        let mut home = Self::on_store_with_insight(store, insight).await;
        home.folder = Some(folder);
        home.set_up().await;
        home
    }

    /// Like [`TestHome::on_store`], and embeds shares with `insight`.
    pub async fn on_store_with_insight(store: Store, insight: Insight) -> Self {
        let (clock, dice) = (Clock::by_hand(people::BEGIN), Dice::seeded(SEED));
        let start =
            InitialSettings { name: "The Test Room", zone: "America/Toronto", address: ADDRESS };
        let settings = load_settings(&store, &dice, &start).await.expect("settings are made");
        let home = Home::new(HomeParts {
            store,
            clock,
            dice,
            outbox: Mail::memory(),
            insight,
            media: Sfu::none(),
            limits: Limits::for_testing(),
            settings,
            formats: Formats::shipped(),
            bus: Bus::in_process(),
        });
        Self::from_home(home)
    }

    /// Sets the home up, with [`people::all_members`] in it.
    pub async fn set_up(&self) {
        let set_up: Result<(), Broken> = self
            .home
            .store
            .write(|mut tx| async move {
                for member in people::all_members() {
                    members::insert_member(&mut tx, &member).await?;
                }
                tx.execute("UPDATE home SET set_up_ms = $1", args![people::BEGIN]).await?;
                Ok(tx.done(()))
            })
            .await;
        set_up.expect("people move in");
        let mut settings = (*self.home.settings()).clone();
        settings.is_set_up = true;
        self.home.settings_handle.replace(settings);
    }

    /// Adds a member.
    pub async fn add_member(&self, member: &Member) {
        let moved: Result<(), Broken> = self
            .home
            .store
            .write(|mut tx| async move {
                members::insert_member(&mut tx, member).await?;
                Ok(tx.done(()))
            })
            .await;
        moved.expect("they move in");
    }

    /// Returns the folder of its database, if it created one.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(TempFolder::path)
    }

    /// Moves the clock ahead.
    pub fn advance(&self, span: Span) {
        self.home.clock.advance(span);
    }

    /// Returns the home after a restart of its program: the same database and clock, without any
    /// state in memory.
    pub async fn restarted(&self) -> Self {
        self.reopen(Bus::in_process()).await
    }

    /// Returns another process of the same home: it shares database, clock and bus, and nothing
    /// else.
    pub async fn second_process(&self) -> Self {
        self.reopen(self.home.bus.clone()).await
    }

    async fn reopen(&self, bus: Bus) -> Self {
        let dice = Dice::seeded(SEED + 1);
        let start = InitialSettings { name: "", zone: "", address: "" };
        let settings = load_settings(&self.home.store, &dice, &start).await;
        let home = Home::new(HomeParts {
            store: self.home.store.clone(),
            clock: self.home.clock.clone(),
            dice,
            outbox: self.home.outbox.clone(),
            insight: self.home.insight.clone(),
            media: self.home.media.clone(),
            limits: Limits::for_testing(),
            settings: settings.expect("settings are there"),
            formats: Formats::shipped(),
            bus,
        });
        Self::from_home(home)
    }

    /// Replaces the limits. Only before the first run: the home is built anew.
    pub fn set_limits(&mut self, limits: Limits) {
        self.rebuild(|parts| parts.limits = limits);
    }

    /// Builds the home anew with other parts. Only before the first run.
    pub(crate) fn rebuild(&mut self, exchange: impl FnOnce(&mut HomeParts)) {
        let home = &self.home;
        let mut parts = HomeParts {
            store: home.store.clone(),
            clock: home.clock.clone(),
            dice: home.dice.clone(),
            outbox: home.outbox.clone(),
            insight: home.insight.clone(),
            media: home.media.clone(),
            limits: (*home.limits).clone(),
            settings: (*home.settings()).clone(),
            formats: (*home.formats).clone(),
            bus: Bus::in_process(),
        };
        exchange(&mut parts);
        self.home = Home::new(parts);
    }

    fn from_home(home: Home) -> Self {
        Self {
            home,
            #[cfg(feature = "web")]
            manner: sitwith_web::state::ServingOptions::default(),
            folder: None,
        }
    }

    /// Runs the jobs, which send due mails, and takes the sent mails, oldest first.
    pub async fn take_mails(&self) -> Vec<OutboxMail> {
        let mut forget_at = self.home.clock.now() + Span::from_days(1);
        let sent = jobs::run_due_jobs(&self.home, &mut forget_at).await;
        sent.expect("letters are sent");
        self.home.outbox.take_outbox()
    }
}

impl Drop for TestHome {
    fn drop(&mut self) {
        let left = self.home.outbox.outbox_mails().len();
        if left > 0 && !std::thread::panicking() {
            panic!("{left} letters were sent and nobody looked at them");
        }
    }
}
