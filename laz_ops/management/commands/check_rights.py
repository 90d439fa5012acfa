from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import BitXor
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import BigIntegerField, Count, F, Func, Q, QuerySet, Value

from common.management.base import OwnerCommand
from common.principal import acting_as
from listings.models import Listing, Note, NoteKind
from realtors.models import Realtor
from slackintake.models import SlackMessage
from staff.models import Role, Staff
from staff.rights import Right, may
from tasks.models import Activity, AgentTask
from tasks.queries import visible_activities, visible_agent_tasks


def _notes(person: Staff) -> QuerySet[Note]:
    seen = {
        NoteKind.ACTIVITY: visible_activities(person, removed=True),
        NoteKind.AGENT_TASK: visible_agent_tasks(person, removed=True),
    }
    of_tasks = [Q(kind=kind, item_id__in=tasks.values("pk")) for kind, tasks in seen.items()]
    return Note.objects.filter(Q(kind=NoteKind.LISTING) | of_tasks[0] | of_tasks[1])


def _all_if(right: Right, rows: Callable[[], QuerySet[Any]]) -> Callable[[Staff], QuerySet[Any]]:
    return lambda person: rows() if may(person, right) else rows().none()


# For each table all its rows, and those the app's rules give a person: removed ones too, since policies show them.
QUESTIONS: dict[str, tuple[Callable[[], QuerySet[Any]], Callable[[Staff], QuerySet[Any]]]] = {
    "staff": (Staff.all_objects.all, _all_if(Right.VIEW_STAFF, Staff.all_objects.all)),
    "realtors": (Realtor.all_objects.all, _all_if(Right.VIEW_REALTORS, Realtor.all_objects.all)),
    "listings": (Listing.all_objects.all, _all_if(Right.VIEW_LISTINGS, Listing.all_objects.all)),
    "activities": (Activity.all_objects.all, lambda person: visible_activities(person, removed=True)),
    "agent_tasks": (AgentTask.all_objects.all, lambda person: visible_agent_tasks(person, removed=True)),
    "notes": (Note.objects.all, _notes),
    "slack_messages": (SlackMessage.objects.all, _all_if(Right.VIEW_MESSAGES, SlackMessage.objects.all)),
}


class Rows(NamedTuple):
    """How many rows, and a digest of their keys: as many, but other rows, are a difference too."""

    number: int
    digest: int | None


def count(rows: QuerySet[Any]) -> Rows:
    key = Func(F("pk"), Value(0), function="hashtextextended", output_field=BigIntegerField())
    return Rows(*rows.order_by().aggregate(number=Count("pk"), digest=BitXor(key)).values())


class Command(OwnerCommand):
    help = (
        "Count, for one active person of each role, the rows that the app's rules give and those that the database's "
        "policies show. Ends with 1 if they differ."
    )

    def handle_as_owner(self, *args, **options):
        differences = 0
        self.stdout.write(f"{'role':<12}{'person':<26}{'table':<16}{'app':>12}{'policies':>12}")
        for role in Role:
            person = Staff.objects.filter(role=role, status="active").order_by("pk").first()
            if person is None:
                self.stdout.write(f"{role:<12}nobody of this role is active, so nothing was counted")
                continue
            by_rule = {table: count(question(person)) for table, (_, question) in QUESTIONS.items()}
            for table, shown in self._shown_to(person).items():
                differs = shown != by_rule[table]
                differences += differs
                self.stdout.write(
                    f"{role:<12}{person.name[:24]:<26}{table:<16}{by_rule[table].number:>12,}{shown.number:>12,}"
                    + ("  differs" if differs else "")
                )
        if differences:
            raise CommandError(
                f"{differences} of these differ: people see rows they should not, or miss some. "
                "Compare staff/rights.py and tasks/rules.py with the policies in the migrations."
            )
        self.stdout.write("Rules and policies agree.")

    def _shown_to(self, person: Staff) -> dict[str, Rows]:
        """What the policies show this person, asked as the web role without any filter of ours."""
        with acting_as("staff", person.pk, as_web_role=True):
            with connection.cursor() as cursor:
                cursor.execute("SELECT row_security_active('activities')")
                if not cursor.fetchone()[0]:
                    raise CommandError("Row level security is not active, so there is nothing to compare.")
            return {table: count(all_rows()) for table, (all_rows, _) in QUESTIONS.items()}
