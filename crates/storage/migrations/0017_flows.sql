-- The way of a call through a switch: where it stands, as JSON with a schema number. Its money stands in the call's row, which has the same
-- origin; the two are written by different hands, at different times. `running` is 1 until the call is over and charging has closed it.
CREATE TABLE flows (
    tenant  BIGINT NOT NULL,
    origin  {id} NOT NULL,
    switch  {id} NOT NULL,
    flow    TEXT NOT NULL,
    running BIGINT NOT NULL,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, origin)
) {by_row};
-- What a program finds that starts: this index does not begin with a tenant.
CREATE INDEX flows_running ON flows (switch) WHERE running = 1;
CREATE INDEX flows_by_age ON flows (tenant, changed_at) WHERE running = 0;

-- Which program is a switch, of all that share the database, until when, and when it was last there.
CREATE TABLE switch_roles (
    switch  {id} NOT NULL PRIMARY KEY,
    holder  {id} NOT NULL,
    until   BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
) {by_row};
