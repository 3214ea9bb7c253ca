-- What became of the rows of upgrade/ under the newest schema. pgTAP.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT plan(13);

SELECT is((SELECT array_agg(body) FROM nayose.model), ARRAY['model of then'], 'the model in use stays');
SELECT is((SELECT (strict_update, drift, id_width, certificates, strict_v3)::text FROM nayose.requester), '(t,t,0,"",f)',
          'a source keeps its settings, new ones are as ever');
SELECT results_eq($$SELECT kind, role, who FROM nayose.pin$$, $$VALUES (2::smallint, 2::smallint, 'sato')$$,
                  'a clerk''s word');
SELECT is((SELECT count(*) FROM nayose.hold WHERE released_at IS NULL), 1::bigint, 'of two holds alike one stands');
SELECT is((SELECT reason FROM nayose.review WHERE state = 1), 4::smallint, 'a question');
SELECT is((SELECT said_at FROM nayose.review_decision), '2026-01-03', 'a decision');
SELECT is((SELECT count(*) FROM nayose.membership_event WHERE at = '2026-01-02 00:00+00'), 2::bigint,
          'moments, no event times');
SELECT is((SELECT forwarded_to FROM nayose.person_event WHERE person = 2), 1::bigint, 'a retired person led there then');
SELECT is((SELECT status FROM nayose.status_event WHERE identity = 2), 2::smallint, 'a merged identity was so then');
SELECT is((SELECT path FROM nayose.notification n JOIN nayose.consumer c ON c.id = n.consumer), '', 'what waits to be told');
SELECT is((SELECT older FROM nayose.visit), '{"7": [5, "C5", "aa", "D1"], "2": [9, "C9", "bb", "I"]}',
          'a visit, each field with its stamp');
SELECT is((SELECT (keys, traits, cancelled)::text FROM nayose.visit), '({7.1.1=D1},{2.1.1=I},f)', 'and what it is found by');
SELECT is_empty($$SELECT * FROM nayose.audit_verify('h')$$, 'the audit chain verifies');

SELECT * FROM finish();
ROLLBACK;
