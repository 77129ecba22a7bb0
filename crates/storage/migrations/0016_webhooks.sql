-- Where a tenant wants to be told of what happens, and of what: the names of the kinds, divided by blanks. A secret signs what is sent; one
-- that was replaced signs beside it until `old_secret_until`. `failing_since` is the first failure since the last success.
CREATE TABLE webhooks (
    tenant           BIGINT NOT NULL,
    id               {id} NOT NULL,
    url              TEXT NOT NULL,
    kinds            TEXT NOT NULL,
    description      TEXT,
    enabled          BIGINT NOT NULL,
    disabled_because TEXT,
    secret           TEXT NOT NULL,
    old_secret       TEXT,
    old_secret_until BIGINT,
    failing_since    BIGINT,
    created_at       BIGINT NOT NULL,
    version          BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
-- The kinds that any enabled webhook wants: nothing is written of others.
ALTER TABLE tenants ADD COLUMN hooks TEXT NOT NULL DEFAULT '';

-- What happened, as it is told. The key is the kind and the record: nothing is told twice.
CREATE TABLE hook_events (
    tenant  BIGINT NOT NULL,
    id      {id} NOT NULL,
    key     {id} NOT NULL,
    kind    TEXT NOT NULL,
    body    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, key)
) {by_row};
CREATE INDEX hook_events_by_age ON hook_events (tenant, at);

-- One event on its way to one webhook; how each try went.
CREATE TABLE hook_deliveries (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    webhook    {id} NOT NULL,
    event      {id} NOT NULL,
    state      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX hook_deliveries_by_webhook ON hook_deliveries (tenant, webhook, id);
CREATE INDEX hook_deliveries_by_age ON hook_deliveries (tenant, created_at);
CREATE TABLE hook_attempts (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    delivery    {id} NOT NULL,
    at          BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status      BIGINT,
    answer      TEXT,
    error       TEXT,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX hook_attempts_by_delivery ON hook_attempts (tenant, delivery, id);
CREATE INDEX hook_attempts_by_age ON hook_attempts (tenant, at);

-- The amount below which the owner of a prepaid account was told that its balance is; 0 where it was not, or money came in since.
ALTER TABLE accounts ADD COLUMN low BIGINT NOT NULL DEFAULT 0;
