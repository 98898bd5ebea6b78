-- Who leads a sit beside the guide who made it, and the cohort a sit may belong to.

-- A co-guide leads the sit like its maker. The stand-in does, too, and is named for the days on
-- which none of the others can come.
CREATE TABLE sit_guide (
    sit_id TEXT NOT NULL REFERENCES sit (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    stands_in BIGINT NOT NULL CHECK (stands_in IN (0, 1)),
    PRIMARY KEY (sit_id, member_id)
);
CREATE INDEX sit_guide_member ON sit_guide (member_id);

-- Until now every guide could lead every sit. So that no sit loses its leaders, today's guides
-- are co-guides of today's sits.
INSERT INTO sit_guide (sit_id, member_id, stands_in)
    SELECT sit.id, member.id, 0 FROM sit CROSS JOIN member
    WHERE member.guide_since_ms IS NOT NULL AND member.id <> sit.guide_id;

-- A guide who leads this run without being one of the sit's guides: none of those was there.
CREATE TABLE step_in (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (run_id, member_id)
);
CREATE INDEX step_in_member ON step_in (member_id);

CREATE TABLE cohort (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    made_ms BIGINT NOT NULL
);

CREATE TABLE cohort_guide (
    cohort_id TEXT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    PRIMARY KEY (cohort_id, member_id)
);
CREATE INDEX cohort_guide_member ON cohort_guide (member_id);

CREATE TABLE cohort_member (
    cohort_id TEXT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    joined_ms BIGINT NOT NULL,
    PRIMARY KEY (cohort_id, member_id)
);
CREATE INDEX cohort_member_member ON cohort_member (member_id);

-- A sit of a cohort is open to that cohort alone. A cohort with sits cannot be erased: they would
-- be open to everybody.
ALTER TABLE sit ADD COLUMN cohort_id TEXT REFERENCES cohort (id);
CREATE INDEX sit_cohort ON sit (cohort_id);
