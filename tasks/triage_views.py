"""The verbs of triage over HTTP: snooze, wait, decline, duplicate; like those in ``views`` they act or ask."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import Request
from common.clock import office_now, office_zone
from tasks import queries, triage
from tasks.forms import DueField
from tasks.models import Waiting
from tasks.rows import hour_in_words
from tasks.views import answer, ask, get_task


class SnoozeForm(forms.Form):
    until = DueField(required=False)


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
        if until is None and not for_realtor:
            form.add_error("until", "Write a day such as “mon 9am” or “+3d”.")
        else:
            words = _until_words(until) if until else "the realtor writes"
            return answer(
                request,
                task,
                lambda: triage.snooze(kind, pk, until=until, by=staff),
                f"Snoozed until {words}",
                leaves=("/inbox/", "/my/"),
            )
    choices = [
        {
            "value": f"{moment:%Y-%m-%d %H:%M}" if moment else REALTOR,
            "label": label,
            "hint": _until_words(moment) if moment else "",
        }
        for label, moment in triage.snooze_choices(task)
    ]
    return ask(request, "tasks/snooze.html", task, "snooze", "Snooze for me", form=form, choices=choices)


def _until_words(moment: Any) -> str:
    local = moment.astimezone(office_zone())
    return f"{local:%a} {local.day} {local:%b}, {hour_in_words(local)}"


@require_POST
def wake(request: Request, kind: str, pk: str) -> HttpResponse:
    task = get_task(request, kind, pk)
    return answer(
        request, task, lambda: triage.unsnooze(kind, pk, by=request.user.staff), "Back", leaves=("/inbox/?tab=snoozed",)
    )


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
                leaves=("/inbox/?tab=waiting",),
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
            leaves=("/inbox/", "/my/"),
        )
    return ask(request, "tasks/reason.html", task, "wait", "Waiting on the realtor", form=form, button="Stop the clock")


@require_http_methods(["GET", "POST"])
def decline(request: Request, kind: str, pk: str) -> HttpResponse:
    task, staff = get_task(request, kind, pk), request.user.staff
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        return answer(request, task, lambda: triage.decline(task, reason=reason, by=staff), "Declined")
    reasons = [reason.capitalize() for reason in triage.DECLINE_REASONS[:-1]]
    return ask(request, "tasks/decline.html", task, "decline", "Decline", form=form, reasons=reasons)


@require_http_methods(["GET", "POST"])
def duplicate(request: Request, kind: str, pk: str) -> HttpResponse:
    """Name the task this one is a duplicate of; what may be meant is found by words and shown beside it."""
    task, staff = get_task(request, kind, pk), request.user.staff
    if request.method == "POST":
        other_kind, _, other_id = request.POST.get("of", "").partition(":")
        if other_kind in queries.KINDS:
            stays = get_task(request, other_kind, other_id)
            return answer(
                request,
                task,
                lambda: triage.duplicate_of(task, stays, by=staff),
                f"Merged into {stays.name}",
            )
    words = request.GET.get("q", "")
    candidates = queries.candidates(task, words, staff)
    context = {"candidates": candidates, "q": words, "now": office_now()}
    return ask(request, "tasks/duplicate.html", task, "duplicate", "Duplicate of", form=forms.Form(), **context)
