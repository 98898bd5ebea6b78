//! The people tests know: Ana leads, Ben and Cleo sit, Dora listens, Kim looks after the home. Eli
//! is another guide.

use sitwith_core::id::{GuestId, MemberId, SitId};
use sitwith_core::member::{Guest, Member, Person, Role, Roles};
use sitwith_core::time::Instant;

/// The instant at which every test begins: Tuesday, 17 November 2026, 19:00 in Toronto.
pub const BEGIN: Instant = Instant::from_ms(1_794_960_000_000);

/// Leads sits.
pub fn ana() -> Member {
    member("Ana", 1, Roles::default().and(Role::Guide))
}

/// Sits.
pub fn ben() -> Member {
    member("Ben", 2, Roles::default())
}

/// Sits.
pub fn cleo() -> Member {
    member("Cleo", 3, Roles::default())
}

/// Is trained to be with one person.
pub fn dora() -> Member {
    member("Dora", 4, Roles::default().and(Role::Listener))
}

/// Looks after the home.
pub fn kim() -> Member {
    member("Kim", 5, Roles::default().and(Role::Keeper))
}

/// Makes and leads sits, too; none of Ana's.
pub fn eli() -> Member {
    member("Eli", 6, Roles::default().and(Role::Guide))
}

/// All of them, but Eli, who comes when a test has him come.
pub fn everyone() -> Vec<Member> {
    vec![ana(), ben(), cleo(), dora(), kim()]
}

/// Somebody who came to `sit` by its link, called `name`.
pub fn guest(name: &str, sit: SitId) -> Guest {
    // Two guests of different names are two guests.
    let seed =
        name.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let chance = sitwith_wire::dice::Dice::seeded(seed).bytes();
    Guest { id: GuestId::new(BEGIN, chance), name: name.to_owned(), sit, came_at: BEGIN }
}

/// Each kind of person once, for tables of who may do what.
pub fn every_role(sit: SitId) -> Vec<(&'static str, Person)> {
    vec![
        ("stranger", Person::Stranger),
        ("guest", Person::Guest(guest("Gil", sit))),
        ("member", Person::Member(ben())),
        ("listener", Person::Member(dora())),
        ("guide", Person::Member(ana())),
        ("keeper", Person::Member(kim())),
    ]
}

fn member(name: &str, number: u8, roles: Roles) -> Member {
    Member {
        id: MemberId::new(BEGIN, [number; 10]),
        name: name.to_owned(),
        email: format!("{}@example.org", name.to_lowercase()),
        zone: None,
        roles,
        shows_usually: false,
        joined_at: BEGIN,
    }
}
