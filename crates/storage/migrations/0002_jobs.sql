-- Work to be done later, and what has become of it. A job that waits may be taken from due_at on. Whoever takes it moves due_at to the
-- end of his lease, so that a job whose worker is gone falls due again by itself; leased_by and attempts tell his lease from others.
CREATE TABLE jobs (
    tenant      BIGINT NOT NULL,
    id          {id} NOT NULL,
    kind        {id} NOT NULL,
    key         {id} NOT NULL,
    payload     TEXT NOT NULL,
    state       {id} NOT NULL,
    due_at      BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    leased_by   {id},
    last_error  TEXT,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, key)
) {by_row};
-- Workers serve all tenants: this index alone does not begin with one.
CREATE INDEX jobs_due ON jobs (kind, due_at) WHERE state = 'pending';
CREATE INDEX jobs_by_state ON jobs (tenant, state, id);
CREATE INDEX jobs_done ON jobs (tenant, finished_at) WHERE state = 'done';

-- Answers are forgotten by their age.
CREATE INDEX idempotency_by_age ON idempotency (tenant, created_at);
