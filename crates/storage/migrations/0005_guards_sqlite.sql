-- What was issued is never changed, whoever asks.
CREATE TRIGGER documents_issued BEFORE UPDATE OF
    tenant, id, kind, number, customer, line, period_from, period_to, starts_at, ends_at, issued_at, due_at, run, corrects, currency,
    net, tax, total, usage, paper ON documents
BEGIN SELECT RAISE(ABORT, 'an issued document is never changed: correct it by a credit note'); END;
CREATE TRIGGER documents_kept BEFORE DELETE ON documents
BEGIN SELECT RAISE(ABORT, 'an issued document is never deleted'); END;
CREATE TRIGGER drawings_drawn BEFORE UPDATE ON drawings
BEGIN SELECT RAISE(ABORT, 'a document that was drawn is never drawn anew'); END;
