"""The form of the files of activities and agent tasks."""

from common.clock import END_OF_DAY
from common.imports.columns import LEAVE, Choice, Identifier, Json, Text, Timestamp, WholeNumber
from common.imports.loading import ModelTable, Reference
from common.imports.tables import out_of_order
from listings.models import Listing
from realtors.models import Realtor
from staff.models import Staff

from .models import Activity, AgentTask, Category, Status, TaskKey, VisibilityGroup

SHARED_COLUMNS = (
    Text("name", required=True),
    Text("description", longest=10_000),
    Choice("status", Status.values, required=True),
    WholeNumber("priority", 0, 10, empty=0),
    Reference("assigned_staff_id", Staff, of="staff member"),
    Timestamp("due_date", day_means=END_OF_DAY, may_be_future=True),
    Timestamp("claimed_at"),
    Timestamp("completed_at"),
    Timestamp("created_at", empty=LEAVE),
    Timestamp("updated_at", empty=LEAVE),
    Timestamp("deleted_at"),
    Text("deleted_by", longest=100),
    Json("inputs"),
    Json("outputs"),
)


class TaskTable(ModelTable):
    """What both kinds of task have in common."""

    key = "task_id"

    def check(self, values):
        yield from out_of_order(
            values,
            ("created_at", "claimed_at"),
            ("created_at", "completed_at"),
            ("claimed_at", "completed_at"),
            ("created_at", "deleted_at"),
        )
        if "assigned_staff_id" in values:
            yield from _owner_and_status(values["status"], values["assigned_staff_id"])


def _owner_and_status(status, owner):
    """An open task has no owner and a claimed one has: otherwise nobody could take it, or find it."""
    if status == Status.OPEN and owner:
        yield (
            "assigned_staff_id",
            "owns an open task, which has no owner. Empty the cell, or make the status CLAIMED.",
            False,
        )
    elif status in (Status.CLAIMED, Status.IN_PROGRESS) and not owner:
        yield "assigned_staff_id", f"is empty, but a task that is {status} has an owner.", False


class ActivityTable(TaskTable):
    """`activities.csv`."""

    name = "activities"
    model = Activity
    columns = (
        Identifier("task_id", of="task", required=True),
        Reference("listing_id", Listing, of="listing", also=("realtor_id", "deleted_at"), required=True),
        Reference("realtor_id", Realtor, of="realtor"),
        Choice("task_category", Category.values, required=True),
        Choice("visibility_group", VisibilityGroup.values, empty=VisibilityGroup.BOTH.value),
        *SHARED_COLUMNS,
    )

    def check_in_database(self, rows, stored, found):
        listings = found["listing_id"]
        for row in rows.good:
            listing = listings[row.values["listing_id"]]
            realtor_id = row.values.get("realtor_id")
            if realtor_id and realtor_id != listing["realtor_id"]:
                rows.report(row, "realtor_id", "is not the realtor of the listing; kept as it is.", is_notice=True)
            if listing["deleted_at"]:
                self._remove_with_listing(row, rows, listing["deleted_at"], stored)

    def _remove_with_listing(self, row, rows, deleted_at, stored):
        """No live activity may hang on a removed listing: it comes in removed, at the same moment."""
        if row.values.get("deleted_at"):
            return
        former = stored.get(row.values["task_id"])
        if "deleted_at" not in row.values and former and former["deleted_at"]:
            return
        row.values["deleted_at"] = deleted_at
        rows.report(row, "deleted_at", "was taken from the listing, which has been removed.", is_notice=True)


class AgentTaskTable(TaskTable):
    """`agent_tasks.csv`."""

    name = "agent_tasks"
    model = AgentTask
    columns = (
        Identifier("task_id", of="task", required=True),
        Reference("realtor_id", Realtor, of="realtor", required=True),
        Choice("task_key", TaskKey.values, required=True),
        *SHARED_COLUMNS,
    )
