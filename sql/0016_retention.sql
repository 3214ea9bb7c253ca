-- Messages and audit rows go a month at a time, when all of the month is older than it must be kept.

-- The month of a partition, or NULL when the name is none of ours.
CREATE FUNCTION nayose.partition_month(name text) RETURNS timestamptz LANGUAGE sql STABLE
    RETURN CASE WHEN name ~ '^(message|audit_event)_[0-9]{4}_(0[1-9]|1[0-2])$'
                THEN to_date(right(name, 7), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC' END;

-- Partitions of message or audit_event whose month had ended by a moment. Rows that once went to the
-- default partition stay there.
CREATE FUNCTION nayose.partitions_ended(tab text, moment timestamptz) RETURNS SETOF text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT c.relname::text FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ('nayose.' || tab)::regclass
      AND (nayose.partition_month(c.relname::text) AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
          <= moment;
END;

-- Whoever reads one of them is not waited for: then nothing goes. Audit rows of the last 366 days are never
-- dropped, whatever was asked.
CREATE FUNCTION nayose.partitions_drop(names text[]) RETURNS void LANGUAGE plpgsql
    SET lock_timeout = '200ms' AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY names LOOP
        IF nayose.partition_month(name) IS NULL
           OR name LIKE 'audit_event%'
              AND name NOT IN (SELECT nayose.partitions_ended('audit_event', now() - interval '366 days')) THEN
            RAISE EXCEPTION '% is kept', name USING ERRCODE = 'restrict_violation';
        END IF;
        EXECUTE format('DROP TABLE IF EXISTS nayose.%I', name);
    END LOOP;
END $$;
