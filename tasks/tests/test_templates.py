"""Activities from a template: due dates by working days, a stated date for the activity it speaks of."""

from datetime import date

import pytest

from common.clock import at_end_of_day
from common.principal import acting_as
from listings.actions import edit_template_line
from listings.models import GroupKey, TemplateLine
from listings.queries import add_working_days, key_dates_of, office_calendar, plan_from_template
from tasks import actions
from tasks.models import Activity
from tests import factories

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 6, 26)  # before Canada Day, Wednesday 1 July 2026


@pytest.mark.parametrize("group_key", GroupKey.values)
def test_every_group_has_a_template(group_key):
    assert len(plan_from_template(group_key, {})) >= 5


def test_working_days_skip_weekends_and_holidays():
    is_working_day = office_calendar()
    assert add_working_days(FRIDAY, 1, is_working_day) == date(2026, 6, 29)
    assert add_working_days(FRIDAY, 3, is_working_day) == date(2026, 7, 2)
    assert add_working_days(date(2026, 7, 2), -1, is_working_day) == date(2026, 6, 30)
    assert add_working_days(date(2026, 7, 4), 0, is_working_day) == date(2026, 7, 6)


def test_an_unknown_key_date_leaves_the_due_date_empty():
    planned = {line.line.name: line.due_date for line in plan_from_template("SALE_LISTING", {"intake": FRIDAY})}
    assert planned["Open the listing file"] == at_end_of_day(FRIDAY)
    assert planned["Take listing photos"] is None


def test_nothing_is_due_before_the_listing_came_in():
    days = {"intake": FRIDAY, "photo": date(2026, 6, 29)}
    planned = {line.line.name: line.due_date for line in plan_from_template("SALE_LISTING", days)}
    assert planned["Book staging consultation"] == at_end_of_day(FRIDAY)


def test_a_listing_on_a_template_gets_its_activities_as_one_act():
    person, listing = factories.staff("operations"), factories.listing(realtor=factories.realtor())
    photos = TemplateLine.objects.get(template="SALE_LISTING", name="Take listing photos")
    stated = at_end_of_day(date(2026, 6, 30))
    with acting_as("staff", person.pk):
        made = actions.put_on_template(
            listing, group_key="SALE_LISTING", key_dates={"intake": FRIDAY}, by=person, due_of={photos.pk: stated}
        )
    assert {activity.realtor_id for activity in made} == {listing.realtor_id}
    assert next(activity for activity in made if activity.name == photos.name).due_date == stated
    assert key_dates_of(listing.pk) == {"intake": FRIDAY}


def test_changing_a_template_leaves_running_listings_alone():
    admin, listing = factories.staff("admin"), factories.listing()
    line = TemplateLine.objects.get(template="SALE_LISTING", name="Take listing photos")
    with acting_as("staff", admin.pk):
        actions.put_on_template(listing, group_key="SALE_LISTING", key_dates={}, by=admin)
        edit_template_line(line, opened={"name": line.name}, wanted={"name": "Order drone pictures"}, by=admin)
    assert Activity.objects.filter(listing=listing, name="Take listing photos").count() == 1
