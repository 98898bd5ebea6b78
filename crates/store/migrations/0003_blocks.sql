-- Who was taken out of a sit by a guide, and may not come in again until a keeper lets them. Lifting
-- it erases the row, and the note with it; so does whatever erases the person or the sit.
CREATE TABLE block (
    id TEXT PRIMARY KEY,
    sit_id TEXT NOT NULL REFERENCES sit (id) ON DELETE CASCADE,
    member_id TEXT REFERENCES member (id) ON DELETE CASCADE,
    guest_id TEXT REFERENCES guest (id) ON DELETE CASCADE,
    by_id TEXT REFERENCES member (id) ON DELETE SET NULL,
    note TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    UNIQUE (sit_id, member_id),
    UNIQUE (sit_id, guest_id),
    CHECK ((member_id IS NULL) <> (guest_id IS NULL))
);
CREATE INDEX block_member ON block (member_id);
CREATE INDEX block_guest ON block (guest_id);
