-- Partitions and the audit chain. pgTAP.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT plan(12);

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

SELECT * FROM finish();
ROLLBACK;
