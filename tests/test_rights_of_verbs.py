"""The customer's table of rights, row by row: who may do a thing by the app's own verb, as the web role.

Letters stand for Admin, Operations, Marketing and Support. A right that is missing is a refusal in words or one of the
database, and leaves no trace. Which rows a role sees is in test_rights.
"""

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404

import slackintake.actions as intake
from accounts.actions import edit_own_profile, save_preferences
from common.history import Refused, last_act, undo
from common.models import Act
from common.principal import acting_as
from listings import actions as listings
from listings.models import TemplateLine
from slackintake import bulk
from slackintake.models import Review, SlackMessage
from slackintake.queries import messages_to_review
from slackintake.reading import Proposal, Reading
from staff.models import Role
from tasks import actions, triage
from tasks.queries import receivers
from tests import factories
from tests.catalogue import execute, rows
from tests.ledger import snapshot

pytestmark = pytest.mark.django_db

GROUPS = ("BOTH", "AGENT", "MARKETING")


class Office:
    """What there is to do something with, in front of one person (``me``) of a role."""

    def __init__(self, role):
        self.me, self.colleague = factories.staff(role), factories.staff(role)
        self.boss, self.marketing = factories.staff("admin"), factories.staff("marketing")
        self.switched_off = factories.staff("admin", status="suspended")
        self.listing, self.removed = factories.listing(), factories.listing(deleted_at=factories.NOON)
        self.realtor = factories.realtor(slack_user_id="U1")
        here = {"listing": self.listing}
        self.open = {group: factories.activity(visibility_group=group, **here) for group in GROUPS}
        self.other = factories.activity(**here)
        self.mine = {
            group: factories.activity(visibility_group=group, assigned_staff=self.me, **here) for group in GROUPS
        }
        self.theirs = factories.activity(assigned_staff=self.colleague, **here)
        self.gone = factories.activity(deleted_at=factories.NOON, **here)
        self.agent_task = factories.agent_task(realtor=self.realtor)
        self.my_agent_task = factories.agent_task(realtor=self.realtor, assigned_staff=self.me)
        self.line = TemplateLine.objects.filter(position=1).first()
        self.message, self.ignored = self._message("1.1"), self._message("1.2", "skipped", reason="ignored")
        self.bundled = self._message("1.9", bundle=self.message.pk)
        Review.objects.create(message=self.message, reason="unsure")
        for ts, task in (("1.3", self.open["BOTH"]), ("1.4", self.open["AGENT"])):
            message = self._message(ts)
            SlackMessage.objects.filter(pk=message.pk).update(created_task_id=task.pk, created_task_type="listing_task")
        self.edited = self._edited()
        self.several = self._several()
        self.intake = self._intake()

    def _edited(self):
        """A message edited since the listing was made of it."""
        message = self._message("1.5", edits=[{"text": "New sale listing at 88 Harbor St", "at": None}])
        reading = Reading(message_type="GROUP", group_key="LEASE_LISTING", confidence=0.9)
        SlackMessage.objects.filter(pk=message.pk).update(
            created_listing=self.listing, classification=reading.to_json()
        )
        Review.objects.create(message=message, reason="proposal", kind="listing", item_id=self.listing.pk)
        return message

    def _several(self):
        """A message that asks for a second listing besides the one that was made of it."""
        message, text = self._message("1.6"), "new lease listing at 5 Oak Ave"
        other = Reading("GROUP", group_key="LEASE_LISTING", address="5 Oak Ave", confidence=0.9)
        reading = Reading(
            "GROUP",
            group_key="SALE_LISTING",
            confidence=0.9,
            proposals=(Proposal(0, len(text), text, other),),
        )
        SlackMessage.objects.filter(pk=message.pk).update(
            created_listing=self.listing, classification=reading.to_json()
        )
        Review.objects.create(message=message, reason="proposal", kind="listing", item_id=self.listing.pk)
        return message

    def _message(self, ts, status="processed", **notes):
        return SlackMessage.objects.create(
            slack_user_id="U1",
            slack_channel_id="C1",
            slack_ts=ts,
            message_text="New sale listing at 88 Harbour St",
            classification={},
            message_type="GROUP",
            processing_status=status,
            metadata=notes,
        )

    def _intake(self):
        """An act of the intake, which works on the owner's connection."""
        with acting_as("system", "slack-intake"):
            execute("SELECT app.open_act('INTAKE', 'created', NULL, 'slack'), set_config('role', 'none', true)")
            factories.activity(listing=self.listing)
            execute("SELECT set_config('app.act', '', true)")
        return "INTAKE"


def work_on(task, me):
    """From nobody's to done; what one does not see is not found."""
    for verb in (actions.claim, actions.start, actions.complete):
        verb(get_object_or_404(type(task), pk=task.pk), by=me)


def do_and_undo(office):
    actions.claim(office.open["BOTH"], by=office.me)
    undo(last_act())


def make(office, group, **values):
    actions.create_activity(
        listing=office.listing, by=office.me, name="New", task_category="ADMIN", visibility_group=group, **values
    )


def make_agent_task(office):
    made = actions.create_agent_task(realtor=office.realtor, by=office.me, name="Call", task_key="BUYER_DEAL")
    # Whoever does not see what is nobody's makes it for themselves.
    assert made.assigned_staff == (None if office.me.role in (Role.ADMIN, Role.OPERATIONS) else office.me)


def make_what_is_asked_besides(office):
    return intake.make_besides(office.several.pk, by=office.me)


def make_listing_of_message(office):
    intake.make_listing(
        office.message.pk, by=office.me, group_key="SALE_LISTING", address="88 Harbour St", realtor=office.realtor
    )


def note_on(office, task):
    listings.write_note(kind=task.kind, item_id=task.pk, text="Key at the desk", by=office.me)


# The row of the table and what of it is tried; who may; the deed.
DEEDS = [
    ("own profile: name and phone", "AOMS", lambda o: edit_own_profile(o.me, name="Another Name", phone="1")),
    ("own profile: preferences", "AOMS", lambda o: save_preferences(o.me, theme="dark")),
    ("listings: create", "AO", lambda o: listings.create_listing(by=o.me, address_string="1 New St")),
    ("listings: edit", "AO", lambda o: listings.edit_listing(o.listing, by=o.me, type="LEASE")),
    (
        "listings: put on a template",
        "AO",
        lambda o: actions.put_on_template(o.listing, group_key="SALE_LISTING", key_dates={}, by=o.me),
    ),
    ("listings: cancel", "AO", lambda o: actions.cancel_listing(o.listing, by=o.me, reason="withdrawn")),
    ("listings: remove", "A", lambda o: listings.remove_listing(o.listing, by=o.me)),
    ("listings: restore", "A", lambda o: listings.restore_listing(o.removed, by=o.me)),
    ("activities of BOTH: work", "AOMS", lambda o: work_on(o.open["BOTH"], o.me)),
    ("activities of AGENT: work", "AOS", lambda o: work_on(o.open["AGENT"], o.me)),
    ("activities of MARKETING: work", "AOM", lambda o: work_on(o.open["MARKETING"], o.me)),
    ("activities of BOTH: make", "AOMS", lambda o: make(o, "BOTH")),
    ("activities of AGENT: make", "AOS", lambda o: make(o, "AGENT")),
    ("activities of MARKETING: make", "AOM", lambda o: make(o, "MARKETING")),
    ("an agents' activity of mine", "AOMS", lambda o: actions.complete(o.mine["AGENT"], by=o.me)),
    ("a marketing activity of mine", "AOMS", lambda o: actions.complete(o.mine["MARKETING"], by=o.me)),
    ("an agents' activity of mine: give back", "AOMS", lambda o: actions.release(o.mine["AGENT"], by=o.me)),
    ("agent tasks: triage the unassigned", "AO", lambda o: actions.claim(o.agent_task, by=o.me)),
    ("agent tasks: assign the unassigned", "AO", lambda o: actions.assign(o.agent_task, to=o.boss, by=o.me)),
    ("agent tasks: work on mine", "AOMS", lambda o: actions.complete(o.my_agent_task, by=o.me)),
    ("agent tasks: make", "AOMS", make_agent_task),
    ("assign: what I may see", "AOMS", lambda o: actions.assign(o.open["BOTH"], to=o.colleague, by=o.me)),
    ("assign: what is mine", "AOMS", lambda o: actions.assign(o.mine["AGENT"], to=o.boss, by=o.me)),
    ("assign: to whom it is hidden", "", lambda o: actions.assign(o.open["AGENT"], to=o.marketing, by=o.me)),
    ("assign: to whom is switched off", "", lambda o: actions.assign(o.open["BOTH"], to=o.switched_off, by=o.me)),
    ("assign: a new one to whom it is hidden", "", lambda o: make(o, "AGENT", assigned_staff=o.marketing)),
    ("assign: a new one to whom is switched off", "", lambda o: make(o, "BOTH", assigned_staff=o.switched_off)),
    ("a colleague's: take over", "AO", lambda o: actions.assign(o.theirs, to=o.me, by=o.me, reason="away")),
    ("a colleague's: take over unsaid", "", lambda o: actions.assign(o.theirs, to=o.me, by=o.me)),
    ("a colleague's: complete", "AO", lambda o: actions.complete(o.theirs, by=o.me, reason="away")),
    ("a colleague's: give back", "AO", lambda o: actions.release(o.theirs, by=o.me, reason="away")),
    (
        "a colleague's: priority and owner together",
        "AO",
        lambda o: actions.change(o.theirs, wanted={"priority": 9, "assigned_staff": o.me}, by=o.me, reason="ill"),
    ),
    ("a colleague's: due date", "AOMS", lambda o: actions.set_due(o.theirs, due=factories.NOON, by=o.me)),
    ("tasks: remove", "A", lambda o: actions.remove(o.mine["BOTH"], by=o.me)),
    ("tasks: restore", "A", lambda o: actions.restore(o.gone, by=o.me)),
    ("messages: bring back", "A", lambda o: intake.bring_back(o.ignored, by=o.me)),
    ("messages: split off", "A", lambda o: intake.split_off(o.bundled, by=o.me)),
    ("messages: join", "A", lambda o: intake.join_to_previous(o.bundled, by=o.me)),
    ("messages: read again", "A", lambda o: intake.read_again(o.message, by=o.me)),
    ("messages: read many again", "A", lambda o: bulk.read_all_again([o.message.pk], by=o.me)),
    ("messages: foresee what reading again brings", "A", lambda o: bulk.foresee([o.message.pk], by=o.me)),
    ("messages that need a look: make", "AO", make_listing_of_message),
    (
        "messages that need a look: attach",
        "AO",
        lambda o: intake.attach(o.message.pk, by=o.me, kind="listing", item_id=o.listing.pk),
    ),
    (
        "messages that need a look: change what one made",
        "AO",
        lambda o: intake.change(o.edited.pk, by=o.me, wanted={"type": "LEASE"}),
    ),
    ("messages that need a look: make what one asks for besides", "AO", make_what_is_asked_besides),
    ("messages that need a look: ask about one", "AO", lambda o: intake.ask(o.message.pk, by=o.me)),
    ("messages that need a look: ignore", "AO", lambda o: intake.ignore(o.message.pk, by=o.me)),
    ("messages that need a look: ignore many", "AO", lambda o: bulk.ignore_all([o.message.pk], by=o.me)),
    ("templates: add", "A", lambda o: listings.add_template_line(o.line, template=o.line.template, by=o.me)),
    ("templates: change", "A", lambda o: listings.edit_template_line(o.line, opened={}, wanted={}, by=o.me)),
    ("templates: take out", "A", lambda o: listings.remove_template_line(o.line, by=o.me)),
    ("triage: decline", "AOMS", lambda o: triage.decline(o.open["BOTH"], reason="test", by=o.me)),
    ("triage: duplicate", "AOMS", lambda o: triage.duplicate_of(o.open["BOTH"], o.other, by=o.me)),
    (
        "triage: snooze for me",
        "AOMS",
        lambda o: triage.snooze(o.open["BOTH"], until=None, by=o.me),
    ),
    ("triage: wait", "AOMS", lambda o: triage.wait(o.open["BOTH"], for_what="the key", by=o.me)),
    ("triage: ask the realtor", "AOMS", lambda o: triage.ask_realtor(o.open["BOTH"], by=o.me)),
    ("triage: wait on the agents' work", "AOS", lambda o: triage.wait(o.open["AGENT"], for_what="the key", by=o.me)),
    ("triage: note", "AOMS", lambda o: note_on(o, o.open["BOTH"])),
    ("triage: note on marketing's work", "AOM", lambda o: note_on(o, o.open["MARKETING"])),
    ("undo: my own act", "AOMS", do_and_undo),
    ("undo: an untouched intake", "AO", lambda o: undo(o.intake)),
]


def attempt(deed, office):
    """What stands in the way of a deed, or None; whatever it wrote is taken back."""
    before, acts, savepoint = snapshot(), Act.objects.count(), transaction.savepoint()
    try:
        with acting_as("staff", office.me.pk):
            deed(office)
    except (Refused, Http404) as refusal:
        assert (snapshot(), Act.objects.count()) == (before, acts), "a refusal leaves no trace"
        return refusal
    except DatabaseError as refusal:
        if refusal.__cause__.sqlstate != "42501":
            raise
        return refusal
    finally:
        transaction.savepoint_rollback(savepoint)
    return None


@pytest.mark.parametrize("role", Role.values)
def test_who_may_do_what(role):
    office = Office(role)
    refusals = {name: attempt(deed, office) for name, _, deed in DEEDS}
    wanted = {name for name, letters, _ in DEEDS if role[0].upper() in letters}
    assert {name for name, refusal in refusals.items() if refusal is None} == wanted, refusals


def messages_behind(task):
    return rows("SELECT message_text FROM app.message_behind(%s, %s)", [task.kind, task.pk])


QUESTIONS = [
    ("messages: all of them", "A", lambda o: SlackMessage.objects.all()),
    ("messages that need a look", "AO", lambda o: messages_to_review()),
    ("the message behind what I see", "AOMS", lambda o: messages_behind(o.open["BOTH"])),
    ("the message behind the agents' work", "AOS", lambda o: messages_behind(o.open["AGENT"])),
    ("templates: view", "AOMS", lambda o: TemplateLine.objects.all()),
]


@pytest.mark.parametrize("role", Role.values)
def test_who_is_answered_what(role):
    office = Office(role)
    with acting_as("staff", office.me.pk):
        answered = {name for name, _, question in QUESTIONS if question(office)}
    assert answered == {name for name, letters, _ in QUESTIONS if role[0].upper() in letters}


@pytest.mark.parametrize("role", Role.values)
def test_people_are_offered_only_work_of_their_team(role):
    office = Office(role)
    with acting_as("staff", office.me.pk):
        offered = {receiver.person for receiver in receivers(office.open["BOTH"])}
        assert {office.me, office.boss, office.marketing} <= offered
        assert office.switched_off not in offered
        assert office.marketing not in {receiver.person for receiver in receivers(office.open["AGENT"])}
