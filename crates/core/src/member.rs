//! People of a home: members with their roles, and guests who came by a link.

use serde::{Deserialize, Serialize};

use crate::id::{GuestId, MemberId, SitId};
use crate::time::Instant;

/// Maximum length of a person's name, in characters.
pub const NAME_CHARS_MAX: usize = 40;
/// Maximum length of an email address, in bytes (RFC 5321, 4.5.3.1.3).
pub const EMAIL_BYTES_MAX: usize = 254;

/// A permission beyond sitting. Every member may sit; the other roles are granted by the keeper.
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

    /// Parses the role's word.
    pub fn from_word(word: &str) -> Option<Self> {
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
    /// Adds a role.
    #[must_use]
    pub const fn with(mut self, role: Role) -> Self {
        match role {
            Role::Member => {}
            Role::Listener => self.listener = true,
            Role::Guide => self.guide = true,
            Role::Keeper => self.keeper = true,
        }
        self
    }

    /// Returns true if these roles include this one. Keepers are guides, too.
    pub const fn has(self, role: Role) -> bool {
        match role {
            Role::Member => true,
            Role::Listener => self.listener,
            Role::Guide => self.guide || self.keeper,
            Role::Keeper => self.keeper,
        }
    }
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Id of the member.
    pub id: MemberId,
    /// Display name, freely chosen.
    pub name: String,
    /// Email address as it was typed.
    pub email: String,
    /// Time zone in which times are shown (IANA name), if chosen.
    pub zone: Option<String>,
    /// Roles beyond being a member.
    pub roles: Roles,
    /// True if other members may see that they usually come to a sit.
    pub shows_usually: bool,
    /// Instant of joining.
    pub joined_at: Instant,
}

/// A person who came by a link and gave only a name. Deleted after thirty days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Id of the guest.
    pub id: GuestId,
    /// Display name, freely chosen.
    pub name: String,
    /// The sit whose link they used: the only one they may enter.
    pub sit: SitId,
    /// Instant of arrival.
    pub came_at: Instant,
}

/// The person behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// Not signed in and not a guest.
    Stranger,
    /// A person who came by a link.
    Guest(Guest),
    /// A person with an account.
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

    /// Returns true if this person has the role. Only members have roles.
    pub fn has(&self, role: Role) -> bool {
        self.member().is_some_and(|member| member.roles.has(role))
    }

    /// Display name; `None` for a stranger.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Stranger => None,
            Self::Guest(guest) => Some(&guest.name),
            Self::Member(member) => Some(&member.name),
        }
    }
}
