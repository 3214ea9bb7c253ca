-- What the two records said when a clerk said something of them: a notice tells him when they come to
-- contradict it. The least number: nobody looked, the word came in a message.

ALTER TABLE nayose.pin ADD COLUMN total_b1024 int NOT NULL DEFAULT -2147483648; -- in 1/1024 bit

-- 5: a moved to b (ADT^A43)
ALTER TABLE nayose.pin
    DROP CONSTRAINT pin_kind_is_known,
    ADD CONSTRAINT pin_kind_is_known CHECK (kind BETWEEN 1 AND 5);
