"""Finding activities and agent tasks by their words, and by the listing or realtor they are for."""

from django.db import migrations

from common.sql import SEARCHING, NamedSQL, function, search_index

WORDS = "app.search_words(ARRAY[t.name, t.description])"
OPEN = "t.deleted_at IS NULL AND t.status IN ('OPEN', 'CLAIMED', 'IN_PROGRESS')"
CLOSED = "t.deleted_at IS NULL AND t.status IN ('DONE', 'FAILED', 'CANCELLED')"
CLOSED_OR_REMOVED = "(t.deleted_at IS NOT NULL OR t.status IN ('DONE', 'FAILED', 'CANCELLED'))"

# As the search indexes of those tables have them.
LISTING_WORDS = "app.search_words(ARRAY[address_string])"
REALTOR_WORDS = (
    "app.search_words(ARRAY[name, email, brokerage, slack_user_id] || territories)"
    " || app.search_codes(ARRAY[phone, license_number])"
)

# A word that more places share ("st", "toronto") tells too little of a place to look for its tasks.
SHARED = 300
# As many as are ever counted; of more the order holds within those that the index gives first.
READ = 1001


def search_indexes(table: str) -> list[NamedSQL]:
    """Two halves, so that the open tasks, which come first, are found without reading years of closed ones."""
    words = WORDS.replace("t.", "")
    return [
        search_index(f"idx_{table}_search_open", table, words, where=OPEN.replace("t.", "")),
        search_index(f"idx_{table}_search_closed", table, words, where=CLOSED_OR_REMOVED.replace("t.", "")),
    ]


def search_tasks(table: str, *, visible: str, places: str, key: str, indexed: str, place_words: str) -> NamedSQL:
    """The tasks of one table; ``places`` is the table of what they are for, found by ``place_words``.

    ``indexed`` is what the search index of that table holds: the same words or more.

    Found are tasks with all the words, and the tasks of those places that have most of the words, where the task has
    the rest ("photos 25 esplanade"). Exact beginnings come first, then open ones, then those found by their title; open
    ones by due date, closed ones newest first. Removed ones come last, and to admins only.
    """

    def half(closed: int, own: str, of_place: str) -> str:
        return f"""
            (SELECT t.task_id, t.name, t.due_date, t.completed_at, t.deleted_at, {closed} AS closed
             FROM {table} t WHERE {WORDS} @@ whole AND {own} AND {visible} LIMIT {READ})
            UNION
            SELECT t.task_id, t.name, t.due_date, t.completed_at, t.deleted_at, {closed} FROM (
                SELECT t.*, place.rest FROM unnest(place_ids, rests) AS place (id, rest), {table} t
                WHERE t.{key} = place.id AND {of_place} AND {visible} LIMIT {READ}
            ) t WHERE t.rest IS NULL OR {WORDS} @@ t.rest"""

    return function(
        f"app.search_{table}(words tsquery[], beginning text, cap integer)",
        "TABLE (id text, rank integer)",
        f"""
        DECLARE
            me record;
            groups text[] := app.visible_groups();
            word tsquery;
            whole tsquery;
            telling tsquery;
            shared_by int;
            place_ids text[];
            rests tsquery[];
        BEGIN
            SELECT p.id, p.role INTO me FROM app.principal() p WHERE p.kind = 'staff';
            IF NOT FOUND THEN RETURN; END IF;

            FOREACH word IN ARRAY words LOOP
                whole := coalesce(whole && word, word);
                SELECT count(*) INTO shared_by FROM (
                    SELECT FROM {places} WHERE ({indexed}) @@ word AND {place_words} @@ word LIMIT {SHARED + 1}
                ) few;
                IF shared_by BETWEEN 1 AND {SHARED} THEN telling := coalesce(telling || word, word); END IF;
            END LOOP;

            IF telling IS NOT NULL THEN
                SELECT array_agg(p.id), array_agg(p.rest) INTO place_ids, rests FROM (
                    SELECT {key} AS id, missing.rest, rank() OVER (ORDER BY missing.number) AS position
                    FROM {places}, LATERAL (
                        SELECT count(*) AS number, string_agg('(' || w::text || ')', ' & ')::tsquery AS rest
                        FROM unnest(words) w WHERE NOT {place_words} @@ w
                    ) missing
                    WHERE ({indexed}) @@ telling AND {place_words} @@ telling AND deleted_at IS NULL
                ) p WHERE p.position = 1;
            END IF;

            RETURN QUERY
            SELECT f.task_id,
                CASE WHEN f.deleted_at IS NULL THEN 0 ELSE 8 END
                + CASE WHEN starts_with(replace(title.words, ' ', ''), beginning) THEN 0 ELSE 4 END
                + f.closed * 2
                + CASE WHEN app.lexemes(title.words) @@ whole THEN 0 ELSE 1 END
            FROM ({half(0, OPEN, OPEN)}
                UNION {half(1, f"{CLOSED_OR_REMOVED} AND (t.deleted_at IS NULL OR me.role = 'admin')", CLOSED)}
            ) f, LATERAL (SELECT app.fold(f.name) AS words OFFSET 0) title
            ORDER BY 2, CASE f.closed WHEN 0 THEN f.due_date END, f.completed_at DESC NULLS LAST, 1
            LIMIT least(cap, 1001);
        END
        """,
        attributes=SEARCHING,
    )


class Migration(migrations.Migration):
    dependencies = [("tasks", "0005_team_counts"), ("listings", "0005_search")]

    operations = [
        *search_indexes("activities"),
        *search_indexes("agent_tasks"),
        search_tasks(
            "activities",
            visible="(t.visibility_group = ANY (groups) OR t.assigned_staff_id = me.id)",
            places="listings",
            key="listing_id",
            indexed=LISTING_WORDS,
            place_words=LISTING_WORDS,
        ),
        search_tasks(
            "agent_tasks",
            visible="(me.role IN ('admin', 'operations') OR t.assigned_staff_id = me.id)",
            places="realtors",
            key="realtor_id",
            indexed=REALTOR_WORDS,
            place_words="app.search_words(ARRAY[name, brokerage])",
        ),
    ]
