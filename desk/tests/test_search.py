"""What is found, in which order, and by whom."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.principal import acting_as
from desk.search import search
from listings.search_query import Query
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(operations):
    """Look for a text as somebody (operations unless said) and get the groups by kind."""

    def look(text, staff=operations, **options):
        with acting_as("staff", staff.pk):
            return {group.kind: group for group in search(Query.parse(text), staff, **options)}

    return look


@pytest.fixture
def operations(db):
    return factories.staff("operations", name="Olive Operations")


@pytest.fixture
def admin(db):
    return factories.staff("admin", name="Ada Admin")


@pytest.fixture
def marketing(db):
    return factories.staff("marketing", name="Mark Eting")


def names(group):
    return ["".join(piece.text for piece in hit.title) for hit in group.hits] if group else []


def marked(pieces):
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


# ---- what is found ---------------------------------------------------------------------------------------------------


def test_it_finds_by_beginnings_of_words_and_not_by_their_middle(look):
    factories.listing(address_string="2847 Pacific Ave, San Francisco")
    factories.listing(address_string="17 Impact Ct, Oakland")
    assert names(look("pa").get("listings")) == ["2847 Pacific Ave, San Francisco"]


@pytest.mark.parametrize("text", ["chloe", "CHLOÉ", "chloe dube", "dubé chl"])
def test_accents_and_case_make_no_difference(look, text):
    factories.realtor(name="Chloé Dubé")
    assert names(look(text).get("realtors")) == ["Chloé Dubé"]


@pytest.mark.parametrize("text", ["obrien", "o'brien", "o’brien", "brien"])
def test_an_apostrophe_may_be_left_out(look, text):
    factories.realtor(name="Pat O'Brien")
    assert names(look(text).get("realtors")) == ["Pat O'Brien"]


@pytest.mark.parametrize("stored", ["+1-416-555-0123", "(416) 555-0123", "4165550123", "416.555.0123"])
@pytest.mark.parametrize(
    "text", ["4165550123", "416-555-0123", "+1 (416) 555 0123", "14165550123", "0123", "5550123", "555-01", "416 555"]
)
def test_a_phone_is_found_by_its_digits_in_any_format(look, stored, text):
    factories.realtor(name="By Phone", phone=stored)
    factories.realtor(name="Somebody Else", phone="647 999 8888")
    found = look(text).get("realtors")
    assert names(found) == ["By Phone"]
    assert found.hits[0].found_in == "phone"
    assert "[" in marked(found.hits[0].found)


@pytest.mark.parametrize("stored", ["ON-RECO-5012345", "ONRECO5012345", "ON RECO 50-12345"])
@pytest.mark.parametrize("text", ["on-reco-5012345", "reco5012345", "5012345", "501-2345", "2345"])
def test_a_license_is_found_with_or_without_dashes(look, stored, text):
    factories.realtor(name="By License", license_number=stored)
    found = look(text)["realtors"]
    assert names(found) == ["By License"]
    assert found.hits[0].found_in == "license"


@pytest.mark.parametrize("stored", ["1509-25 The Esplanade, Toronto", "25 The Esplanade, Unit 1509, Toronto"])
@pytest.mark.parametrize(
    "text",
    ["25 esplanade 1509", "1509-25 the esplanade", "25 the esplanade unit 1509", "#1509 25 espl", "25 esplanade"],
)
def test_an_address_is_found_with_or_without_its_unit(look, stored, text):
    factories.listing(address_string=stored)
    factories.listing(address_string="25 Harbour St, Toronto")
    assert names(look(text).get("listings")) == [stored]


@pytest.mark.parametrize("stored", ["9 Queens Quay St W", "9 Queens Quay Street West"])
@pytest.mark.parametrize("text", ["queens quay st w", "queens quay street west", "queens quay stre", "quay west"])
def test_long_and_short_forms_of_addresses_stand_for_each_other(look, stored, text):
    factories.listing(address_string=stored)
    assert names(look(text).get("listings")) == [stored]


@pytest.mark.parametrize("text", ["M5E 1W5", "m5e1w5", "m5e"])
def test_a_postal_code_is_found_with_or_without_its_gap(look, text):
    factories.listing(address_string="25 The Esplanade, Toronto, ON M5E 1W5")
    assert look(text)["listings"].total == 1


@pytest.mark.parametrize("text", ["ana.lopez@realty.example", "ana.lopez", "realty.example", "lopez@re"])
def test_an_email_is_found_by_its_parts(look, text):
    factories.realtor(name="Somebody", email="ana.lopez@realty.example")
    found = look(text)["realtors"]
    assert found.hits[0].found_in == "e-mail"


def test_people_realtors_listings_and_both_kinds_of_tasks_are_found_together(look):
    factories.staff("support", name="Quill Support")
    quill = factories.realtor(name="Quill Realtor")
    listing = factories.listing(address_string="1 Quill St")
    factories.activity(name="Quill photos", listing=listing)
    factories.agent_task(name="Quill papers", realtor=quill)
    found = look("quill")
    assert [(group.kind, group.total) for group in found.values()] == [
        ("people", 1),
        ("listings", 1),
        ("realtors", 1),
        ("tasks", 2),
    ]


def test_tasks_are_found_by_the_address_they_are_for(look):
    listing = factories.listing(address_string="25 The Esplanade, Toronto")
    factories.activity(name="Book photos", listing=listing)
    factories.activity(name="Order sign", listing=listing)
    factories.activity(name="Book photos", listing=factories.listing(address_string="3 Harbour St"))
    assert sorted(names(look("25 esplanade")["tasks"])) == ["Book photos", "Order sign"]
    hit = look("photos esplanade")["tasks"].hits[0]
    assert (marked(hit.title), marked(hit.second)) == ("Book [photos]", "25 The [Esplanade], Toronto")
    assert hit.found_in == "title and address"


def test_agent_tasks_are_found_by_their_realtor(look):
    daniel = factories.realtor(name="Daniel Nguyễn", brokerage="Silicon Homes")
    factories.agent_task(name="Send the release", realtor=daniel)
    assert names(look("release nguyen")["tasks"]) == ["Send the release"]
    assert look("nguyen")["tasks"].hits[0].found_in == "realtor"


@pytest.mark.parametrize(
    ("text", "found_in"), [("russo", "realtor"), ("mar rus", "realtor"), ("king maria", "address and realtor")]
)
def test_listings_are_found_by_their_realtor(look, text, found_in):
    maria = factories.realtor(name="Maria Russo", brokerage="Kingsway Homes", territories=["King"])
    factories.listing(address_string="3 King St", realtor=maria)
    factories.listing(address_string="4 King St", realtor=factories.realtor(name="Hao Lin", brokerage="Russo & Sons"))
    (hit,) = look(text)["listings"].hits
    assert (hit.name, hit.found_in) == ("3 King St", found_in)
    assert "[" in marked(hit.second)


def test_of_listings_the_beginnings_come_first_then_what_is_open_then_what_the_address_says(look):
    maria = factories.realtor(name="Maria Russo")
    now = timezone.now()
    for address, realtor, is_done in (
        ("1 Harbour St", maria, True),
        ("2 Harbour St", maria, False),
        ("3 Maria St", None, False),
        ("Maria Court 4", maria, True),
        ("5 Maria St", maria, True),
    ):
        listing = factories.listing(address_string=address, realtor=realtor)
        factories.activity(listing=listing, **({"status": "DONE", "completed_at": now} if is_done else {}))
    listings = look("maria")["listings"]
    assert names(listings) == ["Maria Court 4", "3 Maria St", "2 Harbour St", "5 Maria St", "1 Harbour St"]
    assert listings.total == 5


@pytest.mark.parametrize(
    ("text", "found_in"),
    [("russo", "realtor"), ("mar rus", "realtor"), ("maria photos", "title and realtor"),
     ("king maria", "address and realtor")],
)  # fmt: skip
def test_activities_are_found_by_the_realtor_of_their_listing(look, text, found_in):
    maria = factories.realtor(name="Maria Russo", brokerage="Kingsway Homes")
    factories.activity(name="Book photos", listing=factories.listing(address_string="3 King St", realtor=maria))
    hao = factories.realtor(name="Hao Lin", brokerage="Russo & Sons")
    factories.activity(name="Book photos", listing=factories.listing(address_string="4 King St", realtor=hao))
    (hit,) = look(text)["tasks"].hits
    assert (marked(hit.second).replace("[", "").replace("]", ""), hit.found_in) == ("3 King St", found_in)


def test_of_a_realtors_tasks_the_open_ones_come_first(look):
    maria = factories.realtor(name="Maria Russo")
    listing = factories.listing(realtor=maria)
    factories.activity(name="Closed", listing=listing, status="DONE", completed_at=timezone.now())
    factories.agent_task(name="Later", realtor=maria, due_date=timezone.now() + timedelta(days=2))
    factories.activity(name="Sooner", listing=listing, due_date=timezone.now() + timedelta(days=1))
    assert names(look("maria")["tasks"])[-1] == "Closed"
    assert sorted(names(look("maria")["tasks"])[:2]) == ["Later", "Sooner"]


def test_by_the_realtor_nobody_finds_what_the_policies_hide(look, marketing):
    maria = factories.realtor(name="Maria Russo")
    factories.activity(name="Verify zoning", listing=factories.listing(realtor=maria), visibility_group="AGENT")
    assert "tasks" not in look("maria", marketing)
    assert names(look("maria")["tasks"]) == ["Verify zoning"]


def test_a_removed_listing_is_not_found_by_its_realtor(look, admin):
    maria = factories.realtor(name="Maria Russo")
    factories.listing(address_string="1 Maria St", realtor=maria, deleted_at=timezone.now())
    factories.listing(address_string="2 Harbour St", realtor=maria, deleted_at=timezone.now())
    assert names(look("maria", admin)["listings"]) == ["1 Maria St"]
    assert "listings" not in look("maria")


def test_a_task_is_found_by_its_description_which_is_shown_around_the_place(look):
    factories.activity(name="Book photos", description="word " * 60 + "drone permit " + "word " * 60)
    hit = look("drone")["tasks"].hits[0]
    assert hit.found_in == "description"
    assert "[drone]" in marked(hit.found)
    assert len(marked(hit.found)) < 140


def test_an_item_is_found_by_its_id(look):
    activity = factories.activity(name="Book photos")
    assert names(look(activity.pk)["tasks"]) == ["Book photos"]
    assert names(look(activity.pk.lower())["tasks"]) == ["Book photos"]


@pytest.mark.parametrize("text", ["", " ", "a", "-", "!!", "🙏"])
def test_too_little_to_look_for_finds_nothing(look, text):
    factories.listing(address_string="1 A St")
    assert look(text) == {}


# ---- order and number ------------------------------------------------------------------------------------------------


def test_exact_beginnings_come_first_then_what_is_open(look):
    for name, status in (
        ("Check photos", "DONE"),
        ("Check photos", "OPEN"),
        ("Photos again", "DONE"),
        ("Photos again", "OPEN"),
    ):
        factories.activity(name=name, status=status)
    hits = look("photos")["tasks"].hits
    assert [(hit.name, hit.is_closed) for hit in hits] == [
        ("Photos again", False),
        ("Photos again", True),
        ("Check photos", False),
        ("Check photos", True),
    ]


def test_open_tasks_come_by_due_date(look):
    now = timezone.now()
    for days in (5, 1, None, 3):
        factories.activity(name=f"Photos {days}", due_date=now + timedelta(days=days) if days else None)
    assert [hit.name for hit in look("photos")["tasks"].hits] == ["Photos 1", "Photos 3", "Photos 5", "Photos None"]


def test_the_title_counts_more_than_the_description(look):
    factories.activity(name="Book the drone", description="x")
    factories.activity(name="Book a photographer", description="with a drone")
    assert [hit.name for hit in look("drone")["tasks"].hits] == ["Book the drone", "Book a photographer"]


def test_five_of_a_kind_are_shown_beside_others_and_all_are_counted(look):
    for number in range(23):
        factories.listing(address_string=f"{number} Pacific Ave")
    group = look("pacific")["listings"]
    assert (len(group.hits), group.total, group.count_words) == (5, 23, "23")


def test_one_kind_is_read_page_by_page_without_gap_or_double(look):
    for number in range(60):
        factories.activity(name=f"Photos {number}")
        factories.agent_task(name=f"Photos {number}") if number < 10 else None
    first, second = (look("photos", kind="tasks", page=page)["tasks"] for page in (1, 2))
    assert (len(first.hits), len(second.hits), second.total) == (50, 20, 70)
    assert len({hit.id for hit in [*first.hits, *second.hits]}) == 70


def test_a_page_past_the_end_is_empty(look):
    factories.listing(address_string="1 Pacific Ave")
    assert look("pacific", kind="listings", page=2) == {}


def test_what_stands_at_the_right_of_a_hit(look):
    factories.listing(address_string="1 Right St")
    factories.realtor(name="Right Realtor", status="suspended")
    factories.activity(name="Right away", due_date=timezone.now() - timedelta(days=2, hours=1))
    found = look("right")
    assert found["listings"].hits[0].words == "0 % done"
    assert (found["realtors"].hits[0].words, found["realtors"].hits[0].tone) == ("suspended", "late")
    assert found["tasks"].hits[0].words.endswith("late")


# ---- rights ----------------------------------------------------------------------------------------------------------


def test_marketing_never_finds_agents_work_nor_its_number(look, marketing, operations):
    listing = factories.listing(address_string="25 The Esplanade")
    hidden = factories.activity(name="Hidden papers", visibility_group="AGENT", listing=listing)
    factories.activity(name="Hidden photos", visibility_group="MARKETING", listing=listing)
    mine = factories.activity(name="Hidden errand", visibility_group="AGENT", listing=listing, assigned_staff=marketing)
    for text in ("hidden", "esplanade", "hidden esplanade"):
        group = look(text, marketing)["tasks"]
        assert sorted(names(group)) == ["Hidden errand", "Hidden photos"]
        assert group.total == 2
        assert look(text, operations)["tasks"].total == 3
    assert look(hidden.pk, marketing) == {}
    assert look(mine.pk, marketing)["tasks"].total == 1


def test_only_the_desk_and_its_owner_find_an_agent_task(look, marketing, operations, admin):
    factories.agent_task(name="Secret papers")
    factories.agent_task(name="Secret errand", assigned_staff=marketing)
    assert names(look("secret", marketing)["tasks"]) == ["Secret errand"]
    assert look("secret", operations)["tasks"].total == 2
    assert look("secret", admin)["tasks"].total == 2


def test_a_full_list_of_hidden_tasks_does_not_push_out_the_visible_one(look, marketing):
    listing = factories.listing()
    for _ in range(1010):
        factories.activity(name="Photos", visibility_group="AGENT", listing=listing)
    factories.activity(name="Photos", visibility_group="MARKETING", listing=listing)
    assert look("photos", marketing)["tasks"].total == 1


def test_what_is_removed_is_found_by_admins_only_last_and_marked(look, admin, operations):
    listing = factories.listing(address_string="1 Gone St")
    task = factories.activity(name="Gone task", listing=listing)
    realtor, person = factories.realtor(name="Gone Realtor"), factories.staff("support", name="Gone Person")
    agent_task = factories.agent_task(name="Gone papers")
    rows = (listing, task, realtor, person, agent_task)
    for row in rows:
        row.delete()
    factories.activity(name="Gone but here")
    assert names(look("gone", operations).get("tasks")) == ["Gone but here"]
    assert set(look("gone", operations)) == {"tasks"}
    found = look("gone", admin)
    assert [hit.is_removed for hit in found["tasks"].hits] == [False, True, True]
    assert {kind: group.hits[-1].words for kind, group in found.items()} == dict.fromkeys(
        ("people", "listings", "realtors", "tasks"), "removed"
    )
    for row in rows:
        assert look(row.pk, operations) == {}
        assert len(look(row.pk, admin)) == 1


def test_only_admins_find_messages(look, admin, operations):
    message = factories.message(message_text="Photos at 25 The Esplanade please")
    found = look("esplanade photos", admin)["messages"]
    assert marked(found.hits[0].title) == "[Photos] at 25 The [Esplanade] please"
    assert look("esplanade photos", operations) == {}
    assert look(message.pk, operations) == {}
    assert look("esplanade", operations, kind="messages") == {}


def test_nobody_finds_nothing(operations):
    factories.listing(address_string="1 Pacific Ave")
    factories.activity(name="Pacific photos")
    with acting_as(None):
        assert search(Query.parse("pacific"), operations) == []


def test_a_realtor_searches_nothing_yet(operations):
    realtor = factories.realtor(name="Pacific Realtor")
    factories.listing(address_string="1 Pacific Ave", realtor=realtor)
    with acting_as("realtor", realtor.pk):
        assert search(Query.parse("pacific"), operations) == []


def test_the_buttons_of_a_hit_are_those_of_its_page(look, marketing, operations):
    factories.activity(name="Taken photos", assigned_staff=operations)
    theirs, mine = (look("taken", person)["tasks"].hits[0].buttons for person in (marketing, operations))
    labels = [button.label for button in theirs]
    assert labels == [
        "Due",
        "Priority",
        "Snooze for me",
        "Waiting on the realtor",
        "Ask the realtor",
        "Category",
        "Listing",
        "Edit",
    ]
    assert "Complete" in [button.label for button in mine]


# ---- whatever is typed -----------------------------------------------------------------------------------------------

HOSTILE = [
    "'", "''", "\\", "a & b | !c", "(((", "a:*", "<->", "%s", "%(limit)s", "'; DROP TABLE staff; --", "\0\0ab",
    "🙏🙏", "\ud800x", "a" * 10_000, "word " * 3_000, "$body$", "ab\u0301\u0302", "１２３４", "ﬁ ligature", "́́́",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_find_nothing_and_break_nothing(look, admin, text):
    factories.activity(name="Photos")
    assert all(group.total == 0 for group in look(text, admin).values())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet="ab12'\\&|!():*<->% \0é’-", max_size=40))
def test_any_text_is_answered(look, admin, text):
    look(text, admin)
