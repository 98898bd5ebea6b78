//! What is written comes back as it was, on both engines.

use sitwith_core::id::MemberId;
use sitwith_core::time::Instant;
use sitwith_store::{Broken, Store, Tx, args};
use sitwith_testkit::on_both_engines;

const PUT: &str =
    "INSERT INTO thing (id, whole, rational, words, bytes) VALUES ($1, $2, $3, $4, $5)";
const GET: &str = "SELECT whole, rational, words, bytes FROM thing WHERE id = $1";
const SOME: &str = "SELECT id FROM thing WHERE id <> $1 AND id IN ($list) ORDER BY id";
const DROP_SOME: &str = "DELETE FROM thing WHERE id IN ($list)";

async fn with_table(store: &Store) {
    let made: Result<(), Broken> = store
        .write(|mut tx| async move {
            let sql = "CREATE TABLE thing (id TEXT PRIMARY KEY, whole BIGINT, \
                rational DOUBLE PRECISION, words TEXT, bytes BLOB)";
            tx.execute(sql, args![]).await?;
            fill(&mut tx).await?;
            Ok(tx.done(()))
        })
        .await;
    made.expect("the table is made");
}

async fn fill(tx: &mut Tx) -> Result<(), Broken> {
    let bytes: Vec<u8> = (0..=255).collect();
    tx.execute(PUT, args!["full", i64::MAX, 0.1, "weich \u{1F33F} é", bytes]).await?;
    tx.execute(PUT, args!["least", i64::MIN, -1e300, "", Vec::<u8>::new()]).await?;
    let none = args!["none", None::<i64>, None::<f64>, None::<String>, None::<Vec<u8>>];
    tx.execute(PUT, none).await.map(drop)
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_was() {
    on_both_engines(|store| async move {
        with_table(&store).await;
        let mut tx = store.read().await.expect("a snapshot opens");
        let full = tx.fetch_one(GET, args!["full"]).await.expect("the row is there");
        assert_eq!(full.get::<i64>("whole").unwrap(), i64::MAX);
        assert_eq!(full.get::<f64>("rational").unwrap(), 0.1);
        assert_eq!(full.get::<String>("words").unwrap(), "weich \u{1F33F} é");
        assert_eq!(full.get::<[u8; 256]>("bytes").unwrap()[255], 255);
        let least = tx.fetch_one(GET, args!["least"]).await.expect("the row is there");
        assert_eq!(least.get::<Option<i64>>("whole").unwrap(), Some(i64::MIN));
        assert_eq!(least.get::<Option<f64>>("rational").unwrap(), Some(-1e300));
        assert_eq!(least.get::<Option<String>>("words").unwrap(), Some(String::new()));
        assert_eq!(least.get::<Option<Vec<u8>>>("bytes").unwrap(), Some(Vec::new()));
        let none = tx.fetch_one(GET, args!["none"]).await.expect("the row is there");
        assert_eq!(none.get::<Option<i64>>("whole").unwrap(), None);
        assert_eq!(none.get::<Option<f64>>("rational").unwrap(), None);
        assert_eq!(none.get::<Option<String>>("words").unwrap(), None);
        assert_eq!(none.get::<Option<Vec<u8>>>("bytes").unwrap(), None);
        assert!(none.get::<i64>("whole").is_err());
        assert!(full.get::<MemberId>("words").is_err());
        assert!(full.get::<bool>("whole").is_err());
        assert!(full.get::<[u8; 3]>("bytes").is_err());
        assert!(full.get::<i64>("no_such_column").is_err());
    })
    .await;
}

#[tokio::test]
async fn our_own_kinds_come_back_as_they_were() {
    on_both_engines(|store| async move {
        with_table(&store).await;
        let (id, at) = (MemberId::new(Instant::from_ms(5), [7; 10]), Instant::from_ms(-1));
        let kept: Result<(), Broken> = store
            .write(|mut tx| async move {
                tx.execute(PUT, args!["when", at, 1.0, id, [5_u8; 32]]).await?;
                tx.execute(PUT, args!["whether", true, 1.0, None::<MemberId>, &[1_u8, 2][..]])
                    .await?;
                Ok(tx.done(()))
            })
            .await;
        kept.expect("they are kept");
        let mut tx = store.read().await.expect("a snapshot opens");
        let row = tx.fetch_one(GET, args!["when"]).await.expect("the row is there");
        assert_eq!(row.get::<Instant>("whole").unwrap(), at);
        assert_eq!(row.get::<MemberId>("words").unwrap(), id);
        assert_eq!(row.get::<Option<MemberId>>("words").unwrap(), Some(id));
        assert_eq!(row.get::<[u8; 32]>("bytes").unwrap(), [5; 32]);
        let row = tx.fetch_one(GET, args!["whether"]).await.expect("the row is there");
        assert!(row.get::<bool>("whole").unwrap());
        assert_eq!(row.get::<u32>("whole").unwrap(), 1);
        assert_eq!(row.get::<Option<MemberId>>("words").unwrap(), None);
        assert_eq!(row.get::<Vec<u8>>("bytes").unwrap(), [1, 2]);
        assert_eq!(row.parse_column("words", |_| Some(())).ok(), None);
    })
    .await;
}

#[tokio::test]
async fn lists_of_any_length_are_asked_for_in_one_statement() {
    on_both_engines(|store| async move {
        with_table(&store).await;
        let mut tx = store.read().await.expect("a snapshot opens");
        for (list, expected) in [
            (args![], vec![]),
            (args!["full"], vec!["full"]),
            (args!["none", "least", "full", "nobody"], vec!["full", "none"]),
        ] {
            let rows = tx.fetch_all_in(SOME, args!["least"], list).await.expect("it is asked");
            let ids = rows.iter().map(|row| row.get::<String>("id").unwrap());
            assert_eq!(ids.collect::<Vec<_>>(), expected);
        }
        drop(tx);
        let dropped: Result<u64, Broken> = store
            .write(|mut tx| async move {
                let none = tx.execute_in(DROP_SOME, args![], args![]).await?;
                let two = tx.execute_in(DROP_SOME, args![], args!["full", "none"]).await?;
                Ok(tx.done(none * 10 + two))
            })
            .await;
        assert_eq!(dropped.expect("they are dropped"), 2);
    })
    .await;
}

#[tokio::test]
async fn the_shared_sql_of_the_house_works_on_both() {
    on_both_engines(|store| async move {
        with_table(&store).await;
        let mut tx = store.read().await.expect("a snapshot opens");
        for (sql, expected) in [
            ("SELECT COUNT(*) AS n FROM thing", Some(3)),
            ("SELECT CAST(SUM(LENGTH(id)) AS BIGINT) AS n FROM thing", Some(13)),
            ("SELECT CAST(SUM(whole) AS BIGINT) AS n FROM thing WHERE id = 'nobody'", None),
            ("SELECT MAX(whole) AS n FROM thing WHERE id = 'full'", Some(i64::MAX)),
            ("SELECT CASE WHEN EXISTS (SELECT 1 FROM thing) THEN 1 ELSE 0 END AS n", Some(1)),
        ] {
            let row = tx.fetch_one(sql, args![]).await.expect(sql);
            assert_eq!(row.get::<Option<i64>>("n").expect(sql), expected, "{sql}");
        }
        let either = "SELECT id FROM thing WHERE CAST($1 AS BIGINT) IS NULL OR whole > $1 \
            ORDER BY whole NULLS LAST, id";
        let all = tx.fetch_all(either, args![None::<i64>]).await.expect("no bound");
        assert_eq!(all.len(), 3);
        let some = tx.fetch_all(either, args![0_i64]).await.expect("a bound");
        assert_eq!(some.len(), 1);
    })
    .await;
}
