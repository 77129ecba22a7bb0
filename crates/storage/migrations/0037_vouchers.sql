-- Voucher codes. A batch says what each of its vouchers is worth; a voucher's code is in nobody's hands but the customers': what is kept is its digest,
-- and its last four letters, by which the staff can talk of it. `payment` is what came of the redemption.
CREATE TABLE voucher_batches (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    name       TEXT NOT NULL,
    currency   TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    vouchers   BIGINT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by {id} NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (tenant, id)
) {by_row};

CREATE TABLE vouchers (
    tenant      BIGINT NOT NULL,
    digest      {id} NOT NULL,
    batch       {id} NOT NULL,
    position    BIGINT NOT NULL,
    ending      TEXT NOT NULL,
    redeemed_by {id},
    redeemed_at BIGINT,
    payment     {id},
    PRIMARY KEY (tenant, digest)
) {by_key};
CREATE UNIQUE INDEX vouchers_of_batch ON vouchers (tenant, batch, position);
CREATE INDEX vouchers_redeemed ON vouchers (tenant, batch) WHERE redeemed_by IS NOT NULL;
CREATE INDEX vouchers_by_customer ON vouchers (tenant, redeemed_by) WHERE redeemed_by IS NOT NULL;

-- When a customer, or somebody for it, tried a wrong code: the last few instants, as a JSON array, so that guessing costs one row.
CREATE TABLE voucher_tries (
    tenant   BIGINT NOT NULL,
    customer {id} NOT NULL,
    wrong_at TEXT NOT NULL,
    PRIMARY KEY (tenant, customer)
) {by_key};
