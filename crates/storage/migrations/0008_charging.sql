-- A call that is charged while it runs is `live`: its session is its state as JSON, with a schema number. `held` is what is set aside
-- for it, `granted_until` the end of what is granted, `owner` whose switch carries it, `seen_at` its last proof of life, and
-- `wakes_at` when something falls due for it by itself; a call that is over wakes no more.
ALTER TABLE calls ADD COLUMN session TEXT;
ALTER TABLE calls ADD COLUMN owner {id};
ALTER TABLE calls ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN granted_until BIGINT;
ALTER TABLE calls ADD COLUMN seen_at BIGINT;
ALTER TABLE calls ADD COLUMN wakes_at BIGINT;
-- The watch over live calls serves all tenants: this index does not begin with one.
CREATE INDEX calls_due ON calls (wakes_at) WHERE wakes_at IS NOT NULL;
CREATE INDEX calls_live ON calls (tenant, customer, id) WHERE wakes_at IS NOT NULL;

-- What is set aside of a line's included minutes for its calls in progress.
ALTER TABLE included_seconds ADD COLUMN held BIGINT NOT NULL DEFAULT 0;

-- How much of a balance is promotional credit: it is spent first, and never paid out. An entry tells how much of it moved such credit.
ALTER TABLE accounts ADD COLUMN promotional BIGINT NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN promotional BIGINT NOT NULL DEFAULT 0;
