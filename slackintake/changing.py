"""An edit of a message of which something was made: what it would change there, field by field, and changing it.

What nobody has touched follows an edit by itself (``resolving``). What somebody has touched is offered the change, and
a person takes it, corrects it or leaves it. Nothing is ever made twice: the item stays the one that it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from common.clock import END_OF_DAY, office_zone
from common.history import Refused
from listings.actions import edit_listing, set_key_day
from listings.models import KeyDateKind, Listing, TemplateLine
from listings.queries import key_dates_of, plan_from_template
from slackintake import making
from slackintake.bundles import Item
from slackintake.models import LinkRole, ReviewReason, SlackMessage
from slackintake.places import place_of, same_place
from slackintake.queries import ToReview
from slackintake.reading import GROUP, IGNORE, STRAY, Reading
from slackintake.readings import read_as
from slackintake.relisting import is_done
from staff.models import Staff
from tasks.actions import edit, move_to_listing, reopen
from tasks.models import CLOSED, Activity, Status, TaskKey
from tasks.rules import Task

EARLIER_TEXTS = 10
"""How many former texts of a breath are read, the latest ones."""


class Said(NamedTuple):
    """A text and its reading."""

    text: str
    reading: Reading


@dataclass(slots=True)
class Change:
    """What an edit would change in an item. ``now`` and ``new`` hold the values of each field, equal where it stays."""

    item: Item
    row: Listing | Task
    now: dict[str, Any]
    new: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    """What the edit says and no field can take, in sentences."""
    due_label: str = "Due"
    due_of: Activity | None = None
    """The activity of a listing that the date speaks of."""
    key_day: str = ""
    """The key day of a listing that the date gives; open activities that were counted from it follow."""
    asks_date: bool = False
    """Whether the message names a date that only a person can tell."""

    @property
    def fields(self) -> list[str]:
        """The fields that would change."""
        return [name for name in self.now if self.new[name] != self.now[name]]

    def followers(self, due: datetime | None) -> list[tuple[Activity, datetime | None]]:
        """The open activities of a listing that stand where the key day puts them, and where `due` would put them."""
        if not self.key_day:
            return []
        activities, template = _by_line(self.row)
        days = key_dates_of(self.row.pk)
        before = _planned(template, days)
        after = _planned(template, _with_day(days, self.key_day, due))
        return [
            (activity, after.get(line))
            for line, activity in activities.items()
            if activity != self.due_of
            and activity.status not in CLOSED
            and activity.due_date == before.get(line) != after.get(line)
        ]


def change_of(review: ToReview) -> Change | None:
    """What the edit of a message would change; None where a look stands for another reason, or the item is gone."""
    role = _role_in(review)
    item = Item(review.kind or "", review.item_id or "")
    row = item.row() if role else None
    if row is None or review.reading is None:
        return None
    message = review.as_message()
    *earlier, new = [Said(text, read_as(message, text)) for text in _texts(review)]
    if isinstance(row, Listing):
        return _of_listing(item, row, message, new, earlier)
    return _of_task(item, row, new.reading, [said.reading for said in earlier], is_whole=role == "made")


def asks_besides(review: ToReview) -> bool:
    """Whether a look stands for what the message asks for besides what it has made, and for nothing else."""
    if review.reason not in {ReviewReason.PROPOSAL, ReviewReason.UNDONE} or not review.item_id:
        return False
    if not (review.reading and review.reading.proposals and role_in(review)):
        return False
    change = change_of(review)
    return change is None or not (change.fields or change.notes)


def apply(change: Change, *, opened: Mapping[str, Any], wanted: Mapping[str, Any], by: Staff) -> None:
    """Write the values of `wanted` that differ from `opened`, those that the person saw, by the item's own verbs.

    Raises ``Conflict`` where somebody has changed the same field since. To be called inside an act.
    """
    if not any((wanted[name] or None) != (opened.get(name) or None) for name in wanted):
        raise Refused("Nothing is different. Attach the message to keep what it made as it is.")
    if isinstance(change.row, Listing):
        _change_listing(change, change.row, opened, wanted, by)
    else:
        _change_task(change.row, opened, wanted, by)


# ---- what would change -----------------------------------------------------------------------------------------------


def _role_in(review: ToReview) -> str | None:
    """How the item came of the message, ``made`` or ``bundle``, where the look stands for an edit of it; else None."""
    if review.reason != ReviewReason.PROPOSAL or not review.item_id:
        return None
    if not any(each.edits for each in [review, *review.parts()]):
        return None
    return role_in(review)


def role_in(review: ToReview) -> str | None:
    """How the item that a look is about came of the message, ``made`` or ``bundle``; None if of another one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT role FROM app.message_behind(%s, %s) WHERE message_id = %s",
            [review.kind, review.item_id, review.message_id],
        )
        row = cursor.fetchone()
    return row[0] if row and row[0] in {"made", LinkRole.BUNDLE} else None


def _texts(review: ToReview) -> list[str]:
    """All that was said in one breath, before each of the latest edits, and as it is now."""
    breath = sorted([review, *review.parts()], key=lambda each: float(each.ts))
    edits = [
        (str(edit.get("at") or ""), number, str(edit.get("text") or ""))
        for number, each in enumerate(breath)
        for edit in each.edits
    ]
    texts = [[each.text for each in breath]]
    # Backwards, each edit gives its message the text that stood there before.
    for _, number, text in sorted(edits, key=lambda edit: edit[0], reverse=True)[:EARLIER_TEXTS]:
        texts.append([*texts[-1][:number], text, *texts[-1][number + 1 :]])
    return ["\n".join(each) for each in reversed(texts)]


def _follow(now: Any, new: Any, earlier: list[Any]) -> Any:
    """The value a field gets: the new one, unless the edit does not speak of it and a person has set another one.

    The edit speaks of it if it differs from what the message said just before, or if the item still says what the
    message once said. What the message has stopped saying is taken away only in the second case.
    """
    if new != now and (now in earlier or (new and new != earlier[-1])):
        return new
    return now


def _of_task(item: Item, row: Task, new: Reading, earlier: list[Reading], *, is_whole: bool) -> Change:
    zone, notes = office_zone(), []
    now: dict[str, Any] = {"name": row.name, "due_date": row.due_date}
    wanted = now | {"due_date": _follow(row.due_date, new.due_at(zone), [each.due_at(zone) for each in earlier])}
    if is_whole and new.message_type == STRAY and new.task_title:
        wanted["name"] = _follow(row.name, new.task_title, [each.task_title for each in earlier])
    if isinstance(row, Activity):
        now |= {"task_category": row.task_category, "listing": row.listing}
        wanted |= {"task_category": row.task_category, "listing": row.listing}
        if new.task_key and all(each.task_key for each in earlier):
            categories = [_category(each) for each in earlier]
            wanted["task_category"] = _follow(row.task_category, _category(new), categories)
        if new.address and not same_place(place_of(new.address), place_of(row.listing.address_string)):
            there = [listing for listing in making.listings_seen_at(new.address) if not is_done(listing)]
            if len(there) == 1:
                wanted["listing"] = there[0]
            else:
                notes.append(f"{new.address} is no open listing, so the activity stays on {row.listing}.")
    else:
        now["task_key"] = wanted["task_key"] = row.task_key
        if new.task_key:
            wanted["task_key"] = _follow(row.task_key, new.task_key, [each.task_key for each in earlier])
        address = (row.inputs or {}).get("address") or ""
        if address or new.address:
            now["address"] = address
            wanted["address"] = _follow(address, new.address or "", [each.address or "" for each in earlier])
    asks = _asks_date(new)
    if asks:
        wanted["due_date"] = now["due_date"]
    if new.message_type == IGNORE:
        wanted = dict(now)
        notes.append("The message asks for nothing any more. If it is not wanted, cancel it on its page.")
    elif row.status in CLOSED:
        now["reopen"], wanted["reopen"] = False, wanted != now
        notes.append(f"It is {Status(row.status).label.lower()}.")
    return Change(item, row, now, wanted, notes, asks_date=asks)


def _category(reading: Reading) -> str:
    return making.WORK_OF_KEY[TaskKey(reading.task_key or TaskKey.OPS_MISC_TASK)].category.value


def _asks_date(reading: Reading) -> bool:
    return reading.due_date is None and any(each.field == "date" for each in reading.evidence)


def _of_listing(item: Item, row: Listing, message: SlackMessage, said: Said, earlier: list[Said]) -> Change:
    new, readings = said.reading, [each.reading for each in earlier]
    now: dict[str, Any] = {"address_string": row.address_string, "type": row.type or None}
    wanted = dict(now)
    if new.address:
        places = [each.address or "" for each in readings]
        is_as_said = any(same_place(place_of(row.address_string), place_of(each)) for each in places if each)
        if not same_place(place_of(new.address), place_of(row.address_string)):
            address = row.address_string
            wanted["address_string"] = _follow(address, new.address, [address, *places] if is_as_said else places)
    if new.message_type == GROUP:
        wanted["type"] = _follow(now["type"], making.type_of(new), [making.type_of(each) for each in readings])
    change = Change(item, row, now, wanted)
    _speak_of_date(change, row, message, said, earlier)
    if new.message_type == IGNORE:
        change.new = dict(change.now)
        change.notes.append("The message asks for nothing any more. If it is not wanted, cancel it on its page.")
    return change


def _speak_of_date(change: Change, row: Listing, message: SlackMessage, said: Said, earlier: list[Said]) -> None:
    """Find what the message's date is about, the listing, an activity of it or a key day, and what it would become."""
    activities, template = _by_line(row)
    zone, before = office_zone(), [each.reading.due_at(office_zone()) for each in earlier]
    due = said.reading.due_at(zone)
    # A date that the message does not state any more was about what its former text said.
    stating = said if due else earlier[-1]
    dates = [each for each in stating.reading.evidence if each.field == "date"]
    message.message_text = stating.text
    plan = making.plan_of(message, template, stating.reading.due_at(zone), dates)
    change.key_day = next((kind for kind in plan.key_dates if kind != KeyDateKind.INTAKE), "")
    line = next(iter(plan.due_of), None)
    now: datetime | None = row.due_date
    if line in activities:
        change.due_of = activities[line]
        change.due_label, now = change.due_of.name, change.due_of.due_date
    elif change.key_day:
        change.due_label = KeyDateKind(change.key_day).label
        day = key_dates_of(row.pk).get(change.key_day)
        now = datetime.combine(day, END_OF_DAY, zone) if day else None
    change.asks_date = _asks_date(said.reading)
    wanted = now if change.asks_date else _follow(now, due, before)
    if change.due_of and change.due_of.status in CLOSED:
        if wanted != now:
            status = Status(change.due_of.status).label.lower()
            change.notes.append(f"{change.due_of.name} is {status}, so its date stays.")
        change.due_label, change.due_of, change.key_day, now = "Due", None, "", row.due_date
        wanted = now
    change.now["due_date"], change.new["due_date"] = now, wanted


def _by_line(listing: Any) -> tuple[dict[str, Activity], str]:
    """The activities of a listing by the line of the template that they came from, and that template."""
    found = Activity.objects.filter(listing=listing).order_by("created_at", "task_id")
    activities = {line: each for each in found if (line := (each.inputs or {}).get("template_line"))}
    line = TemplateLine.objects.filter(pk__in=activities).first()
    return activities, line.template_id if line else ""


def _planned(template: str, days: Mapping[str, date]) -> dict[str, datetime | None]:
    return {planned.line.pk: planned.due_date for planned in plan_from_template(template, dict(days))}


def _with_day(days: Mapping[str, date], kind: str, due: datetime | None) -> dict[str, date]:
    others = {name: day for name, day in days.items() if name != kind}
    return others | ({kind: due.astimezone(office_zone()).date()} if due else {})


# ---- changing it -----------------------------------------------------------------------------------------------------


def _change_task(row: Task, opened: Mapping[str, Any], wanted: Mapping[str, Any], by: Staff) -> None:
    if wanted.get("reopen") and row.status in CLOSED:
        reopen(row, by=by, reason="Its message was edited in Slack")
    columns = [name for name in ("name", "due_date", "task_category", "task_key") if name in wanted]
    values = {name: wanted[name] for name in columns}
    seen = {name: opened.get(name) for name in columns}
    if "address" in wanted and wanted["address"] != opened.get("address"):
        inputs = row.inputs or {}
        seen["inputs"], values["inputs"] = inputs, inputs | {"address": wanted["address"]}
    edit(row, opened=seen, wanted=values, by=by)
    listing = wanted.get("listing")
    if isinstance(row, Activity) and listing is not None and listing != opened.get("listing"):
        move_to_listing(row, listing=listing, by=by)


def _change_listing(
    change: Change, row: Listing, opened: Mapping[str, Any], wanted: Mapping[str, Any], by: Staff
) -> None:
    columns = ["address_string", "type"]
    is_its_own_date = change.due_of is None and not change.key_day
    if is_its_own_date:
        columns.append("due_date")
    if wanted["address_string"] != opened.get("address_string"):
        _refuse_twin(row, making.listings_at(wanted["address_string"]))
    edit_listing(
        row,
        by=by,
        opened={name: opened.get(name) for name in columns},
        **{name: wanted[name] for name in columns},
    )
    due = wanted["due_date"]
    if is_its_own_date or due == opened.get("due_date"):
        return
    followers = change.followers(due)
    if change.due_of:
        seen, values = {"due_date": opened.get("due_date")}, {"due_date": due}
        edit(change.due_of, opened=seen, wanted=values, by=by)
    if change.key_day:
        day = due.astimezone(office_zone()).date() if due else None
        set_key_day(row, kind=change.key_day, day=day, by=by)
    for activity, moment in followers:
        edit(activity, opened={"due_date": activity.due_date}, wanted={"due_date": moment}, by=by)


def _refuse_twin(row: Listing, there: Iterable[Listing]) -> None:
    twin = next((found for found in there if found != row and not is_done(found)), None)
    if twin is not None:
        raise Refused(f"{twin.address_string} is a listing already. Attach the message to it, or merge the two.")
