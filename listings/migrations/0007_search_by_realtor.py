"""Finding listings by the name of their realtor too."""

from importlib import import_module

from django.db import migrations

from common.sql import SEARCHING, NamedSQL, function

BY_ADDRESS = import_module("listings.migrations.0005_search")
FINDING = import_module("listings.migrations.0006_find_listings")
FOUND = "l.listing_id, l.address_string, l.status, l.created_at, l.deleted_at"

# Each word is in the address or in the realtor's name. Exact beginnings of the address come first, then what is open,
# then what is found by its address alone, then the newest. Of more than 2,000 of either kind the order holds within
# those that the index gives first. Removed ones are found by their address, and by admins only.
SEARCH_LISTINGS = function(
    "app.search_listings(words tsquery[], beginning text, cap integer)",
    "TABLE (id text, rank integer)",
    f"""
    DECLARE
        is_admin boolean := app.staff_role() = 'admin';
        whole tsquery;
        any_word tsquery;
        word tsquery;
    BEGIN
        IF app.staff_id() IS NULL THEN RETURN; END IF;
        FOREACH word IN ARRAY words LOOP
            whole := coalesce(whole && word, word);
            any_word := coalesce(any_word || word, word);
        END LOOP;

        RETURN QUERY
        SELECT f.listing_id,
            min(CASE WHEN f.deleted_at IS NULL THEN 0 ELSE 8 END
                + CASE WHEN starts_with(app.compact(f.address_string), beginning) THEN 0 ELSE 4 END
                + CASE WHEN f.status = 'completed' THEN 2 ELSE 0 END
                + f.of_realtor)
        FROM (
            (SELECT {FOUND}, 0 AS of_realtor FROM listings l
             WHERE {FINDING.LISTING_WORDS} @@ whole AND (l.deleted_at IS NULL OR is_admin) LIMIT 2000)
            UNION ALL
            (SELECT {FOUND}, 1 FROM (
                SELECT r.realtor_id, (
                    SELECT string_agg('(' || w::text || ')', ' & ')::tsquery FROM unnest(words) w
                    WHERE NOT app.search_words(ARRAY[r.name]) @@ w
                ) AS rest
                FROM realtors r
                WHERE ({FINDING.REALTOR_WORDS}) @@ any_word AND app.search_words(ARRAY[r.name]) @@ any_word
                OFFSET 0
             ) named JOIN listings l ON l.realtor_id = named.realtor_id AND l.deleted_at IS NULL
             WHERE named.rest IS NULL OR {FINDING.LISTING_WORDS} @@ named.rest LIMIT 2000)
        ) f
        GROUP BY f.listing_id, f.created_at
        ORDER BY 2, f.created_at DESC, 1 LIMIT least(cap, 1001);
    END
    """,
    attributes=SEARCHING,
)


class Migration(migrations.Migration):
    dependencies = [("listings", "0006_find_listings")]

    operations = [
        NamedSQL(
            "Drop the function that finds listings by their address alone",
            BY_ADDRESS.SEARCH_LISTINGS.reverse_sql,
            BY_ADDRESS.SEARCH_LISTINGS.sql,
        ),
        SEARCH_LISTINGS,
    ]
