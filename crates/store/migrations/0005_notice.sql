-- The keeper's notice: there is one at most, and it is erased after its end. The words are the
-- home's: they stay when the keeper who wrote them leaves, without the name.
CREATE TABLE notice (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    words TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    ends_ms BIGINT NOT NULL,
    by_id TEXT REFERENCES member (id) ON DELETE SET NULL
);
