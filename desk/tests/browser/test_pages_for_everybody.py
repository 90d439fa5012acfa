"""Every page in both themes and at phone width: no fault axe knows of, no sideways scroll, no flash of a theme."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.principal import acting_as
from listings.models import Note
from tasks import actions, triage
from tests import axe, factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WINDOWS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
VERBS = ["assign", "due", "priority", "edit", "snooze", "wait", "decline", "ask", "status", "category"]
VERBS += ["duplicate", "complete", "fail", "cancel", "reopen", "remove", "release"]


@pytest.fixture
def places(work):
    """Every page with something on it; among it what is longer than there is room for."""
    listing = work[0].listing
    long = factories.realtor(name="Maximiliana " * 8, brokerage="Brokerage " * 9, email=f"{'m' * 60}@realty.example")
    long_listing = factories.listing(address_string="1 Llanfairpwllgwyngyllgogerych Street, " * 4, realtor=long)
    long_task = factories.activity(name="Take photos at twilight " * 5, listing=long_listing, task_category="PHOTO")
    Note.objects.create(kind="listing", item_id=listing.pk, text="Key at the concierge")
    factories.activity(listing=listing, name="Confirm commission", status="DONE")
    task = work[0].get_absolute_url()
    message = factories.message_read("New sale listing at 33 Bay St unit 1812, Toronto, photos by Friday <@U1>")
    two_dates = factories.message_read("New lease listing at 45 King St W, photos by Friday or Saturday please")
    many = factories.message_read(
        "New sale listing at 12 Elm Ave. New lease listing at 5 Oak Ave. Please order business cards for me by Friday"
    )
    edited = factories.message_read("New sale listing at 7 Fern Way", metadata={"edits": [{"text": "at 5 Fern Way"}]})
    factories.message(message_text="thanks!", created_listing=listing, metadata={"edits": [{"text": "thx"}]})
    return [
        "/inbox/",
        f"/inbox/?peek=activity:{work[0].pk}",
        *(f"/inbox/?tab={tab}" for tab in ("listing", "realtor", "new", "look", "snoozed", "waiting")),
        "/inbox/?select=1",
        "/inbox/?finder=1",
        "/inbox/?due=none&category=PHOTO",
        *(f"/slack/{one.pk}/" for one in (message, two_dates, many, edited)),
        "/slack/",
        *(f"/my/{tab}" for tab in ("", "?tab=snoozed", "?tab=waiting", "?tab=done")),
        *(f"/team/operations/{tab}" for tab in ("", "?tab=unclaimed&due=none", "?tab=held")),
        "/team/marketing/",
        task,
        long_task.get_absolute_url(),
        work[2].get_absolute_url(),
        f"{work[2].get_absolute_url()}listing/",
        f"{work[2].get_absolute_url()}edit/",
        *(f"{task}{verb}/" for verb in VERBS),
        f"{task}duplicate/?of=activity:{work[3].pk}",
        f"{task}claim/",
        "/activities/new/",
        "/agent-tasks/new/",
        "/listings/",
        "/listings/?due=none&type=SALE",
        "/listings/?tab=stuck",
        "/listings/?select=1",
        "/listings/?finder=1",
        "/listings/new/",
        listing.get_absolute_url(),
        long_listing.get_absolute_url(),
        f"/listings/{listing.pk}/remove/",
        f"/listings/{listing.pk}/edit/",
        f"/listings/{listing.pk}/cancel/",
        "/realtors/",
        "/realtors/?q=nobody-at-all",
        "/realtors/?tab=unlinked&status=active",
        f"/realtors/{work[2].realtor_id}/",
        f"/realtors/{long.pk}/",
        "/staff/",
        "/search/?q=st",
        "/me/",
        "/acts/",
        "/nowhere/",
    ]


def faults(page):
    return axe.faults(page, "best-practice")


def give_work(person):
    """Something for each tab of one's own, and something that one did."""
    claimed, snoozed, done = factories.activity(), factories.activity(), factories.activity(assigned_staff=person)
    waiting = factories.agent_task()
    with acting_as("staff", person.pk):
        actions.claim(claimed, by=person)
        triage.snooze(snoozed, until=timezone.now() + timedelta(days=3), by=person)
        triage.wait(waiting, for_what="the floor plan", by=person)
        actions.complete(done, by=person)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing(desk, places, theme, window):
    person, page = desk(color_scheme=theme, viewport=WINDOWS[window])
    give_work(person)
    found = {}
    for place in places:
        page.goto(place)
        page.wait_for_timeout(120)
        if wrong := faults(page):
            found[place] = wrong
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing_at_what_only_admins_see(desk, places, theme, window):
    _, page = desk("admin", color_scheme=theme, viewport=WINDOWS[window])
    message = next(place for place in places if place.startswith("/slack/0"))
    listing = next(place for place in places if place.startswith("/listings/0"))
    found = {}
    slack = ("/slack/?tab=all", "/slack/?tab=all&select=1&sure_to=99", "/slack/?finder=1", "/slack/readings/")
    templates = ("/templates/", "/templates/SALE_LISTING/", "/templates/SALE_LISTING/new/")
    for place in (*templates, f"{listing}remove/", *slack, message):
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
    for key in ("d", "a", "p", "s", "t", "h", "w", "2", "3", "f", "?"):
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open]")
        if wrong := faults(page):
            found[key] = wrong
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
    page.keyboard.press("c")
    page.wait_for_selector("#toasts .toast")
    page.click("#pane summary")
    if wrong := faults(page):
        found["toast and menu"] = wrong
    page.keyboard.press("Escape")
    assert page.locator("details[open]").count() == 0
    page.keyboard.press("Shift+X")
    if wrong := faults(page):
        found["a selection"] = wrong
    for name in ("Assign", "Due"):
        page.goto("/inbox/")
        page.keyboard.press("Shift+X")
        page.locator("#selbar").get_by_role("button", name=name).click()
        page.wait_for_url("**/bulk/")
        if wrong := faults(page):
            found[f"{name} for a selection"] = wrong
    assert found == {}


@pytest.mark.parametrize("window", [{"width": 1440, "height": 900}, {"width": 1280, "height": 800}])
def test_the_tabs_of_the_inbox_stand_in_one_line_and_all_are_seen(desk, work, window):
    factories.message_to_review()
    _, page = desk(viewport=window)
    tabs = page.locator("#tabs")
    assert len({tab.bounding_box()["y"] for tab in tabs.locator("a").all()}) == 1
    assert tabs.locator("a").count() == 7
    assert tabs.evaluate("(line) => line.scrollWidth <= line.clientWidth")


def test_on_a_phone_a_thumb_finds_every_target(desk, places):
    """What is pressed is 44 pixels high and wide, but for links within a sentence, and rows, which are whole links; a
    menu opens within the window."""
    person, page = desk(viewport=WINDOWS["phone"], has_touch=True)
    give_work(person)
    small = {}
    for place in places:
        page.goto(place)
        found = page.evaluate(OPEN) + page.evaluate(SMALL, 44)
        if found:
            small[place] = found
    assert small == {}


OPEN = """() => [...document.querySelectorAll("details")].flatMap((part) => {
  part.open = true;
  const box = part.querySelector(".menu-box")?.getBoundingClientRect();
  return box && (box.left < 0 || box.right > innerWidth) ? [part.outerHTML.slice(0, 120)] : [];
})"""
SMALL = """(least) => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((target) => target.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((target) => !target.matches(".row .t, .hidden *, .skip"))
  .filter((target) => getComputedStyle(target).display !== "inline" || !target.parentElement.matches("p, span"))
  .map((target) => target.matches("[type=checkbox], [type=radio]") ? target.labels[0] || target : target)
  .filter((target) => ["height", "width"].some((side) => target.getBoundingClientRect()[side] < least - .5))
  .map((target) => target.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(browser, live_server, watch, complaints, theme, transactional_db):
    page = watch(browser.new_context(base_url=live_server.url, color_scheme=theme).new_page())
    page.goto("/login/")
    assert faults(page) == []
    page.goto("/login/?ended=unsent")
    assert faults(page) == []
    page.fill("[name=username]", "nobody@lapaz.example")
    page.fill("[name=password]", "wrong")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector(".bad")
    assert faults(page) == []
    assert complaints == []


@pytest.mark.parametrize("width", [320, 390, 768, 1100, 1440])
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
