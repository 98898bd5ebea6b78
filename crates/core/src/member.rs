//! Who comes to a home: members with their roles, and guests who came by a link.

use serde::{Deserialize, Serialize};

use crate::id::{GuestId, MemberId, SitId};
use crate::time::Instant;

/// The longest name somebody may be called by, in characters.
pub const NAME_MAX: usize = 40;
/// The longest mail address taken, in bytes (RFC 5321, 4.5.3.1.3).
pub const EMAIL_MAX: usize = 254;

/// What a member may do beyond sitting. Every member may sit; the rest is given by the keeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Comes and sits.
    Member,
    /// Is trained to be with one person.
    Listener,
    /// Makes and leads sits.
    Guide,
    /// Looks after the home.
    Keeper,
}

impl Role {
    /// Every role, from the least to the most it may do.
    pub const ALL: [Self; 4] = [Self::Member, Self::Listener, Self::Guide, Self::Keeper];

    /// The role's word, the same in the database, on pages and in talk.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Listener => "listener",
            Self::Guide => "guide",
            Self::Keeper => "keeper",
        }
    }

    /// The role of this word, if there is one.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// The roles one member has beside being a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Trained to be with one person.
    pub listener: bool,
    /// Makes and leads sits.
    pub guide: bool,
    /// Looks after the home. A keeper may do what a guide may.
    pub keeper: bool,
}

impl Roles {
    /// These roles and one more.
    #[must_use]
    pub const fn and(mut self, role: Role) -> Self {
        match role {
            Role::Member => {}
            Role::Listener => self.listener = true,
            Role::Guide => self.guide = true,
            Role::Keeper => self.keeper = true,
        }
        self
    }

    /// Whether someone with these roles has this one. Keepers lead sits too.
    pub const fn has(self, role: Role) -> bool {
        match role {
            Role::Member => true,
            Role::Listener => self.listener,
            Role::Guide => self.guide || self.keeper,
            Role::Keeper => self.keeper,
        }
    }
}

/// One with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which member.
    pub id: MemberId,
    /// What we call them; any name.
    pub name: String,
    /// The mail address as it was typed.
    pub email: String,
    /// The zone their times are shown in (IANA name), when they chose one.
    pub zone: Option<String>,
    /// What they may do.
    pub roles: Roles,
    /// Whether others of the home may see that they usually come to a sit.
    pub shows_usually: bool,
    /// When they became a member.
    pub joined_at: Instant,
}

/// One who came by a link and a name, nothing else. Forgotten after thirty days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Which guest.
    pub id: GuestId,
    /// What we call them; any name.
    pub name: String,
    /// The sit whose link they came by: the only one they may enter.
    pub sit: SitId,
    /// When they came.
    pub came_at: Instant,
}

/// Whoever asks something of the home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// Nobody we know.
    Stranger,
    /// One who came by a link.
    Guest(Guest),
    /// One with an account.
    Member(Member),
}

impl Person {
    /// The member, if this is one.
    pub const fn member(&self) -> Option<&Member> {
        match self {
            Self::Member(member) => Some(member),
            Self::Guest(_) | Self::Stranger => None,
        }
    }

    /// Whether this person has a role. Only members have any.
    pub fn has(&self, role: Role) -> bool {
        self.member().is_some_and(|member| member.roles.has(role))
    }

    /// What to call this person.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Stranger => None,
            Self::Guest(guest) => Some(&guest.name),
            Self::Member(member) => Some(&member.name),
        }
    }
}
