"""A morning's inbox of thirty items, emptied by keys alone, by mouse alone, and with the thumb on a phone."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from common.models import Act
from listings.models import Note
from tasks.models import Activity, AgentTask, Snooze, Status, TaskLink, Waiting
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ROUNDS = 3
IN_A_ROUND = 10


@pytest.fixture
def inbox(transactional_db):
    """Thirty open items in due order, every fourth a task for the realtor, and one elsewhere that others repeat."""
    realtor = factories.realtor(name="Amara Okonjo")
    listing = factories.listing(address_string="88 Harbour St, Toronto", realtor=realtor)
    start = timezone.now() + timedelta(days=10)  # far enough that every choice of snoozing lies ahead
    for number in range(ROUNDS * IN_A_ROUND):
        made = {"name": f"Item {number:02}", "due_date": start + timedelta(hours=number)}
        is_for_realtor = number % 4 == 3
        item = (
            factories.agent_task(realtor=realtor, **made)
            if is_for_realtor
            else factories.activity(listing=listing, **made)
        )
        Note.objects.create(kind=item.kind, item_id=item.pk, text=f"Said of {number}")
    helen = factories.staff("operations", name="Helen Mbeki")
    kept = factories.activity(name="The one that stays", listing=listing, assigned_staff=helen, status="CLAIMED")
    return helen, kept


def marked(page):
    return page.locator(".row[aria-current] .t")


def toast(page):
    return page.locator("#toasts .toast").last


def left(page, name):
    """The row is gone, the toast has named it, and the cursor stands on the next."""
    expect(toast(page)).to_contain_text(name)
    expect(page.locator(".row .t", has_text=name)).to_have_count(0)


def check(priya, helen, kept):
    """What thirty items became: ten verbs, three times each."""
    everything = [*Activity.objects.exclude(pk=kept.pk), *AgentTask.objects.all()]
    assert Counter((item.status, item.assigned_staff_id) for item in everything) == {
        (Status.CLAIMED, priya.pk): 4 * ROUNDS,  # taken with 1, claimed with C, assigned to me, claimed and dated
        (Status.CLAIMED, helen.pk): ROUNDS,
        (Status.DONE, priya.pk): ROUNDS,
        (Status.CANCELLED, None): 2 * ROUNDS,  # declined, and merged
        (Status.OPEN, None): 2 * ROUNDS,  # snoozed, and waiting
    }
    assert Snooze.objects.filter(staff_id=priya.pk, woken_at=None).count() == ROUNDS
    assert Waiting.objects.filter(ended_at=None, for_what="floor plan").count() == ROUNDS
    assert TaskLink.objects.filter(relation="duplicate_of", to_id=kept.pk).count() == ROUNDS
    assert Note.objects.filter(item_id=kept.pk).count() == ROUNDS
    acts = Act.objects.filter(actor_id=priya.pk).exclude(verb__in=("signed in",))
    assert acts.count() == ROUNDS * (IN_A_ROUND + 1)  # the one that is claimed had its date set before


def test_by_keys_alone(desk, inbox):
    helen, kept = inbox
    priya, page = desk()

    def press(*keys):
        for key in keys:
            page.keyboard.press(key)

    def in_picker(typed, *keys):
        expect(page.locator("#float")).to_be_visible()
        page.keyboard.type(typed)
        press(*keys)

    for number in range(ROUNDS * IN_A_ROUND):
        name = f"Item {number:02}"
        expect(marked(page)).to_have_text(name)
        match number % IN_A_ROUND:
            case 0:
                press("1")
            case 1:
                press("c")
            case 2:
                press("3")
                expect(page.locator("#float .option").first).to_be_focused()
                press("1" if number < IN_A_ROUND else "ArrowDown", *[] if number < IN_A_ROUND else ["Enter"])
            case 3:
                press("h")
                in_picker("5" if number < IN_A_ROUND else "+3d", "Enter")
            case 4:
                press("e")
            case 5:
                press("2")
                in_picker("", "ArrowDown")
                page.keyboard.type("The one")
                press("Enter")
                expect(page.locator("#float .option")).to_have_count(1)
                press("ArrowDown", "Enter")
                expect(page.locator("#float")).to_contain_text("This one stays")
                press("Enter")
            case 6:
                press("w")
                in_picker("floor plan", "Enter")
            case 7:
                press("a")
                in_picker("", "Enter")
            case 8:
                press("a")
                in_picker("hel", "Enter")
            case 9:
                press("d")
                in_picker("+30d", "Enter")
                expect(toast(page)).to_contain_text("Due")
                while marked(page).inner_text() != name:
                    press("k")
                press("c")
        left(page, name)
    expect(page.locator(".empty")).to_be_visible()
    check(priya, helen, kept)


def choose(page, words):
    page.locator("#float .option", has_text=words).first.click()


def open_menu(page, within, verb):
    page.locator(f"{within} summary:has-text('More')").click()
    page.locator(f"{within} .menu-box .option", has_text=verb).click()


def merge(page):
    page.fill("#float [name=q]", "The one")
    page.locator("#float").get_by_role("button", name="Find").click()
    expect(page.locator("#float .option")).to_have_count(1)
    choose(page, "The one that stays")
    page.locator("#float").get_by_role("button", name="Merge").click()


def wait_for(page, words):
    page.fill("#float [name=for_what]", words)
    page.locator("#float").get_by_role("button", name="Stop the clock").click()


MENU = {
    2: ("Decline", lambda page: choose(page, "Not for us")),
    3: ("Snooze for me", lambda page: choose(page, "Until the realtor writes")),
    4: ("Complete", lambda page: None),
    5: ("Duplicate of", merge),
    6: ("Waiting on the realtor", lambda page: wait_for(page, "floor plan")),
}


def test_by_mouse_alone(desk, inbox):
    helen, kept = inbox
    priya, page = desk()
    acts = "#pane .acts"
    for number in range(ROUNDS * IN_A_ROUND):
        name = f"Item {number:02}"
        page.locator(".row", has_text=name).click()
        expect(page.locator("#pane .title")).to_have_text(name)
        match number % IN_A_ROUND:
            case 0 | 1:
                page.locator(acts).get_by_role("button", name="Claim").click()
            case 7 | 8 as which:
                page.locator(acts).get_by_text("Assign").click()
                choose(page, "Priya" if which == 7 else "Helen")
            case 9:
                page.locator(acts).get_by_text("Due").click()
                choose(page, "Tomorrow")
                expect(toast(page)).to_contain_text("Due")
                page.locator(".row", has_text=name).click()
                expect(page.locator("#pane .title")).to_have_text(name)
                page.locator(acts).get_by_role("button", name="Claim").click()
            case which:
                verb, then = MENU[which]
                open_menu(page, acts, verb)
                then(page)
        left(page, name)
    expect(page.locator(".empty")).to_be_visible()
    check(priya, helen, kept)


def test_with_the_thumb_on_a_phone(desk, inbox):
    helen, kept = inbox
    priya, page = desk(**PHONE)
    thumbs = page.locator(".thumbs")
    for number in range(ROUNDS * IN_A_ROUND):
        name = f"Item {number:02}"
        row = page.locator(".row", has_text=name)
        which = number % IN_A_ROUND
        if which in (4, 6, 7, 8, 9):
            row.get_by_role("link").tap()
            expect(page.locator("h1")).to_have_text(name)
            match which:
                case 6:
                    open_menu(page, ".acts", "Waiting on the realtor")
                    wait_for(page, "floor plan")
                case 4:
                    thumbs.get_by_role("button", name="Complete").tap()
                case 7 | 8:
                    thumbs.get_by_text("Assign").tap()
                    choose(page, "Priya" if which == 7 else "Helen")
                case 9:
                    thumbs.get_by_text("Due").tap()
                    choose(page, "Tomorrow")
                    expect(toast(page)).to_contain_text("Due")
                    thumbs.get_by_role("button", name="Claim").tap()
            expect(toast(page)).to_contain_text(name)
            page.goto("/inbox/")
            continue
        row.tap(position={"x": 14, "y": 20})
        expect(marked(page)).to_have_text(name)
        match which:
            case 0 | 1:
                thumbs.get_by_role("button", name="Take").tap()
            case 2:
                thumbs.get_by_role("button", name="Decline").tap()
                choose(page, "Not for us")
            case 3:
                thumbs.get_by_role("button", name="Snooze").tap()
                choose(page, "Until the realtor writes")
            case 5:
                thumbs.get_by_role("button", name="Duplicate").tap()
                merge(page)
        left(page, name)
    expect(page.locator(".empty")).to_be_visible()
    check(priya, helen, kept)
