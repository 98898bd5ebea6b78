//! What every handler may reach.

use std::sync::Arc;

use sitwith_app::home::Home;

/// How this home is served.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// A demonstration: the outbox is shown and one-touch sign-in links work.
    pub demo: bool,
    /// Tests may move the clock.
    pub clock_by_hand: bool,
}

/// What every handler may reach. Cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The home.
    pub home: Home,
    /// How it is served.
    pub manner: Arc<Manner>,
}
