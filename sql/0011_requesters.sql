-- What differs between sources a little more, and between those who only ask.

ALTER TABLE nayose.requester
    ADD COLUMN id_width smallint NOT NULL DEFAULT 0 CHECK (id_width BETWEEN 0 AND 20), -- digits of its ids; 0 = as received
    ADD COLUMN address smallint NOT NULL DEFAULT 0 CHECK (address BETWEEN 0 AND 2),    -- all of PID-11, XAD-8, XAD-1 to 5
    ADD COLUMN query_criteria smallint NOT NULL DEFAULT 0                              -- at least; 0 = as configured
        CHECK (query_criteria BETWEEN 0 AND 5);

-- 'query': has rules of its own for what it asks, and may feed nothing by that.
ALTER TABLE nayose.requester_grant
    DROP CONSTRAINT requester_grant_action_check,
    ADD CONSTRAINT requester_grant_action_check CHECK (action IN ('feed', 'query'));
