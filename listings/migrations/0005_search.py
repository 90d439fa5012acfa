"""Finding listings by their address."""

from django.db import migrations

from common.sql import function, search_index

LISTING_WORDS = "app.search_words(ARRAY[address_string])"
ADMIN = "(SELECT app.staff_role()) = 'admin'"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"

# Exact beginnings first, then what is open, then the newest. Of more than 2,000 the order holds within the 2,000 that
# the index gives first: whoever looks for the city's name reads no further anyway.
SEARCH_LISTINGS = function(
    "app.search_listings(query tsquery, beginning text, cap integer)",
    "TABLE (id text, rank integer)",
    f"""
    SELECT listing_id,
        CASE WHEN deleted_at IS NULL THEN 0 ELSE 8 END
        + CASE WHEN starts_with(app.compact(address_string), beginning) THEN 0 ELSE 4 END
        + CASE WHEN status = 'completed' THEN 2 ELSE 0 END
    FROM (
        SELECT listing_id, address_string, status, created_at, deleted_at FROM listings
        WHERE {LISTING_WORDS} @@ query AND {ANY_STAFF} AND (deleted_at IS NULL OR {ADMIN}) LIMIT 2000
    ) found
    ORDER BY 2, created_at DESC, 1 LIMIT least(cap, 1001)
    """,
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("listings", "0004_templates_of_the_trade"), ("accounts", "0005_search")]

    operations = [
        search_index("idx_listings_search", "listings", LISTING_WORDS),
        SEARCH_LISTINGS,
    ]
