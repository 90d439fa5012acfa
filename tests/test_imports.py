"""The import of every table: the good files whole, the faulty ones told by line, column and reason."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from common.clock import office_zone
from common.imports import loading, writing
from common.imports.columns import Context
from common.imports.loading import import_file
from common.imports.problems import FileRefused
from common.models import Act, Change
from common.principal import acting_as
from listings.imports import ListingTable
from listings.models import Listing, Note
from realtors.imports import RealtorTable
from realtors.models import Realtor
from staff.imports import StaffTable
from staff.models import Staff
from tasks.imports import ActivityTable, AgentTaskTable
from tasks.models import Activity, AgentTask

ROOT = Path(__file__).resolve().parent.parent
GOOD = ROOT / "demo"
BAD = ROOT / "tests" / "data" / "bad"
NOW = datetime(2026, 1, 26, 14, 0, tzinfo=UTC)
TABLES = {
    "staff": StaffTable,
    "realtors": RealtorTable,
    "listings": ListingTable,
    "activities": ActivityTable,
    "agent_tasks": AgentTaskTable,
}
MODELS = {"staff": Staff, "realtors": Realtor, "listings": Listing, "activities": Activity, "agent_tasks": AgentTask}
ROWS = {"staff": 12, "realtors": 40, "listings": 60, "activities": 300, "agent_tasks": 60}

pytestmark = pytest.mark.django_db


def table_of(file):
    """`agent_tasks_time_order.csv` is a file of agent tasks."""
    return next(name for name in TABLES if file.startswith(name))


def bring(path, *, data=None, shift_days=0, principal=("system", "command"), **options):
    """Import a file as the command does, at a fixed time."""
    table = TABLES[table_of(path.name)]()
    context = Context(office_zone(), NOW, shift_days)
    with acting_as(*principal):
        return import_file(table, data or path.read_bytes(), context, file_name=path.name, **options)


def load(*names):
    for name in names:
        outcome = bring(GOOD / f"{name}.csv")
        assert outcome.is_written, outcome.problems


def counts(outcome):
    return tuple(outcome.counts[state] for state in ("new", "changed", "unchanged", "wrong"))


def places(problems):
    return {(problem.line, problem.column) for problem in problems}


def edited(name, *changes):
    """The bytes of a good file with pieces of text replaced."""
    text = (GOOD / f"{name}.csv").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


@pytest.fixture
def people():
    load("staff", "realtors")


@pytest.fixture
def everything():
    load(*TABLES)


class TestGoodFiles:
    def test_every_row_of_every_file_comes_in(self):
        for name in TABLES:
            outcome = bring(GOOD / f"{name}.csv")
            assert counts(outcome) == (ROWS[name], 0, 0, 0)
            assert not outcome.wrong
            assert MODELS[name].all_objects.count() == ROWS[name]

    def test_a_second_import_changes_nothing(self, everything):
        acts = Act.objects.count()
        for name in TABLES:
            outcome = bring(GOOD / f"{name}.csv")
            assert counts(outcome) == (0, 0, ROWS[name], 0)
            assert MODELS[name].all_objects.count() == ROWS[name]
        assert Note.objects.count() == 50
        assert Act.objects.count() == acts

    def test_values_come_in_as_they_stand(self, everything):
        chloe = Staff.objects.get(email="chloe.tremblay@lapaz.example")
        assert chloe.name == "Chloé Tremblay"
        assert chloe.metadata == {"department": "operations", "hire_date": "2025-01-12"}
        assert chloe.created_at == datetime(2025, 1, 12, 14, 47, 6, tzinfo=UTC)
        assert chloe.updated_at == datetime(2025, 12, 10, 22, 0, 41, tzinfo=UTC)
        carmen = Realtor.objects.get(name="Carmen Villareal")
        assert carmen.territories == ["Brampton", "North York", "Scarborough"]
        assert Realtor.objects.filter(status="pending", license_number=None).exists()
        activity = Activity.objects.get(pk="01KA7HCKFR7G2NE9ACHRYBTQMX")
        assert activity.assigned_staff.name == "Marcus Adeyemi"
        assert activity.listing.address_string == "1430 Roehampton Ave, Toronto, ON M2H 5B8"
        assert activity.due_date == datetime(2026, 1, 15, 22, tzinfo=UTC)
        assert activity.description is None

    def test_a_removed_person_comes_in_removed(self, everything):
        assert Staff.objects.count() == 11
        assert Staff.all_objects.get(name="Yuki Tanabe").deleted_at == datetime(2025, 12, 23, 21, 24, 1, tzinfo=UTC)

    def test_activities_of_a_removed_listing_come_in_removed_at_the_same_moment(self, people):
        load("listings")
        outcome = bring(GOOD / "activities.csv")
        removed = Listing.all_objects.exclude(deleted_at=None).get()
        assert set(removed.activities(manager="all_objects").values_list("deleted_at", flat=True)) == {
            removed.deleted_at
        }
        assert Activity.objects.count() == 295
        assert [problem.column for problem in outcome.notices] == ["deleted_at"] * 5

    def test_notes_become_notes_of_the_listing(self, people):
        load("listings")
        assert Note.objects.count() == 50
        note = Note.objects.get(item_id="01KA7H73PR4MX7Z3JABG83QK3A")
        assert (note.kind, note.text, note.author_staff_id) == ("listing", "Staging booked", None)
        assert note.created_at == datetime(2025, 11, 16, 23, 50, 15, tzinfo=UTC)

    def test_an_import_is_one_act_of_the_command(self):
        load("staff")
        act = Act.objects.get()
        assert (act.verb, act.source, act.reason) == ("imported", "import_staff", "staff.csv")
        assert (act.actor_kind, act.actor_id) == ("system", "command")
        assert Change.objects.filter(act_id=act.pk, table_name="staff").count() == 12

    def test_every_time_can_be_shifted(self, people):
        bring(GOOD / "listings.csv", shift_days=-100)
        listing = Listing.objects.get(pk="01KA7H73PR4MX7Z3JABG83QK3A")
        # In October clocks are an hour ahead of those in January: 17:00 stays 17:00.
        assert listing.due_date == datetime(2025, 10, 17, 21, tzinfo=UTC)
        assert listing.created_at == datetime(2025, 8, 8, 22, 50, 15, tzinfo=UTC)


class TestImportingAgain:
    def test_a_changed_row_is_updated_and_its_change_is_told(self):
        load("staff")
        outcome = bring(GOOD / "staff.csv", data=edited("staff", ("Helen Mbeki", "Helen Mbeki-Ross")))
        assert counts(outcome) == (0, 1, 11, 0)
        row = next(row for row in outcome.rows if row.state == "changed")
        assert (row.line, row.changes) == (4, {"name": ("Helen Mbeki", "Helen Mbeki-Ross")})
        helen = Staff.objects.get(email="helen.mbeki@lapaz.example")
        assert helen.name == "Helen Mbeki-Ross"
        assert helen.updated_at > NOW
        change = Change.objects.filter(row_key=helen.pk).latest("change_id")
        assert (change.before, change.after) == ({"name": "Helen Mbeki"}, {"name": "Helen Mbeki-Ross"})

    def test_a_change_keeps_what_the_file_does_not_speak_of(self):
        load("staff")
        Staff.objects.filter(name="Helen Mbeki").update(phone="+1-416-555-9999")
        outcome = bring(
            GOOD / "staff.csv",
            data=b"staff_id,email,name,role,status\n"
            b"01JNPETBFGAFES06RS2ASER59R,helen.mbeki@lapaz.example,Helen,operations,active\n",
        )
        assert counts(outcome) == (0, 1, 0, 0)
        helen = Staff.objects.get(name="Helen")
        assert (helen.phone, helen.slack_user_id) == ("+1-416-555-9999", "U0DEVS03")
        assert helen.created_at == datetime(2025, 3, 6, 19, 27, 18, tzinfo=UTC)

    def test_an_empty_cell_empties_the_column_but_not_the_time_of_creation(self):
        load("staff")
        bring(
            GOOD / "staff.csv",
            data=edited("staff", ("U0DEVS03,+1-416-555-0102,active,2025-03-06T19:27:18Z", ",,active,")),
        )
        helen = Staff.objects.get(name="Helen Mbeki")
        assert (helen.phone, helen.slack_user_id) == (None, None)
        assert helen.created_at == datetime(2025, 3, 6, 19, 27, 18, tzinfo=UTC)

    def test_another_note_is_added_and_the_first_is_kept(self, people):
        load("listings")
        data = edited("listings", ("Staging booked", "Staging done"))
        outcome = bring(GOOD / "listings.csv", data=data)
        assert counts(outcome) == (0, 1, 59, 0)
        notes = Note.objects.filter(item_id="01KA7H73PR4MX7Z3JABG83QK3A").order_by("created_at")
        assert [note.text for note in notes] == ["Staging booked", "Staging done"]
        listing = Listing.objects.get(pk="01KA7H73PR4MX7Z3JABG83QK3A")
        assert listing.updated_at == datetime(2026, 1, 24, 23, 28, 37, tzinfo=UTC)
        assert counts(bring(GOOD / "listings.csv", data=data)) == (0, 0, 60, 0)
        assert counts(bring(GOOD / "listings.csv")) == (0, 0, 60, 0)

    def test_status_and_progress_of_a_listing_are_not_compared(self, everything):
        data = edited("listings", (",SALE,in_progress,", ",SALE,completed,"))
        assert counts(bring(GOOD / "listings.csv", data=data)) == (0, 0, 60, 0)

    def test_a_removed_listing_does_not_bring_its_activities_back(self, everything):
        assert counts(bring(GOOD / "activities.csv")) == (0, 0, 300, 0)
        assert Activity.objects.count() == 295

    def test_activities_go_and_come_back_with_their_listing(self, everything):
        listing = Listing.objects.get(pk="01KA7H73PR4MX7Z3JABG83QK3A")
        live = listing.activities.count()
        data = edited("listings", ("2026-01-24T23:28:37Z,\n", "2026-01-24T23:28:37Z,2026-01-25T12:00:00Z\n"))
        assert counts(bring(GOOD / "listings.csv", data=data)) == (0, 1, 59, 0)
        removed = listing.activities(manager="all_objects").values_list("deleted_at", flat=True)
        assert set(removed) == {datetime(2026, 1, 25, 12, tzinfo=UTC)}
        assert len(removed) == live > 0
        bring(GOOD / "listings.csv")
        assert listing.activities.count() == live

    def test_an_activity_of_a_removed_listing_stays_removed_whatever_the_file_leaves_out(self, everything):
        removed = list(Listing.all_objects.deleted())
        Listing.all_objects.update(deleted_at=None)
        Activity.all_objects.filter(name="Take listing photos").update(deleted_at=None)
        Listing.all_objects.bulk_update(removed, ["deleted_at"])  # by itself, without what hangs on it
        live = Activity.objects.count()
        with (GOOD / "activities.csv").open(encoding="utf-8", newline="") as stream:
            rows = [row[:15] for row in csv.reader(stream)]
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerows(rows)
        assert counts(bring(GOOD / "activities.csv", data=buffer.getvalue().encode())) == (0, 1, 299, 0)
        assert Activity.objects.count() == live - 1

    def test_the_last_active_admin_stays(self):
        load("staff")
        data = edited(
            "staff",
            ("Tara Lindqvist,admin", "Tara Lindqvist,support"),
            ("Owen Castellanos,admin", "Owen Castellanos,support"),
        )
        outcome = bring(GOOD / "staff.csv", data=data)
        assert places(outcome.wrong) == {(2, "role"), (3, "role")}
        assert Staff.objects.filter(role="admin").count() == 2


class TestFaultyFiles:
    """Each file of `tests/data/bad` gets what its fault deserves; the rows not named are good."""

    @pytest.mark.parametrize(
        ("file", "rows", "wrong", "notices"),
        [
            ("staff_bad_enum.csv", 8, {(4, "role"), (7, "status")}, {(6, "status")}),
            ("realtors_bom.csv", 10, set(), set()),
            ("realtors_utf16.csv", 10, set(), {(None, "")}),
            ("realtors_duplicate_emails.csv", 15, {(10, "email"), (13, "email")}, set()),
            ("realtors_duplicate_slack_and_licence.csv", 10, {(8, "slack_user_id"), (9, "license_number")}, set()),
            ("realtors_ragged.csv", 7, {(5, ""), (7, "")}, set()),
            ("realtors_long_name.csv", 7, {(4, "name")}, set()),
            (
                "realtors_hostile_text.csv",
                11,
                {(5, "name"), (6, "name"), (8, "email"), (9, "email"), (10, "metadata")},
                {(7, "name"), (11, "phone")},
            ),
            ("listings_duplicate_id.csv", 11, {(12, "listing_id")}, set()),
            ("listings_bad_values.csv", 12, {(5, "type"), (7, "progress"), (9, "status")}, set()),
            ("listings_semicolons.csv", 20, set(), set()),
            ("listings_crlf_quotes.csv", 6, set(), set()),
            ("listings_unclosed_quote.csv", 6, {(7, "")}, set()),
            ("activities_priority.csv", 20, {(line, "priority") for line in (5, 8, 10, 12)}, set()),
            (
                "activities_bad_enum.csv",
                14,
                {(4, "task_category"), (6, "visibility_group"), (11, "status")},
                {(9, "status")},
            ),
            (
                "activities_dates.csv",
                20,
                {(line, "due_date") for line in (3, 6, 8, 13)},
                {(10, "due_date"), (15, "due_date")},
            ),
            (
                "activities_unknown_listing.csv",
                20,
                {(4, "listing_id"), (7, "listing_id"), (9, "assigned_staff_id")},
                {(11, "realtor_id")},
            ),
            (
                "activities_half_good.csv",
                300,
                {(151, "priority")},
                {(line, "deleted_at") for line in (29, 89, 149, 209, 269)},  # their listing has been removed
            ),
            ("agent_tasks_time_order.csv", 11, {(4, "completed_at"), (6, "created_at")}, set()),
            ("agent_tasks_missing_realtor.csv", 11, {(3, "realtor_id"), (5, "realtor_id"), (7, "task_key")}, set()),
        ],
    )
    def test_what_is_wrong_is_told_and_only_the_rest_comes_in(self, file, rows, wrong, notices):
        name = table_of(file)
        load(*list(TABLES)[: list(TABLES).index(name)])
        outcome = bring(BAD / file)
        assert places(outcome.wrong) == wrong
        assert places(outcome.notices) == notices
        assert all(problem.reason for problem in outcome.problems)
        wrong_lines = len({line for line, _ in wrong})
        assert counts(outcome) == (rows - wrong_lines, 0, 0, wrong_lines)
        assert MODELS[name].all_objects.count() == (0 if wrong else rows)

        if wrong:
            outcome = bring(BAD / file, skip_bad=True)
            assert outcome.is_written
            assert MODELS[name].all_objects.count() == rows - wrong_lines
        assert counts(bring(BAD / file)) == (0, 0, rows - wrong_lines, wrong_lines)

    @pytest.mark.parametrize(
        ("file", "told"),
        [
            (
                "staff_wrong_header.csv",
                [
                    "line 1, e-mail address: the column “e-mail address” is not known.",
                    "line 1, email: the column “email” is missing.",
                ],
            ),
            ("realtors_missing_column.csv", ["line 1, name: the column “name” is missing."]),
            ("listings_extra_column.csv", ["line 1, internal_score: the column “internal_score” is not known."]),
            ("staff_empty.csv", ["The file is empty."]),
            ("staff_header_only.csv", ["The file has a header but no rows."]),
            ("staff_not_csv.csv", ["The file is a PNG picture, not a CSV file."]),
        ],
    )
    def test_a_file_that_cannot_be_taken_is_refused_as_a_whole(self, file, told, people):
        before = MODELS[table_of(file)].all_objects.count()
        with pytest.raises(FileRefused) as refused:
            bring(BAD / file, skip_bad=True)
        assert [str(problem) for problem in refused.value.problems][: len(told)] == told
        assert MODELS[table_of(file)].all_objects.count() == before

    def test_windows_1252_is_refused_by_line_or_read_when_told(self):
        with pytest.raises(FileRefused) as refused:
            bring(BAD / "staff_invalid_utf8.csv")
        assert [problem.line for problem in refused.value.problems] == [6, 11]
        outcome = bring(BAD / "staff_invalid_utf8.csv", encoding="windows-1252")
        assert counts(outcome) == (12, 0, 0, 0)
        assert set(Staff.objects.values_list("name", flat=True)) >= {"Chloé Tremblay", "Brigid O’Hanlon"}

    def test_quotes_and_line_breaks_of_an_address_are_kept(self, people):
        bring(BAD / "listings_crlf_quotes.csv")
        address = Listing.objects.get(pk="01KFABCDEFGHJKMNPQRSTVWXYZ").address_string
        assert address == '12 "The Mews", Unit 4\nToronto, ON M4X 1L5'

    def test_hostile_text_is_kept_as_plain_text(self):
        bring(BAD / "realtors_hostile_text.csv", skip_bad=True)
        names = set(Realtor.objects.values_list("name", flat=True))
        assert names >= {"<script>alert(1)</script>", '=HYPERLINK("http://example.com","click")', "Ro\u202ebert"}

    def test_the_half_good_file_is_whole_after_its_fault_is_mended(self, people):
        load("listings")
        outcome = bring(BAD / "activities_half_good.csv", skip_bad=True)
        assert counts(outcome) == (299, 0, 0, 1)
        outcome = bring(GOOD / "activities.csv")
        assert counts(outcome) == (1, 0, 299, 0)
        assert Activity.all_objects.count() == 300

    def test_what_another_row_of_the_database_holds_is_not_free(self):
        load("staff")
        header = b"staff_id,email,name,role,slack_user_id,status\n"
        row = b"01KFABCDEFGHJKMNPQRSTVWXYZ,%s,New Person,support,%s,active\n"
        outcome = bring(
            GOOD / "staff.csv", data=header + row % (b"YUKI.TANABE@lapaz.example", b"U0DEVS03"), skip_bad=True
        )
        told = {problem.column: problem.reason for problem in outcome.wrong}
        assert told == {
            "email": "belongs to Yuki Tanabe already, who has been removed (id 01JXK58K0GF33RNDQFQFNN8FES).",
            "slack_user_id": "belongs to Helen Mbeki already (id 01JNPETBFGAFES06RS2ASER59R).",
        }
        assert Staff.all_objects.count() == 12


ODD_TEXTS = (
    *("", " ", "\0", "\x1b", "\x85", "\u2028", "\u202e", "\ufeff", "\u200b", "🏠" * 30, "İstanbul", "ｏｐｅｎ", "٣"),
    *("'", '"', "\\", "%s", "%", "$1", "=1+1", "''; DROP TABLE staff; --", "a\r\nb\rc", "|", "a|b|a", "null"),
    *("{}", "[]", '{"a": 1e309}', '{"a": "\\u0000"}', '{"a": "\\ud83c"}', '{"a": ["\\ud83c\\udfe0", 1e25, 0.10]}'),
    *("9" * 400, "-0", "+1", "1e5", "1,5", "99.995", "2026-03-08T02:30", "2025-11-02 01:30", "2026-01-01"),
    *("2026-01-01T00:00:00.123456Z", "2026-01-01T00:00:00+14:00", "01kfabcdefghjkmnpqrstvwxyz", "A@B.CO"),
)


@pytest.mark.parametrize("name", ["realtors", "listings", "activities", "agent_tasks"])
def test_no_text_in_any_cell_breaks_an_import_or_is_stored_differently(name, everything):
    with (GOOD / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        header, first, *_ = csv.reader(stream)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header)
    places = [(text, number) for text in ODD_TEXTS for number in range(len(header))]
    for row_number, (text, number) in enumerate(places):
        row = list(first)
        row[0] = f"01KF{row_number:022}"
        if name == "realtors":
            row[1], row[4], row[6] = f"r{row_number}@example.com", f"L{row_number}", f"U{row_number}"
        row[number] = text
        writer.writerow(row)
    data = buffer.getvalue().encode()
    outcome = bring(GOOD / f"{name}.csv", data=data, skip_bad=True)
    new, changed, unchanged, wrong = counts(outcome)
    assert new > len(ODD_TEXTS)
    assert counts(bring(GOOD / f"{name}.csv", data=data, skip_bad=True)) == (0, 0, new + changed + unchanged, wrong)


class TestOneTransaction:
    def test_a_dry_run_compares_and_writes_nothing(self, people):
        load("listings")
        outcome = bring(BAD / "activities_half_good.csv", dry_run=True)
        assert counts(outcome) == (299, 0, 0, 1)
        assert not outcome.is_written
        assert not Activity.all_objects.exists()
        assert Act.objects.count() == 3

    def test_an_interrupted_import_leaves_nothing(self, people, monkeypatch):
        load("listings")
        monkeypatch.setattr(writing, "BATCH", 100)

        def interrupt(phase, done, total):
            if phase == "writing" and done == 200:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            bring(GOOD / "activities.csv", progress=interrupt)
        assert not Activity.all_objects.exists()
        assert Act.objects.count() == 3

    def test_a_row_that_somebody_adds_at_the_same_moment_refuses_the_file(self, monkeypatch):
        def late(phase, done, total):
            if phase == "comparing" and done:
                Staff.objects.create(email="helen.mbeki@lapaz.example", name="Another", role="support")

        with pytest.raises(FileRefused, match="Run the import again"):
            bring(GOOD / "staff.csv", progress=late)

    def test_an_admin_may_import_under_the_row_policies(self):
        load("staff")
        admin = ("staff", Staff.objects.get(name="Tara Lindqvist").pk)
        for name in TABLES:
            assert bring(GOOD / f"{name}.csv", principal=admin).is_written
        changed = edited("realtors", ("Carmen Villareal", "Carmen Villareal-Diaz"))
        assert counts(bring(GOOD / "realtors.csv", data=changed, principal=admin)) == (0, 1, 39, 0)
        assert Activity.all_objects.count() == 300
        assert Act.objects.filter(verb="imported", actor_id=admin[1]).count() == 5

    def test_the_row_policies_stop_everybody_else(self, people):
        marketing = ("staff", Staff.objects.get(name="Felipe Duarte").pk)
        with pytest.raises(DatabaseError, match="row-level security"):
            bring(GOOD / "listings.csv", principal=marketing)
        assert not Listing.all_objects.exists()

    def test_the_number_of_queries_does_not_grow_with_the_rows(self, people, django_assert_max_num_queries):
        load("listings")
        for limit in (3, 300):
            lines = (GOOD / "activities.csv").read_text(encoding="utf-8").splitlines(keepends=True)
            with django_assert_max_num_queries(20):
                bring(GOOD / "activities.csv", data="".join(lines[: limit + 1]).encode())


class TestCommands:
    def run(self, capsys, *arguments):
        """The command's exit code and everything it said."""
        try:
            call_command(*arguments)
            code = 0
        except CommandError as error:
            code, message = error.returncode, str(error)
        else:
            message = ""
        said = capsys.readouterr()
        return code, said.out + said.err + message

    def test_a_good_file_ends_with_0(self, capsys):
        assert self.run(capsys, "import_staff", GOOD / "staff.csv") == (
            0,
            "staff.csv: 12 new, 0 changed, 0 unchanged, 0 wrong; notices: 0.\n",
        )

    def test_wrong_rows_end_with_2_and_nothing_written(self, capsys):
        code, said = self.run(capsys, "import_staff", BAD / "staff_bad_enum.csv")
        assert code == 2
        assert "wrong: staff_bad_enum.csv line 4, role “manager”: is not one of admin, operations" in said
        assert "notice: staff_bad_enum.csv line 6, status “Active ”: was read as “active”." in said
        assert "Nothing was written" in said
        assert not Staff.all_objects.exists()

    def test_wrong_rows_that_are_skipped_end_with_1_and_the_others_written(self, capsys):
        code, said = self.run(capsys, "import_staff", BAD / "staff_bad_enum.csv", "--skip-bad")
        assert code == 1
        assert "6 new, 0 changed, 0 unchanged, 2 wrong; notices: 1." in said
        assert Staff.all_objects.count() == 6

    def test_a_dry_run_says_what_would_change(self, capsys, tmp_path):
        load("staff")
        file = tmp_path / "staff.csv"
        file.write_bytes(edited("staff", ("Helen Mbeki", "Helen Mbeki-Ross")))
        code, said = self.run(capsys, "import_staff", file, "--dry-run")
        assert code == 0
        assert "change: staff.csv line 4, name: “Helen Mbeki” → “Helen Mbeki-Ross”" in said
        assert "Dry run: nothing was written." in said
        assert Staff.objects.filter(name="Helen Mbeki").exists()

    def test_a_dry_run_with_wrong_rows_ends_with_1(self, capsys):
        assert self.run(capsys, "import_staff", BAD / "staff_bad_enum.csv", "--dry-run")[0] == 1

    @pytest.mark.parametrize(
        ("file", "told"),
        [
            (BAD / "staff_invalid_utf8.csv", "--encoding windows-1252"),
            (BAD / "staff_empty.csv", "The file is empty."),
            (BAD / "no_such_file.csv", "cannot be read: No such file or directory."),
            (BAD, "cannot be read: Is a directory."),
        ],
    )
    def test_a_file_that_cannot_be_taken_ends_with_2(self, capsys, file, told):
        code, said = self.run(capsys, "import_staff", file)
        assert code == 2
        assert told in said

    def test_an_interrupt_ends_with_2_and_one_line(self, capsys, monkeypatch):
        def interrupt(*arguments, **options):
            raise KeyboardInterrupt

        monkeypatch.setattr(loading, "write_rows", interrupt)
        code, said = self.run(capsys, "import_staff", GOOD / "staff.csv")
        assert (code, said) == (2, "staff.csv: stopped, nothing was written.")

    def test_the_report_has_file_line_column_value_and_reason(self, capsys, tmp_path):
        report = tmp_path / "report.csv"
        self.run(capsys, "import_realtors", BAD / "realtors_hostile_text.csv", "--report", report)
        with report.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert [row["line"] for row in rows] == ["5", "6", "7", "8", "9", "10", "11"]
        assert rows[3] == {
            "file": "realtors_hostile_text.csv",
            "line": "8",
            "column": "email",
            "value": "not-an-email",
            "reason": "is not an e-mail address.",
            "kind": "wrong",
        }
        assert list(tmp_path.iterdir()) == [report]

    def test_cells_of_the_report_are_harmless(self, capsys, tmp_path):
        file, report = tmp_path / "staff.csv", tmp_path / "report.csv"
        file.write_bytes(edited("staff", (",admin,", ",=cmd|' /C calc'!A0,")))
        self.run(capsys, "import_staff", file, "--report", report)
        assert "'=cmd|" in report.read_text(encoding="utf-8-sig")

    def test_a_refused_file_is_reported_too(self, capsys, tmp_path):
        report = tmp_path / "report.csv"
        self.run(capsys, "import_staff", BAD / "staff_wrong_header.csv", "--report", report)
        assert "the column “email” is missing" in report.read_text(encoding="utf-8-sig")

    def test_a_report_without_a_place_to_go_is_found_before_the_import(self, capsys, tmp_path):
        for report in (tmp_path / "nowhere" / "report.csv", tmp_path, GOOD / "staff.csv"):
            assert self.run(capsys, "import_staff", GOOD / "staff.csv", "--report", report)[0] == 2
        assert not Staff.all_objects.exists()

    def test_times_can_be_shifted(self, capsys):
        self.run(capsys, "import_staff", GOOD / "staff.csv", "--shift-days", "-1")
        assert Staff.objects.get(name="Helen Mbeki").created_at == datetime(2025, 3, 5, 19, 27, 18, tzinfo=UTC)

    @pytest.mark.parametrize("number", ["tomorrow", "99999999"])
    def test_a_shift_that_makes_no_sense_is_refused(self, capsys, number):
        assert "shift-days" in self.run(capsys, "import_staff", GOOD / "staff.csv", "--shift-days", number)[1]
