"""The back room in a real browser: no fault axe knows of, nothing the content policy forbids, look-ups that work."""

import pytest

from desk.tests.browser.conftest import complaints, desk, watch  # noqa: F401
from listings.models import Listing
from slackintake.models import SlackMessage
from tests import factories
from tests.axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def anna(desk):  # noqa: F811
    """``anna(...)`` gives (person, page) of an admin; options go to the browser."""
    return lambda **options: desk("admin", name="Anna Admin", **options)


@pytest.fixture
def rows(transactional_db):
    realtor = factories.realtor(name="Amara Okonjo", brokerage="La Paz Realty")
    listing = factories.listing(address_string="88 Harbour St, Toronto", realtor=realtor)
    for _ in range(60):
        factories.activity(listing=listing, due_date=factories.NOON)
    message = SlackMessage.objects.create(
        **{"slack_user_id": "U1", "slack_channel_id": "C1", "slack_ts": "17.1", "message_text": "New listing"},
        **{"message_type": "GROUP", "classification": {"group_key": "SALE_LISTING"}, "created_listing": listing},
    )
    return {"realtors/realtor": realtor, "listings/listing": listing, "slackintake/slackmessage": message}


def places(person, rows):
    """Index, lists, forms for new and old rows, history, passwords, and rows that are only looked at."""
    found = ["", "tasks/", "tasks/activity/", "tasks/activity/?p=2&status__exact=OPEN", "tasks/activity/?q=nothing"]
    found += ["tasks/activity/add/", "listings/officeday/add/", "accounts/user/add/", "password_change/"]
    found += ["common/act/", "common/change/", "admin/logentry/", "accounts/session/", "slackintake/reply/"]
    found += [f"staff/staff/{person.pk}/{page}/" for page in ("change", "history")]
    found += [f"{path}/{row.pk}/{page}/" for path, row in rows.items() for page in ("change", "history")]
    found += [f"accounts/user/{person.pk}/{page}/" for page in ("change", "password")]
    return [f"/admin/{path}" for path in found]


@pytest.fixture
def look(complaints):  # noqa: F811
    """Open a page, hold it against the content policy, then against axe, whose own styles the policy refuses."""

    def look(page, place):
        if place:
            page.goto(place)
            page.wait_for_load_state("networkidle")
        told = [line for line in complaints if "preload assets" not in line]
        wrong = [*told, *faults(page)]
        complaints.clear()
        return wrong

    return look


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_and_the_content_policy_find_nothing(anna, rows, look, theme):
    person, page = anna(color_scheme=theme)
    found = {place: wrong for place in places(person, rows) if (wrong := look(page, place))}
    assert found == {}


def test_axe_finds_nothing_at_phone_width_and_no_page_scrolls_sideways(anna, rows, look):
    person, page = anna(viewport={"width": 390, "height": 844})
    found = {}
    for place in ["/admin/", "/admin/tasks/activity/", *places(person, rows)[-9:]]:
        if wrong := look(page, place):
            found[place] = wrong
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.setdefault(place, []).append("scrolls sideways")
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_is_refused_and_said(anna, rows, look, theme):
    person, page = anna(color_scheme=theme)
    found = {}
    page.goto(f"/admin/staff/staff/{person.pk}/change/")
    page.select_option("[name=status]", "inactive")
    page.click("[name=_save]")
    page.wait_for_selector(".errornote")
    found["refusal"] = look(page, None)
    page.goto("/admin/realtors/realtor/add/")
    page.click("[name=_save]")
    page.wait_for_selector(".errorlist")
    found["empty form"] = look(page, None)
    page.goto("/admin/tasks/activity/")
    page.check("#action-toggle")
    page.wait_for_selector("span.question:visible")
    found["selection"] = look(page, None)
    page.select_option("[name=action]", "remove_selected")
    page.click("[name=index]")
    page.wait_for_selector(".messagelist")
    found["message"] = look(page, None)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_realtor_is_looked_up_in_a_window_of_its_own(anna, rows):
    _, page = anna()
    other = factories.realtor(name="Bruno Costa")
    listing = rows["listings/listing"]
    page.goto(f"/admin/listings/listing/{listing.pk}/change/")
    with page.expect_popup() as opened:
        page.click("#lookup_id_realtor")
    opened.value.click("text=Bruno Costa")
    assert page.input_value("#id_realtor") == other.pk
    page.click("#id_due_date_0 + .datetimeshortcuts a >> nth=1")
    page.wait_for_selector(".calendarbox")
    page.keyboard.press("Escape")
    page.click("[name=_save]")
    page.wait_for_url("**/admin/listings/listing/")
    assert Listing.objects.get(pk=listing.pk).realtor_id == other.pk
