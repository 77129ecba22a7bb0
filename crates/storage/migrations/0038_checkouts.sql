-- What of a payment went back.
ALTER TABLE payments ADD COLUMN returned BIGINT NOT NULL DEFAULT 0;

-- Payments that went back, whole or in part: returned by the bank, paid back, or withdrawn while they are disputed.
CREATE TABLE reversals (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    kind       TEXT NOT NULL,
    -- None, while the payment has not been told of: then its origin is known alone.
    payment    {id},
    customer   {id},
    of_origin  {id},
    -- What told of it, where nobody recorded it by hand: the same never comes twice.
    origin     {id},
    currency   TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    state      TEXT NOT NULL,
    reason     TEXT,
    made_at    BIGINT NOT NULL,
    decided_at BIGINT,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX reversals_by_origin ON reversals (tenant, origin) WHERE origin IS NOT NULL;
CREATE INDEX reversals_by_payment ON reversals (tenant, payment, id) WHERE payment IS NOT NULL;
CREATE INDEX reversals_by_customer ON reversals (tenant, customer, id) WHERE customer IS NOT NULL;
CREATE INDEX reversals_by_state ON reversals (tenant, state, id);
CREATE INDEX reversals_waiting ON reversals (tenant, of_origin) WHERE payment IS NULL;

-- Pages of a payment provider on which customers pay.
CREATE TABLE checkouts (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    customer   {id} NOT NULL,
    currency   TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    -- The invoice that is to be paid first.
    invoice    {id},
    provider   TEXT NOT NULL,
    -- What the provider calls the page.
    page       {id},
    url        TEXT,
    state      TEXT NOT NULL,
    payment    {id},
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    decided_at BIGINT,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX checkouts_by_customer ON checkouts (tenant, customer, id);
