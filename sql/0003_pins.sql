-- Every word about two identities is kept: who said what, in which role, at what event time. Which word is
-- in force is computed from all of them, so that the order in which they came does not matter. A merge is
-- such a word, too.

DROP INDEX nayose.pin_in_force;
ALTER TABLE nayose.pin
    ADD kind       smallint NOT NULL DEFAULT 1,                                 -- same, different, none, merge
    ADD control_id text COLLATE "C" NOT NULL DEFAULT '',                        -- of what said it, with at and
    ADD body_hash  bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),      -- body_hash its stamp
    ADD pair       int NOT NULL DEFAULT 0,                                      -- its place there
    ADD message    bigint,
    DROP CONSTRAINT pin_role_check;
UPDATE nayose.pin SET kind = CASE WHEN same THEN 1 ELSE 2 END,
                      role = CASE WHEN reason = 'named together in one message' THEN 0 ELSE role END;
ALTER TABLE nayose.pin
    DROP same, DROP withdrawn_at, DROP withdrawn_by, -- what was withdrawn was so by a newer word, which stands
    ALTER kind DROP DEFAULT, ALTER control_id DROP DEFAULT, ALTER body_hash DROP DEFAULT, ALTER pair DROP DEFAULT,
    ADD CONSTRAINT pin_kind_is_known CHECK (kind BETWEEN 1 AND 4),
    ADD CONSTRAINT pin_role_is_known CHECK (role BETWEEN 0 AND 3), -- implied, facility, clerk, supervisor
    ADD CONSTRAINT pin_body_hash_is_sha256 CHECK (octet_length(body_hash) = 32);
CREATE INDEX pin_a ON nayose.pin (a);
CREATE INDEX pin_b ON nayose.pin (b);
CREATE TRIGGER keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON nayose.pin
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();

-- 6: pins contradict
ALTER TABLE nayose.review
    DROP CONSTRAINT review_reason_check,
    ADD CONSTRAINT review_reason_is_known CHECK (reason BETWEEN 1 AND 6);
