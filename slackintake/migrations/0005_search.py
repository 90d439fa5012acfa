"""Finding messages by their words: for admins, as the policy on messages has it."""

from django.db import migrations

from common.sql import SEARCHING, NamedSQL, function, search_index

WORDS = "app.search_words(ARRAY[message_text])"

RECEIVED = NamedSQL(
    "Index messages by the time they were received",
    "CREATE INDEX idx_slack_messages_received ON slack_messages (received_at)",
    "DROP INDEX idx_slack_messages_received",
)

# Newest first. A common word stands in more messages than can be sorted in time, so the last week is looked through
# first, then two months, a year, and all of them only if that does not fill the list.
SEARCH_MESSAGES = function(
    "app.search_messages(query tsquery, cap integer)",
    "TABLE (id text, rank integer)",
    f"""
    DECLARE
        windows constant timestamptz[] := ARRAY[
            now() - interval '7 days', now() - interval '60 days', now() - interval '1 year', '-infinity'
        ];
        since timestamptz;
        found text[];
        wanted constant int := least(cap, 1001);
    BEGIN
        IF app.staff_role() IS DISTINCT FROM 'admin' THEN RETURN; END IF;
        FOREACH since IN ARRAY windows LOOP
            SELECT array_agg(newest.message_id ORDER BY newest.received_at DESC, newest.message_id) INTO found FROM (
                SELECT m.message_id, m.received_at FROM (
                    SELECT message_id, received_at FROM slack_messages
                    WHERE {WORDS} @@ query AND received_at >= since OFFSET 0
                ) m ORDER BY m.received_at DESC, m.message_id LIMIT wanted
            ) newest;
            EXIT WHEN cardinality(found) = wanted;
        END LOOP;
        RETURN QUERY SELECT f.message_id, 0 FROM unnest(found) AS f (message_id);
    END
    """,
    attributes=SEARCHING,
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0004_doors"), ("accounts", "0005_search")]

    operations = [
        RECEIVED,
        search_index("idx_slack_messages_search", "slack_messages", WORDS),
        SEARCH_MESSAGES,
    ]
