"""Policies and recording for staff, realtors, logins and Django's own tables."""

from django.db import migrations

from common.sql import NamedSQL, enable_rls, function, policy, record_changes, touch_updated_at

ADMIN = "(SELECT app.staff_role()) = 'admin'"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"
OWN = "staff_id = (SELECT app.staff_id())"

SIGN_IN = [
    function(
        "app.staff_for_login(given_email text)",
        "TABLE (staff_id text, password text)",
        """SELECT s.staff_id, u.password FROM public.staff s JOIN public.accounts_user u ON u.staff_id = s.staff_id
           WHERE s.email = lower(trim(given_email)) AND s.status = 'active' AND s.deleted_at IS NULL""",
        attributes="STABLE SECURITY DEFINER",
    ),
    function(
        "app.count_sign_in(given_email text, given_address text, refused boolean)",
        "integer",
        """
        DECLARE
            by_email int;
            by_address int;
        BEGIN
            DELETE FROM public.accounts_sign_in_attempt WHERE at < now() - interval '1 hour';
            IF refused THEN
                INSERT INTO public.accounts_sign_in_attempt (email, address)
                    VALUES (left(lower(trim(given_email)), 254), left(given_address, 64));
            END IF;
            SELECT count(*) INTO by_email FROM public.accounts_sign_in_attempt
                WHERE email = left(lower(trim(given_email)), 254) AND at > now() - interval '15 minutes';
            SELECT count(*) INTO by_address FROM public.accounts_sign_in_attempt
                WHERE address = left(given_address, 64) AND at > now() - interval '15 minutes';
            RETURN greatest(by_email, by_address / 5);
        END
        """,
        attributes="VOLATILE SECURITY DEFINER",
    ),
    function(
        "app.own_staff_row_keeps_its_rank(given_email text, given_role text, given_slack text)",
        "boolean",
        """SELECT EXISTS (SELECT FROM public.staff s WHERE s.staff_id = app.staff_id() AND s.email = given_email
           AND s.role = given_role AND s.slack_user_id IS NOT DISTINCT FROM given_slack)""",
        attributes="STABLE SECURITY DEFINER",
    ),
]

LAST_ADMIN = NamedSQL(
    "Keep at least one active admin",
    """
    CREATE FUNCTION app.keep_an_admin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $body$
    BEGIN
        IF OLD.role = 'admin' AND OLD.status = 'active' AND OLD.deleted_at IS NULL
            AND (TG_OP = 'DELETE' OR NOT (NEW.role = 'admin' AND NEW.status = 'active' AND NEW.deleted_at IS NULL))
        THEN
            -- Locking the others makes two admins who lower each other wait; one of them is then refused.
            PERFORM FROM staff WHERE role = 'admin' AND status = 'active' AND deleted_at IS NULL
                AND staff_id <> OLD.staff_id ORDER BY staff_id LIMIT 1 FOR UPDATE;
            IF NOT FOUND THEN
                RAISE EXCEPTION USING ERRCODE = 'LP002', MESSAGE = 'The last active admin must stay an active admin.';
            END IF;
        END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END $body$;
    CREATE TRIGGER keep_an_admin BEFORE UPDATE OF role, status, deleted_at OR DELETE ON staff
        FOR EACH ROW EXECUTE FUNCTION app.keep_an_admin();
    """,
    "DROP TRIGGER keep_an_admin ON staff; DROP FUNCTION app.keep_an_admin()",
)

STAFF = [
    touch_updated_at("staff"),
    *record_changes("staff", "staff_id"),
    LAST_ADMIN,
    enable_rls("staff"),
    policy("staff", "SELECT", "staff_view_all", ANY_STAFF),
    policy("staff", "INSERT", "staff_admin_insert", check=ADMIN),
    policy("staff", "UPDATE", "staff_admin_update", ADMIN, ADMIN),
    policy(
        "staff",
        "UPDATE",
        "staff_update_own",
        f"{OWN} AND deleted_at IS NULL",
        f"{OWN} AND status = 'active' AND deleted_at IS NULL "
        "AND app.own_staff_row_keeps_its_rank(email, role, slack_user_id)",
    ),
    policy("staff", "DELETE", "staff_admin_delete", ADMIN),
]

REALTORS = [
    touch_updated_at("realtors"),
    *record_changes("realtors", "realtor_id"),
    enable_rls("realtors"),
    policy("realtors", "SELECT", "realtors_view_all", "EXISTS (SELECT FROM app.principal())"),
    policy("realtors", "INSERT", "realtors_admin_insert", check=ADMIN),
    policy("realtors", "UPDATE", "realtors_admin_update", ADMIN, ADMIN),
    policy(
        "realtors",
        "UPDATE",
        "realtors_update_own",
        "realtor_id = (SELECT app.realtor_id()) AND deleted_at IS NULL",
        "realtor_id = (SELECT app.realtor_id()) AND status = 'active' AND deleted_at IS NULL",
    ),
    policy("realtors", "DELETE", "realtors_admin_delete", ADMIN),
]

LOGINS = [
    *record_changes("accounts_preferences", "staff_id"),
    enable_rls("accounts_user"),
    policy("accounts_user", "SELECT", "logins_own", f"{OWN} OR {ADMIN}"),
    policy("accounts_user", "INSERT", "logins_admin_insert", check=ADMIN),
    policy("accounts_user", "UPDATE", "logins_update", f"{OWN} OR {ADMIN}", f"{OWN} OR {ADMIN}"),
    policy("accounts_user", "DELETE", "logins_admin_delete", ADMIN),
    enable_rls("accounts_preferences"),
    policy("accounts_preferences", "SELECT", "preferences_own", f"{OWN} OR {ADMIN}"),
    policy("accounts_preferences", "INSERT", "preferences_own_insert", check=OWN),
    policy("accounts_preferences", "UPDATE", "preferences_own_update", OWN, OWN),
    policy("accounts_preferences", "DELETE", "preferences_own_delete", OWN),
    # Only app.count_sign_in, which runs as the owner, writes these.
    enable_rls("accounts_sign_in_attempt"),
    # A session must be found before anybody is known. The table holds digests, so reading it signs nobody in.
    enable_rls("accounts_session"),
    policy("accounts_session", "SELECT", "sessions_by_digest", "true"),
    policy("accounts_session", "INSERT", "sessions_start", check="true"),
    policy("accounts_session", "UPDATE", "sessions_go_on", "true", "true"),
    policy("accounts_session", "DELETE", "sessions_end", "true"),
]

DJANGO = [
    NamedSQL(
        "Keep the web role from writing Django's own tables",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations, django_content_type, auth_group, auth_permission, "
        "auth_group_permissions FROM ops_app; REVOKE UPDATE, DELETE ON django_admin_log FROM ops_app",
        "GRANT INSERT, UPDATE, DELETE ON django_migrations, django_content_type, auth_group, auth_permission, "
        "auth_group_permissions, django_admin_log TO ops_app",
    ),
    *[enable_rls(table) for table in ("django_migrations", "django_content_type", "django_admin_log")],
    policy("django_migrations", "SELECT", "migrations_view", "true"),
    policy("django_content_type", "SELECT", "content_types_view", "true"),
    policy("django_admin_log", "SELECT", "admin_log_view", ADMIN),
    policy("django_admin_log", "INSERT", "admin_log_write", check=f"{ADMIN} AND user_id = (SELECT app.staff_id())"),
    *[enable_rls(table) for table in ("auth_group", "auth_permission", "auth_group_permissions")],
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_history")]

    operations = [*SIGN_IN, *STAFF, *REALTORS, *LOGINS, *DJANGO]
