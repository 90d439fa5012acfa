"""The lists of listings and realtors in a browser: selected by keys and thumb, kept true while they are looked at."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tasks.models import Activity
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


def toast(page):
    return page.locator("#toasts .toast").last


def test_two_listings_get_a_priority_by_keys_and_z_takes_it_back(desk, work):
    _, page = desk()
    page.goto("/listings/")
    press(page, "x Shift+J p")
    page.wait_for_url("**/listings/bulk/")
    expect(page.locator("h1")).to_have_text("Change the priority of 3 open activities of 2 listings")
    page.fill("[name=priority]", "7")
    page.keyboard.press("Control+Enter")
    expect(toast(page)).to_contain_text("Changed the priority of 3 tasks to 7, on 2 listings")
    assert set(Activity.objects.values_list("priority", flat=True)) == {7}
    press(page, "z")
    expect(toast(page)).to_contain_text("Undone: changed the priority of 3 tasks to 7")
    assert sorted(Activity.objects.values_list("priority", flat=True)) == [2, 5, 10]


def test_a_key_acts_on_the_row_with_the_cursor_where_nothing_is_selected(desk, work):
    _, page = desk()
    page.goto("/listings/")
    press(page, "p")
    page.wait_for_url("**/listings/bulk/")
    expect(page.locator("h1")).to_have_text("Change the priority of 2 open activities of 1 listing")


def test_the_page_then_all_that_match_by_their_number(desk, transactional_db):
    _, page = desk()
    for _ in range(53):
        factories.activity(listing=factories.listing())
    page.goto("/listings/")
    press(page, "Shift+X")
    expect(page.locator("#select-all")).to_have_text("Select all 53 that match")
    press(page, "Shift+X")
    expect(page.locator("#selcount")).to_have_text("53 selected")
    factories.activity(listing=factories.listing())
    press(page, "a")
    expect(page.locator("h1")).to_have_text("Assign 53 open activities of 53 listings")


def test_rows_are_ticked_and_the_list_exported_on_a_phone(desk, work):
    _, page = desk(**PHONE)
    page.goto("/listings/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap(".bar details.menu summary")
    expect(page.get_by_text("Export as CSV")).to_be_visible()
    page.tap("[data-select-mode]")
    page.locator(".row .tick").nth(1).tap()
    expect(page.locator("#selcount")).to_have_text("1 selected")
    page.get_by_role("button", name="Owner").tap()
    page.wait_for_url("**/listings/bulk/")


def test_a_listing_selected_by_mouse_stays_so(desk, work):
    _, page = desk()
    page.goto("/listings/")
    page.hover(".row >> nth=0")
    page.locator(".row .tick").first.click()
    expect(page.locator("#selcount")).to_have_text("1 selected")


@pytest.mark.parametrize("place", ["listings", "realtors"])
def test_new_rows_wait_behind_a_button_and_changed_ones_are_put_right(desk, work, place):
    _, page = desk()
    page.goto(f"/{place}/")
    before = page.locator(".row").count()
    press(page, "j")
    cursor = page.locator(".row[aria-current]").get_attribute("id")
    realtor = factories.realtor(name="Aaron First")
    factories.activity(listing=factories.listing(address_string="1 New St", realtor=realtor), due_date=timezone.now())
    work[0].listing.activities.update(status="DONE", completed_at=timezone.now())
    expect(page.locator("#newer")).to_contain_text("1 new", timeout=15_000)
    assert page.locator(".row[aria-current]").get_attribute("id") == cursor
    assert page.locator(".row:not(.leaving)").count() == before - (place == "listings")
    press(page, ".")
    expect(page.locator(".row", has_text="1 New St" if place == "listings" else "Aaron First")).to_be_visible()
