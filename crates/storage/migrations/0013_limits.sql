-- What the limits of a customer's calls are judged by: its calls of late, as JSON. It is read and written with the account, under its lock.
ALTER TABLE accounts ADD COLUMN traffic TEXT;

-- A limit against fraud that somebody has reached: the first time in a day. Its key is the customer, the limit and the day.
CREATE TABLE fraud_alerts (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    key         {id} NOT NULL,
    customer    {id} NOT NULL,
    line        {id} NOT NULL,
    reached     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    to_number   TEXT NOT NULL,
    suspended   BIGINT NOT NULL,
    raised_at   BIGINT NOT NULL,
    reviewed_at BIGINT,
    reviewed_by TEXT,
    note        TEXT,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, key)
) {by_row};
CREATE INDEX fraud_alerts_open ON fraud_alerts (tenant, id) WHERE reviewed_at IS NULL;

-- What made a grant: the job that granted it to many, and the customer; of one made by hand its own id. No cause grants twice.
ALTER TABLE allowances ADD COLUMN key {id} NOT NULL DEFAULT '';
UPDATE allowances SET key = id;
-- It begins with the key, so that no planner takes it for a search by tenant alone.
CREATE UNIQUE INDEX allowances_by_key ON allowances (key, tenant);
