"""Schema ``app``, the web role, and the signed principal that every policy asks for (docs/security.md)."""

from django.db import migrations

from common.sql import NamedSQL, function

SCHEMA = NamedSQL(
    "Create schema app, which no REST interface exposes",
    "CREATE SCHEMA app",
    "DROP SCHEMA app",
)

WEB_ROLE = NamedSQL(
    "Create the web role ops_app and let the owner take it on",
    """
    DO $body$
    DECLARE tries int := 0;
    BEGIN
        -- Roles belong to the whole cluster: test databases migrating side by side may collide on them, so try again.
        LOOP
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ops_app') THEN
                    CREATE ROLE ops_app NOLOGIN;
                END IF;
                IF NOT pg_has_role(current_user, 'ops_app', 'USAGE') THEN
                    EXECUTE format('GRANT ops_app TO %I', current_user);
                END IF;
                EXIT;
            EXCEPTION
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION USING MESSAGE = format(
                        'This login may not set up the web role. Ask an administrator of the server to run: '
                        'CREATE ROLE ops_app NOLOGIN; GRANT ops_app TO %I WITH ADMIN OPTION;', current_user);
                WHEN duplicate_object OR unique_violation OR internal_error THEN
                    tries := tries + 1;
                    IF tries > 20 THEN RAISE; END IF;
                    PERFORM pg_sleep(0.05);
            END;
        END LOOP;
    END $body$;
    """,
    # The role may serve other databases of the same server, so going back leaves it.
    "SELECT 1",
)

GRANTS = NamedSQL(
    "Give the web role rows, never TRUNCATE (which row level security does not cover)",
    """
    GRANT USAGE ON SCHEMA public, app TO ops_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ops_app;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ops_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ops_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO ops_app;
    ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    """,
    """
    ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE ON SEQUENCES FROM ops_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM ops_app;
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM ops_app;
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ops_app;
    REVOKE ALL ON SCHEMA public, app FROM ops_app;
    """,
)

NO_TEMPORARY_TABLES = NamedSQL(
    "Keep temporary tables to the owner: one named like a table of ours would stand in for it on a kept connection",
    "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$",
    "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database()); END $$",
)

KEY_TABLE = NamedSQL(
    "Create the table of signing keys, which only the owner reads",
    """
    CREATE TABLE app.principal_key (
        fingerprint text PRIMARY KEY,
        inner_pad bytea NOT NULL,
        outer_pad bytea NOT NULL
    );
    REVOKE ALL ON app.principal_key FROM PUBLIC;
    """,
    "DROP TABLE app.principal_key",
)

READER = "STABLE SECURITY DEFINER"

PRINCIPAL = function(
    "app.principal()",
    "TABLE (kind text, id text, role text)",
    """
    DECLARE
        setting text := current_setting('app.principal', true);
        parts text[];
        message bytea;
    BEGIN
        IF setting IS NULL OR setting !~ '^(staff|realtor|system):[A-Za-z0-9-]{1,40}:[0-9]{1,11}:[0-9a-f]{64}$' THEN
            RETURN;
        END IF;
        parts := string_to_array(setting, ':');
        IF parts[3]::bigint < extract(epoch FROM now()) THEN
            RETURN;
        END IF;
        message := convert_to(parts[1] || ':' || parts[2] || ':' || parts[3], 'UTF8');
        -- HMAC-SHA256 from its definition (RFC 2104); the pads hold the key, so no extension is needed.
        IF NOT EXISTS (
            SELECT FROM app.principal_key k
            WHERE encode(sha256(k.outer_pad || sha256(k.inner_pad || message)), 'hex') = parts[4]
        ) THEN
            RETURN;
        END IF;
        IF parts[1] = 'staff' THEN
            RETURN QUERY SELECT 'staff', s.staff_id, s.role FROM public.staff s
                WHERE s.staff_id = parts[2] AND s.status = 'active' AND s.deleted_at IS NULL;
        ELSIF parts[1] = 'realtor' THEN
            RETURN QUERY SELECT 'realtor', r.realtor_id, 'realtor' FROM public.realtors r
                WHERE r.realtor_id = parts[2] AND r.status = 'active' AND r.deleted_at IS NULL;
        ELSIF parts[2] IN ('slack-intake', 'command', 'clock') THEN
            RETURN QUERY SELECT 'system', parts[2], 'system';
        END IF;
    END
    """,
    attributes=f"{READER} ROWS 1",
)

HELPERS = [
    function(
        "app.staff_id()",
        "text",
        "SELECT id FROM app.principal() WHERE kind = 'staff'",
        attributes=READER,
    ),
    function(
        "app.staff_role()",
        "text",
        "SELECT role FROM app.principal() WHERE kind = 'staff'",
        attributes=READER,
    ),
    function(
        "app.realtor_id()",
        "text",
        "SELECT id FROM app.principal() WHERE kind = 'realtor'",
        attributes=READER,
    ),
    function(
        "app.system_id()",
        "text",
        "SELECT id FROM app.principal() WHERE kind = 'system'",
        attributes=READER,
    ),
    function(
        "app.visible_groups()",
        "text[]",
        """SELECT CASE role
               WHEN 'admin' THEN ARRAY['BOTH', 'AGENT', 'MARKETING']
               WHEN 'operations' THEN ARRAY['BOTH', 'AGENT', 'MARKETING']
               WHEN 'marketing' THEN ARRAY['BOTH', 'MARKETING']
               WHEN 'support' THEN ARRAY['BOTH', 'AGENT']
           END FROM app.principal() WHERE kind = 'staff'""",
        attributes=READER,
    ),
]

NEW_ULID = function(
    "app.new_ulid()",
    "text",
    """
    DECLARE
        letters constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
        milliseconds bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
        random bytea := uuid_send(gen_random_uuid());
        ulid text := '';
    BEGIN
        FOR i IN 1..10 LOOP
            ulid := substr(letters, (milliseconds & 31)::int + 1, 1) || ulid;
            milliseconds := milliseconds >> 5;
        END LOOP;
        FOR i IN 0..15 LOOP
            ulid := ulid || substr(letters, (get_byte(random, i) & 31) + 1, 1);
        END LOOP;
        RETURN ulid;
    END
    """,
    attributes="VOLATILE",
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("common", "0002_database_ground"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("realtors", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [SCHEMA, WEB_ROLE, GRANTS, NO_TEMPORARY_TABLES, KEY_TABLE, PRINCIPAL, *HELPERS, NEW_ULID]
