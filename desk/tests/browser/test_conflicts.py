"""Saving over a newer change in a browser: both values, and the three ways on."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["a task", "a listing"])
def collision(request, desk, work):
    """A form saved over a newer change, the row it speaks of, and the field in question."""
    _, page = desk()
    row, field = (work[1], "name") if request.param == "a task" else (work[1].listing, "address_string")
    page.goto(f"{row.get_absolute_url()}edit/")
    type(row).objects.filter(pk=row.pk).update(**{field: "Theirs St"})
    page.fill(f"[name={field}]", "Mine St")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Somebody changed this while you wrote")
    expect(page.get_by_role("alert")).to_contain_text("Theirs St")
    expect(page.get_by_role("alert")).to_contain_text("Mine St")
    return page, row, field


@pytest.mark.parametrize(("button", "kept"), [("Keep theirs", "Theirs St"), ("Use mine", "Mine St")])
def test_one_of_both_is_kept(collision, button, kept):
    page, row, field = collision
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(rf"{row.get_absolute_url()}$"))
    row.refresh_from_db()
    assert getattr(row, field) == kept


def test_edit_leads_to_the_field_and_what_is_written_there_is_saved(collision):
    page, row, field = collision
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.locator(f"[name={field}]")).to_be_focused()
    page.fill(f"[name={field}]", "Ours St")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(rf"{row.get_absolute_url()}(#.*)?$"))
    row.refresh_from_db()
    assert getattr(row, field) == "Ours St"


@pytest.mark.parametrize(
    ("choose", "said", "kept"),
    [
        (lambda page: page.get_by_role("button", name="Keep theirs").click(), "Kept: Book photographer", 9),
        (lambda page: page.get_by_role("button", name="Use mine").click(), "Priority 8: Book photographer", 8),
        (lambda page: (page.keyboard.type("low"), page.keyboard.press("Enter")), "Priority 2: Book photographer", 2),
    ],
    ids=["keep", "use", "edit"],
)
def test_a_picker_on_a_list_asks_which_of_both_is_kept(desk, work, choose, said, kept):
    _, page = desk()
    page.keyboard.press("p")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    type(work[0]).objects.filter(pk=work[0].pk).update(priority=9)
    page.keyboard.type("high")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("9 Urgent")
    expect(page.get_by_role("alert")).to_contain_text("8 High")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    choose(page)
    expect(page.locator("#toasts .toast").last).to_contain_text(said)
    expect(page.locator("#float")).to_be_hidden()
    work[0].refresh_from_db()
    assert work[0].priority == kept
