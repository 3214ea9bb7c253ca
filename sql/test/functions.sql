-- Partitions and the audit chain. pgTAP.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT plan(25);

SELECT is(nayose.message_partition_ensure('2031-12-05'), 4, 'this month and the next, of two tables');
SELECT is(nayose.message_partition_ensure('2031-12-31'), 0, 'once');
SELECT has_table('nayose', 'message_2032_01', 'over the end of a year');
SET LOCAL TimeZone = 'Asia/Tokyo';
INSERT INTO nayose.message (id, control_id, received, body, ack)
VALUES (1, '', '2032-01-01 00:00+00', '', ''), (2, '', '2031-12-31 23:59:59.999999+00', '', ''),
       (3, '', '2033-05-05 00:00+00', '', '');
SELECT is((SELECT array_agg(tableoid::regclass::text ORDER BY id) FROM nayose.message),
          ARRAY['nayose.message_2032_01', 'nayose.message_2031_12', 'nayose.message_default'],
          'months are UTC whatever the session says');
SELECT is(nayose.message_partition_ensure('2033-05-01'), 3, 'a month that the default partition has begun stays there');

SELECT is((SELECT array_agg(x ORDER BY x) FROM nayose.partitions_ended('message', '2032-01-31 23:59:59+00') x
           WHERE x LIKE 'message_203%'), ARRAY['message_2031_12'], 'a month has ended when its last day has');
SELECT is((SELECT array_agg(x ORDER BY x) FROM nayose.partitions_ended('audit_event', '2032-02-01 00:00+00') x
           WHERE x LIKE 'audit_event_203%'), ARRAY['audit_event_2031_12', 'audit_event_2032_01'], 'UTC there, too');
SELECT lives_ok($$SELECT nayose.partitions_drop(ARRAY['message_2031_12', 'message_2031_12'])$$, 'a month of messages goes');
SELECT is((SELECT array_agg(id ORDER BY id) FROM nayose.message), ARRAY[1, 3]::bigint[], 'with its rows alone');
SELECT throws_ok($$SELECT nayose.partitions_drop(ARRAY['audit_event_2031_12'])$$, '23001', NULL,
                 'audit rows of the last 366 days, or of days to come, do not go');
SELECT throws_ok($$SELECT nayose.partitions_drop(ARRAY['identity'])$$, '23001', NULL, 'nor does any other table');

SELECT is(nayose.audit_field('山'::text), '\x333ae5b1b12c'::bytea, 'a field is its length in bytes and the bytes');

-- A row by hand, hashed by the rule in words.
INSERT INTO nayose.audit_event
SELECT 'h', 1, '1970-01-01 00:00:01.5+00', 'feed', 0, 0, 'u', '', '', '', '', '', '', 0, '\xff', '', 0, 'AA', '', p,
       sha256(p || '1:h,1:1,7:1500000,4:feed,1:0,1:0,1:u,0:,0:,0:,0:,0:,0:,1:0,1:'::bytea || '\xff'
                || ',0:,1:0,2:AA,0:,'::bytea)
FROM (SELECT decode(repeat('00', 32), 'hex') AS p) z;
SELECT is_empty($$SELECT * FROM nayose.audit_verify('h')$$, 'the chain verifies');
SELECT throws_ok($$UPDATE nayose.audit_event SET kind = 'x'$$, '23001', NULL, 'no update');
SELECT throws_ok($$DELETE FROM nayose.audit_event_default$$, '23001', NULL, 'no delete, nor in a partition');
SELECT throws_ok($$TRUNCATE nayose.audit_event_2031_12$$, '23001', NULL, 'no truncate of a partition');
INSERT INTO nayose.audit_event
SELECT chain, 2, at, kind, 0, 0, '', '', '', '', '', '', '', 0, '', '', 0, '', '', prev_hash, prev_hash
FROM nayose.audit_event WHERE chain = 'h';
SELECT results_eq($$SELECT seq, problem FROM nayose.audit_verify('h')$$,
                  $$VALUES (2::bigint, 'row was changed')$$, 'a forged row shows');
SELECT is_empty($$SELECT * FROM nayose.audit_verify('nobody')$$, 'an unknown chain has no fault');

-- Visits: of each field the larger stamp, whatever comes first.
CREATE TEMP TABLE word (n int, w nayose.visit);
INSERT INTO word SELECT n, ROW(1, 'V', at, control_id, hash, said::jsonb, '{}', false, keys, traits)::nayose.visit FROM (VALUES
    (1, 5, 'B', '00', '{"2": "I", "7": "D1"}', '{7.1.1=D1}'::text[], '{2.1.1=I}'::text[]),
    (2, 5, 'a', '00', '{"7": "D2"}', '{7.1.1=D2,7.2.1=X}', '{7.3.1=Y}'), -- bytes: B is less than a
    (3, 40, 'A', '00', '{"3": "W3", "7": ""}', '{3.1.1=W3}', '{}'),
    (4, 41, 'A', '01', '{"2": "", "state": "X"}', '{}', '{}')) w (n, at, control_id, hash, said, keys, traits);
CREATE TEMP VIEW both_ways AS SELECT a.n AS a, b.n AS b, nayose.visit_join(a.w, b.w) AS v FROM word a, word b;
SELECT is((SELECT count(DISTINCT nayose.visit_join(nayose.visit_join(a.w, b.w), nayose.visit_join(c.w, d.w)))
           FROM word a, word b, word c, word d
           WHERE array_length(ARRAY(SELECT DISTINCT unnest(ARRAY[a.n, b.n, c.n, d.n])), 1) = 4),
          1::bigint, 'all orders of four words give one visit');
SELECT is((x.v).said ->> '7', 'D2', 'control ids are compared by their bytes') FROM both_ways x WHERE a = 1 AND b = 2;
SELECT is((x.v).older, '{"2": [5, "B", "00", "I"]}', 'what only an older word said keeps its stamp')
FROM both_ways x WHERE a = 1 AND b = 2;
SELECT is(x.v, word.w, 'a word again is nothing new') FROM both_ways x JOIN word ON word.n = 1 WHERE a = 1 AND b = 1;
SELECT is(((x.v).keys, (x.v).traits)::text, '("{7.1.1=D2,7.2.1=X}","{2.1.1=I,7.3.1=Y}")',
          'terms are those of the fields that stand') FROM both_ways x WHERE a = 1 AND b = 2;
INSERT INTO nayose.visit (identity, number, at, control_id, hash, said, keys, traits)
SELECT (w).identity, (w).number, (w).at, (w).control_id, (w).hash, (w).said, (w).keys, (w).traits FROM word WHERE n = 1;
SELECT is(cancelled, false, 'a visit is there until it is cancelled') FROM nayose.visit;
UPDATE nayose.visit v SET (said, older, keys, traits) = (SELECT j.said, j.older, j.keys, j.traits FROM nayose.visit_join(v, word.w) j)
FROM word WHERE word.n = 4;
SELECT is((cancelled, keys, traits)::text, '(t,{7.1.1=D1},{})', 'what is deleted has no terms') FROM nayose.visit;

SELECT * FROM finish();
ROLLBACK;
