-- What a line's phone registers with: the hash of its secret. One that is open registers without; only the demo has such.
CREATE TABLE phones (
    tenant         BIGINT NOT NULL,
    line           {id} NOT NULL,
    open           BIGINT NOT NULL,
    secret_hash    {id},
    secret_made_at BIGINT,
    PRIMARY KEY (tenant, line)
) {by_row};
CREATE UNIQUE INDEX phones_by_secret ON phones (secret_hash);

-- What somebody who is signed in registers with for a while, by the hash of it.
CREATE TABLE phone_tokens (
    tenant     BIGINT NOT NULL,
    token_hash {id} NOT NULL,
    line       {id} NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, token_hash)
) {by_row};
CREATE UNIQUE INDEX phone_tokens_by_hash ON phone_tokens (token_hash);
CREATE INDEX phone_tokens_by_line ON phone_tokens (tenant, line);
CREATE INDEX phone_tokens_by_end ON phone_tokens (tenant, expires_at);

-- Whose calls do not get through to a line.
CREATE TABLE blocked_numbers (
    tenant BIGINT NOT NULL,
    line   {id} NOT NULL,
    number {id} NOT NULL,
    PRIMARY KEY (tenant, line, number)
) {by_key};

-- A phone that registers says its number, and not whose tenant it is of.
CREATE INDEX lines_by_open_number ON lines (number) WHERE closed_at IS NULL;

-- While a tenant has a row, no call begins; those that run then are ended.
CREATE TABLE maintenance (
    tenant       BIGINT NOT NULL PRIMARY KEY,
    begun_at     BIGINT NOT NULL,
    calls_end_at BIGINT NOT NULL
) {by_row};
