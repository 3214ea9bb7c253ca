-- Whose child an identity is, by the id that its messages name (PID-21): a newborn is asked for by it alone. A way to find
-- them only: what holds stands in identity.demographics, and a mother who is named no more stays here.

CREATE TABLE nayose.mother (
    identity bigint PRIMARY KEY CHECK (identity > 0),
    mother   text COLLATE "C" NOT NULL CHECK (mother <> '') -- namespace^id
);
CREATE INDEX mother_children ON nayose.mother (mother);

INSERT INTO nayose.mother (identity, mother)
SELECT id, demographics #>> '{mother_id,0}' FROM nayose.identity WHERE demographics #>> '{mother_id,0}' <> '';
