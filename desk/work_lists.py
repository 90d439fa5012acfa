"""Lists of work whose address is the truth: tab, filters, order, page and view all stand in it, and nowhere else."""

import csv
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from accounts.models import SavedView
from accounts.requests import Request
from accounts.saved_views import may_remove_view
from common.bulk import LIMIT
from common.chips import PASSING, Chips, Choice
from common.clock import office_now, office_zone
from common.principal import acting_as
from common.spreadsheets import harmless
from desk.finding import LONGEST, called_so, found_by
from desk.task_page import TaskPage, task_page
from staff.models import Staff
from staff.rights import Right, may
from tasks import queries as tasks
from tasks.bulk import Item
from tasks.bulk import matching as matching_items
from tasks.filters import Narrowing
from tasks.lists import (
    EARLIER,
    ORDERS,
    OVERDUE,
    PAGE,
    Cursor,
    Page,
    Selection,
    capped,
    page_of,
    row_of,
    section_of,
)
from tasks.rows import Row

EXPORTED_AT_ONCE = 500
ORDER_WORDS = {"due": "By due date", "oldest": "Oldest first", "newest": "Newest first"}


class Named(Protocol):
    """A list that has an address, whatever it holds."""

    @property
    def key(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def path(self) -> str: ...


@dataclass(frozen=True)
class WorkList:
    """What makes one list different from the next. ``tabs`` are (value, label, number or None).

    ``order`` is the one it has by itself, ``size`` how many rows a page has. ``is_counted``: whether ``count_words``
    begin with the number of the tasks that this person sees in it. ``more`` is what its own templates take.
    """

    key: str
    heading: str
    selection: Selection
    counts: tasks.Counts
    views: list[SavedView]
    count_words: str
    new_href: str
    empty: dict[str, str]
    tabs: list[tuple[str, str, int | None]] = field(default_factory=list)
    tab: str = ""
    order: str = "due"
    is_unclaimed: bool = True
    is_counted: bool = True
    size: int = PAGE
    template: str = "desk/work_list.html"
    rows_template: str = "desk/work_rows.html"
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/{self.key}/"


def work_list(request: Request, work: WorkList, *, narrowing: Narrowing, matching: int | None) -> HttpResponseBase:
    """The list as its address says: the page, the rows that come next, the finder, or a file.

    ``matching`` is the number of tasks that meet the filters, or None without any.
    """
    staff = request.user.staff
    order = request.GET["sort"] if request.GET.get("sort") in ORDERS else work.order
    selection = narrowing.narrow(work.selection)
    if request.GET.get("export") == "csv":
        return export(work, selection, staff, order)
    if request.GET.get("items") == "all":
        return JsonResponse({"items": [str(item) for item in matching_items(selection, staff)]})
    if state := request.GET.get("state"):
        return JsonResponse(_state(state, selection, staff, order))
    if "finder" in request.GET:
        orders = {value: words for value, words in ORDER_WORDS.items() if value != order}
        # Nobody has what is unclaimed, so there is no person to ask for.
        return finder(request, work, narrowing, orders, unless=("person",) if work.is_unclaimed else ())
    page = page_of(selection, staff, after=Cursor.parse(request.GET.get("after", "")), order=order, size=work.size)
    context: dict[str, Any] = {
        "nav": work.key.replace("/", "-"),
        "sections": _sections(request, page),
        "more_href": address_with(request, after=str(page.next)) if page.next else "",
        "empty": _empty(work, narrowing),
        "rows_template": work.rows_template,
        "selecting": "select" in request.GET,
        **work.more,
    }
    if request.htmx and "after" in request.GET:
        return render(request, "desk/work_rows.html", context)
    if request.htmx and request.htmx.target == "rows":
        return render(request, work.rows_template, context)
    if peek := request.GET.get("peek"):
        context |= {"page": _peeked(peek, staff), "asked": True}
    if page.rows and not context.get("page"):
        context["first_peek"] = address_with(request, peek=f"{page.rows[0].kind}:{page.rows[0].id}")
    if opens_with := default_view(request, work.views):
        return redirect(f"{work.path}?{opens_with.query}&view={opens_with.pk}")
    query = view_query(work.tab, "" if order == work.order else order, narrowing)
    context |= {
        "heading": work.heading,
        "count_words": f"{capped(matching)} match this filter" if matching is not None else work.count_words,
        "tabs": tabs_of(work, narrowing),
        "views": view_tabs(request, work, work.views, query),
        "chips": narrowing.chips(),
        "cleared": narrowing.cleared,
        "query": query,
        "can_save": bool(narrowing) or order != work.order,  # a tab alone is a tab already
        "page_key": work.key,
        "is_unclaimed": work.is_unclaimed,
        "is_counted": work.is_counted or matching is not None,
        "may_share": may(staff, Right.SHARE_VIEWS),
        "may_remove": may(staff, Right.REMOVE_TASKS),
        "select_href": address_with(request, select="1"),
        "finder_href": address_with(request, finder="1"),
        "export_href": address_with(request, export="csv"),
        "all_href": address_with(request, items="all"),
        "new_href": work.new_href,
        "counts": side_counts(work.counts),
    }
    return render(request, work.template, context)


# ---- addresses -------------------------------------------------------------------------------------------------------


def address_with(request: Request, **changes: str) -> str:
    query = request.GET.copy()
    for name in PASSING:
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def view_query(tab: str, order: str, chips: Chips) -> str:
    """What a saved view would keep of the list as it is now: tab, order and filters, in a fixed order.

    ``tab`` and ``order`` are empty where they are those the list has by itself; nothing to keep gives an empty text.
    """
    kept = [(name, value) for name, value in (("tab", tab), ("sort", order)) if value]
    return urlencode([*kept, *parse_qsl(chips.as_query())])


def side_counts(counts: tasks.Counts) -> dict[str, Any]:
    """The numbers beside the places and teams in the side column."""
    teams = {str(team): capped(number) for team, number in counts.teams.items()}
    return {"inbox": capped(counts.inbox), "my": capped(counts.my), "teams": teams}


def tabs_of(work: WorkList, narrowing: Narrowing | None = None) -> list[dict[str, Any]]:
    """The tabs with their numbers; the filters in force go along to each.

    The first is named as well (``?tab=``): the bare address may lead to a view of another tab.
    """
    filters = parse_qsl(narrowing.as_query()) if narrowing is not None else []
    return [
        {
            "label": f"{label} {capped(number)}" if number else label,
            "href": f"{work.path}?{urlencode([('tab', value), *filters])}",
            "current": value == work.tab,
        }
        for value, label, number in work.tabs
    ]


def default_view(request: Request, views: list[SavedView]) -> SavedView | None:
    """The view this person's list opens with, when its bare address is asked for."""
    if request.GET:
        return None
    return next((view for view in views if view.is_default and view.staff_id == request.user.pk), None)


def view_tabs(request: Request, work: Named, views: list[SavedView], query: str) -> list[dict[str, Any]]:
    """Saved views as tabs; the one in the address says whether ``query``, what a view would keep now, has left it."""
    current = request.GET.get("view", "")
    return [
        {
            "id": view.pk,
            "label": view.name,
            "href": f"{work.path}?{view.query}&view={view.pk}",
            "current": view.pk == current,
            "changed": view.pk == current and query != view.query,
            "is_mine": view.staff_id == request.user.pk,
            "may_remove": may_remove_view(view, request.user.staff),
            "is_default": view.is_default,
            "is_shared": view.is_shared,
        }
        for view in views
    ]


def finder(
    request: Request,
    work: Named,
    narrowing: Chips,
    orders: dict[str, str],
    *,
    hint: str = "overdue, photo, a realtor, an address…",
    unless: Container[str] = (),
) -> HttpResponse:
    """Every filter and order that could be added, as links; what is typed (``?find=``) narrows them and finds more."""
    links = [Choice(f"Order: {words.lower()}", address_with(request, sort=value)) for value, words in orders.items()]
    typed = request.GET.get("find", "").replace("\0", "")[:LONGEST]
    choices = called_so([*narrowing.choices(), *links], typed)
    context = {
        "nav": work.key,
        "heading": f"Filter: {work.heading}",
        "choices": choices,
        "typed": typed,
        "found": found_by(narrowing, typed, request.user.staff, unless=unless) if typed else [],
        "address": parse_qsl(address_with(request, finder="1").removeprefix("?")),
        "fields": narrowing.fields(),
        "kept": narrowing.kept(),
        "back_href": f"{work.path}{address_with(request)}",
        "path": work.path,
        "hint": hint,
        "layout": "desk/finder_picker.html" if request.htmx else "desk/finder_page.html",
    }
    return render(request, "desk/finder.html", context)


# ---- what the page shows ---------------------------------------------------------------------------------------------


def _empty(work: WorkList, narrowing: Narrowing) -> dict[str, str]:
    if not narrowing:
        return work.empty
    return {
        "icon": "search",
        "title": "Nothing matches",
        "text": "No task meets all of these filters. Take one off, or clear them.",
        "href": f"{work.path}{narrowing.cleared}",
        "action": "Clear the filters",
    }


def _sections(request: Request, page: Page) -> list[tuple[str, list[Any]]]:
    """Title and rows of each section; where rows are added below, a section that goes on bears no second title."""
    sections = [(section.title, section.rows) for section in page.sections]
    after = Cursor.parse(request.GET.get("after", ""))
    if request.htmx and after and sections:
        by_age = sections[0][0] in {"Oldest first", "Newest first"}
        before = section_of(after.moment, office_now())
        if by_age or sections[0][0] == before or (sections[0][0], before) == (EARLIER, OVERDUE):
            sections[0] = ("", sections[0][1])
    return sections


def _peeked(peek: str, staff: Staff) -> TaskPage | None:
    """The task that ``?peek=activity:<id>`` asks for; None if it is not there, or not for this person."""
    item = Item.parse(peek)
    return task_page(*item, staff) if item is not None else None


def _state(state: str, selection: Selection, staff: Staff, order: str) -> dict[str, Any]:
    """Of the rows on somebody's screen: those this list no longer holds, each with a sentence for its leaving, and the
    others as they are now.
    """
    items = [item for text in state.split(",")[: 4 * PAGE] if (item := Item.parse(text)) is not None]
    ids = {"shown": [item.task_id for item in items]}
    conditions = {kind: ["task_id = ANY (%(shown)s)"] for kind in selection.where}
    rows = page_of(selection.narrowed(conditions, ids), staff, order=order, size=len(items) or 1).rows
    held = {Item(row.kind, row.id) for row in rows}
    return {
        "gone": {str(item): _why_gone(row_of(*item, staff), staff.pk) for item in items if item not in held},
        "rows": render_to_string("tasks/rows.html#rows", {"rows": rows}),
    }


def _why_gone(row: Row | None, me: str) -> str:
    if row is None:
        return "No longer here:"
    if row.is_closed:
        return f"{row.status_label}:"
    who = "You" if row.owner_id == me else row.owner_name.partition(" ")[0]
    return f"{who} took it:" if who else "No longer in this list:"


# ---- export ----------------------------------------------------------------------------------------------------------

COLUMNS = ("Task", "Where", "Category", "Status", "Priority", "Due", "Owner", "Address of its page")


class _Line:
    """Takes a line of CSV and gives it back, as csv.writer wants something to write to."""

    def write(self, text: str) -> str:
        return text


def export(work: WorkList, selection: Selection, staff: Staff, order: str) -> StreamingHttpResponse:
    """Exactly what the list holds, in its order, as CSV."""

    def lines() -> Iterator[list[str]]:
        after, written = None, 0
        while written < LIMIT:
            # The response is sent after the request's transaction, so each step opens one of its own.
            with acting_as("staff", staff.pk):
                page = page_of(selection, staff, after=after, order=order, size=EXPORTED_AT_ONCE)
            for row in page.rows:
                cells = [row.title, row.subtitle, row.category_label, row.status_label]
                yield [*cells, str(row.priority), moment_cell(row.due), row.owner_name, row.href]
            written += page.number
            after = page.next
            if after is None:
                return

    return csv_file(work.key.replace("/", "-"), COLUMNS, lines())


def moment_cell(moment: datetime | None) -> str:
    """A moment in office time as a spreadsheet reads it."""
    return f"{moment.astimezone(office_zone()):%Y-%m-%d %H:%M}" if moment else ""


def csv_file(name: str, columns: Iterable[str], lines: Iterable[Iterable[str]]) -> StreamingHttpResponse:
    """Lines as a CSV file, sent as they are read; cells that a spreadsheet would run are made harmless."""

    def written() -> Iterator[str]:
        writer = csv.writer(_Line())
        yield "\ufeff" + writer.writerow(columns)
        for line in lines:
            yield writer.writerow([harmless(cell) for cell in line])

    response = StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{office_now():%Y-%m-%d}.csv"'
    return response
