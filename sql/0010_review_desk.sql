-- The clerks' desk: what each of them decided of a question, put off, gave to somebody or noted, and how long
-- it took. A decision is a pin as well; this row says which question it answered and what undoes it.

CREATE TABLE nayose.review_decision (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    a           bigint NOT NULL REFERENCES nayose.identity,
    b           bigint NOT NULL REFERENCES nayose.identity,
    decision    smallint NOT NULL CHECK (decision BETWEEN 1 AND 5), -- same, different, later, assign, note
    who         text NOT NULL CHECK (who <> ''),
    at          timestamptz NOT NULL,
    reason      text NOT NULL,                         -- a code; '' = none
    note        text NOT NULL,
    whom        text NOT NULL,                         -- assign: to whom, '' = to nobody
    until_at    timestamptz,                           -- later
    seconds     int NOT NULL CHECK (seconds >= 0),     -- that the case lay open before it; 0 = it was not open
    asked       smallint NOT NULL CHECK (asked BETWEEN 0 AND 7), -- the reason of the question; 0 = none
    total_b1024 int NOT NULL,                          -- of the two, as the clerk saw them
    guards      int NOT NULL,
    said_at     timestamptz,                           -- same, different: event time of the pin
    before      smallint NOT NULL CHECK (before BETWEEN 0 AND 5), -- kind of the pin it took the place of; 0 = none
    undone_at   timestamptz,
    undone_by   text,
    CONSTRAINT decision_is_on_two CHECK (a <> b),
    CONSTRAINT decision_has_its_pin CHECK ((decision IN (1, 2)) = (said_at IS NOT NULL)),
    CONSTRAINT decision_later_has_an_end CHECK ((decision = 3) = (until_at IS NOT NULL)),
    CONSTRAINT decision_undone_by_somebody CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
CREATE INDEX review_decision_pair ON nayose.review_decision (least(a, b), greatest(a, b), id);
CREATE INDEX review_decision_who ON nayose.review_decision (who, id);
-- Append-only, but for being undone once.
CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON nayose.review_decision
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps_word BEFORE UPDATE OF id, a, b, decision, who, at, reason, note, whom, until_at, seconds, asked,
    total_b1024, guards, said_at, before ON nayose.review_decision
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
