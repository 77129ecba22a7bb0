-- Addresses under which calendars fetch a roster without a sign-in: one for each group or agent at most. Of their secrets a hash is kept.
CREATE TABLE calendars (
    tenant      BIGINT NOT NULL,
    owner       {id} NOT NULL,
    secret_hash {id} NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant, owner)
) {by_row};
CREATE UNIQUE INDEX calendars_by_secret ON calendars (secret_hash);

-- Which events of calendars have come into a group's roster: the hash of each one's UID.
CREATE TABLE imported_events (
    tenant      BIGINT NOT NULL,
    agent_group {id} NOT NULL,
    uid_hash    {id} NOT NULL,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, agent_group, uid_hash)
) {by_key};
