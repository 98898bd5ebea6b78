//! State of existing homes: a database, secrets in browsers and mails, names in settings files. A
//! program that renames one of these breaks those homes.
//!
//! The lists are literal on purpose. Add a line when something new is handed out, and never change
//! one: its replacement has to accept the old form, too.

use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, install_default_drivers};
use sqlx::migrate::Migrate;
use sqlx::{AnyConnection, Connection};

/// SQL dump of a home after migration 0003, with rows in every table. Both engines load it.
pub const HOME_0003: &str = include_str!("../../store/tests/fixtures/home-0003.sql");
/// All recorded homes, oldest first.
pub const HOMES: [&str; 1] = [HOME_0003];

/// Value of the session cookie in Ben's browser.
pub const BEN_SESSION: &str = "ben-has-had-this-in-a-cookie-for-some-weeks";
/// Value of the session cookie in the browser of the guest Gil.
pub const GIL_SESSION: &str = "gil-has-had-this-in-a-cookie-since-he-came-";
/// Token of the set-up link, used already.
pub const SET_UP_TOKEN: &str = "kim-was-given-this-when-the-home-was-made--";
/// Token in the link of an open invitation.
pub const INVITATION_TOKEN: &str = "somebody-was-sent-this-and-has-not-come-yet";
/// Token in the link of Cleo's sign-in mail.
pub const SIGN_IN_LINK: &str = "cleo-was-sent-this-by-mail-some-minutes-ago";
/// Value of the cookie in Cleo's browser while she waits for that mail.
pub const SIGN_IN_BROWSER: &str = "cleo-holds-this-in-a-cookie-while-she-waits";
/// Code in that mail.
pub const SIGN_IN_DIGITS: &str = "482913";
/// Secret in the link of a sit that guests may come to.
pub const COME_LINK: &str = "TuesdaysLinkWasPassedOnInThreeChats";
/// The home's key that signs tickets and derives the hands of shares.
pub const HOME_KEY: [u8; 32] = [7; 32];

/// Names of the cookies over HTTPS, and over plain HTTP in a local network.
pub const COOKIES: [(&str, &str); 2] = [("__Host-sit", "sit"), ("__Host-asked", "asked")];
/// Name of the cookie that holds the browser's time zone.
pub const ZONE_COOKIE: &str = "zone";

/// Paths of links in mails, calendars, chats and bookmarks.
pub const PATHS: [&str; 8] = [
    "/sign-in/{token}",
    "/invitations/{token}",
    "/setup/{token}",
    "/come/{link}",
    "/sits/{id}",
    "/sits/{id}/calendar.ics",
    "/rounds/{id}",
    "/help",
];

/// Keys in `localStorage` and `sessionStorage`. One that ends with a hyphen is followed by an id.
pub const STORAGE_KEYS: [&str; 16] = [
    "sitwith-breath",
    "sitwith-cam-device",
    "sitwith-captions",
    "sitwith-delay",
    "sitwith-draft-",
    "sitwith-light",
    "sitwith-mic-device",
    "sitwith-mine-too",
    "sitwith-own-",
    "sitwith-preset",
    "sitwith-seal-",
    "sitwith-seal-made-",
    "sitwith-seal-taken-",
    "sitwith-see",
    "sitwith-self",
    "sitwith-sound",
];

/// Settings, as files name them, each with a value that differs from the default. In the
/// environment `section.key` is `SITWITH_SECTION__KEY`, or `SITWITH_SECTION__KEY_FILE` for the path
/// of a file that holds the value; there a list is written with commas.
pub const SETTINGS: [(&str, &str); 25] = [
    ("home.folder", "elsewhere"),
    ("home.model", "own.pack"),
    ("listen.address", "192.0.2.1"),
    ("listen.port", "8080"),
    ("listen.public_address", "https://sit.example.org"),
    ("listen.trusted_proxies", "10.0.0.1"),
    ("store.address", "postgres://name@host/database"),
    ("media.off", "true"),
    ("media.address", "192.0.2.2"),
    ("media.port", "8081"),
    ("media.tcp", "false"),
    ("media.public", "203.0.113.9"),
    ("media.workers", "2"),
    ("media.turn", "turn:turn.example.org:3478"),
    ("media.turn_secret", "opensesame"),
    ("log.level", "debug"),
    ("limits.sitters_max", "7"),
    ("limits.sign_ins_per_address_per_hour", "7"),
    ("limits.sign_ins_per_place_per_hour", "7"),
    ("limits.sign_ins_per_hour", "7"),
    ("limits.codes_per_place_per_hour", "7"),
    ("limits.guests_per_place_per_hour", "7"),
    ("limits.requests_per_place_per_minute", "7"),
    ("limits.media_per_person_per_minute", "7"),
    ("limits.mail_waiting_max", "7"),
];
/// Environment variables with names of their own, and the settings they set.
pub const VARIABLES: [(&str, &str); 1] = [("DATABASE_URL", "store.address")];

/// Loads a recorded home into an empty database.
///
/// # Panics
/// When the database cannot be opened or is not empty.
pub async fn load_home(address: &str, home: &'static str) {
    install_default_drivers();
    let is_sqlite = address.starts_with("sqlite:");
    let url = if is_sqlite { format!("{address}?mode=rwc") } else { address.to_owned() };
    let options = AnyConnectOptions::from_str(&url).expect("an address");
    let connection = AnyConnection::connect_with(&options).await;
    let mut connection = connection.expect("the database opens");
    let migrations = connection.ensure_migrations_table("_sqlx_migrations").await;
    migrations.expect("the record of migrations is made");
    let (before, after) = if is_sqlite { ("", "") } else { (POSTGRES_BEFORE, POSTGRES_AFTER) };
    for sql in [before, home, after] {
        let loaded = sqlx::raw_sql(sql).execute(&mut connection).await;
        loaded.expect("the home is loaded");
    }
    connection.close().await.expect("the line closes");
}

/// What the dump needs on PostgreSQL: the type that the migrator creates, and SQLite's `unhex`.
const POSTGRES_BEFORE: &str = "CREATE DOMAIN blob AS bytea;
    CREATE FUNCTION unhex(text) RETURNS bytea LANGUAGE sql AS $$ SELECT decode($1, 'hex') $$;";
const POSTGRES_AFTER: &str = "DROP FUNCTION unhex(text);";

/// Runs a test on each recorded home, with all migrations applied, on each engine.
#[cfg(feature = "home")]
pub async fn each_home<F, Fut>(body: F)
where
    F: Fn(crate::TestHome) -> Fut,
    Fut: Future<Output = ()>,
{
    let body = &body;
    for home in HOMES {
        crate::both::on_both_empty(|address| async move {
            load_home(&address, home).await;
            let store = sitwith_store::Store::open(&address).await.expect("it is migrated");
            body(crate::TestHome::on_store(store.clone()).await).await;
            store.close().await;
        })
        .await;
    }
}
