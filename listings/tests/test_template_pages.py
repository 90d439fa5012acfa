"""The admins' pages about templates."""

from datetime import date

import pytest

from accounts.actions import create_login
from listings.models import TemplateLine
from listings.queries import plan_from_template
from tests import factories

pytestmark = pytest.mark.django_db

SALE = "/templates/SALE_LISTING/"
LINE = {
    "name": "Order drone pictures",
    "task_category": "PHOTO",
    "visibility_group": "MARKETING",
    "priority": "4",
    "key_date": "photo",
    "offset_days": "-2",
}


def sign_in(client, role="admin"):
    person = factories.staff(role)
    create_login(person.email, "a-long-password")
    client.post("/login/", {"username": person.email, "password": "a-long-password"})
    return person


def names():
    return [planned.line.name for planned in plan_from_template("SALE_LISTING", {})]


def test_an_admin_reads_all_templates_and_each_one(client):
    sign_in(client)
    assert b"Marketing agenda" in client.get("/templates/").content
    assert b"Take listing photos" in client.get(SALE).content
    assert client.get("/templates/NOTHING/").status_code == 404


@pytest.mark.parametrize("role", ["operations", "marketing", "support"])
def test_others_are_told_that_templates_are_the_admins(client, role):
    sign_in(client, role)
    line = TemplateLine.objects.first()
    for address in ("/templates/", SALE, f"{SALE}new/", f"/templates/{line.template_id}/{line.pk}/"):
        assert client.get(address).status_code == 403
    assert client.post(f"/templates/{line.template_id}/{line.pk}/remove/").status_code == 403


def test_a_new_line_stands_at_the_end(client):
    sign_in(client)
    client.post(f"{SALE}new/", LINE)
    assert names()[-1] == "Order drone pictures"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("priority", "11", "0 to 10"), ("offset_days", "9999", "at most 250"), ("name", "", "required")],
)
def test_a_wrong_line_is_told_what_is_wrong(client, field, value, words):
    sign_in(client)
    answer = client.post(f"{SALE}new/", LINE | {field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_two_admins_changing_the_same_field_of_a_line_see_both_values(client):
    sign_in(client)
    line = TemplateLine.objects.get(template="SALE_LISTING", name="Take listing photos")
    form = client.get(f"{SALE}{line.pk}/").context["form"]
    opened = {field.name: "" if field.value() is None else field.value() for field in form}
    sent = {f"initial-{name}": value for name, value in opened.items()} | opened
    TemplateLine.objects.filter(pk=line.pk).update(name="Take photos", priority=9)
    answer = client.post(f"{SALE}{line.pk}/", sent | {"name": "Order drone pictures"})
    assert answer.status_code == 409
    assert "Take photos" in answer.content.decode()
    line.refresh_from_db()
    assert line.name == "Take photos"
    theirs = client.post(f"{SALE}{line.pk}/", sent | {"name": "Order drone pictures", "keep": "name"}, follow=True)
    assert "Saved: Take photos. Running listings stay as they are." in theirs.content.decode()
    client.post(f"{SALE}{line.pk}/", sent | {"initial-name": "Take photos", "name": "Order drone pictures"})
    line.refresh_from_db()
    assert (line.name, line.priority) == ("Order drone pictures", 9)


def test_lines_move_and_stop_at_the_edge(client):
    sign_in(client)
    first, second = names()[:2]
    line = TemplateLine.objects.get(template="SALE_LISTING", name=second)
    client.post(f"{SALE}{line.pk}/up/")
    assert names()[:2] == [second, first]
    client.post(f"{SALE}{line.pk}/up/")
    assert names()[:2] == [second, first]


def test_a_removed_line_can_be_undone(client):
    sign_in(client)
    before = names()
    line = TemplateLine.objects.get(template="SALE_LISTING", name=before[3])
    client.post(f"{SALE}{line.pk}/remove/")
    assert before[3] not in names()
    client.post("/undo/last/")
    assert names() == before


def test_the_preview_counts_from_the_days_in_the_address(client):
    sign_in(client)
    page = client.get(SALE, {"intake": "2040-06-04", "photo": "2040-06-11"}).content.decode()
    with_days = {"photo": date(2040, 6, 11)}
    due = {each.line.name: each.due_date for each in plan_from_template("SALE_LISTING", with_days)}
    assert due["Take listing photos"] is not None
    assert "11 Jun 2040" in page
    assert client.get(SALE, {"intake": "nonsense"}).status_code == 200
