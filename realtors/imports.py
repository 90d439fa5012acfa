"""The form of a file of realtors."""

from common.imports.columns import LEAVE, Choice, Email, Identifier, Json, Phone, Text, TextList, Timestamp
from common.imports.loading import ModelTable
from common.imports.tables import out_of_order

from .models import Realtor, RealtorStatus


class RealtorTable(ModelTable):
    """`realtors.csv`; territories are joined with `|`."""

    name = "realtors"
    model = Realtor
    key = "realtor_id"
    unique = ("email", "license_number", "slack_user_id")
    columns = (
        Identifier("realtor_id", of="realtor", required=True),
        Email("email", required=True),
        Text("name", required=True),
        Phone("phone"),
        Text("license_number", longest=50),
        Text("brokerage"),
        Text("slack_user_id", longest=50),
        TextList("territories"),
        Choice("status", RealtorStatus.values, required=True),
        Timestamp("created_at", empty=LEAVE),
        Timestamp("updated_at", empty=LEAVE),
        Timestamp("deleted_at"),
        Json("metadata"),
    )

    def check(self, values):
        return out_of_order(values, ("created_at", "deleted_at"))
