"""Policies of templates, key dates and acknowledgements, and the lines a brokerage starts with."""

from django.db import migrations

from common.fields import new_ulid
from common.sql import enable_rls, policy, record_changes

ADMIN = "(SELECT app.staff_role()) = 'admin'"
DESK = "(SELECT app.staff_role()) IN ('admin', 'operations')"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"
MINE = "staff_id = (SELECT app.staff_id())"

# name, category, seen by, priority, counted from, working days
SALE = [
    ("Open the listing file", "ADMIN", "AGENT", 6, "intake", 0),
    ("Check the listing agreement and signatures", "ADMIN", "AGENT", 8, "intake", 1),
    ("Order title search and tax record", "ADMIN", "AGENT", 5, "intake", 2),
    ("Collect keys, alarm code and access note", "ADMIN", "BOTH", 5, "intake", 2),
    ("Book staging consultation", "STAGING", "MARKETING", 5, "photo", -3),
    ("Book photos and floor plan", "PHOTO", "BOTH", 8, "intake", 1),
    ("Take listing photos", "PHOTO", "BOTH", 8, "photo", 0),
    ("Select and edit photos", "PHOTO", "MARKETING", 7, "photo", 1),
    ("Write the listing description", "MARKETING", "BOTH", 6, "photo", 1),
    ("Prepare feature sheet and social posts", "MARKETING", "MARKETING", 5, "go_live", -1),
    ("Order yard sign and lockbox", "STAGING", "BOTH", 5, "go_live", -2),
    ("Put the listing on MLS", "ADMIN", "AGENT", 9, "go_live", 0),
    ("Announce the open house", "MARKETING", "MARKETING", 5, "open_house", -3),
    ("Prepare the open house", "STAGING", "BOTH", 5, "open_house", -1),
]
LEASE = [
    ("Open the lease file", "ADMIN", "AGENT", 6, "intake", 0),
    ("Check the listing agreement and landlord's papers", "ADMIN", "AGENT", 8, "intake", 1),
    ("Collect keys, fob and building rules", "ADMIN", "BOTH", 5, "intake", 2),
    ("Book photos", "PHOTO", "BOTH", 7, "intake", 1),
    ("Take listing photos", "PHOTO", "BOTH", 7, "photo", 0),
    ("Select and edit photos", "PHOTO", "MARKETING", 6, "photo", 1),
    ("Write the listing description", "MARKETING", "BOTH", 6, "photo", 1),
    ("Put the lease listing on MLS", "ADMIN", "AGENT", 9, "go_live", 0),
    ("Prepare social posts", "MARKETING", "MARKETING", 4, "go_live", 0),
    ("Set up showing instructions", "ADMIN", "AGENT", 5, "go_live", 0),
]
LINES = {
    "SALE_LISTING": SALE,
    "LEASE_LISTING": LEASE,
    "SALE_LEASE_LISTING": [
        *SALE[:12],
        ("Put the lease listing on MLS", "ADMIN", "AGENT", 9, "go_live", 0),
        ("Set up showing instructions for sale and lease", "ADMIN", "AGENT", 5, "go_live", 0),
        *SALE[12:],
    ],
    "SOLD_SALE_LEASE_LISTING": [
        ("Update MLS to sold or leased", "ADMIN", "AGENT", 9, "intake", 1),
        ("Receive deposit and send the receipt", "ADMIN", "AGENT", 9, "intake", 1),
        ("Make the trade record sheet", "ADMIN", "AGENT", 7, "intake", 2),
        ("Send the deal to both lawyers", "ADMIN", "AGENT", 7, "intake", 3),
        ("Put the sold rider on the sign", "STAGING", "BOTH", 5, "intake", 3),
        ("Post the sold announcement", "MARKETING", "MARKETING", 4, "intake", 2),
        ("Remove sign and lockbox", "STAGING", "BOTH", 5, "closing", 0),
        ("Send the commission statement", "ADMIN", "AGENT", 7, "closing", -5),
        ("Send the closing gift", "MARKETING", "BOTH", 3, "closing", 0),
        ("Close the file", "ADMIN", "AGENT", 5, "closing", 3),
    ],
    "RELIST_LISTING": [
        ("Cancel or let expire the former MLS listing", "ADMIN", "AGENT", 9, "intake", 0),
        ("Renew the listing agreement", "ADMIN", "AGENT", 8, "intake", 1),
        ("Review price and description with the realtor", "MARKETING", "BOTH", 6, "intake", 1),
        ("Check whether new photos are wanted", "PHOTO", "BOTH", 6, "intake", 1),
        ("Put the listing on MLS again", "ADMIN", "AGENT", 9, "go_live", 0),
        ("Refresh feature sheet and social posts", "MARKETING", "MARKETING", 4, "go_live", 0),
    ],
    "RELIST_LISTING_DEAL_SALE_OR_LEASE": [
        ("File the signed mutual release", "ADMIN", "AGENT", 9, "intake", 1),
        ("Return the deposit", "ADMIN", "AGENT", 8, "intake", 2),
        ("Tell both lawyers that the deal is off", "ADMIN", "AGENT", 7, "intake", 1),
        ("Put the listing back on the market", "ADMIN", "AGENT", 9, "go_live", 0),
        ("Take the sold rider off the sign", "STAGING", "BOTH", 5, "intake", 2),
        ("Tell the showing agents that it is available", "MARKETING", "BOTH", 5, "go_live", 0),
    ],
    "BUY_OR_LEASED": [
        ("Open the deal file", "ADMIN", "AGENT", 6, "intake", 0),
        ("Collect the accepted agreement and identity forms", "ADMIN", "AGENT", 8, "intake", 1),
        ("Confirm that the deposit was delivered", "ADMIN", "AGENT", 9, "intake", 1),
        ("Follow the conditions to their dates", "ADMIN", "AGENT", 7, "intake", 3),
        ("Book the home inspection", "INSPECTION", "BOTH", 6, "intake", 2),
        ("Send the deal to the lawyer", "ADMIN", "AGENT", 7, "intake", 3),
        ("Send the commission invoice to the co-operating brokerage", "ADMIN", "AGENT", 6, "closing", -5),
        ("Send the closing gift", "MARKETING", "BOTH", 3, "closing", 0),
    ],
    "MARKETING_AGENDA_TEMPLATE": [
        ("Agree the marketing agenda with the realtor", "MARKETING", "MARKETING", 6, "intake", 1),
        ("Draft the calendar of posts and mailings", "MARKETING", "MARKETING", 5, "intake", 3),
        ("Design flyer and feature sheet", "MARKETING", "MARKETING", 5, "intake", 4),
        ("Schedule the posts", "MARKETING", "MARKETING", 5, "go_live", -1),
        ("Send the mailing", "MARKETING", "MARKETING", 4, "go_live", 0),
        ("Report reach and replies to the realtor", "MARKETING", "BOTH", 3, "go_live", 10),
    ],
}
NAMES = {
    "SALE_LISTING": "Sale listing",
    "LEASE_LISTING": "Lease listing",
    "SALE_LEASE_LISTING": "Sale and lease listing",
    "SOLD_SALE_LEASE_LISTING": "Sold or leased",
    "RELIST_LISTING": "Relisting",
    "RELIST_LISTING_DEAL_SALE_OR_LEASE": "Relisting after a deal fell through",
    "BUY_OR_LEASED": "Bought or leased for a client",
    "MARKETING_AGENDA_TEMPLATE": "Marketing agenda",
}


def fill_templates(apps, schema_editor):
    """May run twice: a template that has lines already is left as its admins have it."""
    template, line = apps.get_model("listings", "Template"), apps.get_model("listings", "TemplateLine")
    for key, rows in LINES.items():
        made, _ = template.objects.get_or_create(group_key=key, defaults={"name": NAMES[key]})
        if line.objects.filter(template=made).exists():
            continue
        line.objects.bulk_create(
            line(
                line_id=new_ulid(),
                template=made,
                position=position,
                name=name,
                task_category=category,
                visibility_group=group,
                priority=priority,
                key_date=key_date,
                offset_days=offset,
            )
            for position, (name, category, group, priority, key_date, offset) in enumerate(rows, start=1)
        )


def guarded(table: str, key: str, *, view: str, write: str) -> list:
    return [
        *record_changes(table, key),
        enable_rls(table),
        policy(table, "SELECT", f"{table}_view", view),
        policy(table, "INSERT", f"{table}_insert", check=write),
        policy(table, "UPDATE", f"{table}_update", write, write),
        policy(table, "DELETE", f"{table}_delete", write),
        policy("changes", "SELECT", f"changes_of_{table}", f"table_name = '{table}' AND {ANY_STAFF}"),
    ]


class Migration(migrations.Migration):
    dependencies = [("listings", "0003_templates")]

    operations = [
        # Before the recording triggers: what ships with the product is no act of anybody.
        migrations.RunPython(fill_templates, migrations.RunPython.noop, elidable=False),
        *guarded("listings_template", "group_key", view=ANY_STAFF, write=ADMIN),
        *guarded("listings_template_line", "line_id", view=ANY_STAFF, write=ADMIN),
        *guarded("listings_key_date", "key_date_id", view=ANY_STAFF, write=DESK),
        *guarded("listings_acknowledgement", "acknowledgement_id", view=ANY_STAFF, write=MINE),
    ]
