-- The round: what was asked, everybody's own words until they vanish, and what was kept of them.

-- A round is posed in a phase of a run, or stands alone between sits: then it closes by itself.
-- When its words have vanished, the emptied row stays for a while to say so.
CREATE TABLE round (
    id TEXT PRIMARY KEY,
    sit_id TEXT NOT NULL REFERENCES sit (id) ON DELETE CASCADE,
    run_id TEXT REFERENCES run (id) ON DELETE CASCADE,
    phase BIGINT,
    place BIGINT NOT NULL,
    prompt TEXT NOT NULL,
    help TEXT NOT NULL,
    reads_first BIGINT NOT NULL CHECK (reads_first IN (0, 1)),
    keeps TEXT NOT NULL CHECK (keeps IN ('nothing', 'quilt')),
    posed_ms BIGINT NOT NULL,
    closes_ms BIGINT,
    closed_ms BIGINT,
    opened_ms BIGINT,
    read_over_ms BIGINT,
    vanished_ms BIGINT,
    UNIQUE (run_id, phase, place),
    CHECK ((run_id IS NULL) = (phase IS NULL)),
    CHECK ((run_id IS NULL) <> (closes_ms IS NULL))
);
CREATE INDEX round_sit ON round (sit_id);

-- One person's words, or that they passed: then there are none. Whose it is, is in no column:
-- the hand is a mark that only the home can make again, from the round and the person. No column
-- says when.
CREATE TABLE share (
    id TEXT PRIMARY KEY,
    round_id TEXT NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    hand BLOB NOT NULL,
    words TEXT,
    signed TEXT,
    aloud BIGINT NOT NULL CHECK (aloud IN (0, 1)),
    beyond BIGINT NOT NULL CHECK (beyond IN (0, 1)),
    aside BIGINT NOT NULL CHECK (aside IN (0, 1)),
    read_as TEXT CHECK (read_as IN ('vector', 'other tongue', 'too short')),
    vector BLOB,
    theme BIGINT,
    shown_in BIGINT,
    UNIQUE (round_id, hand)
);

-- The forms that were taken already: sent once more, they change nothing.
CREATE TABLE share_key (
    round_id TEXT NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    hand BLOB NOT NULL,
    key_hash BLOB NOT NULL,
    PRIMARY KEY (round_id, hand, key_hash)
);

-- What the themes of a round are called, once they stand.
CREATE TABLE theme (
    round_id TEXT NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    dye BIGINT NOT NULL,
    name TEXT,
    quote TEXT,
    PRIMARY KEY (round_id, number)
);

-- What a member keeps of a round for herself: what was asked, her own words, what the themes were
-- called. Hers alone.
CREATE TABLE keepsake (
    id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    round_id TEXT NOT NULL,
    sit_title TEXT NOT NULL,
    prompt TEXT NOT NULL,
    words TEXT NOT NULL,
    themes TEXT NOT NULL,
    kept_ms BIGINT NOT NULL,
    UNIQUE (member_id, round_id)
);
