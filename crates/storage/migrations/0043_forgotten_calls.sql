-- Up to which call, in the order in which they came on record, it is forgotten who called whom; '' before the first.
ALTER TABLE tenants ADD COLUMN calls_forgotten {id} NOT NULL DEFAULT '';
