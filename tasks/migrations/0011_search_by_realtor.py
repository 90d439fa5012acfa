"""Finding activities by the realtor of their listing too, as agent tasks are found by theirs."""

from importlib import import_module

from django.db import migrations

from common.sql import NamedSQL

FORMER = import_module("tasks.migrations.0006_search")
FINDING = import_module("listings.migrations.0006_find_listings")
(BY_ADDRESS,) = (step for step in FORMER.Migration.operations if "app.search_activities" in step.name)

# The realtors whose names have most of the words. A name alone may be that of hundreds; no more of their tasks are read
# than are ever counted.
_NAMED = f"""
            SELECT array_agg(p.realtor_id), array_agg(p.rest) INTO realtor_ids, lacking FROM (
                SELECT r.realtor_id, missing.rest, rank() OVER (ORDER BY missing.number) AS position
                FROM realtors r, LATERAL (
                    SELECT count(*) AS number, string_agg('(' || w::text || ')', ' & ')::tsquery AS rest
                    FROM unnest(words) w WHERE NOT app.search_words(ARRAY[r.name]) @@ w
                ) missing
                WHERE ({FINDING.REALTOR_WORDS}) @@ any_word AND app.search_words(ARRAY[r.name]) @@ any_word
            ) p WHERE p.position = 1;

            RETURN QUERY"""


def _of_realtor(closed: int, condition: str) -> str:
    """The activities of those realtors' listings that have the rest of the words, in their title or address."""
    return f"""
            UNION
            SELECT t.task_id, t.name, t.due_date, t.completed_at, t.deleted_at, {closed} FROM (
                SELECT t.*, named.rest, l.address_string
                FROM unnest(realtor_ids, lacking) AS named (id, rest)
                    JOIN listings l ON l.realtor_id = named.id AND l.deleted_at IS NULL
                    JOIN activities t ON t.listing_id = l.listing_id
                WHERE {condition} AND (t.visibility_group = ANY (groups) OR t.assigned_staff_id = me.id)
                LIMIT {FORMER.READ}
            ) t WHERE t.rest IS NULL OR app.search_words(ARRAY[t.name, t.description, t.address_string]) @@ t.rest"""


_DECLARED = "telling tsquery;"
_JOINED = "whole := coalesce(whole && word, word);"
_ALL_FOUND = "\n            ) f, LATERAL"
CHANGES = {
    "CREATE FUNCTION": "CREATE OR REPLACE FUNCTION",
    _DECLARED: f"{_DECLARED} any_word tsquery; realtor_ids text[]; lacking tsquery[];",
    _JOINED: f"{_JOINED} any_word := coalesce(any_word || word, word);",
    "\n            RETURN QUERY": _NAMED,
    _ALL_FOUND: f"{_of_realtor(0, FORMER.OPEN)}{_of_realtor(1, FORMER.CLOSED)}{_ALL_FOUND}",
}


def _with_realtors(sql: str) -> str:
    for old, new in CHANGES.items():
        sql = sql.replace(old, new, 1)
    return sql


class Migration(migrations.Migration):
    dependencies = [("tasks", "0010_number_with_team"), ("listings", "0006_find_listings")]

    operations = [
        NamedSQL(
            "Find activities by the name of their listing's realtor too",
            _with_realtors(BY_ADDRESS.sql),
            BY_ADDRESS.sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1),
        )
    ]
