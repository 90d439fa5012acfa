"""The verbs of tasks over HTTP: ask, act, answer. All are POSTs below their task; some show a form to GET."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import escape
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import Request
from common.clock import due_in_full, office_now, office_zone
from common.conflicts import Conflict
from common.history import Refused, last_act
from common.http import after_action, looked_at
from listings.models import Listing, street_of
from listings.queries import last_editor, office_calendar
from realtors.models import Realtor
from staff.rights import Right, may
from tasks import actions, forms, queries
from tasks.due_choices import due_choices
from tasks.due_question import due_question_of
from tasks.models import Activity
from tasks.onward import belongs, onward
from tasks.rows import PRIORITY_LEVELS, Row, initials_of
from tasks.rules import WANTS_REASON, Task, is_others, verbs_for


def get_task(request: Request, kind: str, pk: str, *, removed: bool = False) -> Any:
    """The task, or 404 for one this person may not see: what is hidden does not exist."""
    task = queries.task_of(kind, pk, request.user.staff, removed=removed)
    if task is None:
        raise Http404("No such task.")
    return task


def named(task: Task) -> str:
    """The task as a toast names it: "Order yard sign, 789 Valencia St"."""
    where = street_of(task.listing.address_string) if isinstance(task, Activity) else task.realtor.name
    return f"{task.name}, {where}"


def answer(
    request: Request,
    task: Task,
    do: Callable[[], Any],
    said: str,
    *,
    offers_next: bool = False,
    show_both: Callable[[Conflict], HttpResponse] | None = None,
) -> HttpResponse:
    """Do a verb and show the task as it is now; a refusal is shown in the same place, with its reason.

    ``offers_next`` offers the next task to whoever is too late for this one; ``show_both`` answers whoever would save
    over a newer change.
    """
    act_id, status, offer = None, 200, ""
    came_from = "/my/" if task.assigned_staff_id == request.user.pk else "/inbox/"
    try:
        do()
        said, act_id = f"{said}: {named(task)}", last_act()
    except Refused as refusal:
        if show_both and isinstance(refusal, Conflict):
            return show_both(refusal)
        said, status = f"{refusal} {named(task)}", 409
        too_late = offers_next and isinstance(refusal, actions.Taken)
        if too_late and (following := queries.next_unclaimed(task, request.user.staff)):
            said, offer = f"{said}. Next: {following.title}", following.href
    row = queries.row_of(task.kind, task.pk, request.user.staff)
    return _shown(request, task, row, said, act_id, status=status, came_from=came_from, offer=offer)


def _shown(
    request: Request,
    task: Task,
    row: Row | None,
    said: str,
    act_id: str | None,
    *,
    status: int = 200,
    came_from: str = "/inbox/",
    offer: str = "",
) -> HttpResponse:
    """What was said about a task, with its row where the list that the person looks at still holds it."""
    fragment = trigger = then = ""
    address = looked_at(request)
    if not request.htmx:
        if status == 200:
            then = onward(request, task.get_absolute_url(), row, came_from=came_from)
    elif row is not None and (status != 200 or belongs(row, address, request.user.pk)):
        context = {"rows": [row]}
        fragment = render_to_string(f"tasks/rows.html#{_shape(request)}", context)
    else:
        trigger = "desk:left"
    return after_action(
        request,
        said=said,
        act_id=act_id,
        fallback=task.get_absolute_url(),
        fragment=fragment,
        trigger=trigger,
        status=status,
        onward=then,
        offer=offer,
    )


def _shape(request: Request) -> str:
    """Which of the two shapes of a row the page in question shows."""
    return "lines" if looked_at(request).startswith(("/listings/", "/realtors/")) else "rows"


# ---- verbs without a question ----------------------------------------------------------------------------------------


@require_POST
def claim(request: Request, kind: str, pk: str) -> HttpResponse:
    """Take a task without reading it first: the conditional UPDATE itself finds out whether it is there and free."""
    staff = request.user.staff
    unread = queries.KINDS[kind](pk=pk)
    try:
        actions.claim(unread, by=staff)
    except Refused:
        task = get_task(request, kind, pk)
        return answer(request, task, lambda: actions.claim(task, by=staff), "Taken", offers_next=True)
    row = queries.row_of(kind, pk, staff)
    assert row is not None  # noqa: S101 - whoever has a task sees it
    if "offered" in request.POST and not request.htmx:
        return after_action(
            request, said=f"Taken: {row.named}", act_id=last_act(), fallback="", onward=unread.get_absolute_url()
        )
    return _shown(request, unread, row, f"Taken: {row.named}", last_act())


@require_POST
def start(request: Request, kind: str, pk: str) -> HttpResponse:
    task = get_task(request, kind, pk)
    return answer(request, task, lambda: actions.start(task, by=request.user.staff), "Started")


@require_POST
def restore(request: Request, kind: str, pk: str) -> HttpResponse:
    task = get_task(request, kind, pk, removed=True)
    return answer(request, task, lambda: actions.restore(task, by=request.user.staff), "Restored")


# ---- verbs with a form -----------------------------------------------------------------------------------------------


def ask(request: Request, template: str, task: Task, verb: str, heading: str, **context: Any) -> HttpResponse:
    """The verb's form: a page of its own, or for htmx the inside of a dialog."""
    action = f"{task.get_absolute_url()}{verb}/"
    form = context.get("form")
    status = 409 if context.get("both") else 422 if form is not None and form.is_bound and form.errors else 200
    context |= {"task": task, "verb": verb, "heading": heading, "action": action}
    context["layout"] = "tasks/picker.html" if request.htmx else "tasks/ask.html"
    response = render(request, template, context, status=status)
    if request.htmx and request.method == "POST":
        # It was sent for a row; what is still to be said belongs into the dialog.
        response["HX-Retarget"], response["HX-Reswap"] = "#float", "innerHTML"
    return response


@require_http_methods(["GET", "POST"])
def with_reason(request: Request, kind: str, pk: str, verb: str) -> HttpResponse:
    """Release, complete, fail, cancel, reopen and remove: at once where no reason is wanted, else with one line."""
    heading, button, said, form_class, do = REASONED[verb]
    staff = request.user.staff
    task = get_task(request, kind, pk)
    steps_in = is_others(staff, task) and may(staff, Right.TAKE_OVER)
    needs_reason = verb in WANTS_REASON or (verb in {"release", "complete"} and steps_in)
    # A button or a key sends no reason: where one is wanted it is asked for, and nothing has been done wrong yet.
    is_sent = request.method == "POST" and ("reason" in request.POST or not needs_reason)
    form = form_class(request.POST if is_sent else None, initial=request.GET.dict())
    if "reason" in form.fields:
        form.fields["reason"].required = needs_reason
    if needs_reason:
        form.order_fields(["reason"])
    if is_sent and form.is_valid():
        return answer(request, task, lambda: do(task, staff, form.cleaned_data), said)
    question = f"{task.assigned_staff.name} has it. Why do you step in?" if needs_reason and steps_in else ""
    return ask(request, "tasks/reason.html", task, verb, heading, form=form, button=button, question=question)


def _complete(task: Task, staff: Any, data: dict[str, Any]) -> Any:
    outputs = {"note": data["outputs"]} if data["outputs"] else None
    return actions.complete(task, by=staff, reason=data["reason"], outputs=outputs)


REASONED: dict[str, tuple[str, str, str, type[Any], Callable[[Task, Any, dict[str, Any]], Any]]] = {
    "release": (
        "Release",
        "Release",
        "Released",
        forms.ReasonForm,
        lambda task, staff, data: actions.release(task, by=staff, reason=data["reason"]),
    ),
    "complete": ("Complete", "Complete", "Completed", forms.CompleteForm, _complete),
    "fail": (
        "Mark as failed",
        "Mark as failed",
        "Failed",
        forms.ReasonForm,
        lambda task, staff, data: actions.fail(task, by=staff, reason=data["reason"]),
    ),
    "cancel": (
        "Cancel the task",
        "Cancel the task",
        "Cancelled",
        forms.ReasonForm,
        lambda task, staff, data: actions.cancel(task, by=staff, reason=data["reason"]),
    ),
    "reopen": (
        "Reopen",
        "Reopen",
        "Reopened",
        forms.ReopenForm,
        lambda task, staff, data: actions.reopen(task, by=staff, reason=data["reason"], for_me=data["for_me"]),
    ),
    "remove": (
        "Remove",
        "Remove",
        "Removed",
        forms.ReasonForm,
        lambda task, staff, data: actions.remove(task, by=staff, reason=data["reason"]),
    ),
}


@require_http_methods(["GET", "POST"])
def assign(request: Request, kind: str, pk: str) -> HttpResponse:
    staff = request.user.staff
    task = get_task(request, kind, pk)
    holder = task.assigned_staff if is_others(staff, task) and may(staff, Right.TAKE_OVER) else None
    form, chosen = forms.AssignForm(request.POST if request.method == "POST" else None), None
    form.fields["reason"].required = bool(holder)
    if request.method == "POST":
        if form.is_valid():
            to = form.cleaned_data["assigned_staff"]
            said = "Taken" if to == staff else f"Given to {to.name}"
            return answer(
                request, task, lambda: actions.assign(task, to=to, by=staff, reason=form.cleaned_data["reason"]), said
            )
        chosen = form.cleaned_data.get("assigned_staff")
        if chosen and "reason" not in request.POST:
            # It has become a colleague's since the picker was opened: nothing has been done wrong yet.
            form = forms.AssignForm()
    question = f"{actions.Taken(holder, task.claimed_at)} Why do you step in?" if holder else ""
    receivers = queries.receivers(task) if "assign" in verbs_for(staff, task) else []
    people = [
        {
            "pk": person.pk,
            "name": person.name,
            "initials": initials_of(person.name),
            "role": person.role,
            "hint": f"{'you · ' if person == staff else ''}{person.get_role_display()} · {load} open",
            "current": person.pk == task.assigned_staff_id,
        }
        for person, load in sorted(receivers, key=lambda receiver: receiver.person != staff)
    ]
    heading = f"Give it to {chosen.name}" if chosen else "Assign"
    context = {"people": people, "question": question, "chosen": chosen}
    return ask(request, "tasks/assign.html", task, "assign", heading, form=form, **context)


@require_http_methods(["GET", "POST"])
def due(request: Request, kind: str, pk: str) -> HttpResponse:
    staff = request.user.staff
    task = get_task(request, kind, pk)
    form = forms.DueForm(request.POST if request.method == "POST" else None, initial={"due_date": task.due_date})
    if request.method == "POST" and form.is_valid():
        moment = form.cleaned_data["due_date"]
        words = f"Due {due_in_full(moment.astimezone(office_zone()), office_now())}" if moment else "No due date"
        return _picked(
            request,
            task,
            form,
            lambda opened: actions.set_due(task, due=moment, by=staff, opened=opened),
            words,
            _ask_due,
        )
    return _ask_due(request, task, form)


def _ask_due(request: Request, task: Task, form: forms.DueForm, both: dict[str, Any] | None = None) -> HttpResponse:
    is_working_day = office_calendar()
    days = {"choices": _due_choices(task, is_working_day), "months": _months(task, is_working_day)}
    return ask(request, "tasks/due.html", task, "due", "Due date", form=form, both=both, **days)


Form = TypeVar("Form", bound=forms.PickerForm)


def _picked(
    request: Request,
    task: Task,
    form: Form,
    do: Callable[[dict[str, Any]], Any],
    said: str,
    ask_again: Callable[[Request, Task, Form, dict[str, Any]], HttpResponse],
) -> HttpResponse:
    """What was chosen in a picker: done, or shown beside what somebody else has chosen since it was opened."""
    if "keep" in request.POST:
        return _shown(
            request, task, queries.row_of(task.kind, task.pk, request.user.staff), f"Kept: {named(task)}", None
        )
    return answer(
        request,
        task,
        lambda: do(form.opened()),
        said,
        show_both=lambda conflict: ask_again(request, task, form, form.show_both(conflict, last_editor(task))),
    )


@require_safe
def due_words(request: Request) -> HttpResponse:
    """What has been typed so far as a date, in full, or what is wrong with it: for the picker it is typed into."""
    typed = request.GET.get("due_date") or request.GET.get("until") or ""
    form = forms.DueForm({"due_date": typed})
    if not form.is_valid():
        words = " ".join(map(str, form.errors["due_date"]))
    elif moment := form.cleaned_data["due_date"]:
        words = due_in_full(moment.astimezone(office_zone()), office_now())
    else:
        words = "No date" if typed.strip() else ""
    return HttpResponse(escape(words))


def _due_choices(task: Task, is_working_day: Callable[[date], bool]) -> list[dict[str, str]]:
    """The quick choices of the due picker, each with the full date it stands for; what the request may mean first."""
    question = due_question_of(task)
    asked = (
        [{"value": value, "label": words, "hint": "may be meant"} for value, words in question.choices]
        if question
        else []
    )
    return [*asked, *due_choices(office_now().date(), is_working_day)]


def _months(task: Task, is_working_day: Callable[[date], bool]) -> list[dict[str, Any]]:
    """This month and the next as weeks of days, for the calendar in the due picker."""
    today = office_now().date()
    chosen = task.due_date.astimezone(office_zone()).date() if task.due_date else None
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    months = []
    for first in (today.replace(day=1), following):
        weeks = []
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month):
            days = []
            for day in week:
                tone = "chosen" if day == chosen else "now" if day == today else "" if is_working_day(day) else "off"
                gone = day < today or day.month != first.month
                label = f"{day:%A} {day.day} {day:%B}"
                days.append(
                    {"number": day.day, "value": f"{day:%Y-%m-%d} 17:00", "tone": tone, "gone": gone, "label": label}
                )
            if any(not day["gone"] for day in days):
                weeks.append(days)
        months.append({"name": f"{first:%B %Y}", "weeks": weeks})
    return months


@require_http_methods(["GET", "POST"])
def priority(request: Request, kind: str, pk: str) -> HttpResponse:
    staff = request.user.staff
    task = get_task(request, kind, pk)
    form = forms.PriorityForm(request.POST if request.method == "POST" else None, initial={"priority": task.priority})
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data["priority"]
        return _picked(
            request,
            task,
            form,
            lambda opened: actions.set_priority(task, priority=value, by=staff, opened=opened),
            f"Priority {value}",
            _ask_priority,
        )
    return _ask_priority(request, task, form)


def _ask_priority(
    request: Request, task: Task, form: forms.PriorityForm, both: dict[str, Any] | None = None
) -> HttpResponse:
    levels = [
        {"value": value, "label": label, "tone": tone, "current": value == task.priority}
        for value, label, tone in PRIORITY_LEVELS
    ]
    return ask(request, "tasks/priority.html", task, "priority", "Priority", form=form, both=both, levels=levels)


# ---- new and edit ----------------------------------------------------------------------------------------------------

EDITED = {
    "activity": (
        forms.ActivityForm,
        ("name", "description", "priority", "due_date", "task_category", "visibility_group"),
    ),
    "agent_task": (forms.AgentTaskForm, ("name", "description", "priority", "due_date", "task_key")),
}


@require_http_methods(["GET", "POST"])
def edit(request: Request, kind: str, pk: str) -> HttpResponse:
    """Change the facts of a task; what somebody else changed meanwhile is shown beside mine, field by field."""
    staff = request.user.staff
    task = get_task(request, kind, pk)
    form_class, names = EDITED[kind]
    form = form_class(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(task, name) for name in names},
        staff=staff,
    )
    context: dict[str, Any] = {"form": form, "heading": f"Edit: {task.name}", "button": "Save", "task": task}
    context["back_href"] = task.get_absolute_url()
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(task, opened=form.opened(), wanted=form.wanted(), by=staff)
            task.refresh_from_db(fields=["name"])  # its toast names it as it is called now
            return done(request, task, "Saved")
        except Conflict as conflict:
            context["both"], status = form.show_both(conflict, last_editor(task)), 409
        except Refused as refusal:
            form.add_error(None, str(refusal))
    if form.errors:
        status = 422
    return render(request, "tasks/form.html", context, status=status)


def done(request: Request, task: Task, said: str) -> HttpResponse:
    """To the task's page, with a toast that offers to undo."""
    messages.success(request, f"{said}: {named(task)}", extra_tags=last_act() or "")
    return redirect(task.get_absolute_url())


@require_http_methods(["GET", "POST"])
def new_activity(request: Request) -> HttpResponse:
    staff = request.user.staff
    listing = Listing.objects.filter(pk=request.GET.get("listing", "")).first()
    initial = {"listing": listing, "task_category": "ADMIN", "visibility_group": "BOTH"}
    form = forms.NewActivityForm(request.POST if request.method == "POST" else None, initial=initial, staff=staff)
    return _new(request, form, "New activity", listing, lambda values: actions.create_activity(by=staff, **values))


@require_http_methods(["GET", "POST"])
def new_agent_task(request: Request) -> HttpResponse:
    staff = request.user.staff
    realtor = Realtor.objects.filter(pk=request.GET.get("realtor", "")).first()
    initial = {"realtor": realtor, "task_key": "OPS_MISC_TASK"}
    form = forms.NewAgentTaskForm(request.POST if request.method == "POST" else None, initial=initial, staff=staff)
    make = partial(actions.create_agent_task, by=staff)
    return _new(request, form, "New task for a realtor", realtor, lambda values: make(**values))


def _new(
    request: Request, form: Any, heading: str, of: Listing | Realtor | None, make: Callable[[dict[str, Any]], Task]
) -> HttpResponse:
    """The form of a new task; ``of`` is the listing or realtor from whose page it was asked for."""
    if request.method == "POST" and form.is_valid():
        field = "listing" if "listing" in form.fields else "realtor"
        if of and form.data.get(field) == str(of):
            form.cleaned_data[field] = of  # two of the same name are told apart by where one came from
        try:
            return done(request, make(form.cleaned_data), "Made")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "heading": heading, "button": "Make it"}
    context["back_href"] = of.get_absolute_url() if of else "/inbox/"
    return render(request, "tasks/form.html", context, status=422 if form.errors else 200)
