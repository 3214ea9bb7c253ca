-- Visits so that a word which says what the newest one said costs no more than a new time: said holds what the newest word
-- says, and older what only older ones said; the index holds only what few visits share.
--
-- said: {"7": text, …, "state": "X"}: by PV1 field, the text with the usual delimiters; at, control_id and hash are its
-- stamp. older: {"44": [time, control id, hash, text]}. "state" X: the visit was cancelled. keys and traits: what it is
-- found by, "7.1.1=D1"; a question by traits alone would be a walk through all.

ALTER TABLE nayose.visit RENAME TO visit_old;
ALTER INDEX nayose.visit_pkey RENAME TO visit_old_pkey;
DROP INDEX nayose.visit_terms;

-- number: PV1-19.1; where that is empty '@' and PV1-44.
CREATE TABLE nayose.visit (
    identity   bigint NOT NULL CHECK (identity > 0),
    number     text COLLATE "C" NOT NULL CHECK (number <> ''),
    at         bigint NOT NULL,
    control_id text COLLATE "C" NOT NULL,
    hash       text COLLATE "C" NOT NULL,
    said       jsonb NOT NULL,
    older      jsonb NOT NULL DEFAULT '{}',
    cancelled  bool NOT NULL
               GENERATED ALWAYS AS (coalesce(said ->> 'state', older #>> '{state,3}', '') = 'X') STORED,
    keys       text[] COLLATE "C" NOT NULL,
    traits     text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (identity, number)
) WITH (fillfactor = 70);

INSERT INTO nayose.visit (identity, number, at, control_id, hash, said, older, keys, traits)
SELECT identity, number, newest, '', '', '{}',
       coalesce((SELECT jsonb_object_agg(key, value - 4) FROM jsonb_each(said)), '{}'),
       ARRAY(SELECT t FROM unnest(terms) t WHERE t ~ '^(3|7|8|9|17|19)\.[12]\.1='),
       ARRAY(SELECT t FROM unnest(terms) t WHERE t !~ '^(3|7|8|9|17|19)\.[12]\.1=')
FROM nayose.visit_old;
DROP TABLE nayose.visit_old;
DROP FUNCTION nayose.visit_terms(jsonb);
DROP FUNCTION nayose.visit_merge(jsonb, jsonb);

CREATE INDEX visit_keys ON nayose.visit USING gin (keys) WHERE NOT cancelled;

-- Every field of a visit with its stamp.
CREATE FUNCTION nayose.visit_fields(v nayose.visit)
RETURNS TABLE (key text, at bigint, control_id text, hash text, txt text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT f.key, v.at, v.control_id, v.hash, f.value FROM jsonb_each_text(v.said) f
    UNION ALL
    SELECT f.key, (f.value ->> 0)::bigint, f.value ->> 1, f.value ->> 2, f.value ->> 3 FROM jsonb_each(v.older) f
$$;

-- Of each field the larger (time, control id, hash): the order of arrival does not show. The row is a's.
CREATE FUNCTION nayose.visit_join(a nayose.visit, b nayose.visit) RETURNS nayose.visit
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH newest AS (
        SELECT x.at, x.control_id, x.hash
        FROM (VALUES (a.at, a.control_id, a.hash), (b.at, b.control_id, b.hash)) x (at, control_id, hash)
        ORDER BY x.at DESC, x.control_id COLLATE "C" DESC, x.hash COLLATE "C" DESC LIMIT 1
    ), won AS (
        SELECT DISTINCT ON (key) key, side, x.at, x.control_id, x.hash, txt,
               (x.at, x.control_id, x.hash) = (n.at, n.control_id, n.hash) AS is_newest
        FROM (SELECT 1 AS side, * FROM nayose.visit_fields(a)
              UNION ALL SELECT 2, * FROM nayose.visit_fields(b)) x, newest n
        ORDER BY key, x.at DESC, x.control_id COLLATE "C" DESC, x.hash COLLATE "C" DESC, side
    )
    SELECT a.identity, a.number, n.at, n.control_id, n.hash,
           coalesce((SELECT jsonb_object_agg(key, txt) FROM won WHERE is_newest), '{}'),
           coalesce((SELECT jsonb_object_agg(key, jsonb_build_array(w.at, w.control_id, w.hash, txt))
                     FROM won w WHERE NOT is_newest), '{}'),
           false, -- generated
           ARRAY(SELECT t FROM (SELECT 1 AS side, unnest(a.keys) AS t UNION ALL SELECT 2, unnest(b.keys)) x
                 JOIN won w ON w.side = x.side AND w.key = split_part(t, '.', 1) ORDER BY t COLLATE "C"),
           ARRAY(SELECT t FROM (SELECT 1 AS side, unnest(a.traits) AS t UNION ALL SELECT 2, unnest(b.traits)) x
                 JOIN won w ON w.side = x.side AND w.key = split_part(t, '.', 1) ORDER BY t COLLATE "C")
    FROM newest n
$$;
