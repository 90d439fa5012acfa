"""Text as search sees it, and finding people: staff and realtors (docs/adr/0020-search.md)."""

from django.db import migrations

from common.sql import function, search_index

PURE = "IMMUTABLE STRICT PARALLEL SAFE"

# The same is done in Python by common/searching.py, which marks what was found; a test compares the two.
FOLD = function(
    "app.fold(given text)",
    "text",
    r"""
    BEGIN
        IF octet_length(given) = char_length(given) THEN
            RETURN regexp_replace(lower(given), '[^a-z0-9]+', ' ', 'g');
        END IF;
        -- Letters without their accents; signs, dashes and pictures are gaps between words.
        given := lower(regexp_replace(normalize(given, NFD), '[\u0300-\u036f]+', '', 'g'));
        given := replace(replace(replace(translate(given, 'øđłı', 'odli'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');
        RETURN regexp_replace(given, '[^a-z0-9\u00c0-\u1fff\u2c00-\u2fff\u3040-\ud7ff\uf900-\ufdff]+', ' ', 'g');
    END
    """,
    attributes=PURE,
)

COMPACT = function(
    "app.compact(given text)",
    "text",
    "BEGIN RETURN replace(app.fold(given), ' ', ''); END",
    attributes=PURE,
)

LEXEMES = function(
    "app.lexemes(folded text)",
    "tsvector",
    r"""
    BEGIN
        -- A lexeme takes no more than 2,046 bytes; nobody looks for the rest of such a word.
        IF length(folded) > 500 THEN
            folded := regexp_replace(folded, '([^ ]{200})[^ ]+', '\1', 'g');
        END IF;
        -- Not to_tsvector: its parser has ideas of its own about numbers and signs, which change with the locale.
        RETURN array_to_tsvector(array_remove(string_to_array(folded, ' '), ''));
    END
    """,
    attributes=PURE,
)

SEARCH_WORDS = function(
    "app.search_words(texts text[])",
    "tsvector",
    """
    DECLARE
        -- Longer texts are found by their beginning: a tsvector takes no more than a megabyte.
        whole text := left(array_to_string(texts, ' '), 20000);
        words text := app.fold(whole);
    BEGIN
        -- O'Brien is found by "brien" and by "obrien".
        IF strpos(whole, '''') > 0 OR strpos(whole, '’') > 0 THEN
            words := words || ' ' || app.fold(translate(whole, '''’', ''));
        END IF;
        RETURN app.lexemes(words);
    END
    """,
    attributes=PURE,
)

SEARCH_CODES = function(
    "app.search_codes(codes text[])",
    "tsvector",
    """
    DECLARE
        tails text[];
    BEGIN
        -- All endings of four characters and more: the beginning of an ending is any part of the number.
        SELECT array_agg(DISTINCT substr(code, start)) INTO tails
            FROM unnest(codes) given, left(app.compact(given), 40) code, generate_series(1, length(code) - 3) start;
        RETURN coalesce(array_to_tsvector(tails), '');
    END
    """,
    attributes=PURE,
)

STAFF_WORDS = "app.search_words(ARRAY[name, email, slack_user_id]) || app.search_codes(ARRAY[phone])"
REALTOR_WORDS = (
    "app.search_words(ARRAY[name, email, brokerage, slack_user_id] || territories)"
    " || app.search_codes(ARRAY[phone, license_number])"
)
ADMIN = "(SELECT app.staff_role()) = 'admin'"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"


def search_people(table: str, key: str, words: str):
    """Exact beginnings of the name first, then who is active, then who is found by the name rather than a number."""
    return function(
        f"app.search_{table}(query tsquery, beginning text, cap integer)",
        "TABLE (id text, rank integer)",
        f"""
        SELECT {key},
            CASE WHEN deleted_at IS NULL THEN 0 ELSE 8 END
            + CASE WHEN starts_with(replace(own.words, ' ', ''), beginning) THEN 0 ELSE 4 END
            + CASE WHEN status = 'active' THEN 0 ELSE 2 END
            + CASE WHEN app.lexemes(own.words) @@ query THEN 0 ELSE 1 END
        FROM {table}, LATERAL (SELECT app.fold(name) AS words OFFSET 0) own
        WHERE ({words}) @@ query AND {ANY_STAFF} AND (deleted_at IS NULL OR {ADMIN})
        ORDER BY 2, lower(name), 1 LIMIT least(cap, 1001)
        """,
        attributes="STABLE SECURITY DEFINER",
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_policies_of_people")]

    operations = [
        FOLD,
        COMPACT,
        LEXEMES,
        SEARCH_WORDS,
        SEARCH_CODES,
        search_index("idx_staff_search", "staff", STAFF_WORDS),
        search_index("idx_realtors_search", "realtors", REALTOR_WORDS),
        search_people("staff", "staff_id", STAFF_WORDS),
        search_people("realtors", "realtor_id", REALTOR_WORDS),
    ]
