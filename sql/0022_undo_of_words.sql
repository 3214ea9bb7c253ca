-- 10 to 15: that somebody said that two are one, are two, or took that back, does not count, or does
-- after all; whatever else was said of them stays
ALTER TABLE nayose.pin
    DROP CONSTRAINT pin_kind_is_known,
    ADD CONSTRAINT pin_kind_is_known CHECK (kind BETWEEN 1 AND 15);
ALTER TABLE nayose.proposal
    DROP CONSTRAINT proposal_kind_check,
    ADD CONSTRAINT proposal_kind_check CHECK (kind BETWEEN 1 AND 15),
    DROP CONSTRAINT proposal_word_role_check,
    ADD CONSTRAINT proposal_word_role_check CHECK (word_role BETWEEN 0 AND 3);
