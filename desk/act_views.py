"""What I did last, and taking it back."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import Request
from common.clock import moment_in_words, office_now, office_zone
from common.history import ChangedSince, Refused
from common.history import undo as take_back
from common.http import after_action
from common.models import Act, Change
from common.printing import Printed
from common.queries import last_undoable_act, my_acts
from desk.history import Told, tell, who_changed

SHOWN = 50


@dataclass(slots=True)
class ActLine(Printed):
    """One of my acts as a line."""

    id: str
    what: str
    more: str
    when: str
    at_iso: str
    reason: str
    is_undone: bool
    may_undo: bool


@require_safe
def acts(request: Request) -> HttpResponse:
    """My latest acts, each with *Undo* while that is possible."""
    now, staff = office_now(), request.user.staff
    mine = list(Act.objects.filter(actor_kind="staff", actor_id=staff.pk, undoes=None).order_by("-at", "-pk")[:SHOWN])
    ids = [act.pk for act in mine]
    undoable = set(my_acts(staff.pk).values_list("pk", flat=True))
    undone = set(Act.objects.filter(undoes__in=ids).values_list("undoes", flat=True))
    told = tell(mine, staff)
    lines = [_line(act, told[act.pk], act.pk in undone, act.pk in undoable, now) for act in mine]
    return render(request, "desk/acts.html", {"nav": "acts", "acts": lines})


def _line(act: Act, told: Told, is_undone: bool, may_undo: bool, now) -> ActLine:
    local, titles = act.at.astimezone(office_zone()), told.titles
    return ActLine(
        id=act.pk,
        what=capfirst(told.words),
        more=", ".join(titles[:5]) + (" …" if len(titles) > 5 else "") if len(titles) > 1 else "",
        when=moment_in_words(local, now),
        at_iso=local.isoformat(timespec="minutes"),
        reason=act.reason or "",
        is_undone=is_undone,
        may_undo=may_undo,
    )


@require_POST
def undo(request: Request, act_id: str = "") -> HttpResponse:
    """Take one of my acts back, the latest if none is named; the list then asks for itself again.

    What somebody has changed since stops it, by name; with ``?rest=1`` all but that is taken back.
    """
    if not act_id:
        latest = last_undoable_act(request.user.pk)
        act_id = latest.pk if latest else ""
    try:
        if not act_id:
            raise Refused("Nothing you did in the last 10 minutes is left to undo.")
        done = Act.objects.filter(pk=act_id, actor_kind="staff", actor_id=request.user.pk).first()
        told = tell([done], request.user.staff)[done.pk] if done else Told("", "", [])
        take_back(act_id, leave_changed="rest" in request.GET)
    except ChangedSince as changed:
        return _changed_since(request, act_id, told.what or "it", changed)
    except Refused as refusal:
        return after_action(request, said=str(refusal), fallback="/inbox/", status=409)
    undone = "Undone but for what others changed" if "rest" in request.GET else "Undone"
    said = f"{undone}: {told.words}" if told.words else undone
    return after_action(request, said=said, fallback="/inbox/", trigger="desk:undone")


def _changed_since(request: Request, act_id: str, what: str, changed: ChangedSince) -> HttpResponse:
    """Who has gone on with it; what nobody has touched can still be taken back."""
    number = Change.objects.filter(act_id=act_id).values("table_name", "row_key").distinct().count()
    rest = number > len(changed.rows)
    said = f"{who_changed(changed.rows)} has changed {f'{len(changed.rows)} of ' if rest else ''}{what} since."
    return after_action(
        request,
        said=f"{said} Nothing was undone.",
        fallback="/inbox/",
        status=409,
        level=messages.WARNING,
        offer=f"/undo/{act_id}/?rest=1" if rest else "",
    )
