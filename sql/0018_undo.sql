-- Merges can be taken back, and links that the matcher made: an event is found by its number.

-- 6: that a was retired for b does not count (what takes an ADT^A40 back)
ALTER TABLE nayose.pin
    DROP CONSTRAINT pin_kind_is_known,
    ADD CONSTRAINT pin_kind_is_known CHECK (kind BETWEEN 1 AND 6);

-- Numbers rise as rows are added, so ranges of blocks are enough, and cost the feed nothing.
CREATE INDEX membership_seq ON nayose.membership_event USING brin (seq) WITH (pages_per_range = 16, autosummarize = on);
