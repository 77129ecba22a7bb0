-- People who answer one number together. What else there is to set of a group is in its settings.
CREATE TABLE agent_groups (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    name       TEXT NOT NULL,
    zone       TEXT NOT NULL,
    settings   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};

-- Weekly duties. The days are bits, Monday the lowest; the dates are days since 1970.
CREATE TABLE shifts (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    agent_group {id} NOT NULL,
    agent       {id} NOT NULL,
    days        BIGINT NOT NULL,
    hours       TEXT NOT NULL,
    zone        TEXT,
    every_weeks BIGINT NOT NULL,
    first_date  BIGINT,
    last_date   BIGINT,
    priority    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX shifts_of_group ON shifts (tenant, agent_group, id);

-- Changes of a roster for a date.
CREATE TABLE overrides (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    agent_group {id} NOT NULL,
    date        BIGINT NOT NULL,
    hours       TEXT NOT NULL,
    change      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX overrides_of_group ON overrides (tenant, agent_group, date);
