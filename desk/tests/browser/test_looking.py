"""Messages that need a look, resolved by keys alone, under the thumb, and without script."""

import pytest
from playwright.sync_api import expect

from common.clock import office_zone
from common.models import Act
from common.principal import acting_as
from listings.models import Listing
from slackintake import actions
from slackintake.models import Link, Reply, Review, ReviewReason, SlackMessage
from slackintake.reading import read
from tasks.models import Activity, AgentTask, Waiting
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LOOK = "/inbox/?tab=look"


def to_look_at(text, *, by="U1", reason="unsure", **about):
    """A message as the worker leaves it when a person has to look."""
    message = factories.message(message_text=text, slack_user_id=by, processing_status="processed")
    reading = read(text, message.received_at, office_tz=office_zone(), known_names=set())
    SlackMessage.objects.filter(pk=message.pk).update(
        classification=reading.to_json(),
        message_type=reading.message_type,
        group_key=reading.group_key,
        task_key=reading.task_key,
        confidence=reading.confidence,
    )
    Review.objects.create(message=message, reason=reason, **about)
    return message


def marked(page):
    return page.locator(".row[aria-current] .t")


def toast(page):
    return page.locator("#toasts .toast").last


def shown(page, message):
    return page.locator(f"#pane:not([inert]) [data-look='/slack/{message.pk}/']")


@pytest.fixture
def maria(transactional_db):
    return factories.realtor(name="Maria Russo", slack_user_id="U1")


@pytest.fixture
def ten(maria):
    """Ten messages, the longest waiting first, and the listing and task that two of them are about."""
    there = factories.listing(address_string="789 Valencia St", realtor=maria)
    task = factories.agent_task(name="Renew headshot", realtor=maria)
    return [
        to_look_at("New sale listing at 88 Harbour St, photos by Friday"),
        to_look_at("Please order business cards for me by Friday"),
        to_look_at("Just signed a new lease listing, 45 King St W", by="U0NEW", reason="unknown_sender"),
        to_look_at("the stager was lovely", reason="info_request"),
        to_look_at("keys are at the desk", reason="proposal", kind="listing", item_id=there.pk),
        to_look_at("New sale listing coming, more soon", reason="info_request"),
        to_look_at("can you change it to Tuesday?", reason="proposal", kind="agent_task", item_id=task.pk),
        to_look_at("call me please 555-1234", reason="info_request"),
        to_look_at("Please book a cleaner for 789 Valencia St", reason="unsure"),
        to_look_at("never mind", reason="info_request"),
    ]


def test_ten_messages_are_resolved_by_keys_alone(desk, ten, maria):
    _, page = desk()
    page.goto(LOOK)
    keys = page.keyboard
    expect(page.locator("#count")).to_have_text("10 need a look")
    expect(page.locator("#tabs")).to_contain_text("Needs a look 10")

    keys.press("1")  # as it was read
    expect(toast(page)).to_contain_text("Made: 88 Harbour St")
    expect(marked(page)).to_contain_text("business cards")
    expect(marked(page)).to_be_focused()

    expect(shown(page, ten[1])).to_be_visible()
    keys.press("Enter")  # as the fields have it
    expect(toast(page)).to_contain_text("Made:")
    expect(marked(page)).to_contain_text("45 King St W")

    keys.press("4")  # the sender is not known: the field that asks has the cursor
    expect(page.locator("#pane .f-realtor input")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#pane .f-realtor .bad")).to_have_text("A listing needs its realtor.")
    expect(page.locator("#pane .f-realtor input")).to_be_focused()
    keys.type("maria")
    keys.press("Enter")
    expect(toast(page)).to_contain_text("Made: 45 King St W")
    expect(marked(page)).to_contain_text("the stager was lovely")

    keys.press("3")
    expect(toast(page)).to_contain_text("Ignored: the message of Maria Russo")
    keys.press("z")  # no: it stands there again, under the cursor
    expect(marked(page)).to_contain_text("the stager was lovely")
    keys.press("3")
    expect(marked(page)).to_contain_text("keys are at the desk")

    keys.press("2")
    expect(page.locator("#attach [name=item]").first).to_be_focused()
    keys.press("Enter")
    expect(toast(page)).to_contain_text("Attached to: 789 Valencia St")
    expect(marked(page)).to_contain_text("more soon")

    keys.press("4")
    expect(page.locator("#pane [name=what]")).to_be_focused()
    keys.type("Sale")
    keys.press("Tab")
    expect(page.locator("#pane [name=address]")).to_be_focused()
    keys.type("12 Elm Ave")
    keys.press("Control+Enter")
    expect(toast(page)).to_contain_text("Made: 12 Elm Ave")
    expect(marked(page)).to_contain_text("change it to Tuesday")

    keys.press("5")  # the task waits, the message goes on needing a look
    expect(toast(page)).to_contain_text("Renew headshot waits for the answer")
    expect(marked(page)).to_contain_text("555-1234")
    keys.press("3")
    expect(marked(page)).to_contain_text("book a cleaner")
    keys.press("1")
    expect(marked(page)).to_contain_text("never mind")
    keys.press("3")
    expect(marked(page)).to_contain_text("change it to Tuesday")
    keys.press("2")
    expect(page.locator("#attach [name=item]").first).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_text("All looked at")).to_be_visible()
    expect(page.locator("#count")).to_have_text("0 need a look")
    expect(page.locator("#tabs")).not_to_contain_text("Needs a look 1")

    assert not Review.objects.filter(resolved_at=None).exists()
    assert set(Listing.objects.values_list("address_string", flat=True)) == {
        "789 Valencia St",
        "88 Harbour St",
        "45 King St W",
        "12 Elm Ave",
    }
    assert Listing.objects.get(address_string="45 King St W").realtor_id == maria.pk
    assert Activity.objects.filter(listing__address_string="789 Valencia St").count() == 1
    assert AgentTask.objects.count() == 2
    assert Link.objects.filter(role="attached").count() == 2
    assert Waiting.objects.filter(ended_at=None).count() == 1
    assert SlackMessage.objects.filter(processing_status="skipped", metadata__reason="ignored").count() == 3
    made = SlackMessage.objects.exclude(created_listing_id=None, created_task_id=None)
    assert Reply.objects.filter(name="eyes", message__in=made).count() == made.count() == 5
    corrected = Review.objects.exclude(corrected_reading=None)
    assert [review.corrected_reading["listing"]["address"] for review in corrected] == ["12 Elm Ave"]
    said = list(Act.objects.filter(source="web").order_by("at", "act_id").values_list("verb", flat=True))
    assert sorted(set(said)) == [
        "asked about a message",
        "attached a message",
        "ignored a message",
        "made a listing of a message",
        "made a task of a message",
        "undid",
    ]
    assert len(said) == 13


def test_whoever_was_faster_is_named_and_the_next_one_comes(desk, ten):
    _, page = desk()
    page.goto(LOOK)
    helen = factories.staff("operations", name="Helen Mbeki")
    with acting_as("staff", helen.pk):
        actions.ignore(ten[0].pk, by=helen)
    page.keyboard.press("1")
    expect(toast(page)).to_contain_text("Already done: Helen Mbeki ignored it")
    expect(marked(page)).to_contain_text("business cards")
    assert Listing.objects.count() == 1


def test_what_others_resolve_leaves_by_itself_and_new_ones_wait(desk, ten):
    _, page = desk()
    page.goto(LOOK)
    helen = factories.staff("operations", name="Helen Mbeki")
    with acting_as("staff", helen.pk):
        actions.ignore(ten[0].pk, by=helen)
    to_look_at("another one", reason="info_request")
    page.evaluate("desk.live.ask()")
    expect(toast(page)).to_contain_text("Already done: Helen Mbeki ignored it")
    expect(page.locator("#count")).to_have_text("10 need a look")
    expect(page.locator(".row")).to_have_count(9)
    expect(page.locator("#newer")).to_contain_text("1 new")
    page.keyboard.press(".")
    expect(page.locator(".row")).to_have_count(10)


def test_a_key_pressed_twice_acts_once(desk, ten):
    _, page = desk()
    page.goto(LOOK)
    held = []
    page.route("**/ignore/", lambda route: held.append(route))
    with page.expect_request("**/ignore/"):
        page.keyboard.press("3")
    page.keyboard.press("3")
    expect(page.locator(".row.busy")).to_have_count(1)
    assert len(held) == 1
    held[0].continue_()
    expect(marked(page)).to_contain_text("business cards")
    expect(page.locator("#count")).to_have_text("9 need a look")


def test_an_answer_that_comes_late_does_not_take_the_field_from_under_the_hand(desk, ten):
    """The message is asked for, left by undo and come back to before that first answer is here."""
    _, page = desk()
    page.goto(LOOK)
    expect(shown(page, ten[0])).to_be_visible()
    held = []
    page.route(f"**/slack/{ten[1].pk}/", lambda route: held.append(route) if not held else route.continue_())
    with page.expect_request(f"**/slack/{ten[1].pk}/"):
        page.keyboard.press("3")
    page.keyboard.press("z")
    expect(marked(page)).to_contain_text("88 Harbour St")
    page.keyboard.press("3")
    expect(marked(page)).to_contain_text("business cards")
    page.keyboard.press("2")
    page.wait_for_timeout(300)
    held[0].continue_()
    field = page.locator("#attach :is([name=item], [name=other])").first
    expect(field).to_be_focused()
    page.wait_for_timeout(300)
    expect(field).to_be_focused()


def test_a_message_that_did_not_come_can_be_asked_for_again(desk, ten, complaints):
    """Neither the keys nor the pane stay waiting for an answer that went wrong."""
    _, page = desk()
    page.goto(LOOK)
    expect(shown(page, ten[0])).to_be_visible()
    address = f"**/slack/{ten[1].pk}/"
    page.route(address, lambda route: route.fulfill(status=502))
    page.keyboard.press("j")
    expect(toast(page)).to_contain_text("Our side has a problem")
    expect(page.locator("#pane")).to_have_attribute("inert", "")
    page.unroute(address)
    page.keyboard.press("2")
    expect(page.locator("#attach :is([name=item], [name=other])").first).to_be_focused()
    expect(shown(page, ten[1])).to_be_visible()
    assert {"502" in each for each in complaints} == {True}
    complaints.clear()


def test_a_line_of_the_template_can_be_left_out(desk, ten):
    _, page = desk()
    page.goto(LOOK)
    page.locator("#pane .makes input[type=checkbox]").first.uncheck()
    left_out = page.locator("#pane .makes label span").first.inner_text()
    page.locator("#pane").get_by_role("button", name="Make it").click()
    expect(toast(page)).to_contain_text("Made: 88 Harbour St")
    names = set(Activity.objects.filter(listing__address_string="88 Harbour St").values_list("name", flat=True))
    assert names
    assert left_out not in names


def test_what_would_be_made_follows_the_type(desk, ten):
    _, page = desk()
    page.goto(LOOK)
    expect(page.locator("#pane [data-makes]")).to_contain_text("This makes one listing with")
    page.locator("#pane [name=what]").select_option("STRAY:OPS_MISC_TASK")
    expect(page.locator("#pane [data-makes]")).to_contain_text("This makes one task")
    expect(page.locator("#pane [name=address]")).to_be_hidden()


@pytest.fixture
def edited(maria):
    """A task whose message now says another number of cards."""
    said = "can you please order {} business cards for me?"
    task = factories.agent_task(name=said.format(100), realtor=maria, assigned_staff=factories.staff("support"))
    message = to_look_at(said.format(200), reason="proposal", kind="agent_task", item_id=task.pk)
    SlackMessage.objects.filter(pk=message.pk).update(
        created_task_id=task.pk,
        created_task_type="stray_task",
        metadata={"edits": [{"text": said.format(100), "at": "2026-01-26T12:00:00+00:00"}]},
    )
    return message, task


def test_1_changes_what_an_edited_message_made(desk, edited):
    message, _ = edited
    _, page = desk()
    page.goto(LOOK)
    expect(shown(page, message)).to_contain_text("Change can you please order 100 business cards for me?")
    page.keyboard.press("1")
    expect(toast(page)).to_contain_text("Changed: can you please order 200 business cards for me?")
    assert AgentTask.objects.get().name == "can you please order 200 business cards for me?"


def test_1_writes_nothing_over_a_newer_change(desk, edited):
    message, _ = edited
    _, page = desk()
    page.goto(LOOK)
    expect(shown(page, message)).to_be_visible()
    AgentTask.objects.update(name="Cards for Maria")
    page.keyboard.press("1")
    expect(page.locator("#pane .both")).to_contain_text("Cards for Maria")
    page.get_by_role("button", name="Use mine").click()
    expect(toast(page)).to_contain_text("Changed: can you please order 200 business cards for me?")


def test_the_question_can_be_pasted(desk, ten):
    _, page = desk(permissions=["clipboard-read", "clipboard-write"])
    page.goto(LOOK)
    page.keyboard.press("End")
    page.keyboard.press("5")
    expect(toast(page)).to_contain_text("the question to Maria")
    assert page.evaluate("navigator.clipboard.readText()").startswith("Hi Maria, about “never mind”")


def test_who_asked_is_seen_by_others_who_are_told_before_they_ask_too(desk, ten):
    priya, page = desk(name="Priya Shah")
    _, other = desk(name="Helen Mbeki", permissions=["clipboard-read", "clipboard-write"])
    for each in (page, other):
        each.goto(LOOK)
        expect(shown(each, ten[0])).to_be_visible()
    page.keyboard.press("5")
    expect(toast(page)).to_contain_text("the question to Maria")
    expect(other.locator(".row").first).to_contain_text("asked by Priya", timeout=15_000)

    other.keyboard.press("5")
    expect(other.locator("#pane [role=status]")).to_contain_text("Priya asked already")
    assert other.evaluate("navigator.clipboard.readText()").startswith("Hi Maria, about")
    assert Review.objects.get(message=ten[0]).question_by == priya.pk
    other.keyboard.press("5")
    expect(toast(other)).to_contain_text("the question to Maria")
    expect(other.locator(".row").first).to_contain_text("asked by Helen", timeout=15_000)
    other.keyboard.press("z")
    expect(toast(other)).to_contain_text("Undone: asked about “New sale listing at 88 Harbour St")
    expect(other.locator(".row").first).to_contain_text("asked by Priya", timeout=15_000)


def test_without_script_the_second_is_told_too(desk, ten):
    with acting_as("staff", factories.staff("operations", name="Priya Shah").pk):
        actions.ask(ten[0].pk, by=factories.Staff.objects.get(name="Priya Shah"))
    helen, page = desk(name="Helen Mbeki", java_script_enabled=False)
    page.goto(f"/slack/{ten[0].pk}/")
    expect(page.get_by_text("Asked by Priya Shah on")).to_be_visible()
    page.get_by_role("button", name="Copy, and wait for the answer").click()
    expect(page.locator(".look [role=status]")).to_contain_text("Priya asked already")
    page.get_by_role("button", name="Copy, and ask again").click()
    expect(toast(page)).to_contain_text("the question to Maria")
    assert Review.objects.get(message=ten[0]).question_by == helen.pk


def test_on_a_phone_a_tap_opens_the_message_and_its_buttons_lie_under_the_thumb(desk, ten):
    _, page = desk(**PHONE, permissions=["clipboard-read", "clipboard-write"])
    page.goto(LOOK)
    page.get_by_role("link", name="New sale listing at 88 Harbour St").tap()
    expect(page.locator(".said .ev-place")).to_have_text("88 Harbour St")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".thumbs").get_by_text("Attach").tap()
    expect(page.locator("#attach :focus")).to_be_visible()
    page.get_by_role("button", name="Copy, and wait for the answer").tap()
    expect(toast(page)).to_contain_text("the question to Maria")
    assert page.evaluate("navigator.clipboard.readText()").startswith("Hi Maria, about “New sale listing")
    page.locator("[name=due_date]").fill("blursday")
    page.locator(".thumbs").get_by_text("Make it").tap()
    refused = page.locator("[name=due_date]")
    expect(page.get_by_text("One field needs a change")).to_be_visible()
    assert refused.evaluate("field => getComputedStyle(field).borderColor") == "rgb(179, 38, 30)"
    page.locator(".thumbs").get_by_text("As read").tap()
    expect(toast(page)).to_contain_text("Made: 88 Harbour St")
    expect(page.locator(".row")).to_have_count(9)


@pytest.mark.parametrize("width", [390, 320])
def test_the_name_of_a_field_stays_whole_where_its_words_break(desk, maria, width):
    text = "Please send the mutual release for 1234-5678 Extraordinarily Long Boulevard West before next Wednesday"
    message = to_look_at(text)
    _, page = desk(**(PHONE | {"viewport": {"width": width, "height": 844}}))
    page.goto(f"/slack/{message.pk}/")
    lines = "element => [...element.getClientRects()].length"
    words, label = page.locator(".said .ev-place"), page.locator(".said .ev-place + rt")
    assert words.evaluate(lines) > 1
    for name in page.locator(".said rt").all():
        assert name.evaluate(lines) == 1
        assert name.evaluate("element => element.scrollWidth <= element.clientWidth")
    below = label.bounding_box()["y"] - words.evaluate("element => element.getClientRects()[0].bottom")
    assert abs(below) < 6
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_chip_shows_one_kind_and_stays_when_rows_leave(desk, ten):
    _, page = desk()
    page.goto(LOOK)
    kinds = page.locator("#kinds")
    expect(kinds.get_by_role("link")).to_have_text(
        ["All 10", "Unsure 3", "Something missing 4", "Unknown sender 1", "Proposal 2"]
    )
    kinds.get_by_role("link", name="Proposal 2").click()
    expect(page.locator("#rows .row")).to_have_count(2)
    expect(marked(page)).to_contain_text("keys are at the desk")
    expect(shown(page, ten[4])).to_be_visible()
    page.keyboard.press("3")
    expect(marked(page)).to_contain_text("change it to Tuesday")
    expect(page.locator("#rows .row")).to_have_count(1)
    page.evaluate("desk.live.ask()")
    expect(kinds.locator("[aria-current]")).to_have_text("Proposal 1")
    assert page.url.endswith("why=proposal")


def test_without_script_everything_is_there(desk, ten):
    _, page = desk(java_script_enabled=False)
    page.goto(LOOK)
    page.locator("#pane").get_by_role("button", name="Not a request").click()
    expect(toast(page)).to_contain_text("Ignored: the message of Maria Russo")
    expect(page.locator(".row")).to_have_count(9)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".row")).to_have_count(10)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"viewport": {"width": 1440, "height": 900}}, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(desk, ten, edited, theme, size):
    from axe_playwright_python.sync_playwright import Axe

    _, page = desk(color_scheme=theme, **size)
    for address in (LOOK, f"/slack/{ten[2].pk}/", f"/slack/{edited[0].pk}/"):
        page.goto(address)
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], address


def test_each_reason_has_words(ten):
    assert {reason.value for reason in ReviewReason} >= set(Review.objects.values_list("reason", flat=True))


# ---- a message that asks for several things --------------------------------------------------------------------------


@pytest.fixture
def several(maria):
    """A message that asked for three things: the first is made, a listing and lunch are proposed."""
    first = factories.listing(address_string="12 Elm St", realtor=maria)
    message = to_look_at(
        "New sale listing at 12 Elm St, photos Friday. Also new lease listing at 5 Oak Ave. "
        "Plus order lunch for 24 people on Thursday",
        reason="proposal",
        kind="listing",
        item_id=first.pk,
    )
    SlackMessage.objects.filter(pk=message.pk).update(created_listing=first)
    to_look_at("never mind, all good")
    return message


def made():
    """The addresses of the listings and the number of tasks there are."""
    return sorted(Listing.objects.values_list("address_string", flat=True)), AgentTask.objects.count()


def test_of_several_requests_one_is_made_and_another_declined_by_keys_and_undo_gives_both_back(desk, several):
    _, page = desk()
    page.goto(LOOK)
    expect(marked(page)).to_contain_text("New sale listing at 12 Elm St")
    expect(page.locator("#pane h2")).to_have_text("It also asks for 2 more things")
    boxes = page.locator("#pane [name=besides]")
    expect(page.locator("#pane .makes li")).to_contain_text(["new lease listing at 5 Oak Ave", "order lunch"])

    page.keyboard.press("4")  # the lines, one by one: the listing stays, lunch is not wanted
    expect(boxes.nth(0)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(boxes.nth(1)).not_to_be_checked()
    page.keyboard.press("Enter")
    expect(toast(page).locator("[data-words]")).to_have_text(
        "Made: 5 Oak Ave. Left out: “order lunch for 24 people on Thursday”"
    )
    expect(marked(page)).to_contain_text("never mind")
    assert made() == (["12 Elm St", "5 Oak Ave"], 0)

    page.keyboard.press("z")
    expect(toast(page)).to_contain_text("Undone: made what “New sale listing at 12 Elm St")
    expect(marked(page)).to_contain_text("New sale listing at 12 Elm St")
    expect(shown(page, several).locator("[name=besides]")).to_have_count(2)
    assert made() == (["12 Elm St"], 0)

    page.keyboard.press("3")  # none of them is a request: what was made first stays, and undo asks again
    expect(toast(page)).to_contain_text("Ignored")
    expect(marked(page)).to_contain_text("never mind")
    assert made() == (["12 Elm St"], 0)
    page.keyboard.press("z")
    expect(toast(page)).to_contain_text("Undone: ignored “New sale listing at 12 Elm St")
    expect(marked(page)).to_contain_text("New sale listing at 12 Elm St")
    expect(shown(page, several)).to_be_visible()

    page.keyboard.press("1")
    expect(toast(page)).to_contain_text("Made: 5 Oak Ave, ")
    assert made() == (["12 Elm St", "5 Oak Ave"], 1)


def test_1_makes_only_the_lines_that_are_ticked(desk, several):
    _, page = desk()
    page.goto(LOOK)
    page.keyboard.press("4")
    expect(page.locator("#pane [name=besides]").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(marked(page)).to_be_focused()
    page.keyboard.press("1")
    expect(toast(page)).to_contain_text("Made: ")
    expect(marked(page)).to_contain_text("never mind")
    assert made() == (["12 Elm St"], 1)


def test_on_its_own_page_the_keys_reach_the_lines_too(desk, several):
    _, page = desk()
    page.goto(f"/slack/{several.pk}/")
    page.keyboard.press("4")
    expect(page.locator(".look [name=besides]").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Made: ")
    assert made() == (["12 Elm St"], 1)
    page.keyboard.press("z")
    expect(toast(page)).to_contain_text("Undone: made what")
    assert made() == (["12 Elm St"], 0)
