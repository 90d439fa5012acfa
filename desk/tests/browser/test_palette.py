"""Search and palette, driven by the keyboard as a person would."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def palette(page):
    return page.get_by_role("dialog", name="Search or jump to")


def chosen(page):
    return page.locator("#hits .opt[aria-selected=true]")


def open_palette(page, text=""):
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_visible()
    if text:
        page.keyboard.type(text)
        expect(page.locator("#hits [data-kind]").first).to_be_visible()


@pytest.fixture
def at_desk(desk, work):
    person, page = desk()
    expect(page.locator(".row[aria-current]")).to_be_visible()
    expect(page.locator("#pane .acts")).to_be_visible()
    return person, page


def test_it_opens_within_fifty_milliseconds_and_asks_the_server_nothing(at_desk):
    _, page = at_desk
    page.wait_for_load_state("networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    opened = page.evaluate(
        """() => { const start = performance.now();
                   document.dispatchEvent(new KeyboardEvent("keydown", {key: "k", ctrlKey: true, bubbles: true}));
                   document.querySelector("#palette").getBoundingClientRect();
                   return [performance.now() - start, document.querySelector("#palette").open]; }"""
    )
    assert opened[1]
    assert opened[0] < 50
    assert asked == []


def test_commands_of_the_cursor_row_come_first_under_the_names_and_keys_of_its_buttons(at_desk):
    _, page = at_desk
    open_palette(page)
    expect(page.locator("#hits .group").first).to_have_text("For “Book photographer”")
    expect(page.locator("#hits .opt").first).to_have_text(re.compile("Claim"))
    expect(page.locator("#hits .opt").first.locator("kbd")).to_have_text("C")
    buttons = [label.strip() for label in page.locator("#pane .acts > a, #pane .acts > form").all_inner_texts()]
    options = [" ".join(text.split()) for text in page.locator("#hits .opt").all_inner_texts()]
    for label in buttons:
        assert " ".join(label.split()) in options


def test_a_command_acts_on_the_row_and_the_focus_comes_back(at_desk):
    _, page = at_desk
    page.keyboard.press("j")
    page.keyboard.press("k")
    open_palette(page)
    page.keyboard.type("claim")
    expect(chosen(page)).to_contain_text("Claim")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Book photographer")
    expect(palette(page)).to_be_hidden()


def test_commands_of_the_selection_come_before_those_of_the_row(at_desk):
    person, page = at_desk
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    open_palette(page)
    expect(page.locator("#hits .group").first).to_have_text("For the 2 selected")
    page.keyboard.type("claim")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Claimed 2 tasks")
    assert {task.assigned_staff_id for task in factories.Activity.objects.filter(status="CLAIMED")} == {person.pk}


def test_what_the_head_of_the_page_offers_is_offered_too(at_desk):
    _, page = at_desk
    open_palette(page)
    page.keyboard.type("filter")
    expect(chosen(page)).to_contain_text("Filter")
    page.keyboard.press("Enter")
    expect(page.locator("#float")).to_be_visible()


def test_escape_closes_and_gives_the_focus_back(at_desk):
    _, page = at_desk
    page.keyboard.press("j")
    row = page.locator(".row[aria-current] a.t")
    expect(row).to_be_focused()
    open_palette(page)
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()
    expect(row).to_be_focused()


def test_it_opens_from_a_field_and_from_the_side_and_the_same_keys_close_it(at_desk):
    _, page = at_desk
    page.get_by_role("link", name="Search or jump to").click()
    expect(palette(page)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_hidden()
    page.goto("/listings/")
    page.locator("main input[name=q]").focus()
    open_palette(page)
    expect(palette(page).get_by_role("combobox")).to_be_focused()


def test_what_is_typed_is_found_marked_and_opened(at_desk):
    _, page = at_desk
    open_palette(page, "valen")
    option = page.locator("#hits [data-kind=listing]")
    expect(option.locator("mark")).to_have_text("Valen")
    expect(page.locator("#hits [data-kind=activity]")).to_contain_text("Order yard sign")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(chosen(page)).to_contain_text("789 Valencia St")
    assert page.evaluate("document.querySelector('#palette input').getAttribute('aria-activedescendant')") == (
        chosen(page).get_attribute("id")
    )
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/listings/"))
    expect(page.locator("h1").first).to_contain_text("789 Valencia St")


def test_enter_before_the_answer_waits_for_it(at_desk):
    _, page = at_desk
    open_palette(page)
    page.keyboard.type("harbour")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/listings/|/search/"))
    expect(page.locator("h1").first).to_contain_text(re.compile("88 Harbour St|Search"))


def test_control_enter_opens_a_new_tab(at_desk):
    _, page = at_desk
    open_palette(page, "valencia")
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    opened.value.wait_for_load_state()
    assert "/listings/" in opened.value.url
    assert page.url.endswith("/inbox/")
    expect(palette(page)).to_be_visible()


def test_the_right_arrow_shows_the_commands_of_a_hit_without_opening_it(at_desk):
    person, page = at_desk
    open_palette(page, "yard sign")
    expect(chosen(page)).to_contain_text("Order yard sign")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#hits .group").last).to_have_text("For “Order yard sign”")
    labels = [" ".join(text.split()) for text in page.locator("#hits .opt:visible").all_inner_texts()]
    assert labels[:3] == ["Open ↵", "Claim C", "Complete E"]
    page.keyboard.press("Escape")
    expect(chosen(page)).to_contain_text("Order yard sign")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Order yard sign")
    assert page.url.endswith("/inbox/")
    task = next(task for task in (factories.Activity.objects.all()) if task.name == "Order yard sign")
    assert task.assigned_staff_id == person.pk


def test_a_hit_that_is_not_on_the_page_takes_its_command_too(at_desk):
    person, page = at_desk
    page.goto("/realtors/")
    open_palette(page, "headshot")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Renew headshot")
    assert page.url.endswith("/realtors/")
    assert factories.AgentTask.objects.get().assigned_staff_id == person.pk


def test_see_all_leads_to_the_search_page(at_desk):
    _, page = at_desk
    for number in range(7):
        factories.listing(address_string=f"{number} Pacific Ave")
    open_palette(page, "pacific")
    expect(page.locator("#hits [data-kind=listing]")).to_have_count(5)
    page.get_by_role("option", name="See all 7").click()
    page.wait_for_url("**/search/?q=pacific&kind=listings")
    expect(page.locator(".row")).to_have_count(7)
    expect(page.get_by_text("7 found")).to_be_visible()


def test_recent_items_are_kept_by_the_browser_until_one_signs_out(at_desk):
    _, page = at_desk
    open_palette(page, "valencia")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/listings/"))
    page.goto("/inbox/")
    open_palette(page)
    expect(page.get_by_role("group", name="Recent").get_by_role("option")).to_have_text(re.compile("789 Valencia"))
    page.keyboard.type("sign out")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/login/"))  # a list that asks meanwhile adds where it was
    assert page.evaluate("localStorage.length") == 0


def test_pages_and_the_theme_are_a_few_letters_away(at_desk):
    _, page = at_desk
    open_palette(page)
    page.keyboard.type("theme dark")
    expect(chosen(page)).to_contain_text("Theme: dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    open_palette(page)
    page.keyboard.type("my task")
    expect(chosen(page).locator("kbd")).to_have_text(["G", "M"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/")


def test_the_slash_puts_the_cursor_into_search(at_desk):
    _, page = at_desk
    page.keyboard.press("/")
    expect(palette(page).get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    page.goto("/listings/")
    page.keyboard.press("/")
    expect(page.locator("main input[name=q]")).to_be_focused()
    assert page.locator("main input[name=q]").input_value() == ""


def test_nothing_found_is_said_and_the_old_answer_is_gone(at_desk):
    _, page = at_desk
    open_palette(page, "valencia")
    page.keyboard.type("zzz")
    expect(palette(page).get_by_text("Nothing found. Try")).to_be_visible()
    expect(page.locator("#hits .opt")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=valenciazzz")


def test_fast_typing_asks_once_it_rests(at_desk):
    _, page = at_desk
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/search/" in request.url else None)
    open_palette(page)
    page.keyboard.type("valencia", delay=20)
    expect(page.locator("#hits [data-kind=listing]")).to_be_visible()
    assert len(asked) == 1


def test_without_script_the_entry_leads_to_the_search_page(desk, work):
    _, page = desk(java_script_enabled=False)
    page.get_by_role("link", name="Search or jump to").click()
    page.fill("main [name=q]", "valencia")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator(".row mark").first).to_have_text("Valencia")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_it_has_no_accessibility_fault(desk, work, theme, width):
    _, page = desk("admin", color_scheme=theme, viewport={"width": width, "height": 844})
    factories.message(message_text="Photos at 789 Valencia please")
    factories.listing(address_string="1 Valencia St").delete()
    open_palette(page)
    assert faults(page) == []
    page.keyboard.type("valencia")
    expect(page.locator("#hits [data-kind=message]")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("ArrowRight")
    assert faults(page) == []
    for address in ("/search/", "/search/?q=valencia", "/search/?q=valencia&kind=listings", "/search/?q=zzz"):
        page.goto(address)
        assert faults(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
