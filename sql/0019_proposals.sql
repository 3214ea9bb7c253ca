-- Words that would make a large group wait for a second person. Append-only; what ended them is a row of its own,
-- one at most, so that of two who end one the second is refused.

CREATE TABLE nayose.proposal ( -- one row a word; those of one number are said together or not at all
    number    bigint NOT NULL CHECK (number > 0),
    pair      int NOT NULL CHECK (pair >= 0),
    a         bigint NOT NULL REFERENCES nayose.identity,
    b         bigint NOT NULL REFERENCES nayose.identity,
    kind      smallint NOT NULL CHECK (kind BETWEEN 1 AND 9),      -- as of pins
    word_role smallint NOT NULL CHECK (word_role BETWEEN 1 AND 3), -- of the pin
    who       text NOT NULL CHECK (who <> ''),
    at        timestamptz NOT NULL,
    reason    text NOT NULL,
    together  text NOT NULL,                                       -- what they undo, '' = nothing
    size      int NOT NULL CHECK (size > 1),                       -- identities of the group to be
    PRIMARY KEY (number, pair),
    CONSTRAINT proposal_is_on_two CHECK (a <> b)
);
CREATE TABLE nayose.proposal_end (
    number bigint PRIMARY KEY,
    how    smallint NOT NULL CHECK (how IN (1, 2)), -- confirmed, rejected
    who    text NOT NULL CHECK (who <> ''),
    at     timestamptz NOT NULL,
    reason text NOT NULL
);
CREATE TRIGGER keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON nayose.proposal
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON nayose.proposal_end
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();

-- 7: the merge counts after all; 8: that a moved to b does not count; 9: it does after all
ALTER TABLE nayose.pin
    DROP CONSTRAINT pin_kind_is_known,
    ADD CONSTRAINT pin_kind_is_known CHECK (kind BETWEEN 1 AND 9);
