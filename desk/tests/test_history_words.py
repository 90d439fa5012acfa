"""Changed rows in words, without a database."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from desk.history import Sentence

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/Toronto"))
PRIYA, HELEN = "01PRIYA", "01HELEN"
NAMES = {PRIYA: "Priya Patel", HELEN: "Helen Mbeki"}


def words(before, after, *, actor=PRIYA, subject="this", table="activities"):
    return Sentence(NAMES, subject, NOW).about(table, before, after, actor)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, {"status": "OPEN"}, "made this"),
        ({"status": "OPEN"}, None, "removed this for good"),
        ({"deleted_at": None}, {"deleted_at": "2026-11-24T15:00:00Z"}, "removed this"),
        ({"deleted_at": "2026-11-24T15:00:00Z"}, {"deleted_at": None}, "restored this"),
        (
            {"status": "OPEN", "assigned_staff_id": None},
            {"status": "CLAIMED", "assigned_staff_id": PRIYA},
            "claimed this",
        ),
        (
            {"status": "OPEN", "assigned_staff_id": None},
            {"status": "CLAIMED", "assigned_staff_id": HELEN},
            "gave this to Helen Mbeki",
        ),
        ({"assigned_staff_id": PRIYA}, {"assigned_staff_id": HELEN}, "gave this to Helen Mbeki"),
        ({"assigned_staff_id": HELEN}, {"assigned_staff_id": PRIYA}, "took over this"),
        ({"status": "CLAIMED"}, {"status": "OPEN"}, "released this"),
        ({"status": "CLAIMED"}, {"status": "IN_PROGRESS"}, "started this"),
        ({"status": "CLAIMED"}, {"status": "DONE"}, "completed this"),
        ({"status": "CLAIMED"}, {"status": "FAILED"}, "marked this as failed"),
        ({"status": "OPEN"}, {"status": "CANCELLED"}, "cancelled this"),
        ({"status": "DONE"}, {"status": "OPEN"}, "reopened this"),
        ({"priority": 5}, {"priority": 8}, "raised the priority 5 → 8"),
        ({"priority": 8}, {"priority": 0}, "lowered the priority 8 → 0"),
        ({"due_date": None}, {"due_date": "2026-11-27T22:00:00+00:00"}, "set the due date to Fri 27 Nov, 5 pm"),
        ({"due_date": "2026-11-27T22:00:00+00:00"}, {"due_date": None}, "took away the due date"),
        (
            {"due_date": "2026-11-25T22:00:00+00:00"},
            {"due_date": "2026-11-27T20:00:00+00:00"},
            "moved the due date Tomorrow, 5 pm → Fri 27 Nov, 3 pm",
        ),
        ({"name": "Sign"}, {"name": "Order sign"}, "changed the title to “Order sign”"),
        ({"description": "a"}, {"description": "b"}, "changed the description"),
        ({"task_category": "ADMIN"}, {"task_category": "PHOTO"}, "changed the category to Photo"),
        ({"outputs": {}}, {"outputs": {"note": "x"}}, ""),
    ],
)
def test_it_says(before, after, said):
    assert words(before, after) == said


def test_it_names_what_is_not_the_pages_own_subject():
    assert words({"status": "OPEN"}, {"status": "DONE"}, subject="Order sign") == "completed Order sign"
    assert words({"priority": 1}, {"priority": 2}, subject="Order sign") == "raised the priority of Order sign 1 → 2"


def test_it_tells_what_an_undo_took_back():
    sentence = Sentence(NAMES, "this", NOW)
    claim = ({"status": "CLAIMED", "assigned_staff_id": PRIYA}, {"status": "OPEN", "assigned_staff_id": None})
    assert sentence.undone("activities", *claim, PRIYA) == "undid: claimed this"
    made = ({"deleted_at": None}, {"deleted_at": "2026-11-24T15:00:00Z"})
    assert sentence.undone("activities", *made, PRIYA) == "undid the making of this"
