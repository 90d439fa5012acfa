"""Recording and policies of the messages: admins everything; all others read them through functions only."""

from django.db import migrations

from common.sql import enable_rls, policy, record_changes

ADMIN = "(SELECT app.staff_role()) = 'admin'"


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0001_initial"), ("accounts", "0004_policies_of_people")]

    operations = [
        *record_changes("slack_messages", "message_id"),
        enable_rls("slack_messages"),
        policy("slack_messages", "SELECT", "slack_messages_admin_view", ADMIN),
        policy("slack_messages", "INSERT", "slack_messages_admin_insert", check=ADMIN),
        policy("slack_messages", "UPDATE", "slack_messages_admin_update", ADMIN, ADMIN),
        policy("slack_messages", "DELETE", "slack_messages_admin_delete", ADMIN),
    ]
