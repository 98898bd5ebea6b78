//! The people in tests: Ana is a guide, Ben and Cleo are members, Dora is a listener, Kim is the
//! keeper. Eli is another guide.

use sitwith_core::id::{GuestId, MemberId, SitId};
use sitwith_core::member::{Guest, Member, Person, Role, Roles};
use sitwith_core::time::Instant;

/// Initial time of every test: Tuesday, 17 November 2026, 19:00 in Toronto.
pub const BEGIN: Instant = Instant::from_ms(1_794_960_000_000);

/// The guide Ana.
pub fn ana() -> Member {
    build_member("Ana", 1, Roles::default().with(Role::Guide))
}

/// The member Ben.
pub fn ben() -> Member {
    build_member("Ben", 2, Roles::default())
}

/// The member Cleo.
pub fn cleo() -> Member {
    build_member("Cleo", 3, Roles::default())
}

/// The listener Dora.
pub fn dora() -> Member {
    build_member("Dora", 4, Roles::default().with(Role::Listener))
}

/// The keeper Kim.
pub fn kim() -> Member {
    build_member("Kim", 5, Roles::default().with(Role::Keeper))
}

/// The guide Eli, who leads none of Ana's sits.
pub fn eli() -> Member {
    build_member("Eli", 6, Roles::default().with(Role::Guide))
}

/// Returns all members except Eli, whom a test adds itself.
pub fn all_members() -> Vec<Member> {
    vec![ana(), ben(), cleo(), dora(), kim()]
}

/// Returns a guest called `name` who came to `sit` by its link.
pub fn build_guest(name: &str, sit: SitId) -> Guest {
    // The id depends on the name, so that guests with different names differ.
    let seed =
        name.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let chance = sitwith_wire::dice::Dice::seeded(seed).bytes();
    Guest { id: GuestId::new(BEGIN, chance), name: name.to_owned(), sit, came_at: BEGIN }
}

/// Returns one person of each role, with the role's name, for tables of permissions.
pub fn every_role(sit: SitId) -> Vec<(&'static str, Person)> {
    vec![
        ("stranger", Person::Stranger),
        ("guest", Person::Guest(build_guest("Gil", sit))),
        ("member", Person::Member(ben())),
        ("listener", Person::Member(dora())),
        ("guide", Person::Member(ana())),
        ("keeper", Person::Member(kim())),
    ]
}

fn build_member(name: &str, number: u8, roles: Roles) -> Member {
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
