"""The login that every request loads is the one the ORM would load."""

import pytest

from accounts.actions import create_login
from accounts.models import Preferences, User
from accounts.queries import login_of
from common.principal import acting_as
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    person = factories.staff("marketing", name="Zoë Côté", metadata={"desk": 4})
    create_login(person.email, "a-long-password")
    return person


@pytest.mark.parametrize("theme", [None, "dark"])
def test_one_statement_loads_login_person_and_preferences(person, theme, django_assert_num_queries):
    if theme:
        Preferences.objects.create(staff=person, theme=theme)
    with acting_as("staff", person.pk):
        expected = User.objects.select_related("staff", "staff__preferences").get(pk=person.pk)
        with django_assert_num_queries(1):
            found = login_of(person.pk)
            assert found == expected
            assert (found.password, found.last_login) == (expected.password, expected.last_login)
            assert (found.staff, found.staff.name, found.staff.role) == (person, "Zoë Côté", "marketing")
            preferences = getattr(found.staff, "preferences", None)
            assert preferences == getattr(expected.staff, "preferences", None)
            assert preferences is None or preferences.theme == theme
        assert found.staff.metadata == {"desk": 4}


def test_nobody_finds_nobody(person):
    with acting_as(None):
        assert login_of(person.pk) is None
