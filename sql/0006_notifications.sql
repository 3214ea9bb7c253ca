-- Who is told when the identifiers of a patient change, and what is still to be told: the outbox. A row is
-- written by the transaction that makes the change and goes when the consumer has acknowledged it.

CREATE TABLE nayose.consumer (
    id         int PRIMARY KEY CHECK (id > 0),
    name       text COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
    host       text NOT NULL CHECK (host <> ''), -- an address, no name
    port       int NOT NULL CHECK (port BETWEEN 1 AND 65535),
    app        text NOT NULL,                    -- MSH-5
    facility   text NOT NULL,                    -- MSH-6
    domains    text COLLATE "C" NOT NULL,        -- of interest: namespaces between commas; '' = every listed one
    enabled    bool NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- seq is the order in which a consumer is told. identities: the whole visible set of the person at that moment.
CREATE TABLE nayose.notification (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer   int NOT NULL CHECK (consumer > 0),
    person     bigint NOT NULL CHECK (person > 0),
    identities bigint[] NOT NULL CHECK (cardinality(identities) > 0),
    at         timestamptz NOT NULL,
    parked_at  timestamptz,            -- NULL: waits to be told
    answer     text NOT NULL DEFAULT '' -- of the consumer, why it is parked
);
CREATE INDEX notification_waiting ON nayose.notification (consumer, seq) WHERE parked_at IS NULL;
CREATE INDEX notification_parked ON nayose.notification (consumer, person) WHERE parked_at IS NOT NULL;
