"""Triage over HTTP: each verb works, asks where it must, refuses GET where it acts at once, and answers fragments."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import create_login
from common.principal import acting_as
from listings.models import Listing
from tasks import queries, triage
from tasks.models import Activity, Snooze, Waiting
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya(client):
    person = factories.staff("operations", name="Priya Patel")
    create_login(person.email, "a-long-password")
    client.post("/login/", {"username": person.email, "password": "a-long-password"})
    return person


@pytest.fixture
def task():
    return factories.activity(name="Order yard sign")


HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/"}


def test_snoozing_asks_and_the_row_leaves_the_inbox(client, priya, task):
    asked = client.get(f"/activities/{task.pk}/snooze/")
    assert b"Until the realtor writes" in asked.content
    answer = client.post(f"/activities/{task.pk}/snooze/", {"until": "realtor"}, headers=HTMX)
    assert answer["HX-Trigger"] == '{"desk:left": {}}'
    assert b"Snoozed until the realtor writes: Order yard sign" in answer.content
    assert Snooze.objects.get().until is None


def test_the_second_of_two_who_write_at_one_moment_is_asked_to_look_again(client, priya, task, monkeypatch):
    def too_late(task, **_):
        Snooze.objects.bulk_create([Snooze(kind=task.kind, item_id=task.pk, staff_id=priya.pk)] * 2)

    monkeypatch.setattr("tasks.triage.wait", too_late)
    wait, form = f"/activities/{task.pk}/wait/", {"for_what": "floor plan"}
    answer = client.post(wait, form, headers=HTMX)
    assert answer.status_code == 409
    assert b"Somebody changed the same at the same moment" in answer.content
    assert client.post(wait, form, headers={"referer": "http://testserver/my/"})["Location"].endswith("/my/")
    assert not Snooze.objects.exists()


def test_a_typed_time_is_taken_and_nonsense_refused(client, priya, task):
    assert client.post(f"/activities/{task.pk}/snooze/", {"until": "blursday"}).status_code == 422
    assert client.post(f"/activities/{task.pk}/snooze/", {"until": ""}).status_code == 422
    assert client.post(f"/activities/{task.pk}/snooze/", {"until": "+3d"}).status_code == 302
    assert Snooze.objects.get().until is not None


def test_a_time_that_has_passed_is_refused_where_it_was_typed(client, priya, task):
    answer = client.post(f"/activities/{task.pk}/snooze/", {"until": "2020-01-01"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#float")
    assert "That time has passed. Choose one that lies ahead." in answer.content.decode()
    assert not Snooze.objects.exists()


@pytest.mark.parametrize(
    ("verb", "values", "tab", "stays"),
    [
        ("snooze", {"until": "+9d"}, "snoozed", True),
        ("snooze", {"until": "+9d"}, "waiting", True),
        ("wait", {"for_what": "keys"}, "snoozed", True),
        ("wake", {}, "snoozed", False),
        ("wait", {}, "waiting", False),
    ],
)
def test_a_row_stays_in_the_tab_that_still_holds_it(client, priya, task, verb, values, tab, stays):
    if tab == "snoozed":
        client.post(f"/activities/{task.pk}/snooze/", {"until": "+3d"})
    else:
        client.post(f"/activities/{task.pk}/wait/", {"for_what": "floor plan"})
    headers = HTMX | {"HX-Current-URL": f"http://testserver/inbox/?tab={tab}"}
    answer = client.post(f"/activities/{task.pk}/{verb}/", values, headers=headers)
    assert ("HX-Trigger" not in answer) is stays
    assert (f'id="r{task.pk}"' in answer.content.decode()) is stays


@pytest.mark.parametrize(
    ("verb", "values", "tab", "words"),
    [
        ("snooze", {"until": "realtor"}, "snoozed", "until the realtor writes"),
        ("wait", {"for_what": "floor plan"}, "waiting", "waits for floor plan, since today"),
    ],
)
def test_a_row_says_why_it_is_there(client, priya, task, verb, values, tab, words):
    client.post(f"/activities/{task.pk}/{verb}/", values)
    assert f'<span class="tag mark">{words}</span>' in client.get(f"/inbox/?tab={tab}").content.decode()


def test_a_row_says_what_brought_it_back(client, priya, task):
    client.post(f"/activities/{task.pk}/snooze/", {"until": "realtor"})
    Snooze.objects.update(woken_at=timezone.now(), wake_reason="new message")
    assert '<span class="tag mark">back: new message</span>' in client.get("/inbox/").content.decode()


def test_what_waited_on_the_realtor_says_that_the_realtor_wrote(client, priya, task):
    realtor = factories.realtor()
    Listing.objects.filter(pk=task.listing_id).update(realtor=realtor)
    back = '<span class="tag mark">back: new message</span>'
    client.post(f"/activities/{task.pk}/wait/", {"for_what": "floor plan"})
    with acting_as("system", "command"):
        assert triage.wake_for_realtor(realtor.pk) == 1
    assert back in client.get("/inbox/").content.decode()
    assert "Back: new message." in client.get(f"/activities/{task.pk}/").content.decode()
    client.post(f"/activities/{task.pk}/wait/", {"for_what": "keys"})
    client.post(f"/activities/{task.pk}/wait/")
    assert back not in client.get("/inbox/").content.decode()


def test_what_waits_is_not_late_while_its_clock_stands(client, priya):
    late = factories.activity(due_date=timezone.now() - timedelta(days=37))
    client.post(f"/activities/{late.pk}/wait/", {"for_what": "floor plan"})
    Waiting.objects.update(since=timezone.now() - timedelta(days=3))
    page = client.get("/inbox/?tab=waiting").content.decode()
    assert "days late" not in page
    assert "Overdue" not in page.partition('id="rows"')[2]
    assert "Earlier" in page
    assert "waits for floor plan, since " in page
    client.post(f"/activities/{late.pk}/wait/")
    page = client.get("/inbox/").content.decode()
    assert "37 days late" in page
    assert "Overdue" in page


def test_what_is_put_off_after_the_realtor_wrote_says_until_when(client, priya, task):
    client.post(f"/activities/{task.pk}/wait/", {"for_what": "floor plan"})
    Waiting.objects.update(ended_at=timezone.now(), end_reason="new message")
    client.post(f"/activities/{task.pk}/snooze/", {"until": "realtor"})
    assert "until the realtor writes</span>" in client.get("/inbox/?tab=snoozed").content.decode()


def test_waking_brings_it_back(client, priya, task):
    client.post(f"/activities/{task.pk}/snooze/", {"until": "+3d"})
    assert client.get(f"/activities/{task.pk}/wake/").status_code == 405
    client.post(f"/activities/{task.pk}/wake/")
    with acting_as("staff", priya.pk):
        assert len(queries.for_inbox(priya).rows) == 1


def test_waiting_begins_and_ends_under_the_same_key(client, priya, task):
    assert b"What you wait for" in client.get(f"/activities/{task.pk}/wait/").content
    client.post(f"/activities/{task.pk}/wait/", {"for_what": "floor plan"})
    assert Waiting.objects.get().ended_at is None
    assert b"Stop waiting" in client.get(f"/activities/{task.pk}/wait/").content
    client.post(f"/activities/{task.pk}/wait/")
    assert Waiting.objects.get().ended_at is not None


def test_asking_the_realtor_shows_the_question_and_the_task_waits(client, priya, task):
    task.listing.realtor = factories.realtor(name="Amara Okonjo")
    task.listing.save()
    asked = client.get(f"/activities/{task.pk}/ask/").content.decode()
    assert f"Hi Amara, about “Order yard sign”, {task.listing.address_string}: By when do you need it" in asked
    answer = client.post(f"/activities/{task.pk}/ask/", headers=HTMX)
    assert "Waits for an answer from Amara Okonjo: Order yard sign" in answer.content.decode()
    assert answer["HX-Trigger"] == '{"desk:left": {}}'
    assert Waiting.objects.get().for_what == "an answer to our question"
    assert client.post(f"/activities/{task.pk}/ask/", headers=HTMX).status_code == 409


def test_the_question_plans_nothing_for_a_day_that_has_passed(client, priya):
    late = factories.agent_task(due_date=timezone.now() - timedelta(days=40))
    question = client.get(f"/agent-tasks/{late.pk}/ask/").content.decode()
    assert "It was due on" in question
    assert "We plan it for" not in question


def test_the_question_calls_no_channel(client, priya):
    task = factories.activity(name="Sign for @channel", listing=factories.listing(realtor=factories.realtor()))
    assert "about “Sign for channel”" in client.get(f"/activities/{task.pk}/ask/").content.decode()


def test_without_a_realtor_nobody_can_be_asked(client, priya, task):
    task.listing.realtor = None
    task.listing.save()
    assert b"This listing has no realtor yet" in client.get(f"/activities/{task.pk}/ask/").content
    client.post(f"/activities/{task.pk}/ask/")
    assert not Waiting.objects.exists()


def test_declining_wants_a_reason(client, priya, task):
    assert client.post(f"/activities/{task.pk}/decline/").status_code == 422
    client.post(f"/activities/{task.pk}/decline/", {"reason": "Not for us"})
    assert Activity.objects.get(pk=task.pk).status == "CANCELLED"


def test_a_duplicate_is_found_by_words_and_merged(client, priya, task):
    stays = factories.activity(name="Put up the sign", listing=task.listing)
    other = factories.activity(name="Order flyers")
    assert b"Put up the sign" in client.get(f"/activities/{task.pk}/duplicate/").content
    found = client.get(f"/activities/{task.pk}/duplicate/", {"q": "flyers"}).content
    assert b"Order flyers" in found
    assert b"Put up the sign" not in found
    client.post(f"/activities/{task.pk}/duplicate/", {"of": f"activity:{stays.pk}"})
    assert Activity.objects.get(pk=task.pk).status == "CANCELLED"
    assert Activity.objects.get(pk=other.pk).status == "OPEN"


@pytest.mark.parametrize("words", ["cafe", "CAFÉ flyers", "king street", "okonjo"])
def test_a_duplicate_is_found_however_it_is_written(client, priya, task, words):
    place = factories.listing(address_string="12 King St", realtor=factories.realtor(name="Amara Okonjo"))
    factories.activity(name="Café flyers", listing=place)
    assert "Café flyers" in client.get(f"/activities/{task.pk}/duplicate/", {"q": words}).content.decode()


def test_a_duplicate_that_i_may_not_see_is_not_found(client, task):
    mark = factories.staff("marketing")
    create_login(mark.email, "a-long-password")
    client.post("/login/", {"username": mark.email, "password": "a-long-password"})
    realtor = factories.realtor(name="Amara Okonjo")
    hidden = {"visibility_group": "AGENT", "listing": factories.listing(address_string="12 King St", realtor=realtor)}
    factories.activity(name="Key box", **hidden)
    for words in ("key box", "king", "okonjo"):
        page = client.get(f"/activities/{task.pk}/duplicate/", {"q": words}).content.decode()
        assert "12 King St" not in page


def test_before_a_merge_both_are_shown_beside_each_other(client, priya, task):
    realtor = factories.realtor(name="Amara Okonjo")
    stays = factories.agent_task(name="Order the sign", realtor=realtor, description="The tall one")
    page = client.get(f"/activities/{task.pk}/duplicate/", {"of": f"agent_task:{stays.pk}"}).content.decode()
    for words in (task.name, task.listing.address_string, "Order the sign", "Amara Okonjo", "The tall one", "Merge"):
        assert words in page
    assert Activity.objects.get(pk=task.pk).status == "OPEN"
    assert client.get(f"/activities/{task.pk}/duplicate/", {"of": "activity:nonsense"}).status_code == 404


def test_before_a_merge_another_property_or_realtor_is_warned_of(client, priya, task):
    amara = factories.realtor(name="Amara Okonjo")
    Listing.objects.filter(pk=task.listing_id).update(realtor=factories.realtor())
    there = factories.activity(listing=factories.listing(address_string="88 Harbour St", realtor=amara))
    page = client.get(f"/activities/{task.pk}/duplicate/", {"of": f"activity:{there.pk}"}).content.decode()
    assert "Another property: 88 Harbour St" in page
    assert "Another realtor: Amara Okonjo" in page
    both = {"verb": "duplicate", "items": f"activity:{task.pk}", "of": f"activity:{there.pk}"}
    assert "Another property: 88 Harbour St" in client.post("/bulk/", both).content.decode()
    here = factories.activity(listing=task.listing)
    page = client.get(f"/activities/{task.pk}/duplicate/", {"of": f"activity:{here.pk}"}).content.decode()
    assert "Another property" not in page
    assert "Another realtor" not in page


@pytest.mark.parametrize("status", ["DONE", "FAILED", "CANCELLED"])
def test_before_a_merge_into_what_is_closed_one_is_warned(client, priya, task, status):
    stays = factories.activity(listing=task.listing, status=status, assigned_staff=priya)
    warning = f"That one is {status.lower()}: nobody will do it."
    of = f"activity:{stays.pk}"
    assert warning in client.get(f"/activities/{task.pk}/duplicate/", {"of": of}).content.decode()
    both = {"verb": "duplicate", "items": f"activity:{task.pk}", "of": of}
    assert warning in client.post("/bulk/", both).content.decode()
    Activity.objects.filter(pk=stays.pk).update(status="CLAIMED", completed_at=None)
    assert "nobody will do it" not in client.get(f"/activities/{task.pk}/duplicate/", {"of": of}).content.decode()


def test_open_tasks_are_offered_before_closed_ones(client, priya, task):
    open_one = factories.activity(name="Open", listing=task.listing)
    failed = factories.activity(name="Failed", listing=task.listing, status="FAILED", assigned_staff=priya)
    asked = {"verb": "duplicate", "items": f"activity:{task.pk},activity:{failed.pk}"}
    pages = client.get(f"/activities/{task.pk}/duplicate/"), client.post("/bulk/", asked)
    for page in pages:
        offered = [row.id for row in page.context["candidates"]]
        assert offered.index(open_one.pk) < offered.index(failed.pk)


def test_both_kinds_are_found_in_turn_the_tasks_own_first(client, priya, task):
    for _ in range(10):
        factories.activity(name="Flyers", listing=task.listing)
    own = factories.agent_task(name="Flyers")
    factories.agent_task(name="Flyers")
    for asking, kinds in ((task, ["activity", "agent_task"]), (own, ["agent_task", "activity"])):
        found = client.get(f"{asking.get_absolute_url()}duplicate/", {"q": "flyers"}).context["candidates"]
        assert [row.kind for row in found][:2] == kinds
        assert len(found) == 8


def test_a_merge_leaves_a_link_on_both_pages(client, priya, task):
    stays = factories.activity(name="Put up the sign", listing=task.listing)
    client.post(f"/activities/{task.pk}/duplicate/", {"of": f"activity:{stays.pk}"})
    left = client.get(task.get_absolute_url()).content.decode()
    assert f'<dt>Duplicate of</dt><dd><a class="link" href="{stays.get_absolute_url()}">Put up the sign</a>' in left
    kept = client.get(stays.get_absolute_url()).content.decode()
    assert f'<dt>Took in</dt><dd><a class="link" href="{task.get_absolute_url()}">{task.name}</a>' in kept


def test_what_i_may_not_see_is_no_candidate_and_not_found(client):
    mark = factories.staff("marketing")
    create_login(mark.email, "a-long-password")
    client.post("/login/", {"username": mark.email, "password": "a-long-password"})
    hidden = factories.activity(visibility_group="AGENT", name="Secret errand")
    seen = factories.activity(listing=hidden.listing, name="Seen")
    assert b"Secret errand" not in client.get(f"/activities/{seen.pk}/duplicate/", {"q": "errand"}).content
    assert client.get(f"/activities/{seen.pk}/duplicate/", {"of": f"activity:{hidden.pk}"}).status_code == 404
    assert client.post(f"/activities/{seen.pk}/duplicate/", {"of": f"activity:{hidden.pk}"}).status_code == 404
    for verb in ("snooze", "wait", "decline", "duplicate"):
        assert client.get(f"/activities/{hidden.pk}/{verb}/").status_code == 404
