"""The manners of the back room: what the admin pages of all tables have in common.

Rows are read with the removed ones among them. Nothing is deleted for good: rows are removed and restored by the verbs
of their room. Every change is an act in the history. Whoever saves over somebody's newer change is told so first, and
what an action refuses stands above the form with what was typed still in it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db import DataError, IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst

from common.admin_fields import JsonObject, Moment, MomentWidget, RawIdWidget
from common.admin_history import deeds, pretty
from common.fields import TextColumn
from common.history import Refused, act
from common.queries import history_of, last_change

VERB = "changed in the back room"
MOST_AT_ONCE = 1000


class BackRoomSite(admin.AdminSite):
    """What the pages of all rooms may ask of the site that they stand in."""

    def names_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The names of those ids that are a person's. The front door knows people; the cellar does not."""
        return {}


class CappedPaginator(Paginator):
    """Counts up to ``most`` rows: counting millions of rows of history would be most of the time a page takes."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        return cast(models.QuerySet, self.object_list).order_by().values("pk")[: self.most].count()


class ReasonForm(ActionForm):
    """The row of actions above a list, with the one line that history keeps."""

    reason = forms.CharField(label="Reason", required=False, max_length=200)


@dataclass(frozen=True)
class Button:
    """A button below the form of one row that does more than save it. ``do`` returns the sentence to show."""

    name: str
    label: str
    do: Callable[[HttpRequest, Any], str]
    is_grave: bool = False


class RemovedFilter(admin.SimpleListFilter):
    title = "removed"
    parameter_name = "removed"

    def lookups(self, request, model_admin):
        return [("no", "Live"), ("yes", "Removed")]

    def queryset(self, request, queryset):
        if self.value() in {"yes", "no"}:
            return queryset.filter(deleted_at__isnull=self.value() == "no")
        return queryset


def word_filter(column: str, words: Iterable[tuple[str, str]], title: str = "") -> type[admin.SimpleListFilter]:
    """A filter of a column without choices by words known beforehand: Django's own would read them from all rows."""

    class WordFilter(admin.SimpleListFilter):
        parameter_name = column

        def lookups(self, request, model_admin):
            return list(words)

        def queryset(self, request, queryset):
            return queryset.filter(**{column: self.value()}) if self.value() else queryset

    WordFilter.title = title or column.replace("_", " ")
    return WordFilter


class BackRoomForm(forms.ModelForm):
    """A form that checks values against removed rows too, and shows what an action has refused."""

    refusal = ""

    def clean(self) -> dict[str, Any]:
        super().clean()
        for constraint in self._meta.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and len(constraint.fields) == 1:
                self._refuse_taken(constraint.fields[0])
        for name in self.changed_data:
            value = self.cleaned_data.get(name)
            if getattr(value, "deleted_at", None) is not None:
                self.add_error(name, f"{value} has been removed. Restore it first, or choose another.")
        if self.refusal:
            raise forms.ValidationError(self.refusal)
        return self.cleaned_data

    def _refuse_taken(self, name: str) -> None:
        # Django asks the live rows only; the UNIQUE of the table holds for the removed ones too.
        value = self.cleaned_data.get(name)
        if value in (None, ""):
            return
        model = self._meta.model
        other = model._base_manager.filter(**{name: value}).exclude(pk=self.instance.pk).first()
        if other is None:
            return
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[other.pk])
        removed = getattr(other, "deleted_at", None) is not None
        said = (
            format_html('{} had this and was removed. <a href="{}">Restore that row instead</a>.', other, url)
            if removed
            else format_html('<a href="{}">{}</a> has this already.', url, other)
        )
        self.add_error(name, forms.ValidationError(said))


class BackRoomAdmin(admin.ModelAdmin):
    """One table. Subclasses name their columns and, where their room has verbs, override ``write``."""

    admin_site: BackRoomSite
    form = BackRoomForm
    action_form = ReasonForm
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 200
    ordering: ClassVar[Any] = ["-pk"]
    formfield_overrides = {
        # The longest that fits into an index entry of PostgreSQL, whatever the letters.
        TextColumn: {"widget": AdminTextInputWidget, "max_length": 500},
        models.JSONField: {"form_class": JsonObject},
        models.DateTimeField: {"form_class": Moment, "widget": MomentWidget},
    }
    tools: ClassVar[list[Callable[[Any], tuple[str, str] | None]]] = []
    """Links at the top of one row's page, each a function of the row. Rooms above add theirs to ``tools``."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.tools = list(cls.tools)

    # ---- reading ---------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return self.model._base_manager.order_by(*self.get_ordering(request))

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        title = str(capfirst(self.opts.verbose_name_plural))
        try:
            return super().changelist_view(request, {"title": title, **(extra_context or {})})
        except (DataError, ValueError, OverflowError) as error:
            # A filter typed into the address, such as the year 99999.
            raise BadRequest("The address asks for something that no row can have.") from error

    def get_search_results(self, request, queryset, search_term):
        # Each word is a condition of its own: a page of pasted text would be more than PostgreSQL takes.
        return super().get_search_results(request, queryset, search_term[:100])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return obj.get_absolute_url() if obj is not None and hasattr(obj, "get_absolute_url") else None

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", db_field.related_model._base_manager.all())
        kwargs.setdefault("widget", RawIdWidget(db_field.remote_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context=None) -> HttpResponse:
        """What happened to this row, whoever did it and wherever, with the values before and after."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {row}",
            "subtitle": None,
            "deeds": deeds(
                history_of(self.opts.db_table, str(row.pk), limit=200), str(row.pk), self.admin_site.names_of
            ),
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/object_history.html", context)

    # ---- saving ----------------------------------------------------------------------------------------------------

    def write(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Save what the form changed. A change writes the changed columns only: the others may be newer than ours."""
        obj.save(update_fields=form.changed_data if change else None, force_insert=not change)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and not form.changed_data:
            return
        with act(VERB, reason=self.reason(form), source="admin"):
            self.write(request, obj, form, change)

    def reason(self, form: Any) -> str | None:
        """What history should say beside the values, when the form tells it."""
        return None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", "")  # type: ignore[attr-defined]
        return form

    def buttons(self, request: HttpRequest, obj: Any) -> list[Button]:
        """What else can be done to this row."""
        return []

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and object_id is not None:
            row = self.get_object(request, unquote(object_id))
            pressed = row and next((b for b in self.buttons(request, row) if f"_{b.name}" in request.POST), None)
            if pressed:
                return self._press(request, pressed, row)
            request.refusal = self._changed_since(row, request.POST.get("_opened", "")) if row else ""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            request.refusal = str(refusal)
        except IntegrityError as error:
            request.refusal = _integrity_sentence(error)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["opened"] = last_change(self.opts.db_table, str(obj.pk))
            context["buttons"] = self.buttons(request, obj)
            if getattr(obj, "deleted_at", None) is not None:
                context["subtitle"] = f"{obj} · removed, so it is only looked at until you restore it"
            context["tools"] = [link for tool in self.tools if (link := tool(obj))]
        context["show_save_and_add_another"] = add
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _press(self, request: HttpRequest, button: Button, row: Any) -> HttpResponse:
        try:
            said = button.do(request, row)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.log_change(request, row, said)
            self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())

    def _changed_since(self, row: Any, opened: str) -> str:
        """Who changed what since the form was opened, as the sentence that stops the first save; '' if nobody did."""
        if not opened.isdecimal():
            return ""
        newer = history_of(self.opts.db_table, str(row.pk), limit=20, since=int(opened[:18]))
        if not newer:
            return ""
        who = self.admin_site.names_of({entry.actor_id for entry in newer})
        told = "; ".join(
            f"{who.get(entry.actor_id, entry.actor_id)} changed {', '.join(sorted(entry.after))}" for entry in newer
        )
        return f"Meanwhile {told}. Below is what you typed: save again to keep yours, or open the page anew."

    # ---- many rows -------------------------------------------------------------------------------------------------

    def each(self, request: HttpRequest, rows: models.QuerySet, verb: str, do: Callable[[Any], object]) -> None:
        """Do one verb to each selected row as one act, and say which rows refused and why."""
        reason = request.POST.get("reason", "").strip()[:200]
        selected = list(rows[: MOST_AT_ONCE + 1])
        if len(selected) > MOST_AT_ONCE:
            self.message_user(request, f"Nothing was done: select at most {MOST_AT_ONCE:,} rows.", messages.ERROR)
            return
        done: list[Any] = []
        refused: list[tuple[Any, str]] = []
        try:
            with act(verb, reason=reason or None, source="admin"):
                for row in selected:
                    try:
                        with transaction.atomic():
                            do(row)
                        done.append(row)
                    except Refused as refusal:
                        refused.append((row, str(refusal)))
                if not done:
                    raise Refused("Nothing was done.")
        except Refused:
            done = []
        if done:
            what = str(done[0]) if len(done) == 1 else f"{len(done)} {self.opts.verbose_name_plural}"
            LogEntry.objects.log_actions(request.user.pk, done, CHANGE, capfirst(verb))  # type: ignore[arg-type]
            self.message_user(request, f"{capfirst(verb)}: {what}", messages.SUCCESS)
        for row, why in refused[:5]:
            url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
            self.message_user(request, format_html('{} <a href="{}">Open {}</a>', why, url, row), messages.ERROR)
        if len(refused) > 5:
            self.message_user(request, f"{len(refused) - 5} more were refused.", messages.ERROR)


class ReadOnlyAdmin(BackRoomAdmin):
    """A table that only its room's own code writes; the back room shows every column of it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list:
        return list(self.fields or [field.name for field in self.opts.fields])

    def get_fieldsets(self, request: HttpRequest, obj: Any = None):
        json_columns = {field.name for field in self.opts.fields if isinstance(field, models.JSONField)}
        names = [pretty(name) if name in json_columns else name for name in self.get_fields(request, obj)]
        return [(None, {"fields": names})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for _, options in self.get_fieldsets(request, obj) for name in options["fields"]]


class RemovableAdmin(BackRoomAdmin):
    """A table with ``deleted_at``. A removed row is only looked at until it is restored."""

    actions = ["remove_selected", "restore_selected"]

    def remove(self, request: HttpRequest, row: Any, reason: str) -> None:
        """Remove this row by the verb of its room; raises ``Refused``."""
        raise NotImplementedError

    def restore(self, request: HttpRequest, row: Any) -> None:
        """Bring this row back by the verb of its room; raises ``Refused``."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.deleted_at is None)

    def get_list_filter(self, request: HttpRequest) -> list:
        return [RemovedFilter, *super().get_list_filter(request)]

    def get_list_display(self, request: HttpRequest) -> list:
        return [*super().get_list_display(request), "removed"]

    @admin.display(description="removed", ordering="deleted_at", empty_value="–")
    def removed(self, row: Any):
        return row.deleted_at

    @admin.action(description="Remove")
    def remove_selected(self, request: HttpRequest, rows: models.QuerySet) -> None:
        reason = request.POST.get("reason", "").strip()[:200]
        self.each(request, rows, "removed", lambda row: self.remove(request, row, reason))

    @admin.action(description="Restore")
    def restore_selected(self, request: HttpRequest, rows: models.QuerySet) -> None:
        self.each(request, rows, "restored", lambda row: self.restore(request, row))

    def buttons(self, request: HttpRequest, obj: Any) -> list[Button]:
        if obj.deleted_at is None:
            return [Button("remove", "Remove", self._remove_one, is_grave=True)]
        return [Button("restore", "Restore", self._restore_one)]

    def _remove_one(self, request: HttpRequest, row: Any) -> str:
        with act("removed", source="admin"):
            self.remove(request, row, "")
        return f"Removed: {row}"

    def _restore_one(self, request: HttpRequest, row: Any) -> str:
        with act("restored", source="admin"):
            self.restore(request, row)
        return f"Restored: {row}"


def _integrity_sentence(error: IntegrityError) -> str:
    """What to tell a person whose save broke a rule of the table in the last moment."""
    if getattr(error.__cause__, "sqlstate", "") == "23505":
        return "Somebody has just saved the same value in another row. Look at the list, then save again."
    return "The table refuses these values. Check them and save again."
