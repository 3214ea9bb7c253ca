-- Messages in HL7 V3 are taken from it only in the form that the schemas give them.

ALTER TABLE nayose.requester ADD COLUMN strict_v3 bool NOT NULL DEFAULT false;
