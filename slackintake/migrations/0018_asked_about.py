"""Who has asked whoever wrote a message about it, and when; and whether they have written again since."""

from importlib import import_module

from django.db import migrations, models

import common.fields
from common.sql import NamedSQL, function

DOORS = import_module("slackintake.migrations.0004_doors")
FORMER = import_module("slackintake.migrations.0014_look_says_who_asked").MESSAGES_TO_REVIEW
FORMER_UNDO = import_module("slackintake.migrations.0011_undo_gives_back").UNDO_REVIEW

# The answer is no mark that somebody sets: it is there as soon as its message is.
QUESTION_ABOUT = function(
    "app.question_about(message text)",
    "jsonb",
    """
    SELECT jsonb_build_object('by', r.question_by, 'name', s.name, 'at', r.question_at, 'is_answered', EXISTS (
        SELECT FROM slack_messages later WHERE later.slack_user_id = m.slack_user_id
        AND later.slack_channel_id = m.slack_channel_id AND later.received_at > r.question_at))
    FROM slackintake_review r JOIN slack_messages m ON m.message_id = r.message_id
    LEFT JOIN staff s ON s.staff_id = r.question_by
    WHERE r.message_id = message AND r.resolved_at IS NULL AND r.question_at IS NOT NULL
        AND app.staff_role() IN ('admin', 'operations')
    """,
    attributes=DOORS.READS,
)

# ``seen`` is the time of the question that the asker knows of: of two who ask at once, the second is told of the first.
# Returns 'done', 'refused', 'already' when the look is resolved, or 'asked' when somebody has asked meanwhile.
ASK_ABOUT_MESSAGE = function(
    "app.ask_about_message(message text, seen timestamptz)",
    "text",
    """
    DECLARE
        me record;
        look slackintake_review;
    BEGIN
        SELECT * INTO me FROM app.principal() p WHERE p.kind = 'staff' AND p.role IN ('admin', 'operations');
        IF NOT FOUND THEN RETURN 'refused'; END IF;
        SELECT * INTO look FROM slackintake_review r WHERE r.message_id = message AND r.resolved_at IS NULL FOR UPDATE;
        IF NOT FOUND THEN RETURN 'already'; END IF;
        IF look.question_at IS DISTINCT FROM seen THEN RETURN 'asked'; END IF;
        UPDATE slackintake_review SET question_at = clock_timestamp(), question_by = me.id
            WHERE review_id = look.review_id;
        RETURN 'done';
    END
    """,
    attributes="VOLATILE SECURITY DEFINER",
)

MESSAGES_TO_REVIEW = NamedSQL(
    "Say with each message that needs a look who has asked about it",
    FORMER.sql.replace("brought_back_by text)", "brought_back_by text, question jsonb)").replace(
        "m.metadata ->> 'brought_back_by')",
        """m.metadata ->> 'brought_back_by'),
        CASE WHEN r.question_at IS NOT NULL THEN app.question_about(m.message_id) END""",
    ),
    FORMER.reverse_sql,
)


def anew(sql: str) -> str:
    return sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


UNDO_REVIEW = NamedSQL(
    "Take a question about a message back, unless somebody has asked again",
    anew(
        FORMER_UNDO.sql.replace(
            "IF NOT FOUND THEN RETURN; END IF;",
            """IF NOT FOUND THEN RETURN; END IF;
        IF c.after ? 'question_at' THEN
            IF was.question_at IS DISTINCT FROM (c.after ->> 'question_at')::timestamptz THEN
                RAISE EXCEPTION USING ERRCODE = 'LP001', MESSAGE = 'changed since', DETAIL = jsonb_build_array(
                    jsonb_build_object('table', 'slackintake_review', 'key', c.row_key))::text;
            END IF;
            was := jsonb_populate_record(was, c.before);
            UPDATE slackintake_review SET question_at = was.question_at, question_by = was.question_by
                WHERE review_id = c.row_key;
            RETURN;
        END IF;""",
        )
    ),
    anew(FORMER_UNDO.sql),
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0017_own_acts_in_words")]

    operations = [
        migrations.AddField("review", "question_at", models.DateTimeField(null=True, blank=True)),
        migrations.AddField("review", "question_by", common.fields.TextColumn(null=True, blank=True)),
        migrations.AddConstraint(
            "review",
            models.CheckConstraint(
                condition=models.Q(question_at=None, question_by=None)
                | models.Q(question_at__isnull=False, question_by__isnull=False),
                name="slackintake_review_question_whole",
            ),
        ),
        QUESTION_ABOUT,
        ASK_ABOUT_MESSAGE,
        NamedSQL("Drop the function that knows of no question", FORMER.reverse_sql, FORMER.sql),
        MESSAGES_TO_REVIEW,
        UNDO_REVIEW,
    ]
