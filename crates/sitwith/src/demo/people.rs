//! The people of the demonstration. Nobody real.

use sitwith_core::id::MemberId;
use sitwith_core::member::{Member, Role, Roles};
use sitwith_core::time::{Instant, Span};
use sitwith_store::homes::HomeRow;
use sitwith_store::{Broken, Tx, members};

/// Who lives here: name, role beside sitting, whether others may see that they usually come, for
/// how many weeks they have been here.
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
/// The one who made the sits.
pub(super) const MARIT: usize = 0;
/// The first instant of their ids, so that they are the same each time.
const FIRST_ID: Instant = Instant::from_ms(1_760_000_000_000);
const WEEK: Span = Span::from_days(7);

/// The person at this place of the list.
pub(super) fn person(place: usize, now: Instant) -> Member {
    let (name, role, shows_usually, weeks) = PEOPLE.get(place).copied().unwrap_or(PEOPLE[MARIT]);
    let number = u8::try_from(place).unwrap_or(u8::MAX);
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    let plain: String = first.chars().filter(char::is_ascii_alphabetic).collect();
    Member {
        id: MemberId::new(FIRST_ID, [number; 10]),
        name: name.to_owned(),
        email: format!("{plain}@tuesday.example"),
        zone: None,
        roles: Roles::default().and(role),
        shows_usually,
        joined_at: now - Span::from_ms(WEEK.ms() * weeks),
    }
}

/// All of them.
pub(super) fn everyone(now: Instant) -> Vec<Member> {
    (0..PEOPLE.len()).map(|place| person(place, now)).collect()
}

/// Those whose browser a printed link signs in, with the word for the link.
pub(super) fn doors() -> Vec<(&'static str, Member)> {
    let door = |place: usize, word| (word, person(place, FIRST_ID));
    let members = [2, 3, 4, 5, 6].map(|place| door(place, "member"));
    let mut doors = vec![door(0, "guide"), door(1, "guide")];
    doors.extend(members);
    doors.push(door(13, "keeper"));
    doors
}

/// They move in; those who live here already stay as they are.
pub(super) async fn move_in(tx: &mut Tx, now: Instant) -> Result<(), Broken> {
    for member in everyone(now) {
        if members::find(tx, member.id).await?.is_none() {
            members::insert(tx, &member).await?;
        }
    }
    Ok(())
}

/// Nobody needs to set this home up: the hash of a token that nobody holds, while it is not.
pub(super) fn used_up(row: &HomeRow) -> Option<[u8; 32]> {
    row.set_up_at.is_none().then_some(row.ticket_key)
}
