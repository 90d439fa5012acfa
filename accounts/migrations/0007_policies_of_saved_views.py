"""Policies of saved views: one's own, and those that operations and admins share with everybody."""

from django.db import migrations

from common.sql import enable_rls, policy, record_changes

ADMIN = "(SELECT app.staff_role()) = 'admin'"
DESK = "(SELECT app.staff_role()) IN ('admin', 'operations')"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"
OWN = "staff_id = (SELECT app.staff_id())"
OWN_OR_SHARING = f"{OWN} AND (NOT is_shared OR {DESK})"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_saved_views")]

    operations = [
        *record_changes("accounts_saved_view", "view_id"),
        enable_rls("accounts_saved_view"),
        policy("accounts_saved_view", "SELECT", "views_own_and_shared", f"{OWN} OR (is_shared AND {ANY_STAFF})"),
        policy("accounts_saved_view", "INSERT", "views_own_insert", check=OWN_OR_SHARING),
        policy("accounts_saved_view", "UPDATE", "views_own_update", OWN, OWN_OR_SHARING),
        policy("accounts_saved_view", "DELETE", "views_own_delete", f"{OWN} OR (is_shared AND {ADMIN})"),
        policy(
            "changes",
            "SELECT",
            "changes_of_saved_views",
            "table_name = 'accounts_saved_view' AND EXISTS "
            "(SELECT FROM accounts_saved_view v WHERE v.view_id = row_key)",
        ),
    ]
