"""The back room: for admins only, every table, nothing deleted, everything in the history."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import BooleanField
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import create_login
from accounts.models import Preferences, Session, SignInAttempt, User
from common.fields import new_ulid
from common.history import Refused
from common.models import Act, Change
from common.principal import acting_as
from common.queries import history_of, last_change
from laz_ops.admin import ROOMS, FallbackAdmin
from listings.models import Acknowledgement, KeyDate, Listing, Note, OfficeDay, TemplateLine
from realtors.models import Realtor
from slackintake.models import ClockRun, Heartbeat, Link, ReadingJob, Reply, Review, SlackEvent, SlackMessage, SlackName
from staff import actions
from staff.models import Role, Staff
from tasks.models import Activity, AgentTask, Status
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a password of my own"


def sign_in(client, person):
    create_login(person.email, PASSWORD)
    assert client.post("/login/", {"username": person.email, "password": PASSWORD}).status_code == 302


@pytest.fixture
def anna(client):
    """An admin who is signed in."""
    person = factories.staff("admin", name="Anna Admin")
    sign_in(client, person)
    return person


@pytest.fixture
def ben():
    return factories.staff("admin", name="Ben Second")


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel", email="priya@lapaz.example")


def page(row_or_model, name="changelist"):
    opts = row_or_model._meta
    args = [] if isinstance(row_or_model, type) else [row_or_model.pk]
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)


def form_of(client, row):
    """What the form of this row would send if nothing were changed."""
    form = client.get(page(row, "change")).context["adminform"].form
    sent = {"_opened": str(last_change(row._meta.db_table, str(row.pk)))}
    for bound in form:
        value = bound.field.prepare_value(bound.value()) if hasattr(bound.field, "prepare_value") else bound.value()
        if hasattr(bound.field.widget, "decompress"):
            parts = bound.field.widget.decompress(value)
            sent |= {f"{bound.html_name}_{number}": str(part or "") for number, part in enumerate(parts)}
        elif bound.value() is not None and bound.value() is not False:
            sent[bound.html_name] = value
    return sent


def save(client, row, **changes):
    return client.post(page(row, "change"), form_of(client, row) | changes)


def do(client, action, *rows, **more):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(page(type(rows[0])), chosen | more, follow=True)


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def as_now(row):
    return type(row)._base_manager.get(pk=row.pk)


# ---- who may come in -------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_login_page_and_back(client):
    response = client.get("/admin/staff/staff/")
    assert response.status_code == 302
    assert response.url == "/login/?next=/admin/staff/staff/"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
@pytest.mark.parametrize("path", ["/admin/", "/admin/staff/staff/", "/admin/login/", "/admin/nowhere/"])
def test_it_is_forbidden_to_everybody_but_admins(client, role, path):
    sign_in(client, factories.staff(role))
    response = client.get(path, follow=path == "/admin/login/")
    assert response.status_code == 403


def test_an_admin_who_has_been_lowered_is_out_at_the_next_request(client, anna, ben):
    assert client.get("/admin/").status_code == 200
    Staff.objects.filter(pk=anna.pk).update(role="support")
    assert client.get("/admin/").status_code == 403


def test_logging_out_leads_to_our_login_page(client, anna):
    response = client.post("/admin/logout/")
    assert (response.status_code, response.url) == (302, "/login/")
    assert client.get("/admin/").status_code == 302


# ---- every table -----------------------------------------------------------------------------------------------------


def models_of_the_project():
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def test_every_table_is_there_and_can_be_searched(rf):
    request = rf.get("/admin/")
    for model in models_of_the_project():
        page_of_model = admin.site._registry.get(model)
        assert page_of_model is not None, model
        assert page_of_model.get_search_fields(request) or model._meta.model_name in {"weekday", "changecounter"}, model


def test_no_list_can_be_edited_in_place_and_no_row_can_be_deleted(rf, anna):
    request = rf.get("/admin/")
    request.user = User.objects.get(pk=anna.pk)
    for page_of_model in admin.site._registry.values():
        assert not page_of_model.list_editable
        assert not page_of_model.has_delete_permission(request)
        assert "delete_selected" not in page_of_model.get_actions(request)
        assert page_of_model.show_full_result_count is False


def test_no_filter_reads_its_words_from_all_rows():
    for model, page_of_model in admin.site._registry.items():
        for name in page_of_model.list_filter:
            if isinstance(name, str):
                *_, field = get_fields_from_path(model, name)
                assert field.choices or isinstance(field, BooleanField), (model, name)


@pytest.mark.parametrize("model", models_of_the_project(), ids=lambda model: model._meta.label_lower)
def test_each_list_opens_and_can_be_searched(client, anna, model):
    assert client.get(page(model)).status_code == 200
    assert client.get(page(model), {"q": "a b"}).status_code == 200


MAKERS = {
    Staff: lambda n: factories.staff(),
    Realtor: lambda n: factories.realtor(territories=["Leslieville"]),
    Listing: lambda n: factories.listing(realtor=factories.realtor()),
    Activity: lambda n: factories.activity(assigned_staff=factories.staff()),
    AgentTask: lambda n: factories.agent_task(assigned_staff=factories.staff()),
    Note: lambda n: Note.objects.create(
        kind="listing", item_id=new_ulid(), text="x", author_staff_id=factories.staff().pk
    ),
    OfficeDay: lambda n: OfficeDay.objects.create(day=date(2040, 1, 1) + timedelta(n), name="A day off"),
    KeyDate: lambda n: KeyDate.objects.create(listing=factories.listing(), kind="photo", day=date(2026, 3, 2)),
    Acknowledgement: lambda n: Acknowledgement.objects.create(listing=factories.listing(), staff_id="x"),
    TemplateLine: lambda n: TemplateLine.objects.create(
        template_id="SALE_LISTING", position=n, name="Line", task_category="PHOTO"
    ),
    Preferences: lambda n: Preferences.objects.create(staff=factories.staff()),
    User: lambda n: User.objects.create(staff=factories.staff()),
    Session: lambda n: Session.objects.create(
        session_key=f"k{n}", session_data="", expire_date=timezone.now(), staff_id=factories.staff().pk
    ),
    SignInAttempt: lambda n: SignInAttempt.objects.create(email=f"{n}@x.example", address="1.2.3.4"),
    Act: lambda n: Act.objects.create(verb="changed"),
    Change: lambda n: factories.staff(),
    LogEntry: lambda n: LogEntry.objects.create(
        user=User.objects.create(staff=factories.staff()),
        object_repr="x",
        action_flag=2,
        content_type=ContentType.objects.get_for_model(Staff),
    ),
    SlackMessage: lambda n: message(n),
    SlackEvent: lambda n: SlackEvent.objects.create(event_type="message", body="{}"),
    ReadingJob: lambda n: ReadingJob.objects.create(message=message(n)),
    Review: lambda n: Review.objects.create(message=message(n), reason="unsure", kind="listing", item_id="x"),
    Link: lambda n: Link.objects.create(
        message=message(n), kind="listing", item_id=factories.listing().pk, role="bundle"
    ),
    Reply: lambda n: Reply.objects.create(message=message(n), name="eyes"),
    SlackName: lambda n: SlackName.objects.create(slack_id=f"U{n}", name="x"),
    Heartbeat: lambda n: Heartbeat.objects.create(worker=f"w{n}"),
    ClockRun: lambda n: ClockRun.objects.create(job=f"j{n}", ran_at=timezone.now()),
}


def message(number, **values):
    values = {"classification": {"task_key": "BUYER_DEAL"}, "message_type": "STRAY"} | values
    return SlackMessage.objects.create(
        slack_user_id="U1", slack_channel_id="C1", slack_ts=f"17.{number}", message_text=f"Message {number}", **values
    )


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model._meta.label_lower)
def test_a_list_asks_as_many_questions_for_twenty_rows_as_for_ten(client, anna, model):
    def statements(numbers):
        for number in numbers:
            MAKERS[model](number)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(page(model)).status_code == 200
        return len(captured)

    client.get(page(model))  # content types are asked for once in a process
    assert statements(range(10)) == statements(range(10, 20)) <= 12


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model._meta.label_lower)
def test_each_row_has_a_page_and_a_history(client, anna, model):
    MAKERS[model](1)
    row = model._base_manager.latest("pk")
    assert client.get(page(row, "change")).status_code == 200
    assert client.get(page(row, "history")).status_code == 200


def test_a_table_whose_room_says_nothing_is_shown_all_the_same(rf):
    fallback, request = FallbackAdmin(Link, admin.site), rf.get("/admin/")
    assert fallback.get_list_display(request) == ["link_id", "message", "kind", "item_id", "role", "created_at"]
    assert fallback.get_list_select_related(request) == ["message"]
    assert fallback.get_search_fields(request) == ["link_id", "kind", "item_id", "role"]


def test_it_counts_no_further_than_ten_thousand_rows(client, anna, monkeypatch):
    monkeypatch.setattr("common.admin_base.CappedPaginator.most", 5)
    for _ in range(8):
        factories.realtor()
    response = client.get(page(Realtor))
    assert "more than 5 realtors" in response.content.decode()


# ---- removing and restoring ------------------------------------------------------------------------------------------

REMOVABLE = {
    Realtor: lambda: factories.realtor(),
    Listing: lambda: factories.listing(),
    Activity: lambda: factories.activity(),
    AgentTask: lambda: factories.agent_task(),
    Staff: lambda: factories.staff("support"),
}


@pytest.mark.parametrize("model", REMOVABLE, ids=lambda model: model._meta.model_name)
def test_rows_are_removed_and_restored_by_the_verbs_and_stay_visible(client, anna, model):
    row = REMOVABLE[model]()
    assert "Removed" in said(do(client, "remove_selected", row, reason="made twice"))
    assert as_now(row).deleted_at is not None
    act = Act.objects.get(verb="removed")
    assert (act.actor_id, act.reason, act.source) == (anna.pk, "made twice", "admin")
    listed = client.get(page(model), {"removed": "yes"}).context["cl"].result_list
    assert [found.pk for found in listed] == [row.pk]
    assert row.pk not in {found.pk for found in client.get(page(model), {"removed": "no"}).context["cl"].result_list}
    assert "Restored" in said(do(client, "restore_selected", row))
    assert as_now(row).deleted_at is None
    assert "is not removed" in said(do(client, "restore_selected", row))


def test_one_row_is_removed_and_restored_from_its_page(client, anna):
    realtor = factories.realtor(name="Rosa Rivers")
    response = client.post(page(realtor, "change"), {"_remove": "", "name": "typed, not saved"}, follow=True)
    assert said(response) == "Removed: Rosa Rivers"
    assert "_restore" in response.content.decode()
    assert 'name="_save"' not in response.content.decode()
    assert client.post(page(realtor, "change"), {"name": "x", "_save": ""}).status_code == 403
    client.post(page(realtor, "change"), {"_restore": ""})
    assert (as_now(realtor).deleted_at, as_now(realtor).name) == (None, "Rosa Rivers")


def test_many_rows_are_one_act_and_those_that_refuse_say_why(client, anna):
    gone, here = factories.realtor(name="Gone", deleted_at=factories.NOON), factories.realtor(name="Here")
    response = do(client, "remove_selected", gone, here)
    assert "Removed: Here" in said(response)
    assert "Gone has been removed already." in said(response)
    act = Act.objects.get(verb="removed")
    assert [change.row_key for change in Change.objects.filter(act_id=act.pk)] == [here.pk]


def test_a_listing_takes_its_activities_along_and_brings_them_back(client, anna):
    activity = factories.activity()
    do(client, "remove_selected", activity.listing)
    assert as_now(activity).deleted_at == as_now(activity.listing).deleted_at is not None
    assert "Restore the listing" in said(do(client, "restore_selected", activity))
    do(client, "restore_selected", activity.listing)
    assert as_now(activity).deleted_at is None


def test_there_is_no_page_for_deleting(client, anna):
    realtor = factories.realtor()
    assert client.post(page(realtor, "delete"), {"post": "yes"}).status_code == 403
    assert client.post(page(Realtor), {"action": "delete_selected", "_selected_action": [realtor.pk]}).status_code in (
        200,
        302,
    )
    assert as_now(realtor).deleted_at is None


# ---- saving ----------------------------------------------------------------------------------------------------------


def test_a_change_is_an_act_with_its_values_before_and_after(client, anna):
    realtor = factories.realtor(brokerage="Old House")
    assert save(client, realtor, brokerage="New House").status_code == 302
    entry = history_of("realtors", realtor.pk)[0]
    assert (entry.verb, entry.actor_id) == ("changed in the back room", anna.pk)
    assert (entry.before, entry.after) == ({"brokerage": "Old House"}, {"brokerage": "New House"})
    assert Act.objects.get(pk=entry.act_id).source == "admin"
    shown = client.get(page(realtor, "history")).content.decode()
    assert "Anna Admin" in shown
    assert "<del>Old House</del>" in shown
    assert "<ins>New House</ins>" in shown


def test_saving_without_a_change_leaves_no_act(client, anna):
    realtor = factories.realtor()
    assert save(client, realtor).status_code == 302
    assert not Act.objects.filter(source="admin").exists()


def test_a_new_row_has_its_act_too(client, anna):
    new = {"name": "Rosa Rivers", "email": "  Rosa@Realty.EXAMPLE ", "status": "active", "metadata": "{}"}
    assert client.post(page(Realtor, "add"), new).status_code == 302
    rosa = Realtor.objects.get(email="rosa@realty.example")
    assert (rosa.slack_user_id, rosa.license_number) == (None, None)
    assert history_of("realtors", rosa.pk)[0].actor_id == anna.pk


def test_empty_slack_ids_and_licenses_are_nothing_and_do_not_collide(client, anna):
    for _ in range(2):
        realtor = factories.realtor(slack_user_id=f"U{new_ulid()}", license_number=new_ulid())
        assert save(client, realtor, slack_user_id="", license_number="").status_code == 302
        assert (as_now(realtor).slack_user_id, as_now(realtor).license_number) == (None, None)


@pytest.mark.parametrize("field", ["email", "slack_user_id", "license_number"])
@pytest.mark.parametrize("deleted_at", [None, factories.NOON])
def test_a_value_that_somebody_has_is_refused_with_the_way_to_that_row(client, anna, field, deleted_at):
    value = "taken@realty.example" if field == "email" else "TAKEN"
    holder = factories.realtor(name="Hank Holder", deleted_at=deleted_at, **{field: value})
    realtor = factories.realtor()
    response = save(client, realtor, **{field: f" {value.upper() if field == 'email' else value} "})
    error = str(response.context["adminform"].form.errors[field])
    assert page(holder, "change") in error
    assert "Hank Holder" in error
    assert ("Restore that row instead" in error) == bool(deleted_at)


def test_a_newer_change_stops_the_first_save_and_is_named(client, anna, priya):
    realtor = factories.realtor(brokerage="A", phone="1")
    opened = form_of(client, realtor)
    Realtor.objects.filter(pk=realtor.pk).update(brokerage="B")
    response = client.post(page(realtor, "change"), opened | {"phone": "2"})
    assert response.status_code == 200
    assert "database changed brokerage" in response.content.decode()
    assert as_now(realtor).phone == "1"
    again = opened | {"phone": "2", "_opened": str(response.context["opened"])}
    assert client.post(page(realtor, "change"), again).status_code == 302
    assert as_now(realtor).phone == "2"


def test_a_change_writes_no_column_that_was_not_touched(client, anna, monkeypatch):
    activity = factories.activity(name="Book photos")
    sent = form_of(client, activity)
    with CaptureQueriesContext(connection) as captured:
        assert client.post(page(activity, "change"), sent | {"name": "Book the photos"}).status_code == 302
    update = next(q["sql"] for q in captured if q["sql"].startswith('UPDATE "activities"'))
    assert re.findall(r'"(\w+)" =', update.split("WHERE")[0]) == ["name"]


def test_what_the_database_refuses_is_forbidden_and_undone(client, anna, monkeypatch):
    def write_history(self, request, obj, form, change):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE acts SET verb = 'forged'")

    monkeypatch.setattr("realtors.admin.RealtorAdmin.write", write_history)
    realtor = factories.realtor(phone="1")
    assert save(client, realtor, phone="2").status_code == 403
    assert as_now(realtor).phone == "1"


ODD = ["?created_at__year=99999999999", "?created_at__gte=never", "?q=" + "a+" * 3000, "?o=9.9.9", "?status__in="]


@pytest.mark.parametrize(
    "path", ["?q=a%00b", "?status__exact=%00", "%00/change/", "?e=1", "?p=999999", "?foo=bar"] + ODD
)
def test_odd_addresses_are_no_fault_of_ours(client, anna, path):
    assert client.get(page(Staff) + path).status_code < 500


def test_a_nul_in_a_form_is_a_bad_request(client, anna):
    realtor = factories.realtor()
    assert save(client, realtor, name="a\0b").status_code == 400


def test_json_that_is_not_touched_is_no_change_and_emptied_is_an_empty_object(client, anna):
    untouched, emptied = factories.realtor(metadata=None), factories.realtor(metadata={"a": [1, "é"]})
    assert save(client, untouched, phone="1").status_code == 302
    assert history_of("realtors", untouched.pk)[0].after == {"phone": "1"}
    assert save(client, emptied, phone="1").status_code == 302
    assert as_now(emptied).metadata == {"a": [1, "é"]}
    assert save(client, emptied, metadata="").status_code == 302
    assert as_now(emptied).metadata == {}


UNSTORABLE = [
    *('["a list"]', "{", '{"a": NaN}', '{"a": 1e999}', r'{"a": "\u0000"}', r'{"\ud800": 1}'),
    *("[" * 100_000, '{"a": %s}' % ("9" * 5000)),
]


@pytest.mark.parametrize("text", UNSTORABLE, ids=lambda text: text[:20].encode("ascii", "replace").decode())
def test_json_that_cannot_be_stored_is_refused_at_its_field(client, anna, text):
    response = save(client, factories.realtor(), metadata=text)
    assert "metadata" in response.context["adminform"].form.errors


@pytest.mark.parametrize("field", ["name", "phone", "slack_user_id", "license_number", "brokerage", "territories"])
def test_a_text_too_long_for_an_index_is_refused_at_its_field(client, anna, field):
    response = save(client, factories.realtor(), **{field: "é" * 3000})
    assert field in response.context["adminform"].form.errors


@pytest.mark.parametrize("priority", ["-1", "11", "99999999999999999999", "high"])
def test_a_priority_is_a_number_from_0_to_10(client, anna, priority):
    assert "priority" in save(client, factories.activity(), priority=priority).context["adminform"].form.errors


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "not a day"])
def test_a_due_date_is_in_a_year_that_people_plan_in(client, anna, day):
    response = save(client, factories.activity(), due_date_0=day, due_date_1="23:59")
    assert "due_date" in response.context["adminform"].form.errors


# ---- staff -----------------------------------------------------------------------------------------------------------


def test_an_admin_cannot_take_the_own_rights_away(client, anna, ben):
    for change in ({"status": "inactive"}, {"role": "support"}):
        response = save(client, anna, **change)
        assert "You cannot take your own rights away" in response.content.decode()
    assert as_now(anna).role == "admin"
    assert "You cannot remove yourself" in said(do(client, "remove_selected", anna))


def test_the_last_active_admin_stays_one_whoever_asks(anna, ben):
    Staff.objects.filter(pk=ben.pk).update(status="inactive")
    for deed in (
        lambda: actions.change_staff(anna, by=ben, role="operations"),
        lambda: actions.change_staff(anna, by=ben, status="suspended"),
        lambda: actions.remove_staff(anna, by=ben),
    ):
        with acting_as("staff", anna.pk), pytest.raises(Refused, match="Anna Admin is the last active admin"):
            deed()
    assert (as_now(anna).role, as_now(anna).status, as_now(anna).deleted_at) == ("admin", "active", None)


@pytest.fixture
def holding(priya):
    """Two open tasks of Priya's, and a closed one."""
    factories.activity(assigned_staff=priya, status=Status.DONE)
    return [factories.activity(assigned_staff=priya), factories.agent_task(assigned_staff=priya)]


def test_a_person_with_open_tasks_is_not_switched_off_in_silence(client, anna, priya, holding):
    response = save(client, priya, status="inactive")
    assert "Priya Patel has 2 open tasks. Release them or hand them over first." in response.content.decode()
    assert as_now(priya).status == "active"
    assert response.context["adminform"].form["status"].value() == "inactive"
    refused = do(client, "remove_selected", priya)
    assert "Priya Patel has 2 open tasks." in said(refused)
    assert page(priya, "change") in said(refused)


def test_the_page_of_a_person_links_to_the_open_tasks(client, anna, priya, holding):
    tools = dict(client.get(page(priya, "change")).context["tools"])
    for label, task in zip(("Open activities", "Open agent tasks"), holding, strict=True):
        rows = client.get(tools[label]).context["cl"].result_list
        assert [row.pk for row in rows] == [task.pk]


def test_open_tasks_are_released_when_asked(client, anna, priya, holding):
    assert save(client, priya, status="inactive", release="on").status_code == 302
    assert as_now(priya).status == "inactive"
    for task in holding:
        task = as_now(task)
        assert (task.status, task.assigned_staff_id) == (Status.OPEN, None)
        assert history_of(task._meta.db_table, task.pk)[0].actor_id == anna.pk
    assert [act.reason for act in Act.objects.filter(source="admin")] == ["open tasks released"]


def test_open_tasks_are_handed_over_when_asked(client, anna, priya, holding):
    helen = factories.staff("operations")
    assert save(client, priya, status="suspended", hand_over_to=helen.pk).status_code == 302
    assert {as_now(task).assigned_staff_id for task in holding} == {helen.pk}
    assert Act.objects.get(source="admin").reason == f"open tasks handed over to {helen.name}"


def test_a_receiver_who_may_not_see_a_task_stops_the_hand_over(client, anna, priya):
    factories.activity(assigned_staff=priya, visibility_group="AGENT")
    mark = factories.staff("marketing", name="Mark Adeyemi")
    response = save(client, priya, status="inactive", hand_over_to=mark.pk)
    assert "Mark Adeyemi cannot take it" in response.content.decode()
    assert as_now(priya).status == "active"


def test_releasing_and_handing_over_want_the_person_switched_off_and_exclude_each_other(client, anna, priya):
    assert "release" in save(client, priya, release="on").context["adminform"].form.errors
    both = {"status": "inactive", "release": "on", "hand_over_to": anna.pk}
    assert "release" in save(client, priya, **both).context["adminform"].form.errors


def test_switching_off_ends_the_session_at_the_next_request(client, anna, priya):
    other = type(client)()
    sign_in(other, priya)
    assert other.get("/me/").status_code == 200
    assert save(client, priya, status="suspended").status_code == 302
    assert other.get("/me/").status_code == 302


# ---- logins ----------------------------------------------------------------------------------------------------------


def set_password(client, person, first="a new long password", second=None):
    url = reverse("admin:accounts_user_password", args=[person.pk])
    return client.post(url, {"new_password1": first, "new_password2": second or first})


def test_a_new_password_ends_the_sessions_and_works(client, anna, priya):
    other = type(client)()
    sign_in(other, priya)
    assert set_password(client, priya).status_code == 302
    assert other.get("/me/").status_code == 302
    assert other.post("/login/", {"username": priya.email, "password": PASSWORD}).status_code == 403
    assert other.post("/login/", {"username": priya.email, "password": "a new long password"}).status_code == 302
    assert Act.objects.get(verb="set a new password").reason == "for Priya Patel"


def test_a_person_without_a_login_gets_one(client, anna, priya):
    assert set_password(client, priya).status_code == 302
    assert User.objects.get(pk=priya.pk).check_password("a new long password")


def test_a_login_is_added_from_its_list_too(client, anna, priya):
    passwords = {"new_password1": "a new long password", "new_password2": "a new long password"}
    assert client.post(page(User, "add"), {"staff": priya.pk} | passwords).status_code == 302
    assert User.objects.get(pk=priya.pk).check_password("a new long password")


@pytest.mark.parametrize(
    ("first", "second"), [("short", "short"), ("password123", "password123"), ("a" * 12, "b" * 12)]
)
def test_a_bad_password_is_refused_in_words(client, anna, priya, first, second):
    response = set_password(client, priya, first, second)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not User.objects.filter(pk=priya.pk).exists()
    new = {"staff": priya.pk, "new_password1": first, "new_password2": second}
    assert client.post(page(User, "add"), new).context["adminform"].form.errors


def test_the_demo_password_is_refused_outside_the_demo(client, anna, priya):
    assert "password of the demo" in set_password(client, priya, "demo-lapaz").content.decode()


def test_an_admin_keeps_the_own_session_with_a_new_password(client, anna):
    assert set_password(client, anna).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_no_password_is_shown_or_kept_in_the_history(client, anna, priya):
    set_password(client, priya)
    login = User.objects.get(pk=priya.pk)
    shown = client.get(page(login, "change")).content.decode() + client.get(page(User)).content.decode()
    assert login.password not in shown
    assert not Change.objects.filter(table_name="accounts_user").exists()


def test_sessions_are_ended_from_the_login_and_from_the_list_but_never_the_own(client, anna, priya):
    other = type(client)()
    sign_in(other, priya)
    response = client.post(page(User.objects.get(pk=priya.pk), "change"), {"_end_sessions": ""}, follow=True)
    assert said(response) == "Ended: 1 session of Priya Patel"
    assert other.get("/me/").status_code == 302
    own = Session.objects.get(staff_id=anna.pk)
    assert "This is the session you are working in" in said(do(client, "end_selected", own))
    client.post(page(User.objects.get(pk=anna.pk), "change"), {"_end_sessions": ""})
    assert client.get("/admin/").status_code == 200


def test_an_admin_changes_the_own_password_with_the_old_one(client, anna):
    form = {"old_password": PASSWORD, "new_password1": "a new long password", "new_password2": "a new long password"}
    assert client.post("/admin/password_change/", form).status_code == 302
    assert client.get("/admin/").status_code == 200


# ---- tasks, messages, history, calendar ------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [factories.activity, factories.agent_task])
def test_status_and_owner_of_a_task_cannot_be_typed(client, anna, priya, make):
    task = make()
    typed = {"status": "DONE", "assigned_staff": priya.pk, "completed_at_0": "2026-01-01", "priority": "9"}
    assert save(client, task, **typed).status_code == 302
    task = as_now(task)
    assert (task.status, task.assigned_staff, task.completed_at, task.priority) == (Status.OPEN, None, None, 9)


def test_a_new_activity_goes_through_the_verb(client, anna):
    listing = factories.listing(realtor=factories.realtor())
    new = {"listing": listing.pk, "name": "Book photos", "task_category": "PHOTO", "visibility_group": "BOTH"}
    assert client.post(page(Activity, "add"), new | {"priority": "5", "inputs": "{}"}).status_code == 302
    activity = Activity.objects.get(name="Book photos")
    assert (activity.realtor_id, activity.status) == (listing.realtor_id, Status.OPEN)


def test_a_new_task_for_a_removed_parent_is_refused_at_its_field(client, anna):
    realtor = factories.realtor(deleted_at=factories.NOON)
    new = {"realtor": realtor.pk, "name": "Call", "task_key": "BUYER_DEAL", "priority": "5", "inputs": "{}"}
    response = client.post(page(AgentTask, "add"), new)
    assert "has been removed" in str(response.context["adminform"].form.errors["realtor"])


def test_a_listing_whose_realtor_was_removed_can_still_be_edited(client, anna):
    listing = factories.listing(realtor=factories.realtor(name="Rosa Rivers", deleted_at=factories.NOON))
    assert "Rosa Rivers (removed)" in client.get(page(listing, "change")).content.decode()
    assert save(client, listing, type="LEASE").status_code == 302
    assert as_now(listing).type == "LEASE"


def test_tasks_of_a_colleague_are_released_with_a_reason(client, anna, holding):
    assert "Say in one line why" in said(do(client, "release_selected", holding[0]))
    assert "Released" in said(do(client, "release_selected", holding[0], reason="ill"))
    assert as_now(holding[0]).status == Status.OPEN


def test_pages_lead_to_ours(client, anna):
    activity = factories.activity()
    assert activity.get_absolute_url() in client.get(page(activity, "change")).content.decode()


def test_a_message_is_shown_with_its_classification_and_cannot_be_changed(client, anna):
    stored = message(1)
    shown = client.get(page(stored, "change")).content.decode()
    assert "{\n  &quot;task_key&quot;: &quot;BUYER_DEAL&quot;\n}" in shown
    assert 'name="_save"' not in shown
    assert client.post(page(stored, "change"), {"message_text": "forged"}).status_code == 403
    assert client.get(page(SlackMessage, "add")).status_code == 403


def test_messages_are_read_again_and_failed_work_runs_again(client, anna):
    stored = message(1)
    assert "Asked to read again" in said(do(client, "read_again", stored))
    job = ReadingJob.objects.get(message=stored)
    assert "has not failed" in said(do(client, "run_again", job))
    ReadingJob.objects.update(finished_at=timezone.now(), error="No such channel", attempts=3)
    assert [row.pk for row in client.get(page(ReadingJob), {"work": "failed"}).context["cl"].result_list] == [job.pk]
    assert "Asked to run again" in said(do(client, "run_again", job))
    assert (as_now(job).finished_at, as_now(job).attempts, as_now(job).error) == (None, 0, None)


@pytest.mark.parametrize("model", [Act, Change, LogEntry])
def test_history_is_read_only(client, anna, model):
    MAKERS[model](1)
    row = model.objects.latest("pk")
    assert client.post(page(row, "change"), {"verb": "forged"}).status_code == 403
    assert client.get(page(model, "add")).status_code == 403


def test_an_act_shows_every_row_it_touched(client, anna):
    first, second = factories.realtor(), factories.realtor()
    do(client, "remove_selected", first, second)
    shown = client.get(page(Act.objects.get(verb="removed"), "change")).content.decode()
    assert page(first, "change") in shown
    assert page(second, "change") in shown


def test_a_holiday_keeps_its_day_and_an_ordinary_week_its_days(client, anna):
    holiday = OfficeDay.objects.create(day=date(2041, 7, 1), name="Canada Day")
    assert save(client, holiday, name="Dominion Day", day="2041-07-02").status_code == 302
    assert OfficeDay.objects.get(name="Dominion Day").day == date(2041, 7, 1)
    assert client.get("/admin/listings/weekday/add/").status_code == 403


# ---- the look --------------------------------------------------------------------------------------------------------


def tokens(name):
    text = (Path(django_settings.BASE_DIR) / "static" / name).read_text()
    return dict(re.findall(r"(--[\w-]+): (light-dark\(#\w+, #\w+\));", text))


def test_the_colours_are_those_of_the_desk():
    desk, back_room = tokens("desk.css"), tokens("admin-desk.css")
    assert back_room
    assert back_room.items() <= desk.items()


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_theme_is_the_persons(client, anna, theme):
    Preferences.objects.create(staff=anna, theme=theme)
    assert f'class="theme-{theme}' in client.get("/admin/").content.decode()


def test_no_page_has_an_inline_style_or_script(client, anna):
    for url in ("/admin/", page(Staff), page(anna, "change"), page(anna, "history"), page(Activity, "add")):
        html = client.get(url).content.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html), url
