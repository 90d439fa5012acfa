"""One table of all addresses and roles, and what each may be asked for; no address is missing from it."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.actions import create_login
from accounts.models import SavedView
from common.fields import new_ulid
from common.history import last_act
from common.principal import acting_as
from listings.models import TemplateLine
from staff.models import Role
from tasks import actions
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "a password of my own"
ROLES = [*Role.values, "anonymous"]

# What GET answers: a status, "login" for the way to the login page, "inbox" for the way to the inbox. The activity is
# one of the agents' group that nobody has, the agent task one that nobody has. {a,b} stands for one row each.
GET = """
address                                                          admin  operations  marketing  support  anonymous
home                                                             inbox  inbox       inbox      inbox    login
login                                                            inbox  inbox       inbox      inbox    200
logout                                                           405    405         405        405      405
me                                                               200    200         200        200      login
session-end                                                      405    405         405        405      login
theme                                                            405    405         405        405      login
due-words                                                        200    200         200        200      login
inbox                                                            200    200         200        200      login
my                                                               200    200         200        200      login
team                                                             200    200         200        200      login
listings                                                         200    200         200        200      login
listing                                                          200    200         200        200      login
listing-{new,edit,cancel}                                        200    200         403        403      login
listing-remove                                                   200    403         403        403      login
listing-{restore,note,acknowledge}                               405    405         405        405      login
realtors                                                         200    200         200        200      login
realtor                                                          200    200         200        200      login
staff                                                            200    200         200        200      login
activity                                                         200    200         404        200      login
activity-{assign,due,priority,edit,snooze,wait,decline,ask}      200    200         404        200      login
activity-{status,category}                                       200    200         404        200      login
activity-listing                                                 listing listing    404        listing  login
activity-{duplicate,release,complete,fail,cancel,reopen,remove}  200    200         404        200      login
activity-{claim,start,restore,wake,note}                         405    405         405        405      login
activity-new                                                     200    200         200        200      login
agent_task                                                         200  200         404        404      login
agent_task-{assign,due,priority,edit,snooze,wait,decline,ask}      200  200         404        404      login
agent_task-{status,category,listing,realtor}                       200  200         404        404      login
agent_task-{duplicate,release,complete,fail,cancel,reopen,remove}  200  200         404        404      login
agent_task-{claim,start,restore,wake,note}                         405  405         405        405      login
agent_task-new                                                   200    200         200        200      login
search                                                           200    200         200        200      login
bulk                                                             inbox  inbox       inbox      inbox    login
listing-bulk                                                     /listings/ /listings/ /listings/ /listings/ login
view-{save,change}                                               405    405         405        405      login
acts                                                             200    200         200        200      login
undo                                                             405    405         405        405      login
undo-last                                                        405    405         405        405      login
templates                                                        200    403         403        403      login
template                                                         200    403         403        403      login
template-line                                                    200    403         403        403      login
template-line-new                                                200    403         403        403      login
template-line-{remove,up,down}                                   405    405         405        405      login
slack                                                            200    200         404        404      login
slack-{message,makes}                                            200    200         404        404      login
slack-{make,besides,change,attach,accept,ignore,ask,link}        405    405         405        405      login
slack-{bring-back,split,join}                                    405    405         405        405      login
slack-bulk                                                       /slack/ /slack/    /slack/    /slack/  login
slack-readings                                                   200    404         404        404      login
listing-was-none                                                 405    405         405        405      login
activity-was-none                                                405    405         405        405      login
agent_task-was-none                                              405    405         405        405      login
slack-events                                                     405    405         405        405      405
slack-interactive                                                405    405         405        405      405
"""


def table():
    """``{address: {role: answer}}``."""
    _, *lines = GET.strip().splitlines()
    found = {}
    for line in lines:
        name, *answers = line.split()
        prefix, _, choices = name.partition("{")
        for choice in choices.rstrip("}").split(","):
            found[prefix + choice] = dict(zip(ROLES, answers, strict=True))
    return found


def patterns(resolver=None):
    """Every pattern of the project outside the Django admin."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif pattern.app_name != "admin":
            yield from patterns(pattern)


@pytest.fixture
def people():
    found = {role: factories.staff(role) for role in Role.values}
    for person in found.values():
        create_login(person.email, PASSWORD)
    return found


@pytest.fixture
def client_of(people):
    """``client_of(role)`` is the browser of a person who is signed in, or of nobody."""

    def client_of(role, **options):
        client = Client(**options)
        if role in people:
            token = client.get("/login/").cookies["csrftoken"].value
            form = {"username": people[role].email, "password": PASSWORD, "csrfmiddlewaretoken": token}
            assert client.post("/login/", form).status_code == 302
        return client

    return client_of


@pytest.fixture
def address(people):
    """``address(name)`` is a path of that name to something that is there."""
    hidden, agent_task = factories.activity(visibility_group="AGENT"), factories.agent_task()
    with acting_as("staff", people["admin"].pk):
        actions.set_priority(hidden, priority=1, by=people["admin"])
        act_id = last_act()
    line = TemplateLine.objects.order_by("pk").first()
    there = {"activity": hidden, "agent_task": agent_task, "listing": hidden.listing, "realtor": agent_task.realtor}
    there["slack"] = factories.message_to_review()
    there["view"] = SavedView.objects.create(staff_id=people["admin"].pk, page="inbox", name="Mine")

    def address(name):
        item = there.get(re.split("-", name)[0])
        values = {"pk": item.pk if item else line.pk, "act_id": act_id, "role": "operations"}
        values["group_key"] = line.template_id
        pattern = next(pattern for pattern in patterns() if pattern.name == name)
        return reverse(name, kwargs={key: values[key] for key in pattern.pattern.converters})

    return address


def test_no_address_is_missing_from_the_table_and_none_is_too_many():
    names = [pattern.name for pattern in patterns()]
    assert None not in names
    assert len(set(names)) == len(names)
    assert set(names) == set(table())


def answer(response):
    if response.status_code in (301, 302):
        place = response["Location"].partition("?")[0]
        return {"/login/": "login", "/inbox/": "inbox"}.get(place, re.sub("^/listings/.+", "listing", place))
    return str(response.status_code)


@pytest.mark.parametrize("role", ROLES)
def test_each_address_answers_each_role_as_the_table_says(client_of, address, role):
    client = client_of(role)
    wanted = {name: answers[role] for name, answers in table().items()}
    assert {name: answer(client.get(address(name))) for name in wanted} == wanted


def test_the_address_of_a_button_has_a_page_that_says_so_and_leads_on(client_of, address):
    client, browser = client_of("admin"), {"accept": "text/html,*/*;q=0.8"}
    for name, answers in table().items():
        if answers["admin"] == "405":
            answered = client.get(address(name), headers=browser)
            assert (answered.status_code, answered["Allow"]) == (405, "POST"), name
            assert "This is the address of a button" in answered.content.decode(), name
            way = re.search('btn primary wide" href="([^"]+)', answered.content.decode()).group(1)
            assert client.get(way, headers=browser).status_code == 200, name
            named = re.match("(activity|agent_task|listing|slack|template)-(?!events|interactive)", name)
            assert (way == "/inbox/") == (named is None), name
            for machine in ({"accept": "*/*"}, {"hx-request": "true"}):
                assert client.get(address(name), headers=machine).content == b"", name


@pytest.mark.parametrize("role", ["admin", "support"])
def test_a_head_answers_like_a_get(client_of, address, role):
    client = client_of(role)
    for name, answers in table().items():
        if answers[role] == "200":
            assert client.head(address(name)).status_code in (200, 405), name


def test_what_one_does_not_see_is_not_found_whatever_is_posted(client_of, address):
    """Marketing sees neither the agents' activity nor an agent task that nobody has."""
    client = client_of("marketing")
    for name in table():
        if re.match("(activity|agent_task)-(?!new)", name):
            assert client.post(address(name), {"reason": "x", "text": "x"}).status_code == 404, name


def test_a_post_without_rights_is_forbidden(client_of, address):
    client = client_of("support")
    for name in table():
        if re.match("listing-(new|edit|cancel|remove|restore)|template-line", name):
            assert client.post(address(name), {"reason": "x"}).status_code in (403, 404), name


def test_nobody_posts_without_signing_in(client_of, address):
    client = client_of("anonymous")
    for name, answers in table().items():
        if answers["anonymous"] == "login" and name != "home":
            assert answer(client.post(address(name))) == "login", name


def test_nothing_is_posted_without_a_token(client_of, address):
    client = client_of("admin", enforce_csrf_checks=True)
    for name, answers in table().items():
        if name not in ("slack-events", "slack-interactive") and (answers["admin"] != "inbox" or name == "bulk"):
            response = client.post(address(name))
            # A page without a form refuses the method; whatever takes a POST asks for the token.
            assert response.status_code in (403, 405), name
            if response.status_code == 405:
                assert client.get(address(name)).status_code == 200, name


def test_an_id_that_does_not_exist_or_is_none_is_not_found(client_of, address):
    client = client_of("admin")
    ulid = re.compile("[0-9A-HJKMNP-TV-Z]{26}")
    for name, answers in table().items():
        path = address(name)
        if not ulid.search(path) or name == "undo":
            continue
        method = client.post if answers["admin"] == "405" else client.get
        assert method(ulid.sub(new_ulid(), path)).status_code == 404, name
        for nonsense in ("1", "x" * 26, "01J0000000000000000000000'", "%00" * 26, "0" * 27):
            assert method(ulid.sub(nonsense, path)).status_code == 404, (name, nonsense)


NUL = "\0" * 26
ADDRESSES = [
    {"peek": f"activity:{NUL}", "listing": NUL, "realtor": NUL, "of": f"activity:{NUL}"},
    {"state": f"activity:{NUL},listing:{NUL},message:{NUL}", "page": "-1"},
    {"after": f"_5_{NUL}", "q": NUL, "view": NUL, "page": "9" * 400},
    {"after": f"{'9' * 400}_5_{'0' * 26}", "q": "x" * 10_000},
]
"""What nobody types, for names that many addresses know."""


def test_whatever_stands_in_an_address_is_answered(client_of, address):
    client = client_of("admin")
    for name, answers in table().items():
        if answers["admin"] == "200":
            for query in ADDRESSES:
                assert client.get(address(name), query).status_code < 500, (name, query)


FORMS = [
    {"query": "\0", "page": "inbox", "name": "Mine", "back": "x", "items": f"activity:{'0' * 26}", "verb": "claim"},
    {"listing": NUL, "of": f"activity:{NUL}", "status": "\0", "back": "9999-12-31 23:59", "item": f"activity:{NUL}"},
]


def test_whatever_is_posted_is_answered(client_of, address):
    client = client_of("admin")
    for name in table():
        if not re.search("logout|session-end|slack-(events|interactive)", name):
            for form in FORMS:
                for headers in (
                    {},
                    {"HX-Request": "true", "HX-Current-URL": "http://[::1"},
                    {"Referer": "http://[::1"},
                ):
                    assert client.post(address(name), form, headers=headers).status_code < 500, (name, form)


def test_an_unknown_team_and_an_unknown_template_are_not_found(client_of):
    client = client_of("admin")
    for path in ("/team/nobody/", "/team/ADMIN/", "/templates/NOTHING/", "/templates/NOTHING/new/"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("role", ROLES)
def test_the_back_room_is_the_admins(client_of, role):
    client = client_of(role)
    models = [model._meta for model in admin.site._registry]
    pages = ["index", *(f"{meta.app_label}_{meta.model_name}_changelist" for meta in models)]
    for page in pages:
        path = reverse(f"admin:{page}")
        wanted = {"admin": "200", "anonymous": "login"}.get(role, "403")
        response = client.get(path)
        if answer(response).startswith("/admin/login/"):
            response = client.get(response["Location"])
        assert answer(response) == wanted, page
