-- Partitions and the audit chain. pgTAP.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT plan(18);

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
CREATE TEMP TABLE said (n int, j jsonb);
INSERT INTO said VALUES
    (1, '{"2": [5, "B", "00", "I", ["2.1.1=I"]], "7": [5, "B", "00", "D1", ["7.1.1=D1"]]}'),
    (2, '{"7": [5, "a", "00", "D2", ["7.1.1=D2", "7.2.1=X"]]}'), -- bytes: B is less than a
    (3, '{"3": [40, "A", "00", "W3", ["3.1.1=W3"]], "7": [4, "Z", "ff", "", []]}'),
    (4, '{"2": [40, "A", "01", "", []], "state": [6, "A", "00", "X", []]}');
SELECT is((SELECT count(DISTINCT nayose.visit_merge(nayose.visit_merge(a.j, b.j), nayose.visit_merge(c.j, d.j)))
           FROM said a, said b, said c, said d
           WHERE array_length(ARRAY(SELECT DISTINCT unnest(ARRAY[a.n, b.n, c.n, d.n])), 1) = 4),
          1::bigint, 'all orders of four words give one visit');
SELECT is(nayose.visit_merge(a.j, b.j) #>> '{7,3}', 'D2', 'control ids are compared by their bytes')
FROM said a, said b WHERE a.n = 1 AND b.n = 2;
SELECT is(nayose.visit_merge(a.j, a.j), a.j, 'a word again is nothing new') FROM said a WHERE n = 1;
SELECT is(nayose.visit_terms(nayose.visit_merge(nayose.visit_merge(a.j, b.j), c.j)),
          ARRAY['2.1.1=I', '3.1.1=W3', '7.1.1=D2', '7.2.1=X'], 'terms are those of the fields that stand')
FROM said a, said b, said c WHERE a.n = 1 AND b.n = 2 AND c.n = 3;
INSERT INTO nayose.visit (identity, number, said, newest, terms) SELECT 1, 'V', j, 5, '{}' FROM said WHERE n = 1;
SELECT is(cancelled, false, 'a visit is there until it is cancelled') FROM nayose.visit;
UPDATE nayose.visit v SET said = nayose.visit_merge(v.said, d.j) FROM said d WHERE d.n = 4;
SELECT is((cancelled, nayose.visit_terms(said))::text, '(t,{7.1.1=D1})', 'what is deleted has no terms') FROM nayose.visit;

SELECT * FROM finish();
ROLLBACK;
