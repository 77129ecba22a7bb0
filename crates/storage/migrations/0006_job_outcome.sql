-- What there is to say of a job that is done: to whom a mail was sent, or why none was.
ALTER TABLE jobs ADD COLUMN outcome TEXT;
