-- The first shape of the database. Every table lives in schema nayose.
--
--   identity_domain ◀── identity ──▶ person ◀── membership_event      model ◀── edge.model
--        ▲                ▲  ▲                                        leader · leader_beat
--   requester        edge ┘  └ identity_version, pin, hold, review    message · message_seen · audit_event
--
-- Conventions: ids are bigint given by the application (1, 2, 3 …), a missing reference is NULL;
-- identifiers are text COLLATE "C", because every order that is shown is byte order.
--
-- One server writes at a time (the fence in every batch), identities are numbered without gaps, and
-- identities, persons and domains are never deleted. So on the hot tables a reference is checked once per
-- statement by a trigger over its new rows instead of once per row by a foreign key: an identity is there
-- when its number is not above the largest. Measured with 256 new identities a batch, each with an edge, a
-- version and a membership: foreign keys made the statements 2.7 times as slow, these checks 1.12 times.
-- The cold tables have ordinary foreign keys.

CREATE SCHEMA IF NOT EXISTS nayose;

-- ---- who is known ----

CREATE TABLE nayose.identity_domain (
    id              int PRIMARY KEY CHECK (id > 0),
    kind            smallint NOT NULL CHECK (kind BETWEEN 1 AND 5), -- facility, regional, insurance, enrolment, network
    listed          bool NOT NULL,
    namespace       text COLLATE "C" NOT NULL UNIQUE CHECK (namespace <> ''),
    oid             text COLLATE "C" NOT NULL UNIQUE CHECK (oid <> ''),
    oid_type        text COLLATE "C" NOT NULL,
    name            text NOT NULL,
    source_app      text COLLATE "C" NOT NULL, -- '' = any application
    source_facility text COLLATE "C" NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);
-- One registry gives one kind of regional ID.
CREATE UNIQUE INDEX identity_domain_one_regional ON nayose.identity_domain (kind) WHERE kind = 2;

CREATE TABLE nayose.requester (
    id                       int PRIMARY KEY CHECK (id > 0),
    app                      text COLLATE "C" NOT NULL, -- MSH-3 namespace, '' = any
    facility                 text COLLATE "C" NOT NULL, -- MSH-4 namespace
    charset                  text NOT NULL,             -- '' = detect
    undecodable_replace      bool NOT NULL,
    strict_update            bool NOT NULL,
    accept_test              bool NOT NULL,
    ignore_unknown_authority bool NOT NULL,
    probation                bool NOT NULL,
    default_domain           int REFERENCES nayose.identity_domain,
    created_at               timestamptz NOT NULL DEFAULT now(),
    UNIQUE (app, facility)
);

CREATE TABLE nayose.requester_grant (
    requester int NOT NULL REFERENCES nayose.requester,
    action    text NOT NULL CHECK (action IN ('feed')),
    PRIMARY KEY (requester, action)
);

-- ---- persons and identities ----

CREATE TABLE nayose.person (
    id           bigint PRIMARY KEY CHECK (id > 0),
    regional_id  text COLLATE "C" NOT NULL UNIQUE CHECK (regional_id <> ''),
    retired      bool NOT NULL,
    forwarded_to bigint REFERENCES nayose.person,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT person_forward_is_another CHECK (forwarded_to <> id),
    CONSTRAINT person_forwards_when_retired CHECK (forwarded_to IS NULL OR retired)
);

CREATE TABLE nayose.identity (
    id           bigint PRIMARY KEY CHECK (id > 0),
    domain       int NOT NULL,
    local_id     text COLLATE "C" NOT NULL CHECK (local_id <> ''),
    status       smallint NOT NULL CHECK (status BETWEEN 1 AND 4), -- active, merged, deleted, test
    person       bigint,
    demographics jsonb NOT NULL,
    record       bytea NOT NULL,
    norm_version int NOT NULL,
    content_hash bigint NOT NULL,
    event_at     timestamptz NOT NULL,
    version      int NOT NULL CHECK (version > 0),
    batch_no     bigint NOT NULL,
    UNIQUE (domain, local_id),
    CONSTRAINT identity_in_use_has_person CHECK (status IN (2, 3) OR person IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX identity_person ON nayose.identity (person);

-- What the identity was after each message; append-only.
CREATE TABLE nayose.identity_version (
    identity     bigint NOT NULL CHECK (identity > 0),
    version      int NOT NULL CHECK (version > 0),
    message      bigint, -- NULL: not by a message
    status       smallint NOT NULL CHECK (status BETWEEN 1 AND 4),
    demographics jsonb NOT NULL,
    record       bytea NOT NULL,
    norm_version int NOT NULL,
    event_at     timestamptz NOT NULL,
    batch_no     bigint NOT NULL,
    PRIMARY KEY (identity, version)
);

-- Who belonged to whom and why; append-only, as-of answers come from here.
CREATE TABLE nayose.membership_event (
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    identity    bigint NOT NULL CHECK (identity > 0),
    from_person bigint,          -- NULL: first sight
    to_person   bigint NOT NULL CHECK (to_person > 0),
    at          timestamptz NOT NULL,
    cause       smallint NOT NULL CHECK (cause BETWEEN 1 AND 4), -- message, decision, model, withdrawal
    message     bigint,
    receipt     jsonb,           -- the edge that joined it
    PRIMARY KEY (identity, seq),
    CONSTRAINT membership_moves CHECK (from_person <> to_person)
);

-- ---- models and pairs ----

-- Immutable versions; state: 1 staged, 2 active, 3 retired.
CREATE TABLE nayose.model (
    version    int PRIMARY KEY CHECK (version > 0),
    body       text NOT NULL CHECK (body <> ''),
    state      smallint NOT NULL CHECK (state BETWEEN 1 AND 3),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX model_one_active ON nayose.model (state) WHERE state = 2;

-- A pair is stored in canonical order (domain OID, local id), which the numbers do not show; the key is
-- therefore the pair without its order.
CREATE TABLE nayose.edge (
    a           bigint NOT NULL CHECK (a > 0),
    b           bigint NOT NULL CHECK (b > 0),
    total_b1024 int NOT NULL,
    guards      int NOT NULL,    -- 32 bits
    levels      bytea NOT NULL CHECK (octet_length(levels) = 8),
    model       int NOT NULL,
    CONSTRAINT edge_joins_two CHECK (a <> b)
);
CREATE UNIQUE INDEX edge_pair ON nayose.edge (least(a, b), greatest(a, b));

-- At most one pin of a pair is in force; an older one of the same or a lower role is withdrawn by it.
CREATE TABLE nayose.pin (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    a            bigint NOT NULL REFERENCES nayose.identity,
    b            bigint NOT NULL REFERENCES nayose.identity,
    same         bool NOT NULL,
    who          text NOT NULL,
    role         smallint NOT NULL CHECK (role BETWEEN 1 AND 3), -- facility, clerk, supervisor
    at           timestamptz NOT NULL,
    reason       text NOT NULL,
    withdrawn_at timestamptz,
    withdrawn_by text,
    CONSTRAINT pin_joins_two CHECK (a <> b),
    CONSTRAINT pin_withdrawn_by_somebody CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE UNIQUE INDEX pin_in_force ON nayose.pin (least(a, b), greatest(a, b))
    WHERE withdrawn_at IS NULL;

CREATE TABLE nayose.hold (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    identity    bigint REFERENCES nayose.identity,
    source      int REFERENCES nayose.requester,
    why         text NOT NULL,
    at          timestamptz NOT NULL,
    released_at timestamptz,
    released_by text,
    CONSTRAINT hold_is_on_one CHECK (num_nonnulls(identity, source) = 1),
    CONSTRAINT hold_released_by_somebody CHECK ((released_at IS NULL) = (released_by IS NULL))
);

-- state: 1 open, 2 parked, 3 leased, 4 decided, 5 closed. Below 4 the question waits for an answer.
CREATE TABLE nayose.review (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    a           bigint NOT NULL REFERENCES nayose.identity,
    b           bigint NOT NULL REFERENCES nayose.identity,
    state       smallint NOT NULL CHECK (state BETWEEN 1 AND 5),
    reason      smallint NOT NULL CHECK (reason BETWEEN 1 AND 5), -- band, guard, runner-up, group, hold
    total_b1024 int NOT NULL,
    guards      int NOT NULL,
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz,
    CONSTRAINT review_joins_two CHECK (a <> b),
    CONSTRAINT review_closed_has_time CHECK ((state < 4) = (closed_at IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX review_waiting ON nayose.review (least(a, b), greatest(a, b)) WHERE state < 4;
CREATE INDEX review_page ON nayose.review (state, opened_at, a, b);

-- ---- messages ----

CREATE TABLE nayose.message (
    id         bigint NOT NULL CHECK (id > 0),
    source     int, -- NULL: unknown
    control_id text COLLATE "C" NOT NULL,
    received   timestamptz NOT NULL,
    body       bytea NOT NULL,
    ack        bytea NOT NULL,
    PRIMARY KEY (id, received)
) PARTITION BY RANGE (received);
CREATE TABLE nayose.message_default PARTITION OF nayose.message DEFAULT;

-- Replay detection, kept for seven days. source 0 = unknown.
CREATE TABLE nayose.message_seen (
    source     int NOT NULL,
    control_id text COLLATE "C" NOT NULL,
    body_hash  bytea NOT NULL CHECK (octet_length(body_hash) = 32),
    at         timestamptz NOT NULL,
    ack        bytea NOT NULL,
    PRIMARY KEY (source, control_id, body_hash)
);
CREATE INDEX message_seen_at ON nayose.message_seen USING brin (at) WITH (pages_per_range = 16, autosummarize = on);

-- ---- audit ----

-- Who asked or changed what. hash = SHA-256(prev_hash ‖ nayose.audit_canonical(row)); the first row of a
-- chain has a prev_hash of 32 zero bytes. 0 and '' mean none.
CREATE TABLE nayose.audit_event (
    chain            text COLLATE "C" NOT NULL,
    seq              bigint NOT NULL CHECK (seq > 0),
    at               timestamptz NOT NULL,
    kind             text NOT NULL,
    outcome          smallint NOT NULL CHECK (outcome IN (0, 4, 8, 12)),
    requester        int NOT NULL,
    user_id          text NOT NULL,
    user_name        text NOT NULL,
    peer_addr        text NOT NULL,
    transaction      text NOT NULL,
    message_id       text NOT NULL,
    patient_domain   text NOT NULL,
    patient_id       text NOT NULL,
    person           bigint NOT NULL,
    query_payload    bytea NOT NULL,
    domains_returned text NOT NULL,
    hits             int NOT NULL,
    decision         text NOT NULL,
    reason           text NOT NULL,
    prev_hash        bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
    hash             bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (chain, seq, at)
) PARTITION BY RANGE (at);
CREATE TABLE nayose.audit_event_default PARTITION OF nayose.audit_event DEFAULT;

-- ---- leading ----

CREATE TABLE nayose.leader (
    single bool PRIMARY KEY DEFAULT true CHECK (single),
    epoch  bigint NOT NULL,
    holder text NOT NULL,
    since  timestamptz NOT NULL
);
INSERT INTO nayose.leader (epoch, holder, since) VALUES (0, '', now());

-- Written by every batch; room on its page keeps the updates inside it.
CREATE TABLE nayose.leader_beat (
    holder   text PRIMARY KEY,
    beat_at  timestamptz NOT NULL,
    batch_no bigint NOT NULL
) WITH (fillfactor = 10);

-- ---- functions: what cannot be said by a constraint ----

CREATE FUNCTION nayose.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'nayose.% keeps its rows as they are', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER keeps BEFORE UPDATE OR DELETE ON nayose.audit_event
    FOR EACH ROW EXECUTE FUNCTION nayose.refuse_change(); -- row triggers reach the partitions
CREATE TRIGGER keeps_all BEFORE TRUNCATE ON nayose.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps_all BEFORE TRUNCATE ON nayose.audit_event_default
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON nayose.identity_version
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON nayose.membership_event
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON nayose.identity
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON nayose.person
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON nayose.identity_domain
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps_body BEFORE UPDATE OF version, body ON nayose.model
    FOR EACH ROW EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps BEFORE DELETE ON nayose.model
    FOR EACH ROW EXECUTE FUNCTION nayose.refuse_change();
-- An identity never changes its name; its id in the index and in every edge stands for it.
CREATE TRIGGER keeps_key BEFORE UPDATE OF id, domain, local_id ON nayose.identity
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();
CREATE TRIGGER keeps_key BEFORE UPDATE OF id, regional_id ON nayose.person
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change();

CREATE FUNCTION nayose.refuse_orphan(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is not there', what USING ERRCODE = 'foreign_key_violation';
END $$;

CREATE FUNCTION nayose.identity_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    n    bigint;
    lo   bigint;
    hi   bigint;
    lost bool;
BEGIN
    SELECT count(*), min(a.id), max(a.id), bool_or(d.id IS NULL OR (a.person IS NOT NULL AND p.id IS NULL))
      INTO n, lo, hi, lost
      FROM added a LEFT JOIN nayose.identity_domain d ON d.id = a.domain
                   LEFT JOIN nayose.person p ON p.id = a.person;
    IF lost THEN
        PERFORM nayose.refuse_orphan('the domain or the person of an identity');
    END IF;
    IF TG_OP = 'INSERT' AND (hi - lo + 1 <> n
                             OR (lo > 1 AND NOT EXISTS (SELECT FROM nayose.identity WHERE id = lo - 1))) THEN
        RAISE EXCEPTION 'identities are numbered without gaps' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refers AFTER INSERT ON nayose.identity REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.identity_check();
CREATE TRIGGER refers_again AFTER UPDATE ON nayose.identity REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.identity_check();

CREATE FUNCTION nayose.edge_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT max(greatest(a, b)) FROM added) > (SELECT coalesce(max(id), 0) FROM nayose.identity) THEN
        PERFORM nayose.refuse_orphan('an identity of an edge');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refers AFTER INSERT ON nayose.edge REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.edge_check();

CREATE FUNCTION nayose.identity_version_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT max(identity) FROM added) > (SELECT coalesce(max(id), 0) FROM nayose.identity) THEN
        PERFORM nayose.refuse_orphan('the identity of a version');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refers AFTER INSERT ON nayose.identity_version REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.identity_version_check();

CREATE FUNCTION nayose.membership_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT max(identity) FROM added) > (SELECT coalesce(max(id), 0) FROM nayose.identity)
       OR (SELECT max(to_person) FROM added) > (SELECT coalesce(max(id), 0) FROM nayose.person) THEN
        PERFORM nayose.refuse_orphan('an identity or person of a membership');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refers AFTER INSERT ON nayose.membership_event REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION nayose.membership_check();

-- Makes the partitions of message and audit_event for the month of a day and the one behind it; gives how
-- many were made. Rows of that month that already went to the default partition stay there, and then the
-- month keeps going there: nothing is lost, it is only dropped later.
CREATE FUNCTION nayose.message_partition_ensure(day date) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    t     record;
    lo    timestamptz;
    hi    timestamptz;
    name  text;
    taken bool;
    made  int := 0;
BEGIN
    FOR t IN SELECT v.tab, v.col, v.ahead FROM (VALUES ('message', 'received'), ('audit_event', 'at'))
             AS x (tab, col) CROSS JOIN (VALUES (0), (1)) AS y (ahead)
             CROSS JOIN LATERAL (SELECT x.tab, x.col, y.ahead) v LOOP
        lo := (date_trunc('month', day::timestamp) + make_interval(months => t.ahead)) AT TIME ZONE 'UTC';
        hi := (date_trunc('month', day::timestamp) + make_interval(months => t.ahead + 1)) AT TIME ZONE 'UTC';
        name := t.tab || to_char(lo AT TIME ZONE 'UTC', '_YYYY_MM');
        CONTINUE WHEN to_regclass(format('nayose.%I', name)) IS NOT NULL;
        EXECUTE format('SELECT EXISTS (SELECT FROM nayose.%I WHERE %I >= $1 AND %I < $2)',
                       t.tab || '_default', t.col, t.col) INTO taken USING lo, hi;
        CONTINUE WHEN taken;
        EXECUTE format('CREATE TABLE nayose.%I PARTITION OF nayose.%I FOR VALUES FROM (%L) TO (%L)',
                       name, t.tab, lo, hi);
        IF t.tab = 'audit_event' THEN
            EXECUTE format('CREATE TRIGGER keeps_all BEFORE TRUNCATE ON nayose.%I '
                           'FOR EACH STATEMENT EXECUTE FUNCTION nayose.refuse_change()', name);
        END IF;
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

-- A field of the canonical row: its length in bytes in decimal, ':', the bytes, ','.
CREATE FUNCTION nayose.audit_field(v bytea) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN convert_to(octet_length(v)::text || ':', 'UTF8') || v || ','::bytea;
CREATE FUNCTION nayose.audit_field(v text) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN nayose.audit_field(convert_to(v, 'UTF8'));

-- The bytes under an audit row's hash: its fields in the order of the table without both hashes, numbers in
-- decimal, the time as microseconds since 1970 UTC.
CREATE FUNCTION nayose.audit_canonical(e nayose.audit_event) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN nayose.audit_field(e.chain) || nayose.audit_field(e.seq::text)
        || nayose.audit_field((extract(epoch FROM e.at) * 1000000)::bigint::text)
        || nayose.audit_field(e.kind) || nayose.audit_field(e.outcome::text)
        || nayose.audit_field(e.requester::text) || nayose.audit_field(e.user_id)
        || nayose.audit_field(e.user_name) || nayose.audit_field(e.peer_addr)
        || nayose.audit_field(e.transaction) || nayose.audit_field(e.message_id)
        || nayose.audit_field(e.patient_domain) || nayose.audit_field(e.patient_id)
        || nayose.audit_field(e.person::text) || nayose.audit_field(e.query_payload)
        || nayose.audit_field(e.domains_returned) || nayose.audit_field(e.hits::text)
        || nayose.audit_field(e.decision) || nayose.audit_field(e.reason);

-- The rows of a chain that do not fit: none when it is whole. Rows cut off at the end show only against a
-- head hash kept elsewhere. A chain whose oldest months were dropped is checked from what is left.
CREATE FUNCTION nayose.audit_verify(of_chain text) RETURNS TABLE (seq bigint, problem text)
    LANGUAGE sql STABLE AS $$
    SELECT v.seq, v.problem FROM (
        SELECT e.seq,
               CASE WHEN e.hash <> sha256(e.prev_hash || nayose.audit_canonical(e)) THEN 'row was changed'
                    WHEN e.seq = 1 AND e.prev_hash <> decode(repeat('00', 32), 'hex') THEN 'first row has a past'
                    WHEN lag(e.seq) OVER w + 1 <> e.seq THEN 'rows are missing or doubled before this one'
                    WHEN lag(e.hash) OVER w <> e.prev_hash THEN 'does not follow the row before'
               END AS problem
        FROM nayose.audit_event e WHERE e.chain = of_chain WINDOW w AS (ORDER BY e.seq)) v
    WHERE v.problem IS NOT NULL ORDER BY v.seq
$$;
