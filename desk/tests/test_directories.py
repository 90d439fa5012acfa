"""The lists of listings and realtors."""

import pytest
from django.utils import timezone

from tests import factories


def titles(answer):
    return [row.title for row in answer.context["rows"]]


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


@pytest.mark.parametrize(
    "q", ["cote", "CÔTÉ", "5 cote street", "côté unit 12", "12 street", "dube", "chloé côte", "dubé st", "M5E1W5"]
)
def test_a_listing_is_found_by_its_address_and_its_realtor_however_they_are_written(sign_in, q):
    _, client = sign_in()
    address, chloe = "5 Côté St, Unit 12, Toronto, ON M5E 1W5", factories.realtor(name="Chloé Dubé")
    factories.listing(address_string=address, realtor=chloe)
    factories.listing(
        address_string="7 Pacific Ave", realtor=factories.realtor(name="Hao Lin", brokerage="Dubé Realty")
    )
    assert titles(client.get("/listings/", {"q": q})) == [address]


@pytest.mark.parametrize("path", ["/listings/", "/realtors/"])
def test_too_little_to_look_for_is_no_filter(sign_in, path):
    _, client = sign_in()
    factories.listing(realtor=factories.realtor())
    answer = client.get(path, {"q": "a"})
    assert len(answer.context["rows"]) == 1
    assert not answer.context["chips"]


@pytest.mark.parametrize("path", ["/listings/", "/realtors/"])
def test_removed_ones_are_not_found_here(sign_in, path):
    _, client = sign_in("admin")
    gone = factories.realtor(name="Gone Away")
    factories.listing(address_string="1 Gone St").delete()
    gone.delete()
    assert titles(client.get(path, {"q": "gone"})) == []


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
        factories.activity(listing=factories.listing(), due_date=now if number % 3 else None)
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
