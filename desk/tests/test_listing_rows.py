"""The rows of the list of listings: what each says, to whom, in which order, and that the list stays true."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.clock import due_in_words, office_now, office_zone
from listings.models import Acknowledgement
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def rows(client, address="/listings/"):
    return {row.title: row for row in client.get(address).context["rows"]}


def titles(client, address="/listings/"):
    return list(rows(client, address))


@pytest.fixture
def harbour(now):
    """A listing with work of every team: 2 of 5 closed, and one removed."""
    listing = factories.listing(address_string="88 Harbour St", realtor=factories.realtor(name="Amara Okonjo"))
    helen = factories.staff("support", name="Helen Mbeki")
    values = {"listing": listing}
    soon, later = now + timedelta(days=1), now + timedelta(days=9)
    factories.activity(name="Key box", visibility_group="AGENT", due_date=soon, assigned_staff=helen, **values)
    factories.activity(name="Order sign", due_date=later, **values)
    factories.activity(name="Undated", **values)
    factories.activity(visibility_group="MARKETING", status="DONE", completed_at=now, **values)
    factories.activity(status="CANCELLED", completed_at=now, due_date=now - timedelta(days=5), **values)
    factories.activity(deleted_at=now, **values)
    return listing


@pytest.mark.parametrize("role", ["admin", "operations", "marketing", "support"])
def test_progress_counts_all_live_activities_whoever_may_see_them(sign_in, harbour, role):
    _, client = sign_in(role)
    row = rows(client)["88 Harbour St"]
    assert (row.closed, row.live) == (2, 5)
    assert "2/5" in client.get("/listings/").content.decode()


@pytest.mark.parametrize(
    ("role", "following", "owner"), [("support", "Key box", "Helen Mbeki"), ("marketing", "Order sign", "")]
)
def test_the_next_due_activity_is_one_that_the_reader_sees(sign_in, harbour, role, following, owner):
    _, client = sign_in(role)
    row = rows(client)["88 Harbour St"]
    assert (row.next_name, row.owner_name) == (following, owner)
    assert row.next_label == due_in_words(row.next_due.astimezone(office_zone()), office_now())[0]
    if role == "marketing":
        assert "Key box" not in client.get("/listings/").content.decode()


def test_an_activity_of_mine_may_be_next_whatever_its_group(sign_in, harbour, now):
    mark, client = sign_in("marketing")
    factories.activity(name="Mine", listing=harbour, visibility_group="AGENT", due_date=now, assigned_staff=mark)
    assert rows(client)["88 Harbour St"].next_name == "Mine"


def test_a_row_says_realtor_type_status_and_how_long_it_has_been_open(sign_in, harbour, now):
    _, client = sign_in()
    factories.listing(address_string="1 Bare St", type=None, created_at=now - timedelta(days=12))
    found = rows(client)
    assert (found["88 Harbour St"].realtor, found["88 Harbour St"].type_label) == ("Amara Okonjo", "Sale")
    assert found["88 Harbour St"].days_words == "new today"
    assert found["1 Bare St"].subtitle == "No realtor yet"
    assert found["1 Bare St"].days_words == "12 days open"
    page = client.get("/listings/").content.decode()
    assert "no activities" in page
    assert "nothing due" in page


def test_acknowledged_is_said_for_the_reader_alone(sign_in, harbour):
    priya, hers = sign_in()
    _, other = sign_in()
    Acknowledgement.objects.create(listing=harbour, staff_id=priya.pk)
    assert rows(hers)["88 Harbour St"].is_acknowledged
    assert not rows(other)["88 Harbour St"].is_acknowledged
    assert "not acknowledged" in other.get("/listings/").content.decode()


# ---- order -----------------------------------------------------------------------------------------------------------


def test_listings_stand_by_what_is_due_next_and_without_that_the_newest_first(sign_in, now):
    _, client = sign_in()
    for days, address in ((9, "3 Third St"), (2, "1 First St"), (5, "2 Second St")):
        listing = factories.listing(address_string=address)
        factories.activity(listing=listing, due_date=now + timedelta(days=days))
        factories.activity(listing=listing, due_date=now + timedelta(days=30))
    for address in ("5 Older St", "4 Newer St"):
        factories.listing(address_string=address, due_date=now)
    assert titles(client) == ["1 First St", "2 Second St", "3 Third St", "4 Newer St", "5 Older St"]


def test_the_order_goes_by_what_the_reader_sees(sign_in, now):
    hidden, seen = factories.listing(address_string="1 Hidden St"), factories.listing(address_string="2 Seen St")
    factories.activity(listing=hidden, due_date=now, visibility_group="AGENT")
    factories.activity(listing=seen, due_date=now + timedelta(days=1))
    assert titles(sign_in("support")[1]) == ["1 Hidden St", "2 Seen St"]
    assert titles(sign_in("marketing")[1]) == ["2 Seen St", "1 Hidden St"]


def test_the_next_page_begins_where_the_last_one_ended_though_its_last_row_has_moved(sign_in, now):
    _, client = sign_in()
    activities = [
        factories.activity(listing=factories.listing(), due_date=now + timedelta(hours=number)) for number in range(60)
    ]
    first = client.get("/listings/")
    last = first.context["rows"][-1]
    type(activities[0]).objects.filter(listing=last.id).update(due_date=None)
    following = client.get(f"/listings/{first.context['more_href']}").context["rows"]
    assert [row.id for row in following] == [*(activity.listing_id for activity in activities[50:]), last.id]


@pytest.mark.parametrize("after", ["9" * 16 + "_" + "0" * 26, "9" * 30 + "_" + "0" * 26, "_", "x_" + "0" * 26, "\0"])
def test_a_bad_place_in_the_address_is_no_error(sign_in, harbour, after):
    _, client = sign_in()
    assert client.get("/listings/", {"after": after}).status_code == 200


# ---- live ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["listings", "realtors"])
def test_the_list_is_asked_for_again_as_rows_alone(sign_in, page):
    _, client = sign_in()
    factories.listing(realtor=factories.realtor())
    whole = client.get(f"/{page}/").content.decode()
    assert "data-live" in whole
    rows = client.get(f"/{page}/", headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode()
    assert "<html" not in rows
    assert rows.strip() in whole
    nothing = client.get(f"/{page}/?q=zzz", headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode()
    assert "<html" not in nothing
    assert 'class="empty"' in nothing


def test_a_polling_list_is_told_which_rows_have_really_gone(sign_in, harbour):
    _, client = sign_in()
    done = factories.listing(status="completed")
    unknown = factories.unknown_id()
    state = ",".join(f"listing:{key}" for key in (harbour.pk, done.pk, unknown)) + ",nonsense"
    gone = client.get("/listings/", {"state": state}).json()["gone"]
    assert gone == {f"listing:{key}": "No longer in this list:" for key in (done.pk, unknown)}
    realtor = factories.realtor(status="pending")
    answer = client.get("/realtors/", {"state": f"realtor:{realtor.pk}", "tab": "active"})
    assert answer.json()["gone"] == {f"realtor:{realtor.pk}": "No longer in this list:"}


@pytest.mark.parametrize("path", ["/listings/", "/realtors/"])
def test_an_unchanged_list_is_not_sent_again(sign_in, time_machine, path):
    time_machine.move_to("2040-03-02T17:00:10Z", tick=False)
    _, client = sign_in()
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
