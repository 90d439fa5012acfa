-- Cuts the history (acts and changes) into parts by month. Run it once as the owner, with web and worker stopped:
--
--     psql "$OWNER_DATABASE_URL" -v ON_ERROR_STOP=1 --single-transaction -f docs/sql/partition_history.sql
--
-- What is there stays where it is and becomes the first part. Keys of acts are ULIDs, which begin with the time, so a
-- month is a range of keys and every look-up by key finds its part. The parts lie in a schema of their own, where the
-- web role has no rights: it reaches them through acts and changes alone, whose policies, triggers and grants go on.
-- Afterwards `SELECT history.add_months(12)` once a year makes the parts to come.

SET CONSTRAINTS ALL IMMEDIATE;
CREATE SCHEMA history;

-- A primary key across parts must contain what they are cut by, and identity columns cannot be shared before
-- PostgreSQL 17: an ordinary sequence takes over.
ALTER TABLE public.changes DROP CONSTRAINT changes_pkey;
ALTER TABLE public.changes ADD CONSTRAINT changes_pkey PRIMARY KEY (change_id, act_id);
ALTER TABLE public.changes ALTER COLUMN change_id DROP IDENTITY;
CREATE SEQUENCE public.changes_change_id_seq;
SELECT setval('public.changes_change_id_seq', coalesce((SELECT max(change_id) FROM public.changes), 0) + 1, false);
ALTER TABLE public.changes ALTER COLUMN change_id SET DEFAULT nextval('public.changes_change_id_seq');

CREATE FUNCTION history.first_key(moment timestamptz) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $function$
DECLARE
    letters constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    milliseconds bigint := floor(extract(epoch FROM moment) * 1000);
    key text := '';
BEGIN
    FOR i IN 1..10 LOOP
        key := substr(letters, (milliseconds & 31)::int + 1, 1) || key;
        milliseconds := milliseconds >> 5;
    END LOOP;
    RETURN key || repeat('0', 16);
END $function$;

CREATE FUNCTION history.add_months(months int) RETURNS SETOF text
LANGUAGE plpgsql AS $function$
DECLARE
    month timestamptz;
    parent text;
    part text;
BEGIN
    FOR i IN 1..months LOOP
        -- Beginning with next month: the present one belongs to the first part, or has one already.
        month := date_trunc('month', now(), 'UTC') + make_interval(months => i);
        FOREACH parent IN ARRAY ARRAY['acts', 'changes'] LOOP
            part := parent || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM');
            CONTINUE WHEN to_regclass('history.' || part) IS NOT NULL;
            EXECUTE format(
                'CREATE TABLE history.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)', part, parent,
                history.first_key(month), history.first_key(month + interval '1 month'));
            RETURN NEXT part;
        END LOOP;
    END LOOP;
END $function$;

DO $cut$
DECLARE
    parents constant text[] := ARRAY['acts', 'changes'];
    parent text;
    statement text;
    again text[];
BEGIN
    -- What a table has and a copy of its columns has not: noted before anything is moved, since a policy of one table
    -- asks the other.
    SELECT array_agg(noted ORDER BY step, noted) INTO again FROM (
        SELECT 1 AS step, format('ALTER TABLE public.%I ADD PRIMARY KEY (%s)', relname, (
                SELECT string_agg(attname, ', ' ORDER BY position) FROM unnest(indkey) WITH ORDINALITY k (attnum, position)
                JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = k.attnum)) AS noted
            FROM pg_index JOIN pg_class c ON c.oid = indrelid
            WHERE indisprimary AND c.oid = ANY (ARRAY['public.acts'::regclass, 'public.changes'::regclass])
        UNION ALL
        SELECT 2, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE NOT indisprimary AND indrelid IN ('public.acts'::regclass, 'public.changes'::regclass)
        UNION ALL
        SELECT 3, pg_get_triggerdef(oid) FROM pg_trigger
            WHERE NOT tgisinternal AND tgrelid IN ('public.acts'::regclass, 'public.changes'::regclass)
        UNION ALL
        SELECT 4, format('CREATE POLICY %I ON public.%I AS %s FOR %s TO %s', policyname, tablename, permissive, cmd,
                array_to_string(roles, ', ')) || coalesce(' USING (' || qual || ')', '')
                || coalesce(' WITH CHECK (' || with_check || ')', '')
            FROM pg_policies WHERE schemaname = 'public' AND tablename = ANY (parents)
        UNION ALL
        SELECT 5, format('GRANT %s ON public.%I TO %s', privilege_type, relname, grantee::regrole)
            FROM pg_class, aclexplode(relacl)
            WHERE oid IN ('public.acts'::regclass, 'public.changes'::regclass) AND grantee NOT IN (0, relowner)
    ) AS notes (step, noted);

    FOREACH parent IN ARRAY parents LOOP
        EXECUTE format('ALTER TABLE public.%I SET SCHEMA history', parent);
        EXECUTE format('ALTER TABLE history.%I RENAME TO %I', parent, parent || '_past');
        FOR statement IN
            SELECT format('DROP TRIGGER %I ON history.%I', tgname, parent || '_past') FROM pg_trigger
                WHERE NOT tgisinternal AND tgrelid = format('history.%I', parent || '_past')::regclass
            UNION ALL
            SELECT format('DROP POLICY %I ON history.%I', policyname, tablename) FROM pg_policies
                WHERE schemaname = 'history' AND tablename = parent || '_past'
        LOOP
            EXECUTE statement;
        END LOOP;
        EXECUTE format(
            'CREATE TABLE public.%I (LIKE history.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS) '
            'PARTITION BY RANGE (act_id)', parent, parent || '_past');
        -- The default privileges of the schema would give the web role more than it had.
        EXECUTE format('REVOKE ALL ON public.%I FROM ops_app', parent);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', parent);
    END LOOP;
    FOREACH statement IN ARRAY again LOOP
        EXECUTE statement;
    END LOOP;
    FOREACH parent IN ARRAY parents LOOP
        EXECUTE format(
            'ALTER TABLE public.%I ATTACH PARTITION history.%I FOR VALUES FROM (MINVALUE) TO (%L)', parent,
            parent || '_past', history.first_key(date_trunc('month', now(), 'UTC') + interval '1 month'));
        -- A month that nobody made a part for: nothing is lost, and add_months says which rows stand in its way.
        EXECUTE format('CREATE TABLE history.%I PARTITION OF public.%I DEFAULT', parent || '_unplanned', parent);
    END LOOP;
END $cut$;

SELECT history.add_months(12);
