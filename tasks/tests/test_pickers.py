"""The pickers of status, category and listing: only what is legal is offered, and each choice does it."""

import re
from datetime import UTC, datetime

import pytest

from accounts.actions import create_login
from common.clock import office_zone
from common.principal import acting_as
from tasks import actions
from tasks.models import Activity, AgentTask, Status, TaskLink
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a password of my own"


@pytest.fixture
def sign_in(client):
    def sign_in(role="operations", name="Priya Patel"):
        person = factories.staff(role, name=name)
        create_login(person.email, PASSWORD)
        client.cookies.clear()
        client.post("/login/", {"username": person.email, "password": PASSWORD})
        return person

    return sign_in


def offered(client, task):
    return client.get(f"{task.get_absolute_url()}status/").context["moves"]


@pytest.mark.parametrize(
    ("status", "labels"),
    [
        (Status.OPEN, ["Claimed", "Done", "Cancelled"]),
        (Status.CLAIMED, ["Open", "In progress", "Done", "Failed", "Cancelled"]),
        (Status.IN_PROGRESS, ["Open", "Claimed", "Done", "Failed", "Cancelled"]),
        (Status.DONE, ["Open", "Claimed"]),
    ],
)
def test_only_legal_moves_are_offered(client, sign_in, status, labels):
    priya = sign_in()
    holder = None if status == Status.OPEN else priya
    task = factories.activity(status=status, assigned_staff=holder)
    assert [move.to.label for move in offered(client, task)] == labels


def test_a_move_that_wants_a_reason_leads_to_its_form(client, sign_in):
    priya = sign_in()
    task = factories.activity(status=Status.CLAIMED, assigned_staff=priya)
    forms = {move.to.label: move.href for move in offered(client, task) if move.href}
    address = task.get_absolute_url()
    assert forms == {"Failed": f"{address}fail/", "Cancelled": f"{address}cancel/"}


def test_reopening_for_oneself_comes_with_the_tick_set(client, sign_in):
    priya = sign_in()
    task = factories.activity(status=Status.DONE, assigned_staff=priya)
    (form,) = (move.href for move in offered(client, task) if move.to == Status.CLAIMED)
    assert client.get(form).context["form"]["for_me"].value() == "on"


def test_a_colleagues_task_offers_nothing_to_whoever_may_not_step_in(client, sign_in):
    sign_in("marketing")
    helen = factories.staff("operations", name="Helen Mbeki")
    task = factories.activity(status=Status.CLAIMED, assigned_staff=helen)
    assert offered(client, task) == []
    assert b"Nothing can be done to it by you" in client.get(f"{task.get_absolute_url()}status/").content
    assign = client.get(f"{task.get_absolute_url()}assign/").content
    assert b"You cannot give it to anybody" in assign
    assert b'name="assigned_staff"' not in assign


@pytest.mark.parametrize("verb", ["complete", "release"])
def test_whoever_may_not_step_in_is_not_asked_why(client, sign_in, verb):
    sign_in("marketing")
    helen = factories.staff("operations", name="Helen Mbeki")
    task = factories.activity(status=Status.CLAIMED, assigned_staff=helen)
    page = client.post(f"{task.get_absolute_url()}{verb}/", follow=True).content.decode()
    assert "Helen has it. Only operations and admins step in for a colleague." in page
    assert "Why do you step in?" not in page


@pytest.mark.parametrize("verb", ["complete", "release"])
def test_whoever_steps_in_is_asked_why_before_anything_is_called_wrong(client, sign_in, verb):
    sign_in("operations")
    task = factories.activity(status=Status.CLAIMED, assigned_staff=factories.staff("operations"))
    address, row = f"{task.get_absolute_url()}{verb}/", {"HX-Request": "true"}
    for form, status in (({}, 200), ({"reason": ""}, 422)):
        answer = client.post(address, form, headers=row)
        assert (answer.status_code, answer["HX-Retarget"]) == (status, "#float")
        page = answer.content.decode()
        assert "Why do you step in?" in page
        assert ("This field is required" in page) == (status == 422)


def test_whoever_assigns_too_late_is_told_who_has_it_and_keeps_whom_they_chose(client, sign_in):
    sign_in()
    owen, tara = factories.staff("support", name="Owen Reed"), factories.staff("operations", name="Tara Lind")
    task = factories.activity(status=Status.CLAIMED, assigned_staff=tara)
    address, row, chosen = f"{task.get_absolute_url()}assign/", {"HX-Request": "true"}, {"assigned_staff": owen.pk}
    for sent, status in ((chosen, 200), (chosen | {"reason": ""}, 422)):
        answer = client.post(address, sent, headers=row)
        assert (answer.status_code, answer["HX-Retarget"]) == (status, "#float")
        page = answer.content.decode()
        assert "Tara took it" in page
        assert "Why do you step in?" in page
        assert f'name="assigned_staff" value="{owen.pk}"' in page
        assert "Give it to Owen Reed" in page
        assert ("This field is required" in page) == (status == 422)
    client.post(address, chosen | {"reason": "Tara is away"}, headers=row)
    assert Activity.objects.get(pk=task.pk).assigned_staff == owen


def test_whoever_may_not_step_in_and_assigns_too_late_is_told_who_has_it(client, sign_in):
    mark = sign_in("marketing")
    tara = factories.staff("operations", name="Tara Lind")
    task = factories.activity(status=Status.CLAIMED, assigned_staff=tara)
    answer = client.post(
        f"{task.get_absolute_url()}assign/", {"assigned_staff": mark.pk}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert "Tara has it. Only operations and admins step in" in answer.content.decode()
    assert Activity.objects.get(pk=task.pk).assigned_staff == tara


@pytest.mark.parametrize(
    ("before", "to", "after"),
    [
        (Status.OPEN, Status.CLAIMED, Status.CLAIMED),
        (Status.CLAIMED, Status.IN_PROGRESS, Status.IN_PROGRESS),
        (Status.IN_PROGRESS, Status.CLAIMED, Status.CLAIMED),
        (Status.IN_PROGRESS, Status.OPEN, Status.OPEN),
        (Status.CLAIMED, Status.FAILED, Status.FAILED),
        (Status.DONE, Status.CLAIMED, Status.CLAIMED),
        (Status.DONE, Status.OPEN, Status.OPEN),
        (Status.DONE, Status.FAILED, Status.DONE),
        (Status.OPEN, Status.IN_PROGRESS, Status.OPEN),
    ],
)
def test_the_named_status_is_reached_by_the_verb_that_leads_there(client, sign_in, before, to, after):
    priya = sign_in()
    task = factories.activity(status=before, assigned_staff=None if before == Status.OPEN else priya)
    client.post(f"{task.get_absolute_url()}status/", {"status": to, "reason": "rain"})
    assert Activity.objects.get(pk=task.pk).status == after


def test_a_selection_changes_status_as_one_act_and_says_which_could_not(client, sign_in):
    priya = sign_in()
    mine = factories.activity(status=Status.CLAIMED, assigned_staff=priya)
    done = factories.activity(name="Long done", status=Status.DONE, assigned_staff=priya)
    items = f"activity:{mine.pk},activity:{done.pk}"
    sent = {"verb": "status", "items": items, "asked": "yes", "status": "IN_PROGRESS"}
    answer = client.post("/bulk/", sent)
    assert "to In progress, 1 already done" in answer.content.decode()
    assert "It is Done; from there it cannot become In progress." in answer.content.decode()
    assert Activity.objects.get(pk=mine.pk).status == Status.IN_PROGRESS


def test_only_admins_remove_a_selection(client, sign_in):
    sign_in("admin", name="Tara Lind")
    task = factories.activity()
    client.post("/bulk/", {"verb": "remove", "items": f"activity:{task.pk}", "asked": "yes", "reason": "a test"})
    assert not Activity.objects.filter(pk=task.pk).exists()
    sign_in("operations")
    kept = factories.activity()
    client.post("/bulk/", {"verb": "remove", "items": f"activity:{kept.pk}", "asked": "yes", "reason": "a test"})
    assert Activity.objects.filter(pk=kept.pk).exists()
    assert b'value="remove"' not in client.get("/inbox/").content


def test_t_changes_the_category_the_team_or_the_kind(client, sign_in):
    sign_in()
    activity, agent_task = factories.activity(), factories.agent_task()
    client.post(f"{activity.get_absolute_url()}category/", {"task_category": "PHOTO"})
    client.post(f"{activity.get_absolute_url()}category/", {"visibility_group": "MARKETING"})
    client.post(f"{agent_task.get_absolute_url()}category/", {"task_key": "BUYER_DEAL"})
    activity.refresh_from_db()
    assert (activity.task_category, activity.visibility_group) == ("PHOTO", "MARKETING")
    assert AgentTask.objects.get(pk=agent_task.pk).task_key == "BUYER_DEAL"
    assert client.post(f"{activity.get_absolute_url()}category/", {}).status_code == 422
    assert client.post(f"{activity.get_absolute_url()}category/", {"task_category": "NONSENSE"}).status_code == 422


def test_nobody_moves_an_activity_out_of_their_own_sight(client, sign_in):
    sign_in("marketing")
    task = factories.activity(visibility_group="BOTH")
    page = client.get(f"{task.get_absolute_url()}category/").content
    assert b'value="AGENT"' not in page
    client.post(f"{task.get_absolute_url()}category/", {"visibility_group": "AGENT"})
    assert Activity.objects.get(pk=task.pk).visibility_group == "BOTH"


def test_l_leads_to_the_listing_of_an_activity(client, sign_in):
    sign_in()
    task = factories.activity()
    assert client.get(f"{task.get_absolute_url()}listing/")["Location"] == task.listing.get_absolute_url()
    picker = client.get(f"{task.get_absolute_url()}listing/", headers={"HX-Request": "true"})
    assert picker["HX-Redirect"] == task.listing.get_absolute_url()


def test_l_links_an_agent_task_to_a_listing_which_then_shows_it(client, sign_in):
    sign_in()
    task = factories.agent_task(name="Renew headshot")
    own = factories.listing(address_string="88 Harbour St, Toronto", realtor=task.realtor)
    other = factories.listing(address_string="789 Valencia St, San Francisco")
    address = f"{task.get_absolute_url()}listing/"
    assert "88 Harbour" in client.get(address).content.decode()
    for words in ("valencia", "VALÉNCIA street"):
        page = client.get(address, {"q": words}).content.decode()
        assert "789 Valencia" in page
        assert "88 Harbour" not in page
    assert "88 Harbour" in client.get(address, {"q": task.realtor.name}).content.decode()
    client.post(address, {"listing": other.pk})
    assert client.get(address)["Location"] == other.get_absolute_url()
    assert "Renew headshot" in client.get(other.get_absolute_url()).content.decode()
    assert (
        f'<dt>Belongs to</dt><dd><a class="link" href="{other.get_absolute_url()}">'
        in client.get(task.get_absolute_url()).content.decode()
    )
    client.post(address, {"listing": own.pk})
    assert TaskLink.objects.get().to_id == own.pk


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("fri 3pm", "Fri 2 Mar, 3 pm"),
        ("+3d", "Sat 3 Mar, 5 pm"),
        ("3wd", "Mon 5 Mar, 5 pm"),
        ("none", "No date"),
        ("", ""),
        ("31 feb", "Did you mean"),
        ("<b>soon</b>", "Write a day such as"),
    ],
)
def test_a_date_is_said_in_full_while_it_is_typed(client, sign_in, time_machine, typed, words):
    # Ahead of the database's clock, which judges whether a principal has expired.
    time_machine.move_to(datetime(2040, 2, 29, 9, 0, tzinfo=office_zone()), tick=False)
    sign_in("marketing")
    answer = client.get("/due-words/", {"due_date": typed}).content.decode()
    assert words in answer
    assert "<b>" not in answer


# ---- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"), [("2031-11-28 3pm", "Due Fri 28 Nov 2031, 3 pm: "), ("none", "No due date: ")]
)
def test_a_new_due_date_is_said_in_full(client, sign_in, typed, said):
    sign_in()
    address = factories.activity(name="Order yard sign", due_date=factories.NOON).get_absolute_url()
    answer = client.post(f"{address}due/", {"due_date": typed}, follow=True)
    assert f"{said}Order yard sign" in answer.content.decode()
    again = client.post(f"{address}due/", {"due_date": typed}, follow=True)
    assert "It is so already. Order yard sign" in again.content.decode()


@pytest.mark.parametrize("typed", ["99", "-1", "soon", "n", "no"])
def test_what_is_no_priority_is_answered_with_what_is_one(client, sign_in, typed):
    sign_in()
    answer = client.post(f"{factories.activity().get_absolute_url()}priority/", {"priority": typed})
    assert answer.status_code == 422
    assert "Write a number from 0 to 10, or None, Low, Normal, High or Urgent." in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "meant"), [("urgent", 10), ("HIGH", 8), ("nor", 5), ("l", 2), ("none", 0), (" u ", 10), ("7", 7)]
)
def test_a_priority_may_be_written_as_a_word_or_how_it_begins(client, sign_in, typed, meant):
    sign_in()
    one, other = factories.activity(priority=1), factories.agent_task(priority=1)
    client.post(f"{one.get_absolute_url()}priority/", {"priority": typed})
    sent = {"verb": "priority", "items": f"agent_task:{other.pk}", "asked": "yes", "priority": typed}
    client.post("/bulk/", sent)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.priority, other.priority) == (meant, meant)


def test_what_is_saved_under_a_new_name_is_named_by_it(client, sign_in):
    sign_in()
    task = factories.agent_task(name="Renew headshot")
    address = f"{task.get_absolute_url()}edit/"
    form = client.get(address).context["form"]
    values = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    opened = {f"initial-{name}": value for name, value in values.items()}
    answer = client.post(address, values | opened | {"name": "Renew two headshots"}, follow=True)
    assert "Saved: Renew two headshots" in answer.content.decode()


def test_an_agent_task_is_given_to_another_realtor_found_by_name(client, sign_in):
    sign_in()
    maria, dolores = factories.realtor(name="Maria Russo"), factories.realtor(name="Dolores Rivera")
    task = factories.agent_task(realtor=maria)
    address = f"{task.get_absolute_url()}realtor/"
    assert "It is for Maria Russo now" in client.get(address).content.decode()
    assert list(client.get(address, {"q": "dol"}).context["candidates"]) == [dolores]
    said = client.post(address, {"realtor": dolores.pk}, follow=True).content.decode()
    assert "For Dolores Rivera" in said
    assert AgentTask.objects.get().realtor == dolores
    assert client.post(address, {"realtor": "nobody"}).status_code == 200


def test_an_activity_has_the_realtor_of_its_listing(client, sign_in):
    sign_in()
    activity = factories.activity()
    assert client.get(f"{activity.get_absolute_url()}realtor/").status_code == 404
    assert "realtor/" not in client.get(activity.get_absolute_url()).content.decode().partition('class="acts"')[2]


# ---- over a newer change ---------------------------------------------------------------------------------------------

FRIDAY, MONDAY = (datetime(2031, 11, day, 15, 0, tzinfo=UTC) for day in (28, 24))
PICKED = {
    "due": ("due_date", FRIDAY, MONDAY, "2031-11-26 10:00", ("Mon 24 Nov 2031, 10 am", "Wed 26 Nov 2031, 10 am")),
    "priority": ("priority", 0, 10, "5", ("10 Urgent", "5 Normal")),
}


@pytest.fixture(params=PICKED)
def overtaken(request, client, sign_in):
    """A picker that was opened before Tara chose another value, sent with mine."""
    sign_in()
    name, before, theirs, mine, words = PICKED[request.param]
    task = factories.activity(**{name: before})
    address = f"{task.get_absolute_url()}{request.param}/"
    page = client.get(address).content.decode()
    opened = dict(re.findall(r'name="(initial-\w+)" value="([^"]*)"', page))
    tara = factories.staff("operations", name="Tara Lind")
    with acting_as("staff", tara.pk):
        change = {"due": actions.set_due, "priority": actions.set_priority}[request.param]
        change(task, **{"due" if name == "due_date" else name: theirs}, by=tara)
    answer = client.post(address, opened | {name: mine}, headers={"HX-Request": "true"})
    now = lambda: getattr(Activity.objects.get(pk=task.pk), name)  # noqa: E731
    return address, name, theirs, mine, words, answer, now


def test_a_picker_shows_both_values_instead_of_saving_over_a_newer_one(overtaken):
    _, _, theirs, _, words, answer, now = overtaken
    assert (answer.status_code, answer["HX-Retarget"], now()) == (409, "#float", theirs)
    page = answer.content.decode()
    for said in ("Tara Lind", *words, "Keep theirs", "Use mine", "Edit"):
        assert said in page


@pytest.mark.parametrize("choice", [{}, {"keep": ""}])
def test_one_of_both_is_then_chosen(client, overtaken, choice):
    address, _, theirs, _, _, answer, now = overtaken
    again = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', answer.content.decode().partition("</form>")[0]))
    sent = {key: value for key, value in again.items() if key != "keep"} | choice
    assert client.post(address, sent, headers={"HX-Request": "true"}).status_code == 200
    assert (now() == theirs) == bool(choice)


def test_a_choice_without_what_it_was_opened_with_is_meant_as_it_is(client, overtaken):
    address, name, theirs, mine, _, _, now = overtaken
    client.post(address, {name: mine})
    assert now() != theirs


def test_whoever_chooses_what_it_was_opened_with_means_it_too(client, sign_in):
    sign_in()
    task = factories.activity(priority=8)
    Activity.objects.filter(pk=task.pk).update(priority=2)
    sent = {"initial-priority": "8", "priority": "8"}
    assert client.post(f"{task.get_absolute_url()}priority/", sent, headers={"HX-Request": "true"}).status_code == 409
