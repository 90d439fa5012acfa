"""Selections, filters, snoozing and what others do meanwhile, in a browser by keyboard."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from common.clock import office_zone
from common.principal import acting_as
from tasks import actions
from tasks.models import Activity, Snooze, Waiting
from tests import axe, factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def row(page, name):
    return page.locator(".row", has_text=name)


def toast(page):
    return page.locator("#toasts .toast").last


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


def marked(page):
    return page.locator(".row[aria-current] .t")


def test_after_an_act_on_a_records_page_one_goes_on_from_its_heading(desk, work):
    _, page = desk()
    page.goto(work[1].get_absolute_url())
    expect(page.locator("body")).to_be_focused()
    press(page, "c")
    expect(page.locator("main h1")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("Taken: Order yard sign")
    press(page, "p")
    page.locator("dialog .option").last.click()
    expect(page.locator("#said")).to_contain_text("Priority")
    expect(page.locator("main h1")).to_be_focused()


# ---- selections ------------------------------------------------------------------------------------------------------


def test_x_selects_and_c_claims_the_selection_as_one_act(desk, work):
    priya, page = desk()
    press(page, "x Shift+J")
    expect(page.locator("#selcount")).to_have_text("2 selected")
    press(page, "c")
    expect(toast(page)).to_contain_text("Claimed 2 tasks")
    assert Activity.objects.filter(assigned_staff=priya).count() == 2
    press(page, "z")
    expect(toast(page)).to_contain_text("Undone: claimed 2 tasks")
    assert Activity.objects.filter(assigned_staff=priya).count() == 0


def test_the_page_is_taken_by_shift_x_and_escape_clears(desk, work):
    _, page = desk()
    press(page, "Shift+X")
    expect(page.locator("#selcount")).to_have_text("4 selected")
    press(page, "Escape")
    expect(page.locator("#selbar")).to_be_hidden()
    expect(marked(page)).to_be_focused()


def test_the_keys_go_on_after_a_click_on_a_tick_box(desk, work):
    _, page = desk()
    page.hover(".row >> nth=1")
    page.locator(".row .tick").click()
    expect(page.locator("#selcount")).to_have_text("1 selected")
    press(page, "Space")
    expect(page.locator("#selbar")).to_be_hidden()
    press(page, "x")
    expect(page.locator("#selcount")).to_have_text("1 selected")
    press(page, "j")
    expect(marked(page)).to_have_text("Renew headshot")
    page.locator(".row .tick").last.focus()
    press(page, "Shift+X")
    expect(page.locator("#selcount")).to_have_text("4 selected")
    press(page, "Escape")
    expect(page.locator("#selbar")).to_be_hidden()
    page.locator(".row .tick").first.click()
    press(page, "p")
    page.wait_for_url("**/bulk/")


def test_the_verbs_of_triage_work_on_a_selection_by_the_same_keys(desk, work):
    _, page = desk()
    page.evaluate("navigator.clipboard.writeText = async (words) => sessionStorage.setItem('copied', words)")
    press(page, "x Shift+J 3")
    page.wait_for_url("**/bulk/")
    press(page, "1")
    expect(toast(page)).to_contain_text("Declined 2 tasks")
    press(page, "z")
    expect(page.locator(".row")).to_have_count(4)
    press(page, "Home x h")
    page.wait_for_url("**/bulk/")
    expect(page.locator("[data-digit='1']")).to_be_focused()
    press(page, "5")
    expect(toast(page)).to_contain_text("Snoozed")
    assert Snooze.objects.get().until is None


def test_the_bar_of_a_selection_stands_in_one_line_and_its_menu_above_it(desk, work):
    _, page = desk("admin", name="Anna Admin")
    press(page, "x")
    parts = page.locator("#selbar > :is(button:not([hidden]), details)")
    tops = parts.evaluate_all("parts => parts.map((part) => part.getBoundingClientRect().top)")
    assert max(tops) - min(tops) < 8
    page.locator("#selbar summary").click()
    page.get_by_role("button", name="Duplicate").click()
    page.wait_for_url("**/bulk/")


def test_on_a_phone_a_tap_anywhere_selects_and_the_bar_takes_the_place_of_the_thumbs(desk, work):
    priya, page = desk(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    thumbs, offer = page.locator(".thumbs"), page.locator("#select-all")
    page.locator(".bar summary").tap()
    page.locator("h1").tap()
    expect(page.get_by_text("Select rows")).to_be_hidden()
    page.locator(".bar summary").tap()
    page.get_by_text("Select rows").tap()
    page.get_by_text("Book photographer").tap()
    expect(page.locator("#selcount")).to_have_text("1 selected")
    expect(thumbs).to_be_hidden()
    parts = page.locator("#selbar > :is(.btn:not(.bare), details)").evaluate_all(
        "parts => parts.map((part) => [part.getBoundingClientRect().top, part.scrollWidth - part.clientWidth])"
    )
    assert {top for top, _ in parts} == {parts[0][0]}
    assert max(too_wide for _, too_wide in parts) <= 0
    offer.tap()
    expect(page.locator("#selcount")).to_have_text("4 selected")
    expect(offer).to_be_hidden()
    assert axe.faults(page, "best-practice") == []
    page.get_by_text("Draft description").tap()
    page.locator("#selbar").get_by_role("button", name="Claim").tap()
    expect(toast(page)).to_contain_text("Claimed 3 tasks")
    expect(thumbs).to_be_visible()
    assert Activity.objects.filter(assigned_staff=priya).count() == 2


def test_a_verb_that_asks_does_so_once_for_the_selection(desk, work):
    _, page = desk()
    press(page, "x j x p")
    page.wait_for_url("**/bulk/")
    expect(page.get_by_label("Priority")).to_be_focused()
    page.keyboard.type("9")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/inbox/")
    expect(toast(page)).to_contain_text("Changed the priority of 2 tasks to 9")
    assert Activity.objects.filter(priority=9).count() == 2
    press(page, "Home x j x d")
    page.wait_for_url("**/bulk/")
    page.get_by_role("button", name="No date").click()
    expect(toast(page)).to_contain_text("2 tasks")
    assert Activity.objects.filter(due_date=None).count() == 3


# ---- filters ---------------------------------------------------------------------------------------------------------


def test_f_finds_a_filter_by_typing_and_the_chip_takes_it_off(desk, work):
    _, page = desk()
    press(page, "f")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    page.keyboard.type("overdue")
    press(page, "Enter")
    page.wait_for_url("**/inbox/?due=overdue")
    expect(page.locator("#count")).to_have_text("1 match this filter")
    page.get_by_role("link", name="Overdue").click()
    page.wait_for_url(re.compile(r"/inbox/\??$"))
    expect(page.locator(".row")).to_have_count(4)


def test_words_of_two_filters_find_both_and_one_escape_leaves_all_as_it_was(desk, work):
    _, page = desk()
    press(page, "f")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    page.keyboard.type("mark over")
    shown = page.locator("#float .option:visible")
    expect(shown.filter(has_text="Category is Marketing")).to_be_visible()
    expect(shown.filter(has_text="Overdue")).to_be_visible()
    expect(shown.filter(has_text="Category is Photo")).to_have_count(0)
    press(page, "Escape")
    expect(page.locator("#float")).to_be_hidden()
    expect(page.locator(".row[aria-current] .t")).to_be_focused()


def test_f_finds_the_work_for_a_realtor_by_name(desk, work):
    dolores = factories.realtor(name="Dolores Jensen")
    factories.activity(name="Order lockbox", listing=factories.listing(realtor=dolores))
    _, page = desk()
    press(page, "f")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    page.keyboard.type("dolores")
    expect(page.locator("#found [aria-current]")).to_have_text("Realtor is Dolores Jensen")
    press(page, "Enter")
    page.wait_for_url(f"**/inbox/?realtor={dolores.pk}")
    expect(page.locator(".row")).to_have_count(1)


# ---- triage keys -----------------------------------------------------------------------------------------------------


def test_h_snoozes_and_w_waits_and_both_rows_leave(desk, work):
    _, page = desk()
    press(page, "h")
    page.get_by_role("button", name="Tomorrow, 9 am").click()
    expect(row(page, "Book photographer")).to_have_count(0)
    expect(marked(page)).to_have_text("Order yard sign")
    press(page, "w")
    page.fill("#float [name=for_what]", "the colour")
    press(page, "Enter")
    expect(row(page, "Order yard sign")).to_have_count(0)
    assert (Snooze.objects.count(), Waiting.objects.get().for_what) == (1, "the colour")
    page.goto("/inbox/?tab=waiting")
    expect(row(page, "Order yard sign")).to_be_visible()


def test_1_takes_and_3_declines(desk, work):
    priya, page = desk()
    press(page, "1")
    expect(row(page, "Book photographer")).to_have_count(0)
    press(page, "3")
    page.get_by_role("button", name="Not for us").click()
    expect(row(page, "Order yard sign")).to_have_count(0)
    work[0].refresh_from_db()
    work[1].refresh_from_db()
    assert (work[0].assigned_staff_id, work[1].status) == (priya.pk, "CANCELLED")


# ---- with others -----------------------------------------------------------------------------------------------------


def test_a_row_that_somebody_else_takes_leaves_and_the_cursor_goes_to_the_next(desk, work):
    _, mine = desk()
    _, theirs = desk(name="Helen Mbeki")
    expect(marked(mine)).to_have_text("Book photographer")
    press(theirs, "c")
    expect(row(theirs, "Book photographer")).to_have_count(0)
    expect(row(mine, "Book photographer")).to_have_count(0, timeout=15_000)
    expect(toast(mine)).to_contain_text("Helen took it: Book photographer")
    expect(marked(mine)).to_have_text("Order yard sign")
    press(mine, "x Shift+J")
    expect(mine.locator("#selcount")).to_have_text("2 selected")
    press(theirs, "c")
    expect(row(mine, "Order yard sign")).to_have_count(0, timeout=15_000)
    expect(toast(mine)).to_contain_text("Helen took it: Order yard sign")
    expect(mine.locator("#selcount")).to_have_text("1 selected")
    expect(marked(mine)).to_have_text("Renew headshot")


def test_new_rows_wait_behind_a_button_and_nothing_jumps(desk, work):
    _, page = desk()
    press(page, "j x")
    factories.activity(name="Just come in", priority=10, listing=work[0].listing)
    expect(page.locator("#newer")).to_contain_text("1 new", timeout=15_000)
    expect(row(page, "Just come in")).to_have_count(0)
    expect(marked(page)).to_have_text("Order yard sign")
    press(page, ".")
    expect(row(page, "Just come in")).to_be_visible()
    expect(row(page, "Order yard sign").locator(".tick")).to_be_checked()
    expect(marked(page)).to_have_text("Order yard sign")


def test_a_row_that_now_belongs_on_a_later_page_says_so_and_the_pane_follows(desk, work):
    """Unless the hand is in the pane, which is not laid anew under it."""
    now = timezone.now()
    for number in range(52):
        factories.activity(name=f"Task {number:02}", listing=work[0].listing, due_date=now + timedelta(days=20))
    priya, page = desk()
    first, shown = row(page, "Book photographer"), page.locator("#pane")

    def move(days):
        due = (now + timedelta(days=days)).astimezone(office_zone())
        with acting_as("staff", priya.pk):
            actions.set_due(work[0], due=due, by=priya)
        page.evaluate("desk.live.ask()")
        return f"{due.day} {due:%b}"

    expect(shown.locator(".title")).to_have_text("Book photographer")
    words = move(60)
    expect(first).to_contain_text(words, timeout=15_000)
    expect(shown).to_contain_text(words)
    shown.get_by_role("button", name="Complete").or_(shown.locator(".acts a")).first.focus()
    before, words = shown.inner_text(), move(70)
    expect(first).to_contain_text(words, timeout=15_000)
    assert shown.inner_text() == before
    expect(marked(page)).to_have_text("Book photographer")


def test_a_lost_connection_is_said_quietly(desk, work, complaints):
    _, page = desk()
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible(timeout=15_000)
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden(timeout=15_000)
    complaints.clear()  # the browser itself complains of each request that it could not send


def test_what_could_not_be_sent_is_said_and_leaves_no_error_behind(desk, work, complaints):
    _, page = desk()
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("#toasts .toast").last).to_contain_text("No connection")
    page.context.set_offline(False)
    assert [line for line in complaints if line.startswith("error:")] == []
    complaints.clear()  # the browser itself complains of each request that it could not send


def test_a_selection_works_without_script(desk, work):
    _, page = desk(java_script_enabled=False)
    page.goto("/inbox/?select=1")
    page.get_by_label("Select Order yard sign").check()
    page.get_by_role("toolbar", name="Selection").get_by_role("button", name="Claim").click()
    expect(toast(page)).to_contain_text("Claimed Order yard sign")


def test_space_hides_the_pane_and_brings_it_back(desk, work):
    _, page = desk()
    expect(page.locator("#pane .title")).to_have_text("Book photographer")
    page.locator(".row[aria-current] .t").focus()
    press(page, "Space")
    expect(page.locator("#pane")).to_be_hidden()
    press(page, "j Space")
    expect(page.locator("#pane .title")).to_have_text("Order yard sign")
