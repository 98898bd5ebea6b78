//! Homes in use survive: a database as an earlier program left it is brought to the newest form,
//! and nothing in it is lost or changed.
//!
//! The homes lie in `tests/fixtures`, one SQL text for both engines, each named after its last
//! migration. They are never edited. To write one for the newest form (before a release that has
//! new migrations), see to it that [`make`] fills every new table and column, then run
//!
//! ```text
//! SITWITH_TEST_WRITE_HOME=crates/store/tests/fixtures/home-0007.sql \
//!     cargo nextest run -p sitwith-store every_table_of_a_made_home_has_rows
//! ```
//!
//! and add it to `sitwith_testkit::existing::HOMES`.

mod dump;
mod make;
mod read;
mod rows;

use sitwith_store::{Engine, Store, members, sits};
use sitwith_testkit::TempFolder;
use sitwith_testkit::both::on_both_empty;
use sitwith_testkit::existing::{self, HOMES};

use rows::Rows;

/// Names the file that the made home is written to.
const WRITE: &str = "SITWITH_TEST_WRITE_HOME";

/// What migrations have renamed since a home was written: a table, or a column of a table, and
/// where its contents are now. `("line", "socket")` or `("line.words", "socket.text")`.
const RENAMED: &[(&str, &str)] = &[];

#[tokio::test]
async fn a_home_in_use_is_migrated_and_keeps_every_row() {
    for home in HOMES {
        on_both_empty(|address| async move {
            existing::load_home(&address, home).await;
            let columns = rows::columns(home);
            let before = Rows::read(&address, &columns, &[]).await;
            let store = Store::open(&address).await.expect("it is migrated");
            store.close().await;
            let after = Rows::read(&address, &columns, RENAMED).await;
            before.assert_same(&after);
            rows::assert_sound(&address).await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_migrated_home_has_the_form_of_a_new_one() {
    for home in HOMES {
        let folder = TempFolder::new();
        let fresh = TempFolder::new();
        existing::load_home(&folder.database(), home).await;
        let mut forms = Vec::new();
        for address in [folder.database(), fresh.database()] {
            let store = Store::open(&address).await.expect("it is migrated");
            assert_eq!(store.engine(), Engine::Sqlite);
            store.close().await;
            forms.push(rows::form(&address).await);
        }
        assert_eq!(forms[0], forms[1]);
    }
}

#[tokio::test]
async fn a_migrated_home_is_read_by_this_program() {
    for home in HOMES {
        on_both_empty(|address| async move {
            existing::load_home(&address, home).await;
            let store = Store::open(&address).await.expect("it is migrated");
            read::everything(&store).await;
            store.close().await;
        })
        .await;
    }
}

/// Until 0003 every guide could lead every sit: those of that day become co-guides of its sits.
#[tokio::test]
async fn the_guides_of_a_home_from_before_co_guides_lead_its_sits_as_before() {
    on_both_empty(|address| async move {
        existing::load_home(&address, existing::HOME_0003).await;
        let store = Store::open(&address).await.expect("it is migrated");
        let mut tx = store.read().await.expect("a snapshot opens");
        let members = members::list_members(&mut tx).await.expect("they are listed");
        for sit in sits::list_current_sits(&mut tx).await.expect("they are listed") {
            let mut guides: Vec<_> = members.iter().filter(|member| member.roles.guide).collect();
            guides.retain(|member| member.id != sit.guide);
            assert!(!guides.is_empty(), "{}", sit.title);
            for guide in guides {
                assert!(sit.is_led_by(guide), "{} by {}", sit.title, guide.name);
            }
            assert!(sit.stand_in.is_none() && sit.cohort.is_none());
        }
        drop(tx);
        store.close().await;
    })
    .await;
}

/// The made home is what a later program will have to read: it loads on both engines as it was
/// written. With [`WRITE`] in the environment it is written down.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "whoever writes a home says where")]
async fn every_table_of_a_made_home_has_rows() {
    let folder = TempFolder::new();
    let store = Store::open(&folder.database()).await.expect("it opens");
    make::make(&store).await;
    let home = dump::dump(&folder.database()).await;
    read::everything(&store).await;
    store.close().await;
    if let Ok(path) = std::env::var(WRITE) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
        std::fs::write(path, &home).expect("the home is written");
    }
    let home: &'static str = home.leak();
    let columns = &rows::columns(home);
    let made = Rows::read(&folder.database(), columns, &[]).await.count();
    on_both_empty(|address| async move {
        existing::load_home(&address, home).await;
        let loaded = Rows::read(&address, columns, &[]).await;
        assert_eq!(loaded.count(), made);
        rows::assert_sound(&address).await;
    })
    .await;
}
