"""Saved views over HTTP: keep the list as it is now, change or remove a view, let the list open with it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts import saved_views
from accounts.models import SavedView
from accounts.requests import Request
from common.history import Refused, last_act


@require_POST
def save(request: Request) -> HttpResponse:
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    try:
        view = saved_views.save_view(
            page=page,
            name=request.POST.get("name", ""),
            query=query,
            by=request.user.staff,
            is_shared="is_shared" in request.POST,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{saved_views.PAGES.get(page, '/inbox/')}?{query}")
    messages.success(request, f"Saved: the view “{view.name}”", extra_tags=last_act() or "")
    return redirect(_address(view))


@require_POST
def change(request: Request, pk: str) -> HttpResponse:
    """``do`` is update, default, no-default or remove."""
    view = get_object_or_404(SavedView, pk=pk)
    staff, do = request.user.staff, request.POST.get("do")
    try:
        if do == "update":
            saved_views.update_view(view, query=request.POST.get("query", ""), by=staff)
            view.refresh_from_db()
            said = f"Saved: the view “{view.name}”"
        elif do in {"default", "no-default"}:
            saved_views.open_with(view if do == "default" else None, page=view.page, by=staff)
            said = f"The list opens with “{view.name}”" if do == "default" else "The list opens as it is by itself"
        elif do == "remove":
            saved_views.remove_view(view, by=staff)
            messages.success(request, f"Removed: the view “{view.name}”", extra_tags=last_act() or "")
            return redirect(saved_views.PAGES[view.page])
        else:
            raise Refused("Nothing was changed: say what is to become of the view.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said, extra_tags=last_act() or "")
    return redirect(_address(view))


def _address(view: SavedView) -> str:
    return f"{saved_views.PAGES[view.page]}?{view.query}&view={view.pk}"
