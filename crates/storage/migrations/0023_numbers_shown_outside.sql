-- Which numbers from outside lead to a line, the oldest first: what its calls show outside.
CREATE INDEX inbound_numbers_by_line ON inbound_numbers (tenant, line, id);
