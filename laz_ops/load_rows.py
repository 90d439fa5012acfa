"""The rows of a house under load: invented, plausible, and the same for the same scale and moment.

Nothing here touches the database. Each table is a stream of tuples, so that millions of them need little memory.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from heapq import merge
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from common.clock import office_zone
from laz_ops.load_words import (
    BROKERAGES,
    CHANNELS,
    CHATTER,
    FIRST_NAMES,
    LAST_NAMES,
    NOTES,
    QUESTIONS,
    REQUESTS,
    STREETS,
    TERRITORIES,
    WORK,
)

# The upper end of the document's "Expected Load". Above scale 1 only tasks and messages grow: an office has its people
# and its listings, and what piles up over the years is what was done for them.
PEOPLE, REALTORS, LISTINGS = 100, 1_000, 10_000
ACTIVITIES, AGENT_TASKS, MESSAGES = 100_000, 10_000, 200_000

YEARS = timedelta(days=3 * 365)
RUNNING = timedelta(days=120)
UNRESOLVED = timedelta(days=5)

_TASK = (
    "status, priority, assigned_staff_id, due_date, claimed_at, completed_at, created_at, updated_at, deleted_at, "
    "deleted_by"
)
COLUMNS = {
    "staff": "staff_id, email, name, role, slack_user_id, phone, status, created_at, updated_at",
    "realtors": "realtor_id, email, name, phone, license_number, brokerage, slack_user_id, territories, status, "
    "created_at, updated_at",
    "listings": "listing_id, address_string, realtor_id, type, due_date, created_at, updated_at",
    "listings_note": "note_id, kind, item_id, text, author_staff_id, created_at",
    "activities": "task_id, listing_id, realtor_id, name, description, task_category, visibility_group, inputs, "
    + _TASK,
    "agent_tasks": f"task_id, realtor_id, task_key, name, description, inputs, {_TASK}",
    "slack_messages": "message_id, slack_user_id, slack_channel_id, slack_ts, message_text, classification, "
    "message_type, task_key, group_key, confidence, created_listing_id, created_task_id, created_task_type, "
    "received_at, processed_at, processing_status, error_message, metadata",
    "slackintake_review": "review_id, message_id, reason, opened_at, resolved_at, resolved_by, resolution",
}
"""The tables in the order in which they must be filled, with the columns of their rows."""

DESK = ("admin", "operations")
SEEN_BY = {"BOTH": (*DESK, "marketing", "support"), "AGENT": (*DESK, "support"), "MARKETING": (*DESK, "marketing")}

# How often each status occurs while a listing (or a realtor's deal) runs, and when all is over.
WHILE_RUNNING = {"OPEN": 34, "CLAIMED": 22, "IN_PROGRESS": 15, "DONE": 24, "CANCELLED": 4, "FAILED": 1}
AFTERWARDS = {"DONE": 93, "CANCELLED": 5, "FAILED": 2}
CLOSED = ("DONE", "CANCELLED", "FAILED")

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]


class Person(NamedTuple):
    id: str
    role: str
    is_active: bool


class Agent(NamedTuple):
    id: str
    slack_id: str


class Property(NamedTuple):
    id: str
    address: str
    agent: Agent
    created_at: datetime
    is_running: bool
    message_id: str


class Request(NamedTuple):
    """A message that became a listing, an activity (listing_task) or an agent task (stray_task)."""

    at: datetime
    message_id: str
    agent: Agent
    kind: str
    item_id: str
    key: str
    text: str
    address: str | None = None


class Weighted:
    """Draws of values that are not equally likely."""

    def __init__(self, random: Random, weights: Mapping[Any, float]):
        self._random, self._values, self._bounds = random, list(weights), list(accumulate(weights.values()))

    def draw(self) -> Any:
        return self._random.choices(self._values, cum_weights=self._bounds)[0]


class Load:
    """The rows of every table for a scale and the moment that is "now". Read the tables in the order of `COLUMNS`."""

    def __init__(self, scale: float, now: datetime):
        self.now, self.random = now.astimezone(UTC), Random("la paz")  # noqa: S311 - not a secret
        office = min(scale, 1)
        self.counts = {
            "staff": PEOPLE,
            "realtors": max(1, round(REALTORS * office)),
            "listings": max(1, round(LISTINGS * office)),
            "activities": round(ACTIVITIES * scale),
            "agent_tasks": round(AGENT_TASKS * scale),
            "slack_messages": round(MESSAGES * scale),
        }
        self.people: list[Person] = []
        self.agents: list[Agent] = []
        self.properties: list[Property] = []
        self.requests: list[Request] = []
        self.reviews: list[tuple] = []

    def rows(self, table: str) -> Iterator[tuple]:
        """The rows of one table, with the columns that `COLUMNS` names."""
        rows: Iterator[tuple] = getattr(self, f"{table}_rows")()
        return rows

    # ---- people ------------------------------------------------------------------------------------------------------

    def staff_rows(self) -> Iterator[tuple]:
        roles = ["admin"] * 4 + ["operations"] * 40 + ["marketing"] * 30 + ["support"] * 26
        statuses = Weighted(self.random, {"active": 94, "inactive": 4, "suspended": 2})
        for number, (role, (name, mailbox)) in enumerate(zip(roles, self._names(PEOPLE), strict=True)):
            is_first_of_role = number == 0 or role != roles[number - 1]
            status = "active" if is_first_of_role else statuses.draw()
            hired = self.now - YEARS * self.random.random()
            person = Person(self._ulid(hired), role, status == "active")
            self.people.append(person)
            slack, phone = f"U0LOADS{number:04}", f"+1-416-555-{number:04}"
            yield person.id, f"{mailbox}@lapaz.example", name, role, slack, phone, status, hired, hired

    def realtors_rows(self) -> Iterator[tuple]:
        statuses = Weighted(self.random, {"active": 92, "inactive": 4, "suspended": 1, "pending": 3})
        for number, (name, mailbox) in enumerate(self._names(self.counts["realtors"])):
            joined = self.now - YEARS * self.random.random()
            agent, status = Agent(self._ulid(joined), f"U0LOADR{number:04}"), statuses.draw()
            self.agents.append(agent)
            yield (
                agent.id,
                f"{mailbox}@realty.example",
                name,
                f"+1-647-555-{number:04}",
                None if status == "pending" else f"ON-RECO-{5_000_000 + number * 7}",
                self.random.choice(BROKERAGES),
                agent.slack_id,
                self.random.sample(TERRITORIES, self.random.randint(1, 3)),
                status,
                joined,
                joined,
            )

    def _names(self, number: int) -> Iterator[tuple[str, str]]:
        """Names, each with a mailbox of its own."""
        for index in range(number):
            first = FIRST_NAMES[index % len(FIRST_NAMES)]
            last = LAST_NAMES[index * 7 // len(FIRST_NAMES) % len(LAST_NAMES)]
            plain = unicodedata.normalize("NFKD", f"{first}.{last}").encode("ascii", "ignore").decode().lower()
            yield f"{first} {last}", f"{plain}.{index + 1}"

    # ---- work --------------------------------------------------------------------------------------------------------

    def listings_rows(self) -> Iterator[tuple]:
        types = Weighted(self.random, {"SALE": 62, "LEASE": 35, None: 3})
        total = self.counts["listings"]
        running = total * 35 // 100
        ages = [RUNNING * self.random.random() for _ in range(running)]
        ages += [RUNNING + (YEARS - RUNNING) * self.random.random() for _ in range(total - running)]
        for number, age in enumerate(sorted(ages, reverse=True)):
            created, agent, address = self.now - age, self.random.choice(self.agents), self._address(number)
            heard = created - timedelta(seconds=3)
            place = Property(self._ulid(created), address, agent, created, age < RUNNING, self._ulid(heard))
            self.properties.append(place)
            text = f"New listing at {address}, photos by {heard + timedelta(days=3):%A} please"
            self.requests.append(
                Request(heard, place.message_id, agent, "listing", place.id, "SALE_LISTING", text, address)
            )
            due = self._office_hour(created + timedelta(days=self.random.randint(5, 60)))
            yield place.id, address, agent.id, types.draw(), due, created, created

    def _address(self, number: int) -> str:
        draw, letters = self.random.randint, "ABCEGHJKLMNPRSTVWXYZ"
        block, street = divmod(number, len(STREETS))
        unit = f"{draw(1, 45)}{draw(1, 24):02}-" if self.random.random() < 0.3 else ""
        code = f"M{draw(1, 9)}{self.random.choice(letters)} {draw(1, 9)}{self.random.choice(letters)}{draw(1, 9)}"
        return f"{unit}{block * 7 + draw(1, 7)} {STREETS[street]}, Toronto, ON {code}"

    def listings_note_rows(self) -> Iterator[tuple]:
        for place in self.properties:
            for _ in range(self.random.randint(0, 3)):
                written = self._between(place.created_at, self.now)
                author = self.random.choice(self.people).id
                yield self._ulid(written), "listing", place.id, self.random.choice(NOTES), author, written

    def activities_rows(self) -> Iterator[tuple]:
        statuses = self._statuses()
        owners = {group: self._owners(roles) for group, roles in SEEN_BY.items()}
        total = self.counts["activities"]
        for index in range(total):
            place = self.properties[index * len(self.properties) // total]
            category, names, groups = WORK[index % len(WORK)]
            name, group = self.random.choice(names), self.random.choice(groups)
            message_id, created = place.message_id, place.created_at
            street = place.address.partition(",")[0]
            is_late = index % 10 == 0
            if is_late:
                created = self._between(created, min(created + timedelta(days=10), self.now))
                message_id = self._ulid(created)
            task_id = self._ulid(created)
            if is_late:
                text = f"{name} for {place.address} please"
                self.requests.append(
                    Request(
                        *(created, message_id, place.agent, "listing_task", task_id),
                        *("SALE_ACTIVE_TASKS", text, place.address),
                    )
                )
            yield (
                task_id,
                place.id,
                place.agent.id,
                name,
                f"{name} for {street}" if index % 3 == 0 else None,
                category,
                group,
                f'{{"slack_message": "{message_id}"}}',
                *self._life(created, statuses[place.is_running].draw(), owners[group]),
            )

    def agent_tasks_rows(self) -> Iterator[tuple]:
        statuses, owners = self._statuses(), self._owners(DESK)
        total = self.counts["agent_tasks"]
        for index in range(total):
            is_running = index >= total * 65 // 100
            age = RUNNING * self.random.random() if is_running else RUNNING + (YEARS - RUNNING) * self.random.random()
            created, agent = self.now - age, self.random.choice(self.agents)
            key, name = self.random.choice(REQUESTS)
            task_id, heard = self._ulid(created), created - timedelta(seconds=3)
            text, message_id = f"{name} please, all papers are in the folder", self._ulid(heard)
            self.requests.append(Request(heard, message_id, agent, "stray_task", task_id, key, text))
            yield (
                *(task_id, agent.id, key.value, name, text, f'{{"slack_message": "{message_id}"}}'),
                *self._life(created, statuses[is_running].draw(), owners),
            )

    def _statuses(self) -> dict[bool, Weighted]:
        return {True: Weighted(self.random, WHILE_RUNNING), False: Weighted(self.random, AFTERWARDS)}

    def _owners(self, roles: tuple[str, ...]) -> Weighted:
        """The active people of some roles; the busiest of them get three times the work of the least busy."""
        people = [person for person in self.people if person.is_active and person.role in roles]
        return Weighted(self.random, {person.id: self.random.uniform(1, 3) for person in people})

    def _life(self, created: datetime, status: str, owners: Weighted) -> tuple:
        """The columns of `_TASK`: who has it, since when, until when."""
        random = self.random
        owner = claimed = completed = due = None
        latest = created
        if status not in ("OPEN", "CANCELLED"):
            owner = owners.draw()
            claimed = latest = self._between(created, min(created + timedelta(days=4), self.now))
        if status in CLOSED:
            completed = latest = self._between(latest, min(latest + timedelta(days=9), self.now))
        if random.random() > 0.12:
            # Open work is due around now: some of it late, most of it within two months.
            days = random.betavariate(2, 3) * 72 - 12
            due = self._office_hour(self.now + timedelta(days=days) if completed is None else completed)
        deleted = deleted_by = None
        if random.random() < 0.015:
            deleted = latest = self._between(latest, self.now)
            deleted_by = self.people[0].id
        priority = 0 if random.random() < 0.3 else random.randint(1, 10)
        return status, priority, owner, due, claimed, completed, created, latest, deleted, deleted_by

    # ---- messages ----------------------------------------------------------------------------------------------------

    def slack_messages_rows(self) -> Iterator[tuple]:
        self.requests.sort(key=lambda request: request.at)
        del self.requests[self.counts["slack_messages"] :]
        others = self.counts["slack_messages"] - len(self.requests)
        # Two streams in the order of time, told apart by the last digit of Slack's own key, so that none is met twice.
        return merge(self._request_messages(), self._other_messages(others), key=lambda row: row[3])

    def _request_messages(self) -> Iterator[tuple]:
        for number, request in enumerate(self.requests):
            is_listing = request.kind == "listing"
            kind, confidence = "GROUP" if is_listing else "STRAY", 0.8 + number % 20 / 100
            group_key, task_key = (request.key, None) if is_listing else (None, request.key)
            reading = {
                "schema_version": 1,
                "message_type": kind,
                "group_key": group_key,
                "task_key": task_key,
                "listing": {"type": "SALE" if is_listing else None, "address": request.address},
                "assignee_hint": None,
                "due_date": None,
                "task_title": request.text[:80],
                "confidence": confidence,
                "explanations": [],
                "evidence": self._evidence(request),
            }
            item = None if is_listing else request.item_id
            yield (
                *self._heard(request.message_id, request.agent.slack_id, request.at, number % 500_000 * 2),
                *(request.text, json.dumps(reading), kind, task_key, group_key, confidence),
                *(request.item_id if is_listing else None, item, None if is_listing else request.kind),
                *(request.at, request.at + timedelta(seconds=2), "processed", None, "{}"),
            )

    def _evidence(self, request: Request) -> list[dict[str, Any]]:
        if request.address is None:
            return []
        start = request.text.index(request.address)
        return [
            {"field": "address", "start": start, "end": start + len(request.address), "text": request.address},
        ]

    def _other_messages(self, total: int) -> Iterator[tuple]:
        """What made nothing: chatter, imported history, questions that need or needed a look, a few failures."""
        step = YEARS / max(total, 1)
        empty: dict[str, Any] = {
            "group_key": None,
            "task_key": None,
            "assignee_hint": None,
            "due_date": None,
            "task_title": "",
        }
        empty |= {"listing": {"type": None, "address": None}, "schema_version": 1, "explanations": [], "evidence": []}
        ignored = json.dumps(empty | {"message_type": "IGNORE", "confidence": 0.93})
        asked = json.dumps(empty | {"message_type": "INFO_REQUEST", "confidence": 0.81})
        fates = Weighted(self.random, {"chatter": 60, "history": 35, "question": 4.9, "failed": 0.1})
        for number in range(total):
            at = self.now - YEARS + step * (number + self.random.random())
            message_id, sender = self._ulid(at), self.random.choice(self.agents).slack_id
            heard = self._heard(message_id, sender, at, number % 500_000 * 2 + 1)
            made, done = (None, None, None), at + timedelta(seconds=2)
            reading: tuple
            fate = fates.draw()
            if fate == "question":
                self._look_at(message_id, at)
                reading = (self.random.choice(QUESTIONS), asked, "INFO_REQUEST", None, None, 0.81)
                yield (*heard, *reading, *made, at, done, "processed", None, "{}")
            elif fate == "failed":
                reading = (self.random.choice(CHATTER), "{}", "unclassified", None, None, None)
                yield (*heard, *reading, *made, at, done, "failed", "The worker stopped three times over it.", "{}")
            else:
                kind, stored = ("IGNORE", ignored) if fate == "chatter" else ("unclassified", "{}")
                reading = (self.random.choice(CHATTER), stored, kind, None, None, 0.93 if fate == "chatter" else None)
                yield (*heard, *reading, *made, at, done, "skipped", None, f'{{"reason": "{fate}"}}')

    def _heard(self, message_id: str, sender: str, at: datetime, microsecond: int) -> tuple:
        ts = f"{int(at.timestamp())}.{microsecond:06}"
        return message_id, sender, self.random.choice(CHANNELS), ts

    def _look_at(self, message_id: str, at: datetime) -> None:
        resolved: tuple = (None, None, None)
        if at < self.now - UNRESOLVED:
            resolved = (at + timedelta(hours=1), self.people[4].id, "ignored")
        self.reviews.append((self._ulid(at), message_id, "info_request", at, *resolved))

    def slackintake_review_rows(self) -> Iterator[tuple]:
        return iter(self.reviews)

    # ---- moments and keys --------------------------------------------------------------------------------------------

    def _between(self, earliest: datetime, latest: datetime) -> datetime:
        return earliest + (latest - earliest) * self.random.random()

    def _office_hour(self, moment: datetime) -> datetime:
        """A full hour of a weekday: mostly five o'clock, so that many rows share a due date as they do in an office."""
        day = moment.astimezone(office_zone()).date()
        day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
        hour = 17 if self.random.random() < 0.75 else self.random.randint(9, 16)
        return datetime.combine(day, time(hour), office_zone())

    def _ulid(self, moment: datetime) -> str:
        """A ULID of that moment, drawn like everything else here so that it is the same every time."""
        value = int(moment.timestamp() * 1000) << 80 | self.random.getrandbits(80)
        return "".join([_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10)])
