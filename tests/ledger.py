"""What the recorded tables hold, and what history tells of them."""

import json

from common.models import Change
from listings.models import Note, TemplateLine
from tests import factories
from tests.catalogue import rows


def recorded():
    """Each recorded table with its key and the columns that alone are no change, as its trigger has them."""
    return {
        table: (key, set(ignored))
        for table, key, *ignored in (
            (table, *(argument for argument in bytes(arguments).decode().split("\0") if argument))
            for table, arguments in rows(
                "SELECT tgrelid::regclass::text, tgargs FROM pg_trigger "
                "WHERE tgname = 'record_update_of_' || tgrelid::regclass"
            )
        )
    }


def snapshot():
    """Every recorded row of the database, by table and key, without what is no change."""
    found = {}
    for table, (key, ignored) in recorded().items():
        for (row,) in rows(f"SELECT to_jsonb(t) - %s::text[] FROM {table} t", [list(ignored)]):
            row = json.loads(row)
            found[table, str(row[key])] = row
    return found


def difference(before, after):
    """What changed between two snapshots, as history should tell it: the columns that differ, or the whole row."""
    told = {}
    for at in before.keys() | after.keys():
        was, is_now = before.get(at), after.get(at)
        if was is not None and is_now is not None:
            columns = [column for column in was if was[column] != is_now[column]]
            was, is_now = ({column: row[column] for column in columns} for row in (was, is_now))
        if was != is_now:
            told[at] = (was, is_now)
    return told


def history_since(change_id):
    """What history tells: of a row that was changed more than once, how it was at first and how it is at last."""
    ignored = {table: ignored for table, (_, ignored) in recorded().items()}
    told = {}
    for change in Change.objects.filter(change_id__gt=change_id).order_by("change_id"):
        at = change.table_name, change.row_key
        was, is_now = (_plain(values, ignored[change.table_name]) for values in (change.before, change.after))
        if at in told:
            first_was, first_is = told[at]
            was = first_was and {**(was or {}), **first_was}
            is_now = is_now and {**(first_is or {}), **is_now}
        told[at] = was, is_now
    return told


def _plain(values, ignored):
    return values and {name: value for name, value in values.items() if name not in ignored}


class World:
    """What the tests of history and undo act on: one of each, in every state that some action wants."""

    def __init__(self, me):
        self.me = me
        self.colleague = factories.staff("operations")
        self.listing, self.removed = factories.listing(), factories.listing()
        self.realtor = factories.realtor()
        self.open, self.other = factories.activity(listing=self.listing), factories.activity()
        self.mine = factories.activity(listing=self.listing, assigned_staff=me)
        self.done = factories.agent_task(assigned_staff=me, status="DONE", completed_at=factories.NOON)
        self.gone = factories.activity(listing=self.listing, deleted_at=factories.NOON)
        self.agent_task = factories.agent_task(realtor=self.realtor, assigned_staff=me)
        with_it = factories.activity(listing=self.removed, deleted_at=factories.NOON)
        type(self.removed).objects.filter(pk=self.removed.pk).update(deleted_at=with_it.deleted_at)
        self.line = TemplateLine.objects.filter(position=1).first()
        Note.objects.create(kind="activity", item_id=self.open.pk, text="Ring twice")
