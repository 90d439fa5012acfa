"""The inbox and my tasks."""

import gzip
import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from common.clock import office_zone
from tasks.models import Snooze, Waiting
from tests import factories

HTMX = {"HX-Request": "true"}
NUL = "\0" * 26


def test_the_inbox_holds_what_nobody_has(sign_in):
    priya, client = sign_in()
    factories.activity(name="Order yard sign")
    factories.activity(name="Create MLS listing", assigned_staff=priya)
    factories.agent_task(name="Renew headshot")
    page = client.get("/inbox/").content.decode()
    assert "Order yard sign" in page
    assert "Renew headshot" in page
    assert "Create MLS listing" not in page
    assert "2 unclaimed" in page


def test_my_tasks_hold_what_i_have(sign_in):
    priya, client = sign_in()
    factories.activity(name="Order yard sign")
    factories.activity(name="Create MLS listing", assigned_staff=priya)
    page = client.get("/my/").content.decode()
    assert "Create MLS listing" in page
    assert "Order yard sign" not in page
    assert "1 open" in page


def test_a_tab_shows_one_kind_of_work(sign_in):
    _, client = sign_in()
    factories.activity(name="Order yard sign")
    factories.agent_task(name="Renew headshot")
    page = client.get("/inbox/?tab=realtor").content.decode()
    assert "Renew headshot" in page
    assert "Order yard sign" not in page


def test_marketing_sees_neither_agents_work_nor_tasks_of_realtors(sign_in):
    _, client = sign_in("marketing")
    factories.activity(name="Verify zoning", visibility_group="AGENT")
    factories.activity(name="Order flyer", visibility_group="MARKETING")
    factories.agent_task(name="Renew headshot")
    page = client.get("/inbox/").content.decode()
    assert "Order flyer" in page
    assert "Verify zoning" not in page
    assert "Renew headshot" not in page


def test_what_i_finished_today_stands_under_its_own_tab(sign_in):
    person, client = sign_in()
    done = {"assigned_staff": person, "status": "DONE"}
    factories.activity(name="Finished just now", completed_at=timezone.now(), **done)
    factories.activity(name="Finished long ago", completed_at=timezone.now() - timedelta(days=2), **done)
    factories.activity(name="Still to do", assigned_staff=person)
    page = client.get("/my/?tab=done").content.decode()
    assert "Finished just now" in page
    assert "Finished long ago" not in page
    assert ">Still to do</a>" not in page


def heading(client, path):
    """What the heading counts, the tabs with their numbers, and whether "Select all" bears the number too."""
    page = client.get(path)
    return page.context["count_words"], [tab["label"] for tab in page.context["tabs"]], b"data-counted" in page.content


def test_the_heading_of_a_tab_counts_what_the_tab_shows(sign_in):
    me, client = sign_in()
    factories.activity()
    factories.activity()
    Snooze.objects.create(kind="activity", item_id=factories.activity().pk, staff_id=me.pk)
    Waiting.objects.create(kind="activity", item_id=factories.activity().pk, for_what="photos")
    counted = {"": "2 unclaimed", "listing": "2 unclaimed", "snoozed": "1 snoozed", "waiting": "1 waiting"}
    for tab, words in counted.items():
        assert heading(client, f"/inbox/?tab={tab}")[0] == words
    assert heading(client, "/inbox/?tab=realtor")[0] == "0 unclaimed"
    assert heading(client, "/inbox/?tab=snoozed&category=PHOTO")[0] == "0 match this filter"
    assert heading(client, "/inbox/")[2]


def test_the_tabs_of_my_tasks_bear_their_numbers(sign_in):
    me, client = sign_in()
    for _ in range(3):
        factories.activity(assigned_staff=me)
    Snooze.objects.create(kind="agent_task", item_id=factories.agent_task(assigned_staff=me).pk, staff_id=me.pk)
    for _ in range(2):
        waits = factories.activity(assigned_staff=me)
        Waiting.objects.create(kind="activity", item_id=waits.pk, for_what="photos")
        factories.activity(assigned_staff=me, status="DONE", completed_at=timezone.now())
    tabs = ["To do", "Snoozed 1", "Waiting 2", "Done today 2"]
    for tab, words in {"": "3 open", "snoozed": "1 snoozed", "waiting": "2 waiting", "done": "2 done today"}.items():
        assert heading(client, f"/my/?tab={tab}") == (words, tabs, True)


@pytest.mark.parametrize("path", ["/inbox/", "/my/"])
def test_an_empty_list_says_the_next_step(sign_in, path):
    _, client = sign_in()
    page = client.get(path).content.decode()
    assert "Nothing" in page
    assert "Go to" in page


@pytest.mark.parametrize(("tab", "words"), [("snoozed", "Nothing snoozed"), ("waiting", "Nothing waits on a realtor")])
@pytest.mark.parametrize("path", ["/inbox/", "/my/"])
def test_an_empty_tab_says_what_would_stand_in_it(sign_in, path, tab, words):
    _, client = sign_in()
    page = client.get(f"{path}?tab={tab}").content.decode()
    assert words in page
    assert f'<a class="btn" href="{path}">Go to' in page


UNDER_THE_THUMB = {
    "/inbox/": ["claim", "duplicate", "decline", "ask", "snooze"],
    "/team/operations/": ["claim", "assign", "due", "priority", "complete"],
    "/my/": ["complete", "assign", "due", "priority"],
}


@pytest.mark.parametrize("path", UNDER_THE_THUMB)
def test_each_list_has_its_own_buttons_under_the_thumb(sign_in, path):
    person, client = sign_in()
    assert 'class="thumbs"' not in client.get(path).content.decode()
    factories.activity(assigned_staff=person if path == "/my/" else None)
    thumbs = client.get(path).content.decode().partition('class="thumbs"')[2].partition("</div>")[0]
    assert re.findall('data-(?:verb|picker)="([^"]+)"', thumbs) == UNDER_THE_THUMB[path]


@pytest.mark.parametrize("path", ["/inbox/", "/my/"])
def test_twice_the_rows_cost_the_same_statements(sign_in, statements, path):
    person, client = sign_in()
    owner = person if path == "/my/" else None
    client.get(path)

    def add():
        for _ in range(10):
            factories.activity(assigned_staff=owner)
            factories.agent_task(assigned_staff=owner)

    add()
    few = statements(lambda: client.get(path))
    add()
    many = statements(lambda: client.get(path))
    assert len(many) == len(few)
    assert len(many) <= 6


def test_a_full_page_is_small(sign_in, time_machine):
    """Just after midnight, when the due dates take the most words."""
    time_machine.move_to(datetime(2027, 3, 10, 0, 13, tzinfo=office_zone()), tick=False)
    _, client = sign_in()
    listing = factories.listing(
        address_string="2847 Pacific Avenue, San Francisco, CA 94115", realtor=factories.realtor(name="James Patterson")
    )
    for number in range(60):
        time_machine.shift(timedelta(milliseconds=37))  # keys of one moment differ only in their last letter
        due = timezone.now() + timedelta(hours=number)
        factories.activity(
            name="Schedule luxury photo shoot with twilight set", listing=listing, due_date=due, priority=8
        )
    page = client.get("/inbox/").content
    assert page.count(b'class="row"') == 50
    assert len(page) < 40_000
    assert len(gzip.compress(page)) < 6_144


def test_the_next_page_goes_on_where_the_last_one_ended(sign_in):
    _, client = sign_in()
    for number in range(55):
        factories.activity(name=f"Task {number:02}", priority=5)
    first = client.get("/inbox/")
    more = first.context["more_href"]
    added = client.get(f"/inbox/{more}", headers=HTMX).content.decode()
    assert added.count('class="row"') == 5
    assert "<html" not in added
    assert "<h2" not in added  # the section goes on, so it bears no second title
    whole = client.get(f"/inbox/{more}").content.decode()
    assert whole.count('class="row"') == 5
    assert "No date</h2>" in whole


def test_the_list_alone_answers_who_asks_for_the_rows(sign_in):
    _, client = sign_in()
    factories.activity(name="Order yard sign")
    page = client.get("/inbox/", headers=HTMX | {"HX-Target": "rows"}).content.decode()
    assert "Order yard sign" in page
    assert "<html" not in page


def test_the_pane_works_by_address(sign_in):
    _, client = sign_in()
    task = factories.activity(name="Order yard sign", description="Seller asks for Friday")
    page = client.get(f"/inbox/?peek=activity:{task.pk}").content.decode()
    assert "Seller asks for Friday" in page


@pytest.mark.parametrize(
    "peek", ["activity:nonsense", "listing:01KA7H73PR4MX7Z3JABG83QK3A", "x", "activity:" + "0" * 26, f"activity:{NUL}"]
)
@pytest.mark.parametrize("path", ["/inbox/", "/my/", "/team/operations/"])
def test_a_pane_of_nothing_says_so_beside_the_list(sign_in, path, peek):
    me, client = sign_in()
    factories.activity(name="Order yard sign", assigned_staff=me if path == "/my/" else None)
    page = client.get(path, {"peek": peek}).content.decode()
    assert "Order yard sign" in page
    assert "The task asked for is not here any more." in page
    assert "Show the first one" in page


def test_a_pane_of_what_one_may_not_see_is_a_pane_of_nothing(sign_in):
    _, client = sign_in("marketing")
    task = factories.agent_task(name="Renew headshot")
    page = client.get("/inbox/", {"peek": f"agent_task:{task.pk}"}).content.decode()
    assert "The task asked for is not here any more." in page
    assert "Renew headshot" not in page


@pytest.mark.parametrize("path", ["/inbox/", "/inbox/?tab=look", "/inbox/?tab=new", "/my/", "/team/operations/"])
def test_of_rows_that_are_none_nothing_has_gone(sign_in, path):
    _, client = sign_in()
    state = f"activity:{NUL},activity:\0,listing:{NUL},message:\0,activity:,x"
    assert client.get(path, {"tab": path.partition("=")[2], "state": state}).json()["gone"] == {}


@pytest.mark.parametrize(
    "after", ["nonsense", "__", "99999999999999999999_5_" + "A" * 26, "_11_" + "A" * 26, f"_5_{NUL}", "\0"]
)
def test_a_bad_cursor_shows_the_first_page(sign_in, after):
    _, client = sign_in()
    factories.activity(name="Order yard sign")
    assert b"Order yard sign" in client.get("/inbox/", {"after": after}).content
    factories.listing(address_string="88 Harbour St")
    assert b"88 Harbour St" in client.get("/inbox/", {"tab": "new", "after": after}).content


def test_what_people_write_is_only_text(sign_in):
    _, client = sign_in()
    factories.activity(name="<script>alert(1)</script>")
    page = client.get("/inbox/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
