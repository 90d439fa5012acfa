"""What typing finds among filters: those called so, and those by a realtor, a person, a listing or words."""

import re

import pytest
from django.utils import timezone
from django.utils.html import escape

from tests import factories

pytestmark = pytest.mark.django_db


def found(client, path, typed):
    """What the finder of a list offers for these words: the filters called so, and what is found; label to address."""
    page = client.get(path, {"finder": "1", "find": typed})
    offered = page.context["choices"], page.context["found"]
    return tuple({choice.label: choice.href for choice in choices} for choices in offered)


@pytest.fixture
def dolores():
    realtor = factories.realtor(name="Dolores Jensen")
    listing = factories.listing(address_string="88 Harbour St", realtor=realtor)
    factories.activity(name="Order yard sign", listing=listing)
    factories.activity(name="Book photographer")
    return realtor


def test_work_is_found_by_realtor_listing_and_words(sign_in, dolores):
    _, client = sign_in()
    called, by_name = found(client, "/inbox/", "dolores")
    assert called == {}
    assert list(by_name) == ["Realtor is Dolores Jensen", "Listing is 88 Harbour St", "With the words “dolores”"]
    for href in by_name.values():
        page = client.get(f"/inbox/{href}")
        assert page.context["count_words"] == "1 match this filter"
        assert "Order yard sign" in page.content.decode()
    assert "Listing is 88 Harbour St" in found(client, "/inbox/", "88 harb")[1]


def test_what_is_in_force_stays(sign_in, dolores):
    _, client = sign_in()
    page = client.get("/inbox/?tab=listing&priority=5&after=x&finder=1&find=jensen")
    hrefs = [choice.href for choice in page.context["found"]]
    assert hrefs[0] == f"?tab=listing&priority=5&realtor={dolores.pk}"
    assert '<input type="hidden" name="priority" value="5">' in page.content.decode()


def test_people_are_asked_for_where_somebody_has_the_work(sign_in):
    me, client = sign_in(name="Priya Patel")
    factories.staff("operations", name="Priyanka Sen", status="suspended")
    for path in ("/my/", "/team/operations/?tab=held"):
        assert [label for label in by(client, path, "priya") if label.startswith("With P")] == ["With Priya Patel"]
    for path in ("/inbox/", "/team/operations/"):
        assert by(client, path, "priya") == ["With the words “priya”"]
    factories.activity(assigned_staff=me)
    href = found(client, "/my/", "priya")[1]["With Priya Patel"]
    assert client.get(f"/my/{href}").context["count_words"] == "1 match this filter"


def by(client, path, typed):
    path, _, query = path.partition("?")
    page = client.get(path, {"finder": "1", "find": typed, "tab": query.partition("=")[2]})
    return [choice.label for choice in page.context["found"]]


def test_five_of_each_at_most_and_none_that_has_gone(sign_in):
    _, client = sign_in()
    for number in range(7):
        factories.realtor(name=f"Dolores {number}")
    factories.listing(address_string="5 Dolores Ave", status="completed")
    factories.realtor(name="Gwen Ashdown", deleted_at=timezone.now())
    assert len(by(client, "/inbox/", "dolores")) == 6
    assert by(client, "/inbox/", "gwen") == ["With the words “gwen”"]


def test_other_lists_offer_what_they_filter_by(sign_in, dolores):
    _, client = sign_in()
    assert by(client, "/listings/", "dolores") == ["Realtor is Dolores Jensen", "With the words “dolores”"]
    assert by(client, "/realtors/", "dolores") == ["With the words “dolores”"]
    assert by(client, "/slack/", "dolores") == ["With the words “dolores”"]


def test_without_script_the_form_narrows_the_filters_too(sign_in):
    _, client = sign_in()
    called, _ = found(client, "/inbox/", "mark over")
    assert {"Overdue", "Category is Marketing"} <= called.keys()
    assert "Category is Photo" not in called
    assert found(client, "/inbox/", "category photo")[0].keys() == {"Category is Photo"}
    assert len(found(client, "/inbox/", "")[0]) > 10


def test_what_is_found_has_the_cursor_where_no_filter_is_called_so(sign_in, dolores):
    _, client = sign_in()

    def marked(typed):
        page = client.get("/inbox/", {"finder": "1", "find": typed}, headers={"HX-Request": "true"}).content.decode()
        return re.findall(r'aria-current="true"><span></span><span>([^<]+)<', page)

    assert marked("dolores") == ["Realtor is Dolores Jensen"]
    assert marked("overdue") == []


@pytest.mark.parametrize("typed", ["d", "\0", "\0" * 26, "x" * 300, "'; --", "<b>", "%", "01KA7H73PR4MX7Z3JABG83QK3A"])
def test_whatever_is_typed_is_only_text(sign_in, typed):
    _, client = sign_in()
    for path in ("/inbox/", "/my/", "/listings/"):
        page = client.get(path, {"finder": "1", "find": typed})
        assert page.status_code == 200
        assert escape(typed.replace("\0", "")[:100]) in page.content.decode()


@pytest.mark.parametrize("path", ["/inbox/", "/my/", "/team/operations/", "/listings/", "/realtors/", "/slack/"])
def test_to_look_is_a_statement_more(sign_in, statements, dolores, path):
    _, client = sign_in()
    assert len(statements(lambda: client.get(path, {"finder": "1", "find": "dolores"}))) <= 6
