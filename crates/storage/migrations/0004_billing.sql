-- What of a payment or credit has settled nothing yet. Prepaid customers' payments are on their balance and settle nothing.
ALTER TABLE payments ADD COLUMN unspent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credits ADD COLUMN unspent BIGINT NOT NULL DEFAULT 0;
UPDATE payments SET unspent = amount
    WHERE customer IN (SELECT id FROM customers c WHERE c.tenant = payments.tenant AND c.mode = 'postpaid');
UPDATE credits SET unspent = amount
    WHERE amount > 0 AND customer IN (SELECT id FROM customers c WHERE c.tenant = credits.tenant AND c.mode = 'postpaid');
CREATE INDEX payments_unspent ON payments (tenant, customer) WHERE unspent > 0;
CREATE INDEX credits_unspent ON credits (tenant, customer) WHERE unspent > 0;

-- The running period of a line, or (under the customer's id) of what the customer has beside its lines. What ended before
-- `starts_at` is billed, or waits in `unbilled`. Days are local dates such as 2026-01-31, `ends_at` is 00:00 of `to_day`.
CREATE TABLE billing (
    tenant    BIGINT NOT NULL,
    line      {id} NOT NULL,
    customer  {id} NOT NULL,
    from_day  TEXT NOT NULL,
    to_day    TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at   BIGINT NOT NULL,
    -- Of a prepaid line: what was taken for the running period in advance, tax and all, and how often it was changed.
    fee_taken BIGINT NOT NULL DEFAULT 0,
    fee_tax   BIGINT NOT NULL DEFAULT 0,
    fee_moves BIGINT NOT NULL DEFAULT 0,
    -- Why the last run could not bill it, and when the next one tries again.
    failure   TEXT,
    retry_at  BIGINT,
    PRIMARY KEY (tenant, line)
) {by_row};
CREATE INDEX billing_by_end ON billing (tenant, ends_at);
CREATE INDEX billing_by_start ON billing (tenant, starts_at);
CREATE INDEX billing_by_customer ON billing (tenant, customer);


-- What waits for a customer's next invoice although its period is past: a late call (known by the call's id), what re-rating
-- changed of a billed call, a debit.
CREATE TABLE unbilled (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    kind       TEXT NOT NULL,
    customer   {id} NOT NULL,
    line       {id},
    call       {id},
    -- NULL for a late call, which costs what the call costs.
    amount     BIGINT,
    tax        BIGINT,
    name       TEXT,
    created_at BIGINT NOT NULL,
    document   {id},
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX unbilled_open ON unbilled (tenant, customer) WHERE document IS NULL;
CREATE INDEX unbilled_by_document ON unbilled (tenant, document) WHERE document IS NOT NULL;
CREATE INDEX unbilled_by_call ON unbilled (tenant, call) WHERE call IS NOT NULL;

CREATE TABLE items (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    customer   {id} NOT NULL,
    line       {id},
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    from_at    BIGINT NOT NULL,
    to_at      BIGINT,
    -- The invoice that a one-off item is on.
    document   {id},
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX items_by_customer ON items (tenant, customer, id);

-- Invoices, credit notes, receipts, statements. What was issued is never changed (see the guards); how it stands is.
CREATE TABLE documents (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    kind        TEXT NOT NULL,
    number      {id},
    customer    {id} NOT NULL,
    line        {id} NOT NULL,
    period_from TEXT NOT NULL,
    period_to   TEXT NOT NULL,
    starts_at   BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL,
    issued_at   BIGINT NOT NULL,
    due_at      BIGINT,
    run         {id},
    corrects    {id},
    currency    TEXT NOT NULL,
    net         BIGINT NOT NULL,
    tax         BIGINT NOT NULL,
    total       BIGINT NOT NULL,
    usage       BIGINT NOT NULL,
    paper       TEXT NOT NULL,
    -- How it stands.
    state       TEXT NOT NULL,
    settled     BIGINT NOT NULL,
    remind_at   BIGINT,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX documents_by_number ON documents (tenant, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX documents_by_period ON documents (tenant, kind, customer, line, period_from, ends_at)
    WHERE kind IN ('invoice', 'statement');
CREATE INDEX documents_by_customer ON documents (tenant, customer, id);
CREATE INDEX documents_by_kind ON documents (tenant, kind, id);
CREATE INDEX documents_open ON documents (tenant, customer, issued_at, id) WHERE state IN ('issued', 'part_paid');
CREATE INDEX documents_to_remind ON documents (tenant, remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX documents_by_corrected ON documents (tenant, corrects) WHERE corrects IS NOT NULL;

-- A document drawn once, as it stays.
CREATE TABLE drawings (
    tenant   BIGINT NOT NULL,
    document {id} NOT NULL,
    pdf      {bytes} NOT NULL,
    drawn_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, document)
) {by_row};

-- What of a payment, credit or credit note settles what of an invoice. Below zero where that was taken back.
CREATE TABLE allocations (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    source     {id} NOT NULL,
    kind       TEXT NOT NULL,
    document   {id} NOT NULL,
    customer   {id} NOT NULL,
    amount     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX allocations_by_document ON allocations (tenant, document, id);
CREATE INDEX allocations_by_source ON allocations (tenant, source, id);

-- The next number of each series: what was rolled back leaves no gap.
CREATE TABLE series (
    tenant BIGINT NOT NULL,
    series {id} NOT NULL,
    next   BIGINT NOT NULL,
    PRIMARY KEY (tenant, series)
) {by_key};

-- Why a line is suspended, from when, until when. It is active when no reason is left.
CREATE TABLE suspensions (
    tenant  BIGINT NOT NULL,
    id      {id} NOT NULL,
    line    {id} NOT NULL,
    reason  TEXT NOT NULL,
    note    TEXT,
    from_at BIGINT NOT NULL,
    to_at   BIGINT,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX suspensions_open ON suspensions (tenant, line, reason) WHERE to_at IS NULL;
CREATE INDEX suspensions_by_line ON suspensions (tenant, line, from_at);

CREATE TABLE bill_runs (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    issued      BIGINT NOT NULL,
    failed      BIGINT NOT NULL,
    summary     TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};

-- Lines that are there already, closed ones too, are due at once: the next run finds the periods since their opening.
INSERT INTO billing (tenant, line, customer, from_day, to_day, starts_at, ends_at)
    SELECT tenant, id, customer, '', '', opened_at, opened_at FROM lines;

-- Debits of postpaid customers that are there already go on their next invoices.
INSERT INTO unbilled (tenant, id, kind, customer, amount, name, created_at)
    SELECT tenant, id, 'debit', customer, -amount, reason, created_at FROM credits
    WHERE amount < 0 AND customer IN (SELECT id FROM customers c WHERE c.tenant = credits.tenant AND c.mode = 'postpaid');
