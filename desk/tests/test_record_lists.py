"""The lists of listings and realtors: filters, tabs, orders, saved views and files, all of it in the address."""

import csv
import io
import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from django.utils.html import escape

from accounts.models import SavedView
from common.clock import office_now, office_zone
from common.fields import new_ulid
from desk.record_filters import ListingFilters, RealtorFilters
from listings.models import KeyDate, Listing
from realtors.models import Realtor
from tests import factories

pytestmark = pytest.mark.django_db

LEGACY = "legacy column, kept, unused and hidden"
FOUND_BY_WORDS = "found by its words"
LISTING_COLUMNS = {
    "address_string": "q",
    "status": "status",
    "type": "type",
    "due_date": "stands in the file; due goes by what is due next, as the row shows it",
    "realtor": "realtor",
    "listing_id": "nobody knows an id by heart",
    "assignee": LEGACY,
    "agent_id": LEGACY,
    "progress": "follows from the activities: see status and work",
    "created_at": "an order, newest or oldest first",
    "updated_at": "work, where nothing has moved",
    "deleted_at": "removed ones are restored elsewhere",
}
REALTOR_COLUMNS = {
    "name": "q",
    "status": "status",
    "slack_user_id": "slack",
    "email": FOUND_BY_WORDS,
    "phone": FOUND_BY_WORDS,
    "license_number": FOUND_BY_WORDS,
    "brokerage": FOUND_BY_WORDS,
    "territories": "read in the row; a realtor has many of them, written freely",
    "realtor_id": "nobody knows an id by heart",
    "created_at": "an order, newest first",
    "updated_at": "says nothing of the person",
    "deleted_at": "removed ones are restored elsewhere",
    "metadata": "of machines",
}


@pytest.mark.parametrize(
    ("model", "filters", "columns"),
    [(Listing, ListingFilters, LISTING_COLUMNS), (Realtor, RealtorFilters, REALTOR_COLUMNS)],
)
def test_every_column_has_a_filter_or_a_reason(model, filters, columns):
    assert set(columns) == {field.name for field in model._meta.fields}
    named = {value for value in columns.values() if " " not in value}
    assert named <= set(filters.base_filters)


def titles(answer):
    return {row.title for row in answer.context["rows"]}


@pytest.fixture
def places():
    now, amara = timezone.now(), factories.realtor(name="Amara Okonjo")
    late = factories.listing(address_string="1 Late St", type="SALE", realtor=amara)
    undated = factories.listing(address_string="2 Undated St", type="LEASE")
    done = factories.listing(address_string="3 Done St")
    factories.activity(listing=late, due_date=now - timedelta(days=2))
    factories.activity(listing=undated, assigned_staff=factories.staff("operations"))
    factories.activity(listing=done, status="DONE", completed_at=now)
    KeyDate.objects.create(listing=undated, kind="go_live", day=office_now().date())
    return {"late": late, "undated": undated, "done": done, "amara": amara}


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("", {"1 Late St", "2 Undated St"}),
        ("?tab=done", {"3 Done St"}),
        ("?tab=live", {"2 Undated St"}),
        ("?tab=unowned", {"1 Late St"}),
        ("?tab=stuck", set()),
        ("?due=overdue", {"1 Late St"}),
        ("?due=none", {"2 Undated St"}),
        ("?type=LEASE", {"2 Undated St"}),
        ("?type=LEASE&type=SALE", {"1 Late St", "2 Undated St"}),
        ("?status=completed", {"3 Done St"}),
        ("?work=none", set()),
        ("?q=undated", {"2 Undated St"}),
        ("?due=never&type=CASTLE&tab=moon&sort=luck&after=nonsense", {"1 Late St", "2 Undated St"}),
    ],
)
def test_a_listing_is_found_by(sign_in, places, address, wanted):
    _, client = sign_in()
    assert titles(client.get(f"/listings/{address}")) == wanted


@pytest.mark.parametrize(
    ("due", "shows"),
    [
        ("overdue", {"Late, then later"}),
        ("today", {"Tonight"}),
        ("week", {"Tonight", "Friday"}),
        ("none", {"Undated", "Late but closed", "Late but removed", "Its own date late"}),
    ],
)
@pytest.mark.parametrize("role", ["operations", "support"])
def test_due_goes_by_what_the_row_shows_as_due_next(sign_in, monkeypatch, role, due, shows):
    now = datetime(2026, 3, 3, 12, tzinfo=office_zone())  # a Tuesday
    monkeypatch.setattr("desk.record_filters.office_now", lambda: now)
    late, tonight, friday = now - timedelta(days=1), now + timedelta(hours=6), now + timedelta(days=3)

    def listing(address, *dates, due_date=None, **values):
        made = factories.listing(address_string=address, due_date=due_date)
        for date in dates:
            factories.activity(listing=made, due_date=date, **values)
        factories.activity(listing=made, visibility_group="MARKETING", due_date=late)
        return made

    listing("Late, then later", late, friday)
    listing("Tonight", tonight, friday)
    listing("Friday", friday)
    listing("Undated", None)
    listing("Late but closed", late, status="DONE", completed_at=now)
    listing("Late but removed", late, deleted_at=now)
    listing("Its own date late", None, due_date=late)
    _, client = sign_in(role)
    answer = client.get(f"/listings/?due={due}")
    everything = {row.title for row in client.get("/listings/").context["rows"]}
    assert titles(answer) == (shows if role == "support" else everything if due == "overdue" else set())
    for row in answer.context["rows"]:
        assert (row.next_due is None) == (due == "none")


def test_a_list_of_what_is_due_asks_no_more_statements(sign_in, places, statements):
    _, client = sign_in()
    assert len(statements(lambda: client.get("/listings/?due=overdue&type=SALE&q=late"))) <= 6


@pytest.mark.parametrize(("days", "wanted"), [(4, set()), (6, {"1 Late St", "2 Undated St"})])
def test_what_has_not_moved_for_five_days_is_stuck(sign_in, places, monkeypatch, days, wanted):
    _, client = sign_in()
    later = timezone.now() + timedelta(days=days)
    monkeypatch.setattr("desk.record_filters.timezone", SimpleNamespace(now=lambda: later))
    assert titles(client.get("/listings/?tab=stuck")) == wanted


def test_chips_say_what_is_in_force_and_take_it_off(sign_in, places):
    _, client = sign_in()
    answer = client.get(f"/listings/?type=SALE&due=overdue&realtor={places['amara'].pk}&sort=address")
    assert [chip.label for chip in answer.context["chips"]] == ["Type is Sale", "Overdue", "Amara Okonjo"]
    assert answer.context["cleared"] == "?sort=address"
    for chip in answer.context["chips"]:
        assert "sort=address" in chip.href
        assert len(client.get(f"/listings/{chip.href}").context["chips"]) == 2


def test_the_finder_offers_what_is_not_in_force_yet(sign_in, places):
    _, client = sign_in()
    page = client.get("/listings/?type=SALE&finder=1").content.decode()
    assert "Type is Lease" in page
    assert "Type is Sale" not in page
    assert "Order: by address" in page


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("", {"Amara Okonjo", "Hao Lin", "Pia Pending"}),
        ("?tab=active", {"Amara Okonjo", "Hao Lin"}),
        ("?tab=unlinked", {"Hao Lin", "Pia Pending"}),
        ("?tab=pending", {"Pia Pending"}),
        ("?tab=work", {"Amara Okonjo"}),
        ("?open=no", {"Hao Lin", "Pia Pending"}),
        ("?slack=linked", {"Amara Okonjo"}),
    ],
)
def test_a_realtor_is_found_by(sign_in, address, wanted):
    _, client = sign_in()
    amara = factories.realtor(name="Amara Okonjo", slack_user_id="UAMARA")
    factories.realtor(name="Hao Lin", slack_user_id=None)
    factories.realtor(name="Pia Pending", status="pending", slack_user_id=None)
    factories.agent_task(realtor=amara)
    assert titles(client.get(f"/realtors/{address}")) == wanted


@pytest.mark.parametrize("sort", ["due", "newest", "oldest", "address"])
def test_each_order_shows_each_row_once(sign_in, sort):
    _, client = sign_in()
    for number in range(61):
        due = timezone.now() + timedelta(days=number % 5) if number % 3 else None
        factories.activity(listing=factories.listing(address_string=f"{number % 7} Twin St"), due_date=due)
    first = client.get(f"/listings/?sort={sort}")
    rest = client.get(f"/listings/{first.context['more_href']}", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in rest
    shown = re.findall(r'class="t" href="/listings/(\w{26})/"', first.content.decode() + rest)
    assert (len(shown), len(set(shown))) == (61, 61)


def test_a_file_holds_what_the_list_does(sign_in, places):
    Listing.objects.filter(pk=places["late"].pk).update(address_string="=1+1 Late St")
    _, client = sign_in()
    answer = client.get("/listings/?export=csv&due=overdue")
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert lines[0][0] == "Address"
    assert len(lines) == 2
    assert not lines[1][0].startswith("=")
    assert "listings-" in answer["Content-Disposition"]


@pytest.mark.parametrize("page", ["listings", "realtors"])
def test_a_saved_view_is_a_tab_and_may_be_what_the_list_opens_with(sign_in, page):
    _, client = sign_in()
    query = "due=overdue" if page == "listings" else "slack=missing"
    saved = client.post("/views/", {"page": page, "name": "Mine", "query": query})
    assert saved["Location"].startswith(f"/{page}/?{query}&view=")
    assert "View “Mine”" in client.get(saved["Location"]).content.decode()
    SavedView.objects.update(is_default=True)
    assert client.get(f"/{page}/")["Location"] == saved["Location"]


@pytest.mark.parametrize("key", ["inbox", "my", "listings"])
def test_a_saved_view_keeps_tab_and_order_however_they_stand_in_the_address(sign_in, key):
    _, client = sign_in()
    tab = "stuck" if key == "listings" else "snoozed"
    query = f"tab={tab}&sort=newest&due=overdue"
    saved = client.post("/views/", {"page": key, "name": "Mine", "query": query})["Location"]
    for address in (saved, f"/{key}/?due=overdue&sort=newest&tab={tab}&view={SavedView.objects.get().pk}"):
        shown = client.get(address).content.decode()
        assert f'name="query" value="{escape(query)}"' in shown
        assert "· changed" not in shown
    assert "· changed" in client.get(saved.replace("newest", "oldest")).content.decode()


@pytest.mark.parametrize("key", ["inbox", "my", "listings"])
def test_a_list_that_opens_with_a_view_still_leads_to_its_first_tab(sign_in, key):
    _, client = sign_in()
    tab = "stuck" if key == "listings" else "snoozed"
    client.post("/views/", {"page": key, "name": "Mine", "query": f"tab={tab}"})
    SavedView.objects.update(is_default=True)
    shown = client.get(f"/{key}/", follow=True).content.decode()
    assert f'href="/{key}/?tab="' in shown
    assert client.get(f"/{key}/?tab=").status_code == 200


def test_an_admin_has_a_button_to_take_away_the_shared_view_of_others(sign_in):
    _, priya = sign_in()
    _, admin = sign_in("admin")
    _, mark = sign_in("marketing")
    form = {"page": "inbox", "name": "Ours", "query": "due=week", "is_shared": "on"}
    address = priya.post("/views/", form)["Location"]
    shows = {client: 'value="remove">' in client.get(address).content.decode() for client in (priya, admin, mark)}
    assert shows == {priya: True, admin: True, mark: False}


@pytest.mark.parametrize("path", ["/listings/", "/realtors/"])
def test_a_row_more_costs_no_statement(sign_in, statements, path):
    _, client = sign_in()
    make = {"assigned_staff": factories.staff(), "due_date": timezone.now()}
    factories.activity(listing=factories.listing(realtor=factories.realtor()), **make)
    few = statements(lambda: client.get(path))
    for _ in range(9):
        factories.activity(listing=factories.listing(realtor=factories.realtor()), **make)
    assert len(statements(lambda: client.get(path))) == len(few) <= 6


def test_a_nul_or_an_unknown_key_shows_a_list_all_the_same(sign_in):
    _, client = sign_in()
    for address in ("?q=a%00b", f"?after={new_ulid()}", f"?realtor={new_ulid()}", "?realtor=%00"):
        assert client.get(f"/listings/{address}").status_code == 200, address
