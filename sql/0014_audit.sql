-- What an audit row is about, as IHE's audit messages say it, and whose certificate was shown.

ALTER TABLE nayose.audit_event
    ADD COLUMN action text NOT NULL DEFAULT '' CHECK (action IN ('', 'C', 'R', 'U', 'D', 'E')), -- create … execute
    ADD COLUMN certificate text NOT NULL DEFAULT '';                                           -- sha256:…; '' = none

-- Rows of before stay verifiable: the new fields are under the hash where one of them says something.
CREATE OR REPLACE FUNCTION nayose.audit_canonical(e nayose.audit_event) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN nayose.audit_field(e.chain) || nayose.audit_field(e.seq::text)
        || nayose.audit_field((extract(epoch FROM e.at) * 1000000)::bigint::text)
        || nayose.audit_field(e.kind) || nayose.audit_field(e.outcome::text)
        || nayose.audit_field(e.requester::text) || nayose.audit_field(e.user_id)
        || nayose.audit_field(e.user_name) || nayose.audit_field(e.peer_addr)
        || nayose.audit_field(e.transaction) || nayose.audit_field(e.message_id)
        || nayose.audit_field(e.patient_domain) || nayose.audit_field(e.patient_id)
        || nayose.audit_field(e.person::text) || nayose.audit_field(e.query_payload)
        || nayose.audit_field(e.domains_returned) || nayose.audit_field(e.hits::text)
        || nayose.audit_field(e.decision) || nayose.audit_field(e.reason)
        || CASE WHEN e.action = '' AND e.certificate = '' THEN ''::bytea
           ELSE nayose.audit_field(e.action) || nayose.audit_field(e.certificate) END;
