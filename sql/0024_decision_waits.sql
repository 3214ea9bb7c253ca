-- A decision that waits for a second person has its row from the beginning: without a pin, and of no account until
-- somebody confirms it. What takes a decision back may have to wait, too.

ALTER TABLE nayose.review_decision
    ADD COLUMN proposal bigint,             -- same, different: it waited, or waits, under this number; NULL = it did not
    DROP CONSTRAINT decision_has_its_pin,
    ADD CONSTRAINT decision_has_its_pin CHECK (CASE WHEN decision IN (1, 2) THEN said_at IS NOT NULL OR proposal IS NOT NULL
                                               ELSE said_at IS NULL AND proposal IS NULL END);
CREATE UNIQUE INDEX review_decision_proposal ON nayose.review_decision (proposal) WHERE proposal IS NOT NULL;
ALTER TABLE nayose.proposal ADD COLUMN undoes bigint REFERENCES nayose.review_decision; -- that it takes back; NULL = none

-- What was said stays; what waits is said once.
DROP TRIGGER keeps_word ON nayose.review_decision;
CREATE TRIGGER keeps_word BEFORE UPDATE OF id, a, b, decision, who, at, reason, note, whom, until_at, seconds, asked,
    total_b1024, guards, proposal ON nayose.review_decision
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps_pin BEFORE UPDATE OF said_at, before ON nayose.review_decision
    FOR EACH ROW WHEN (OLD.said_at IS NOT NULL OR OLD.undone_at IS NOT NULL) EXECUTE FUNCTION nayose.refuse_change();
