//! One route: its method, its path, and which status each role gets there.
//!
//! A folder lists its routes with `routes!` beside its handlers; `router.rs` gathers the lists.
//! Handlers are visible to their list alone, so the compiler refuses one that stands in no list as
//! dead code.
//!
//! Nobody serves by the statuses: use cases ask for their proofs. They say what is intended, and a
//! test sends a request for each route and role and compares.

/// Who sends a request. In the last two cases the sit belongs to a cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    Stranger,
    /// A guest of the sit at hand.
    GuestHere,
    /// A guest of another sit.
    GuestElsewhere,
    Member,
    Listener,
    /// The maker of the sit.
    Guide,
    Keeper,
    /// A member who is named on the sit.
    CoGuide,
    /// A guide who has made another sit.
    OtherGuide,
    /// A member of the sit's cohort.
    InCohort,
    /// A member who is not in the sit's cohort.
    OutsideCohort,
}

impl Asker {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Stranger,
        Self::GuestHere,
        Self::GuestElsewhere,
        Self::Member,
        Self::Listener,
        Self::Guide,
        Self::Keeper,
        Self::CoGuide,
        Self::OtherGuide,
        Self::InCohort,
        Self::OutsideCohort,
    ];

    const fn is_guest(self) -> bool {
        matches!(self, Self::GuestHere | Self::GuestElsewhere)
    }

    const fn leads_it(self) -> bool {
        matches!(self, Self::Guide | Self::Keeper | Self::CoGuide)
    }
}

/// Whom a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anybody, signed in or not.
    Everyone,
    /// Whoever may enter the sit at hand, its guests among them.
    Entrants,
    /// Whoever is signed in as a member.
    Members,
    /// Guides of any sit, and keepers.
    Guides,
    /// The guide and co-guides of the sit at hand, and keepers.
    Leaders,
    Keepers,
}

impl Audience {
    const fn has(self, asker: Asker) -> bool {
        match self {
            Self::Everyone => true,
            Self::Entrants => {
                !matches!(asker, Asker::Stranger | Asker::GuestElsewhere | Asker::OutsideCohort)
            }
            Self::Members => !matches!(asker, Asker::Stranger) && !asker.is_guest(),
            Self::Guides => asker.leads_it() || matches!(asker, Asker::OtherGuide),
            Self::Leaders => asker.leads_it(),
            Self::Keepers => matches!(asker, Asker::Keeper),
        }
    }

    /// What the others get: 401 stands for the way to the sign-in page. A sit that is not open to
    /// somebody is missing, not forbidden.
    const fn refusal(self, asker: Asker) -> u16 {
        match (self, asker) {
            (_, Asker::Stranger) => 401,
            (Self::Entrants, _) => 404,
            _ if asker.is_guest() => 401,
            _ => 403,
        }
    }
}

/// One route, as `routes!` lists it.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
    /// Whom it is for.
    pub audience: Audience,
    /// What they get: 200 and 303 are a yes, 422 is a yes to a form that needs another look.
    pub status: u16,
    /// Askers who get something else, in the audience or not.
    pub exceptions: &'static [(&'static [Asker], u16)],
}

impl Route {
    /// The status that this asker is to get; 401 is a redirect to the sign-in page.
    pub fn status_for(&self, asker: Asker) -> u16 {
        let mut exceptions = self.exceptions.iter();
        match exceptions.find(|(askers, _)| askers.contains(&asker)) {
            Some((_, status)) => *status,
            None if self.audience.has(asker) => self.status,
            None => self.audience.refusal(asker),
        }
    }
}

/// Lists the routes of a folder beside its handlers, as in
/// `get "/you/leaving", Members: 303, Guide | Keeper: 409 => you::leaving;`.
///
/// Makes `ROUTES`, the list, and `routes()`, the router of the handlers. Both are gathered in
/// `router.rs`.
macro_rules! routes {
    ($(
        $method:ident $path:literal,
        $audience:ident: $status:literal $(, $($asker:ident)|+: $other:literal)* => $handler:path;
    )+) => {
        pub(crate) const ROUTES: &[$crate::route::Route] = &[$($crate::route::Route {
            method: stringify!($method),
            path: $path,
            audience: $crate::route::Audience::$audience,
            status: $status,
            exceptions: &[$((&[$($crate::route::Asker::$asker),+], $other)),*],
        }),+];

        pub(crate) fn routes() -> axum::Router<$crate::state::WebState> {
            axum::Router::new()$(.route($path, axum::routing::$method($handler)))+
        }
    };
}

pub(crate) use routes;

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(audience: Audience) -> Vec<u16> {
        let route = Route { method: "get", path: "/", audience, status: 200, exceptions: &[] };
        Asker::ALL.iter().map(|asker| route.status_for(*asker)).collect()
    }

    #[test]
    fn an_audience_has_its_askers_and_refuses_the_others() {
        let rows = [
            (Audience::Everyone, [200; 11]),
            (Audience::Entrants, [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404]),
            (Audience::Members, [401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
            (Audience::Guides, [401, 401, 401, 403, 403, 200, 200, 200, 200, 403, 403]),
            (Audience::Leaders, [401, 401, 401, 403, 403, 200, 200, 200, 403, 403, 403]),
            (Audience::Keepers, [401, 401, 401, 403, 403, 403, 200, 403, 403, 403, 403]),
        ];
        for (audience, row) in rows {
            assert_eq!(statuses(audience), row, "{audience:?}");
        }
    }

    #[test]
    fn an_exception_goes_before_the_audience() {
        let exceptions: &[(&[Asker], u16)] = &[(&[Asker::Guide, Asker::Stranger], 409)];
        let audience = Audience::Members;
        let route = Route { method: "post", path: "/", audience, status: 303, exceptions };
        let of = |asker| route.status_for(asker);
        assert_eq!((of(Asker::Guide), of(Asker::Stranger), of(Asker::Member)), (409, 409, 303));
    }
}
