import pytest

from slackintake.reading import Reading, schema_faults, sentence
from slackintake.tests.reading.messages import reading_of


def test_it_reads_a_new_sale_listing_with_its_deadline():
    reading = reading_of("New sale listing at 123 Main St, asking 899k. Photos by Friday please")

    assert (reading.message_type, reading.group_key, reading.task_key) == ("GROUP", "SALE_LISTING", None)
    assert (reading.listing_type, reading.address) == ("SALE", "123 Main St")
    assert reading.due_date == "2026-01-16T17:00"


def test_it_reads_a_new_lease_listing_and_keeps_the_unit():
    reading = reading_of("new lease listing: 1509-25 The Esplanade, 2,450 a month, photos tomorrow noon")

    assert (reading.group_key, reading.listing_type) == ("LEASE_LISTING", "LEASE")
    assert reading.address == "1509-25 The Esplanade"
    assert reading.due_date == "2026-01-13T12:00"


def test_it_reads_a_clear_request_as_a_task():
    reading = reading_of("please order 50 business cards with the new logo")

    assert (reading.message_type, reading.task_key) == ("STRAY", "OPS_MISC_TASK")
    assert reading.task_title == "please order 50 business cards with the new logo"


def test_it_asks_when_a_request_names_no_property():
    assert reading_of("put the sign up").message_type == "INFO_REQUEST"


def test_it_ignores_chatter():
    assert reading_of("thanks so much, have a great weekend everyone!").message_type == "IGNORE"


def test_it_speaks_to_the_person_who_is_asked():
    assert reading_of("Helen, send the closing invoice for 9 Ferncrest Gate").assignee_hint == "Helen"
    assert reading_of("<@U0ABC123> reset my printer code please").assignee_hint == "U0ABC123"


def test_evidence_is_cut_out_of_the_original_text():
    text = "New listing &amp; lease at *5 King St W*, photos by :camera: Friday"
    for item in reading_of(text).evidence:
        assert text[item.start : item.end] == item.text


def test_a_reading_survives_being_stored():
    reading = reading_of("New sale listing at 123 Main St, photos by Friday")

    assert schema_faults(reading.to_json()) == []
    assert Reading.from_json(reading.to_json()) == reading


def test_it_refuses_to_restore_what_is_no_reading():
    with pytest.raises(ValueError, match="message_type is unknown"):
        Reading.from_json({})


def test_it_says_the_reading_in_one_sentence():
    reading = reading_of("New sale listing at 123 Main St, photos by Friday")

    words = sentence(reading, "Maria Russo").split(" · ")
    assert words[:3] == ["New sale listing", "123 Main St", "photos Fri 16 Jan 17:00"]
    assert words[3] == "from Maria Russo"
    assert words[4].endswith("% sure")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\0",
        "\ud800",
        "🎉🎉",
        ":tada:",
        "!!!",
        "\u200b \u200b",
        "<https://x.example>",
        "`",
        "> ",
        "~~",
        "<@>",
        "<",
    ],
)
def test_it_ignores_what_says_nothing(text):
    reading = reading_of(text)
    assert reading.message_type == "IGNORE"
    assert schema_faults(reading.to_json()) == []


def test_the_sentence_of_a_task_names_its_date_and_the_person():
    reading = reading_of("Owen, draft the amendment for 9 Ferncrest Gate by Wed noon")
    assert sentence(reading).startswith(
        "Work on a sold listing · 9 Ferncrest Gate · due Wed 14 Jan 12:00 · for Owen · "
    )


@pytest.mark.parametrize(
    "text",
    [
        "may have a lease coming at 58 Wolfe Ave, docs maybe Thursday",
        "could be a new one at 58 Wolfe Ave",
        "we might list 12 Elm St in spring",
    ],
)
def test_what_nobody_has_decided_yet_is_not_sure(text):
    assert reading_of(text).confidence <= 0.7


def test_a_doubt_about_a_date_is_no_doubt_about_the_request():
    assert reading_of("New sale listing at 12 Elm St, photos maybe Thursday").confidence > 0.9


def test_a_post_about_a_sale_is_work_and_no_news_of_a_sale():
    assert reading_of("just sold post for 41 Brentcliffe Rd please").message_type == "STRAY"
    assert reading_of("41 Brentcliffe Rd just sold!").group_key == "SOLD_SALE_LEASE_LISTING"
