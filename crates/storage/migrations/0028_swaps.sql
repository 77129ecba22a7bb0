-- Shifts that agents offered to others, each a span of one group's roster. `only_for` is whom it is offered to, where that is not everybody of the
-- group; `change` the override that came of it; `acts` who did what and when, as JSON. The date is days since 1970.
CREATE TABLE swaps (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    agent_group {id} NOT NULL,
    agent       {id} NOT NULL,
    only_for    {id},
    date        BIGINT NOT NULL,
    hours       TEXT NOT NULL,
    starts_at   BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL,
    state       TEXT NOT NULL,
    taken_by    {id},
    change      {id},
    acts        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX swaps_of_group ON swaps (tenant, agent_group, starts_at);
