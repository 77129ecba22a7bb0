-- A key has a set of roles.
ALTER TABLE api_keys RENAME COLUMN role TO scopes;
UPDATE api_keys SET scopes = '["' || scopes || '"]';
-- Who made it, as the audit trail names them; NULL: before that was written down.
ALTER TABLE api_keys ADD COLUMN made_by TEXT;

-- People sign in once for all tenants: users and what belongs to them alone have no tenant. The sign-in is in lower case.
CREATE TABLE users (
    id             {id} PRIMARY KEY,
    sign_in        {id} NOT NULL UNIQUE,
    email          TEXT,
    name           TEXT NOT NULL,
    language       TEXT,
    password_hash  TEXT,
    -- The second factor's secret, once it is confirmed, and the last time step whose code was taken.
    totp_secret    TEXT,
    totp_step      BIGINT,
    -- A secret that waits to be confirmed by a code.
    totp_pending   TEXT,
    -- Hashes of the codes that stand in for a lost second factor, a JSON array.
    recovery_codes TEXT NOT NULL,
    state          TEXT NOT NULL,
    -- Where they worked last: the tenant of the next session.
    last_tenant    BIGINT,
    created_at     BIGINT NOT NULL,
    version        BIGINT NOT NULL
) {by_row};
CREATE INDEX users_by_email ON users (LOWER(email));

CREATE TABLE memberships (
    tenant     BIGINT NOT NULL,
    member     {id} NOT NULL,
    -- A JSON array of names.
    roles      TEXT NOT NULL,
    agent      {id},
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, member)
) {by_key};
CREATE INDEX memberships_by_member ON memberships (member);

-- The customer records that a member sees as its own.
CREATE TABLE membership_customers (
    tenant   BIGINT NOT NULL,
    member   {id} NOT NULL,
    customer {id} NOT NULL,
    PRIMARY KEY (tenant, member, customer)
) {by_key};

-- Who is signed in. The secret is in a cookie, here is its hash. A tenant of NULL: none is chosen.
CREATE TABLE sessions (
    id          {id} PRIMARY KEY,
    secret_hash {id} NOT NULL UNIQUE,
    member      {id} NOT NULL,
    tenant      BIGINT,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    address     TEXT NOT NULL,
    browser     TEXT NOT NULL
) {by_row};
CREATE INDEX sessions_by_member ON sessions (member, id);

-- What a one-time link opens: the set-up, an invitation, the resetting of a password. The secret is in the link, here is its hash:
-- none before the link is made, which is when its mail is written.
CREATE TABLE tickets (
    id          {id} PRIMARY KEY,
    secret_hash {id} UNIQUE,
    kind        TEXT NOT NULL,
    tenant      BIGINT,
    member      {id},
    -- Where an invitation goes, in lower case.
    address     {id},
    document    TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    ended_at    BIGINT
) {by_row};
CREATE INDEX tickets_by_tenant ON tickets (tenant, kind, id);
CREATE INDEX tickets_by_address ON tickets (tenant, kind, address);
CREATE INDEX tickets_by_member ON tickets (member, kind);
