-- What callers dial to reach an agent. It stands in the details too; here no two agents of a tenant have the same.
ALTER TABLE agents ADD COLUMN number {id};
CREATE UNIQUE INDEX agents_by_number ON agents (tenant, number) WHERE number IS NOT NULL;
-- Whoever looks at an agent's public page says its id, and not whose tenant it is of.
CREATE INDEX agents_by_id ON agents (id);

-- What a customer asks to have put on its account: staff say what has become of it.
CREATE TABLE top_up_requests (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    customer   {id} NOT NULL,
    currency   TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    note       TEXT,
    state      TEXT NOT NULL,
    payment    {id},
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX top_up_requests_by_customer ON top_up_requests (tenant, customer, id);
CREATE INDEX top_up_requests_by_state ON top_up_requests (tenant, state, id);

-- What calls and messages came to on a day is summed from indexes alone; which calls went in a rare way is found in one, too.
DROP INDEX calls_by_end;
CREATE INDEX calls_by_end ON calls (tenant, ended_at, id, disposition, currency, total) WHERE ended_at IS NOT NULL;
CREATE INDEX messages_charged ON messages (tenant, created_at, currency, price) WHERE price > 0 AND state <> 'refused';
-- How many lines are suspended, and how much is unpaid.
CREATE INDEX documents_unpaid ON documents (tenant, currency, total, settled) WHERE kind = 'invoice' AND state IN ('issued', 'part_paid');
