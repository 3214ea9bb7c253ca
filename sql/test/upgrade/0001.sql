-- What a database of the first schema held: 2 was retired for 1, and a clerk said that the two are not one.
INSERT INTO nayose.identity_domain VALUES (1, 1, true, 'F01', '1.2.3', 'ISO', '', 'HIS', 'F01');
INSERT INTO nayose.requester VALUES (1, 'HIS', 'F01', 'UTF-8', false, true, false, false, false, 1);
INSERT INTO nayose.requester_grant VALUES (1, 'feed');
INSERT INTO nayose.person VALUES (1, 'R1', false, NULL), (2, 'R2', true, 1);
INSERT INTO nayose.message VALUES (7, 1, 'C7', '2026-01-02 00:00+00', 'body', 'ack');
INSERT INTO nayose.identity VALUES
    (1, 1, '1', 1, 1, '{}', '\x05', 1, 11, '2025-12-01', 1, 3), (2, 1, '2', 2, 1, '{}', '\x05', 1, 12, '2025-12-01', 1, 3);
INSERT INTO nayose.identity_version VALUES (1, 1, 7, 1, '{}', '\x05', 1, '2025-12-01', 3);
INSERT INTO nayose.membership_event (identity, from_person, to_person, at, cause, message)
VALUES (1, NULL, 1, '2025-12-01', 1, 7), (2, 2, 1, '2025-12-01', 1, 7);
INSERT INTO nayose.model VALUES (1, 'model of then', 2);
INSERT INTO nayose.edge VALUES (1, 2, 20480, 0, '\x0000000000000000', 1);
INSERT INTO nayose.pin (a, b, same, who, role, at, reason) VALUES (1, 2, false, 'sato', 2, '2026-01-03', 'asked');
INSERT INTO nayose.hold (identity, why, at) VALUES (1, 'search', now()), (1, 'search', now());
INSERT INTO nayose.review (a, b, state, reason, total_b1024, guards, opened_at) VALUES (1, 2, 1, 4, 20480, 0, '2026-01-03');
INSERT INTO nayose.audit_event
SELECT (e).chain, (e).seq, (e).at, (e).kind, 0, 1, '', '', '', '', 'C7', 'F01', '1', 1, '', '', 0, 'AA', '', (e).prev_hash,
       sha256((e).prev_hash || nayose.audit_canonical(e))
FROM (SELECT ROW('h', 1, '2026-01-02 00:00+00', 'feed', 0, 1, '', '', '', '', 'C7', 'F01', '1', 1, '', '', 0, 'AA', '',
                 decode(repeat('00', 32), 'hex'), '')::nayose.audit_event AS e) x;
