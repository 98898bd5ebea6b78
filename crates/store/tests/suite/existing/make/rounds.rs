//! Rounds at every step, with every kind of share, their themes, and what members kept of them.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use sitwith_core::id::{KeepsakeId, RoundId, ShareId};
use sitwith_core::member::Member;
use sitwith_core::sit::plan::Keeps;
use sitwith_core::themes::Vector;
use sitwith_core::time::Span;
use sitwith_store::keepsakes::{self, Keepsake};
use sitwith_store::rounds::{self, RoundRow, ThemeRow};
use sitwith_store::shares::{self, EmbeddingOutcome, Hand, ShareRow};
use sitwith_store::{Broken, Tx};
use sitwith_testkit::existing;
use sitwith_testkit::people::{ana, ben, cleo, dora, kim};

use super::{NOW, ago, hash, runs, sit};

/// A round that was asked in the written round of last week's run.
fn posed(number: u8, place: u16) -> RoundRow {
    RoundRow {
        id: RoundId::new(ago(7), [number; 10]),
        sit: sit(1),
        at: Some((runs::last_week().id, 5)),
        prompt_index: place,
        prompt: "What was kind to you?\nOne thing.".to_owned(),
        help: "It may be very small.".to_owned(),
        reads_first: true,
        keeps: Keeps::Quilt,
        posed_at: ago(7),
        closes_at: None,
        closed_at: None,
        opened_at: None,
        read_over_at: None,
        vanished_at: None,
    }
}

/// A round between sits, which closes by itself.
fn alone() -> RoundRow {
    RoundRow {
        id: RoundId::new(ago(1), [3; 10]),
        at: None,
        reads_first: false,
        keeps: Keeps::Nothing,
        help: String::new(),
        posed_at: ago(1),
        closes_at: Some(NOW + Span::from_days(2)),
        ..posed(3, 0)
    }
}

pub(super) async fn rounds(tx: &mut Tx) -> Result<(), Broken> {
    opened(tx, &posed(1, 0)).await?;
    vanished(tx).await?;
    let alone = alone();
    rounds::insert_round(tx, &alone).await?;
    let bens = hand(&alone, &ben());
    let words = "A neighbour left a pot of soup at my door.";
    shares::put_share(tx, alone.id, &bens, &share(31, Some(words))).await?;
    assert!(shares::record_form_key(tx, alone.id, &bens, hash("form")).await?);
    // Posed in the run that is sat now; a second prompt in its phase is closed and being read.
    let at = Some((runs::tonight().id, 5));
    let now = RoundRow { at, posed_at: NOW, keeps: Keeps::Nothing, ..posed(4, 0) };
    rounds::insert_round(tx, &now).await?;
    let closed = RoundRow { id: RoundId::new(NOW, [5; 10]), prompt_index: 1, ..now };
    rounds::insert_round(tx, &closed).await?;
    rounds::mark_closed(tx, closed.id, NOW).await
}

/// A round whose quilt everybody sees, with shares that were read, sewn, signed and set aside.
async fn opened(tx: &mut Tx, round: &RoundRow) -> Result<(), Broken> {
    rounds::insert_round(tx, round).await?;
    let id = round.id;
    let said = [
        (ana(), 11, Some("Soup, and a 'good morning'.\nBoth.")),
        (ben(), 12, Some("Noch eine Suppe \u{1f372}")),
        (cleo(), 13, Some("ok")),
        (dora(), 14, Some("Somebody waited for me.")),
        (kim(), 15, None),
    ];
    for (who, number, words) in &said {
        shares::put_share(tx, id, &hand(round, who), &share(*number, *words)).await?;
    }
    let read = [
        (11, EmbeddingOutcome::Vector),
        (12, EmbeddingOutcome::OtherTongue),
        (13, EmbeddingOutcome::TooShort),
    ];
    for ((number, read_as), (_, _, words)) in read.into_iter().zip(&said) {
        let vector = (read_as == EmbeddingOutcome::Vector).then(vector);
        let words = words.expect("it has words");
        let key = (id, share_id(number));
        assert!(shares::save_embedding(tx, key, words, read_as, vector).await?);
    }
    shares::mark_shown(tx, id, 1, &[share_id(11), share_id(12), share_id(13)]).await?;
    shares::set_theme(tx, id, Some(4), &[share_id(11), share_id(12)]).await?;
    shares::set_aside(tx, id, true, &[share_id(14)]).await?;
    rounds::mark_closed(tx, id, ago(7) + Span::from_mins(5)).await?;
    rounds::mark_opened(tx, id, ago(7) + Span::from_mins(6)).await?;
    rounds::mark_read_over(tx, id, ago(7) + Span::from_mins(7)).await?;
    let named = ThemeRow { number: 4, dye: 6, name: Some("Soup & more".to_owned()), quote: None };
    let quoted = ThemeRow { number: 0, dye: 0, name: None, quote: Some(share_id(11)) };
    rounds::set_themes(tx, id, &[named, quoted]).await?;
    for (number, who) in [(1, ben()), (2, cleo())] {
        let keepsake = Keepsake {
            id: KeepsakeId::new(ago(6), [number; 10]),
            round: id,
            sit_title: "Tuesdays".to_owned(),
            prompt: round.prompt.clone(),
            words: "My own 'words'\n\u{1f372}".to_owned(),
            themes: if number == 1 { vec!["Soup".into(), "Rest".into()] } else { Vec::new() },
            kept_at: ago(6),
        };
        keepsakes::save_keepsake(tx, who.id, &keepsake).await?;
    }
    Ok(())
}

/// One round of which nothing stays, and one of which the words that may be shown stay.
async fn vanished(tx: &mut Tx) -> Result<(), Broken> {
    for (number, keeps) in [(6, Keeps::Nothing), (7, Keeps::Quilt)] {
        let closes_at = Some(ago(20));
        let round = RoundRow { closes_at, posed_at: ago(22), keeps, ..alone() };
        let round = RoundRow { id: RoundId::new(ago(22), [number; 10]), ..round };
        rounds::insert_round(tx, &round).await?;
        let beyond = ShareRow { beyond: true, ..share(number * 10, Some("May be shown.")) };
        shares::put_share(tx, round.id, &hand(&round, &ben()), &beyond).await?;
        let inside = ShareRow { beyond: false, ..share(number * 10 + 1, Some("Not beyond.")) };
        shares::put_share(tx, round.id, &hand(&round, &cleo()), &inside).await?;
        rounds::mark_closed(tx, round.id, ago(20)).await?;
        rounds::mark_opened(tx, round.id, ago(20)).await?;
        if keeps == Keeps::Nothing {
            shares::erase_shares(tx, round.id).await?;
        } else {
            shares::erase_but_beyond(tx, round.id).await?;
        }
        rounds::mark_vanished(tx, round.id, ago(19), keeps == Keeps::Nothing).await?;
    }
    Ok(())
}

fn share_id(number: u8) -> ShareId {
    ShareId::new(ago(7), [number; 10])
}

/// An odd number is signed and may be read aloud, an even one shown beyond the round.
fn share(number: u8, words: Option<&str>) -> ShareRow {
    let is_odd = number % 2 == 1;
    ShareRow {
        id: share_id(number),
        words: words.map(str::to_owned),
        signed: (is_odd && words.is_some()).then(|| "Ana".to_owned()),
        aloud: is_odd,
        beyond: !is_odd,
        aside: false,
        read_as: None,
        vector: None,
        theme: None,
        shown_in: None,
    }
}

fn vector() -> Vec<u8> {
    Vector::new(&[3.0, 4.0, 0.0, -1.0]).expect("it points somewhere").to_bytes()
}

/// Whose a share is, by the home's key.
fn hand(round: &RoundRow, who: &Member) -> Hand {
    let own = mac(&existing::HOME_KEY, b"sitwith hand 1\n");
    mac(&own, format!("{}\nmember {}", round.id, who.id).as_bytes())
}

fn mac(key: &[u8; 32], words: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(words);
    mac.finalize().into_bytes().into()
}
