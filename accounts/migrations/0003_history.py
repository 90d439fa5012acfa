"""History written by the database itself, and undo."""

from django.db import migrations

from common.sql import NamedSQL, enable_rls, function, policy

# A moment is written into history as text: in one zone, whatever the writing session's, so that undo can compare it.
IN_UTC = "SET timezone = 'UTC'"

FILL_ACT = NamedSQL(
    "Fill in who acts and when, whatever was given",
    """
    CREATE FUNCTION app.fill_act() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $body$
    BEGIN
        NEW.actor_kind := 'system';
        NEW.actor_id := 'database';
        SELECT kind, id INTO NEW.actor_kind, NEW.actor_id FROM app.principal();
        NEW.actor_kind := coalesce(NEW.actor_kind, 'system');
        NEW.actor_id := coalesce(NEW.actor_id, 'database');
        NEW.at := now();
        NEW.transaction_id := pg_current_xact_id()::text::bigint;
        -- Only app.undo, which runs as the owner, may say that an act takes another back.
        IF row_security_active('public.acts') THEN
            NEW.undoes := NULL;
        END IF;
        RETURN NEW;
    END $body$;
    CREATE TRIGGER fill_act BEFORE INSERT ON acts FOR EACH ROW EXECUTE FUNCTION app.fill_act();
    """,
    "DROP TRIGGER fill_act ON acts; DROP FUNCTION app.fill_act()",
)

COUNT_ACT = NamedSQL(
    "Count each act at its commit",
    """
    CREATE FUNCTION app.count_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $body$
    BEGIN
        INSERT INTO change_counter (counter_id, value) VALUES (1, 1)
            ON CONFLICT (counter_id) DO UPDATE SET value = change_counter.value + 1;
        RETURN NULL;
    END $body$;
    -- Deferred: the counter's row is locked only while committing, so writers do not wait for each other's work, and
    -- a reader never sees the new number before the rows it stands for.
    CREATE CONSTRAINT TRIGGER count_act AFTER INSERT ON acts
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.count_act();
    """,
    "DROP TRIGGER count_act ON acts; DROP FUNCTION app.count_act()",
)

OPEN_ACT = function(
    "app.open_act(new_act text, new_verb text, new_reason text, new_source text)",
    "void",
    """
    BEGIN
        INSERT INTO acts (act_id, verb, reason, source, actor_kind, actor_id, transaction_id)
            VALUES (new_act, new_verb, new_reason, new_source, '', '', 0);
        PERFORM set_config('app.act', new_act, true);
    END
    """,
    attributes="VOLATILE",
)

CURRENT_ACT = function(
    "app.current_act()",
    "text",
    """
    DECLARE
        named text := nullif(current_setting('app.act', true), '');
    BEGIN
        -- An act belongs to the transaction that opened it; an old id in the setting is worth nothing.
        IF named IS NULL OR NOT EXISTS (
            SELECT FROM acts WHERE act_id = named AND transaction_id = pg_current_xact_id()::text::bigint
            -- Transaction numbers begin anew on a restored server; its start tells the two apart.
            AND at = now()
        ) THEN
            named := app.new_ulid();
            PERFORM app.open_act(named, 'changed', NULL, 'sql');
        END IF;
        RETURN named;
    END
    """,
    attributes="VOLATILE SECURITY DEFINER",
    grant=False,
)

# The trigger's first argument is the key column, the others are columns that alone are no change.
RECORD_CHANGES = function(
    "app.record_changes()",
    "trigger",
    """
    DECLARE
        key text := TG_ARGV[0];
        ignored text[] := TG_ARGV[1:];
    BEGIN
        -- (SELECT app.current_act()) runs once, and only if there is a row: a statement without changes opens no act.
        IF TG_OP = 'INSERT' THEN
            INSERT INTO changes (act_id, table_name, row_key, after)
                SELECT (SELECT app.current_act()), TG_TABLE_NAME, to_jsonb(n) ->> key, to_jsonb(n) FROM new_rows n;
        ELSIF TG_OP = 'DELETE' THEN
            INSERT INTO changes (act_id, table_name, row_key, before)
                SELECT (SELECT app.current_act()), TG_TABLE_NAME, to_jsonb(o) ->> key, to_jsonb(o) FROM old_rows o;
        ELSE
            -- A row whose key was changed has no partner: it is recorded as one that went and one that came.
            INSERT INTO changes (act_id, table_name, row_key, before, after)
                SELECT (SELECT app.current_act()), TG_TABLE_NAME, coalesce(o.was, n.is_now) ->> key,
                    CASE WHEN n.is_now IS NULL THEN o.was ELSE differing.before END,
                    CASE WHEN o.was IS NULL THEN n.is_now ELSE differing.after END
                FROM (SELECT to_jsonb(x) AS was FROM old_rows x) o
                FULL JOIN (SELECT to_jsonb(x) AS is_now FROM new_rows x) n ON o.was ->> key = n.is_now ->> key
                CROSS JOIN LATERAL (
                    SELECT jsonb_object_agg(e.key, e.value) AS before,
                        jsonb_object_agg(e.key, n.is_now -> e.key) FILTER (WHERE n.is_now IS NOT NULL) AS after
                    FROM jsonb_each(o.was - ignored) e
                    WHERE n.is_now -> e.key IS DISTINCT FROM e.value
                ) differing
                WHERE differing.before IS NOT NULL OR o.was IS NULL;
        END IF;
        RETURN NULL;
    END
    """,
    attributes=f"VOLATILE SECURITY DEFINER {IN_UTC}",
    grant=False,
)

UNDO = function(
    "app.undo(which text, new_act text, leave_changed boolean)",
    "jsonb",
    """
    DECLARE
        me record;
        done acts;
        change changes;
        arguments text[];
        key text;
        key_type text;
        ignored text[];
        columns text;
        current_row jsonb;
        special regprocedure;
        stands boolean;
        undone int := 0;
        left_alone jsonb := '[]';
    BEGIN
        SELECT * INTO me FROM app.principal();
        IF NOT FOUND THEN RETURN '{"refused": "nobody"}'; END IF;
        SELECT * INTO done FROM acts WHERE act_id = which FOR UPDATE;
        IF NOT FOUND OR NOT (
            (done.actor_kind = me.kind AND done.actor_id = me.id)
            OR (done.actor_id = 'slack-intake' AND me.role IN ('admin', 'operations'))
        ) THEN
            RETURN '{"refused": "not yours"}';
        END IF;
        IF EXISTS (SELECT FROM acts WHERE undoes = which) THEN RETURN '{"refused": "already"}'; END IF;
        -- The ten minutes are for one's own acts; an untouched intake may go at any time.
        IF done.actor_id <> 'slack-intake' AND done.at < now() - interval '10 minutes' THEN
            RETURN '{"refused": "too late"}';
        END IF;

        INSERT INTO acts (act_id, verb, source, undoes, actor_kind, actor_id, transaction_id)
            VALUES (new_act, 'undid', 'web', which, '', '', 0);
        PERFORM set_config('app.act', new_act, true);

        -- Backwards, but what was deleted comes back first and in the order it went: a parent is recorded before the
        -- children that its deletion took along, and their keys want it to be there.
        FOR change IN SELECT * FROM changes c WHERE c.act_id = which
            ORDER BY c.after IS NOT NULL, CASE WHEN c.after IS NULL THEN c.change_id ELSE -c.change_id END
        LOOP
            -- A room whose rows are undone in a way of their own has a function for it.
            special := to_regprocedure(format('app.undo_change_of_%s(bigint)', change.table_name));
            IF special IS NOT NULL THEN
                EXECUTE format('SELECT app.undo_change_of_%s($1)', change.table_name) USING change.change_id;
                undone := undone + 1;
                CONTINUE;
            END IF;

            -- The recording trigger's own arguments name the key and the columns that do not count.
            SELECT string_to_array(encode(t.tgargs, 'escape'), '\\000') INTO arguments FROM pg_trigger t
                WHERE t.tgrelid = format('public.%I', change.table_name)::regclass
                AND t.tgname = 'record_update_of_' || change.table_name;
            key := arguments[1];
            ignored := arguments[2:];
            SELECT a.atttypid::regtype::text INTO key_type FROM pg_attribute a
                WHERE a.attrelid = format('public.%I', change.table_name)::regclass AND a.attname = key;
            EXECUTE format('SELECT to_jsonb(t) FROM public.%I t WHERE %I = $1::%s FOR UPDATE',
                change.table_name, key, key_type) INTO current_row USING change.row_key;

            -- As the act left it, column by column: containment would take a longer list for the same one.
            IF change.after IS NULL THEN
                stands := current_row IS NULL;
            ELSE
                stands := current_row IS NOT NULL AND NOT EXISTS (
                    SELECT FROM jsonb_each(change.after - ignored) e
                    WHERE current_row -> e.key IS DISTINCT FROM e.value);
            END IF;
            -- A room may say what else has been built on a row meanwhile.
            special := to_regprocedure(format('app.is_built_upon_in_%s(text)', change.table_name));
            IF stands AND special IS NOT NULL AND change.before IS NULL THEN
                EXECUTE format('SELECT NOT app.is_built_upon_in_%s($1)', change.table_name)
                    INTO stands USING change.row_key;
            END IF;
            IF NOT stands THEN
                left_alone := left_alone || jsonb_build_array(
                    jsonb_build_object('table', change.table_name, 'key', change.row_key));
                CONTINUE;
            END IF;

            IF change.after IS NULL THEN
                EXECUTE format(
                    'INSERT INTO public.%1$I SELECT * FROM jsonb_populate_record(NULL::public.%1$I, $1)',
                    change.table_name) USING change.before;
            ELSIF change.before IS NULL AND current_row ? 'deleted_at' THEN
                IF current_row ? 'deleted_by' THEN
                    EXECUTE format(
                        'UPDATE public.%I SET deleted_at = now(), deleted_by = $2 WHERE %I = $1::%s',
                        change.table_name, key, key_type) USING change.row_key, me.id;
                ELSE
                    EXECUTE format('UPDATE public.%I SET deleted_at = now() WHERE %I = $1::%s',
                        change.table_name, key, key_type) USING change.row_key;
                END IF;
            ELSIF change.before IS NULL THEN
                EXECUTE format('DELETE FROM public.%I WHERE %I = $1::%s', change.table_name, key, key_type)
                    USING change.row_key;
            ELSE
                SELECT string_agg(quote_ident(k), ', ') INTO columns FROM jsonb_object_keys(change.before) k;
                EXECUTE format(
                    'UPDATE public.%1$I SET (%2$s) = (SELECT %2$s FROM jsonb_populate_record(NULL::public.%1$I, $1)) '
                    'WHERE %3$I = $2::%4$s',
                    change.table_name, columns, key, key_type) USING change.before, change.row_key;
            END IF;
            undone := undone + 1;
        END LOOP;
        PERFORM set_config('app.act', '', true);
        IF left_alone <> '[]' AND NOT leave_changed THEN
            -- Nothing may stay half undone: raising takes back what the loop has done, and tells which rows stood.
            RAISE EXCEPTION USING ERRCODE = 'LP001', MESSAGE = 'changed since', DETAIL = left_alone::text;
        END IF;
        RETURN jsonb_build_object('undone', undone, 'left_alone', left_alone);
    END
    """,
    attributes=f"VOLATILE SECURITY DEFINER {IN_UTC}",
)

# Also acts whose rows the person no longer sees, as after giving a task back; the policies of changes hide those.
MY_UNDOABLE_ACTS = function(
    "app.my_undoable_acts()",
    "SETOF text",
    """SELECT a.act_id FROM acts a
       WHERE a.actor_kind = 'staff' AND a.actor_id = app.staff_id() AND a.at > now() - interval '10 minutes'
       AND a.undoes IS NULL AND NOT EXISTS (SELECT FROM acts u WHERE u.undoes = a.act_id)
       AND EXISTS (SELECT FROM changes c WHERE c.act_id = a.act_id)""",
    attributes="STABLE SECURITY DEFINER",
)

ADMIN = "(SELECT app.staff_role()) = 'admin'"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"

POLICIES = [
    NamedSQL(
        "Let nobody but the recording trigger write changes, and nobody rewrite acts",
        "REVOKE INSERT, UPDATE, DELETE ON changes, change_counter FROM ops_app;"
        "REVOKE UPDATE, DELETE ON acts FROM ops_app",
        "GRANT INSERT, UPDATE, DELETE ON changes, change_counter TO ops_app; GRANT UPDATE, DELETE ON acts TO ops_app",
    ),
    enable_rls("acts"),
    # What happened to a row may be read by whoever may see the row: the policy of changes decides for both.
    policy(
        "acts",
        "SELECT",
        "acts_view",
        f"{ADMIN} OR actor_id = (SELECT app.staff_id()) OR ({ANY_STAFF} AND EXISTS "
        "(SELECT FROM changes c WHERE c.act_id = acts.act_id))",
    ),
    policy("acts", "INSERT", "acts_open", check="EXISTS (SELECT FROM app.principal())"),
    enable_rls("changes"),
    policy("changes", "SELECT", "changes_admin_all", ADMIN),
    policy("changes", "SELECT", "changes_of_directories", f"table_name IN ('staff', 'realtors') AND {ANY_STAFF}"),
    enable_rls("change_counter"),
    policy("change_counter", "SELECT", "change_counter_view", "true"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles_and_principal")]

    operations = [FILL_ACT, COUNT_ACT, OPEN_ACT, CURRENT_ACT, RECORD_CHANGES, UNDO, MY_UNDOABLE_ACTS, *POLICIES]
