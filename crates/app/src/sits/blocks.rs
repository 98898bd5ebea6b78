//! Removing somebody from a sit who does harm in it, and readmitting them.
//!
//! A guide removes them, optionally with a note for the keeper. The block takes effect at once and
//! for every run of that sit: its page, its room, open sockets and tickets, sound and picture, its
//! rounds. Other sits of the home stay open to the person, and they can still withdraw their own
//! words. Only a keeper readmits them; the note is then erased with the block. A person who has
//! just left can be blocked, too: harm is often done on the way out.

use sitwith_core::id::{BlockId, SitId};
use sitwith_core::member::Person;
use sitwith_core::sit::presence::{NAMED_ROOM_MAX, Sitter};
use sitwith_core::sits::Sit;
use sitwith_store::{Broken, blocks};

use super::OpenedRun;
use crate::access::AsKeeper;
use crate::fail::Fail;
use crate::home::Home;
use crate::live::{DepartedSitter, NamedSitter, RunHandle};
use crate::noun::{Erase, Export, Noun};

pub use sitwith_store::blocks::ListedBlock;

/// Maximum length of a block's note, in characters.
pub const BLOCK_NOTE_CHARS_MAX: usize = 500;
/// Maximum number of people listed on one page; in a larger sit a guide searches by name.
pub const PEOPLE_LISTED_MAX: usize = 200;
/// Maximum number of blocks shown to the keeper, the latest first.
pub const BLOCKS_SHOWN_MAX: u32 = 500;

/// What blocks hand out.
pub(crate) const NOUN: Noun = Noun {
    name: "blocks",
    tables: &["block"],
    job: None,
    forget: None,
    erase: Erase::ByKeys,
    export: Export::Rows(&[("blocks", blocks::EXPORT)]),
};

/// Refusals of listing or blocking people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockNo {
    /// No run lives now: the door is closed, or the run is over.
    NotLiving,
    /// Nobody of that name sits on that seat any more.
    Nobody,
    /// The person leads the sit, or is the guide themselves: such cases go to the keeper.
    Leads,
    /// The note is longer than [`BLOCK_NOTE_CHARS_MAX`].
    NoteTooLong,
}

/// The people in a sit, as shown to a guide.
#[derive(Clone, Debug)]
pub struct PeopleInSit {
    pub sit: Sit,
    /// Those who may be named and do not lead, sorted by name.
    pub named: Vec<NamedSitter>,
    /// True if the list was cut off.
    pub has_more: bool,
    /// Number of people who sit quietly.
    pub quiet: u32,
    /// Those who sat here by name and left not long ago, sorted by name.
    pub left: Vec<DepartedSitter>,
}

/// The person to block, as selected on the guide's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockTarget {
    /// The person on this seat.
    Seat(u32),
    /// The departed person with this number.
    Left(u32),
}

/// A guide's request to block somebody.
#[derive(Clone, Copy, Debug)]
pub struct BlockRequest<'a> {
    pub whom: BlockTarget,
    /// The person's name when the guide selected them. Somebody else may have taken the seat since.
    pub name: &'a str,
    /// Note for the keeper; may be empty.
    pub note: &'a str,
}

/// Lists the people in a sit. In a large sit only those are listed whose name contains `wanted`.
pub async fn list_people(
    home: &Home,
    who: &Person,
    sit: SitId,
    wanted: &str,
) -> Result<PeopleInSit, Fail<BlockNo>> {
    let (OpenedRun { sit, .. }, living) = find_led_run(home, who, sit).await?;
    let count = living.roll(0).await?.count();
    let wanted = wanted.trim().to_lowercase();
    let is_wanted = |name: &str| name.to_lowercase().contains(&wanted);
    let mut named = living.people().await?;
    named.retain(|named| !named.guide && is_wanted(&named.name));
    named.sort_by_cached_key(|named| named.name.to_lowercase());
    let mut left = living.departed().await?;
    left.retain(|left| is_wanted(&left.name) && !home.live.is_removed(sit.id, left.who));
    left.sort_by_cached_key(|left| left.name.to_lowercase());
    let is_large = count.present > NAMED_ROOM_MAX && wanted.is_empty();
    let most = if is_large { 0 } else { PEOPLE_LISTED_MAX };
    let has_more = named.len() > most;
    named.truncate(most);
    left.truncate(most);
    Ok(PeopleInSit { sit, named, has_more, quiet: count.quiet, left })
}

/// Removes somebody from a sit. When this returns, the block is stored and nothing from them
/// reaches the others any more. It completes even if the guide's browser disconnects meanwhile.
pub async fn block_person(
    home: &Home,
    who: &Person,
    sit: SitId,
    chosen: &BlockRequest<'_>,
) -> Result<(), Fail<BlockNo>> {
    home.access(who).guide()?;
    if chosen.note.chars().count() > BLOCK_NOTE_CHARS_MAX {
        return Err(Fail::No(BlockNo::NoteTooLong));
    }
    let (opened, living) = find_led_run(home, who, sit).await?;
    let by = opened.require_lead()?.who();
    let whose = find_target(&living, chosen.whom).await?.filter(|(_, name, _)| name == chosen.name);
    let (whose, _, leads) = whose.ok_or(Fail::No(BlockNo::Nobody))?;
    if leads {
        return Err(Fail::No(BlockNo::Leads));
    }
    let now = home.clock.now();
    let block = blocks::BlockRow {
        id: BlockId::new(now, home.dice.bytes()),
        sit,
        who: whose,
        by,
        note: chosen.note.trim().to_owned(),
        at: now,
    };
    let home = home.clone();
    let kept = tokio::spawn(async move {
        insert_block(&home, &block).await?;
        home.live.remove_sitter(block.sit, block.who).await;
        Ok::<_, Broken>(())
    });
    kept.await.map_err(|error| Broken::new("taking somebody out", error.to_string()))??;
    Ok(())
}

/// Returns the person's id and name, and whether they lead.
async fn find_target(
    living: &RunHandle,
    whom: BlockTarget,
) -> Result<Option<(Sitter, String, bool)>, Broken> {
    Ok(match whom {
        BlockTarget::Seat(seat) => {
            living.seat(seat).await?.map(|named| (named.who, named.name, named.guide))
        }
        BlockTarget::Left(n) => {
            let left = living.departed().await?.into_iter().find(|left| left.n == n);
            left.map(|left| (left.who, left.name, false))
        }
    })
}

async fn insert_block(home: &Home, block: &blocks::BlockRow) -> Result<(), Broken> {
    home.store
        .write(|mut tx| async move {
            // Two guides at once, or a button pressed twice: the first note stays.
            blocks::insert_block(&mut tx, block).await?;
            Ok(tx.done(()))
        })
        .await
}

/// Lists all blocks with the guides' notes.
pub async fn list_blocks(home: &Home, _keeper: &AsKeeper) -> Result<Vec<ListedBlock>, Broken> {
    let mut tx = home.store.read().await?;
    blocks::list_blocks(&mut tx, BLOCKS_SHOWN_MAX).await
}

/// Lifts a block and erases its note. Lifting it twice changes nothing.
pub async fn lift_block(home: &Home, _keeper: &AsKeeper, id: BlockId) -> Result<(), Broken> {
    let home = home.clone();
    let lifted = tokio::spawn(async move {
        let lifted = home.store.write(|mut tx| async move {
            let found = blocks::find_block(&mut tx, id).await?;
            blocks::erase_block(&mut tx, id).await?;
            Ok::<_, Broken>(tx.done(found))
        });
        if let Some((sit, who)) = lifted.await? {
            home.live.readmit_sitter(sit, who).await;
        }
        Ok::<_, Broken>(())
    });
    lifted.await.map_err(|error| Broken::new("letting somebody in again", error.to_string()))?
}

/// Returns the living run of a sit, for somebody who leads it.
async fn find_led_run(
    home: &Home,
    who: &Person,
    sit: SitId,
) -> Result<(OpenedRun, RunHandle), Fail<BlockNo>> {
    home.access(who).check_leads_now(sit).await?;
    let opened = super::open_run(home, who, sit).await;
    let opened = opened.map_err(|fail| fail.map_no(|_closed| BlockNo::NotLiving))?;
    opened.require_lead()?;
    let living = home.live.open_anywhere(opened.run.id).await;
    let living = living.map_err(|fail| fail.map_no(|_over| BlockNo::NotLiving))?;
    Ok((opened, living))
}
