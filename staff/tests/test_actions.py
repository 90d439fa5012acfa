"""The verbs of staff where two admins act at once; all else is held by the tests of the back room and of history."""

import threading

import pytest
from django.db import connection

from common.history import Refused
from common.principal import acting_as
from staff import actions
from staff.models import Staff
from tests import factories


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", [lambda me, you: actions.change_staff(you, by=me, role="support"), None])
def test_of_two_admins_who_take_each_others_rights_one_is_refused_in_words(deed):
    deed = deed or (lambda me, you: actions.remove_staff(you, by=me))
    anna, ben = factories.staff("admin"), factories.staff("admin")
    ready, answers = threading.Barrier(2), []

    def take_rights(me, you):
        try:
            with acting_as("staff", me.pk):
                ready.wait()
                deed(me, you)
            answers.append("done")
        except Refused as refusal:
            answers.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=take_rights, args=pair) for pair in ((anna, ben), (ben, anna))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("done") == 1, answers
    assert Staff.objects.filter(role="admin", status="active").count() == 1
