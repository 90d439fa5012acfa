"""Filters of task lists: what they find, what they say, and the addresses that take them off and put them on."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from common.principal import acting_as
from staff.models import Role
from tasks.filters import CONDITIONS, Narrowing, TaskFilters
from tasks.lists import counts_of, page_of
from tasks.models import Activity, AgentTask, Waiting
from tasks.queries import inbox_selection
from tasks.team_queries import unclaimed
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel")


def found(priya, address):
    with acting_as("staff", priya.pk):
        selection = Narrowing(QueryDict(address)).narrow(inbox_selection(priya))
        page = page_of(selection, priya)
        assert counts_of([selection], priya) == [page.number]
        return {row.title for row in page.rows}


@pytest.fixture
def work():
    now = timezone.now()
    amara = factories.realtor(name="Amara Okonjo")
    home = factories.listing(address_string="88 Harbour St, Toronto", realtor=amara)
    return {
        "home": home,
        "amara": amara,
        "photos": factories.activity(
            name="Take photos", task_category="PHOTO", listing=home, priority=8, due_date=now - timedelta(days=1)
        ),
        "sign": factories.activity(
            name="Order sign",
            listing=factories.listing(address_string="12 King St"),
            task_category="STAGING",
            visibility_group="AGENT",
            due_date=now + timedelta(days=60),
        ),
        "offer": factories.agent_task(name="Prepare offer", task_key="BUYER_DEAL", realtor=amara, priority=10),
    }


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("", {"Take photos", "Order sign", "Prepare offer"}),
        ("category=PHOTO", {"Take photos"}),
        ("category=PHOTO&category=STAGING", {"Take photos", "Order sign"}),
        ("key=BUYER_DEAL", {"Prepare offer"}),
        ("due=overdue", {"Take photos"}),
        ("due=none", {"Prepare offer"}),
        ("priority=8", {"Take photos", "Prepare offer"}),
        ("priority=10", {"Prepare offer"}),
        ("group=AGENT", {"Order sign"}),
        ("q=photo", {"Take photos"}),
        ("q=harb", {"Take photos"}),
        ("q=harbour+street", {"Take photos"}),
        ("q=OKÓNJO", {"Take photos", "Prepare offer"}),
        ("q=nothing+such", set()),
        ("q=a", {"Take photos", "Order sign", "Prepare offer"}),
        ("q=%27%3B--", {"Take photos", "Order sign", "Prepare offer"}),
        ("category=PHOTO&priority=10", set()),
        ("category=NONSENSE&due=whenever&realtor=x", {"Take photos", "Order sign", "Prepare offer"}),
    ],
)
def test_each_filter_finds_what_it_says(priya, work, address, titles):
    assert found(priya, address) == titles


def test_what_waits_on_its_realtor_is_not_overdue(priya, work):
    with acting_as("staff", priya.pk):
        overdue = Narrowing(QueryDict("due=overdue")).narrow(unclaimed(Role.OPERATIONS, priya))
        assert counts_of([overdue], priya) == [1]
        Waiting.objects.create(kind="activity", item_id=work["photos"].pk, for_what="keys")
        assert counts_of([overdue], priya) == [0]


def test_a_realtor_and_a_listing_narrow_both_kinds(priya, work):
    assert found(priya, f"realtor={work['amara'].pk}") == {"Take photos", "Prepare offer"}
    assert found(priya, f"listing={work['home'].pk}") == {"Take photos"}


def test_chips_say_what_is_in_force_and_take_it_off_again(priya, work):
    with acting_as("staff", priya.pk):
        narrowing = Narrowing(QueryDict("tab=listing&category=PHOTO&category=STAGING&due=week&after=x"))
        chips = {chip.label: chip.href for chip in narrowing.chips()}
    assert chips == {
        "Category is Photo": "?tab=listing&category=STAGING&due=week",
        "Category is Staging": "?tab=listing&category=PHOTO&due=week",
        "Due this week": "?tab=listing&category=PHOTO&category=STAGING",
    }
    assert narrowing.cleared == "?tab=listing"
    assert narrowing.as_query() == "category=PHOTO&category=STAGING&due=week"


def test_the_finder_offers_every_filter_that_is_not_in_force(priya):
    with acting_as("staff", priya.pk):
        offered = {choice.label: choice.href for choice in Narrowing(QueryDict("due=week")).choices()}
    assert offered["Category is Marketing"] == "?due=week&category=MARKETING"
    assert offered["Overdue"] == "?due=overdue"
    assert "Due this week" not in offered


def test_every_column_of_both_tables_has_a_filter_or_a_reason():
    filtered = {
        "name": "q",
        "description": "q",
        "task_category": "category",
        "task_key": "key",
        "due_date": "due",
        "priority": "priority",
        "visibility_group": "group",
        "realtor": "realtor",
        "listing": "listing",
        "assigned_staff": "person",
    }
    reasons = {
        "task_id": "names one task, which has its own page",
        "status": "the list itself says which",
        "claimed_at": "shown, never searched for",
        "completed_at": "open lists hold nothing completed",
        "created_at": "an order of the list",
        "updated_at": "kept by the database",
        "deleted_at": "removed tasks stand in the admin",
        "deleted_by": "removed tasks stand in the admin",
        "inputs": "shown on the task's page",
        "outputs": "shown on the task's page",
    }
    columns = {field.name for model in (Activity, AgentTask) for field in model._meta.concrete_fields}
    assert columns == filtered.keys() | reasons.keys()
    assert set(filtered.values()) == set(TaskFilters.base_filters) == set(CONDITIONS) | {"due"}


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_pages_by_age_follow_one_another(priya, order):
    listing = factories.listing()
    made = [factories.activity(listing=listing) for _ in range(5)]
    for days, task in enumerate(made):
        Activity.objects.filter(pk=task.pk).update(created_at=timezone.now() - timedelta(days=days // 2))
    with acting_as("staff", priya.pk):
        seen, after = [], None
        while True:
            page = page_of(inbox_selection(priya), priya, after=after, order=order, size=2)
            seen += [row.id for row in page.rows]
            after = page.next
            if after is None:
                break
    assert len(seen) == len(set(seen)) == 5
    by_age = [task.pk for task in Activity.objects.order_by("created_at", "pk")]
    assert seen == (by_age if order == "oldest" else by_age[::-1])
