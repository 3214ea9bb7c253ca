-- Holds say what they are on, stand once, and are released with a reason; an id that became another
-- person asks a question; sources have habits, and an alarm when they lose them.

ALTER TABLE nayose.hold
    ADD COLUMN kind smallint NOT NULL DEFAULT 1 CHECK (kind BETWEEN 1 AND 3), -- identity, version, source
    ADD COLUMN detail text NOT NULL DEFAULT '',                               -- numbers, no patient data
    ADD COLUMN release_reason text NOT NULL DEFAULT '',
    ADD CONSTRAINT hold_kind_fits CHECK ((kind = 3) = (source IS NOT NULL));
-- A hold was put again whenever its reason came back.
UPDATE nayose.hold h SET released_at = now(), released_by = 'schema 4'
    WHERE released_at IS NULL AND EXISTS (
        SELECT FROM nayose.hold o WHERE o.identity = h.identity AND o.why = h.why
            AND o.released_at IS NULL AND o.id < h.id);
CREATE UNIQUE INDEX hold_in_force ON nayose.hold (coalesce(identity, 0), coalesce(source, 0), why)
    WHERE released_at IS NULL;

-- reason: band, guard, runner-up, group, hold, pins contradict, overlay
ALTER TABLE nayose.review
    DROP CONSTRAINT review_reason_is_known,
    ADD CONSTRAINT review_reason_is_known CHECK (reason BETWEEN 1 AND 7);

ALTER TABLE nayose.requester
    ADD COLUMN drift bool NOT NULL DEFAULT true,     -- watched for messages unlike its earlier ones
    ADD COLUMN habits text NOT NULL DEFAULT '';      -- shares of its first messages; '' = not learned yet
