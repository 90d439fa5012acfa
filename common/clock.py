"""Time as the office sees it: one zone (``OFFICE_TIME_ZONE``), due dates in words."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

END_OF_DAY = time(17, 0)
"""A day without an hour means 17:00 (product.md, B)."""


def office_zone() -> ZoneInfo:
    return ZoneInfo(settings.OFFICE_TIME_ZONE)


def office_now() -> datetime:
    return timezone.now().astimezone(office_zone())


def at_end_of_day(day: date) -> datetime:
    """17:00 office time of that day."""
    return datetime.combine(day, END_OF_DAY, office_zone())


def start_of_day(day: date) -> datetime:
    """Midnight office time of that day."""
    return datetime.combine(day, time(0), office_zone())


def hour_in_words(moment: datetime) -> str:
    """``5 pm``, ``9:30 am``."""
    hour = moment.hour % 12 or 12
    minute = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minute} {'am' if moment.hour < 12 else 'pm'}"


def due_in_words(due: datetime | None, now: datetime) -> tuple[str, str]:
    """Words and tone of a due date: ("3 days late", "late"), ("Today, 5 pm", "soon"), ("Wed", ""), ("12 Mar", "").

    Both moments must be in office time: "today" is the office's today.
    """
    if due is None:
        return "", ""
    days = (due.date() - now.date()).days
    if due < now:
        if days == 0:
            return f"late since {hour_in_words(due)}", "late"
        return ("1 day late" if days == -1 else f"{-days} days late"), "late"
    if days == 0:
        return f"Today, {hour_in_words(due)}", "soon"
    if days < 7:
        return f"{due:%a}", ""
    return day_in_words(due, now), ""


def day_in_words(day: datetime, now: datetime) -> str:
    """``12 Mar``, ``12 Mar 2027``; office time."""
    return f"{day.day} {day:%b}" + ("" if day.year == now.year else f" {day.year}")


def due_in_full(due: datetime, now: datetime) -> str:
    """A due date where there is room for it: "Today, 5 pm", "Thu 26 Nov, 5 pm", "Thu 7 Jan 2027, 5 pm"; office time."""
    days = (due.date() - now.date()).days
    near = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
    year = "" if due.year == now.year else f" {due.year}"
    return f"{near.get(days) or f'{due:%a} {due.day} {due:%b}{year}'}, {hour_in_words(due)}"


def age_in_words(moment: datetime, now: datetime) -> str:
    """How long ago something was: "40 min", "5 hours", "2 days"."""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    number, unit = (minutes // 60, "hour") if minutes < 24 * 60 else (minutes // (24 * 60), "day")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def moment_in_words(moment: datetime, now: datetime) -> str:
    """When something happened: "9:12 am" today, "Mon 4:10 pm" within a week, "12 Mar" or "12 Mar 2025" before."""
    days = (now.date() - moment.date()).days
    if days == 0:
        return hour_in_words(moment)
    if 0 < days < 7:
        return f"{moment:%a} {hour_in_words(moment)}"
    if moment.year == now.year:
        return f"{moment.day} {moment:%b}"
    return f"{moment.day} {moment:%b} {moment.year}"


def end_of_week(day: date) -> date:
    """The Sunday that ends this day's week."""
    return day + timedelta(days=6 - day.weekday())
