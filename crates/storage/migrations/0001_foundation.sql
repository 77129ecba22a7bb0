-- One text for both engines. {id} is TEXT that sorts by its bytes; {by_key} keeps a table in the order of its key where the
-- engine can, {by_row} in the order of writing. A table that is found by other indexes too is kept by row: SQLite would walk
-- through all the rows of a tenant, in the order of the key, rather than look into one of those. Amounts are millionths of the currency's
-- unit, instants milliseconds since 1970 in UTC, documents JSON.

CREATE TABLE tenants (
    tenant     BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    settings   TEXT NOT NULL,
    demo       BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
) {by_row};

CREATE TABLE api_keys (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    name        TEXT NOT NULL,
    secret_hash {id} NOT NULL UNIQUE,
    role        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT,
    revoked_at  BIGINT,
    PRIMARY KEY (tenant, id)
) {by_key};

CREATE TABLE customers (
    tenant             BIGINT NOT NULL,
    id                 {id} NOT NULL,
    name               TEXT NOT NULL,
    external_reference {id},
    -- Name and external reference in lower case: what a search looks at.
    search             TEXT NOT NULL,
    mode               TEXT NOT NULL,
    currency           TEXT NOT NULL,
    state              TEXT NOT NULL,
    details            TEXT NOT NULL,
    created_at         BIGINT NOT NULL,
    version            BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_key};
CREATE UNIQUE INDEX customers_by_reference ON customers (tenant, external_reference) WHERE external_reference IS NOT NULL;

-- Accounts of customers and agents. The tenant's own accounts (income, tax, cash, ...) are postings only: no row here that every
-- call would have to update. A NULL credit limit is no limit.
CREATE TABLE accounts (
    tenant       BIGINT NOT NULL,
    account      {id} NOT NULL,
    currency     TEXT NOT NULL,
    balance      BIGINT NOT NULL DEFAULT 0,
    held         BIGINT NOT NULL DEFAULT 0,
    credit_limit BIGINT,
    PRIMARY KEY (tenant, account, currency)
) {by_key};

-- The key tells what caused the entry, so that the same cause can never post it twice.
CREATE TABLE entries (
    tenant       BIGINT NOT NULL,
    key          {id} NOT NULL,
    posted_at    BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    from_account {id} NOT NULL,
    to_account   {id} NOT NULL,
    currency     TEXT NOT NULL,
    amount       BIGINT NOT NULL,
    reference    {id} NOT NULL,
    customer     {id},
    agent        {id},
    PRIMARY KEY (tenant, key)
) {by_key};
CREATE INDEX entries_by_customer ON entries (tenant, customer, posted_at, key) WHERE customer IS NOT NULL;
CREATE INDEX entries_by_agent ON entries (tenant, agent, posted_at, key) WHERE agent IS NOT NULL;

CREATE TABLE plans (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    name       {id} NOT NULL,
    kind       TEXT NOT NULL,
    currency   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, name)
) {by_key};

CREATE TABLE plan_versions (
    tenant       BIGINT NOT NULL,
    id           {id} NOT NULL,
    plan         {id} NOT NULL,
    number       BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    document     TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, plan, number)
) {by_key};

CREATE TABLE decks (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    name       {id} NOT NULL,
    currency   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, name)
) {by_key};

-- A deck's version is one immutable document: a whole rate sheet is read at once, never searched in the database.
CREATE TABLE deck_versions (
    tenant       BIGINT NOT NULL,
    id           {id} NOT NULL,
    deck         {id} NOT NULL,
    number       BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    prefixes     BIGINT NOT NULL,
    document     TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, deck, number)
) {by_row};

CREATE TABLE lines (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    number     {id} NOT NULL,
    customer   {id} NOT NULL,
    state      TEXT NOT NULL,
    details    TEXT NOT NULL,
    opened_at  BIGINT NOT NULL,
    closed_at  BIGINT,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX lines_by_number ON lines (tenant, number) WHERE closed_at IS NULL;
-- A number that was closed may be another's now: its calls belong to the holder at the answer.
CREATE INDEX lines_of_number ON lines (tenant, number);
CREATE INDEX lines_by_customer ON lines (tenant, customer, id);

-- Which plan a line has had, from when. The last row before an instant holds then.
CREATE TABLE line_plans (
    tenant  BIGINT NOT NULL,
    line    {id} NOT NULL,
    from_at BIGINT NOT NULL,
    plan    {id} NOT NULL,
    PRIMARY KEY (tenant, line, from_at)
) {by_row};
CREATE INDEX line_plans_by_plan ON line_plans (tenant, plan);

CREATE TABLE agents (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    name       TEXT NOT NULL,
    details    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_key};

CREATE TABLE allowances (
    tenant          BIGINT NOT NULL,
    id              {id} NOT NULL,
    customer        {id} NOT NULL,
    agent           {id},
    granted_seconds BIGINT NOT NULL,
    used_seconds    BIGINT NOT NULL DEFAULT 0,
    held_seconds    BIGINT NOT NULL DEFAULT 0,
    granted_at      BIGINT NOT NULL,
    expires_at      BIGINT,
    revoked_at      BIGINT,
    reason          TEXT NOT NULL,
    granted_by      TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX allowances_by_customer ON allowances (tenant, customer);

-- A call is known by its origin: what reports it twice reports one call. The row is the CDR; `charge` explains its price.
CREATE TABLE calls (
    tenant            BIGINT NOT NULL,
    id                {id} NOT NULL,
    origin            {id} NOT NULL,
    state             TEXT NOT NULL,
    direction         TEXT NOT NULL,
    from_number       TEXT NOT NULL,
    to_number         TEXT NOT NULL,
    customer          {id},
    line              {id},
    agent             {id},
    account_code      TEXT,
    link              {id},
    started_at        BIGINT,
    answered_at       BIGINT,
    ended_at          BIGINT,
    duration_ms       BIGINT,
    disposition       TEXT,
    cause             BIGINT,
    price_source      TEXT,
    plan_version      {id},
    deck_version      {id},
    currency          TEXT,
    total             BIGINT,
    tax               BIGINT,
    agent_part        BIGINT,
    allowance_seconds BIGINT,
    charge            TEXT,
    unrated_reason    TEXT,
    payer             TEXT,
    import            {id},
    recorded_at       BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, origin)
) {by_row};
-- The time of a call in the history is its end, as it is for its billing period.
CREATE INDEX calls_by_customer ON calls (tenant, customer, ended_at, id);
CREATE INDEX calls_by_line ON calls (tenant, line, ended_at, id);
CREATE INDEX calls_by_agent ON calls (tenant, agent, ended_at, id) WHERE agent IS NOT NULL;
CREATE INDEX calls_by_end ON calls (tenant, ended_at, id);
CREATE INDEX calls_unrated ON calls (tenant, id) WHERE state = 'unrated';
CREATE INDEX calls_by_link ON calls (tenant, link) WHERE link IS NOT NULL;

CREATE TABLE payments (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    customer    {id} NOT NULL,
    currency    TEXT NOT NULL,
    amount      BIGINT NOT NULL,
    method      TEXT NOT NULL,
    reference   TEXT,
    received_at BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX payments_by_customer ON payments (tenant, customer, id);

-- Credits (in the customer's favour) and adjustments (either way), each with its reason.
CREATE TABLE credits (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    customer   {id} NOT NULL,
    kind       TEXT NOT NULL,
    currency   TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    reason     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX credits_by_customer ON credits (tenant, customer, id);

CREATE TABLE imports (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    state       TEXT NOT NULL,
    summary     TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (tenant, id)
) {by_key};

CREATE TABLE reratings (
    tenant       BIGINT NOT NULL,
    id           {id} NOT NULL,
    state        TEXT NOT NULL,
    request      TEXT NOT NULL,
    summary      TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    confirmed_at BIGINT,
    PRIMARY KEY (tenant, id)
) {by_key};

-- What a re-rating changed: the call's price before and after.
CREATE TABLE rerated_calls (
    tenant   BIGINT NOT NULL,
    rerating {id} NOT NULL,
    call     {id} NOT NULL,
    before   TEXT NOT NULL,
    after    TEXT NOT NULL,
    PRIMARY KEY (tenant, rerating, call)
) {by_key};

-- The answer that was given to a request with an idempotency key, to be given again.
CREATE TABLE idempotency (
    tenant      BIGINT NOT NULL,
    actor       {id} NOT NULL,
    key         {id} NOT NULL,
    fingerprint {id} NOT NULL,
    status      BIGINT NOT NULL,
    body        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant, actor, key)
) {by_key};

CREATE TABLE audit (
    tenant  BIGINT NOT NULL,
    id      {id} NOT NULL,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject {id} NOT NULL,
    before  TEXT,
    after   TEXT,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE INDEX audit_by_subject ON audit (tenant, subject, id);
