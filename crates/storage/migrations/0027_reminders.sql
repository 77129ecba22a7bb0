-- What agents were told of their shifts of a date, once for each agent and date: as it was told last, and what became of the mail. The date is
-- days since 1970; `times` counts the mails, the first of which is the reminder and the others are of changes.
CREATE TABLE reminders (
    tenant  BIGINT NOT NULL,
    date    BIGINT NOT NULL,
    agent   {id} NOT NULL,
    state   TEXT NOT NULL,
    told    TEXT NOT NULL,
    times   BIGINT NOT NULL,
    reason  TEXT,
    told_at BIGINT NOT NULL,
    sent_at BIGINT,
    PRIMARY KEY (tenant, date, agent)
) {by_key};
