-- What was spoken: messages left for lines, and calls that were recorded. By `origin` and `leg` nothing is kept twice: the call, and what
-- was recorded of it.
CREATE TABLE recordings (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    kind        TEXT NOT NULL,
    line        {id} NOT NULL,
    customer    {id} NOT NULL,
    origin      {id} NOT NULL,
    leg         {id} NOT NULL,
    from_number TEXT NOT NULL,
    to_number   TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    seconds     BIGINT NOT NULL,
    media_type  TEXT NOT NULL,
    size_bytes  BIGINT NOT NULL,
    kept_at     BIGINT NOT NULL,
    delete_at   BIGINT NOT NULL,
    done_at     BIGINT,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX recordings_by_origin ON recordings (tenant, origin, leg);
CREATE INDEX recordings_by_line ON recordings (tenant, line, id);
CREATE INDEX recordings_by_customer ON recordings (tenant, customer, id);
CREATE INDEX recordings_by_end ON recordings (tenant, delete_at, id);

-- The audio, in parts that are each written in a transaction of its own; a part begins at `first_byte`. They come before their
-- recording, and go after it: parts that have none are left over.
CREATE TABLE recording_parts (
    tenant     BIGINT NOT NULL,
    recording  {id} NOT NULL,
    first_byte BIGINT NOT NULL,
    audio      {bytes} NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, recording, first_byte)
) {by_row};
CREATE INDEX recording_parts_by_age ON recording_parts (tenant, written_at, recording) WHERE first_byte = 0;
