//! The table's part for rounds. `{id}` of a round is one of the sit at hand that stands alone and
//! that nobody has answered yet.

use super::{Line, NONE};

/// Who may enter the sit may enter its rounds; guides lead them.
pub(super) const ROUNDS: &[Line] = &[
    Line("get", "/rounds/{id}", NONE, [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404]),
    Line("get", "/rounds/{id}/part", NONE, [401, 200, 404, 200, 200, 200, 200, 200, 200, 200, 404]),
    Line(
        "post",
        "/rounds/{id}/share",
        &[("words", "I matter, too."), ("as", "unsigned"), ("key", "k1")],
        [401, 303, 404, 303, 303, 303, 303, 303, 303, 303, 404],
    ),
    Line(
        "post",
        "/rounds/{id}/pass",
        NONE,
        [401, 303, 404, 303, 303, 303, 303, 303, 303, 303, 404],
    ),
    Line(
        "post",
        "/rounds/{id}/withdraw",
        NONE,
        [401, 303, 404, 303, 303, 303, 303, 303, 303, 303, 404],
    ),
    // It is not opened yet.
    Line(
        "get",
        "/rounds/{id}/picture.svg",
        NONE,
        [401, 409, 404, 409, 409, 409, 409, 409, 409, 409, 404],
    ),
    Line(
        "get",
        "/rounds/{id}/keepsake",
        NONE,
        [401, 409, 404, 409, 409, 409, 409, 409, 409, 409, 404],
    ),
    Line(
        "post",
        "/rounds/{id}/keepsake",
        NONE,
        [401, 409, 404, 409, 409, 409, 409, 409, 409, 409, 404],
    ),
    Line("get", "/keepsakes", NONE, [401, 401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
    // Somebody else's keepsake.
    Line(
        "post",
        "/keepsakes/{id}/erase",
        NONE,
        [401, 401, 401, 404, 404, 404, 404, 404, 404, 404, 404],
    ),
    // The sit has not begun: no round goes on.
    Line("get", "/sits/{id}/round", NONE, [401, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404]),
    // The guide's part.
    Line(
        "get",
        "/sits/{id}/round/guide",
        NONE,
        [401, 401, 401, 403, 403, 404, 404, 404, 403, 403, 403],
    ),
    Line(
        "get",
        "/sits/{id}/rounds/new",
        NONE,
        [401, 401, 401, 403, 403, 200, 200, 200, 403, 403, 403],
    ),
    Line(
        "post",
        "/sits/{id}/rounds",
        &[("do", "pose")],
        [401, 401, 401, 403, 403, 422, 422, 422, 403, 403, 403],
    ),
    Line(
        "get",
        "/rounds/{id}/guide",
        NONE,
        [401, 401, 401, 403, 403, 200, 200, 200, 403, 403, 403],
    ),
    Line(
        "post",
        "/rounds/{id}/guide",
        &[("do", "close")],
        [401, 401, 401, 403, 403, 303, 303, 303, 403, 403, 403],
    ),
    // Back to the round's page: there is nothing to read aloud yet.
    Line(
        "get",
        "/rounds/{id}/aloud",
        NONE,
        [401, 401, 401, 403, 403, 303, 303, 303, 403, 403, 403],
    ),
];
