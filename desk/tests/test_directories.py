"""The lists of listings and realtors."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories


def titles(answer):
    return [row.title for row in answer.context["rows"]]


def test_listings_stand_by_due_date_undated_last(sign_in):
    _, client = sign_in()
    now = timezone.now()
    factories.listing(address_string="3 C St")
    factories.listing(address_string="2 B St", due_date=now + timedelta(days=9))
    factories.listing(address_string="1 A St", due_date=now + timedelta(days=2))
    assert titles(client.get("/listings/")) == ["1 A St", "2 B St", "3 C St"]


def test_done_listings_have_their_own_tab(sign_in):
    _, client = sign_in()
    factories.listing(address_string="1 Open St")
    factories.listing(address_string="2 Done St", status="completed")
    assert titles(client.get("/listings/")) == ["1 Open St"]
    assert titles(client.get("/listings/?tab=done")) == ["2 Done St"]


def test_every_word_narrows(sign_in):
    _, client = sign_in()
    factories.listing(address_string="88 Harbour St, Unit 2307, Toronto")
    factories.listing(address_string="12 Harbour St, Oakland")
    assert titles(client.get("/listings/?q=harbour+toronto")) == ["88 Harbour St, Unit 2307, Toronto"]
    assert b"No address found" in client.get("/listings/?q=nowhere").content


@pytest.mark.parametrize("q", ["okonjo", "la paz okon", "ON-RECO-47", "amara.o", "(647) 555 0100", "5550100"])
def test_realtors_are_found_by(sign_in, q):
    _, client = sign_in()
    factories.realtor(
        name="Amara Okonjo",
        email="amara.okonjo@realty.example",
        brokerage="La Paz Realty",
        license_number="ON-RECO-4700000",
        phone="+1-647-555-0100",
    )
    factories.realtor(name="Hao Lin", phone="+1-415-555-0199")
    assert titles(client.get("/realtors/", {"q": q})) == ["Amara Okonjo"]


@pytest.mark.parametrize("path", ["/listings/", "/realtors/"])
def test_every_row_stands_on_exactly_one_page(sign_in, path):
    _, client = sign_in()
    now = timezone.now()
    for number in range(120):
        factories.listing(due_date=now if number % 3 else None)
        factories.realtor(name=f"Twin {number % 4}")
    seen, address = [], path
    while address:
        answer = client.get(address)
        seen += [row.href for row in answer.context["rows"]]
        more = answer.context["more_href"]
        address = path + more if more else ""
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("query", ["?q=%00", "?q=%25%27", "?after=zzz", "?after=" + "0" * 26, "?view=x"])
@pytest.mark.parametrize("path", ["/listings/", "/realtors/"])
def test_nonsense_in_the_address_is_no_error(sign_in, path, query):
    _, client = sign_in()
    assert client.get(path + query).status_code == 200
