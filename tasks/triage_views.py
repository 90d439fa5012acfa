"""The verbs of triage over HTTP: snooze, wait, decline, duplicate; like those in ``views`` they act or ask."""

from datetime import datetime

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import Request
from common.clock import due_in_full, office_now, office_zone
from listings.queries import notes_of
from tasks import queries, triage
from tasks.forms import DueField
from tasks.models import Activity, Status, Waiting
from tasks.rules import Task, realtor_of, speaks_against_merge
from tasks.triage_words import question_about, until_words
from tasks.views import answer, ask, get_task


class SnoozeForm(forms.Form):
    until = DueField(required=False)

    def clean_until(self) -> datetime:
        until = self.cleaned_data["until"]
        if until is None:
            raise forms.ValidationError("Write a day such as “mon 9am” or “+3d”.")
        if until <= timezone.now():
            raise forms.ValidationError("That time has passed. Choose one that lies ahead.")
        return until


class WaitForm(forms.Form):
    for_what = forms.CharField(label="What you wait for", max_length=200, help_text="floor plan, signed form, keys …")


class DeclineForm(forms.Form):
    reason = forms.CharField(max_length=500)


REALTOR = "realtor"
"""The value of "until the realtor writes" in the snooze form."""


@require_http_methods(["GET", "POST"])
def snooze(request: Request, kind: str, pk: str) -> HttpResponse:
    task, staff = get_task(request, kind, pk), request.user.staff
    for_realtor = request.POST.get("until") == REALTOR
    form = SnoozeForm(request.POST if request.method == "POST" and not for_realtor else None)
    if request.method == "POST" and (for_realtor or form.is_valid()):
        until = None if for_realtor else form.cleaned_data["until"]
        words = until_words(until) if until else "the realtor writes"
        return answer(
            request,
            task,
            lambda: triage.snooze(task, until=until, by=staff),
            f"Snoozed until {words}",
        )
    choices = [
        {
            "digit": digit,
            "value": f"{moment:%Y-%m-%d %H:%M}" if moment else REALTOR,
            "label": label,
            "hint": until_words(moment) if moment else "",
        }
        for digit, label, moment in triage.snooze_choices(task)
    ]
    return ask(request, "tasks/snooze.html", task, "snooze", "Snooze for me", form=form, choices=choices)


@require_POST
def wake(request: Request, kind: str, pk: str) -> HttpResponse:
    task = get_task(request, kind, pk)
    return answer(request, task, lambda: triage.unsnooze(task, by=request.user.staff), "Back")


@require_http_methods(["GET", "POST"])
def wait(request: Request, kind: str, pk: str) -> HttpResponse:
    """``W``: begin waiting on the realtor; on a task that waits already, end it."""
    task, staff = get_task(request, kind, pk), request.user.staff
    if Waiting.objects.filter(kind=kind, item_id=pk, ended_at=None).exists():
        if request.method == "POST":
            return answer(
                request,
                task,
                lambda: triage.stop_waiting(task, by=staff),
                "The clock runs again",
            )
        return ask(
            request, "tasks/reason.html", task, "wait", "The answer is there", form=forms.Form(), button="Stop waiting"
        )
    form = WaitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        for_what = form.cleaned_data["for_what"]
        return answer(
            request,
            task,
            lambda: triage.wait(task, for_what=for_what, by=staff),
            f"Waits for {for_what}",
        )
    return ask(request, "tasks/reason.html", task, "wait", "Waiting on the realtor", form=form, button="Stop the clock")


@require_http_methods(["GET", "POST"])
def ask_realtor(request: Request, kind: str, pk: str) -> HttpResponse:
    """``5``: a question to be pasted into Slack; the task waits on its answer from then on."""
    task, staff = get_task(request, kind, pk), request.user.staff
    realtor = realtor_of(task)
    if request.method == "POST" and realtor:
        return answer(
            request,
            task,
            lambda: triage.ask_realtor(task, by=staff),
            f"Waits for an answer from {realtor.name}",
        )
    whom = realtor.name if realtor else "the realtor"
    question = question_about([task], realtor) if realtor else ""
    return ask(request, "tasks/question.html", task, "ask", f"Ask {whom}", form=forms.Form(), question=question)


@require_http_methods(["GET", "POST"])
def decline(request: Request, kind: str, pk: str) -> HttpResponse:
    task, staff = get_task(request, kind, pk), request.user.staff
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        return answer(request, task, lambda: triage.decline(task, reason=reason, by=staff), "Declined")
    return ask(request, "tasks/decline.html", task, "decline", "Decline", form=form, reasons=triage.USUAL_REASONS)


@require_http_methods(["GET", "POST"])
def duplicate(request: Request, kind: str, pk: str) -> HttpResponse:
    """Name the task this one is a duplicate of: found by words, then both are shown beside each other."""
    task, staff = get_task(request, kind, pk), request.user.staff
    of = (request.POST if request.method == "POST" else request.GET).get("of", "")
    other_kind, _, other_id = of.partition(":")
    if other_kind in queries.KINDS:
        stays = get_task(request, other_kind, other_id)
        if request.method == "POST":
            return answer(
                request, task, lambda: triage.duplicate_of(task, stays, by=staff), f"Merged into {stays.name}"
            )
        compared = _side_by_side(task, stays)
        return ask(
            request,
            "tasks/duplicate.html",
            task,
            "duplicate",
            "Merge these two",
            of=of,
            compared=compared,
            warnings=speaks_against_merge(task, stays),
        )
    words = request.GET.get("q", "")
    candidates = queries.candidates(task, words, staff)
    context = {"candidates": candidates, "q": words}
    return ask(request, "tasks/duplicate.html", task, "duplicate", "Duplicate of", form=forms.Form(), **context)


def _side_by_side(task: Task, stays: Task) -> list[tuple[str, str, str]]:
    """What tells two tasks apart, as label and the value of each; where neither has any, the line is left away."""
    now = office_now()
    pairs = zip(_facts(task, now), _facts(stays, now), strict=True)
    return [(label, mine, its) for (label, mine), (_, its) in pairs if mine or its]


def _facts(task: Task, now: datetime) -> list[tuple[str, str]]:
    holder = task.assigned_staff
    notes = len(notes_of(task.kind, task.pk))
    return [
        ("Task", task.name),
        ("For", task.listing.address_string if isinstance(task, Activity) else task.realtor.name),
        ("Status", Status(task.status).label),
        ("Assigned", holder.name if holder else "Nobody yet"),
        ("Due", due_in_full(task.due_date.astimezone(office_zone()), now) if task.due_date else ""),
        ("Priority", str(task.priority)),
        ("Asked", Truncator(task.description or "").chars(160)),
        ("Notes", str(notes) if notes else ""),
    ]
