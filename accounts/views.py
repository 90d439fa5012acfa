"""Sign in and out, and the page about oneself."""

from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.forms import PreferencesForm, ProfileForm, SignInForm
from accounts.models import Preferences, Theme, User
from accounts.queries import sessions_of
from accounts.requests import Request
from accounts.sessions import digest
from common.clock import office_now
from common.history import Refused
from common.http import back, first_of_ours
from common.principal import acting_as


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("/inbox/")
    form = SignInForm(request.POST or None)
    problem, status = "", 200
    if request.method == "POST" and form.is_valid():
        answer = actions.sign_in(
            form.cleaned_data["username"], form.cleaned_data["password"], request.META.get("REMOTE_ADDR", "")
        )
        if answer.staff_id:
            return _start_session(request, answer.staff_id)
        problem, status = answer.problem, 429 if answer.is_paused else 403
    hour = office_now().hour
    greeting = "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"
    context = {
        "form": form,
        "problem": problem,
        "greeting": greeting,
        "next": request.GET.get("next", ""),
        "ended": request.GET.get("ended") if request.method == "GET" else "",
    }
    return render(request, "accounts/login.html", context, status=status)


def _start_session(request: HttpRequest, staff_id: str) -> HttpResponse:
    """What django.contrib.auth.login() does, under the principal of the person who just signed in."""
    with acting_as("staff", staff_id):
        user = User.objects.select_related("staff", "staff__preferences").get(pk=staff_id)
        User.objects.filter(pk=staff_id).update(last_login=timezone.now())
        request.session.cycle_key()
        request.session[SESSION_KEY] = staff_id
        request.session[BACKEND_SESSION_KEY] = "accounts.backends.StaffBackend"
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        request.session["staff_id"] = staff_id
        request.session["since"] = timezone.now().isoformat()
        request.session["user_agent"] = request.META.get("HTTP_USER_AGENT", "")[:200]
        preferences = getattr(user.staff, "preferences", None) or Preferences()
    wanted = request.POST.get("next") or request.GET.get("next") or preferences.start_page
    return redirect(first_of_ours(request, wanted) or "/inbox/")


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("login")


@require_http_methods(["GET", "POST"])
def me(request: Request) -> HttpResponse:
    """My name, phone, preferences and sessions; what only admins change is shown as text."""
    staff = request.user.staff
    preferences = getattr(staff, "preferences", None) or Preferences(staff=staff)
    profile = ProfileForm(request.POST or None, initial={"name": staff.name, "phone": staff.phone})
    wishes = PreferencesForm(
        request.POST or None,
        initial={
            "theme": preferences.theme,
            "start_page": preferences.start_page,
            "after_action": preferences.after_action,
            "single_keys": preferences.single_keys,
        },
        staff=staff,
    )
    if request.method == "POST" and profile.is_valid() and wishes.is_valid():
        try:
            actions.edit_own_profile(staff, **profile.cleaned_data)
            actions.save_preferences(staff, **wishes.cleaned_data)
            messages.success(request, "Saved: your profile")
            return redirect("me")
        except Refused as refusal:
            messages.error(request, str(refusal))
    context = {
        "nav": "me",
        "staff": staff,
        "profile": profile,
        "wishes": wishes,
        "sessions": sessions_of(staff, current=request.session.session_key),
    }
    return render(request, "accounts/me.html", context, status=422 if profile.errors or wishes.errors else 200)


@require_POST
def end_session(request: Request) -> HttpResponse:
    """End one of my other sessions, or (``which`` is "others") all of them."""
    which = request.POST.get("which", "")
    current = digest(request.session.session_key) or ""
    try:
        ended = actions.end_own_sessions(request.user.staff, current=current, only="" if which == "others" else which)
        words = "1 browser" if ended == 1 else f"{ended} browsers"
        messages.success(request, f"Signed out: {words}")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("me")


@require_safe
def home(request: Request) -> HttpResponse:
    """The bare address leads to the page this person starts with."""
    preferences = getattr(request.user.staff, "preferences", None)
    return redirect(preferences.start_page if preferences else "/inbox/")


@require_POST
def theme(request: Request) -> HttpResponse:
    """Only the theme, from wherever one is; anything but a theme changes nothing."""
    if (wanted := request.POST.get("theme")) in Theme.values:
        actions.save_preferences(request.user.staff, theme=wanted)
    return back(request, "/me/")
