-- Short messages that are sent by a carrier, each once by what causes it. `about` says what it is about, as JSON; `carrier_id` is what the carrier calls
-- it; `code` and `reason` say why it was not sent or did not arrive, the code by the carrier's list of errors.
CREATE TABLE sms (
    tenant       BIGINT NOT NULL,
    id           {id} NOT NULL,
    cause        {id} NOT NULL,
    own_number   {id} NOT NULL,
    other_number {id} NOT NULL,
    body         TEXT NOT NULL,
    about        TEXT NOT NULL,
    state        TEXT NOT NULL,
    carrier_id   TEXT,
    code         BIGINT,
    reason       TEXT,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX sms_by_cause ON sms (tenant, cause);

-- Who wants no short messages from one of our numbers.
CREATE TABLE sms_stops (
    tenant       BIGINT NOT NULL,
    own_number   {id} NOT NULL,
    other_number {id} NOT NULL,
    stopped_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant, own_number, other_number)
) {by_key};

-- Short messages that came, each once by what its carrier calls it. `sender` is the number, or what stands in its place where a group does not keep
-- numbers. `outcome` is missing until it is known what came of it; `reply` is what was answered.
CREATE TABLE incoming_sms (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    origin      {id} NOT NULL,
    own_number  TEXT NOT NULL,
    sender      {id} NOT NULL,
    agent       {id},
    body        TEXT NOT NULL,
    outcome     TEXT,
    reply       TEXT,
    received_at BIGINT NOT NULL,
    claimed_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX incoming_sms_by_origin ON incoming_sms (tenant, origin);
CREATE INDEX incoming_sms_by_sender ON incoming_sms (tenant, sender, received_at);
