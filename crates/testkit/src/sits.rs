//! Sits for tests.

use sitwith_app::sits::make::{SitDraft, make_sit};
use sitwith_core::calendar::{CalendarRule, Repeats, to_zoned, zone_of};
use sitwith_core::id::SitId;
use sitwith_core::sit::plan::Plan;
use sitwith_core::sits::OpenTo;
use sitwith_core::time::Instant;

use crate::{TestHome, people, proofs};

/// Begin of the first run of [`draft_tuesdays`]: 19:30, 30 minutes after [`people::BEGIN`].
pub const FIRST_TUESDAY: Instant = Instant::from_ms(people::BEGIN.ms() + 30 * 60_000);

/// Returns the draft of Ana's sit: Tuesdays at 19:30 in Toronto, with this plan, open to people
/// with the link. It begins by itself.
pub fn draft_tuesdays(plan: Plan) -> SitDraft {
    SitDraft {
        title: "Tuesday evening".to_owned(),
        words: "Come as you are.".to_owned(),
        rule: build_rule("America/Toronto", FIRST_TUESDAY, Repeats::Weekly),
        open_to: OpenTo::Link,
        is_shown: false,
        is_led: true,
        begins_itself: true,
        plan,
    }
}

/// Returns the rule of a sit that first begins at `at`, on the wall clock of this zone.
pub fn build_rule(zone: &str, at: Instant, repeats: Repeats) -> CalendarRule {
    let wall = to_zoned(&zone_of(zone), at).datetime();
    CalendarRule {
        zone: zone.to_owned(),
        day: wall.date(),
        wall_time: wall.time(),
        repeats,
        ends_on: None,
        exceptions: Vec::new(),
    }
}

/// Makes this sit as Ana.
pub async fn make_as_ana(home: &TestHome, draft: SitDraft) -> SitId {
    make_sit(&home.home, &proofs::as_guide(home), draft)
        .await
        .expect("Ana may make it, and the draft is a good one")
}
