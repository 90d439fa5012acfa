"""A verb on the open activities of many listings: fixed when it is asked, by rights, one act, one answer for each."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.clock import office_zone
from common.models import Act
from tasks.models import Activity
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour():
    return factories.listing(address_string="88 Harbour St")


@pytest.fixture
def valencia():
    return factories.listing(address_string="789 Valencia St")


def selected(*listings):
    return [f"listing:{listing.pk}" for listing in listings]


def ask(client, verb, *listings):
    return client.post("/listings/bulk/", {"verb": verb, "item": selected(*listings)})


def do(client, verb, *listings, **values):
    """Both steps: what the page that asks has fixed is sent back with the answer."""
    asked = ask(client, verb, *listings)
    fixed = {name: asked.context[name] for name in ("verb", "listings", "items", "back_href")}
    return client.post("/listings/bulk/", fixed | {"asked": "yes", "back": "/listings/?type=SALE"} | values)


def now_of(*activities):
    return [Activity.objects.get(pk=activity.pk) for activity in activities]


def test_every_open_activity_gets_the_owner_as_one_act_that_one_undo_takes_back(sign_in, harbour, valencia):
    _, client = sign_in()
    helen = factories.staff("support", name="Helen Mbeki")
    work = [factories.activity(listing=listing) for listing in (harbour, harbour, valencia)]
    done = factories.activity(listing=harbour, status="DONE", completed_at=timezone.now())
    other = factories.activity()
    acts = Act.objects.count()
    answer = do(client, "assign", harbour, valencia, assigned_staff=helen.pk)
    assert answer["Location"] == "/listings/?type=SALE"
    assert {task.assigned_staff for task in now_of(*work)} == {helen}
    assert {task.assigned_staff for task in now_of(done, other)} == {None}
    assert Act.objects.count() == acts + 1
    assert b"Gave 3 tasks to Helen Mbeki, on 2 listings" in client.get("/listings/").content
    client.post("/undo/last/")
    assert {task.assigned_staff for task in now_of(*work)} == {None}


def test_what_is_changed_is_fixed_when_it_is_asked(sign_in, harbour):
    _, client = sign_in()
    first = factories.activity(listing=harbour)
    asked = ask(client, "priority", harbour)
    assert "Change the priority of 1 open activity of 1 listing" in asked.content.decode()
    later = factories.activity(listing=harbour)
    fixed = {name: asked.context[name] for name in ("verb", "listings", "items")}
    client.post("/listings/bulk/", fixed | {"asked": "yes", "priority": "8"})
    assert [task.priority for task in now_of(first, later)] == [8, 0]


def test_all_that_match_are_the_listings_of_that_moment(sign_in, harbour, valencia):
    _, client = sign_in()
    factories.listing(type="LEASE")
    fixed = client.get("/listings/?type=SALE&sort=address&items=all").json()["items"]
    assert fixed == selected(valencia, harbour)
    factories.listing(type="SALE")
    factories.activity(listing=harbour)
    asked = client.post("/listings/bulk/", {"verb": "priority", "items": ",".join(fixed)})
    assert "of 2 listings" in asked.context["heading"]


@pytest.mark.parametrize(("text", "days"), [("+3d", 3), ("3d", 3), ("-2d", -2), ("1w", 7), ("2wd", 4), ("-1wd", -1)])
def test_due_dates_move_each_from_where_it_is(sign_in, harbour, text, days):
    _, client = sign_in()
    thursday = timezone.datetime(2026, 7, 23, 15, 30, tzinfo=office_zone())
    dated, undated = factories.activity(listing=harbour, due_date=thursday), factories.activity(listing=harbour)
    page = do(client, "due", harbour, due_date=text).content.decode()
    moved, same = now_of(dated, undated)
    assert moved.due_date.astimezone(office_zone()) == thursday + timedelta(days=days)
    assert same.due_date is None
    assert "no due date to move" in page


@pytest.mark.parametrize("text", ["fri", "none", "", "3", "+3m", "99999d"])
def test_only_a_number_of_days_moves_due_dates(sign_in, harbour, text):
    _, client = sign_in()
    due = timezone.now()
    activity = factories.activity(listing=harbour, due_date=due)
    answer = do(client, "due", harbour, due_date=text)
    assert answer.status_code == 422
    assert now_of(activity)[0].due_date == due


def test_each_listing_has_its_answer(sign_in, harbour, valencia):
    _, client = sign_in("marketing")
    helen, mark = factories.staff("support", name="Helen Mbeki"), factories.staff("marketing", name="Mark Ito")
    factories.activity(listing=harbour, name="Hang lockbox")
    factories.activity(listing=harbour, name="Order sign", assigned_staff=helen)
    factories.activity(listing=valencia, visibility_group="AGENT", name="Key box")
    page = do(client, "assign", harbour, valencia, assigned_staff=mark.pk).content.decode()
    assert "Gave Hang lockbox to Mark Ito, 1 left as it was, on 2 listings" in page
    assert "Order sign: Helen has it. Only operations and admins step in for a colleague." in page
    assert "789 Valencia St" in page
    assert "It has no open activity that you see." in page
    assert "Key box" not in page


def test_what_i_may_not_see_is_neither_counted_nor_touched(sign_in, harbour):
    _, client = sign_in("marketing")
    hidden, seen = factories.activity(listing=harbour, visibility_group="AGENT"), factories.activity(listing=harbour)
    asked = ask(client, "priority", harbour)
    assert asked.context["items"] == f"activity:{seen.pk}"
    forged = {"verb": "priority", "listings": harbour.pk, "items": f"activity:{hidden.pk}", "asked": "yes"}
    client.post("/listings/bulk/", forged | {"priority": "9"})
    assert now_of(hidden)[0].priority == 0


def test_what_is_added_to_the_request_is_worked_on_by_the_same_rights(sign_in, harbour, valencia):
    _, client = sign_in("marketing")
    asked, other, mine = (
        factories.activity(listing=harbour),
        factories.activity(listing=valencia),
        factories.agent_task(),
    )
    items = ",".join(f"{task.kind}:{task.pk}" for task in (asked, other, mine))
    forged = {"verb": "priority", "listings": harbour.pk, "items": items, "asked": "yes", "priority": "9"}
    assert client.post("/listings/bulk/", forged).status_code == 302
    assert [task.priority for task in now_of(asked, other)] == [9, 9]
    mine.refresh_from_db()
    assert mine.priority == 0


def test_nobody_gets_what_that_team_does_not_see(sign_in, harbour):
    _, client = sign_in()
    mark = factories.staff("marketing", name="Mark Ito")
    both = factories.activity(listing=harbour)
    agents = factories.activity(listing=harbour, visibility_group="AGENT", name="Key box")
    page = do(client, "assign", harbour, assigned_staff=mark.pk).content.decode()
    assert "Mark Ito cannot take it: Marketing does not see this work." in page
    assert [task.assigned_staff for task in now_of(both, agents)] == [mark, None]


def test_stepping_in_for_a_colleague_wants_a_reason(sign_in, harbour):
    priya, client = sign_in()
    helen = factories.staff("operations", name="Helen Mbeki")
    activity = factories.activity(listing=harbour, assigned_staff=helen)
    assert "Say in one line why" in do(client, "assign", harbour, assigned_staff=priya.pk).content.decode()
    do(client, "assign", harbour, assigned_staff=priya.pk, reason="Helen is ill")
    assert now_of(activity)[0].assigned_staff == priya


def test_handing_over_what_one_saw_only_as_its_owner_is_told_all_the_same(sign_in, harbour):
    mark, client = sign_in("marketing")
    helen = factories.staff("support", name="Helen Mbeki")
    mine = factories.activity(listing=harbour, visibility_group="AGENT", assigned_staff=mark)
    assert do(client, "assign", harbour, assigned_staff=helen.pk).status_code == 302
    client.post("/undo/last/")
    assert now_of(mine)[0].assigned_staff == mark


@pytest.mark.parametrize("body", [{}, {"verb": "assign"}, {"verb": "complete", "item": "listing:" + "0" * 26}])
def test_nothing_selected_or_no_such_verb_is_said(sign_in, body):
    _, client = sign_in()
    assert b"Nothing is selected" in client.post("/listings/bulk/", body, follow=True).content


def test_listings_without_open_work_and_too_much_of_it_are_said(sign_in, harbour, monkeypatch):
    _, client = sign_in()
    answer = client.post("/listings/bulk/", {"verb": "priority", "item": selected(harbour)}, follow=True)
    assert b"None of these listings has an open activity that you see." in answer.content
    monkeypatch.setattr("desk.listing_bulk.LIMIT", 1)
    factories.activity(listing=harbour)
    factories.activity(listing=harbour)
    answer = client.post("/listings/bulk/", {"verb": "priority", "item": selected(harbour)}, follow=True)
    assert b"too many at once" in answer.content


def test_without_script_rows_have_tick_boxes_on_demand(sign_in, harbour):
    _, client = sign_in("support")
    assert f'value="listing:{harbour.pk}"' in client.get("/listings/?select=1").content.decode()
    page = client.get("/listings/").content.decode()
    assert 'href="?select=1"' in page
    assert 'class="tick"' not in page
    assert "/listings/bulk/" not in client.get("/realtors/").content.decode()
