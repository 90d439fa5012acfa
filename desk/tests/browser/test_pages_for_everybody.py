"""Every page in both themes and at phone width: no fault axe knows of, no sideways scroll, no flash of a theme."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from listings.models import Note
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.fixture
def places(work):
    """Every page with something on it, by name."""
    listing = work[0].listing
    Note.objects.create(kind="listing", item_id=listing.pk, text="Key at the concierge")
    factories.activity(listing=listing, name="Confirm commission", status="DONE")
    task = work[0].get_absolute_url()
    message = factories.message_read("New sale listing at 33 Bay St unit 1812, Toronto, photos by Friday <@U1>")
    factories.message(message_text="thanks!", created_listing=listing, metadata={"edits": [{"text": "thx"}]})
    return [
        "/inbox/",
        f"/inbox/?peek=activity:{work[0].pk}",
        "/inbox/?tab=realtor",
        "/inbox/?tab=new",
        "/inbox/?tab=look",
        f"/slack/{message.pk}/",
        "/slack/",
        "/my/",
        task,
        work[2].get_absolute_url(),
        f"{task}assign/",
        f"{task}due/",
        f"{task}priority/",
        f"{task}cancel/",
        f"{task}edit/",
        "/activities/new/",
        "/agent-tasks/new/",
        "/listings/",
        "/listings/?due=none&type=SALE",
        "/listings/?tab=stuck",
        "/listings/?select=1",
        "/listings/?finder=1",
        "/listings/new/",
        listing.get_absolute_url(),
        f"/listings/{listing.pk}/edit/",
        f"/listings/{listing.pk}/cancel/",
        "/realtors/",
        "/realtors/?q=nobody-at-all",
        "/realtors/?tab=unlinked&status=active",
        f"/realtors/{work[2].realtor_id}/",
        "/staff/",
        "/me/",
        "/acts/",
        "/nowhere/",
    ]


def faults(page):
    found = Axe().run(page, options=WCAG).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]} {node['any'][:1] and node['any'][0]['message']}"
        for fault in found
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(desk, places, theme, width):
    _, page = desk(color_scheme=theme, viewport={"width": width, "height": 900})
    found = {}
    for place in places:
        page.goto(place)
        page.wait_for_timeout(120)
        if wrong := faults(page):
            found[place] = wrong
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_at_what_only_admins_see(desk, places, theme, width):
    _, page = desk("admin", color_scheme=theme, viewport={"width": width, "height": 900})
    message = next(place for place in places if place.startswith("/slack/0"))
    found = {}
    for place in ("/slack/?tab=all", "/slack/?tab=all&select=1&sure_to=99", "/slack/?finder=1", message):
        page.goto(place)
        if wrong := faults(page):
            found[place] = wrong
    page.click("summary")
    if wrong := faults(page):
        found["the reading as JSON"] = wrong
    page.goto("/slack/?tab=all")
    page.keyboard.press("Shift+X")
    if wrong := faults(page):
        found["a selection of messages"] = wrong
    page.get_by_role("button", name="Read again").click()
    page.wait_for_url("**/slack/bulk/")
    if wrong := faults(page):
        found["what reading again would change"] = wrong
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(desk, places, theme):
    _, page = desk(color_scheme=theme)
    found = {}
    for key in ("d", "a", "p", "?"):
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open]")
        if wrong := faults(page):
            found[key] = wrong
        page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_selector("#toasts .toast")
    page.click("#pane summary")
    if wrong := faults(page):
        found["toast and menu"] = wrong
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(browser, live_server, watch, complaints, theme, transactional_db):
    page = watch(browser.new_context(base_url=live_server.url, color_scheme=theme).new_page())
    page.goto("/login/")
    assert faults(page) == []
    page.fill("[name=username]", "nobody@lapaz.example")
    page.fill("[name=password]", "wrong")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector(".bad")
    assert faults(page) == []
    assert complaints == []


@pytest.mark.parametrize("width", [320, 768, 1100])
def test_nothing_scrolls_sideways(desk, places, width):
    _, page = desk(viewport={"width": width, "height": 800})
    wide = {}
    for place in places:
        page.goto(place)
        reach = page.evaluate("document.documentElement.scrollWidth")
        if reach > width:
            wide[place] = reach
    assert wide == {}


def test_the_theme_is_in_the_page_as_it_comes(desk, work):
    _, page = desk(color_scheme="light")
    page.goto("/me/")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("#toasts .toast")
    for place in ("/inbox/", "/me/"):
        source = page.request.get(place).text()
        assert '<html lang="en" data-theme="dark">' in source
    page.goto("/inbox/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 22, 26)"


def test_every_action_is_reached_by_tab_and_enter(desk, work):
    _, page = desk()
    page.wait_for_selector("#pane .title")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ').slice(0, 20)"))
    for words in ("Inbox", "My tasks", "New task", "Everything", "Book photographer", "Claim C", "Assign A", "Due D"):
        assert any(one.startswith(words) for one in seen), (words, seen)
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"
