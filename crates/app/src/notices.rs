//! The keeper's notice: a few words on the first page and in the hallway, until their end.

use sitwith_core::notice::{Notice, NoticeNo};
use sitwith_store::Broken;
use sitwith_store::notices::{self, PostedNotice};

use crate::access::AsKeeper;
use crate::fail::Fail;
use crate::home::Home;
use crate::noun::{Erase, Export, Noun};

/// What the notice hands out. The words are the home's: they stay without the name when the keeper
/// who wrote them leaves.
pub(crate) const NOUN: Noun = Noun {
    name: "notices",
    tables: &["notice"],
    job: None,
    forget: Some(|tx, now| Box::pin(notices::forget_notices(tx, now))),
    erase: Erase::ByKeys,
    export: Export::Rows(&[("notice", notices::EXPORT)]),
};

/// The notice that is shown now, to everybody.
pub async fn find_shown_notice(home: &Home) -> Result<Option<Notice>, Broken> {
    Ok(find_shown(home).await?.map(|posted| posted.notice))
}

/// The notice that is shown now, with who wrote it.
pub async fn find_posted_notice(home: &Home, _: &AsKeeper) -> Result<Option<PostedNotice>, Broken> {
    find_shown(home).await
}

async fn find_shown(home: &Home) -> Result<Option<PostedNotice>, Broken> {
    let mut tx = home.store.read().await?;
    let posted = notices::find_notice(&mut tx).await?;
    Ok(posted.filter(|posted| posted.notice.is_shown(home.clock.now())))
}

/// Shows these words until the end of this day (`2026-11-30`, in the home's zone), in the place of
/// the notice before.
///
/// # Errors
/// Everything that needs another look.
pub async fn post_notice(
    home: &Home,
    keeper: &AsKeeper,
    words: &str,
    ends_on: &str,
) -> Result<(), Fail<Vec<NoticeNo>>> {
    let zone = home.settings().zone.clone();
    let notice = &Notice::parse(words, ends_on, &zone, home.clock.now()).map_err(Fail::No)?;
    home.store
        .write(|mut tx| async move {
            notices::put_notice(&mut tx, notice, keeper.id).await?;
            Ok(tx.done(()))
        })
        .await
}

/// Takes the notice down and erases it.
pub async fn clear_notice(home: &Home, _: &AsKeeper) -> Result<(), Broken> {
    home.store
        .write(|mut tx| async move {
            notices::clear_notice(&mut tx).await?;
            Ok(tx.done(()))
        })
        .await
}
