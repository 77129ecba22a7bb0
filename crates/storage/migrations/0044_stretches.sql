-- What is written now lies together in an index, however much there was before: it begins with the stretch of time, of 31 days (storage/src/stretches.rs).
-- Each says which column it is of: PostgreSQL, before it knows the table, could not tell those of customers and of lines apart by their first columns.
-- The old ones go at the end, so that the calls can be read meanwhile.
CREATE INDEX calls_of_customer ON calls (tenant, (ended_at / 2678400000), customer, ended_at, id)
    WHERE ended_at IS NOT NULL AND customer IS NOT NULL;
CREATE INDEX calls_of_line ON calls (tenant, (ended_at / 2678400000), line, ended_at, id)
    WHERE ended_at IS NOT NULL AND line IS NOT NULL;
CREATE INDEX entries_of_customer ON entries (tenant, (posted_at / 2678400000), customer, posted_at, key) WHERE customer IS NOT NULL;
DROP INDEX calls_by_customer;
DROP INDEX calls_by_line;
DROP INDEX entries_by_customer;
