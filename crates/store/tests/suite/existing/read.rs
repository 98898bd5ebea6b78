//! What is kept in a home in use is read by the functions of today.

use sha2::{Digest, Sha256};
use sitwith_core::id::{RoundId, RunId, SitId};
use sitwith_core::sit::run::build_timeline;
use sitwith_core::time::Span;
use sitwith_store::sessions::SessionOwner;
use sitwith_store::{
    Broken, Store, Tx, args, blocks, guests, homes, invitations, keepsakes, mails, members, notes,
    rounds, runs, sessions, shares, sign_ins, sits,
};
use sitwith_testkit::{existing, people};

/// Reads every row that the program reads.
pub(super) async fn everything(store: &Store) {
    let mut tx = store.read().await.expect("it is read");
    home(&mut tx).await.expect("it is read");
    doors(&mut tx).await.expect("it is read");
    plans(&mut tx).await.expect("it is read");
    own_things(&mut tx).await.expect("it is read");
    drop(tx);
    rounds(store).await;
}

async fn home(tx: &mut Tx) -> Result<(), Broken> {
    let home = homes::find_home(tx).await?.expect("it is there");
    assert_eq!(home.ticket_key, existing::HOME_KEY);
    assert!(home.set_up_at.is_some() && home.smtp.is_some());
    assert!(!homes::list_help_lines(tx).await?.is_empty());
    let names: Vec<_> =
        members::list_members(tx).await?.into_iter().map(|member| member.name).collect();
    for name in ["Ana", "Ben", "Cleo", "Dora", "Kim"] {
        assert!(names.iter().any(|known| known == name), "{name}");
    }
    assert_eq!(
        blocks::list_blocks(tx, 99).await?.len(),
        count(tx, "SELECT COUNT(*) AS n FROM block").await?
    );
    Ok(())
}

/// Sessions find their person; links and codes their rows.
async fn doors(tx: &mut Tx) -> Result<(), Broken> {
    let ben = sessions::find_session(tx, hash(existing::BEN_SESSION)).await?.expect("it is there");
    assert_eq!(ben.owner, SessionOwner::Member(people::ben().id));
    assert_eq!(sessions::list_sessions(tx, people::ben().id).await?.len(), 2);
    let gil = sessions::find_session(tx, hash(existing::GIL_SESSION)).await?.expect("it is there");
    let SessionOwner::Guest(gil) = gil.owner else { panic!("a guest's session") };
    assert_eq!(guests::find_guest(tx, gil).await?.expect("he is there").name, "Gil");
    let invitation = invitations::find_by_token(tx, hash(existing::INVITATION_TOKEN)).await?;
    assert!(invitation.expect("it is there").is_open(people::BEGIN));
    invitations::list_invitations(tx).await?;
    let asked = sign_ins::find_by_link(tx, hash(existing::SIGN_IN_LINK)).await?;
    assert_eq!(asked.expect("it is there").member, Some(people::cleo().id));
    let asked = sign_ins::find_by_browser(tx, hash(existing::SIGN_IN_BROWSER)).await?;
    assert!(asked.is_some());
    let due = mails::list_due_mails(tx, people::BEGIN + Span::from_mins(5), 9).await?;
    assert_eq!(due.len(), 2);
    Ok(())
}

/// Every plan parses and can be sat; every change parses and gives a running order.
async fn plans(tx: &mut Tx) -> Result<(), Broken> {
    let of_sits: Vec<SitId> = ids(tx, "SELECT id FROM sit").await?;
    for id in of_sits {
        let sit = sits::find_sit(tx, id).await?.expect("it is there");
        sit.plan.check().expect("it can be sat");
        sit.rule.check().expect("it can be followed");
    }
    assert!(sits::find_by_link(tx, existing::COME_LINK).await?.is_some());
    let mut changes = 0;
    let of_runs: Vec<RunId> = ids(tx, "SELECT id FROM run").await?;
    for id in &of_runs {
        let run = runs::find_run(tx, *id).await?.expect("it is there");
        let made = runs::list_changes(tx, *id).await?;
        assert!(!build_timeline(&run.facts, &made).segments.is_empty());
        changes += made.len();
    }
    let came = runs::list_attendance(tx, &of_runs).await?.len();
    assert_eq!(changes, count(tx, "SELECT COUNT(*) AS n FROM run_change").await?);
    assert!(came > 0 && !runs::list_unfinished_runs(tx).await?.is_empty());
    Ok(())
}

/// A member's own notes and keepsakes.
async fn own_things(tx: &mut Tx) -> Result<(), Broken> {
    let ben = people::ben().id;
    let own = notes::list_notes(tx, ben, None, 9).await?;
    assert!(own.iter().any(|note| note.own_words.is_some() && note.check_in.is_some()));
    let own = keepsakes::list_keepsakes(tx, ben, 9).await?;
    assert_eq!(own.first().expect("he kept something").themes, ["Soup", "Rest"]);
    Ok(())
}

/// Every round and share parses; one that is open is opened for everybody.
async fn rounds(store: &Store) {
    let mut tx = store.read().await.expect("it is read");
    let of_rounds: Vec<RoundId> = ids(&mut tx, "SELECT id FROM round").await.expect("it is read");
    let mut words = 0;
    for id in of_rounds {
        rounds::find_round(&mut tx, id).await.expect("it is read").expect("it is there");
        rounds::list_themes(&mut tx, id).await.expect("it is read");
        words += shares::list_shares(&mut tx, id).await.expect("it is read").len();
    }
    let sql = "SELECT COUNT(*) AS n FROM share WHERE words IS NOT NULL";
    assert_eq!(words, count(&mut tx, sql).await.expect("it is read"));
    let living = rounds::list_living_rounds(&mut tx).await.expect("it is read");
    drop(tx);
    let open = living.iter().find(|round| round.opened_at.is_none()).expect("one is open").id;
    let opened: Result<_, Broken> = store
        .write(|mut tx| async move {
            rounds::mark_opened(&mut tx, open, people::BEGIN).await?;
            let round = rounds::find_round(&mut tx, open).await?.expect("it is there");
            Ok(tx.done(round.opened_at))
        })
        .await;
    assert_eq!(opened.expect("it is read"), Some(people::BEGIN));
}

async fn ids<Id: sitwith_store::Column>(tx: &mut Tx, sql: &'static str) -> Result<Vec<Id>, Broken> {
    let rows = tx.fetch_all(sql, args![]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

async fn count(tx: &mut Tx, sql: &'static str) -> Result<usize, Broken> {
    let count: u32 = tx.fetch_one(sql, args![]).await?.get("n")?;
    Ok(usize::try_from(count).expect("a count fits"))
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
