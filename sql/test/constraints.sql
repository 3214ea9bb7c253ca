-- What PostgreSQL refuses by itself. pgTAP; the caller has migrated an empty database.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT plan(47);

-- A small world: two domains, persons 1–3, identities 1–3.
INSERT INTO nayose.identity_domain (id, kind, listed, namespace, oid, oid_type, name, source_app, source_facility)
VALUES (1, 1, true, 'A', '1.2.1', 'ISO', 'A', '', 'A'), (2, 2, true, 'R', '1.2.2', 'ISO', 'R', '', '');
INSERT INTO nayose.requester VALUES (1, '', 'A', '', false, false, false, false, false, 1);
INSERT INTO nayose.person (id, regional_id, retired) VALUES (1, 'R1', false), (2, 'R2', false), (3, 'R3', false);
INSERT INTO nayose.identity
SELECT i, 1, 'L' || i, 1, i, '{}', '', 1, 0, now(), 1, 1 FROM generate_series(1, 3) i;
INSERT INTO nayose.model (version, body, state) SELECT 1, 'x', 2 WHERE NOT EXISTS (SELECT FROM nayose.model);

-- domains and requesters
SELECT throws_ok($$INSERT INTO nayose.identity_domain VALUES (3, 1, true, 'A', '1.2.3', 'ISO', '', '', '')$$,
                 '23505', NULL, 'a namespace is used once');
SELECT throws_ok($$INSERT INTO nayose.identity_domain VALUES (3, 1, true, 'B', '1.2.1', 'ISO', '', '', '')$$,
                 '23505', NULL, 'an OID is used once');
SELECT throws_ok($$INSERT INTO nayose.identity_domain VALUES (3, 2, true, 'B', '1.2.3', 'ISO', '', '', '')$$,
                 '23505', NULL, 'there is one regional domain');
SELECT throws_ok($$INSERT INTO nayose.identity_domain VALUES (3, 6, true, 'B', '1.2.3', 'ISO', '', '', '')$$,
                 '23514', NULL, 'kinds of domains are known');
SELECT throws_ok($$DELETE FROM nayose.identity_domain$$, '23001', NULL, 'a domain stays');
SELECT throws_ok($$INSERT INTO nayose.requester VALUES (2, '', 'A', '', false, false, false, false, false, NULL)$$,
                 '23505', NULL, 'a source is application and facility');
SELECT throws_ok($$UPDATE nayose.requester SET default_domain = 9$$, '23503', NULL, 'a default domain exists');
SELECT throws_ok($$INSERT INTO nayose.requester_grant VALUES (9, 'feed')$$, '23503', NULL, 'a grant is somebody''s');

-- persons
SELECT throws_ok($$INSERT INTO nayose.person (id, regional_id, retired) VALUES (4, 'R1', false)$$,
                 '23505', NULL, 'a regional id is used once');
SELECT throws_ok($$UPDATE nayose.person SET retired = true, forwarded_to = 1 WHERE id = 1$$,
                 '23514', NULL, 'nobody is forwarded to himself');
SELECT throws_ok($$UPDATE nayose.person SET forwarded_to = 2 WHERE id = 1$$,
                 '23514', NULL, 'who is forwarded is retired');
SELECT throws_ok($$UPDATE nayose.person SET retired = true, forwarded_to = 9 WHERE id = 1$$,
                 '23503', NULL, 'forwarded to somebody');
SELECT throws_ok($$UPDATE nayose.person SET regional_id = 'R9' WHERE id = 1$$,
                 '23001', NULL, 'a regional id stays');
SELECT throws_ok($$DELETE FROM nayose.person$$, '23001', NULL, 'a person stays');

-- identities
SELECT throws_ok($$INSERT INTO nayose.identity VALUES (4, 1, 'L1', 1, 1, '{}', '', 1, 0, now(), 1, 1)$$,
                 '23505', NULL, 'a local id is used once in its domain');
SELECT lives_ok($$INSERT INTO nayose.identity VALUES (4, 2, 'L1', 1, 1, '{}', '', 1, 0, now(), 1, 1)$$,
                'and again in another');
SELECT throws_ok($$INSERT INTO nayose.identity VALUES (5, 1, 'L5', 1, NULL, '{}', '', 1, 0, now(), 1, 1)$$,
                 '23514', NULL, 'an active identity has a person');
SELECT lives_ok($$INSERT INTO nayose.identity VALUES (5, 1, 'L5', 3, NULL, '{}', '', 1, 0, now(), 1, 1)$$,
                'a deleted one need not');
SELECT throws_ok($$INSERT INTO nayose.identity VALUES (6, 1, 'L6', 5, 1, '{}', '', 1, 0, now(), 1, 1)$$,
                 '23514', NULL, 'statuses are known');
SELECT throws_ok($$INSERT INTO nayose.identity VALUES (6, 9, 'L6', 1, 1, '{}', '', 1, 0, now(), 1, 1)$$,
                 '23503', NULL, 'its domain exists');
SELECT throws_ok($$INSERT INTO nayose.identity VALUES (6, 1, 'L6', 1, 9, '{}', '', 1, 0, now(), 1, 1)$$,
                 '23503', NULL, 'its person exists');
SELECT throws_ok($$UPDATE nayose.identity SET person = 9 WHERE id = 1$$, '23503', NULL, 'and its next person');
SELECT throws_ok($$INSERT INTO nayose.identity VALUES (7, 1, 'L7', 1, 1, '{}', '', 1, 0, now(), 1, 1)$$,
                 '23514', NULL, 'numbers have no gaps');
SELECT throws_ok($$UPDATE nayose.identity SET local_id = 'X' WHERE id = 1$$, '23001', NULL, 'its name stays');
SELECT throws_ok($$DELETE FROM nayose.identity WHERE id = 5$$, '23001', NULL, 'an identity stays');

-- edges
SELECT lives_ok($$INSERT INTO nayose.edge VALUES (3, 1, 0, 0, '\x0000000000000000', 1)$$,
                'an edge in canonical order, whatever the numbers');
SELECT throws_ok($$INSERT INTO nayose.edge VALUES (1, 3, 0, 0, '\x0000000000000000', 1)$$,
                 '23505', NULL, 'a pair has one edge, both ways round');
SELECT throws_ok($$INSERT INTO nayose.edge VALUES (1, 1, 0, 0, '\x0000000000000000', 1)$$,
                 '23514', NULL, 'an edge joins two');
SELECT throws_ok($$INSERT INTO nayose.edge VALUES (1, 6, 0, 0, '\x0000000000000000', 1)$$,
                 '23503', NULL, 'both exist');

-- history
SELECT throws_ok($$INSERT INTO nayose.identity_version VALUES (6, 1, NULL, 1, '{}', '', 1, now(), 1)$$,
                 '23503', NULL, 'a version is of an identity');
INSERT INTO nayose.membership_event (identity, to_person, at, cause) VALUES (1, 1, now(), 1);
SELECT throws_ok($$INSERT INTO nayose.membership_event (identity, from_person, to_person, at, cause)
                   VALUES (1, 2, 2, now(), 1)$$, '23514', NULL, 'a membership moves');
SELECT throws_ok($$UPDATE nayose.membership_event SET to_person = 2$$, '23001', NULL, 'memberships are kept');

-- model, pins, holds, reviews
SELECT throws_ok($$INSERT INTO nayose.model (version, body, state) VALUES (2, 'y', 2)$$,
                 '23505', NULL, 'one model is active');
SELECT throws_ok($$UPDATE nayose.model SET body = 'y'$$, '23001', NULL, 'a model is immutable');
INSERT INTO nayose.pin (a, b, kind, who, role, at, control_id, body_hash, pair, reason)
VALUES (1, 2, 1, 'x', 1, now(), '', decode(repeat('00', 32), 'hex'), 0, '');
SELECT throws_ok($$UPDATE nayose.pin SET kind = 2$$, '23001', NULL, 'a pin stays');
SELECT throws_ok($$INSERT INTO nayose.hold (identity, source, why, at) VALUES (1, 1, '', now())$$,
                 '23514', NULL, 'a hold is on one thing');
INSERT INTO nayose.review (a, b, state, reason, total_b1024, guards, opened_at) VALUES (1, 2, 1, 1, 0, 0, now());
SELECT throws_ok($$INSERT INTO nayose.review (a, b, state, reason, total_b1024, guards, opened_at)
                   VALUES (2, 1, 2, 1, 0, 0, now())$$, '23505', NULL, 'one question of a pair waits');

INSERT INTO nayose.proposal (number, pair, a, b, kind, word_role, who, at, reason, together, size)
VALUES (1, 0, 1, 2, 1, 2, 'x', now(), '', '', 13);
SELECT throws_ok($$UPDATE nayose.proposal SET kind = 2$$, '23001', NULL, 'a proposal stays');
INSERT INTO nayose.proposal_end VALUES (1, 1, 'y', now(), '');
SELECT throws_ok($$INSERT INTO nayose.proposal_end VALUES (1, 2, 'x', now(), '')$$,
                 '23505', NULL, 'a proposal ends once');
SELECT throws_ok($$DELETE FROM nayose.proposal_end$$, '23001', NULL, 'its end stays');
PREPARE decide AS INSERT INTO nayose.review_decision (a, b, decision, who, at, reason, note, whom, seconds, asked,
    total_b1024, guards, said_at, before, proposal) VALUES (1, 2, 1, 'x', now(), '', '', '', 5, 4, 0, 0, $1, 0, $2);
SELECT throws_ok($$EXECUTE decide(NULL, NULL)$$, '23514', NULL, 'a decision has a pin, or waits');
EXECUTE decide(NULL, 1);
SELECT throws_ok($$UPDATE nayose.review_decision SET proposal = 2$$, '23001', NULL, 'what it waits for stays');
SELECT lives_ok($$UPDATE nayose.review_decision SET said_at = now()$$, 'what waited is said');
SELECT throws_ok($$UPDATE nayose.review_decision SET said_at = now()$$, '23001', NULL, 'once');

-- messages, leader
SELECT throws_ok($$INSERT INTO nayose.message_seen VALUES (1, 'M', '\x00', now(), '')$$,
                 '23514', NULL, 'a body hash is SHA-256');
SELECT throws_ok($$INSERT INTO nayose.leader (epoch, holder, since) VALUES (1, 'x', now())$$,
                 '23505', NULL, 'there is one leader row');
SELECT throws_ok($$SELECT 1/count(*) FROM (SELECT 1 FROM nayose.leader WHERE epoch = -1 FOR SHARE) s$$,
                 '22012', NULL, 'the fence raises');

SELECT * FROM finish();
ROLLBACK;
