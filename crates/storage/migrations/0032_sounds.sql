-- Sounds that a tenant has brought in, such as greetings: what callers hear in the place of words.
CREATE TABLE sounds (
    tenant     BIGINT NOT NULL,
    id         {id} NOT NULL,
    name       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    audio      {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
-- Whoever plays one knows nothing but its id.
CREATE UNIQUE INDEX sounds_by_id ON sounds (id);
