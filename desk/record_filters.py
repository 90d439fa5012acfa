"""What narrows the lists of listings and realtors; their built-in tabs are such filters under a name."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from common.chips import Chips
from common.clock import end_of_week, office_now, start_of_day
from desk.next_due import NEXT_DUE
from listings.models import KeyDate, KeyDateKind, Listing, ListingStatus, ListingType
from listings.queries import found_by, realtors_found_by
from listings.search_query import Query
from realtors.models import Realtor, RealtorStatus
from tasks.lists import COUNT_CAP
from tasks.models import WORKABLE, Activity, AgentTask

STUCK_AFTER = timedelta(days=5)

DUE = (("overdue", "Overdue"), ("today", "Due today"), ("week", "Due this week"), ("none", "Nothing due"))
WORK = (("unowned", "Has work without owner"), ("stuck", "No movement for 5 days"), ("none", "Has no activities"))
LIVE = (("week", "Going live this week"),)
SLACK = (("linked", "Linked to Slack"), ("missing", "Without Slack link"))
OPEN = (("yes", "Has open work"), ("no", "Has no open work"))

Listings = QuerySet[Listing]
Realtors = QuerySet[Realtor]


def _has(activities: QuerySet[Activity]) -> Exists:
    return Exists(activities.filter(listing=OuterRef("pk")))


class ListingFilters(django_filters.FilterSet):
    """The filters of the list of listings."""

    q = django_filters.CharFilter(label="Words", max_length=100, method="by_words")
    type = django_filters.MultipleChoiceFilter(label="Type", choices=ListingType.choices)
    status = django_filters.MultipleChoiceFilter(label="Status", choices=ListingStatus.choices)
    due = django_filters.ChoiceFilter(label="Due", choices=DUE, method="by_due")
    live = django_filters.ChoiceFilter(label="Going live", choices=LIVE, method="by_going_live")
    work = django_filters.ChoiceFilter(label="Work", choices=WORK, method="by_work")
    realtor = django_filters.ModelChoiceFilter(label="Realtor", queryset=Realtor.objects.all())

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()

    def by_words(self, rows: Listings, name: str, value: str) -> Listings:
        return rows.filter(pk__in=found_by(Query.parse(value)))

    def by_due(self, rows: Listings, name: str, value: str) -> Listings:
        """By what is due next, as the row shows it, as far as the reader sees it; not by the listing's own date."""
        now, rows = office_now(), rows.alias(next_due=NEXT_DUE)
        if value == "none":
            return rows.filter(next_due=None)
        if value == "overdue":
            return rows.filter(next_due__lt=now)
        last = now.date() if value == "today" else end_of_week(now.date())
        return rows.filter(next_due__gte=now, next_due__lt=start_of_day(last + timedelta(days=1)))

    def by_going_live(self, rows: Listings, name: str, value: str) -> Listings:
        today = office_now().date()
        days = KeyDate.objects.filter(kind=KeyDateKind.GO_LIVE, day__gte=today, day__lte=end_of_week(today))
        return rows.filter(Exists(days.filter(listing=OuterRef("pk"))))

    def by_work(self, rows: Listings, name: str, value: str) -> Listings:
        """By activities as far as the reader sees them; one does not look for work that is not one's to see."""
        if value == "unowned":
            # Asked of each listing, from its index; as EXISTS the planner reads all unowned activities there are.
            unowned = Activity.objects.filter(listing=OuterRef("pk"), status__in=WORKABLE, assigned_staff=None)
            return rows.alias(unowned=Subquery(unowned.values("pk")[:1])).filter(unowned__isnull=False)
        if value == "none":
            return rows.exclude(_has(Activity.objects.all()))
        since = timezone.now() - STUCK_AFTER
        moved = Activity.objects.filter(updated_at__gte=since)
        return rows.exclude(status=ListingStatus.COMPLETED).filter(updated_at__lt=since).exclude(_has(moved))


class RealtorFilters(django_filters.FilterSet):
    """The filters of the list of realtors."""

    q = django_filters.CharFilter(label="Words", max_length=100, method="by_words")
    status = django_filters.MultipleChoiceFilter(label="Status", choices=RealtorStatus.choices)
    slack = django_filters.ChoiceFilter(label="Slack", choices=SLACK, method="by_slack")
    open = django_filters.ChoiceFilter(label="Open work", choices=OPEN, method="by_open_work")

    class Meta:
        model = Realtor
        fields: tuple[str, ...] = ()

    def by_words(self, rows: Realtors, name: str, value: str) -> Realtors:
        return rows.filter(pk__in=realtors_found_by(Query.parse(value), limit=COUNT_CAP + 1))

    def by_slack(self, rows: Realtors, name: str, value: str) -> Realtors:
        return rows.filter(slack_user_id__isnull=value == "missing")

    def by_open_work(self, rows: Realtors, name: str, value: str) -> Realtors:
        tasks = AgentTask.objects.filter(realtor=OuterRef("pk"), status__in=WORKABLE)
        listings = Listing.objects.filter(realtor=OuterRef("pk")).exclude(status=ListingStatus.COMPLETED)
        has_work = Exists(tasks) | Exists(listings)
        return rows.filter(has_work) if value == "yes" else rows.exclude(has_work)


class _WithWords(Chips):
    """Too little to look for is no filter."""

    def _read(self) -> dict[str, Any]:
        values = super()._read()
        if Query.parse(values.get("q", "")).is_empty:
            values.pop("q", None)
        return values


class ListingChips(_WithWords):
    filters = ListingFilters
    says_itself = frozenset({"due", "live", "work"})


class RealtorChips(_WithWords):
    filters = RealtorFilters
    says_itself = frozenset({"slack", "open"})
