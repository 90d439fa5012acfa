"""The search page, and as a fragment what the palette shows while somebody types."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import Request
from accounts.saved_views import views_for
from common.principal import acting_as
from desk.search import GROUPS, IN_PALETTE, LAST_PAGE, ON_PAGE, PAGE, Group, Hit, groups_for, search
from desk.work_lists import address_with, csv_file, default_view, view_tabs
from listings.search_query import Query
from staff.models import Staff
from staff.rights import Right, may

COLUMNS = ("Kind", "What", "Beside it", "Found in", "State", "Address of its page")


class SearchList(NamedTuple):
    """The search as a list that keeps views."""

    key: str = "search"
    heading: str = "Search"
    path: str = "/search/"


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def search_page(request: Request) -> HttpResponseBase:
    """Everything that is found by some words, or (``?kind=``) all of one kind, page by page; or that as a file."""
    staff = request.user.staff
    query = Query.parse(request.GET.get("q", ""))
    if request.htmx:
        groups = search(query, staff, each=IN_PALETTE)
        context = {"query": query, "groups": groups, "all_href": _href(query.text)}
        return render(request, "desk/search_hits.html", context)

    kinds = groups_for(staff)
    kind = request.GET.get("kind", "") if request.GET.get("kind") in kinds else ""
    if request.GET.get("export") == "csv":
        return csv_file("search", COLUMNS, _lines(query, staff, [kind] if kind else kinds))
    views = views_for("search", staff)
    if opens_with := default_view(request, views):
        return redirect(f"/search/?{opens_with.query}&view={opens_with.pk}")
    kept = _kept(query.text, kind)
    page = _page_number(request.GET.get("page", ""))
    groups = search(query, staff, kind=kind, page=page, each=ON_PAGE)
    group = groups[0] if kind and groups else None
    more = group is not None and page < LAST_PAGE and group.total > page * PAGE
    context = {
        "nav": "search",
        "query": query,
        "kind": kind,
        "groups": groups,
        "tabs": _tabs(query, kind, groups, kinds),
        "views": view_tabs(request, SearchList(), views, kept),
        "query_kept": kept,
        "can_save": bool(groups),
        "may_share": may(staff, Right.SHARE_VIEWS),
        "export_href": address_with(request, export="csv") if groups else "",
        "count_words": f"{group.count_words} found" if group else "",
        "all_href": _href(query.text),
        "previous_href": _href(query.text, kind, page - 1) if kind and page > 1 else "",
        "next_href": _href(query.text, kind, page + 1) if more else "",
        "is_cut": bool(group and page == LAST_PAGE and group.is_capped),
    }
    return render(request, "desk/search.html", context)


def _page_number(text: str) -> int:
    return min(int(text), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) else 1


def _kept(text: str, kind: str) -> str:
    """What a saved view keeps of a search: its words, and the kind that is shown."""
    return urlencode({"q": text} | ({"kind": kind} if kind else {}))


def _href(text: str, kind: str = "", page: int = 1) -> str:
    return f"/search/?{_kept(text, kind)}" + (f"&page={page}" if page > 1 else "")


def _tabs(query: Query, kind: str, groups: list[Group], kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """The kinds as links, each with its number where it is known: all of them beside each other, or the one shown."""
    if query.is_empty:
        return []
    numbers = {group.kind: f" {group.count_words}" for group in groups}
    titles = {"": "Everything"} | {name: GROUPS[name] for name in kinds}
    return [
        {"label": f"{title}{numbers.get(name, '')}", "href": _href(query.text, name), "current": name == kind}
        for name, title in titles.items()
    ]


def _lines(query: Query, staff: Staff, kinds: Sequence[str]) -> Iterator[list[str]]:
    """All hits of these kinds, each kind up to the thousandth."""
    for kind in kinds:
        for page in range(1, LAST_PAGE + 1):
            # The response is sent after the request's transaction, so each step opens one of its own.
            with acting_as("staff", staff.pk):
                groups = search(query, staff, kind=kind, page=page)
            for group in groups:
                yield from (_cells(group, hit) for hit in group.hits)
            if not groups or groups[0].total <= page * PAGE:
                break


def _cells(group: Group, hit: Hit) -> list[str]:
    return [group.title, str(hit.title), str(hit.second), hit.found_in, hit.words, hit.href]
