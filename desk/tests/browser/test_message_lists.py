"""The list of Slack messages by keyboard, under the thumb and without script."""

import re

import pytest
from playwright.sync_api import expect

from common.principal import acting_as
from slackintake.actions import ignore
from slackintake.models import ReadingJob, SlackMessage
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


def row(page, words):
    return page.locator(".row", has_text=words)


def toast(page):
    return page.locator("#toasts .toast").last


def ignored():
    return SlackMessage.objects.filter(processing_status="skipped").count()


@pytest.fixture
def four(transactional_db):
    factories.realtor(name="Maria Russo", slack_user_id="UMARIA")
    words = ("first words", "second words", "third words", "fourth words")
    return [factories.message_to_review(message_text=text, slack_user_id="UMARIA") for text in words]


def test_a_selection_is_ignored_by_3_and_z_takes_it_back(desk, four):
    _, page = desk()
    page.goto("/slack/")
    press(page, "x Shift+J")
    expect(page.locator("#selcount")).to_have_text("2 selected")
    press(page, "3")
    expect(toast(page)).to_contain_text("Ignored 2 messages")
    expect(page.locator(".row")).to_have_count(2)
    press(page, "z")
    expect(page.locator(".row")).to_have_count(4)
    assert ignored() == 0


def test_3_alone_ignores_the_row_with_the_cursor(desk, four):
    _, page = desk()
    page.goto("/slack/")
    press(page, "j 3")
    expect(toast(page)).to_contain_text("Ignored “third words”")
    expect(row(page, "third words")).to_have_count(0)


def test_all_that_match_are_read_again_after_their_forecast(desk, four):
    for number in range(55):
        factories.message(message_text=f"thanks {number}", processing_status="failed")
    _, page = desk("admin")
    page.goto("/slack/?tab=failed")
    press(page, "Shift+X")
    expect(page.locator("#selcount")).to_have_text("50 selected")
    expect(page.locator("#select-all")).to_have_text("Select all 55 that match")
    press(page, "Shift+X")
    expect(page.locator("#selcount")).to_have_text("55 selected")
    factories.message(message_text="too late", processing_status="failed")
    page.get_by_role("button", name="Read again").click()
    expect(page.get_by_role("heading", name="Read 55 messages again")).to_be_visible()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Read 55 messages again").press("Enter")
    expect(toast(page)).to_contain_text("Asked to read 55 messages again")
    assert ReadingJob.objects.count() == 55


def test_f_finds_a_sender_and_a_day_by_typing(desk, four):
    _, page = desk()
    page.goto("/slack/")
    press(page, "f")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    page.keyboard.type("maria")
    press(page, "Enter")
    page.wait_for_url("**/slack/?sender=UMARIA")
    press(page, "f")
    page.get_by_text("Type a day or a number").click()
    page.get_by_label("Sure, at most %").fill("50")
    press(page, "Enter")
    expect(page.get_by_role("link", name="At most 50 % sure")).to_be_visible()
    expect(page.get_by_role("link", name="From Maria Russo")).to_be_visible()
    press(page, "Shift+F")
    page.wait_for_url(re.compile(r"/slack/\??$"))


def test_what_comes_in_waits_behind_a_button_and_what_goes_leaves(desk, four):
    priya, page = desk()
    page.goto("/slack/")
    press(page, "j")
    expect(page.locator(".row[aria-current] .t")).to_have_text("“third words”")
    factories.message_to_review(message_text="just come in")
    with acting_as("staff", priya.pk):
        ignore(four[0].pk, by=priya)
    expect(row(page, "first words")).to_have_count(0, timeout=15_000)
    expect(page.locator("#newer")).to_contain_text("1 new", timeout=15_000)
    expect(row(page, "just come in")).to_have_count(0)
    press(page, ".")
    expect(row(page, "just come in")).to_be_visible()
    expect(page.locator(".row[aria-current] .t")).to_have_text("“third words”")


def test_a_tap_ticks_a_row_on_a_phone(desk, four):
    _, page = desk(**PHONE)
    page.goto("/slack/")
    page.locator("summary", has_text="More about this list").tap()
    page.get_by_role("link", name="Select rows").tap()
    page.get_by_label("Select “second words”").tap()
    page.get_by_role("button", name="Ignore").tap()
    expect(row(page, "second words")).to_have_count(0)
    assert ignored() == 1


def test_it_works_without_script(desk, four):
    _, page = desk("admin", java_script_enabled=False)
    page.goto("/slack/?select=1")
    page.get_by_label("Select “second words”").check()
    page.get_by_role("button", name="Read again").click()
    page.get_by_role("button", name="Read 1 message again").click()
    expect(toast(page)).to_contain_text("Asked to read “second words” again")
    assert ReadingJob.objects.get().pk == four[1].pk
