"""The due dates that a picker offers beside what may be typed."""

from collections.abc import Callable
from datetime import date, timedelta

from common.clock import at_end_of_day
from listings.queries import add_working_days


def due_choices(today: date, is_working_day: Callable[[date], bool]) -> list[dict[str, str]]:
    """Each as typed (value), in words (label), and the full date it stands for (hint)."""
    days = [
        ("Today", today),
        ("Tomorrow", today + timedelta(days=1)),
        ("In 3 working days", add_working_days(today, 3, is_working_day)),
        ("Next Monday", today + timedelta(days=7 - today.weekday())),
        ("In a week", today + timedelta(days=7)),
    ]
    choices = [
        {"value": f"{at_end_of_day(day):%Y-%m-%d %H:%M}", "label": label, "hint": f"{day:%a} {day.day} {day:%b}, 5 pm"}
        for label, day in days
    ]
    return [*choices, {"value": "none", "label": "No date", "hint": ""}]
