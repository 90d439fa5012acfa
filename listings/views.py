"""The admins' pages about templates: what a new listing starts with, and what that would make."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import Request
from common.clock import due_in_full, office_now, office_zone
from common.conflicts import Conflict
from common.history import Refused, last_act
from listings import actions
from listings.forms import KeyDatesForm, TemplateLineForm
from listings.models import Template, TemplateLine
from listings.queries import last_editor, plan_from_template, templates_with_sizes
from staff.rights import Right, may


def _admins_only(request: Request) -> None:
    if not may(request.user.staff, Right.MANAGE_TEMPLATES):
        raise PermissionDenied("Templates are the admins'.")


@require_safe
def templates(request: Request) -> HttpResponse:
    _admins_only(request)
    return render(request, "listings/templates.html", {"nav": "templates", "templates": templates_with_sizes()})


@require_safe
def template(request: Request, group_key: str) -> HttpResponse:
    """One template with its lines, and beside it what it would make with the key days in the address."""
    _admins_only(request)
    found = get_object_or_404(Template, pk=group_key)
    asked = any(name in request.GET for name in KeyDatesForm().fields)
    form = KeyDatesForm(request.GET if asked else {"intake": office_now().date()})
    days = {kind: day for kind, day in form.cleaned_data.items() if day} if form.is_valid() else {}
    now = office_now()
    planned = [
        (each.line, due_in_full(each.due_date.astimezone(office_zone()), now) if each.due_date else "")
        for each in plan_from_template(group_key, days)
    ]
    context = {"nav": "templates", "template": found, "form": form, "planned": planned}
    return render(request, "listings/template.html", context)


@require_http_methods(["GET", "POST"])
def line(request: Request, group_key: str, pk: str = "") -> HttpResponse:
    """Add a line to a template, or change one; what another admin changed meanwhile is shown beside mine."""
    _admins_only(request)
    found = get_object_or_404(Template, pk=group_key)
    existing = get_object_or_404(TemplateLine, pk=pk, template=found) if pk else None
    form = TemplateLineForm(request.POST or None, instance=existing)
    context = {"nav": "templates", "template": found, "form": form, "line": existing}
    status, staff = 200, request.user.staff
    if request.method == "POST" and form.is_valid():
        try:
            if existing:
                saved = actions.edit_template_line(existing, opened=form.opened(), wanted=form.wanted(), by=staff)
            else:
                saved = form.save(commit=False)
                actions.add_template_line(saved, template=found, by=staff)
            return _saved(request, found, f"Saved: {saved.name}. Running listings stay as they are.")
        except Conflict as conflict:
            context["both"], status = form.show_both(conflict, last_editor(form.instance)), 409
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "listings/template_line.html", context, status=422 if form.errors else status)


@require_POST
def move_line(request: Request, group_key: str, pk: str, direction: str) -> HttpResponse:
    _admins_only(request)
    found = get_object_or_404(TemplateLine, pk=pk, template=group_key)
    actions.move_template_line(found, up=direction == "up", by=request.user.staff)
    return redirect("template", group_key)


@require_POST
def remove_line(request: Request, group_key: str, pk: str) -> HttpResponse:
    _admins_only(request)
    found = get_object_or_404(TemplateLine.objects.select_related("template"), pk=pk, template=group_key)
    actions.remove_template_line(found, by=request.user.staff)
    return _saved(request, found.template, f"Removed: {found.name}. Running listings stay as they are.")


def _saved(request: Request, template: Any, said: str) -> HttpResponse:
    messages.success(request, said, extra_tags=last_act() or "")
    return redirect("template", template.pk)
