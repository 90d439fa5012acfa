"""A verb on a selection over HTTP, and lists whose address is the truth."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import create_login
from common.models import Act
from tasks.models import Activity, Snooze, TaskLink, Waiting
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


def answer(verb, *tasks, **values):
    return {"verb": verb, "items": ",".join(ticked(*tasks)), "asked": "yes", "back": "/inbox/"} | values


def test_a_selection_waits_for_one_thing_and_w_on_what_waits_ends_it(client, priya):
    one, two = factories.activity(name="Sign"), factories.agent_task()
    assert b"What they wait for" in client.post("/bulk/", {"verb": "wait", "item": ticked(one, two)}).content
    told = client.post("/bulk/", answer("wait", one, two, for_what="floor plan"), follow=True).content.decode()
    assert "Let 2 tasks wait on the realtor" in told
    assert set(Waiting.objects.values_list("for_what", "ended_at")) == {("floor plan", None)}
    assert Act.objects.latest("act_id").reason == "floor plan"
    told = client.post("/bulk/", answer("wait", one, factories.activity(), for_what="key")).content.decode()
    assert "1 waiting already" in told
    client.post("/bulk/", {"verb": "wait", "item": ticked(one, two)})
    assert not Waiting.objects.filter(item_id__in=[one.pk, two.pk], ended_at=None).exists()


def test_a_selection_is_declined_with_one_reason_that_the_history_keeps(client, priya):
    tasks = [factories.activity(), factories.activity()]
    assert b"Not for us" in client.post("/bulk/", {"verb": "decline", "item": ticked(*tasks)}).content
    assert client.post("/bulk/", answer("decline", *tasks)).status_code == 422
    told = client.post("/bulk/", answer("decline", *tasks, reason="Test"), follow=True).content.decode()
    assert "Declined 2 tasks" in told
    assert set(Activity.objects.values_list("status", flat=True)) == {"CANCELLED"}
    assert Act.objects.latest("act_id").reason == "Test"
    client.post("/undo/last/")
    assert set(Activity.objects.values_list("status", flat=True)) == {"OPEN"}


def test_of_a_selection_one_stays_and_the_others_become_its_duplicates(client, priya):
    stays, one, two = (factories.activity(name=name) for name in ("Order sign", "Sign please", "Yard sign"))
    asked = client.post("/bulk/", {"verb": "duplicate", "item": ticked(stays, one, two)}).content.decode()
    assert all(f'value="{item}"' in asked for item in ticked(stays, one, two))
    chosen = {"of": ticked(stays)[0]}
    preview = client.post("/bulk/", answer("duplicate", stays, one, two, asked="", **chosen)).content.decode()
    assert "2 go<" in preview
    assert all(name in preview for name in ("Sign please", "Yard sign", "This one stays", "Order sign"))
    assert Activity.objects.filter(status="OPEN").count() == 3
    told = client.post("/bulk/", answer("duplicate", stays, one, two, **chosen), follow=True).content.decode()
    assert "Merged 2 tasks into another" in told
    assert list(Activity.objects.filter(status="OPEN")) == [stays]
    assert set(TaskLink.objects.values_list("from_id", "to_id")) == {(one.pk, stays.pk), (two.pk, stays.pk)}
    client.post("/undo/last/")
    assert Activity.objects.filter(status="OPEN").count() == 3


def test_the_one_that_stays_is_found_by_words_too_as_far_as_i_see_it(client, priya):
    one, flyers = factories.activity(), factories.activity(name="Order flyers")
    found = client.post("/bulk/", answer("duplicate", one, asked="", q="flyers")).content.decode()
    assert f'value="{ticked(flyers)[0]}"' in found
    gone = {"of": f"activity:{factories.unknown_id()}"}
    page = client.post("/bulk/", answer("duplicate", one, **gone), follow=True).content.decode()
    assert "is not there any more" in page
    assert Activity.objects.get(pk=one.pk).status == "OPEN"


def test_one_realtor_is_asked_one_question_about_a_selection(client, priya):
    amara = factories.realtor(name="Amara Okonjo")
    one = factories.activity(name="Sign @here", listing=factories.listing(address_string="12 King St", realtor=amara))
    two, other = factories.agent_task(name="Flyers", realtor=amara), factories.agent_task()
    asked = client.post("/bulk/", {"verb": "ask", "item": ticked(one, two)}).content.decode()
    assert "Hi Amara, about “Sign here”, 12 King St and “Flyers”: Is there anything we still need from you?" in asked
    client.post("/bulk/", answer("ask", one, two, realtor_id=amara.pk))
    assert Waiting.objects.filter(ended_at=None, for_what="an answer to our question").count() == 2
    refused = client.post("/bulk/", {"verb": "ask", "item": ticked(two, other)}, follow=True).content.decode()
    assert "These are of 2 realtors, and a question goes to one." in refused
    unknown = factories.activity(listing=factories.listing(realtor=None))
    refused = client.post("/bulk/", {"verb": "ask", "item": ticked(unknown)}, follow=True).content.decode()
    assert "Not every listing among these has a realtor" in refused


def test_a_snooze_choice_means_for_each_task_what_it_means_for_one(client, priya):
    due = timezone.now() + timedelta(days=20)
    early, late = factories.activity(due_date=due), factories.activity(due_date=due + timedelta(days=14))
    undated = factories.activity(name="Undated")
    asked = client.post("/bulk/", {"verb": "snooze", "item": ticked(early, late)}).content.decode()
    assert all(f'name="choice" value="{digit}"' in asked for digit in range(1, 6))
    told = client.post("/bulk/", answer("snooze", early, late, undated, choice="4")).content.decode()
    assert "Snoozed 2 tasks, 1 without a working day before" in told
    first, second = (Snooze.objects.get(item_id=task.pk).until for task in (early, late))
    assert second - first >= timedelta(days=13)
    client.post("/bulk/", answer("snooze", undated, choice="5"))
    assert Snooze.objects.get(item_id=undated.pk).until is None
    assert client.post("/bulk/", answer("snooze", undated)).status_code == 422
    assert client.post("/bulk/", answer("snooze", undated, choice="9")).status_code == 422


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


def test_a_polling_list_is_told_which_rows_have_really_gone_and_why_and_what_the_others_say(client, priya):
    helen = factories.staff("operations", name="Helen Mbeki")
    here, taken, mine = (factories.activity(assigned_staff=holder) for holder in (None, helen, priya))
    hidden = factories.unknown_id()
    state = ",".join([*ticked(here, taken, mine), f"activity:{hidden}", "nonsense"])
    answer = client.get(f"/inbox/?state={state}").json()
    assert [task.pk for task in (here, taken, mine) if task.pk in answer["rows"]] == [here.pk]
    assert answer["gone"] == {
        ticked(taken)[0]: "Helen took it:",
        ticked(mine)[0]: "You took it:",
        f"activity:{hidden}": "No longer here:",
    }


def test_several_things_change_in_one_act_and_what_is_left_empty_stays(sign_in):
    _, client = sign_in()
    helen = factories.staff("operations", name="Helen Mbeki")
    due = timezone.now().replace(microsecond=0) + timedelta(days=3)
    one, two = factories.activity(priority=2, due_date=due), factories.agent_task(priority=8)
    asked = client.post("/bulk/", {"verb": "change", "item": ticked(one, two)}).content.decode()
    assert "What you leave empty stays as it is." in asked
    assert "Leave as it is (nobody yet)" in asked
    assert "Leave as it is (2 priorities)" in asked
    assert "Listing work" in asked
    answer = {"verb": "change", "items": ",".join(ticked(one, two)), "asked": "yes"}
    acts = Act.objects.count()
    client.post("/bulk/", answer | {"assigned_staff": helen.pk, "priority": "8", "reason": "open house weekend"})
    one.refresh_from_db()
    two.refresh_from_db()
    assert [(task.assigned_staff, task.priority) for task in (one, two)] == [(helen, 8)] * 2
    assert one.due_date == due
    assert Act.objects.count() == acts + 1
    assert b"Undone: changed 2 tasks" in client.post("/undo/last/", follow=True).content
    one.refresh_from_db()
    assert (one.assigned_staff, one.priority) == (None, 2)


def test_clearing_is_a_choice_of_its_own(sign_in):
    priya, client = sign_in()
    task = factories.activity(priority=5, due_date=timezone.now(), assigned_staff=priya)
    answer = {"verb": "change", "items": ticked(task)[0], "asked": "yes"}
    client.post("/bulk/", answer | {"assigned_staff": "nobody", "due_date": "none", "priority": "0"})
    task.refresh_from_db()
    assert (task.assigned_staff, task.due_date, task.priority, task.status) == (None, None, 0, "OPEN")


def test_changing_nothing_is_refused_and_rows_that_are_so_already_are_named(sign_in):
    _, client = sign_in()
    high, low = factories.activity(priority=8, name="Order sign"), factories.activity(priority=2)
    answer = {"verb": "change", "items": ",".join(ticked(high, low)), "asked": "yes"}
    nothing = client.post("/bulk/", answer)
    assert nothing.status_code == 422
    assert b"Nothing is to be changed." in nothing.content
    told = client.post("/bulk/", answer | {"priority": "8"}).content.decode()
    assert "1 already so" in told
    assert "Order sign" in told
    assert client.post("/bulk/", answer | {"due_date": "some day"}).status_code == 422


def test_asked_for_again_after_an_undo_the_answer_leads_back_to_the_list_as_it_stood(sign_in):
    _, client = sign_in()
    free, taken = factories.activity(), factories.activity(assigned_staff=factories.staff("operations"))
    assert client.get("/bulk/").url == "/inbox/"
    sent = {"verb": "claim", "items": ",".join(ticked(free, taken)), "back": "/inbox/?tab=listing&category=MEDIA"}
    assert b"1 already taken" in client.post("/bulk/", sent).content
    assert client.get("/bulk/").url == "/inbox/?tab=listing&category=MEDIA"
    assert client.get("/slack/bulk/").url == "/slack/"
