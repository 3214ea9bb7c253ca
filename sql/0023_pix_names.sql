-- Who is told, in HL7 V3, the names of those whose ids it asks for.

ALTER TABLE nayose.requester ADD COLUMN pix_names bool NOT NULL DEFAULT false;
