-- What came with the schemas up to 7: a consumer, and a visit in its first form.
INSERT INTO nayose.consumer VALUES (1, 'portal', '127.0.0.1', 2575, '', '', '', true);
INSERT INTO nayose.notification (consumer, person, identities, at) VALUES (1, 1, '{1}', now());
INSERT INTO nayose.visit (identity, number, said, newest, terms)
VALUES (1, 'V1', '{"7": [5, "C5", "aa", "D1", ["7.1.1=D1"]], "2": [9, "C9", "bb", "I", ["2.1.1=I"]]}', 9,
        '{2.1.1=I,7.1.1=D1}');
