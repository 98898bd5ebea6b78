//! All limits that a keeper may set on queues, lists, sizes, rates and durations.
//!
//! Limits that belong to the practice itself (the length of a sit, the number of phases) are named
//! constants beside the rule in `core`.

use serde::{Deserialize, Serialize};

/// The limits of one home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Maximum number of people sitting at once, over all sits.
    pub sitters_max: u32,
    /// Sign-in mails per email address per hour.
    pub sign_ins_per_address_per_hour: u32,
    /// Sign-in mails requested per network address per hour.
    pub sign_ins_per_place_per_hour: u32,
    /// Sign-in mails of the whole home per hour.
    pub sign_ins_per_hour: u32,
    /// Tries at sign-in codes per network address per hour.
    pub codes_per_place_per_hour: u32,
    /// New guests per network address per hour.
    pub guests_per_place_per_hour: u32,
    /// Pages and forms requested per network address per minute.
    pub requests_per_place_per_minute: u32,
    /// Media connections, and changes of them, per person per minute.
    pub media_per_person_per_minute: u32,
    /// Maximum number of mails waiting to be sent.
    pub mail_waiting_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sitters_max: 15_000,
            sign_ins_per_address_per_hour: 3,
            sign_ins_per_place_per_hour: 10,
            sign_ins_per_hour: 500,
            codes_per_place_per_hour: 10,
            guests_per_place_per_hour: 120,
            requests_per_place_per_minute: 600,
            media_per_person_per_minute: 60,
            mail_waiting_max: 10_000,
        }
    }
}

impl Limits {
    /// Small limits that tests reach quickly.
    pub fn for_testing() -> Self {
        Self {
            sitters_max: 1_000,
            guests_per_place_per_hour: 1_000,
            requests_per_place_per_minute: 100_000,
            ..Self::default()
        }
    }
}
