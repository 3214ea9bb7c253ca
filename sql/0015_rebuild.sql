-- A membership may change because the stored messages were read again (cause 5, nayose rebuild).
ALTER TABLE nayose.membership_event DROP CONSTRAINT membership_event_cause_check;
ALTER TABLE nayose.membership_event ADD CONSTRAINT membership_event_cause_check
    CHECK (cause BETWEEN 1 AND 5); -- message, decision, model, withdrawal, rebuild
