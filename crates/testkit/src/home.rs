//! A whole home in a test: fresh database, a clock moved by hand, seeded randomness, captured mail.
//!
//! A mail that was sent but not taken with [`TestHome::letters`] fails the test at its end.

use sitwith_app::home::{Home, Parts};
use sitwith_app::jobs;
use sitwith_app::limits::Limits;
use sitwith_app::mail::Way;
use sitwith_app::settings_store::{Start, load_settings};
use sitwith_core::member::Member;
use sitwith_core::sit::format::Formats;
use sitwith_core::time::Span;
use sitwith_insight::Insight;
use sitwith_media::Sfu;
use sitwith_store::{Broken, Store, args, members};
use sitwith_wire::bus::Bus;
use sitwith_wire::clock::Clock;
use sitwith_wire::dice::Dice;
use sitwith_wire::mail::{Mail, Sent};

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
    pub manner: sitwith_web::state::Manner,
    /// Folder of the database; removed on drop.
    folder: Option<TempFolder>,
}

impl TestHome {
    /// Creates a home that is set up, with [`people::everyone`] in it.
    pub async fn new() -> Self {
        let home = Self::fresh().await;
        home.set_up().await;
        home
    }

    /// Creates a home that is not set up.
    pub async fn fresh() -> Self {
        let folder = TempFolder::new();
        let store = Store::open(&folder.database()).await.expect("a fresh database opens");
        let mut home = Self::on(store).await;
        home.folder = Some(folder);
        home
    }

    /// Creates a home that is not set up, on a database that the test has opened, as with
    /// [`both`](crate::both()).
    pub async fn on(store: Store) -> Self {
        Self::on_reading(store, Insight::none()).await
    }

    /// Creates a home that is set up, with [`people::everyone`] in it, and embeds shares with
    /// `insight`.
    pub async fn reading(insight: Insight) -> Self {
        let folder = TempFolder::new();
        let store = Store::open(&folder.database()).await.expect("a fresh database opens");
        let mut home = Self::on_reading(store, insight).await;
        home.folder = Some(folder);
        home.set_up().await;
        home
    }

    /// Like [`TestHome::on`], and embeds shares with `insight`.
    pub async fn on_reading(store: Store, insight: Insight) -> Self {
        let (clock, dice) = (Clock::by_hand(people::BEGIN), Dice::seeded(SEED));
        let start = Start { name: "The Test Room", zone: "America/Toronto", address: ADDRESS };
        let settings = load_settings(&store, &dice, &start).await.expect("settings are made");
        let home = Home::new(Parts {
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
        Self::of(home)
    }

    /// Sets the home up, with [`people::everyone`] in it.
    pub async fn set_up(&self) {
        let set_up: Result<(), Broken> = self
            .home
            .store
            .write(|mut tx| async move {
                for member in people::everyone() {
                    members::insert(&mut tx, &member).await?;
                }
                tx.execute("UPDATE home SET set_up_ms = $1", args![people::BEGIN]).await?;
                Ok(tx.done(()))
            })
            .await;
        set_up.expect("people move in");
        let mut settings = (*self.home.settings()).clone();
        settings.is_set_up = true;
        self.home.kept.set(settings);
    }

    /// Adds a member.
    pub async fn moves_in(&self, member: &Member) {
        let moved: Result<(), Broken> = self
            .home
            .store
            .write(|mut tx| async move {
                members::insert(&mut tx, member).await?;
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
        self.again(Bus::in_process()).await
    }

    /// Returns another process of the same home: it shares database, clock and bus, and nothing
    /// else.
    pub async fn beside(&self) -> Self {
        self.again(self.home.bus.clone()).await
    }

    async fn again(&self, bus: Bus) -> Self {
        let dice = Dice::seeded(SEED + 1);
        let start = Start { name: "", zone: "", address: "" };
        let settings = load_settings(&self.home.store, &dice, &start).await;
        let home = Home::new(Parts {
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
        Self::of(home)
    }

    /// Replaces the limits. Only before the first run: the home is built anew.
    pub fn limit(&mut self, limits: Limits) {
        self.rebuild(|parts| parts.limits = limits);
    }

    /// Builds the home anew with other parts. Only before the first run.
    pub(crate) fn rebuild(&mut self, exchange: impl FnOnce(&mut Parts)) {
        let home = &self.home;
        let mut parts = Parts {
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

    fn of(home: Home) -> Self {
        Self {
            home,
            #[cfg(feature = "web")]
            manner: sitwith_web::state::Manner::default(),
            folder: None,
        }
    }

    /// Runs the jobs, which send due mails, and takes the sent mails, oldest first.
    pub async fn letters(&self) -> Vec<Sent> {
        let mut forget_at = self.home.clock.now() + Span::from_days(1);
        let sent = jobs::tick(&self.home, &mut Way::default(), &mut forget_at).await;
        sent.expect("letters are sent");
        self.home.outbox.take()
    }
}

impl Drop for TestHome {
    fn drop(&mut self) {
        let left = self.home.outbox.lying().len();
        if left > 0 && !std::thread::panicking() {
            panic!("{left} letters were sent and nobody looked at them");
        }
    }
}
