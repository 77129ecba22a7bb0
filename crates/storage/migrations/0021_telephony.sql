-- What the phone of a line registers at an Asterisk with: the digest of its name and its password, which is kept nowhere. By the name
-- the line is known.
CREATE TABLE sip_accounts (
    tenant   BIGINT NOT NULL,
    line     {id} NOT NULL,
    username {id} NOT NULL,
    digest   TEXT NOT NULL,
    made_at  BIGINT NOT NULL,
    -- The Asterisk; empty for the only one.
    asterisk {id} NOT NULL,
    PRIMARY KEY (tenant, line)
) {by_row};
CREATE UNIQUE INDEX sip_accounts_by_username ON sip_accounts (username);

-- Ways to other networks, and in from there. Whose an incoming call is, its endpoint says: no two tenants have the same.
CREATE TABLE trunks (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    name       TEXT NOT NULL,
    asterisk   {id} NOT NULL,
    endpoint   {id} NOT NULL,
    enabled    BIGINT NOT NULL,
    most_calls BIGINT,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX trunks_by_endpoint ON trunks (asterisk, endpoint);

-- Which numbers go out on which trunk, and how they are dialled there. A trunk is tried once for a prefix.
-- There is no index by trunk: PostgreSQL would go by it before it knows the table, and read all routes for each call.
CREATE TABLE trunk_routes (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    prefix      {id} NOT NULL,
    trunk       {id} NOT NULL,
    position    BIGINT NOT NULL,
    strip       BIGINT NOT NULL,
    added       TEXT NOT NULL,
    buying_rate TEXT,
    created_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX trunk_routes_by_prefix ON trunk_routes (tenant, prefix, trunk);

-- Numbers that the world calls, and the line that each leads to.
CREATE TABLE inbound_numbers (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    number     {id} NOT NULL,
    line       {id} NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX inbound_numbers_by_number ON inbound_numbers (tenant, number);
