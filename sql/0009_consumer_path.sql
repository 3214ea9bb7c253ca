-- Consumers that are told in HL7 V3 (ITI-46): where their service is. '' = HL7 v2 over MLLP (ITI-10).
ALTER TABLE nayose.consumer ADD COLUMN path text COLLATE "C" NOT NULL DEFAULT '' CHECK (path = '' OR path LIKE '/%');
