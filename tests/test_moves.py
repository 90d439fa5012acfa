"""The legal moves over all pairs, what each leaves in the row, and undo after any sequence of acts."""

import pytest
from django.db import transaction
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from common.history import ChangedSince, Refused, last_act, undo
from common.principal import acting_as
from listings.models import Listing
from tasks import actions
from tasks.models import CLOSED, Activity, Status
from tasks.rules import MOVES, VERBS_FROM, verbs_for
from tests import factories

pytestmark = pytest.mark.django_db

OPEN, CLAIMED, IN_PROGRESS, DONE, FAILED, CANCELLED = Status

# What each verb makes of each status; None is refused. Said once more, so that tasks/rules.py is held to something.
BECOMES = {
    # verb      Open     Claimed      In progress  Done     Failed   Cancelled
    "claim": (CLAIMED, None, None, None, None, None),
    "release": (None, OPEN, OPEN, None, None, None),
    "start": (None, IN_PROGRESS, None, None, None, None),
    "complete": (DONE, DONE, DONE, None, None, None),
    "fail": (None, FAILED, FAILED, None, None, None),
    "cancel": (CANCELLED, CANCELLED, CANCELLED, None, None, None),
    "assign": (CLAIMED, CLAIMED, CLAIMED, None, None, None),
    "reopen": (None, None, None, OPEN, OPEN, OPEN),
    "due": (OPEN, CLAIMED, IN_PROGRESS, None, None, None),
    "priority": (OPEN, CLAIMED, IN_PROGRESS, None, None, None),
    "edit": (OPEN, CLAIMED, IN_PROGRESS, DONE, FAILED, CANCELLED),
}  # fmt: skip
PAIRS = {(verb, status): row[position] for verb, row in BECOMES.items() for position, status in enumerate(Status)}


def do(verb, task, me, colleague, number=7):
    """Do a verb with whatever else it wants; the number makes values that differ."""
    reason = {"reason": f"reason {number}"}
    match verb:
        case "claim" | "start":
            getattr(actions, verb)(task, by=me)
        case "release" | "complete" | "fail" | "cancel" | "reopen":
            getattr(actions, verb)(task, by=me, **reason)
        case "assign":
            actions.assign(task, to=colleague, by=me, **reason)
        case "due":
            actions.set_due(task, due=factories.NOON.replace(day=number % 28 + 1), by=me)
        case "priority":
            actions.set_priority(task, priority=number % 11, by=me)
        case "edit":
            opened = {"name": task.name, "inputs": task.inputs}
            wanted = {"name": f"Name {number}", "inputs": {"number": list(range(number % 4))}}
            actions.edit(task, opened=opened, wanted=wanted, by=me)
        case "remove":
            actions.remove(task, by=me)
        case "restore":
            actions.restore(task, by=me)


def as_now(task):
    return type(task).all_objects.get(pk=task.pk)


def check_row(task):
    """What always holds of a task that came to its status by verbs."""
    if task.status == OPEN:
        assert (task.assigned_staff_id, task.claimed_at, task.completed_at) == (None, None, None)
    elif task.status in CLOSED:
        assert task.completed_at is not None
    else:
        assert task.assigned_staff_id is not None
        assert task.claimed_at is not None
        assert task.completed_at is None


@pytest.fixture(params=["activity", "agent_task"])
def make(request):
    return getattr(factories, request.param)


def in_status(make, status, owner):
    """A task brought to its status by the verbs themselves."""
    task = make()
    ways = {OPEN: (), CLAIMED: ("claim",), IN_PROGRESS: ("claim", "start"), DONE: ("claim", "complete")}
    ways |= {FAILED: ("claim", "fail"), CANCELLED: ("claim", "cancel")}
    with acting_as("staff", owner.pk):
        for verb in ways[status]:
            do(verb, as_now(task), owner, owner)
    return as_now(task)


@pytest.mark.parametrize(("verb", "status"), PAIRS, ids=lambda value: str(value).lower())
def test_each_verb_from_each_status(make, verb, status):
    me, colleague = factories.staff("operations"), factories.staff("operations")
    task, wanted = in_status(make, status, me), PAIRS[verb, status]
    was = {field.attname: getattr(task, field.attname) for field in task._meta.fields}
    with acting_as("staff", me.pk):
        if wanted is None:
            with pytest.raises(Refused):
                do(verb, task, me, colleague)
        else:
            do(verb, task, me, colleague)
    now = as_now(task)
    if wanted is None:
        assert {name: getattr(now, name) for name in was} == was
        return
    assert now.status == wanted
    check_row(now)
    owner = {OPEN: None, CLAIMED: me.pk if verb == "claim" else colleague.pk}.get(wanted, me.pk)
    if verb in ("due", "priority", "edit", "cancel"):
        owner = was["assigned_staff_id"]
    assert now.assigned_staff_id == owner


@pytest.mark.parametrize(("verb", "status"), PAIRS, ids=lambda value: str(value).lower())
def test_the_tables_in_code_say_the_same(verb, status):
    wanted = PAIRS[verb, status]
    assert (status in VERBS_FROM[verb]) == (wanted is not None)
    if wanted not in (None, status):
        # Completing an open task is two moves at once; a hand-over of work in progress is one.
        assert wanted in MOVES[status] or (verb, status) == ("complete", OPEN)


def test_every_legal_move_has_a_verb():
    by_verbs = {(status, becomes) for (_, status), becomes in PAIRS.items() if becomes not in (None, status)}
    by_verbs |= {(status, CLAIMED) for status in CLOSED}  # reopening for oneself
    moves = {(status, becomes) for status, targets in MOVES.items() for becomes in targets}
    assert by_verbs - {(OPEN, DONE)} == moves


@pytest.mark.parametrize("status", CLOSED)
def test_reopening_for_oneself_claims(make, status):
    me = factories.staff("operations")
    task = in_status(make, status, me)
    with acting_as("staff", me.pk):
        actions.reopen(task, by=me, reason="again", for_me=True)
    assert (as_now(task).status, as_now(task).assigned_staff) == (CLAIMED, me)
    check_row(as_now(task))


# ---- any sequence ----------------------------------------------------------------------------------------------------


class Desk(RuleBasedStateMachine):
    """Three people do what they like to two tasks, and take back what they like, in any order.

    The model of an act is what it changed: for each row the columns before and after. An undo must give the columns
    back where they still stand as the act left them, and must change nothing where they do not.
    """

    @initialize()
    def open_the_desk(self):
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.people = [factories.staff(role) for role in ("admin", "operations", "marketing")]
        self.listing = factories.listing()
        self.tasks = [factories.activity(listing=self.listing), factories.agent_task(assigned_staff=self.people[2])]
        factories.activity(listing=self.listing, status=DONE, completed_at=factories.NOON)
        self.acts, self.in_order = [], True
        self.start = self.rows()

    def rows(self):
        columns = {}
        for task in map(as_now, self.tasks):
            for field in task._meta.fields:
                if field.attname != "updated_at":
                    columns[task.pk, field.attname] = getattr(task, field.attname)
        return columns

    @rule(
        pick=strategies.integers(0, 20),
        who=strategies.integers(0, 2),
        whom=strategies.integers(0, 2),
        which=strategies.integers(0, 1),
        number=strategies.integers(0, 50),
    )
    def act(self, pick, who, whom, which, number):
        before, me = self.rows(), self.people[who]
        with acting_as("staff", me.pk):
            task = type(self.tasks[which]).all_objects.filter(pk=self.tasks[which].pk).first()
            verbs = verbs_for(me, task) if task is not None else ()  # None: this person does not see it
            if not verbs:
                return
            try:
                do(verbs[pick % len(verbs)], task, me, self.people[whom], number)
                is_done = True
            except Refused:
                is_done = False
        after = self.rows()
        changed = {at: (before[at], after[at]) for at in before if before[at] != after[at]}
        assert is_done or not changed, "a refusal changes nothing"
        if changed:
            self.acts.append((me, last_act(), changed))

    @rule(which=strategies.integers(0, 5))
    def take_back(self, which):
        """The last act, or one before it."""
        if which < len(self.acts):
            self.in_order &= which == 0
            self.take(self.acts.pop(-1 - which))

    def take(self, done):
        me, act_id, changed = done
        before = self.rows()
        stands = all(before[at] == now for at, (_, now) in changed.items())
        with acting_as("staff", me.pk):
            if stands:
                undo(act_id)
            else:
                with pytest.raises(ChangedSince):
                    undo(act_id)
        wanted = before | ({at: was for at, (was, _) in changed.items()} if stands else {})
        assert self.rows() == wanted

    @invariant()
    def the_listing_tells_its_progress(self):
        live = list(Activity.objects.filter(listing=self.listing).values_list("status", flat=True))
        closed = sum(status in CLOSED for status in live)
        status = "completed" if closed == len(live) else "in_progress" if closed or IN_PROGRESS in live else "new"
        listing = Listing.objects.get(pk=self.listing.pk)
        assert (listing.status, float(listing.progress)) == (status, round(100 * closed / len(live), 2))

    def teardown(self):
        try:
            while self.acts:
                self.take(self.acts.pop())
            if self.in_order:
                assert self.rows() == self.start
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)


def test_undo_gives_back_what_was_there_after_any_sequence_of_acts():
    few = settings(max_examples=settings.default.max_examples // 4, stateful_step_count=20)
    run_state_machine_as_test(Desk, settings=few)
