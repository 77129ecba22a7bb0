-- A service that was charged once, at a stated price. Its origin is the key of the request, `asked` tells one request from another.
CREATE TABLE charged_events (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    origin      TEXT NOT NULL,
    owner       TEXT NOT NULL,
    asked       TEXT NOT NULL,
    customer    {id} NOT NULL,
    line        {id},
    currency    TEXT NOT NULL,
    amount      BIGINT NOT NULL,
    tax         BIGINT NOT NULL,
    description TEXT NOT NULL,
    charged_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) {by_row};
CREATE UNIQUE INDEX charged_events_by_origin ON charged_events (tenant, origin);
