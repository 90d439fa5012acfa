"""The form of a file of staff."""

from common.imports.columns import LEAVE, Choice, Email, Identifier, Json, Phone, Text, Timestamp
from common.imports.loading import ModelTable
from common.imports.tables import out_of_order

from .models import Role, Staff, StaffStatus


class StaffTable(ModelTable):
    """`staff.csv`."""

    name = "staff"
    model = Staff
    key = "staff_id"
    unique = ("email", "slack_user_id")
    columns = (
        Identifier("staff_id", of="staff member", required=True),
        Email("email", required=True),
        Text("name", required=True),
        Choice("role", Role.values, required=True),
        Text("slack_user_id", longest=50),
        Phone("phone"),
        Choice("status", StaffStatus.values, required=True),
        Timestamp("created_at", empty=LEAVE),
        Timestamp("updated_at", empty=LEAVE),
        Timestamp("deleted_at"),
        Json("metadata"),
    )

    def check(self, values):
        return out_of_order(values, ("created_at", "deleted_at"))

    def check_in_database(self, rows, stored, found):
        """Somebody must be left who can manage the others."""
        before = set(Staff.objects.filter(role=Role.ADMIN, status=StaffStatus.ACTIVE).values_list("pk", flat=True))
        after = set(before)
        for row in rows.good:
            staff_id = row.values["staff_id"]
            if _is_active_admin({**stored.get(staff_id, {}), **row.values}):
                after.add(staff_id)
            else:
                after.discard(staff_id)
        if before and not after:
            for row in rows.good:
                if row.values["staff_id"] in before:
                    rows.report(row, "role", "would leave nobody who is an active admin.")


def _is_active_admin(values):
    return values["role"] == Role.ADMIN and values["status"] == StaffStatus.ACTIVE and values.get("deleted_at") is None
