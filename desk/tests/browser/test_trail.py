"""The way between a list and its records: coming back is exact, and a record knows its neighbours."""

import pytest
from playwright.sync_api import expect

from accounts.models import Preferences
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def long_list(work):
    """Seventy more tasks, so that there is a second page and something to scroll."""
    return [factories.activity(name=f"Task {n:02}", listing=work[0].listing, priority=1) for n in range(70)]


def marked(page):
    return page.locator(".row[aria-current] .t")


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


@pytest.mark.parametrize("way", ["u", "back"])
def test_coming_back_is_exact(desk, long_list, way):
    _, page = desk()
    page.goto("/inbox/?sort=oldest")
    page.get_by_role("link", name="Show the next 50").click()
    page.get_by_text("Task 62").click()
    expect(marked(page)).to_have_text("Task 62")
    scrolled = page.evaluate("document.querySelector('.rows').scrollTop")
    press(page, "o")
    page.wait_for_url("**/activities/*/")
    expect(page.locator(".crumb [data-go=back]")).to_have_text("Inbox")
    press(page, "u") if way == "u" else page.go_back()
    page.wait_for_url("**/inbox/?sort=oldest")
    expect(marked(page)).to_have_text("Task 62")
    page.wait_for_function(f"Math.abs(document.querySelector('.rows').scrollTop - {scrolled}) < 60")


def test_an_act_on_a_selection_leaves_the_list_where_it_stood(desk, long_list):
    """Called off, it leaves the selection too; done, it has dealt with it."""
    _, page = desk()
    page.goto("/inbox/?sort=oldest")
    page.get_by_role("link", name="Show the next 50").click()
    page.get_by_text("Task 62").click()
    press(page, "x Shift+J Shift+J")
    scrolled = page.evaluate("document.querySelector('.rows').scrollTop")

    def stands(selected, number):
        page.wait_for_url("**/inbox/?sort=oldest")
        expect(page.locator(".row")).to_have_count(74)
        expect(marked(page)).to_have_text("Task 64")
        expect(marked(page)).to_be_focused()
        page.wait_for_function(f"Math.abs(document.querySelector('.rows').scrollTop - {scrolled}) < 60")
        expect(page.locator(".row .tick:checked")).to_have_count(number)
        expect(page.locator("#selcount")).to_have_text(selected)

    for key in ("Escape", "u"):
        press(page, "d")
        page.wait_for_url("**/bulk/")
        page.get_by_label("Due").first.wait_for()
        page.evaluate("document.activeElement.blur()")
        press(page, key)
        stands("3 selected", 3)
    press(page, "o")
    page.wait_for_url("**/activities/*/")
    press(page, "u")
    stands("3 selected", 3)
    press(page, "p")
    page.wait_for_url("**/bulk/")
    page.get_by_role("button", name="Low").click()
    stands("0 selected", 0)


def test_all_that_match_stay_selected_as_they_were_when_the_act_is_called_off(desk, long_list):
    _, page = desk()
    press(page, "Shift+X Shift+X")
    expect(page.locator("#selcount")).to_have_text("74 selected")
    press(page, "3")
    page.wait_for_url("**/bulk/")
    factories.activity(name="Just come in", listing=long_list[0].listing)
    press(page, "Escape")
    page.wait_for_url("**/inbox/")
    expect(page.locator("#selcount")).to_have_text("74 selected")
    press(page, "3")
    expect(page.locator("h1")).to_have_text("Decline 74 tasks")


def test_coming_back_from_what_has_left_the_list_goes_on_with_the_next(desk, work):
    priya, page = desk()
    Preferences.objects.update_or_create(staff=priya, defaults={"after_action": "list"})
    press(page, "j o")
    expect(page.locator("h1")).to_have_text("Order yard sign")
    press(page, "c")
    page.wait_for_url("**/inbox/")
    expect(page.locator(".row")).to_have_count(3)
    expect(marked(page)).to_have_text("Renew headshot")


def test_undo_leaves_the_list_where_it_stands_on_the_screen(desk, long_list):
    _, page = desk()
    press(page, " ".join(["j"] * 25))
    where = "document.querySelector('.row[aria-current]').getBoundingClientRect().top"
    name, before = marked(page).inner_text(), page.evaluate(where)
    press(page, "c")
    expect(page.locator("#toasts .toast").last).to_contain_text(f"Taken: {name}")
    press(page, "z")
    expect(page.locator("#toasts .toast").last).to_contain_text(f"Undone: claimed {name}")
    expect(marked(page)).to_have_text(name)
    assert abs(page.evaluate(where) - before) < 80


def test_a_list_opened_by_its_name_begins_at_its_top(desk, work):
    _, page = desk()
    press(page, "j j o")
    page.wait_for_url("**/agent-tasks/*/")
    page.goto("/my/")
    page.goto("/inbox/")
    expect(marked(page)).to_have_text("Book photographer")


def test_g_j_and_g_k_go_along_the_list(desk, work):
    _, page = desk()
    press(page, "o")
    expect(page.locator("h1")).to_have_text("Book photographer")
    press(page, "g j")
    expect(page.locator("h1")).to_have_text("Order yard sign")
    press(page, "g j")
    expect(page.locator("h1")).to_have_text("Renew headshot")
    press(page, "g k")
    expect(page.locator("h1")).to_have_text("Order yard sign")
    press(page, "u")
    page.wait_for_url("**/inbox/")
    expect(marked(page)).to_have_text("Order yard sign")


def test_an_action_on_a_record_leads_to_the_next(desk, work):
    _, page = desk()
    press(page, "j o")
    expect(page.locator("h1")).to_have_text("Order yard sign")
    press(page, "c")
    expect(page.locator("#toasts .toast").last).to_contain_text("Taken: Order yard sign")
    expect(page.locator("h1")).to_have_text("Renew headshot")


def test_who_wishes_to_stay_stays(desk, work):
    _, page = desk()
    page.goto("/me/")
    page.get_by_label("Stay on the item").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("#toasts .toast")
    page.goto("/inbox/")
    press(page, "o")
    expect(page.locator("h1")).to_have_text("Book photographer")
    press(page, "c")
    expect(page.locator("#toasts .toast").last).to_contain_text("Taken: Book photographer")
    expect(page.locator("h1")).to_have_text("Book photographer")


def test_y_copies_the_link(desk, work):
    _, page = desk(permissions=["clipboard-read", "clipboard-write"])
    press(page, "Shift+Y")
    expect(page.locator("#toasts .toast").last).to_contain_text("Copied: Book photographer")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0] == "Book photographer"
    assert copied.endswith(work[0].get_absolute_url())


def test_the_theme_is_seen_as_soon_as_it_is_chosen_and_kept(desk, work):
    _, page = desk(color_scheme="light")
    page.goto("/me/")
    with page.expect_response("**/me/"):
        page.get_by_label("Dark").check()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.goto("/inbox/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
