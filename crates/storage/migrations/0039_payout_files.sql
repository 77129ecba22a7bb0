-- Where an agent is paid to, as JSON: the account's holder, where that is not the agent by its name, its number, and its bank.
ALTER TABLE agents ADD COLUMN bank TEXT;

-- The file for the bank that a payout is in. What was paid out before there were files has left in other ways, and comes into none.
ALTER TABLE payouts ADD COLUMN file {id};
UPDATE payouts SET file = '';
CREATE INDEX payouts_waiting ON payouts (tenant, currency, id) WHERE file IS NULL AND bounced_at IS NULL;
CREATE INDEX payouts_by_file ON payouts (tenant, file) WHERE file IS NOT NULL;

-- Files for the bank, with whom they are from as it was when they were made. `left_out` says as JSON which payouts were not taken in, and why.
CREATE TABLE payout_files (
    tenant       BIGINT NOT NULL,
    id           {id} NOT NULL,
    currency     TEXT NOT NULL,
    execution_on TEXT NOT NULL,
    payer        TEXT NOT NULL,
    payouts      BIGINT NOT NULL,
    amount       BIGINT NOT NULL,
    left_out     TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    made_by      {id} NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by {id},
    PRIMARY KEY (tenant, id)
) {by_row};

-- What is in them, as it was when they were made: an agent's account may be another one later, a file says the same for ever.
CREATE TABLE payout_file_items (
    tenant   BIGINT NOT NULL,
    file     {id} NOT NULL,
    payout   {id} NOT NULL,
    number   TEXT NOT NULL,
    agent    {id} NOT NULL,
    holder   TEXT NOT NULL,
    iban     TEXT NOT NULL,
    bic      TEXT,
    amount   BIGINT NOT NULL,
    PRIMARY KEY (tenant, file, payout)
) {by_key};
CREATE INDEX payout_file_items_by_agent ON payout_file_items (tenant, agent);
