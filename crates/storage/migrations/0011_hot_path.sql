-- The history is of calls that have ended: one that begins need not be written into its indexes.
DROP INDEX calls_by_customer;
DROP INDEX calls_by_line;
DROP INDEX calls_by_agent;
DROP INDEX calls_by_end;
CREATE INDEX calls_by_customer ON calls (tenant, customer, ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX calls_by_line ON calls (tenant, line, ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX calls_by_agent ON calls (tenant, agent, ended_at, id) WHERE agent IS NOT NULL AND ended_at IS NOT NULL;
CREATE INDEX calls_by_end ON calls (tenant, ended_at, id) WHERE ended_at IS NOT NULL;
