//! Every queue, list, size, rate and length that a keeper may set, in one place.
//!
//! Limits that belong to the practice itself (how long a sit may be, how many phases) are named
//! constants beside the rule in `core`.

use serde::{Deserialize, Serialize};

/// The limits of one home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How many people may sit in this home at once, over all sits.
    pub sitters_max: u32,
    /// How many letters with a sign-in code one mail address gets in an hour.
    pub sign_ins_per_address_per_hour: u32,
    /// How many sign-in letters may be asked for from one network address in an hour.
    pub sign_ins_per_place_per_hour: u32,
    /// How many sign-in letters the whole home sends in an hour.
    pub sign_ins_per_hour: u32,
    /// How many codes may be tried from one network address in an hour.
    pub codes_per_place_per_hour: u32,
    /// How many guests may come from one network address in an hour.
    pub guests_per_place_per_hour: u32,
    /// How many pages and forms one network address may ask for in a minute.
    pub requests_per_place_per_minute: u32,
    /// How often in a minute one person's browser may connect to sound and picture, or change it.
    pub media_per_person_per_minute: u32,
    /// How many letters may wait to be sent.
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
    /// Small limits, so that a test meets them soon.
    pub fn for_testing() -> Self {
        Self {
            sitters_max: 1_000,
            guests_per_place_per_hour: 1_000,
            requests_per_place_per_minute: 100_000,
            ..Self::default()
        }
    }
}
