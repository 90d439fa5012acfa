"""The cases below the keyboard map: other layouts, composition, slow answers, sections and pages, other people."""

import pytest
from playwright.sync_api import expect

from accounts.models import Preferences
from common.principal import acting_as
from tasks import actions
from tasks.models import Activity, Status
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPE = """([key, code, isComposing, shiftKey]) => (document.activeElement || document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key, code, isComposing, shiftKey, bubbles: true, cancelable: true }))"""


def marked(page):
    return page.locator(".row[aria-current] .t")


def row(page, name):
    return page.locator(".row", has_text=name)


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


@pytest.mark.parametrize(("key", "code"), [("a", "KeyQ"), ("z", "KeyY")], ids=["AZERTY", "QWERTZ"])
def test_letters_go_by_what_they_write(desk, work, key, code):
    """A on AZERTY lies where Q is elsewhere, Z on QWERTZ where Y is."""
    _, page = desk()
    page.evaluate(TYPE, [key, code, False])
    if key == "a":
        expect(page.get_by_role("heading", name="Assign")).to_be_visible()
    else:
        expect(page.locator("#toasts .toast").last).to_contain_text("Nothing you did")


def test_digits_go_by_where_they_lie(desk, work):
    """On AZERTY the key of 1 writes an ampersand, and 1 with Shift; elsewhere it is no digit with Shift."""
    priya, page = desk()
    page.evaluate(TYPE, ["!", "Digit1", False, True])
    page.evaluate(TYPE, ["&", "Digit1", False])
    expect(row(page, "Book photographer")).to_have_count(0)
    page.evaluate(TYPE, ["!", "Digit1", False, True])
    page.evaluate(TYPE, ["1", "Digit1", False, True])
    expect(row(page, "Order yard sign")).to_have_count(0)
    assert Activity.objects.filter(assigned_staff=priya).count() == 2


@pytest.mark.parametrize("key", ["&", "1"], ids=["AZERTY", "QWERTY"])
def test_digits_choose_in_a_picker_by_where_they_lie(desk, work, key):
    _, page = desk()
    press(page, "h")
    expect(page.get_by_label("Until")).to_be_focused()
    page.evaluate(TYPE, [key, "Digit1", False])
    if key == "1":
        page.get_by_label("Until").fill("1")
    expect(page.get_by_label("Until")).to_have_value("1")
    press(page, "Enter")
    expect(page.locator("#toasts .toast").last).to_contain_text("Snoozed")


def test_a_digit_with_a_key_held_is_the_browsers(desk, work):
    _, page = desk()
    press(page, "3")
    expect(page.locator("#float .option").first).to_be_focused()
    press(page, "Control+2")
    expect(page.locator("#float")).to_be_visible()
    expect(row(page, "Book photographer")).to_be_visible()
    press(page, "2")
    expect(row(page, "Book photographer")).to_have_count(0)


def test_status_and_priority_are_narrowed_by_words_and_a_digit_still_chooses_a_status_at_once(desk, work):
    _, page = desk()
    options, toast = page.locator("#float .option:visible"), page.locator("#toasts .toast").last
    press(page, "p")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    page.keyboard.type("hi")
    expect(options).to_contain_text(["High"])
    press(page, "Enter")
    expect(toast).to_contain_text("Priority 8: Book photographer")
    press(page, "s")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    page.keyboard.type("don")
    expect(options).to_contain_text(["Done"])
    press(page, "Enter")
    expect(toast).to_contain_text("Completed: Book photographer")
    press(page, "s")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    press(page, "1")
    expect(toast).to_contain_text("Taken: Order yard sign")


@pytest.fixture
def slow(desk, work):
    """A page on which a picker comes only when it is let go."""
    _, page = desk()
    held = []

    def hold(route):
        is_first = not held and route.request.method == "GET"
        held.append(route) if is_first else route.continue_()

    page.route("**/activities/*/*/", hold)
    return page, lambda: held[0].continue_()


def test_what_is_typed_before_a_picker_has_come_is_not_lost(slow, work):
    page, let_go = slow
    with page.expect_request("**/due/"):
        press(page, "d")
    page.keyboard.type("none")
    press(page, "Enter")
    let_go()
    expect(page.locator("#toasts .toast").last).to_contain_text("No due date: Book photographer")
    assert Activity.objects.get(name="Book photographer").due_date is None


def test_enter_chooses_and_escape_leaves_before_a_picker_has_come(slow, work):
    page, let_go = slow
    with page.expect_request("**/assign/"):
        press(page, "a")
    press(page, "Escape")
    let_go()
    expect(page.locator("#float:not([data-loading])")).to_be_hidden()
    expect(marked(page)).to_be_focused()
    press(page, "a Enter")  # to me
    expect(page.locator("#toasts .toast").last).to_contain_text("Book photographer")
    expect(row(page, "Book photographer")).to_have_count(0)


def test_letters_of_a_composition_do_nothing(desk, work):
    _, page = desk()
    page.evaluate(TYPE, ["c", "KeyC", True])
    press(page, "j")
    expect(marked(page)).to_have_text("Order yard sign")
    expect(row(page, "Book photographer")).to_be_visible()
    assert Activity.objects.filter(status=Status.OPEN).count() == 3


def test_keys_during_a_running_request_act_on_the_next_row_and_not_twice_on_this_one(desk, work):
    _, page = desk()
    waiting, asked = [], []
    page.route("**/claim/", lambda route: waiting.append(route))
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    with page.expect_request("**/claim/"):
        press(page, "c")
    press(page, "c e j")
    expect(marked(page)).to_have_text("Order yard sign")
    assert len(asked) == 1
    waiting[0].continue_()
    expect(row(page, "Book photographer")).to_have_count(0)
    expect(marked(page)).to_have_text("Order yard sign")


def test_a_row_that_an_admin_removes_leaves_and_the_next_takes_the_cursor(desk, work):
    _, page = desk()
    admin = factories.staff("admin")
    expect(page.locator("#pane .title")).to_have_text("Book photographer")
    with acting_as("staff", admin.pk):
        actions.remove(work[0], by=admin)
    expect(row(page, "Book photographer")).to_have_count(0, timeout=15_000)
    expect(page.locator("#toasts .toast").last).to_contain_text("No longer here: Book photographer")
    expect(marked(page)).to_have_text("Order yard sign")


def test_after_the_last_row_of_a_section_comes_the_first_of_the_next(desk, work):
    _, page = desk()
    headings = page.locator("#rows .day")
    number = headings.count()
    press(page, "c")
    expect(row(page, "Book photographer")).to_have_count(0)
    expect(headings).to_have_count(number - 1)
    expect(marked(page)).to_have_text("Order yard sign")
    expect(marked(page)).to_be_focused()


def test_arrows_lead_from_section_to_section_and_on_to_the_tabs(desk, work):
    _, page = desk()
    press(page, "j ArrowLeft")
    expect(marked(page)).to_have_text("Book photographer")
    press(page, "ArrowLeft")
    expect(page.locator("#said")).to_have_text("Nothing further to the left.")
    expect(marked(page)).to_have_text("Book photographer")
    press(page, "ArrowRight ArrowRight")
    expect(marked(page)).to_have_text("Draft description")
    press(page, "ArrowRight")
    page.wait_for_url("**/inbox/?tab=listing")
    for tab in ("realtor", "look", "new"):
        expect(page.locator("h1")).to_be_visible()
        press(page, "End ArrowRight")
        page.wait_for_url(f"**/inbox/?tab={tab}")
    press(page, "ArrowLeft")
    page.wait_for_url("**/inbox/?tab=look")


def test_all_that_match_reach_beyond_the_page_and_what_comes_later_is_left_alone(desk, work):
    for number in range(60):
        factories.activity(name=f"Task {number:02}", listing=work[0].listing, priority=1)
    priya, page = desk()
    press(page, "Shift+X")
    expect(page.locator("#selcount")).to_have_text("50 selected")
    press(page, "Shift+X")
    expect(page.locator("#selcount")).to_have_text("64 selected")
    later = factories.activity(name="Just come in", listing=work[0].listing)
    press(page, "c")
    expect(page.locator("#toasts .toast").last).to_contain_text("Claimed 64 tasks")
    later.refresh_from_db()
    assert (Activity.objects.filter(assigned_staff=priya).count(), later.status) == (63, Status.OPEN)


def test_the_focus_returns_to_the_row_when_a_picker_is_left(desk, work):
    _, page = desk()
    press(page, "j d")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#float")).to_be_hidden()
    expect(marked(page)).to_have_text("Order yard sign")
    expect(marked(page)).to_be_focused()


@pytest.mark.parametrize("wish", ["next", "stay", "list"])
def test_in_a_list_the_cursor_stays_with_its_row_and_goes_on_when_it_leaves(desk, work, wish):
    """Whatever one wishes for pages: they have one item, a list has them all."""
    priya, page = desk()
    Preferences.objects.update_or_create(staff=priya, defaults={"after_action": wish})
    page.goto("/inbox/")
    press(page, "p")
    page.locator("#float [data-filter]").wait_for()
    page.keyboard.type("9")
    press(page, "Enter")
    expect(page.locator("#toasts .toast").last).to_contain_text("Priority 9")
    expect(marked(page)).to_have_text("Book photographer")
    press(page, "c")
    expect(row(page, "Book photographer")).to_have_count(0)
    expect(marked(page)).to_have_text("Order yard sign")
    assert page.url.endswith("/inbox/")
