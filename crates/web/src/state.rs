//! State shared by all handlers.

use std::sync::Arc;

use sitwith_app::home::Home;

/// Options of how this home is served.
#[derive(Clone, Debug, Default)]
pub struct ServingOptions {
    /// Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// True for a demonstration: the outbox is shown and one-touch sign-in links work.
    pub demo: bool,
    /// True if tests may move the clock.
    pub clock_by_hand: bool,
}

/// State shared by all handlers. Cheap to clone.
#[derive(Clone)]
pub struct WebState {
    /// The use cases' home.
    pub home: Home,
    /// Options of how it is served.
    pub options: Arc<ServingOptions>,
}
