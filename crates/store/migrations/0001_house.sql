-- The house, the door and the sit. One text for SQLite and PostgreSQL:
-- TEXT, BIGINT, DOUBLE PRECISION and BLOB only; times are milliseconds since 1970;
-- whether is when (a nullable *_ms), else BIGINT CHECK (x IN (0, 1)).

CREATE TABLE home (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    address TEXT NOT NULL,
    set_up_ms BIGINT,
    set_up_token_hash BLOB,
    ticket_key BLOB NOT NULL,
    smtp_host TEXT,
    smtp_port BIGINT,
    smtp_security TEXT CHECK (smtp_security IN ('none', 'starttls', 'tls')),
    smtp_login TEXT,
    smtp_password TEXT,
    mail_from TEXT
);

CREATE TABLE help_line (
    place BIGINT PRIMARY KEY,
    country TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    words TEXT NOT NULL,
    verified_on TEXT NOT NULL
);

CREATE TABLE member (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    zone TEXT,
    listener_since_ms BIGINT,
    guide_since_ms BIGINT,
    keeper_since_ms BIGINT,
    shows_usually_since_ms BIGINT,
    joined_ms BIGINT NOT NULL
);

CREATE TABLE sit (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    words TEXT NOT NULL,
    zone TEXT NOT NULL,
    day TEXT NOT NULL,
    wall_time TEXT NOT NULL,
    repeats TEXT NOT NULL CHECK (repeats IN ('once', 'weekly', 'often')),
    every_mins BIGINT,
    ends_on TEXT,
    open_to TEXT NOT NULL CHECK (open_to IN ('home', 'link')),
    shown BIGINT NOT NULL CHECK (shown IN (0, 1)),
    led BIGINT NOT NULL CHECK (led IN (0, 1)),
    begins_itself BIGINT NOT NULL CHECK (begins_itself IN (0, 1)),
    link TEXT NOT NULL UNIQUE,
    plan TEXT NOT NULL,
    guide_id TEXT NOT NULL REFERENCES member (id),
    made_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    ended_ms BIGINT
);

-- A day on which a weekly sit does not happen, or happens at another day and time.
CREATE TABLE sit_exception (
    sit_id TEXT NOT NULL REFERENCES sit (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    to_day TEXT,
    to_wall_time TEXT,
    PRIMARY KEY (sit_id, day)
);

CREATE TABLE guest (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sit_id TEXT NOT NULL REFERENCES sit (id) ON DELETE CASCADE,
    came_ms BIGINT NOT NULL
);
CREATE INDEX guest_came ON guest (came_ms);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    member_id TEXT REFERENCES member (id) ON DELETE CASCADE,
    guest_id TEXT REFERENCES guest (id) ON DELETE CASCADE,
    made_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    browser TEXT NOT NULL,
    CHECK ((member_id IS NULL) <> (guest_id IS NULL))
);
CREATE INDEX session_member ON session (member_id);
CREATE INDEX session_ends ON session (ends_ms);

CREATE TABLE invitation (
    id TEXT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('member', 'listener', 'guide', 'keeper')),
    words TEXT NOT NULL,
    made_by TEXT REFERENCES member (id) ON DELETE SET NULL,
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    used_ms BIGINT,
    used_by TEXT REFERENCES member (id) ON DELETE SET NULL,
    revoked_ms BIGINT
);

-- One asking to sign in: the mailed link's token, the mailed code, the browser that asked, and
-- where the person wanted to go. With an invitation it makes a member once the code is typed.
CREATE TABLE sign_in (
    id TEXT PRIMARY KEY,
    email_key TEXT NOT NULL,
    member_id TEXT REFERENCES member (id) ON DELETE CASCADE,
    invitation_id TEXT REFERENCES invitation (id) ON DELETE CASCADE,
    name TEXT,
    email TEXT,
    link_hash BLOB NOT NULL UNIQUE,
    code_hash BLOB NOT NULL,
    browser_hash BLOB NOT NULL,
    to_path TEXT NOT NULL,
    asked_ms BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    used_ms BIGINT
);
CREATE INDEX sign_in_asked ON sign_in (asked_ms);
CREATE INDEX sign_in_browser ON sign_in (browser_hash);

-- A sit while it lives, on one day. The plan is frozen here when its door opens.
CREATE TABLE run (
    id TEXT PRIMARY KEY,
    sit_id TEXT NOT NULL REFERENCES sit (id) ON DELETE CASCADE,
    planned_ms BIGINT NOT NULL,
    plan TEXT NOT NULL,
    led BIGINT NOT NULL CHECK (led IN (0, 1)),
    begins_itself BIGINT NOT NULL CHECK (begins_itself IN (0, 1)),
    came_count BIGINT NOT NULL,
    over_ms BIGINT,
    UNIQUE (sit_id, planned_ms)
);

-- What the guide changed, in order. The running order is a pure function of plan and changes.
CREATE TABLE run_change (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    what TEXT NOT NULL,
    member_id TEXT REFERENCES member (id) ON DELETE SET NULL,
    PRIMARY KEY (run_id, place)
);

-- Which members sat, and whether quietly: then they are counted and not named. When someone left
-- is not kept.
CREATE TABLE sat (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    quiet BIGINT NOT NULL CHECK (quiet IN (0, 1)),
    PRIMARY KEY (run_id, member_id)
);
CREATE INDEX sat_member ON sat (member_id);

-- Which guests sat, so that coming back is not counted twice. Gone with the guest.
CREATE TABLE sat_guest (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    guest_id TEXT NOT NULL REFERENCES guest (id) ON DELETE CASCADE,
    PRIMARY KEY (run_id, guest_id)
);
CREATE INDEX sat_guest_guest ON sat_guest (guest_id);

-- A member's own notes around one run: how it was on coming, on going, and a line for oneself.
CREATE TABLE note (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    came TEXT,
    after TEXT,
    line TEXT,
    noted_ms BIGINT NOT NULL,
    PRIMARY KEY (run_id, member_id)
);

-- Letters waiting to be sent. The words are erased as soon as a letter is sent or given up.
CREATE TABLE mail (
    id TEXT PRIMARY KEY,
    to_address TEXT NOT NULL,
    subject TEXT NOT NULL,
    words TEXT NOT NULL,
    asked_ms BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    sent_ms BIGINT,
    given_up_ms BIGINT
);
CREATE INDEX mail_next ON mail (next_ms);
