-- What trunks carried of calls, and what that costs the tenant: a row for each leg that was answered, written with the end of its call.
-- Of a call there are no more than two. Without a buying rate there is neither cost nor charge.
CREATE TABLE carried_legs (
    tenant   BIGINT NOT NULL,
    call     {id} NOT NULL,
    leg      BIGINT NOT NULL,
    trunk    {id} NOT NULL,
    route    {id},
    seconds  BIGINT NOT NULL,
    currency TEXT NOT NULL,
    cost     BIGINT,
    charge   TEXT,
    PRIMARY KEY (tenant, call, leg)
) {by_key};
