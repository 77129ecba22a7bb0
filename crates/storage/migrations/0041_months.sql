-- Months whose books are closed: nothing is posted before the end of the last of them. The first has no beginning, what lies before is closed with it.
-- What seals a month is written once, when it has been read: how many entries it has, their sums by currency (JSON), the hash of the month
-- before, and its own.
CREATE TABLE months (
    tenant    BIGINT NOT NULL,
    month     {id} NOT NULL,
    from_at   BIGINT,
    to_at     BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    entries   BIGINT,
    sums      TEXT,
    previous  TEXT,
    hash      TEXT,
    PRIMARY KEY (tenant, month)
) {by_key};

-- The journal, month by month. Entries of one transaction have one instant, so that the index is a small one. Every key is more than nothing: the
-- condition, which those who want this index name, keeps a planner that knows nothing of the table from taking it for a customer's entries.
CREATE INDEX entries_by_time ON entries (tenant, posted_at) WHERE key > '';
