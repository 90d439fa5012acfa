"""Who is asked, and by when."""

from datetime import datetime

import pytest

from slackintake.reading import Reading
from slackintake.tests.reading.messages import OFFICE, reading_of


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Helen, send the commission invoice for 9 Ferncrest Gate", "Helen"),
        ("Hi Owen, can you book the boardroom for Thursday", "Owen"),
        ("Tara please order 50 business cards", "Tara"),
        ("ask Wesley to order the sign for 5 Elm St", "Wesley"),
        ("assign the photos for 5 Elm St to Lena please", "Lena"),
        ("can Tara order the sign for 5 Elm St?", "Tara"),
        ("Owen to draft the amendment for 5 Elm St by Friday", "Owen"),
        ("Tara, ¿puedes pedir tarjetas?", "Tara"),
        ("<@U0DEV1> reset my printer code", "U0DEV1"),
        ("<@U0DEV1|tara> or <@U0DEV2>: confirm the showing at 5 Elm St", "U0DEV1"),
    ],
)
def test_it_hears_who_is_asked(text, who):
    reading = reading_of(text)
    assert reading.assignee_hint == who
    assert [text[item.start : item.end] for item in reading.evidence if item.field == "name"]


@pytest.mark.parametrize(
    "text",
    [
        "Marketing, post the rental at 5 Elm St on kijiji",
        "Team: order toner please",
        "bought 27 Hertle Ave for the Nguyens, closing Dec 12",
        "please send the APS for 5 Elm St\nRegards, Renée",
        "please order cards, cc <@U0DEV1>",
        "got this from the lawyer:\n&gt; Owen, please send the invoice for 5 Elm St\ncan someone do it",
        "Please book the boardroom",
        "Photos, sign and lockbox for 5 Elm St please",
        "MLS: fix the taxes for 5 Elm St",
    ],
)
def test_a_team_a_client_or_a_signature_is_nobody(text):
    assert reading_of(text).assignee_hint is None


def test_a_known_colleague_counts_as_a_name_in_lower_case():
    assert reading_of("priya, please order toner", known_names=["Priya"]).assignee_hint == "priya"


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("New listing 5 Elm St. Photos by Thursday please, open house Sunday 1-4", "2026-01-15T17:00"),
        ("new sale listing 5 Elm St, going live on the 21st", "2026-01-21T17:00"),
        ("order the sign for 5 Elm St before our open house this Sat", "2026-01-17T17:00"),
        ("lockbox install at 5 Elm St tmrw 10am, seller leaves at 9:30", "2026-01-13T10:00"),
        ("closing gift for my sellers at 5 Elm St, closing Jan 30", "2026-01-30T17:00"),
        ("my tenants move into 5 Elm St Feb 1, arrange keys", "2026-02-01T17:00"),
        ("need the waiver for 5 Elm St signed by 6pm Wed", "2026-01-14T18:00"),
        ("please order lunch for Thursday's sales meeting", "2026-01-15T17:00"),
        ("Réserver la salle pour vendredi 10h svp", "2026-01-16T10:00"),
    ],
)
def test_the_due_date_is_the_deadline_or_the_day_of_the_work(text, due):
    assert reading_of(text).due_date == due


@pytest.mark.parametrize(
    "text",
    [
        "5 Elm St is SOLD, firm, closing Aug 14",
        "New condo lease: 5 Elm St, $2,475/mo, avail July 1",
        "my buyer clients bought 5 Elm St, closing Mar 31",
        "please relist 5 Elm St for sale, the old listing expired Dec 31",
        "book photos for our sale at 5 Elm St, Mon or Tues",
        "closing gift for my sellers at 5 Elm St, closing Wed Mar 3",
    ],
)
def test_news_ranges_and_contradictions_are_no_due_date(text):
    assert reading_of(text).due_date is None


def test_it_says_why_there_is_no_due_date():
    reading = reading_of("book the projector for Tuesday March 4 please")
    assert reading.explanations[-1] == (
        "No due date: “Tuesday March 4” Wednesday 4 March 2026 is not the weekday that was written."
    )


def test_by_friday_is_worked_out_in_office_time_from_when_it_was_sent():
    late_in_london = datetime.fromisoformat("2026-01-16T03:30:00+00:00")  # still Thursday evening in Toronto
    assert reading_of("please order toner by tomorrow", late_in_london).due_date == "2026-01-16T17:00"


def test_the_due_date_is_a_moment_in_the_office():
    reading = reading_of("please order toner by July 3")
    due = reading.due_at(OFFICE)
    assert due is not None
    assert due.isoformat() == "2026-07-03T17:00:00-04:00"


def test_two_possible_days_are_choices_and_none_is_chosen():
    reading = reading_of("New sale listing at 88 Harbour St, photos by Thursday or Friday")
    assert reading.due_date is None
    assert reading.due_choices == ("2026-01-15T17:00", "2026-01-16T17:00")
    assert Reading.from_json(reading.to_json()) == reading


def test_a_deadline_that_has_passed_is_asked_about_and_what_merely_happened_is_not():
    late = reading_of("Please order the sign for 88 Harbour St by Jan 9")
    assert (late.due_date, late.due_choices) == (None, ())
    assert [item.text for item in late.evidence if item.field == "date"] == ["Jan 9"]
    assert any("was already past" in line for line in late.explanations)
    told = reading_of("Relist 88 Harbour St please, it expired Jan 9")
    assert not any("already past" in line for line in told.explanations)


def test_a_reading_moves_with_its_demo():
    reading = reading_of("photos of 88 Harbour St by Thursday or Friday").shifted(7)
    assert reading.due_choices == ("2026-01-22T17:00", "2026-01-23T17:00")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Helen: 14 Marchmount Rd possession is Apr 1, close the lease file", "Helen"),
        ("Lena, 57 Garthdale Ct inspection is waived: status and trade sheet", "Lena"),
        ("12 Cundles Rd went firm at noon, Owen pls run the sale deal on it", "Owen"),
        ("Photos: 14 Marchmount Rd on Friday please", None),
    ],
)
def test_a_name_is_called_before_the_place_or_with_please(text, name):
    assert reading_of(text).assignee_hint == name
