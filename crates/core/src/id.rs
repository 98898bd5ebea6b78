//! Ids of rows: 26 letters and digits that sort by creation time.
//!
//! 48 bits of time and 80 random bits in Crockford's base 32 (the ULID layout). Time and random
//! bytes are passed in, so that tests get reproducible ids.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::Instant;

/// The digits of Crockford's base 32: no I, L, O or U, which are easily misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ID_CHARS: usize = 26;

/// A 128-bit id of one row of the kind `K`. Ids of different kinds cannot be mixed up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[serde(bound(serialize = "K: Clone", deserialize = ""))]
pub struct Id<K>(u128, PhantomData<K>);

/// A kind of row that has ids.
pub trait Kind {
    /// The name of its ids, as `Debug` shows it.
    const ID: &'static str;
}

/// The text is not an id: it has the wrong length or a character outside the alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id")]
pub struct NotAnId;

impl<K: Copy> Id<K> {
    /// An id for the instant `at`, with ten random bytes.
    pub fn new(at: Instant, chance: [u8; 10]) -> Self {
        let mut bytes = [0; 16];
        let (time, tail) = bytes.split_at_mut(6);
        let ms = at.ms().to_be_bytes();
        time.copy_from_slice(ms.last_chunk::<6>().expect("an i64 has eight bytes"));
        tail.copy_from_slice(&chance);
        Self(u128::from_be_bytes(bytes), PhantomData)
    }

    /// The id as a number, for hashing into a dye or a seat.
    pub const fn number(self) -> u128 {
        self.0
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..ID_CHARS).rev() {
            let index = usize::try_from((self.0 >> (place * 5)) & 31).unwrap_or(0);
            let letter = ALPHABET.get(index).copied().unwrap_or(b'0');
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self})", K::ID)
    }
}

impl<K> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != ID_CHARS || text.as_bytes().first().is_some_and(|first| *first > b'7') {
            return Err(NotAnId);
        }
        let mut number = 0_u128;
        for byte in text.bytes() {
            let digit = ALPHABET.iter().position(|letter| *letter == byte).ok_or(NotAnId)?;
            number = (number << 5) | digit as u128;
        }
        Ok(Self(number, PhantomData))
    }
}

impl<K> From<Id<K>> for String {
    fn from(id: Id<K>) -> Self {
        id.to_string()
    }
}

impl<K> TryFrom<String> for Id<K> {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

/// Names the ids of one kind of row each.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = Id<$kind:ident>;)+) => {$(
        $(#[$doc])*
        pub type $name = Id<$kind>;

        /// A kind of row.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind {}

        impl Kind for $kind {
            const ID: &'static str = stringify!($name);
        }
    )+};
}

ids! {
    /// One member.
    MemberId = Id<OfMember>;
    /// One guest: somebody who came by a link.
    GuestId = Id<OfGuest>;
    /// One session: a browser that is signed in, or a guest's browser.
    SessionId = Id<OfSession>;
    /// One request to sign in.
    SignInId = Id<OfSignIn>;
    /// One invitation.
    InvitationId = Id<OfInvitation>;
    /// One sit, with all its occurrences.
    SitId = Id<OfSit>;
    /// One run: a sit while it is live, on one day.
    RunId = Id<OfRun>;
    /// One mail waiting to be sent.
    MailId = Id<OfMail>;
    /// One round: a prompt and the shares that people offer.
    RoundId = Id<OfRound>;
    /// One share: a person's own words in a round. Random bits only: it holds no time.
    ShareId = Id<OfShare>;
    /// One keepsake: a member's own share from a round, kept for herself.
    KeepsakeId = Id<OfKeepsake>;
    /// One block: a person who was removed from a sit.
    BlockId = Id<OfBlock>;
    /// One cohort.
    CohortId = Id<OfCohort>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        let id = SitId::new(Instant::from_ms(1_790_000_000_000), [7; 10]);
        let text = id.to_string();
        assert_eq!(text.len(), ID_CHARS);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!("not an id".parse::<SitId>(), Err(NotAnId));
        assert_eq!("ZZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<SitId>(), Err(NotAnId));
    }

    #[test]
    fn a_later_id_sorts_after_an_earlier_one() {
        let early = SitId::new(Instant::from_ms(1_000), [255; 10]).to_string();
        let late = SitId::new(Instant::from_ms(1_001), [0; 10]).to_string();
        assert!(early < late);
    }
}
