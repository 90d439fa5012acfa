"""A team's page: what nobody has taken, and who has how much."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import Request
from desk.work_lists import side_counts
from staff.models import Role
from tasks import team_queries
from tasks.lists import capped
from tasks.queries import counts
from tasks.team_queries import Load

FIRST = 5  # unclaimed rows above the people; the rest is folded, so that both are on one screen
BAR = 100  # width of the load bar in its own units


@require_safe
def team(request: Request, role: str) -> HttpResponse:
    if role not in Role.values:
        raise Http404("There is no such team.")
    page = team_queries.team(Role(role), request.user.staff)
    waiting = counts(request.user.staff)
    most = max((load.open for load in page.loads), default=0)
    words = [f"{page.with_people} with people", f"{capped(page.unclaimed_total)} unclaimed"]
    if page.late + page.unclaimed_late:
        words.append(f"{page.late + page.unclaimed_late} late")
    context = {
        "nav": f"team-{role}",
        "heading": Role(role).label,
        "count_words": ", ".join(words),
        "tabs": [{"label": each.label, "href": f"/team/{each}/", "current": each == role} for each in Role],
        "first": [("Unclaimed, oldest first", page.unclaimed[:FIRST])] if page.unclaimed else [],
        "rest": [("", page.unclaimed[FIRST:])] if page.unclaimed[FIRST:] else [],
        "rest_words": f"{capped(page.unclaimed_total - page.hidden - FIRST)} more unclaimed",
        "page": page,
        "loads": [(load, _segments(load, most), load.person == request.user.staff) for load in page.loads],
        "counts": side_counts(waiting),
    }
    return render(request, "desk/team.html", context)


def _segments(load: Load, most: int) -> list[tuple[str, float, float]]:
    """The bar of one person as (class, start, width): late, due this week, later; the fullest person fills it."""
    segments, start = [], 0.0
    for tone, number in (("l", load.late), ("w", load.this_week), ("o", load.later)):
        width = BAR * number / most if most else 0
        if width:
            segments.append((tone, round(start, 2), round(width, 2)))
        start += width
    return segments
