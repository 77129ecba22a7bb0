-- What a customer and an agent write to each other. `last_at` is that of the last message, `shown_at` that of the last one that the
-- agent may see. `told_on` is the local day on which the customer was last told that a text could not be delivered.
CREATE TABLE conversations (
    tenant             BIGINT NOT NULL,
    id                 {id} NOT NULL,
    customer           {id} NOT NULL,
    agent              {id} NOT NULL,
    created_at         BIGINT NOT NULL,
    messages           BIGINT NOT NULL,
    last_at            BIGINT NOT NULL,
    shown_at           BIGINT,
    unread_by_customer BIGINT NOT NULL,
    unread_by_agent    BIGINT NOT NULL,
    told_on            TEXT,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX conversations_of_two ON conversations (tenant, customer, agent);
CREATE INDEX conversations_by_last ON conversations (tenant, last_at, id);
CREATE INDEX conversations_by_customer ON conversations (tenant, customer, last_at, id);
CREATE INDEX conversations_by_agent ON conversations (tenant, agent, shown_at, id) WHERE shown_at IS NOT NULL;

-- `number` counts the messages of a conversation. `origin` is the key of one that came by a switch, `asked` tells its request from
-- another. `refusal` says why one that arrived all the same is kept as refused, `missing` how much more it would have needed, `told`
-- whether its sender was to be told.
CREATE TABLE messages (
    tenant       BIGINT NOT NULL,
    id           {id} NOT NULL,
    conversation {id} NOT NULL,
    number       BIGINT NOT NULL,
    customer     {id} NOT NULL,
    agent        {id} NOT NULL,
    sender       TEXT NOT NULL,
    channel      TEXT NOT NULL,
    origin       TEXT,
    asked        TEXT,
    text         TEXT NOT NULL,
    segments     BIGINT NOT NULL,
    state        TEXT NOT NULL,
    refusal      TEXT,
    missing      BIGINT,
    told         BIGINT NOT NULL,
    currency     TEXT NOT NULL,
    price        BIGINT NOT NULL,
    tax          BIGINT NOT NULL,
    agent_part   BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    delivered_at BIGINT,
    read_at      BIGINT,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX messages_by_number ON messages (tenant, conversation, number);
CREATE UNIQUE INDEX messages_by_origin ON messages (tenant, origin) WHERE origin IS NOT NULL;
CREATE INDEX messages_unread ON messages (tenant, conversation, number) WHERE read_at IS NULL;

-- Who does not want to hear from whom: `blocked_by` is `customer` or `agent`.
CREATE TABLE blocks (
    tenant     BIGINT NOT NULL,
    customer   {id} NOT NULL,
    agent      {id} NOT NULL,
    blocked_by TEXT NOT NULL,
    reason     TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, customer, agent, blocked_by)
) {by_key};
CREATE INDEX blocks_by_agent ON blocks (tenant, agent, customer);

-- Whether an agent takes calls, as it says; one without a row is offline.
CREATE TABLE presences (
    tenant   BIGINT NOT NULL,
    agent    {id} NOT NULL,
    presence TEXT NOT NULL,
    set_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant, agent)
) {by_key};
-- Which agents have a call just now.
CREATE INDEX calls_live_by_agent ON calls (tenant, agent) WHERE wakes_at IS NOT NULL AND agent IS NOT NULL;
