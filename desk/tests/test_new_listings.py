"""*New listings*: what has come in stands in everybody's inbox until that person acknowledges it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from common.principal import acting_as
from common.queries import last_undoable_act
from listings.models import Acknowledgement, Listing
from listings.queries import new_listings
from tests import factories

pytestmark = pytest.mark.django_db

TAB = "/inbox/?tab=new"
HX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "rows"}


@pytest.fixture
def listing():
    return factories.listing(address_string="88 Harbour St", realtor=factories.realtor(name="Amara Okonjo"))


def page_of(client, address=TAB, **headers):
    return client.get(address, **headers).content.decode()


@pytest.mark.parametrize("role", ["admin", "operations", "marketing", "support"])
def test_everybody_reads_what_has_come_in(sign_in, listing, role):
    _, client = sign_in(role)
    page = page_of(client)
    assert "88 Harbour St" in page
    assert "Amara Okonjo · came in" in page
    assert "1 to acknowledge" in page
    assert "New listings 1" in page_of(client, "/inbox/")


def test_it_leaves_my_inbox_and_stays_in_that_of_others(sign_in, listing):
    priya, mine = sign_in(name="Priya Patel")
    _, others = sign_in("marketing", name="Mark Adeyemi")
    answer = mine.post(f"/listings/{listing.pk}/acknowledge/", follow=True)
    assert "Acknowledged: 88 Harbour St" in answer.content.decode()
    assert list(Acknowledgement.objects.values_list("listing_id", "staff_id")) == [(listing.pk, priya.pk)]
    assert "No new listings" in page_of(mine)
    assert "88 Harbour St" in page_of(others)


def test_undo_brings_it_back_and_names_it(sign_in, listing):
    priya, client = sign_in()
    client.post(f"/listings/{listing.pk}/acknowledge/")
    with acting_as("staff", priya.pk):
        act = last_undoable_act(priya.pk)
    answer = client.post(f"/undo/{act.pk}/", follow=True)
    assert "Undone: acknowledged 88 Harbour St" in answer.content.decode()
    assert "1 to acknowledge" in page_of(client)


def test_a_second_time_is_told_and_changes_nothing(sign_in, listing):
    _, client = sign_in()
    path = f"/listings/{listing.pk}/acknowledge/"
    client.post(path)
    answer = client.post(path, **HX)
    assert answer.status_code == 409
    assert "acknowledged this already: 88 Harbour St" in answer.content.decode()
    assert Acknowledgement.objects.count() == 1


def test_old_ones_done_ones_and_removed_ones_are_no_news(sign_in, listing):
    priya, client = sign_in()
    with acting_as("staff", priya.pk):
        assert list(new_listings(priya)) == [listing]
    for values in (
        {"created_at": timezone.now() - timedelta(days=15)},
        {"deleted_at": timezone.now()},
    ):
        Listing.all_objects.filter(pk=listing.pk).update(created_at=timezone.now(), deleted_at=None)
        Listing.all_objects.filter(pk=listing.pk).update(**values)
        page = page_of(client)
        assert "88 Harbour St" not in page
        assert "0 to acknowledge" in page
    Listing.all_objects.filter(pk=listing.pk).update(created_at=timezone.now(), deleted_at=None)
    factories.activity(listing=listing, status="DONE", completed_at=timezone.now())
    assert "88 Harbour St" not in page_of(client)


def test_the_button_stands_on_the_listings_page_while_it_is_new_to_me(sign_in, listing):
    _, client = sign_in()
    assert "Acknowledge <kbd>1</kbd>" in page_of(client, f"/listings/{listing.pk}/")
    client.post(f"/listings/{listing.pk}/acknowledge/")
    assert "Acknowledge <kbd>1</kbd>" not in page_of(client, f"/listings/{listing.pk}/")


def test_the_next_page_follows_where_this_one_ended(sign_in):
    for number in range(52):
        factories.listing(address_string=f"{number} Queen St")
    _, client = sign_in()
    page = client.get(TAB)
    first = re.findall('id="r([0-9A-Z]{26})"', page.content.decode())
    assert len(first) == 50
    rest = client.get(f"/inbox/{page.context['more_href']}", **HX).content.decode()
    then = re.findall('id="r([0-9A-Z]{26})"', rest)
    assert "<html" not in rest
    assert (len(then), len({*first, *then})) == (2, 52)


def test_rows_that_have_gone_are_named(sign_in, listing):
    _, client = sign_in()
    other = factories.listing()
    client.post(f"/listings/{other.pk}/acknowledge/")
    answer = client.get(f"{TAB}&state=listing:{listing.pk},listing:{other.pk},nonsense")
    assert set(answer.json()["gone"]) == {f"listing:{other.pk}"}


def test_the_inbox_and_its_tab_stay_within_their_statements(sign_in, statements, listing):
    _, client = sign_in()
    client.get("/inbox/")
    assert len(statements(lambda: client.get("/inbox/"))) <= 6
    assert len(statements(lambda: client.get(TAB))) <= 6


def test_the_export_holds_what_waits_for_me(sign_in, listing):
    _, client = sign_in("marketing")
    seen = factories.listing(address_string="12 Elm St")
    client.post(f"/listings/{seen.pk}/acknowledge/")
    assert 'href="?tab=new&amp;export=csv"' in page_of(client)
    lines = b"".join(client.get(f"{TAB}&export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Address,Realtor,Type,Status,Came in,Address of its page"
    assert len(lines) == 2
    assert lines[1].startswith("88 Harbour St,Amara Okonjo,")
    assert lines[1].endswith(listing.get_absolute_url())
