-- What a record has moved of promotional credit, when some of it is given back. Most records have moved none.
CREATE INDEX entries_promotional ON entries (tenant, reference) WHERE promotional > 0;
