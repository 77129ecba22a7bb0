-- Files of a bank that tell of money that came in.
CREATE TABLE bank_files (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    name        TEXT NOT NULL,
    -- `camt.053` or `csv`.
    format      TEXT NOT NULL,
    -- How many rows of money that came in it has, those that were on record before among them.
    received    BIGINT NOT NULL,
    -- How many of money that went out, and of what is not booked yet, which are passed over.
    outgoing    BIGINT NOT NULL,
    unbooked    BIGINT NOT NULL,
    -- The rows that cannot be read: JSON, each with its line and why.
    rejects     TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    imported_by {id} NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};

-- Rows of them: money that came in.
CREATE TABLE bank_rows (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    file       {id} NOT NULL,
    -- What tells it from all others, the same in whichever file it comes.
    origin     {id} NOT NULL,
    -- Where it stands in the file, from 1.
    position   BIGINT NOT NULL,
    -- The local day, such as `2026-10-05`.
    booked_on  TEXT NOT NULL,
    currency   TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    payer      TEXT,
    account    {id},
    text       TEXT NOT NULL,
    -- `waiting`, `taken` or `set_aside`.
    state      TEXT NOT NULL,
    -- Why it waited, or waits.
    doubt      TEXT,
    customer   {id},
    payment    {id},
    note       TEXT,
    decided_at BIGINT,
    decided_by {id},
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX bank_rows_by_origin ON bank_rows (tenant, origin);
CREATE INDEX bank_rows_of_file ON bank_rows (tenant, file, id);
CREATE INDEX bank_rows_by_state ON bank_rows (tenant, state, id);
CREATE INDEX bank_rows_by_account ON bank_rows (tenant, account) WHERE state = 'taken' AND account IS NOT NULL;
CREATE INDEX bank_rows_by_customer ON bank_rows (tenant, customer, id) WHERE customer IS NOT NULL;
