"""What narrows the list of Slack messages; its built-in views are such filters under a name."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from common.chips import Chips, Choice
from common.clock import office_now, start_of_day
from common.searching import Term, as_tsquery, words_of
from listings.models import GroupKey
from realtors.models import Realtor
from slackintake.learning import LABELS_OF_TYPES
from slackintake.models import CreatedTaskType, ProcessingStatus, SkipReason, SlackMessage
from slackintake.queries import Directory, every_message, messages_needing_look, open_reviews
from slackintake.reading import LABELS
from slackintake.receiving import UNREAD
from staff.models import Staff
from tasks.lists import COUNT_CAP
from tasks.models import TaskKey

Messages = QuerySet[SlackMessage]

STATUSES = (
    ("pending", "Pending"),
    ("look", "Needs a look"),
    ("failed", "Failed"),
    ("ignored", "Ignored"),
    ("processed", "Processed"),
    ("unread", "Not read"),
)
TYPES = [*LABELS_OF_TYPES.items(), (UNREAD, "Not read yet")]
KEYS = [(key, LABELS[key]) for key in [*GroupKey.values, *TaskKey.values]]
ERROR = (("yes", "Has an error"), ("no", "Has no error"))
MADE = (
    ("listing", "Created a listing"),
    ("activity", "Created an activity"),
    ("agent_task", "Created a task for a realtor"),
    ("nothing", "Created nothing"),
)
UNKNOWN = "unknown"
"""The sender who is not in the directory."""

RECENT = 500
"""Messages whose senders and channels the finder offers."""


class PercentFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=100, **options)


def _day_filter(label: str, method: str) -> django_filters.DateFilter:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return django_filters.DateFilter(label=label, method=method, widget=widget)


class ReviewFilters(django_filters.FilterSet):
    """The filters of the messages that need a look: by what operations may know of them."""

    q = django_filters.CharFilter(label="Words", max_length=100, method="by_words")
    type = django_filters.MultipleChoiceFilter(label="Type", field_name="message_type", choices=TYPES)
    key = django_filters.MultipleChoiceFilter(label="Kind", choices=KEYS, method="by_key")
    channel = django_filters.CharFilter(label="Channel", field_name="slack_channel_id", max_length=60)
    sender = django_filters.CharFilter(label="Sender", max_length=60, method="by_sender")
    sent_from = _day_filter("Sent from", "by_first_day")
    sent_until = _day_filter("Sent until", "by_last_day")
    sure_from = PercentFilter(label="Sure, at least %", method="by_least")
    sure_to = PercentFilter(label="Sure, at most %", method="by_most")

    class Meta:
        model = SlackMessage
        fields: tuple[str, ...] = ()

    def by_words(self, rows: Messages, name: str, value: str) -> Messages:
        """By the beginnings of words, without regard to case and accents."""
        found = RawSQL(
            "app.search_words(ARRAY[slack_messages.message_text]) @@ %s::tsquery",
            [_tsquery(value)],
            output_field=BooleanField(),
        )
        return rows.filter(found)

    def by_key(self, rows: Messages, name: str, value: list[str]) -> Messages:
        return rows.filter(Q(group_key__in=value) | Q(task_key__in=value)) if value else rows

    def by_sender(self, rows: Messages, name: str, value: str) -> Messages:
        if value != UNKNOWN:
            return rows.filter(slack_user_id=value)
        named = {"slack_user_id": OuterRef("slack_user_id")}
        known = Exists(Realtor.all_objects.filter(**named)) | Exists(Staff.all_objects.filter(**named))
        return rows.exclude(known)

    def by_first_day(self, rows: Messages, name: str, value: Any) -> Messages:
        return rows.filter(received_at__gte=start_of_day(value))

    def by_last_day(self, rows: Messages, name: str, value: Any) -> Messages:
        return rows.filter(received_at__lt=start_of_day(value + timedelta(days=1)))

    # Half a percent to either side, so that a message is found by the number that its row shows.

    def by_least(self, rows: Messages, name: str, value: int) -> Messages:
        return rows.filter(confidence__gte=Decimal(2 * value - 1) / 200)

    def by_most(self, rows: Messages, name: str, value: int) -> Messages:
        return rows.filter(confidence__lt=Decimal(2 * value + 1) / 200)


class MessageFilters(ReviewFilters):
    """The filters of all messages, for admins."""

    status = django_filters.ChoiceFilter(label="Status", choices=STATUSES, method="by_status")
    error = django_filters.ChoiceFilter(label="Error", choices=ERROR, method="by_error")
    made = django_filters.ChoiceFilter(label="Created", choices=MADE, method="by_what_it_made")

    def by_words(self, rows: Messages, name: str, value: str) -> Messages:
        """As above by the index; of very many that say so, the newest."""
        found = RawSQL("SELECT id FROM app.search_messages(%s::tsquery, %s)", [_tsquery(value), COUNT_CAP + 1])
        return rows.filter(pk__in=found)

    def by_status(self, rows: Messages, name: str, value: str) -> Messages:
        # Said the other way round, "ignored" would seem rare to the planner, which then sorts all there are.
        unread = Q(metadata__reason__in=[SkipReason.HISTORY.value, SkipReason.BOT.value, SkipReason.SYSTEM.value])
        skipped, processed = Q(processing_status=ProcessingStatus.SKIPPED), ProcessingStatus.PROCESSED
        needs_look = Exists(open_reviews())
        statuses = {
            "pending": Q(processing_status=ProcessingStatus.PENDING),
            "look": Q(needs_look),
            "failed": Q(processing_status=ProcessingStatus.FAILED),
            "ignored": skipped & ~unread,
            "processed": Q(processing_status=processed) & ~Q(needs_look),
            "unread": skipped & unread,
        }
        return rows.filter(statuses[value])

    def by_error(self, rows: Messages, name: str, value: str) -> Messages:
        return rows.filter(error_message__isnull=value == "no")

    def by_what_it_made(self, rows: Messages, name: str, value: str) -> Messages:
        return rows.filter(
            {
                "listing": Q(created_listing__isnull=False),
                "activity": Q(created_task_type=CreatedTaskType.LISTING_TASK),
                "agent_task": Q(created_task_type=CreatedTaskType.STRAY_TASK),
                "nothing": Q(created_listing=None, created_task_id=None),
            }[value]
        )


def _tsquery(text: str) -> str:
    return " & ".join(as_tsquery((Term(word),)) for word in words_of(text))


class ReviewChips(Chips):
    """The filters of operations. Channels and senders are offered as far as their messages may be seen."""

    filters = ReviewFilters
    typed = ("sent_from", "sent_until", "sure_from", "sure_to")
    rows: ClassVar[Any] = staticmethod(messages_needing_look)

    def _read(self) -> dict[str, Any]:
        values = super()._read()
        if not words_of(values.get("q", "")):
            values.pop("q", None)
        return values

    def choices(self) -> list[Choice]:
        today = office_now().date()
        senders, channels = self._recent
        offered: list[tuple[str, Any]] = [("sender", sender) for sender in [UNKNOWN, *senders]]
        offered += [("channel", channel) for channel in channels]
        offered += [("sent_from", day) for day in (today, today - timedelta(days=7), today.replace(day=1))]
        offered += [("sure_to", 50), ("sure_to", 75), ("sure_from", 75), ("sure_from", 90)]
        return super().choices() + [
            Choice(self._words(name, value), self._with(name, value))
            for name, value in offered
            if str(value) not in self._query.getlist(name)
        ]

    @cached_property
    def _recent(self) -> tuple[list[str], list[str]]:
        """The senders and the channels of the newest messages."""
        newest = self.rows().order_by("-received_at").values_list("slack_user_id", "slack_channel_id")[:RECENT]
        pairs = list(newest)
        return list(dict.fromkeys(sender for sender, _ in pairs)), list(dict.fromkeys(channel for _, channel in pairs))

    def names(self, slack_ids: Iterable[str]) -> Directory:
        """The names behind these ids and of what is in force, found together: rows and chips cost one statement."""
        self._directory = Directory.of([*slack_ids, self.values.get("channel", ""), self.values.get("sender", "")])
        return self._directory

    @cached_property
    def _directory(self) -> Directory:
        """The names of what is in force, and once it is asked for, of what can be chosen."""
        senders, channels = self.__dict__.get("_recent", ([], []))
        return self.names([*senders, *channels])

    def _words(self, name: str, value: Any) -> str:
        match name:
            case "channel":
                return f"In {self._directory.channel(value)}"
            case "sender" if value == UNKNOWN:
                return "Sender not in the directory"
            case "sender":
                return f"From {self._directory.sender(value).name}"
            case "sent_from" | "sent_until":
                return f"Sent {name.removeprefix('sent_')} {value.day} {value:%b %Y}"
            case "sure_from":
                return f"At least {value} % sure"
            case "sure_to":
                return f"At most {value} % sure"
        return super()._words(name, value)


class MessageChips(ReviewChips):
    """The filters of admins."""

    filters = MessageFilters
    says_itself = frozenset({"status", "error", "made"})
    rows = staticmethod(every_message)
