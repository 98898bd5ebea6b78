//! What was erased is gone from the file, not only from the answers.

use std::path::Path;

use sitwith_store::{Broken, Store, args};
use sitwith_testkit::TempFolder;

/// Long enough not to be there by chance, and longer than what is kept inside an index page.
const SECRET: &str = "a-line-that-nobody-should-ever-read-again";

fn is_somewhere(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).expect("the folder is there");
    files
        .map(|file| std::fs::read(file.expect("a file").path()).expect("it is read"))
        .any(|bytes| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()))
}

async fn write(store: &Store, sql: &'static str) {
    let written: Result<(), Broken> = store
        .write(|mut tx| async move {
            let args = if sql.contains("$1") { args![SECRET] } else { args![] };
            tx.execute(sql, args).await?;
            Ok(tx.done(()))
        })
        .await;
    written.expect("it is written");
}

#[tokio::test]
async fn what_was_erased_is_on_no_page_of_the_file() {
    let folder = TempFolder::new();
    let store = Store::open(&folder.database()).await.expect("it opens");
    write(&store, "CREATE TABLE diary (line TEXT)").await;
    for _ in 0..50 {
        write(&store, "INSERT INTO diary (line) VALUES ($1)").await;
    }
    store.checkpoint().await.expect("it is folded");
    assert!(is_somewhere(folder.path()), "it was there");
    write(&store, "DELETE FROM diary").await;
    store.checkpoint().await.expect("it is folded");
    assert!(!is_somewhere(folder.path()));
    store.close().await;
    assert!(!is_somewhere(folder.path()));
}
