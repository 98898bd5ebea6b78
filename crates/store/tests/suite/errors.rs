//! What goes wrong has the same name on both engines, and says nothing a person typed.

use sitwith_store::{Args, Broken, Cause, Store, args};
use sitwith_testkit::on_both_engines;

const MEMBER: &str = "INSERT INTO member (id, name, email, email_key, joined_ms) \
    VALUES ($1, $2, $3, $3, 1)";
const INVITATION: &str = "INSERT INTO invitation \
    (id, token_hash, role, words, made_by, made_ms, ends_ms) VALUES ($1, $2, $3, '', $4, 1, 2)";

async fn write(store: &Store, sql: &'static str, args: Args) -> Result<(), Broken> {
    let args = &args;
    store
        .write(|mut tx| async move {
            tx.execute(sql, args.clone()).await?;
            Ok(tx.done(()))
        })
        .await
}

async fn refused(store: &Store, sql: &'static str, args: Args) -> Broken {
    let refused = write(store, sql, args).await.expect_err("the database refuses it");
    assert!(!refused.to_string().contains("secret"), "{refused}");
    assert!(!format!("{refused:?}").contains("secret"), "{refused:?}");
    refused
}

#[tokio::test]
async fn a_key_that_is_there_already_is_unique() {
    on_both_engines(|store| async move {
        let ana = args!["m1", "Secret Ana", "secret@example.org"];
        write(&store, MEMBER, ana.clone()).await.expect("the first is taken");
        assert_eq!(refused(&store, MEMBER, ana).await.cause(), Cause::Unique);
        let other = args!["m2", "Other", "secret@example.org"];
        assert_eq!(refused(&store, MEMBER, other).await.cause(), Cause::Unique);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_points_nowhere_is_a_foreign_key() {
    on_both_engines(|store| async move {
        let args = args!["i1", [1_u8; 32], "guide", "secret member"];
        assert_eq!(refused(&store, INVITATION, args).await.cause(), Cause::ForeignKey);
    })
    .await;
}

#[tokio::test]
async fn a_value_outside_its_list_is_a_check() {
    on_both_engines(|store| async move {
        let args = args!["i1", [1_u8; 32], "secret role", None::<String>];
        assert_eq!(refused(&store, INVITATION, args).await.cause(), Cause::Check);
    })
    .await;
}

#[tokio::test]
async fn a_value_of_the_wrong_kind_is_not_repeated_in_the_log() {
    on_both_engines(|store| async move {
        let mut tx = store.read().await.expect("a snapshot opens");
        let sql = "SELECT CAST($1 AS BIGINT) + CAST($2 AS BIGINT) AS sum";
        let asked = tx.fetch_one(sql, args!["secret", "secret"]).await;
        if let Err(broken) = asked {
            assert!(!broken.to_string().contains("secret"), "{broken}");
        }
    })
    .await;
}

#[tokio::test]
async fn after_a_statement_that_failed_nothing_is_kept_even_if_asked_to() {
    on_both_engines(|store| async move {
        let kept: Result<(), Broken> = store
            .write(|mut tx| async move {
                tx.execute(MEMBER, args!["m1", "Ana", "ana@example.org"]).await?;
                let again = tx.execute(MEMBER, args!["m1", "Ana", "ana@example.org"]).await;
                assert!(again.is_err());
                let more = tx.execute(MEMBER, args!["m2", "Ben", "ben@example.org"]).await;
                assert!(more.is_err());
                Ok(tx.done(()))
            })
            .await;
        assert!(kept.is_err());
        let mut tx = store.read().await.expect("a snapshot opens");
        let row = tx.fetch_one("SELECT COUNT(*) AS members FROM member", args![]).await;
        assert_eq!(row.and_then(|row| row.get::<i64>("members")).expect("a count"), 0);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_address_says_so() {
    let broken = Store::open("mysql://home").await.expect_err("it is neither");
    assert_eq!(
        broken.to_string(),
        "reading the database address: it begins neither with sqlite: nor with postgres:"
    );
    let nobody = "postgres://secret:secret@127.0.0.1:9/home";
    let broken = Store::open(nobody).await.expect_err("nobody listens there");
    assert!(!broken.to_string().contains("secret"), "{broken}");
    let nowhere = "sqlite:///proc/no/such/folder/home.db";
    assert!(Store::open(nowhere).await.is_err());
}

#[test]
fn each_incident_has_a_code_of_its_own_that_can_be_read_aloud() {
    let first = Broken::new("testing", "it broke");
    let second = Broken::new("testing", "it broke");
    assert_ne!(first.code(), second.code());
    assert_eq!(first.code(), first.clone().code());
    assert_eq!(first.code().len(), 6);
    assert_eq!(first.chain().to_string(), "testing: it broke");
}
