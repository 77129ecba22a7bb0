-- How many seconds of a line's included minutes the calls of a period have used; the period by its first instant.
CREATE TABLE included_seconds (
    tenant      BIGINT NOT NULL,
    line        {id} NOT NULL,
    period_from BIGINT NOT NULL,
    used        BIGINT NOT NULL,
    PRIMARY KEY (tenant, line, period_from)
) {by_key};
