"""A team's page: what nobody has taken, what its people have, and who has how much."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import Request
from accounts.saved_views import views_beside, views_from
from desk.team_rows import load_rows
from desk.work_lists import WorkList, address_with, work_list
from staff.models import Role
from tasks import team_queries
from tasks.filters import Narrowing
from tasks.lists import COUNT_CAP, PAGE, capped
from tasks.queries import counts_and
from tasks.team_queries import Team

FIRST = 5  # unclaimed rows above the people, so that both are on one screen

TABS = {"": "Everything", "unclaimed": "Unclaimed", "held": "With people"}
"""The first shows the longest unclaimed above the people with their load; the others are whole lists."""
NOTHING = {
    "": {"title": "Nothing unclaimed", "text": "Everything this team looks after has somebody."},
    "held": {"title": "Nobody has anything", "text": "What this team's people have stands here until it is done."},
}
NOTHING["unclaimed"] = NOTHING[""]


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def team(request: Request, role: str) -> HttpResponseBase:
    """What nobody has, oldest first, with who has how much; or what the people of the team have, by due date."""
    if role not in Role.values:
        raise Http404("There is no such team.")
    of, staff = Role(role), request.user.staff
    tab = request.GET.get("tab", "") if request.GET.get("tab") in TABS else ""
    selection = team_queries.with_people(of, staff) if tab == "held" else team_queries.unclaimed(of, staff)
    narrowing = Narrowing(request.GET)
    also = (views_beside(f"team/{role}"), *team_queries.team_beside(of, staff, with_loads=not tab))
    counts, seen, (views, *numbers) = counts_and(staff, narrowing.narrow(selection), *also, team=of)
    found, held, seen = team_queries.team_from(*numbers), counts.teams[of], seen or 0
    of_tabs = {"unclaimed": found.unclaimed, "held": held}
    total = of_tabs[tab or "unclaimed"]
    work = WorkList(
        key=f"team/{role}",
        heading=of.label,
        template="desk/team.html",
        rows_template="desk/team_rows.html",
        selection=selection,
        counts=counts,
        views=views_from(views, staff),
        count_words=_words(found, held, tab),
        new_href="/activities/new/",
        empty=NOTHING[tab] | {"icon": "check", "href": "/inbox/", "action": "Go to the inbox"},
        tabs=[(value, label, of_tabs.get(value)) for value, label in TABS.items()],
        tab=tab,
        order="due" if tab == "held" else "oldest",
        size=PAGE if tab else FIRST,
        is_unclaimed=tab != "held",
        is_counted=capped(seen) == capped(total),
        more={
            "teams": [(each.label, f"/team/{each}/") for each in Role if each != of],
            "hidden": 0 if narrowing else _hidden(total, seen),
            "hidden_what": "with people" if tab == "held" else "unclaimed",
            **({} if tab else _overview(request, found, seen)),
        },
    )
    return work_list(request, work, narrowing=narrowing, matching=seen if narrowing else None)


def _words(found: Team, held: int, tab: str) -> str:
    """What the page is about in numbers; how much of what people have is late stands beside each of them."""
    with_people, unclaimed = f"{capped(held)} with people", f"{capped(found.unclaimed)} unclaimed"
    if tab == "held":
        return with_people
    late = [f"{capped(found.late)} late"] if found.late else []
    return ", ".join([unclaimed, *late] if tab else [unclaimed, with_people, *late])


def _hidden(total: int, seen: int) -> int:
    """How much is counted and not shown, as long as both have been counted out."""
    return max(0, total - seen) if total <= COUNT_CAP else 0


def _overview(request: Request, found: Team, seen: int) -> dict[str, Any]:
    """The way to the rest of what is unclaimed, and the people."""
    return {
        "more_href": "",
        "rest_href": address_with(request, tab="unclaimed"),
        "rest_words": f"{capped(seen if seen > COUNT_CAP else seen - FIRST)} more unclaimed" if seen > FIRST else "",
        "shows_people": True,
        "loads": load_rows(found.loads, request.user.staff),
    }
