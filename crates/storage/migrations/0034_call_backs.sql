-- Calls back to who has called a group stand among its calls: `answers` is the origin of the call that one answers, and `placed_by` who had it
-- placed.
ALTER TABLE group_calls ADD COLUMN answers {id};
ALTER TABLE group_calls ADD COLUMN placed_by {id};
CREATE INDEX group_calls_back ON group_calls (tenant, answers, called_at) WHERE answers IS NOT NULL;
