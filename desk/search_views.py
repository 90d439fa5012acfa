"""The search page, and as a fragment what the palette shows while somebody types."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import Request
from desk.search import GROUPS, IN_PALETTE, LAST_PAGE, ON_PAGE, PAGE, Group, groups_for, search
from listings.search_query import Query


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def search_page(request: Request) -> HttpResponse:
    """Everything that is found by some words, or (``?kind=``) all of one kind, page by page."""
    staff = request.user.staff
    query = Query.parse(request.GET.get("q", ""))
    if request.htmx:
        groups = search(query, staff, each=IN_PALETTE)
        context = {"query": query, "groups": groups, "all_href": _href(query.text)}
        return render(request, "desk/search_hits.html", context)

    kinds = groups_for(staff)
    kind = request.GET.get("kind", "") if request.GET.get("kind") in kinds else ""
    page = _page_number(request.GET.get("page", ""))
    groups = search(query, staff, kind=kind, page=page, each=ON_PAGE)
    group = groups[0] if kind and groups else None
    more = group is not None and page < LAST_PAGE and group.total > page * PAGE
    context = {
        "nav": "search",
        "query": query,
        "kind": kind,
        "groups": groups,
        "chips": _chips(query, kind, groups, kinds),
        "count_words": f"{group.count_words} found" if group else "",
        "all_href": _href(query.text),
        "previous_href": _href(query.text, kind, page - 1) if kind and page > 1 else "",
        "next_href": _href(query.text, kind, page + 1) if more else "",
        "is_cut": bool(group and page == LAST_PAGE and group.is_capped),
    }
    return render(request, "desk/search.html", context)


def _page_number(text: str) -> int:
    return min(int(text), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) else 1


def _href(text: str, kind: str = "", page: int = 1) -> str:
    values = {"q": text} | ({"kind": kind} if kind else {}) | ({"page": str(page)} if page > 1 else {})
    return f"/search/?{urlencode(values)}"


def _chips(query: Query, kind: str, groups: list[Group], kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """The kinds as links, each with its number where it is known: all of them beside each other, or the one shown."""
    if query.is_empty:
        return []
    numbers = {group.kind: f" {group.count_words}" for group in groups}
    titles = {"": "Everything"} | {name: GROUPS[name] for name in kinds}
    return [
        {"label": f"{title}{numbers.get(name, '')}", "href": _href(query.text, name), "current": name == kind}
        for name, title in titles.items()
    ]
