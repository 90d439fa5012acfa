"""The people of a team with how much each has, line by line: every word worked out here, so templates only print."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.printing import Printed
from staff.models import Staff
from tasks.rows import tag
from tasks.team_queries import Load

NOT_SEEN = mark_safe('<span class="quiet">not for your team to see</span>')
NOTHING_OPEN = mark_safe('<span class="quiet">nothing open</span>')


@dataclass(slots=True)
class LoadRow(Printed):
    """One person of a team; ``most`` is what the fullest has, whose bar is full, and at least 1."""

    load: Load
    most: int
    is_me: bool

    @property
    def person(self) -> SafeString:
        """Initials and name, which leads to what this person has."""
        person, name = self.load.person, self.load.person.name
        if self.load.open:
            name = format_html('<a href="?tab=held&amp;person={}">{}</a>', person.pk, name)
        face = '<span class="face {}" aria-hidden="true">{}</span><span>{}{}</span>'
        you = mark_safe('<small class="quiet"> you</small>') if self.is_me else ""
        return format_html(face, person.role, person.initials, name, you)

    @property
    def bar(self) -> SafeString:
        """Late, due this week and later, one after the other."""
        load, start, parts = self.load, 0, ""
        for tone, number in (("l", load.late), ("w", load.this_week), ("o", load.later)):
            if number:
                parts += f'<rect class="{tone}" x="{start}" width="{number}" height="10"/>'
            start += number
        words = f"{load.late} late, {load.this_week} due this week, {load.later} later"
        return mark_safe(  # noqa: S308 - numbers and our own words
            f'<svg class="load" viewBox="0 0 {self.most} 10" preserveAspectRatio="none" role="img" '
            f'aria-label="{words}"><rect class="bg" width="{self.most}" height="10"/>{parts}</svg>'
        )

    @property
    def numbers(self) -> SafeString:
        """Open, late and due this week, a cell each."""
        load, late = self.load, " lateish" if self.load.late else ""
        cells = (("", load.open), (late, load.late), ("", load.this_week))
        return mark_safe("".join(f'<td class="num{tone}">{n}</td>' for tone, n in cells))  # noqa: S308 - numbers

    @property
    def next(self) -> SafeString:
        """What this person has to do next, if the reader may see it."""
        following = self.load.next
        if following is None:
            return NOT_SEEN if self.load.open else NOTHING_OPEN
        due = tag(following.due_tone, following.due_label) if following.due_label else ""
        return format_html('<a href="{}">{}</a> {}', following.href, following.title, due)


def load_rows(loads: list[Load], reader: Staff) -> list[LoadRow]:
    most = max((load.open for load in loads), default=0) or 1
    return [LoadRow(load, most, load.person.pk == reader.pk) for load in loads]
