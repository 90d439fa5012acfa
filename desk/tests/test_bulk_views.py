"""A verb on a selection over HTTP, and lists whose address is the truth."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import create_login
from tasks.models import Activity, Snooze
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya(client):
    person = factories.staff("operations", name="Priya Patel")
    create_login(person.email, "a-long-password")
    client.post("/login/", {"username": person.email, "password": "a-long-password"})
    return person


def ticked(*tasks):
    return [f"{task.kind}:{task.pk}" for task in tasks]


def test_ticked_rows_are_claimed_as_one_act(client, priya):
    one, two = factories.activity(), factories.agent_task()
    client.post("/bulk/", {"verb": "claim", "item": ticked(one, two)}, headers={"Referer": "http://testserver/inbox/"})
    assert Activity.objects.get(pk=one.pk).assigned_staff == priya
    client.post("/undo/last/")
    assert Activity.objects.get(pk=one.pk).assigned_staff is None
    assert type(two).objects.get(pk=two.pk).assigned_staff is None


def test_rows_that_stay_as_they_are_are_named_with_the_reason(client, priya):
    helen = factories.staff("operations", name="Helen Mbeki")
    free, taken = factories.activity(name="Free"), factories.activity(assigned_staff=helen, name="Order sign")
    page = client.post("/bulk/", {"verb": "claim", "items": ",".join(ticked(free, taken))}).content.decode()
    assert "Claimed Free, 1 already taken" in page
    assert "Order sign" in page
    assert "Helen took it" in page


def test_what_a_verb_wants_to_know_is_asked_once_for_all(client, priya):
    tasks = [factories.activity(), factories.activity()]
    asked = client.post("/bulk/", {"verb": "priority", "item": ticked(*tasks)}).content.decode()
    assert "Change the priority of 2 tasks" in asked
    answer = {"verb": "priority", "items": ",".join(ticked(*tasks)), "asked": "yes"}
    assert client.post("/bulk/", answer | {"priority": "11"}).status_code == 422
    client.post("/bulk/", answer | {"priority": "8"})
    assert set(Activity.objects.values_list("priority", flat=True)) == {8}


def test_plus_two_days_moves_each_due_date_from_where_it_is(client, priya):
    now = timezone.now().replace(microsecond=0)
    dated, undated = factories.activity(due_date=now), factories.activity(name="Undated")
    answer = {"verb": "due", "items": ",".join(ticked(dated, undated)), "asked": "yes"}
    page = client.post("/bulk/", answer | {"due_date": "+2d"}).content.decode()
    moved = Activity.objects.get(pk=dated.pk).due_date
    assert moved is not None
    assert abs(moved - now - timedelta(days=2)) <= timedelta(hours=1)
    assert "no due date to move" in page
    client.post("/bulk/", answer | {"due_date": "none"})
    assert Activity.objects.get(pk=dated.pk).due_date is None


def test_a_selection_is_snoozed_and_cancelled(client, priya):
    task = factories.activity()
    client.post("/bulk/", {"verb": "snooze", "items": ticked(task)[0], "asked": "yes", "until": "+3d"})
    assert Snooze.objects.filter(item_id=task.pk).exists()
    client.post("/bulk/", {"verb": "cancel", "items": ticked(task)[0], "asked": "yes", "reason": "test"})
    assert Activity.objects.get(pk=task.pk).status == "CANCELLED"


@pytest.mark.parametrize(
    "body", [{}, {"verb": "claim"}, {"verb": "nonsense", "item": "x"}, {"verb": "claim", "item": "activity:1"}]
)
def test_nothing_selected_is_said(client, priya, body):
    assert b"Nothing is selected" in client.post("/bulk/", body, follow=True).content


def test_all_that_match_are_fixed_when_they_are_asked_for(client, priya):
    photo = factories.activity(task_category="PHOTO")
    factories.activity(task_category="ADMIN")
    fixed = client.get("/inbox/?category=PHOTO&items=all").json()["items"]
    later = factories.activity(task_category="PHOTO")
    client.post("/bulk/", {"verb": "claim", "items": ",".join(fixed)})
    assert fixed == ticked(photo)
    assert Activity.objects.get(pk=later.pk).status == "OPEN"


def test_chips_tabs_and_views_stand_in_the_address(client, priya):
    factories.activity(task_category="PHOTO")
    page = client.get("/inbox/?category=PHOTO").content.decode()
    assert "Category is Photo" in page
    assert "1 match this filter" in page
    client.post("/views/", {"page": "inbox", "name": "Photos", "query": "category=PHOTO"})
    page = client.get("/inbox/").content.decode()
    assert "Photos</a>" in page
    view = page.split("&amp;view=")[1][:26]
    changed = client.get(f"/inbox/?category=ADMIN&view={view}").content.decode()
    assert "changed" in changed
    client.post(f"/views/{view}/", {"do": "default"})
    assert client.get("/inbox/")["Location"] == f"/inbox/?category=PHOTO&view={view}"
    client.post(f"/views/{view}/", {"do": "remove"})
    assert client.get("/inbox/").status_code == 200


def test_the_finder_offers_filters_as_links(client, priya):
    page = client.get("/inbox/?finder=1").content.decode()
    assert 'href="/inbox/?due=overdue"' in page
    assert "Order: oldest first" in page


def test_the_export_holds_exactly_what_the_list_holds(client, priya):
    factories.activity(name="=cmd()", task_category="PHOTO")
    factories.activity(name="Order sign", task_category="STAGING")
    answer = client.get("/inbox/?category=PHOTO&export=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))
    assert [row[0] for row in rows] == ["Task", "'=cmd()"]
    assert answer["Content-Disposition"].startswith('attachment; filename="inbox-')


def test_the_export_obeys_the_rights_of_whoever_asks(client):
    mark = factories.staff("marketing")
    create_login(mark.email, "a-long-password")
    client.post("/login/", {"username": mark.email, "password": "a-long-password"})
    factories.activity(name="Secret errand", visibility_group="AGENT")
    answer = client.get("/inbox/?export=csv")
    assert b"Secret errand" not in b"".join(answer.streaming_content)


def test_a_polling_list_is_told_which_rows_have_really_gone_and_why(client, priya):
    helen = factories.staff("operations", name="Helen Mbeki")
    here, taken, mine = (factories.activity(assigned_staff=holder) for holder in (None, helen, priya))
    hidden = factories.unknown_id()
    state = ",".join([*ticked(here, taken, mine), f"activity:{hidden}", "nonsense"])
    gone = client.get(f"/inbox/?state={state}").json()["gone"]
    assert gone == {
        ticked(taken)[0]: "Helen took it:",
        ticked(mine)[0]: "You took it:",
        f"activity:{hidden}": "No longer here:",
    }
