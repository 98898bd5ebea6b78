//! The invented people of the demonstration.

use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Role, Roles};
use sitwith_core::time::{Instant, Span};
use sitwith_store::homes::HomeRow;
use sitwith_store::{Broken, Tx, members};

/// The members: name, role, consent to be shown as someone who usually comes, and number of weeks
/// since they joined.
const PEOPLE: [(&str, Role, bool, i64); 14] = [
    ("Marit Solberg", Role::Guide, true, 90),
    ("Kofi", Role::Guide, true, 61),
    ("Rosa", Role::Member, true, 58),
    ("Tom\u{e1}s", Role::Member, true, 55),
    ("Le\u{ef}la", Role::Member, true, 40),
    ("Jun", Role::Member, false, 33),
    ("Dev", Role::Member, true, 31),
    ("Hanne", Role::Listener, true, 52),
    ("Ines", Role::Member, false, 21),
    ("Samuel", Role::Member, true, 17),
    ("Noor", Role::Member, false, 12),
    ("Piet", Role::Member, true, 9),
    ("Ama", Role::Listener, false, 48),
    ("Wren", Role::Keeper, false, 91),
];
/// Index of the guide who made the sits.
pub(super) const MARIT: usize = 0;
/// Time part of their ids, fixed so that they are the same each time.
const FIRST_ID: Instant = Instant::from_ms(1_760_000_000_000);
const WEEK: Span = Span::from_days(7);

/// Returns the member at this index.
pub(super) fn build_member(place: usize, now: Instant) -> Member {
    let (name, role, shows_usually, weeks) = PEOPLE.get(place).copied().unwrap_or(PEOPLE[MARIT]);
    let number = u8::try_from(place).unwrap_or(u8::MAX);
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    let plain: String = first.chars().filter(char::is_ascii_alphabetic).collect();
    Member {
        id: MemberId::new(FIRST_ID, [number; 10]),
        name: name.to_owned(),
        email: format!("{plain}@tuesday.example"),
        zone: None,
        roles: Roles::default().with(role),
        shows_usually,
        joined_at: now - Span::from_ms(WEEK.ms() * weeks),
    }
}

/// Returns all members.
pub(super) fn build_members(now: Instant) -> Vec<Member> {
    (0..PEOPLE.len()).map(|place| build_member(place, now)).collect()
}

/// Returns the members who get a printed sign-in link, each with the label of the link.
pub(super) fn members_with_links() -> Vec<(&'static str, Member)> {
    let door = |place: usize, word| (word, build_member(place, FIRST_ID));
    let members = [2, 3, 4, 5, 6].map(|place| door(place, "member"));
    let mut doors = vec![door(0, "guide"), door(1, "guide")];
    doors.extend(members);
    doors.push(door(13, "keeper"));
    doors
}

/// Inserts the members; existing ones stay as they are.
pub(super) async fn insert_members(tx: &mut Tx, now: Instant) -> Result<(), Broken> {
    for member in build_members(now) {
        if members::find_member(tx, member.id).await?.is_none() {
            members::insert_member(tx, &member).await?;
        }
    }
    Ok(())
}

/// Returns the hash of a set-up token that nobody holds, unless the home is set up: consuming it
/// marks the home as set up.
pub(super) fn unused_token_hash(row: &HomeRow) -> Option<[u8; 32]> {
    row.set_up_at.is_none().then_some(row.ticket_key)
}
