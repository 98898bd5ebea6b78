//! Makes a home with rows in every table, by the functions the program itself uses. Each CHECK, each
//! word that is kept as text and each column that may be empty is met by some row.

mod leaders;
mod people;
mod plan;
mod rounds;
mod runs;

use sitwith_core::id::SitId;
use sitwith_core::notice::Notice;
use sitwith_core::time::{Instant, Span};
use sitwith_store::{Broken, Store, Tx, homes, members, notices, sits};
use sitwith_testkit::{existing, people as known};

/// When the home is looked at: what tests take for now.
const NOW: Instant = known::BEGIN;

/// Fills a fresh database.
pub(super) async fn make(store: &Store) {
    let made: Result<(), Broken> = store
        .write(|mut tx| async move {
            home(&mut tx).await?;
            people::members(&mut tx).await?;
            plan::sits(&mut tx).await?;
            people::guests(&mut tx).await?;
            people::doors(&mut tx).await?;
            people::mails(&mut tx).await?;
            runs::runs(&mut tx).await?;
            rounds::rounds(&mut tx).await?;
            people::blocks(&mut tx).await?;
            leaders::leaders(&mut tx).await?;
            notices::put_notice(&mut tx, &notice(), known::kim().id).await?;
            // Uma has left: what she did stays, without her.
            let uma = people::uma().id;
            sits::hand_over_sits(&mut tx, uma).await?;
            members::erase_member(&mut tx, uma).await?;
            Ok(tx.done(()))
        })
        .await;
    made.expect("the home is made");
}

/// The sit of this number.
fn sit(number: u8) -> SitId {
    SitId::new(ago(60), [number; 10])
}

/// So many days before [`NOW`].
fn ago(days: i64) -> Instant {
    NOW - Span::from_days(days)
}

async fn home(tx: &mut Tx) -> Result<(), Broken> {
    let (name, zone) = ("The Old Room", "America/Toronto");
    homes::insert_home(tx, name, zone, "https://sit.example.org", existing::HOME_KEY).await?;
    let token = hash(existing::SET_UP_TOKEN);
    homes::set_setup_token(tx, token).await?;
    assert!(homes::complete_setup(tx, token, ago(90)).await?);
    let mut home = homes::find_home(tx).await?.expect("it was just made");
    home.mail_from = Some("The Old Room <room@example.org>".to_owned());
    home.smtp = Some(homes::SmtpRow {
        host: "relay.example.org".to_owned(),
        port: 587,
        security: "starttls".to_owned(),
        login: Some("room".to_owned()),
        password: Some("it's a \\ secret".to_owned()),
    });
    homes::update_home(tx, &home).await?;
    let line = |country: &str, name: &str, phone: &str| homes::HelpLineRow {
        country: country.to_owned(),
        name: name.to_owned(),
        phone: phone.to_owned(),
        words: "Day and night.\nIt costs nothing.".to_owned(),
        verified_on: "2026-10-01".to_owned(),
    };
    let lines = [line("CA", "Talk", "988"), line("DE", "TelefonSeelsorge", "0800 1110111")];
    homes::set_help_lines(tx, &lines).await
}

fn notice() -> Notice {
    let words = "We move to Thursdays: 'bring a cup' \u{2615}";
    Notice::parse(words, "2026-12-01", "America/Toronto", NOW).expect("it is well")
}

/// What the database keeps of a secret.
fn hash(secret: &str) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(secret.as_bytes()).into()
}
