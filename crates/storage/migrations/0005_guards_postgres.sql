-- What was issued is never changed, whoever asks.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'an issued document is never changed or deleted: correct it by a credit note'; END $$;
CREATE TRIGGER documents_issued BEFORE UPDATE OF
    tenant, id, kind, number, customer, line, period_from, period_to, starts_at, ends_at, issued_at, due_at, run, corrects, currency,
    net, tax, total, usage, paper ON documents
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER documents_kept BEFORE DELETE ON documents FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER drawings_drawn BEFORE UPDATE ON drawings FOR EACH ROW EXECUTE FUNCTION refuse_change();
