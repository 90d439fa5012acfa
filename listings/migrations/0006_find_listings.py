"""Finding listings for a list or a picker: by the words of their address and the name of their realtor."""

from django.db import migrations

from common.sql import SEARCHING, function

# As the search indexes of the two tables have them.
LISTING_WORDS = "app.search_words(ARRAY[l.address_string])"
REALTOR_WORDS = (
    "app.search_words(ARRAY[r.name, r.email, r.brokerage, r.slack_user_id] || r.territories)"
    " || app.search_codes(ARRAY[r.phone, r.license_number])"
)

# Each word is in the address or in the realtor's name. No rank and no cap, unlike app.search_listings: what a list
# holds is decided by its other filters too, and its order is its own.
FIND_LISTINGS = function(
    "app.find_listings(words tsquery[])",
    "SETOF text",
    f"""
    DECLARE
        word tsquery;
        found text[];
    BEGIN
        IF app.staff_id() IS NULL THEN RETURN; END IF;
        FOREACH word IN ARRAY words LOOP
            SELECT coalesce(array_agg(hit.id), ARRAY[]::text[]) INTO found FROM (
                SELECT l.listing_id AS id FROM listings l WHERE {LISTING_WORDS} @@ word AND l.deleted_at IS NULL
                UNION
                SELECT l.listing_id FROM realtors r JOIN listings l ON l.realtor_id = r.realtor_id
                WHERE ({REALTOR_WORDS}) @@ word AND app.search_words(ARRAY[r.name]) @@ word AND l.deleted_at IS NULL
            ) hit
            WHERE found IS NULL OR hit.id IN (SELECT unnest(found));
        END LOOP;
        RETURN QUERY SELECT unnest(found);
    END
    """,
    # For a word of every address the planner would read the table, taking the words of each row apart again.
    attributes=f"{SEARCHING} SET enable_seqscan = off",
)

# For lists of tasks, which know an activity's place by its address already.
LISTINGS_OF_REALTORS = function(
    "app.listings_of_realtors(query tsquery)",
    "SETOF text",
    f"""SELECT l.listing_id FROM realtors r JOIN listings l ON l.realtor_id = r.realtor_id
        WHERE ({REALTOR_WORDS}) @@ query AND app.search_words(ARRAY[r.name]) @@ query
            AND l.deleted_at IS NULL AND app.staff_id() IS NOT NULL""",
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("listings", "0005_search")]

    operations = [FIND_LISTINGS, LISTINGS_OF_REALTORS]
