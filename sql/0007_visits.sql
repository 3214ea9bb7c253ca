-- Visits as PV1 tells them, for the demographics and visit query (ITI-22). A visit belongs to the identity that it was
-- said of; whose visit it is follows from the identity's person, so merges and moves of identities move visits, too.
--
-- said: {"7": [time, control id, hash, text, [terms]], ..., "state": [..., "X", []]}: by PV1 field, what set it and what
-- it is: the text with the usual delimiters, and what it is found by. "state" X: the visit was cancelled.

-- Of each field the larger (time, control id, hash): the order of arrival does not show.
CREATE FUNCTION nayose.visit_merge(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_object_agg(key, value) FROM (
        SELECT DISTINCT ON (key) key, value
        FROM (SELECT * FROM jsonb_each(a) UNION ALL SELECT * FROM jsonb_each(b)) x
        ORDER BY key, (value ->> 0)::bigint DESC, (value ->> 1) COLLATE "C" DESC,
                 (value ->> 2) COLLATE "C" DESC) y
$$;

CREATE FUNCTION nayose.visit_terms(said jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT t COLLATE "C"), '{}')
    FROM jsonb_each(said) f CROSS JOIN jsonb_array_elements_text(f.value -> 4) t
$$;

-- number: PV1-19.1; where that is empty '@' and PV1-44. newest: the largest time in said; terms: those of all fields. Both
-- are written with said: the functions cost more than the row, so that the usual word, newer than all that is known,
-- goes without them.
CREATE TABLE nayose.visit (
    identity  bigint NOT NULL CHECK (identity > 0),
    number    text COLLATE "C" NOT NULL CHECK (number <> ''),
    said      jsonb NOT NULL,
    newest    bigint NOT NULL,
    cancelled bool NOT NULL GENERATED ALWAYS AS (coalesce(said #>> '{state,3}' = 'X', false)) STORED,
    terms     text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (identity, number)
) WITH (fillfactor = 80);
CREATE INDEX visit_terms ON nayose.visit USING gin (terms) WHERE NOT cancelled;
