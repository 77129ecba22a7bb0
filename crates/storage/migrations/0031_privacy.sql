-- Calls to groups of which it is known who called, or something is noted: these are what the retention looks through.
CREATE INDEX group_calls_known ON group_calls (tenant, agent_group, called_at)
    WHERE caller <> '' OR note IS NOT NULL OR outcome IS NOT NULL;

-- Of whom something was seen: the id of a customer, an agent or a user, or the name that a group has for a caller.
ALTER TABLE audit ADD COLUMN person {id};
CREATE INDEX audit_by_person ON audit (tenant, person, id) WHERE person IS NOT NULL;
