-- Any past moment can be answered: who belonged to whom, which identities were in answers, where a retired
-- regional ID led. A moment is that of the transaction that made the change, so that what one batch changed
-- was true at once. Within one moment the last row (seq) counts.

-- What an identity was before its first row here: active.
CREATE TABLE nayose.status_event (
    seq      bigint GENERATED ALWAYS AS IDENTITY,
    identity bigint NOT NULL CHECK (identity > 0),
    status   smallint NOT NULL CHECK (status BETWEEN 1 AND 4), -- active, merged, deleted, test
    at       timestamptz NOT NULL,
    PRIMARY KEY (identity, seq)
);
-- What a person was before its first row here: live.
CREATE TABLE nayose.person_event (
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    person       bigint NOT NULL CHECK (person > 0),
    retired      bool NOT NULL,
    forwarded_to bigint,
    at           timestamptz NOT NULL,
    PRIMARY KEY (person, seq)
);
CREATE TRIGGER keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON nayose.status_event
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON nayose.person_event
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
-- Who left a person: moves only, few beside first sights.
CREATE INDEX membership_from ON nayose.membership_event (from_person) WHERE from_person IS NOT NULL;

-- Until now membership_event.at was the event time that a message told; from now on it is the moment. What
-- was recorded before is as near to it as the messages that are still kept allow.
ALTER TABLE nayose.membership_event DISABLE TRIGGER keeps;
UPDATE nayose.membership_event e SET at = m.received FROM nayose.message m WHERE m.id = e.message;
ALTER TABLE nayose.membership_event ENABLE TRIGGER keeps;
INSERT INTO nayose.person_event (person, retired, forwarded_to, at)
SELECT p.id, true, p.forwarded_to,
       coalesce((SELECT max(e.at) FROM nayose.membership_event e WHERE e.from_person = p.id), now())
FROM nayose.person p WHERE p.retired ORDER BY p.id;
INSERT INTO nayose.status_event (identity, status, at)
SELECT i.id, i.status,
       coalesce((SELECT max(m.received) FROM nayose.message m JOIN nayose.pin n ON n.message = m.id
                 WHERE n.a = i.id AND n.kind = 4 AND i.status = 2),
                (SELECT min(m.received) FROM nayose.message m JOIN nayose.identity_version v ON v.message = m.id
                 WHERE v.identity = i.id AND v.status = i.status), now())
FROM nayose.identity i WHERE i.status <> 1 ORDER BY i.id;

CREATE FUNCTION nayose.person_at(of_identity bigint, moment timestamptz) RETURNS bigint LANGUAGE sql STABLE
    RETURN (SELECT e.to_person FROM nayose.membership_event e
            WHERE e.identity = of_identity AND e.at <= moment ORDER BY e.seq DESC LIMIT 1);
-- In answers: active or a test.
CREATE FUNCTION nayose.is_shown_at(of_identity bigint, moment timestamptz) RETURNS bool LANGUAGE sql STABLE
    RETURN coalesce((SELECT e.status IN (1, 4) FROM nayose.status_event e
                     WHERE e.identity = of_identity AND e.at <= moment ORDER BY e.seq DESC LIMIT 1), true);
