-- What came with the schemas up to 10: what a clerk decided.
INSERT INTO nayose.review_decision (a, b, decision, who, at, reason, note, whom, seconds, asked, total_b1024, guards, said_at,
                                    before)
VALUES (1, 2, 2, 'sato', now(), 'other', '', '', 5, 4, 20480, 0, '2026-01-03', 0);
