//! Who was taken out of a sit stays out of that sit alone, until the block is erased: by itself, or
//! with the person or the sit.

use sitwith_core::id::BlockId;
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
use sitwith_store::blocks::{self, BlockRow};
use sitwith_store::{Broken, Store, args, guests, members, sits};
use sitwith_testkit::{on_both_engines, people};

use crate::sits::{moved_in, sit};

/// Ana takes somebody out of the first sit.
fn block(number: u8, who: Sitter) -> BlockRow {
    let at = people::BEGIN + Span::from_secs(i64::from(number));
    BlockRow {
        id: BlockId::new(at, [number; 10]),
        sit: sit(1).id,
        who,
        by: people::ana().id,
        note: format!("Note {number}: 'quoted', 100 %"),
        at,
    }
}

/// Two sits, a guest of the first, and two people who were taken out of it.
async fn taken_out(store: &Store) -> (Sitter, Sitter) {
    moved_in(store, &[sit(1), sit(2)]).await;
    let guest = &people::build_guest("Gil", sit(1).id);
    let who = (Sitter::Member(people::ben().id), Sitter::Guest(guest.id));
    let written: Result<(), Broken> = store
        .write(|mut tx| async move {
            guests::insert_guest(&mut tx, guest).await?;
            assert!(blocks::insert_block(&mut tx, &block(1, who.0)).await?);
            assert!(blocks::insert_block(&mut tx, &block(2, who.1)).await?);
            Ok(tx.done(()))
        })
        .await;
    written.expect("they are taken out");
    who
}

async fn notes(store: &Store) -> Vec<String> {
    let mut tx = store.read().await.expect("the database is there");
    let told = blocks::list_blocks(&mut tx, 9).await.expect("they are listed");
    told.into_iter().map(|told| told.note).collect()
}

#[tokio::test]
async fn who_was_taken_out_stays_out_of_that_sit_alone() {
    on_both_engines(|store| async move {
        let (ben, gil) = taken_out(&store).await;
        let cleo = Sitter::Member(people::cleo().id);
        let mut tx = store.read().await.unwrap();
        for (sit, who, is_out) in
            [(sit(1), ben, true), (sit(1), gil, true), (sit(1), cleo, false), (sit(2), ben, false)]
        {
            assert_eq!(blocks::is_blocked(&mut tx, sit.id, who).await.unwrap(), is_out);
        }
        let mut of_sit = blocks::list_blocked_sitters(&mut tx, sit(1).id).await.unwrap();
        of_sit.sort_unstable();
        assert_eq!(of_sit, [ben, gil]);
        let of_ben = blocks::list_blocked_sits(&mut tx, people::ben().id).await.unwrap();
        assert_eq!(of_ben, [sit(1).id]);
    })
    .await;
}

#[tokio::test]
async fn the_keeper_reads_the_latest_first_with_names_and_notes() {
    on_both_engines(|store| async move {
        taken_out(&store).await;
        let mut tx = store.read().await.unwrap();
        let told = blocks::list_blocks(&mut tx, 9).await.unwrap();
        let said: Vec<_> = told
            .iter()
            .map(|told| (told.name.as_str(), told.is_guest, told.note.clone()))
            .collect();
        assert_eq!(
            said,
            [
                ("Gil", true, "Note 2: 'quoted', 100 %".to_owned()),
                ("Ben", false, "Note 1: 'quoted', 100 %".to_owned()),
            ]
        );
        assert_eq!(told[0].sit_title, sit(1).title);
        assert_eq!(told[0].guide_name.as_deref(), Some("Ana"));
        assert_eq!(blocks::list_blocks(&mut tx, 1).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_person_is_taken_out_of_a_sit_once() {
    on_both_engines(|store| async move {
        let (ben, _) = taken_out(&store).await;
        let again: Result<(), Broken> = store
            .write(|mut tx| async move {
                assert!(!blocks::insert_block(&mut tx, &block(3, ben)).await?);
                Ok(tx.done(()))
            })
            .await;
        again.unwrap();
        assert_eq!(notes(&store).await.len(), 2, "the first stays");
    })
    .await;
}

#[tokio::test]
async fn a_lifted_block_is_gone_with_its_note() {
    on_both_engines(|store| async move {
        let (ben, gil) = taken_out(&store).await;
        let id = block(1, ben).id;
        let mut tx = store.read().await.unwrap();
        let found = blocks::find_block(&mut tx, id).await.unwrap();
        assert_eq!(found, Some((sit(1).id, ben)));
        drop(tx);
        let lifted: Result<(), Broken> = store
            .write(|mut tx| async move {
                blocks::erase_block(&mut tx, id).await?;
                Ok(tx.done(()))
            })
            .await;
        lifted.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(blocks::find_block(&mut tx, id).await.unwrap(), None);
        assert!(!blocks::is_blocked(&mut tx, sit(1).id, ben).await.unwrap());
        assert!(blocks::is_blocked(&mut tx, sit(1).id, gil).await.unwrap());
        drop(tx);
        assert_eq!(notes(&store).await, ["Note 2: 'quoted', 100 %"]);
    })
    .await;
}

#[tokio::test]
async fn a_block_is_erased_with_its_person_and_with_its_sit() {
    on_both_engines(|store| async move {
        let (_, gil) = taken_out(&store).await;
        let (ana, ben) = (people::ana().id, people::ben().id);
        let erased: Result<(), Broken> = store
            .write(|mut tx| async move {
                members::erase_member(&mut tx, ben).await?;
                // Sits she led go to a keeper; what she did stays, without her name.
                sits::hand_over_sits(&mut tx, ana).await?;
                members::erase_member(&mut tx, ana).await?;
                Ok(tx.done(()))
            })
            .await;
        erased.unwrap();
        let mut tx = store.read().await.unwrap();
        let told = blocks::list_blocks(&mut tx, 9).await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].is_guest, told[0].guide_name.as_ref()), (true, None));
        assert!(blocks::is_blocked(&mut tx, sit(1).id, gil).await.unwrap());
        drop(tx);
        let erased: Result<(), Broken> = store
            .write(|mut tx| async move {
                tx.execute("DELETE FROM sit WHERE id = $1", args![sit(1).id]).await?;
                Ok(tx.done(()))
            })
            .await;
        erased.unwrap();
        assert!(notes(&store).await.is_empty());
    })
    .await;
}
