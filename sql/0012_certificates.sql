-- Whose certificates may speak for a source, or for who only asks; one a line: sha256:…, spki:…, subject=…;issuer=….

ALTER TABLE nayose.requester ADD COLUMN certificates text COLLATE "C" NOT NULL DEFAULT '';
