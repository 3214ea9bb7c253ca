-- Model versions: how each came to be, how far a change from one to another has come, what calibrations
-- found, and the sample of links that clerks judged.

-- state: 1 staged, 2 active, 3 retired, 4 made (neither rehearsed nor in use)
ALTER TABLE nayose.model DROP CONSTRAINT model_state_check;
ALTER TABLE nayose.model
    ADD CONSTRAINT model_state_check CHECK (state BETWEEN 1 AND 4),
    ADD COLUMN made_from int REFERENCES nayose.model,
    ADD COLUMN made_by text NOT NULL DEFAULT '',
    ADD COLUMN report jsonb,    -- what training measured
    ADD COLUMN rehearsal jsonb; -- what would change, against which version and when

-- A change of version under way: the new one is active, identities up to done_to are linked by it.
CREATE TABLE nayose.model_rollout (
    single       bool PRIMARY KEY DEFAULT true CHECK (single),
    from_version int NOT NULL REFERENCES nayose.model,
    to_version   int NOT NULL REFERENCES nayose.model,
    done_to      bigint NOT NULL CHECK (done_to >= 0),
    CONSTRAINT rollout_changes CHECK (from_version <> to_version)
);

CREATE TABLE nayose.calibration (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at    timestamptz NOT NULL,
    model int NOT NULL REFERENCES nayose.model,
    body  jsonb NOT NULL
);

-- The margin: links of the lowest scores, drawn at random, and what clerks say who do not see the score.
CREATE TABLE nayose.label (
    a        bigint NOT NULL REFERENCES nayose.identity,
    b        bigint NOT NULL REFERENCES nayose.identity,
    model    int NOT NULL REFERENCES nayose.model,
    drawn_at timestamptz NOT NULL,
    CONSTRAINT label_joins_two CHECK (a <> b)
);
CREATE UNIQUE INDEX label_pair ON nayose.label (least(a, b), greatest(a, b), model);

CREATE TABLE nayose.label_answer (
    a     bigint NOT NULL,
    b     bigint NOT NULL,
    model int NOT NULL,
    who   text NOT NULL CHECK (who <> ''),
    same  bool NOT NULL,
    at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX label_answer_once ON nayose.label_answer (least(a, b), greatest(a, b), model, who);

-- Where an identity came from is read at every start.
CREATE INDEX membership_left ON nayose.membership_event (identity, seq) WHERE from_person IS NOT NULL;
