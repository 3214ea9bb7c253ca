-- What retention took last is read for every status; these rows are a few a year among very many.
CREATE INDEX audit_event_retention ON nayose.audit_event (at) WHERE decision = 'retention';
