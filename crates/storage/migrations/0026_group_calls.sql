-- The numbers of groups: no line, agent, number from outside or other group of the tenant has them. The first is shown.
CREATE TABLE group_numbers (
    tenant      BIGINT NOT NULL,
    number      {id} NOT NULL,
    agent_group {id} NOT NULL,
    PRIMARY KEY (tenant, number)
) {by_row};
CREATE INDEX group_numbers_of_group ON group_numbers (tenant, agent_group);

-- Calls to groups: written down with the way of the call, which has the same origin. `caller` is the number, or what stands in its place
-- where the group does not keep numbers. `agent` has taken it; `ended_at` is missing as long as it runs; `notes`
-- counts how often something was noted.
CREATE TABLE group_calls (
    tenant      BIGINT NOT NULL,
    origin      {id} NOT NULL,
    agent_group {id} NOT NULL,
    caller      TEXT NOT NULL,
    called_at   BIGINT NOT NULL,
    answered_at BIGINT,
    ended_at    BIGINT,
    result      TEXT NOT NULL,
    agent       {id},
    attempts    TEXT NOT NULL,
    language    TEXT,
    note        TEXT,
    outcome     TEXT,
    noted_by    {id},
    notes       BIGINT NOT NULL DEFAULT 0,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant, origin)
) {by_row};
CREATE INDEX group_calls_of_group ON group_calls (tenant, agent_group, called_at);
CREATE INDEX group_calls_of_agent ON group_calls (tenant, agent, answered_at) WHERE agent IS NOT NULL;
CREATE INDEX group_calls_running ON group_calls (tenant, agent) WHERE ended_at IS NULL;

-- A message may be for a group, and no line's.
CREATE TABLE new_recordings (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    kind        TEXT NOT NULL,
    line        {id},
    customer    {id},
    agent_group {id},
    origin      {id} NOT NULL,
    leg         {id} NOT NULL,
    from_number TEXT NOT NULL,
    to_number   TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    seconds     BIGINT NOT NULL,
    media_type  TEXT NOT NULL,
    size_bytes  BIGINT NOT NULL,
    kept_at     BIGINT NOT NULL,
    delete_at   BIGINT NOT NULL,
    done_at     BIGINT,
    PRIMARY KEY (tenant, id)
) {by_row};
INSERT INTO new_recordings (tenant, id, kind, line, customer, origin, leg, from_number, to_number, started_at, seconds, media_type,
    size_bytes, kept_at, delete_at, done_at)
SELECT tenant, id, kind, line, customer, origin, leg, from_number, to_number, started_at, seconds, media_type, size_bytes, kept_at,
    delete_at, done_at FROM recordings;
DROP TABLE recordings;
ALTER TABLE new_recordings RENAME TO recordings;
CREATE UNIQUE INDEX recordings_by_origin ON recordings (tenant, origin, leg);
CREATE INDEX recordings_by_line ON recordings (tenant, line, id);
CREATE INDEX recordings_by_customer ON recordings (tenant, customer, id);
CREATE INDEX recordings_by_group ON recordings (tenant, agent_group, id) WHERE agent_group IS NOT NULL;
CREATE INDEX recordings_by_end ON recordings (tenant, delete_at, id);

-- What was understood of a message, which may come before the message itself.
CREATE TABLE transcripts (
    tenant      BIGINT NOT NULL,
    origin      {id} NOT NULL,
    leg         {id} NOT NULL,
    transcript  TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, origin, leg)
) {by_row};
