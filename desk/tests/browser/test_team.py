"""A team's page under the hand: the longest unclaimed given out, a person's work moved on, the numbers that follow."""

import pytest
from playwright.sync_api import expect

from common.principal import acting_as
from tasks import actions
from tasks.models import Activity
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEAM = "/team/operations/"


def marked(page):
    return page.locator(".row[aria-current] .t")


def toast(page):
    return page.locator("#toasts .toast").last


@pytest.fixture
def helen(transactional_db):
    return factories.staff("operations", name="Helen Mbeki")


def test_unclaimed_work_is_given_out_by_keys_and_the_numbers_follow(desk, work, helen):
    _, page = desk()
    page.goto(TEAM)
    keys, load = page.keyboard, page.locator("#load")
    expect(page.locator("#tabs")).to_have_text("EverythingUnclaimed 4With people")
    expect(marked(page)).to_have_text("Book photographer")

    keys.press("a")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    keys.type("helen")
    keys.press("Enter")
    expect(toast(page)).to_contain_text("Helen")
    expect(page.locator("#rows .row")).to_have_count(3)
    expect(load.get_by_role("row", name="Helen Mbeki")).to_contain_text("Book photographer")

    keys.press("x")
    keys.press("Shift+J")
    keys.press("c")
    expect(toast(page)).to_contain_text("Claimed 2 tasks")
    expect(page.locator("#rows .row")).to_have_count(1)
    expect(load.get_by_role("row", name="Priya Patel")).to_contain_text("Order yard sign")
    keys.press("z")
    expect(page.locator("#rows .row")).to_have_count(3)
    expect(load.get_by_role("row", name="Priya Patel")).to_contain_text("nothing open")
    assert Activity.objects.filter(assigned_staff=helen).count() == 1


def test_what_a_person_has_is_a_click_away_and_leaves_when_somebody_else_takes_it(desk, work, helen):
    priya, page = desk()
    with acting_as("staff", priya.pk):
        for task in work[:2]:
            actions.assign(task, to=helen, by=priya)
    page.goto(TEAM)
    page.locator("#load").get_by_role("link", name="Helen Mbeki").click()
    expect(page.locator("#filters")).to_contain_text("Helen Mbeki")
    expect(page.locator("#rows .row")).to_have_count(2)
    expect(page.locator("#tabs [aria-current]")).to_have_text("With people 2")

    page.keyboard.press("a")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    page.get_by_label("Why it changes hands").fill("Helen is away")
    page.locator("#float").get_by_role("button", name="Priya Patel").click()
    expect(toast(page)).to_contain_text("Book photographer")
    page.evaluate("desk.live.ask()")
    expect(page.locator("#rows .row")).to_have_count(1)
    expect(marked(page)).to_have_text("Order yard sign")
    page.locator("#filters .chip").click()
    expect(page.locator("#rows .row")).to_have_count(2)


def test_when_the_last_row_has_gone_the_people_stay(desk, helen, transactional_db):
    factories.activity(name="Order yard sign")
    _, page = desk()
    page.goto(TEAM)
    page.keyboard.press("c")
    expect(page.get_by_text("All done here")).to_be_visible()
    expect(page.locator("#load")).to_contain_text("Helen Mbeki")
