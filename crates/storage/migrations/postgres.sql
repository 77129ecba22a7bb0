-- SQLite's json_each over an array, so that one text runs a batch on both engines.
CREATE FUNCTION json_each(document TEXT) RETURNS TABLE (key BIGINT, value JSONB)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 500
    AS $$ SELECT ordinality - 1, element FROM jsonb_array_elements(document::jsonb) WITH ORDINALITY AS list (element, ordinality) $$;
