-- Whether a payment provider is to keep the card with which a page is paid; done once it has told of it.
ALTER TABLE checkouts ADD COLUMN keep_card BIGINT NOT NULL DEFAULT 0;
-- Whether no page is made, and a kept card charged in its place.
ALTER TABLE checkouts ADD COLUMN automatic BIGINT NOT NULL DEFAULT 0;
CREATE INDEX checkouts_automatic ON checkouts (tenant, customer, created_at) WHERE automatic = 1;
-- No customer's card is charged twice at a time.
CREATE UNIQUE INDEX checkouts_charging ON checkouts (tenant, customer) WHERE automatic = 1 AND state = 'begun';

-- What a payment provider calls who has let it keep a card. The card is there, and nothing of it here.
CREATE TABLE saved_cards (
    tenant   BIGINT NOT NULL,
    customer {id} NOT NULL,
    provider TEXT NOT NULL,
    payer    TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, customer)
) {by_key};

-- What is charged to kept cards, below which balance. A row stays when it is turned off, and counts its changes.
CREATE TABLE automatic_top_ups (
    tenant   BIGINT NOT NULL,
    customer {id} NOT NULL,
    currency TEXT NOT NULL,
    below    BIGINT NOT NULL,
    amount   BIGINT NOT NULL,
    state    TEXT NOT NULL,
    -- Why the last charge failed.
    failure  TEXT,
    version  BIGINT NOT NULL,
    PRIMARY KEY (tenant, customer)
) {by_key};
CREATE INDEX automatic_top_ups_on ON automatic_top_ups (tenant, customer) WHERE state = 'on';
