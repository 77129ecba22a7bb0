-- What a customer says of a call to an agent: one rating a call, which may be changed for a while.
CREATE TABLE ratings (
    tenant   BIGINT NOT NULL,
    call     {id} NOT NULL,
    agent    {id} NOT NULL,
    customer {id} NOT NULL,
    stars    BIGINT NOT NULL,
    comment  TEXT,
    rated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, call)
) {by_row};
CREATE INDEX ratings_by_agent ON ratings (tenant, agent, rated_at);

-- What was paid out to an agent. Its statement is the document of the same id, its entry has the key `id/payout`; where the bank
-- returned it, the entry `id/bounce` takes it back.
CREATE TABLE payouts (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    agent      {id} NOT NULL,
    currency   TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    made_at    BIGINT NOT NULL,
    bounced_at BIGINT,
    -- Why it was returned, as the bank or a clerk says.
    reason     TEXT,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX payouts_by_agent ON payouts (tenant, agent, id);

-- What was settled with an agent on a payout day: what could be paid out then, and the payout, if it reached the minimum. One row an
-- agent, currency and day, so that no day is settled twice.
CREATE TABLE settlements (
    tenant     BIGINT NOT NULL,
    agent      {id} NOT NULL,
    currency   TEXT NOT NULL,
    due_on     {id} NOT NULL,
    payable    BIGINT NOT NULL,
    payout     {id},
    settled_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, agent, currency, due_on)
) {by_key};

-- The messages that an agent's figures count.
CREATE INDEX messages_by_agent ON messages (tenant, agent, created_at) WHERE price > 0;
