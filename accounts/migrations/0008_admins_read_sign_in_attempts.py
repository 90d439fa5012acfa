"""Let admins see whose sign-in has been refused, in the back room; only ``app.count_sign_in`` writes it."""

from django.db import migrations

from common.sql import policy

ADMIN = "(SELECT app.staff_role()) = 'admin'"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_policies_of_saved_views")]

    operations = [policy("accounts_sign_in_attempt", "SELECT", "sign_in_attempts_admin_view", ADMIN)]
