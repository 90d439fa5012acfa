"""The list of Slack messages: who sees which, filters, views, orders and files, all of it in the address."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import SavedView
from common.clock import office_now
from common.fields import new_ulid
from slackintake.filters import MessageFilters, ReviewFilters
from slackintake.models import SlackMessage, SlackName
from tests import factories

pytestmark = pytest.mark.django_db

COLUMNS = {
    "message_text": "q",
    "message_type": "type",
    "group_key": "key",
    "task_key": "key",
    "slack_channel_id": "channel",
    "slack_user_id": "sender",
    "received_at": "sent_from",
    "confidence": "sure_to",
    "processing_status": "status",
    "error_message": "error",
    "created_listing": "made",
    "created_task_id": "made",
    "created_task_type": "made",
    "metadata": "of its reasons, status",
    "classification": "the reading; its type, kind and confidence have columns",
    "message_id": "nobody knows an id by heart",
    "slack_ts": "the time it was sent is that of received_at",
    "slack_thread_ts": "a thread is read in Slack",
    "processed_at": "of machines",
}


def test_every_column_has_a_filter_or_a_reason():
    assert set(COLUMNS) == {field.name for field in SlackMessage._meta.fields}
    assert {value for value in COLUMNS.values() if " " not in value} <= set(MessageFilters.base_filters)


def test_operations_are_given_no_filter_by_what_they_may_not_see():
    assert set(MessageFilters.base_filters) - set(ReviewFilters.base_filters) == {"status", "error", "made"}


def texts(answer):
    assert answer.status_code == 200
    return {row.title.strip("“”") for row in answer.context["rows"]}


def at(day, hour=12):
    """A moment of office time in March 2026."""
    return datetime(2026, 3, day, hour + 5, tzinfo=UTC)


@pytest.fixture
def messages():
    """One message of each state, by its text."""
    maria = factories.realtor(name="Maria Russo", slack_user_id="UMARIA")
    factories.staff("support", name="Sam Support", slack_user_id="USAM")
    SlackName.objects.create(slack_id="CNEW", name="new-listings")
    listing = factories.listing(address_string="88 Harbour St", realtor=maria)
    task = factories.agent_task(realtor=maria)
    made = {"processing_status": "processed", "slack_user_id": "UMARIA", "slack_channel_id": "CNEW"}
    rows = [
        factories.message(message_text="waiting", received_at=at(2), message_type="unclassified"),
        factories.message_to_review(
            "unknown_sender",
            message_text="Café photos",
            message_type="STRAY",
            task_key="SALE_ACTIVE_TASKS",
            confidence=Decimal("0.746"),
            classification={"message_type": "STRAY", "task_key": "SALE_ACTIVE_TASKS"},
            received_at=at(3),
        ),
        factories.message_to_review(
            "proposal",
            message_text="one more thing",
            message_type="INFO_REQUEST",
            confidence=Decimal("0.4"),
            classification={"message_type": "INFO_REQUEST"},
            slack_user_id="USAM",
            received_at=at(4),
        ),
        factories.message(
            message_text="broken", processing_status="failed", error_message="ValueError", received_at=at(5)
        ),
        factories.message(message_text="thanks", processing_status="skipped", metadata={"reason": "chatter"}),
        factories.message(message_text="imported", processing_status="skipped", metadata={"reason": "history"}),
        factories.message(
            message_text="new listing",
            message_type="GROUP",
            group_key="SALE_LISTING",
            confidence=Decimal("0.95"),
            created_listing=listing,
            received_at=at(6, hour=18),
            **made,
        ),
        factories.message(
            message_text="call me",
            message_type="STRAY",
            created_task_id=task.pk,
            created_task_type="stray_task",
            received_at=at(7, hour=0),
            **made,
        ),
    ]
    return {row.message_text: row for row in rows}


ALL = {"waiting", "Café photos", "one more thing", "broken", "thanks", "imported", "new listing", "call me"}
TO_LOOK_AT = {"Café photos", "one more thing"}


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("", TO_LOOK_AT),
        ("?tab=pending", {"waiting"}),
        ("?tab=failed", {"broken"}),
        ("?tab=ignored", {"thanks"}),
        ("?tab=processed", {"new listing", "call me"}),
        ("?tab=all", ALL),
        ("?status=unread", {"imported"}),
        ("?tab=failed&status=look", TO_LOOK_AT),
        ("?tab=all&type=GROUP&type=INFO_REQUEST", {"new listing", "one more thing"}),
        ("?tab=all&type=unclassified", {"waiting"}),
        ("?tab=all&key=SALE_LISTING&key=SALE_ACTIVE_TASKS", {"new listing", "Café photos"}),
        ("?tab=all&channel=CNEW", {"new listing", "call me"}),
        ("?tab=all&sender=UMARIA", {"new listing", "call me"}),
        ("?sender=unknown", {"Café photos"}),
        ("?tab=processed&sender=unknown", set()),
        ("?tab=all&sent_from=2026-03-05&sent_until=2026-03-06", {"broken", "new listing"}),
        ("?tab=all&sent_from=2026-03-07&sent_until=2026-03-07", {"call me"}),
        ("?tab=all&sure_to=75", TO_LOOK_AT),
        ("?tab=all&sure_to=74", {"one more thing"}),
        ("?tab=all&sure_from=75", {"new listing", "Café photos"}),
        ("?tab=all&error=yes", {"broken"}),
        ("?tab=all&made=listing", {"new listing"}),
        ("?tab=all&made=agent_task", {"call me"}),
        ("?tab=all&made=activity", set()),
        ("?tab=all&made=nothing", ALL - {"new listing", "call me"}),
        ("?tab=all&q=CAFE+pho", {"Café photos"}),
        ("?tab=all&q=%C2%BF%3F", ALL),
        ("?tab=all&sure_to=101&sent_from=today&type=X&error=maybe", ALL),
    ],
)
def test_an_admin_finds_a_message_by(sign_in, messages, address, wanted):
    _, client = sign_in("admin")
    assert texts(client.get(f"/slack/{address}")) == wanted


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("", TO_LOOK_AT),
        ("?tab=all", TO_LOOK_AT),
        ("?status=failed&error=yes&made=listing", TO_LOOK_AT),
        ("?q=cafe", {"Café photos"}),
        ("?q=harbour", set()),
        ("?type=STRAY", {"Café photos"}),
        ("?key=SALE_ACTIVE_TASKS", {"Café photos"}),
        ("?sender=unknown", {"Café photos"}),
        ("?sender=USAM", {"one more thing"}),
        ("?sender=UMARIA", set()),
        ("?channel=C1&sent_until=2026-03-03", {"Café photos"}),
        ("?sure_from=50", {"Café photos"}),
    ],
)
def test_operations_find_what_needs_a_look_by(sign_in, messages, address, wanted):
    _, client = sign_in("operations")
    answer = client.get(f"/slack/{address}")
    assert texts(answer) == wanted
    assert [tab["label"] for tab in answer.context["tabs"]] == ["Needs a look"]


@pytest.mark.parametrize("role", ["marketing", "support"])
def test_others_do_not_find_the_list(sign_in, messages, role):
    _, client = sign_in(role)
    for address in ("", "?export=csv", "?finder=1", "?tab=all"):
        assert client.get(f"/slack/{address}").status_code == 404


def test_both_see_the_same_of_what_needs_a_look(sign_in, messages):
    _, admin = sign_in("admin")
    _, priya = sign_in("operations")
    shown = [
        {
            row.id: (row.title, row.subtitle, row.label, row.percent, row.tag.lower().removeprefix("needs a look: "))
            for row in client.get("/slack/").context["rows"]
        }
        for client in (admin, priya)
    ]
    assert shown[0] == shown[1]
    assert {facts[4] for facts in shown[0].values()} == {"unknown sender", "proposal"}


def test_a_row_says_what_became_of_it(sign_in, messages):
    _, client = sign_in("admin")
    page = client.get("/slack/?tab=all&q=listing").content.decode()
    for words in ("new listing", "Maria Russo", "#new-listings", "New sale listing", "95 %", "88 Harbour St"):
        assert words in page


def test_chips_say_what_is_in_force_and_take_it_off(sign_in, messages):
    _, client = sign_in("admin")
    filters = "type=STRAY&channel=CNEW&sender=UMARIA&sent_from=2026-03-01&sent_until=2026-03-31&sure_from=5&sure_to=99"
    answer = client.get(f"/slack/?tab=all&{filters}&error=no&made=agent_task&sort=oldest")
    labels = [chip.label for chip in answer.context["chips"]]
    assert labels == [
        "Type is A single request",
        "In #new-listings",
        "From Maria Russo",
        "Sent from 1 Mar 2026",
        "Sent until 31 Mar 2026",
        "At least 5 % sure",
        "At most 99 % sure",
        "Has no error",
        "Created a task for a realtor",
    ]
    assert answer.context["cleared"] == "?tab=all&sort=oldest"
    for chip in answer.context["chips"]:
        without = client.get(f"/slack/{chip.href}").context["chips"]
        assert [each.label for each in without] == [label for label in labels if label != chip.label]


def test_the_finder_offers_senders_channels_numbers_and_days(sign_in, messages):
    _, client = sign_in("admin")
    page = client.get("/slack/?finder=1&sort=oldest&type=STRAY&sender=").content.decode()
    for words in ("Sender not in the directory", "From Maria Russo", "From Sam Support", "In #new-listings"):
        assert words in page
    for words in ("At most 75 % sure", "Sent from", "Failed", "Has an error", "Order: newest first"):
        assert words in page
    assert "Type is A single request" not in page
    assert 'type="date" name="sent_from"' in re.sub(r" +", " ", page)
    assert '<input type="hidden" name="sort" value="oldest">' in page
    assert 'name="sender"' not in page


def test_operations_are_offered_only_what_they_may_see(sign_in, messages):
    _, client = sign_in("operations")
    page = client.get("/slack/?finder=1").content.decode()
    assert "From Sam Support" in page
    for words in ("Maria Russo", "#new-listings", "Failed", "Has an error", "Created a listing"):
        assert words not in page


@pytest.mark.parametrize("role", ["admin", "operations"])
@pytest.mark.parametrize("sort", ["newest", "oldest", "sure"])
def test_each_order_shows_each_row_once(sign_in, role, sort):
    _, client = sign_in(role)
    for number in range(61):
        sure = Decimal(number % 4) / 4 if number % 3 else None
        factories.message_to_review(received_at=at(1 + number % 7), confidence=sure)
    first = client.get(f"/slack/?sort={sort}")
    rest = client.get(f"/slack/{first.context['more_href']}", HTTP_HX_REQUEST="true")
    assert b"<html" not in rest.content
    shown = re.findall(r'class="t" href="/slack/(\w{26})/"', (first.content + rest.content).decode())
    assert (len(shown), len(set(shown))) == (61, 61)
    column = {"sure": F("confidence").asc(nulls_last=True), "newest": "-received_at"}.get(sort, "received_at")
    assert shown == list(SlackMessage.objects.order_by(column, "pk").values_list("pk", flat=True))


def test_a_page_goes_on_where_its_last_row_stood_though_that_has_left(sign_in):
    _, client = sign_in("operations")
    for number in range(60):
        factories.message_to_review(received_at=at(1) + timedelta(minutes=number))
    first = client.get("/slack/")
    client.post(f"/slack/{first.context['rows'][-1].id}/ignore/")
    rest = client.get(f"/slack/{first.context['more_href']}").context["rows"]
    assert len(rest) == 10
    assert not {row.id for row in rest} & {row.id for row in first.context["rows"]}


@pytest.mark.parametrize("role", ["admin", "operations"])
def test_nonsense_in_the_address_is_the_first_page(sign_in, messages, role):
    _, client = sign_in(role)
    key = new_ulid()
    for after in ("x", "%00", key, f"{key}_", f"{key}_x", f"{key}_%00", f"{key}_2026-01-01", f"{key}_1E+999999"):
        for sort in ("newest", "sure"):
            assert client.get(f"/slack/?sort={sort}&after={after}").status_code == 200, (after, sort)
    for address in ("?q=a%00b", "?sender=%00", "?channel=" + "x" * 99, "?tab=moon&sort=luck"):
        assert client.get(f"/slack/{address}").status_code == 200, address


def lines(answer):
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_a_file_holds_what_the_list_does(sign_in, messages):
    SlackMessage.objects.filter(message_text="call me").update(message_text="=1+1 <@UMARIA>")
    _, client = sign_in("admin")
    answer = client.get("/slack/?tab=processed&sort=oldest&export=csv")
    head, listing, task = lines(answer)
    assert head == ["Sent", "Sender", "Channel", "Text", "Kind", "Sure", "Status", "Created", "Address of its page"]
    assert listing[1:8] == [
        *("Maria Russo", "'#new-listings" if listing[2].startswith("'") else "#new-listings", "new listing"),
        *("New sale listing", "95 %", "Processed", "88 Harbour St"),
    ]
    assert task[3] == "'=1+1 @Maria Russo"
    assert "slack-" in answer["Content-Disposition"]


def test_the_file_of_operations_holds_only_what_needs_a_look_and_no_errors(sign_in, messages):
    _, client = sign_in("operations")
    answer = client.get("/slack/?tab=all&status=failed&export=csv")
    found = lines(answer)[1:]
    assert {line[3] for line in found} == TO_LOOK_AT
    assert {line[6] for line in found} == {"Needs a look: unknown sender", "Needs a look: proposal"}
    assert "ValueError" not in str(found)
    assert "explanations" not in str(found)


def test_a_file_of_what_needs_a_look_holds_all_that_wait_in_their_order_for_those_who_may_look(sign_in):
    first, second = (factories.message_to_review(received_at=at(day)) for day in (2, 1))
    _, client = sign_in("operations")
    page = client.get("/inbox/?tab=look")
    assert page.context["export_href"] == "/inbox/?tab=look&why=&export=csv"
    found = lines(client.get(page.context["export_href"]))
    assert [line[-1] for line in found[1:]] == [first.get_absolute_url(), second.get_absolute_url()]
    assert len(lines(client.get("/inbox/?tab=look&why=edited&export=csv"))) == 1
    _, client = sign_in("marketing")
    # Whoever has no such tab is at the whole inbox, and gets that.
    assert 'filename="inbox-' in client.get("/inbox/?tab=look&export=csv")["Content-Disposition"]


def test_a_file_of_many_pages_holds_each_row_once(sign_in, monkeypatch):
    monkeypatch.setattr("desk.record_lists.EXPORTED_AT_ONCE", 7)
    for number in range(20):
        factories.message_to_review(received_at=at(1 + number % 3))
    _, client = sign_in("operations")
    found = [line[-1] for line in lines(client.get("/slack/?export=csv"))[1:]]
    assert (len(found), len(set(found))) == (20, 20)


def test_a_saved_view_keeps_its_tab_and_order_and_may_be_what_the_list_opens_with(sign_in, messages):
    _, client = sign_in("admin")
    query = client.get("/slack/?tab=all&sort=oldest&channel=CNEW").context["query"]
    assert query == "tab=all&sort=oldest&channel=CNEW"
    saved = client.post("/views/", {"page": "slack", "name": "New ones", "query": query})
    answer = client.get(saved["Location"])
    assert texts(answer) == {"new listing", "call me"}
    assert "View “New ones”" in answer.content.decode()
    assert "changed" not in answer.content.decode()
    SavedView.objects.update(is_default=True)
    assert client.get("/slack/")["Location"] == saved["Location"]


def test_a_shared_view_shows_operations_what_they_may_see(sign_in, messages):
    _, admin = sign_in("admin")
    _, priya = sign_in("operations")
    query = "tab=all&made=listing"
    admin.post("/views/", {"page": "slack", "name": "Made", "query": query, "is_shared": "on"})
    assert "Made" in priya.get("/slack/").content.decode()
    assert texts(priya.get(f"/slack/?{query}")) == TO_LOOK_AT


def test_the_number_is_exact_up_to_a_thousand(sign_in, monkeypatch):
    monkeypatch.setattr("desk.lists.COUNT_CAP", 55)
    monkeypatch.setattr("tasks.lists.COUNT_CAP", 55)
    _, client = sign_in("admin")
    for number in range(60):
        factories.message(processing_status="pending" if number < 51 else "failed")
    words = {tab: client.get(f"/slack/?tab={tab}").context["count_words"] for tab in ("all", "pending", "failed", "")}
    assert words == {"all": "55+ messages", "pending": "51 messages", "failed": "9 messages", "": "0 messages"}


@pytest.mark.parametrize("role", ["admin", "operations"])
@pytest.mark.parametrize("address", ["/slack/?tab=all&channel=C1&sender=UMARIA", "/slack/", "/slack/?finder=1"])
def test_a_row_more_costs_no_statement(sign_in, statements, role, address):
    _, client = sign_in(role)
    factories.message_to_review(created_listing=factories.listing())
    few = statements(lambda: client.get(address))
    for number in range(9):
        factories.message_to_review(created_listing=factories.listing(), slack_user_id=f"UN{number}")
    assert len(statements(lambda: client.get(address))) == len(few) <= 6


@pytest.mark.parametrize("role", ["admin", "operations"])
@pytest.mark.parametrize("address", ["/slack/?tab=all&channel=C1&sender=UMARIA", "/slack/?sort=sure&channel=C1&q=book"])
def test_no_page_of_a_long_list_costs_more_statements(sign_in, statements, role, address):
    _, client = sign_in(role)
    for number in range(120):
        factories.message_to_review(
            slack_user_id="UMARIA", message_text=f"Book it {number}", created_listing=factories.listing()
        )
    pages = [address]
    for _ in range(3):
        asked = []
        counted = statements(lambda: asked.append(client.get(pages[-1])))  # noqa: B023 - called at once
        assert len(counted) <= 6, counted
        assert asked[0].context["count_words"] == "120 messages"
        if not asked[0].context["more_href"]:
            break
        pages.append(f"/slack/{asked[0].context['more_href']}")
    assert len(pages) == 3


def test_it_says_that_nothing_is_sent_without_a_token(sign_in, settings):
    _, client = sign_in("admin")
    settings.SLACK_BOT_TOKEN = ""
    assert "SLACK_BOT_TOKEN" in client.get("/slack/").content.decode()
    settings.SLACK_BOT_TOKEN = "xoxb-test"
    assert "SLACK_BOT_TOKEN" not in client.get("/slack/").content.decode()


def test_what_came_in_today_is_found_by_today(sign_in):
    _, client = sign_in("admin")
    factories.message_to_review(message_text="now", received_at=timezone.now())
    today = office_now().date().isoformat()
    assert texts(client.get(f"/slack/?sent_from={today}&sent_until={today}")) == {"now"}


# ---- kept true while it is looked at ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["admin", "operations"])
def test_the_rows_alone_are_what_the_list_is_laid_anew_with(sign_in, messages, role):
    _, client = sign_in(role)
    for address in ("/slack/", "/slack/?q=nothing"):
        rows = client.get(address, headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode()
        assert "<html" not in rows
        assert rows.strip() in client.get(address).content.decode()


@pytest.mark.parametrize("role", ["admin", "operations"])
def test_it_says_which_rows_on_screen_have_left(sign_in, messages, role):
    _, client = sign_in(role)
    shown = [f"message:{messages[text].pk}" for text in sorted(TO_LOOK_AT)]
    address = f"/slack/?state={','.join(shown)},message:%00,x"
    assert client.get(address).json() == {"gone": {}}
    client.post(f"/slack/{messages['Café photos'].pk}/ignore/")
    assert client.get(address).json() == {"gone": {f"message:{messages['Café photos'].pk}": "No longer in this list:"}}


def test_the_list_tells_its_keys_as_requests_name_its_rows(sign_in, messages):
    _, client = sign_in("operations")
    assert {item.partition(":")[0] for item in client.get("/slack/?items=all").json()["items"]} == {"message"}


# ---- Needs a look, a tab of the inbox --------------------------------------------------------------------------------

LOOK = "/inbox/?tab=look"


def of_look(client, address, **headers):
    """The ids of the messages on a page of *Needs a look*, and the address of the next."""
    page = client.get(address, headers=headers)
    return [row.id for row in page.context["rows"]], page.context["more_href"]


def test_what_needs_a_look_is_reached_page_by_page(sign_in):
    waiting = [factories.message_to_review(received_at=at(1 + number % 9)).pk for number in range(120)]
    _, client = sign_in("operations")
    found, address = [], LOOK
    while address:
        rows, more = of_look(client, address)
        found, address = found + rows, more and f"/inbox/{more}"
    assert found == waiting
    assert "120 need a look" in client.get(LOOK).content.decode()


def test_the_next_page_of_what_needs_a_look_is_a_fragment_without_a_cursor(sign_in, statements):
    waiting = [factories.message_to_review().pk for _ in range(52)]
    _, client = sign_in("operations")
    _, more = of_look(client, LOOK)
    asked = []
    assert len(statements(lambda: asked.append(client.get(f"/inbox/{more}", headers={"HX-Request": "true"})))) <= 6
    page = asked[0].content.decode()
    assert re.findall('id="r([^"]+)"', page) == waiting[50:]
    assert "<html" not in page
    assert "aria-current" not in page
    assert client.get(f"/inbox/{more}").context["look"].href == f"/slack/{waiting[50]}/"


def test_the_next_page_holds_when_the_row_before_it_has_gone(sign_in):
    waiting = [factories.message_to_review().pk for _ in range(52)]
    _, client = sign_in("operations")
    _, more = of_look(client, LOOK)
    for pk in waiting[48:50]:
        client.post(f"/slack/{pk}/ignore/")
    assert of_look(client, f"/inbox/{more}") == (waiting[50:], "")


@pytest.mark.parametrize("after", ["x", "\0", "9" * 45, "A" * 46, "9" * 20 + "\0" * 26])
def test_a_bad_place_shows_what_has_waited_longest(sign_in, after):
    waiting = factories.message_to_review()
    _, client = sign_in("operations")
    page = client.get("/inbox/", {"tab": "look", "after": after})
    assert [row.id for row in page.context["rows"]] == [waiting.pk]


def test_the_saved_views_of_the_inbox_stand_among_its_tabs_everywhere(sign_in):
    _, client = sign_in("operations")
    client.post("/views/", {"page": "inbox", "name": "Photos", "query": "category=PHOTO"})
    for tab in ("", "look", "new", "snoozed"):
        page = client.get(f"/inbox/?tab={tab}").content.decode()
        assert re.search('<a class="chip view" href="/inbox/[?]category=PHOTO&amp;view=[^"]+">Photos</a>', page), tab
